"""The environments of this project, and how each is made.

An environment's packages are those of its file in requirements/, exactly. `core-*` and `ha-*` see
the library in this work tree; in `run-ha-*`, where real Home Assistant processes run, the library
is absent: Home Assistant installs it from the integration's manifest.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .interpreters import ROOT, Interpreter, find

ENVIRONMENTS_DIR: Final = ROOT / ".envs"

_MEASURE: Final = (
    "import os; 'COVERAGE_PROCESS_START' in os.environ"
    " and __import__('coverage').process_startup()\n"
)
"""Run at the start of each interpreter of an environment: `scripts/test` measures all of them."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment: its name, the Python it needs, and whether it sees the work tree.

    `dispensable` packages have no wheel and need a compiler: where they cannot be built the
    environment is made without them.
    """

    name: str
    python: str
    sees_work_tree: bool = True
    extras: tuple[str, ...] = ()
    dispensable: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return ENVIRONMENTS_DIR / self.name

    @property
    def interpreter(self) -> Path:
        return self.path / "bin" / "python"

    @property
    def requirements(self) -> Path:
        return ROOT / "requirements" / f"{self.name}.txt"

    def tool(self, name: str) -> Path:
        return self.path / "bin" / name


_EXTRAS: Final = ("cli", "panel", "pyserial-asyncio")
CORE: Final = (
    Environment("core-3.11", "3.11", extras=_EXTRAS),
    Environment("core-3.12", "3.12", extras=(*_EXTRAS, "esphome")),
    Environment("core-3.13", "3.13", extras=(*_EXTRAS, "esphome")),
    Environment("core-3.14", "3.14", extras=_EXTRAS),
)
"""With ESPHome's library and without it. Where it is there, serialx loads it at once, which is half a
second for each process that a test starts: it is not where CI runs the tests of the command line."""
INTEGRATION: Final = (Environment("ha-2025.4", "3.13.0"), Environment("ha-new", "3.14.2"))
RUNTIME: Final = (
    Environment("run-ha-2025.4", "3.13.0", sees_work_tree=False),
    Environment(
        "run-ha-new",
        "3.14.2",
        sees_work_tree=False,
        # For voice satellites, which nothing here has; Home Assistant only logs that they lack.
        dispensable=("pymicro-vad", "pyspeex-noise"),
    ),
)
BENCH: Final = Environment("bench", "3.14")
"""The library on its newest Python, and what `scripts/bench` measures it against."""
FUZZ: Final = Environment("fuzz", "3.13", dispensable=("atheris",))
"""The library on a Python that the coverage-guided fuzzer of `scripts/fuzz` has a wheel for."""

ALL: Final = {e.name: e for e in (*CORE, *INTEGRATION, *RUNTIME, BENCH, FUZZ)}


class CannotMake(Exception):
    """An environment could not be made; the message says why."""


def version() -> str:
    """Read the version of this work tree from the one place where it is written."""
    text = (ROOT / "dpm_core" / "__init__.py").read_text()
    found = re.search(r'^__version__: Final = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise CannotMake("dpm_core/__init__.py does not state __version__ as it should")
    return found[1]


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one script at a time change environments."""
    ENVIRONMENTS_DIR.mkdir(exist_ok=True)
    with (ENVIRONMENTS_DIR / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp(environment: Environment, python: Interpreter) -> str:
    digest = hashlib.sha256(f"{python}\n{environment.sees_work_tree}\n{_MEASURE}".encode())
    digest.update(environment.requirements.read_bytes())
    if environment.sees_work_tree:
        # Only what an installation takes from them: most edits of these files need nothing made.
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        digest.update(repr([project["build-system"], project["project"]]).encode())
        digest.update(version().encode())
    return digest.hexdigest()


def _uv(uv: Path, *arguments: str | Path) -> None:
    # UV_PROJECT_ENVIRONMENT and VIRTUAL_ENV are the caller's own business, not this environment's.
    own = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "COVERAGE_PROCESS_START"}
    done = subprocess.run(
        [uv, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k not in own},
    )
    if done.returncode != 0:
        raise CannotMake(f"uv {' '.join(map(str, arguments))} failed:\n{done.stdout}")


def _sync(environment: Environment, uv: Path) -> None:
    """Put exactly the pinned packages into an environment."""
    command = ("pip", "sync", "--quiet", "--python", environment.interpreter)
    try:
        _uv(uv, *command, environment.requirements)
    except CannotMake:
        if not environment.dispensable:
            raise
        lines = environment.requirements.read_text().splitlines(keepends=True)
        kept = [line for line in lines if line.partition("==")[0] not in environment.dispensable]
        reduced = environment.path / "requirements.txt"
        reduced.write_text("".join(kept))
        _uv(uv, *command, reduced)
        without = ", ".join(environment.dispensable)
        print(f"{environment.name} is made without {without}: no compiler here", flush=True)


def _measure_from_the_start(environment: Environment) -> None:
    (site_packages,) = environment.path.glob("lib/python3.*/site-packages")
    (site_packages / "lutron_dpm_coverage.pth").write_text(_MEASURE)


def make(environment: Environment, uv: Path, *, download: bool = True) -> bool:
    """Make an environment, or leave it alone when nothing has changed.

    Returns:
        False when no Python on this machine fits it.

    Raises:
        CannotMake: uv could not install its packages.
    """
    with _alone():
        python = find(environment.python, uv if download else None)
        if python is None:
            return False
        stamp, stamp_file = _stamp(environment, python), environment.path / ".stamp"
        if stamp_file.exists() and stamp_file.read_text() == stamp:
            return True
        print(f"making .envs/{environment.name} with {python}", flush=True)
        stamp_file.unlink(missing_ok=True)
        if not environment.interpreter.exists():
            shutil.rmtree(environment.path, ignore_errors=True)
        _uv(uv, "venv", "--quiet", "--allow-existing", "--python", python.path, environment.path)
        _sync(environment, uv)
        if environment.sees_work_tree:
            target = ("--python", environment.interpreter)
            _uv(uv, "pip", "install", "--quiet", *target, "--no-deps", "--editable", ".")
        _measure_from_the_start(environment)
        stamp_file.write_text(stamp)
        return True


def newest(environments: Sequence[Environment], uv: Path) -> Environment:
    """Make the newest of these environments that this machine has a Python for.

    Raises:
        SystemExit: There is none; the message says what was looked for.
    """
    for environment in reversed(environments):
        try:
            if make(environment, uv):
                return environment
        except CannotMake as error:
            print(error, file=sys.stderr)
    sys.exit(f"none of {', '.join(e.name for e in environments)} can be made on this machine")


def restore(environment: Environment, uv: Path) -> None:
    """Take away what Home Assistant installed by itself, so that it installs it anew.

    Without this a library installed last week would be found "already there", and not the one of
    this work tree be tested.
    """
    with _alone():
        _sync(environment, uv)
