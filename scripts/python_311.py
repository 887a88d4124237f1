"""Importing this makes sure that a script runs on Python 3.11 or later.

Where `python3` is older, the script starts again with a newer one from PATH or from pyenv. House
rule: this file and the top of each script must still be readable for Python 3.8.
"""

import glob
import os
import shutil
import subprocess
import sys

MINIMUM = (3, 11)


def _candidates():
    for minor in range(19, MINIMUM[1] - 1, -1):
        name = "python3.%d" % minor  # noqa: UP031  # read by old Pythons too
        yield shutil.which(name)
        for path in sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.%d.*/bin/" % minor))):  # noqa: PTH111, PTH207, UP031
            yield os.path.join(path, name)  # noqa: PTH118


def _start_again():
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    for path in _candidates():
        # A pyenv shim can be on PATH for a Python that is not there: it answers with an error.
        if path and subprocess.call([path, "-c", probe], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path] + sys.argv)  # noqa: RUF005
    sys.exit("this needs Python 3.11 or later, and none was found on PATH or in ~/.pyenv")


if sys.version_info < MINIMUM:
    _start_again()
