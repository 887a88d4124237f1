"""The master's side of the link: what to send, when, and what to make of the answers.

The link is half duplex and has one master. So one message is outstanding at a time, and the
next one waits until it is answered, or until its answer is overdue. An answer that is missing
is asked for again, up to three sendings; meanwhile commands for other modules go first.

No input or output and no clock: the caller gives what was heard to `hear()`, asks `due()` what
to send, and comes back at `next_due` at the latest. What happened is taken from `events()`.

House rule: waiting and sending only. What an answer means for a module is the client's
business; what answers a message is in `expectations.py`, what goes next in `outbox.py`, who is
polled in `roster.py`.

Source: qs-link.md 5, rules 6 to 8, "Arbitration" and "Timeouts" (ours).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from .answer_wait import AnswerWait
from .decoder import Decoder, FrameHeard
from .echo import EchoFilter
from .expectations import Hearing, Refused, SlotsExpected
from .frames import LinkSource, encode_wire
from .line_pacing import LinePacing
from .link_silence import LinkSilence
from .messages import Acknowledge, Result, decode_message, encode_message, target_octets
from .outbox import Outbox
from .requests import Answered, Expired, LinkGone, Priority, Unanswered, Withdrawn
from .roster import Roster
from .sequence import Sequences
from .session_events import (
    FrameSent,
    MessageHeard,
    ModuleOffline,
    ModuleOnline,
    NoiseHeard,
    RequestSettled,
)
from .session_settings import Echo, SessionSettings
from .statistics import LinkStatistics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dpm_core.model import SerialNumber

    from .frames import Frame
    from .messages import Message
    from .requests import Outcome, Request
    from .session_events import SessionEvent

__all__ = ["MasterSession"]

_CARRY_SEQUENCE: Final = (Acknowledge, Result)
"""What answers say which sending they answer."""

_NEVER: Final = float("-inf")

_COUNTERS: Final = 3
"""The message counter of a target goes 1, 2, 3, 1. Source: qs-link.md 2.2, 5 rule 6."""


class MasterSession:
    """A master on one link.

    Args:
        settings: Every time limit and count.
        source: Where on the link we are.
    """

    def __init__(
        self,
        settings: SessionSettings | None = None,
        source: LinkSource | None = None,
    ) -> None:
        self.settings: Final = settings or SessionSettings()
        self._decoder = Decoder(self.settings.silence_s)
        self.statistics: Final = LinkStatistics(self._decoder.statistics)
        self.roster: Final = Roster(self.settings)
        self.may_send = True
        """Whether anything may be sent; without it we only listen."""

        self._source = source or LinkSource()
        self._echo = EchoFilter() if self.settings.echo is Echo.LOCAL else None
        self._sequences = Sequences(self.settings.sequence_rest_s)
        self._counters: dict[bytes, int] = {}
        self._events: deque[SessionEvent] = deque()
        self._outbox = Outbox(self.settings, self.roster)

        self._outstanding: Request | None = None
        self._wait = AnswerWait(self.settings)
        self._is_noisy = False
        self._sent_packet = b""

        self._line = LinePacing(self.settings)
        self._silence = LinkSilence(self.settings)

    @property
    def is_polling(self) -> bool:
        """Whether the modules of the roster are polled."""
        return self._outbox.is_polling

    @is_polling.setter
    def is_polling(self, is_polling: bool) -> None:
        self._outbox.is_polling = is_polling

    # --- what is wanted ---------------------------------------------------------------------

    def submit(self, request: Request, now: float) -> None:
        """Put a command or query in line; its outcome comes with `RequestSettled`."""
        request.issued_at = now
        request.sendings_max = self.settings.sendings
        self._outbox.add(request)

    def withdraw(self, request: Request, now: float) -> None:
        """Forget a command or query: it is not sent any more, but an answer is still awaited."""
        if not request.is_settled:
            self._settle(request, Withdrawn(), now)

    def link_opened(self, now: float) -> None:
        """Begin on a link that was opened: nothing is outstanding, and nobody was heard yet."""
        self.statistics.connections += 1
        self._forget_line()
        self._line.opened(now)
        self.roster.restart(now)

    def link_lost(self, now: float) -> None:
        """End all that is outstanding or waiting; nothing is kept for later."""
        waiting = self._outbox.clear()
        outstanding = self._forget_line()
        if outstanding is not None and outstanding not in waiting:
            waiting.insert(0, outstanding)
        for request in waiting:
            if not request.is_settled:
                self._settle(request, LinkGone(), now)

    # --- what happens -----------------------------------------------------------------------

    def hear(self, octets: bytes, now: float) -> None:
        """Take octets that were heard."""
        if self._echo is not None:
            octets = self._echo.heard(octets)
            self.statistics.echo_mismatches = self._echo.mismatches
        self._line.heard(now)
        self._decoder.feed(octets, now)
        self._take(now)

    def due(self, now: float, *, may_miss: bool = True) -> bytes | None:
        """Return what to put on the link now, if anything.

        Args:
            now: The time, in seconds.
            may_miss: Whether an overdue answer is missed. Only when everything that waits to be
                read was given to `hear()`.
        """
        self._end_silent_packet(now)
        if self._outbox.has_expired(now):
            self._expire(now)
        outstanding = self._outstanding
        if outstanding is not None and not (may_miss and self._is_over(outstanding, now)):
            return None
        request = self._outbox.next_up(now) if self.may_send else None
        if request is None:
            self._line.nobody_waits()
            return None
        if not self._line.is_free(request, now, self._decoder.next_due):
            return None
        return self._send(request, now)

    @property
    def next_due(self) -> float | None:
        """When to call `due()` again if nothing happens before; None if never."""
        due = self._send_due()
        for other in (self._decoder.next_due, self._outbox.next_expiry):
            if other is not None and (due is None or other < due):
                due = other
        return due

    def _send_due(self) -> float | None:
        """Return when something may be sent, or sent again; None while nothing is wanted."""
        if self._outstanding is not None:
            return self._wait.until
        if not self.may_send:
            return None
        if self._line.waits_until is not None:
            return self._line.waits_until
        wanted_at = self._outbox.wanted_at()
        return (
            None
            if wanted_at is None
            else max(wanted_at, self._line.free_at(self._decoder.next_due))
        )

    @property
    def answer_due(self) -> float | None:
        """When the answer that is outstanding is overdue; None while none is."""
        return None if self._outstanding is None else self._wait.until

    def events(self) -> Iterator[SessionEvent]:
        """Take what happened since the last time, in order."""
        events = self._events
        while events:
            yield events.popleft()

    # --- hearing ----------------------------------------------------------------------------

    def _end_silent_packet(self, now: float) -> None:
        ends_at = self._decoder.next_due
        if ends_at is not None and now >= ends_at:
            self._decoder.tick(now)
            self._take(now)

    def _take(self, now: float) -> None:
        for event in self._decoder.events():
            if isinstance(event, FrameHeard):
                self._take_frame(event.frame, event.at)
            else:
                self._is_noisy = True
                self._events.append(NoiseHeard(event, now))

    def _take_frame(self, frame: Frame, at: float) -> None:
        if self._echo is not None and frame.packet == self._sent_packet:
            # An echo that was cut in two by a stray octet is still our own voice.
            return
        message = decode_message(frame)
        serial = frame.source_serial
        if serial is not None:
            self._heard_module(serial, at)
        request = self._outstanding
        hearing: Hearing | Refused = Hearing.NOTHING
        if request is not None:
            hearing = request.expectation.hear(message, request.sequences)
        if request is None or hearing is Hearing.NOTHING:
            self._events.append(MessageHeard(message, frame, at))
            if type(message) in _CARRY_SEQUENCE:
                self.statistics.stray_answers += 1
            return
        self._events.append(MessageHeard(message, frame, at, request))
        self._take_answer(request, message, hearing, at)

    def _take_answer(
        self, request: Request, message: Message, hearing: Hearing | Refused, at: float
    ) -> None:
        if type(message) in _CARRY_SEQUENCE:
            assert isinstance(message, (Acknowledge, Result))
            self._sequences.answered(message.sequence)
        else:
            self._sequences.answered(request.sequences[-1])
        if hearing is Hearing.PART:
            if not isinstance(request.expectation, SlotsExpected):
                self._wait.begin(at, request.expectation.answer_size)
            return
        self.statistics.answers += 1
        assert request.serial is not None
        # An acknowledgement names nobody, but only one module was asked.
        self._heard_module(request.serial, at)
        if hearing is Hearing.WHOLE:
            self._end(request, self._answer_of(request), at)
        else:
            assert isinstance(hearing, Refused)
            self.statistics.refusals += 1
            self._end(request, hearing, at)

    def _heard_module(self, serial: SerialNumber, at: float) -> None:
        self._silence.heard()
        if self.roster.heard(serial, at):
            self._events.append(ModuleOnline(serial))

    def _answer_of(self, request: Request) -> Answered:
        return Answered(tuple(request.expectation.heard), self._is_noisy)

    # --- the end of a wait ------------------------------------------------------------------

    def _is_over(self, request: Request, now: float) -> bool:
        """Return whether the wait for an answer has ended; if so, the line is free again."""
        if not self._wait.is_over(now, self._decoder.next_due):
            return False
        if request.expectation.is_open_ended:
            self._sequences.answered(request.sequences[-1])
            self._end(request, self._answer_of(request), now)
        else:
            self._miss(request, now)
        return True

    def _miss(self, request: Request, now: float) -> None:
        self.statistics.missed_answers += 1
        assert request.serial is not None
        self._missed_module(request.serial, now)
        is_late = request.give_up_at is not None and now >= request.give_up_at
        if is_late or request.is_settled or request.sendings >= request.sendings_max:
            self._end(request, Unanswered(now - request.sent_at, request.sendings), now)
            return
        self._outstanding = None
        self._outbox.again(request)

    def _missed_module(self, serial: SerialNumber, now: float) -> None:
        if self.roster.missed(serial, now):
            self.statistics.modules_lost += 1
            self._events.append(ModuleOffline(serial))
        silent = self._silence.missed(now)
        if silent is not None:
            self._events.append(silent)

    def _end(self, request: Request, outcome: Outcome, now: float) -> None:
        self._outstanding = None
        self._outbox.done(request)
        if not request.is_settled:
            self._settle(request, outcome, now)

    def _settle(self, request: Request, outcome: Outcome, now: float) -> None:
        request.outcome = outcome
        if request.priority is not Priority.POLL:
            self._events.append(RequestSettled(request, outcome, now))

    def _expire(self, now: float) -> None:
        for request in self._outbox.expired(now):
            # One that is outstanding has its answer, or has missed it, in a moment.
            if request is not self._outstanding:
                self._settle(request, Expired(now - request.issued_at, request.sendings), now)

    def _forget_line(self) -> Request | None:
        """Forget what was heard and what is outstanding; return the latter."""
        # Half a packet of the lost link must not become one with the first octets of the next.
        self._decoder.tick(-_NEVER)
        deque(self._decoder.events(), maxlen=0)
        if self._echo is not None:
            self._echo.sent(b"")
        self._line.nobody_waits()
        self._silence.heard()
        outstanding, self._outstanding = self._outstanding, None
        return outstanding

    # --- sending ----------------------------------------------------------------------------

    def _send(self, request: Request, now: float) -> bytes:
        frame = self._frame_of(request, now)
        octets = encode_wire(frame)
        self._outbox.take(request)
        if request.priority is Priority.POLL:
            self.statistics.polls += 1
        if self._echo is not None:
            self._echo.sent(octets)
            self._sent_packet = frame.packet
        statistics = self.statistics
        statistics.frames_sent += 1
        statistics.octets_sent += len(octets)
        self._events.append(FrameSent(request.message, frame, now, request.sendings))
        expectation = request.expectation
        ends_at = now + self._wait.frame_s(frame.size_class)
        self._line.sending(now)
        self._is_noisy = False
        self._outstanding = request
        if isinstance(expectation, SlotsExpected):
            self._wait.begin_slots(ends_at, expectation.slots)
        elif expectation.answer_size:
            self._wait.begin(ends_at, expectation.answer_size)
        else:
            self._line.sending(ends_at + self.settings.gap_s)
            self._sequences.answered(request.sequences[-1])
            self._end(request, Answered(()), now)
        return octets

    def _frame_of(self, request: Request, now: float) -> Frame:
        request.sendings += 1
        if request.sendings == 1:
            target = target_octets(request.message.address())
            request.counter = self._counters.get(target, 0) % _COUNTERS + 1
            self._counters[target] = request.counter
            request.sent_at = now
            sequence = self._sequences.start(now)
        else:
            self.statistics.repeats += 1
            request.message = request.expectation.remaining(request.message)
            sequence = self._sequences.repeat(request.sequences[-1], now)
        request.sequences.append(sequence)
        return encode_message(
            request.message, counter=request.counter, sequence=sequence, source=self._source
        )
