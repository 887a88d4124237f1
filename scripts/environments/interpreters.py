"""Find a Python interpreter of a wanted series, in one order for every script.

1. PATH (a virtual environment or a pyenv shim there is followed to the interpreter behind it);
2. `~/.pyenv/versions/*`, which uv does not look into by itself;
3. `../shared/toolchain/python-X.Y.Z-linux-x86_64.tar.xz` beside the repository, where it exists:
   unpacked into `.toolchain/`;
4. uv's own download, last and with a time limit, into `.toolchain/` too.
"""

import functools
import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TOOLCHAIN: Final = ROOT / ".toolchain"
SHARED_TOOLCHAIN: Final = ROOT.parent / "shared" / "toolchain"

PROBE_LIMIT_S: Final = 30.0
"""Longest an interpreter may take to say what it is."""
DOWNLOAD_LIMIT_S: Final = 180.0
"""Longest uv may take to download an interpreter: about 30 MB."""

_PROBE: Final = (
    "import sys, sysconfig, ssl, sqlite3, ctypes, zlib\n"
    "assert sys.implementation.name == 'cpython' and sys.version_info.releaselevel == 'final'\n"
    "assert not sysconfig.get_config_var('Py_GIL_DISABLED')\n"
    "print(*sys.version_info[:3], getattr(sys, '_base_executable', sys.executable), sep='\\t')\n"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that answered: where it is and which version it is."""

    path: Path
    version: tuple[int, int, int]

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))} ({self.path})"


def probe(path: Path) -> Interpreter | None:
    """Ask an interpreter what it is; None when it cannot be used."""
    # A shim or a wrapper may depend on the folder; -I keeps the user's own modules out of it.
    try:
        done = subprocess.run(
            [path, "-I", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_LIMIT_S,
            check=False,
            env={k: v for k, v in os.environ.items() if k != "COVERAGE_PROCESS_START"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    major, minor, micro, executable = done.stdout.strip().split("\t")
    return Interpreter(Path(executable), (int(major), int(minor), int(micro)))


def _on_path(name: str) -> Iterator[Path]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = shutil.which(name, path=folder) if folder else None
        if found:
            yield Path(found)


def _pyenv(series: str) -> Iterator[Path]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    names = [p for p in versions.glob(f"{series}.*") if re.fullmatch(r"\d+\.\d+\.\d+", p.name)]
    for folder in sorted(names, key=lambda p: int(p.name.rpartition(".")[2]), reverse=True):
        yield folder / "bin" / f"python{series}"


def _shared(series: str) -> Iterator[Path]:
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return
    for archive in sorted(SHARED_TOOLCHAIN.glob(f"python-{series}.*-linux-x86_64.tar.xz")):
        home = TOOLCHAIN / archive.name.removesuffix(".tar.xz")
        if not home.exists():
            print(f"unpacking {archive.name} into {TOOLCHAIN.name}/", flush=True)
            TOOLCHAIN.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=TOOLCHAIN) as unfinished:
                with tarfile.open(archive) as tar:
                    tar.extractall(unfinished, filter="tar")
                # Renamed only when whole, so that an interrupted unpacking leaves nothing behind.
                Path(unfinished).chmod(0o755)
                Path(unfinished).rename(home)
                Path(unfinished).mkdir()
        yield from sorted(home.glob(f"**/bin/python{series}"))


def _downloaded(series: str, uv: Path | None) -> Iterator[Path]:
    if uv is None:
        return
    yield from _download(series, uv)


@functools.cache
def _download(series: str, uv: Path) -> list[Path]:
    """Ask uv once in a run: a machine without a way out answers no faster the second time."""
    folder = TOOLCHAIN / "uv"
    have = sorted(folder.glob(f"cpython-{series}*/bin/python{series}"))
    if not have:
        print(
            f"asking uv to download Python {series} (at most {DOWNLOAD_LIMIT_S:.0f} s)", flush=True
        )
        try:
            subprocess.run(
                [uv, "python", "install", "--no-bin", "--install-dir", folder, series],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=DOWNLOAD_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            print(f"the download of Python {series} took too long and was given up", flush=True)
        have = sorted(folder.glob(f"cpython-{series}*/bin/python{series}"))
    return have


def find(minimum: str, uv: Path | None = None) -> Interpreter | None:
    """Find an interpreter of the series of `minimum` that is at least as new.

    Args:
        minimum: "3.13" for any 3.13, "3.14.2" for a 3.14 from 3.14.2 on.
        uv: The uv to download with when nothing on the machine fits; None downloads nothing.
    """
    wanted = tuple(int(part) for part in minimum.split("."))
    series = f"{wanted[0]}.{wanted[1]}"
    candidates = (
        _on_path(f"python{series}"),
        _on_path("python3"),
        _pyenv(series),
        _shared(series),
        _downloaded(series, uv),
    )
    for place in candidates:
        for path in place:
            if not path.exists():
                continue
            found = probe(path)
            if found and found.version[:2] == wanted[:2] and found.version >= wanted:
                return found
    return None
