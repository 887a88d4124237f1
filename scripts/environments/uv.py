"""Have uv: the one on PATH, or one of our own inside the repository folder."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .interpreters import ROOT, find, probe

HOME: Final = ROOT / ".envs" / "uv"
REQUIREMENT: Final = "uv>=0.9,<1"


def _run(*command: str | Path) -> bool:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        print(f"  {' '.join(map(str, command))}\n{done.stdout}{done.stderr}", file=sys.stderr)
    return done.returncode == 0


def _pythons() -> Iterator[Path]:
    """This interpreter first, then any other: a distribution's own may lack venv and pip."""
    if own := probe(Path(sys.executable)):
        yield own.path
    for series in ("3.14", "3.13", "3.12", "3.11"):
        if found := find(series):
            yield found.path


def ensure_uv() -> Path:
    """Return a uv to run, after putting one into `.envs/uv` where the machine has none.

    Raises:
        SystemExit: No Python here could install it; the message says what to install.
    """
    if on_path := shutil.which("uv"):
        return Path(on_path)
    venv_uv, target_uv = HOME / "bin" / "uv", HOME / "target" / "bin" / "uv"
    for present in (venv_uv, target_uv):
        if present.exists():
            return present
    print("no uv on PATH: installing one into .envs/uv", flush=True)
    HOME.parent.mkdir(exist_ok=True)
    for python in _pythons():
        if _run(python, "-m", "venv", "--clear", HOME) and _run(
            HOME / "bin" / "python", "-m", "pip", "install", "--quiet", REQUIREMENT
        ):
            return venv_uv
        shutil.rmtree(HOME, ignore_errors=True)
        if _run(
            python, "-m", "pip", "install", "--quiet", "--target", HOME / "target", REQUIREMENT
        ):
            return target_uv
        shutil.rmtree(HOME, ignore_errors=True)
    sys.exit(
        "uv could not be installed: no Python here has both pip and a way to the package index.\n"
        "Install uv, or your distribution's python3-venv package, and run this again."
    )
