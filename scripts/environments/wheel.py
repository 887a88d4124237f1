"""The library as Home Assistant gets it: a wheel, built from this work tree."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from .interpreters import ROOT

WHEELS: Final = ROOT / "dist" / "wheels"


def build_wheel(uv: Path) -> Path:
    """Build the wheel of this work tree and return the folder that holds it alone.

    Raises:
        SystemExit: It could not be built; uv has said why.
    """
    shutil.rmtree(WHEELS, ignore_errors=True)
    command: list[str | Path] = [uv, "build", "--quiet", "--wheel", "--out-dir", WHEELS, ROOT]
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        sys.exit("the wheel could not be built")
    return WHEELS
