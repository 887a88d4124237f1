"""The repository's own files, for the tests that hold them to its rules."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def integration(root: Path) -> Path:
    return root / "custom_components" / "lutron_dpm"


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """Every file that is, or is about to be, in a commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [root / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]
