"""Run commands, a few at once, each into its own log, with progress on the way.

Two, because the machines that run this have two cores and a real Home Assistant fills one.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .interpreters import ROOT

AT_ONCE: Final = 3
"""On two cores: the tests wait for processes and ports more than they compute."""
HEARTBEAT_S: Final = 30.0
"""A run that says nothing for long looks dead: what is running is said this often."""
PATIENCE_S: Final = 15.0
"""How long a job that is told to end may take for it."""
SHOWN_CHARACTERS: Final = 20_000
"""How much of the end of a failed job's log is printed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One command, where its output goes, and how long it may take."""

    name: str
    command: Sequence[str | Path]
    log: Path
    limit_s: float = 1800.0
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended; the status of one that ran out of time is None."""

    job: Job
    status: int | None
    took_s: float


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a job and all that it started: interrupt first, so that coverage is still written."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
        # What the job had started may have outlived it.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class _Crew:
    """The jobs that are running now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}
        self._closed = False

    def run(self, job: Job) -> Outcome:
        job.log.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with job.log.open("wb") as log:
            with self._lock:
                if self._closed:
                    return Outcome(job, None, 0.0)
                print(f"  start  {job.name}\n", end="", flush=True)
                process = subprocess.Popen(
                    [str(part) for part in job.command],
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **job.environment},
                    # A group to end it by; not a session, whose leader a pseudo-terminal would hang up.
                    process_group=0,
                )
                self._running[job.name] = (process, began)
            status: int | None
            try:
                status = process.wait(job.limit_s)
            except subprocess.TimeoutExpired:
                _end(process)
                status = None
            finally:
                with self._lock:
                    self._running.pop(job.name, None)
        return Outcome(job, status, time.monotonic() - began)

    def say(self) -> None:
        now = time.monotonic()
        with self._lock:
            running = [
                f"{name} ({now - began:.0f} s)" for name, (_, began) in self._running.items()
            ]
        if running:
            print(f"  still running: {', '.join(running)}", flush=True)

    def stop(self) -> None:
        with self._lock:
            self._closed = True
            processes = [process for process, _ in self._running.values()]
        for process in processes:
            _end(process)


def run_all(jobs: Sequence[Job], tell: Callable[[Outcome], None]) -> list[Outcome]:
    """Run the jobs in their order, `AT_ONCE` of them together; Ctrl-C ends them all.

    Args:
        jobs: The longest first makes the whole shortest.
        tell: Called for each that ended, as it ends.
    """
    crew, ended, stop = _Crew(), [], threading.Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT_S):
            crew.say()

    heart = threading.Thread(target=beat, daemon=True)
    heart.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for future in as_completed([pool.submit(crew.run, job) for job in jobs]):
                outcome = future.result()
                ended.append(outcome)
                tell(outcome)
        except KeyboardInterrupt:
            crew.stop()
            sys.exit(130)
        finally:
            stop.set()
    return ended


def show_log(job: Job) -> None:
    """Print the end of a job's log."""
    text = job.log.read_text(errors="replace")
    left_out = len(text) - SHOWN_CHARACTERS
    print(f"----- {job.name}: {job.log.relative_to(ROOT)}")
    print(f"({left_out} characters before this)\n{text[left_out:]}" if left_out > 0 else text)
    print(f"----- end of {job.name}", flush=True)
