"""A link without octets on a wire: a session, a clock that jumps, and modules made of a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from dpm_core.model import SerialNumber
from dpm_core.protocol.frames import Frame, ack_frame, encode_wire
from dpm_core.protocol.messages import ObjectMessage, Report, decode_message, encode_message
from dpm_core.protocol.requests import Outcome, Priority, Request
from dpm_core.protocol.session import MasterSession
from dpm_core.protocol.session_events import (
    FrameSent,
    LinkSilent,
    ModuleOffline,
    ModuleOnline,
    RequestSettled,
    SessionEvent,
)
from dpm_core.protocol.session_settings import SessionSettings

ONE = SerialNumber(0x00A1B2C3)
TWO = SerialNumber(0x00A1B2C4)
THREE = SerialNumber(0x00A1B2C5)

Heard = tuple[float, bytes]
"""After how many seconds which octets are heard."""

Answers = Callable[[Frame, ObjectMessage], Iterable[Heard]]
"""What is heard after a frame was sent."""

UNPACED_S = 0.001


def wire(message: Report, counter: int = 1) -> bytes:
    """Return a module's report as it is on the wire."""
    frame = encode_message(message, counter=counter, sequence=0, source=message.serial)
    return encode_wire(frame)


def ack(sequence: int, response: int = 0) -> bytes:
    """Return an acknowledgement as it is on the wire."""
    return encode_wire(ack_frame(sequence, response))


def silence(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
    """Answer nothing."""
    return ()


def acknowledge(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
    """Answer with an acknowledgement."""
    return ((UNPACED_S, ack(frame.sequence)),)


@dataclass(eq=False)
class SessionLink:
    """A session and what hears it.

    Attributes:
        answers: What is heard after each frame that is sent.
        is_in_a_hurry: Whether what can be made beforehand is, as a client does it.
    """

    settings: SessionSettings = field(default_factory=SessionSettings)
    answers: Answers = silence
    now: float = 0.0
    is_in_a_hurry: bool = False

    def __post_init__(self) -> None:
        self.session = MasterSession(self.settings)
        self.session.link_opened(self.now)
        self.sent: list[tuple[float, ObjectMessage, Frame]] = []
        self.events: list[SessionEvent] = []
        self._coming: list[tuple[float, int, bytes]] = []
        self._number = count()

    def submit(
        self,
        message: ObjectMessage,
        priority: Priority = Priority.COMMAND,
        give_up_at: float | None = None,
    ) -> Request:
        request = Request(message, priority, give_up_at=give_up_at)
        self.session.submit(request, self.now)
        return request

    def hear_later(self, delay_s: float, octets: bytes) -> None:
        heappush(self._coming, (self.now + delay_s, next(self._number), octets))

    def run(self, duration_s: float) -> None:
        """Let time pass, stopping at everything that is due."""
        until = self.now + duration_s
        stuck = 0
        while True:
            self._pump()
            due = [at for at in (self.session.next_due, self._next_heard()) if at is not None]
            at = min(due, default=float("inf"))
            if at > until:
                self.now = until
                return
            stuck = stuck + 1 if at <= self.now else 0
            assert stuck < 1000, "something is due that never happens"
            self.now = max(self.now, at)
            while self._coming and self._coming[0][0] <= self.now:
                self.hear(heappop(self._coming)[2])

    def hear(self, octets: bytes) -> bool:
        """Hear octets now; return whether something was sent before they were looked at."""
        ahead = self.session.ahead(octets, self.now) if self.is_in_a_hurry else None
        self.session.hear(octets, self.now)
        if ahead is not None:
            self._tell(ahead)
        return ahead is not None

    def _next_heard(self) -> float | None:
        return self._coming[0][0] if self._coming else None

    def _pump(self) -> None:
        while True:
            octets = self.session.due(self.now)
            self._tell(octets)
            if octets is None:
                if self.is_in_a_hurry:
                    self.session.prepare(self.now)
                return

    def _tell(self, octets: bytes | None) -> None:
        for event in self.session.events():
            self.events.append(event)
            if isinstance(event, FrameSent):
                assert octets == encode_wire(event.frame)
                assert decode_message(event.frame) == event.message
                self.sent.append((self.now, event.message, event.frame))
                for delay_s, heard in self.answers(event.frame, event.message):
                    self.hear_later(delay_s, heard)

    # --- looking back -----------------------------------------------------------------------

    @property
    def times(self) -> list[float]:
        return [at for at, _, _ in self.sent]

    @property
    def messages(self) -> list[ObjectMessage]:
        return [message for _, message, _ in self.sent]

    @property
    def sequences(self) -> list[int]:
        return [frame.sequence for _, _, frame in self.sent]

    def outcome(self, request: Request) -> Outcome | None:
        settled = [
            event.outcome
            for event in self.events
            if isinstance(event, RequestSettled) and event.request is request
        ]
        assert len(settled) <= 1, "settled twice"
        return settled[0] if settled else None

    @property
    def lost(self) -> list[SerialNumber]:
        return [event.serial for event in self.events if isinstance(event, ModuleOffline)]

    @property
    def found(self) -> list[SerialNumber]:
        return [event.serial for event in self.events if isinstance(event, ModuleOnline)]

    @property
    def silent(self) -> list[LinkSilent]:
        return [event for event in self.events if isinstance(event, LinkSilent)]
