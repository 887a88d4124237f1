"""The responder's process, as the measuring side holds it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Answered:
    """One request as the responder saw it, by the monotonic clock that all processes share.

    Attributes:
        arrived: When it was read whole, in seconds.
        answered: When its answer was written, after the time on the wire, in seconds.
        octets: Octets of both on the wire.
    """

    arrived: float
    answered: float
    octets: int


class FarEnd:
    """The one responder of a run."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until its port is there."""
        self._process = process
        assert process.stdout is not None
        self.path = process.stdout.readline().strip()

    def be(
        self,
        *,
        baud: int | None = None,
        reports: bool = False,
        dead: Iterable[int] = (),
        logs: bool = False,
    ) -> None:
        """Begin anew: all zones off, nothing logged.

        Args:
            baud: How fast the wire is; None is a wire that takes no time.
            reports: Whether modules report what they switched.
            dead: Modules that do not answer.
            logs: Whether to note each request.
        """
        octet_s = 10 / baud if baud else 0.0
        self._ask(do="be", octet_s=octet_s, reports=reports, dead=[*map(int, dead)], logs=logs)

    def log(self) -> list[Answered]:
        """Take what was noted since the last time."""
        return [Answered(*entry) for entry in self._ask(do="log")]

    def report(self, modules: int) -> int:
        """Have modules report their zones, unchanged and unasked; return how many octets that is."""
        return int(self._ask(do="report", modules=modules))

    def _ask(self, **line: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def far_end() -> Iterator[FarEnd]:
    """Start the responder for as long as the context lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.responder"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield FarEnd(process)
        assert process.stdin is not None
        process.stdin.close()
