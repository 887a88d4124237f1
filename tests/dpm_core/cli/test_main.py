"""`dpm` and `python -m dpm_core.cli` are the same, and say what is missing without the extra."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dpm_core import __version__
from tests.dpm_core.cli.processes import LIMIT_S, ROOT, environment

pytestmark = pytest.mark.requirement("G4")

WITHOUT = {"click", "rich"}


@pytest.fixture
def plain_install(tmp_path: Path) -> Path:
    """All that is installed here, but for what comes with the extra."""
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for path in Path(place).iterdir():
            if path.name.split("-")[0].lower() not in WITHOUT and path.suffix != ".pth":
                (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.mark.parametrize("arguments", [(), ("simulate",), ("frames", "--json"), ("--help",)])
def test_without_the_extra_one_line_says_what_to_install(
    plain_install: Path, arguments: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "dpm_core.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        env={**environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), str(plain_install)])},
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert 'pip install "lutron-dpm[cli]"' in line


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dpm_core.cli", "--version"],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        env=environment(),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"dpm {__version__}\n", "")
