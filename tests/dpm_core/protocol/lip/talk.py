"""A session and what answers it, without octets on a wire: a clock that jumps, and a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from dpm_core.protocol.lip import (
    Credentials,
    LipCommand,
    LipEvent,
    LipReport,
    LipSession,
    LipSessionSettings,
    LoggedIn,
    ReportHeard,
    RequestDone,
    RequestFailed,
    RequestId,
)

USER = "somebody"
PASSWORD = "open-sesame"  # of nobody
CREDENTIALS = Credentials(USER, PASSWORD)
FIRST_PROMPT = "\r\nQNET> \0"
LATENCY_S = 0.01

Answers = Callable[[str], Iterable[str]]
"""What is heard after a line that was said, as whole texts with their line ends."""


def silence(line: str) -> Iterable[str]:
    """Answer nothing."""
    return ()


def monitoring_only(line: str) -> Iterable[str]:
    """Answer what every session begins with, and nothing else."""
    if line.startswith("#MONITORING"):
        yield line.replace("#", "~", 1) + "\r\n"


def alive(line: str) -> Iterable[str]:
    """Answer what every session begins with, and its heartbeat."""
    if line == "?SYSTEM,10":
        yield "~SYSTEM,01/31/2026,12:00:00\r\n"
    yield from monitoring_only(line)


@dataclass(eq=False)
class Talk:
    """A session, its clock, and everything that was said and heard.

    Attributes:
        answers: What is heard after each line.
    """

    answers: Answers = alive
    settings: LipSessionSettings = field(default_factory=LipSessionSettings)
    credentials: Credentials = CREDENTIALS
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.session = LipSession(self.settings, self.credentials)
        self.said: list[tuple[float, str]] = []
        self.events: list[LipEvent] = []
        self._coming: list[tuple[float, int, str]] = []
        self._number = count()
        self.session.opened(self.now)
        self.pump()

    @property
    def lines(self) -> list[str]:
        """What was said, without its line ends."""
        return [line for _at, line in self.said]

    def log_in(self) -> Talk:
        """Log in, and let the session set up its monitoring."""
        self.hear("login: ")
        self.hear("password: ")
        self.hear(FIRST_PROMPT)
        assert self.events == [LoggedIn()]
        self.run(0.4)
        self.said.clear()
        self.events.clear()
        return self

    def hear(self, text: str) -> list[LipEvent]:
        """Hear something now; return what happened."""
        events = list(self.session.receive(text.encode("latin-1"), self.now))
        self.events += events
        self.pump()
        return events

    def submit(self, command: LipCommand) -> RequestId:
        """Ask for something now."""
        number = self.session.submit(command, self.now)
        self.pump()
        return number

    def pump(self) -> None:
        """Say what is due."""
        while octets := self.session.due(self.now):
            line = octets.decode("ascii")
            assert line.endswith("\r\n")
            self.said.append((self.now, line[:-2]))
            for text in self.answers(line[:-2]):
                heappush(self._coming, (self.now + LATENCY_S, next(self._number), text))

    def run(self, seconds: float) -> None:
        """Let time pass, as a caller does that comes back when the session wants it to."""
        end = self.now + seconds
        while True:
            due = self.session.next_due
            coming = self._coming[0][0] if self._coming else None
            at = min((one for one in (due, coming) if one is not None), default=None)
            if at is None or at > end:
                break
            self.now = max(self.now, at)
            if coming is not None and coming <= self.now:
                self.hear(heappop(self._coming)[2])
            else:
                self.hear("")
        self.now = end

    def outcomes(self) -> list[RequestDone | RequestFailed]:
        """What was done and what was refused, in order."""
        return [one for one in self.events if isinstance(one, (RequestDone, RequestFailed))]

    def reports(self) -> list[LipReport]:
        """What was heard, in order."""
        return [one.report for one in self.events if isinstance(one, ReportHeard)]
