"""Run `dpm` as its users do: as a process, against a `dpm simulate` that is another one."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dpm_core.cli.app import run

ROOT = Path(__file__).parents[3]
DPM = (sys.executable, "-m", "dpm_core.cli")
LIMIT_S: Final = 60.0
"""How long a test waits for something that has no reason to take a second."""

CONSENTS = ("--allow-sending", "--allow-extension")
MODULES = ("00A1B2C3", "00A1B2C4")


def environment(**changes: str) -> dict[str, str]:
    """This environment without the options of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DPM_")}
    path = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, "COLUMNS": "120", "NO_COLOR": "1", **changes}


@dataclass(frozen=True)
class Ended:
    """How a call of `dpm` ended."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The one JSON object that it printed."""
        (line,) = self.out.splitlines()
        answer: dict[str, Any] = json.loads(line)
        return answer

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON objects that it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def dpm(*arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> Ended:
    """Run `dpm` to its end."""
    done = subprocess.run(
        [*DPM, *arguments],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
        env=environment(**(env or {})),
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def call(*arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Ended:
    """Run `dpm` to its end inside this process: all of it but the interpreter's start."""
    kept = {**os.environ}
    streams = (sys.stdin, sys.stdout, sys.stderr)
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    os.environ.clear()
    os.environ.update(environment(**(env or {})))
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    sys.stdout, sys.stderr = out, err
    try:
        status = run(arguments)
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        os.environ.clear()
        os.environ.update(kept)
    return Ended(int(status), _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def fails(ended: Ended, status: int) -> str:
    """The one line that a failed call said; nothing else may be there."""
    assert ended.status == status, ended
    (line,) = ended.err.splitlines()
    assert line.startswith("dpm: "), line
    assert "Traceback" not in ended.err
    return line


@contextmanager
def started(*arguments: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run `dpm` beside the test; it is ended with the block, if it still runs then."""
    process = subprocess.Popen(
        [*DPM, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**options),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            # A measured process answers SIGTERM by saving its measure, and that waits for ever for a
            # lock of coverage's own which the interrupted call may hold (sysmon.py, py_start).
            if "COVERAGE_PROCESS_START" not in os.environ:
                raise


def wait_for(what: str, is_so: Any, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until a real event has happened, at most `LIMIT_S`."""
    end = time.monotonic() + LIMIT_S
    while not is_so():
        if process is not None and process.poll() is not None:
            raise AssertionError(f"{what}: dpm ended with {process.communicate()}")
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {LIMIT_S} s")
        time.sleep(0.01)


@dataclass(frozen=True)
class Simulated:
    """A running `dpm simulate`."""

    process: subprocess.Popen[bytes]
    link: str
    tcp: str
    socket: Path

    def control(self, do: str, module: str = MODULES[0], **fields: Any) -> dict[str, Any]:
        """Act on a module through the control socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(LIMIT_S)
            connection.connect(str(self.socket))
            connection.sendall(json.dumps({"module": module, "do": do, **fields}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
        assert answer["ok"] is True, answer
        return answer

    def kill(self) -> None:
        """End it with SIGKILL, and take its port away as unplugging an adapter would.

        The killed process could not: its port's path would go on to name a terminal whose number
        the system may give to another test.
        """
        self.process.kill()
        self.process.wait(LIMIT_S)
        Path(self.link).unlink(missing_ok=True)

    def override(self, module: str = MODULES[0]) -> None:
        """Open the CCI of a module, and wait for the end of its debounce."""
        self.control("cci", module, contact="open")
        wait_for("manual override", lambda: self.control("state", module)["override"])

    def zones(self, module: str = MODULES[0]) -> list[bool]:
        """The relays of a module as they are."""
        zones: list[bool] = self.control("state", module)["zones"]
        return zones

    def dpm(self, *arguments: str, over: str | None = None) -> Ended:
        """Run `dpm` on this link, with both consents."""
        return call("--link", over or self.link, *CONSENTS, *arguments)

    def listen_only(self, *arguments: str) -> Ended:
        """Run `dpm` on this link, with no consent."""
        return call("--link", self.link, *arguments)


@contextmanager
def simulated(folder: Path, *arguments: str) -> Iterator[Simulated]:
    """Run `dpm simulate` with two modules on a pseudo-terminal and on TCP."""
    link, control = folder / "link", folder / "control"
    with started(
        "simulate",
        *("--modules", ",".join(MODULES), "--listen", f"pty:{link}"),
        *("--listen", "tcp:127.0.0.1:0", "--control", str(control), "--json", *arguments),
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()
        yield Simulated(process, str(link), json.loads(line)["listening"][1], control)
