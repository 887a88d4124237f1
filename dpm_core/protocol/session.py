"""The master's side of the link: what to send, when, and what to make of the answers.

The link is half duplex and has one master. So one message is outstanding at a time, and the
next one waits until it is answered, or until its answer is overdue. An answer that is missing
is asked for again, up to three sendings; meanwhile commands for other modules go first.

No input or output and no clock: the caller gives what was heard to `hear()`, asks `due()` what
to send, and comes back at `next_due` at the latest. What happened is taken from `events()`.
Who is in a hurry asks `ahead()` before `hear()`, and calls `prepare()` while there is time.

House rule: waiting and sending only. What an answer means for a module is the client's
business; what answers a message is in `expectations.py`, what goes next in `outbox.py`, who is
polled in `roster.py`.

Source: qs-link.md 5, rules 6 to 8, "Arbitration" and "Timeouts" (ours).
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .acknowledgements import ACCEPTED
from .ahead import Ahead
from .answer_wait import AnswerWait
from .attendance import Attendance
from .decoder import Decoder, FrameHeard
from .echo import EchoFilter
from .expectations import AcknowledgeExpected, Hearing, Refused, SlotsExpected
from .frames import LinkSource
from .line_pacing import LinePacing
from .messages import Acknowledge, Result, decode_message
from .numbering import Numbering
from .outbox import Outbox
from .requests import Answered, Expired, LinkGone, Priority, Unanswered, Withdrawn
from .roster import Roster
from .session_events import FrameSent, MessageHeard, NoiseHeard, RequestSettled
from .session_settings import Echo, SessionSettings
from .statistics import LinkStatistics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .frames import Frame
    from .messages import Message
    from .numbering import Prepared
    from .requests import Outcome, Request
    from .session_events import SessionEvent

__all__ = ["MasterSession"]

_CARRY_SEQUENCE: Final = (Acknowledge, Result)
"""What answers say which sending they answer."""

_NEVER: Final = float("-inf")


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
        self.is_watched = True
        """Whether all that passes is told; without it neither sendings nor plain acknowledgements,
        of which nothing follows but the outcome of a request."""

        self._echo = EchoFilter() if self.settings.echo is Echo.LOCAL else None
        self._numbering = Numbering(source or LinkSource(), self.settings.sequence_rest_s)
        self.untold: Final[deque[SessionEvent]] = deque()
        """The events that nobody took yet, to be taken from the left."""
        self._outbox = Outbox(self.settings, self.roster)

        self._outstanding: Request | None = None
        self._wait = AnswerWait(self.settings)
        self._is_noisy = False
        self._sent_packet = b""
        self._awaited: bytes | None = None
        """What acknowledges that which is outstanding, to the octet."""
        self._ahead = Ahead(self._outbox, self._numbering)
        self._line = LinePacing(self.settings)
        self._attendance = Attendance(self.settings, self.roster, self.statistics, self.untold)

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
        if request.outcome is None:
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
        awaited = self._awaited
        if awaited and octets.startswith(awaited) and not self._decoder.held_octets:
            self._hear_acknowledgement(awaited, now)
            octets = octets[len(awaited) :]
        if octets:
            self._decoder.feed(octets, now)
            self._take(now)

    def ahead(self, octets: bytes, now: float) -> bytes | None:
        """Return what to put on the link at once, before these octets are given to `hear()`.

        They are the acknowledgement that was awaited, and what goes next was made meanwhile.
        `hear()` must follow. None in all other cases, which are for `due()`.
        """
        if octets != self._awaited or self._decoder.held_octets:
            return None
        return self._ahead.go(now)

    def prepare(self, now: float) -> None:
        """Make the command that goes next, if it can go with the answer that is awaited."""
        if (
            self._awaited is not None
            and self.may_send
            and self._echo is None
            and self._line.is_free_at_once
        ):
            assert self._outstanding is not None
            self._ahead.prepare(self._outstanding, now)

    def due(self, now: float, *, may_miss: bool = True) -> bytes | None:
        """Return what to put on the link now, if anything.

        Args:
            now: The time, in seconds.
            may_miss: Whether an overdue answer is missed. Only when everything that waits to be
                read was given to `hear()`.
        """
        ends_at = self._decoder.next_due
        if ends_at is not None and now >= ends_at:
            self._decoder.tick(now)
            self._take(now)
        if self._outbox.has_expired(now):
            self._expire(now)
        outstanding = self._outstanding
        if outstanding is not None and not (may_miss and self._is_over(outstanding, now)):
            return None
        self._ahead.forget()
        request = self._outbox.next_up(now) if self.may_send else None
        if request is None:
            self._line.nobody_waits()
            return None
        if not self._line.is_free(request, now, self._decoder.next_due):
            return None
        self._send(prepared := self._numbering.prepare(request, now), now)
        return prepared.octets

    @property
    def next_due(self) -> float | None:
        """When to call `due()` again if nothing happens before; None if never."""
        due = self._send_due() if self._outstanding is None else self._wait.until
        packet_ends_at = self._decoder.next_due
        if packet_ends_at is not None and (due is None or packet_ends_at < due):
            due = packet_ends_at
        expires_at = self._outbox.next_expiry
        if expires_at is not None and (due is None or expires_at < due):
            due = expires_at
        return due

    def _send_due(self) -> float | None:
        """Return when something may be sent while nothing is outstanding; None if never."""
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
        while self.untold:
            yield self.untold.popleft()

    # --- hearing ----------------------------------------------------------------------------

    def _hear_acknowledgement(self, octets: bytes, now: float) -> None:
        """Take the acknowledgement that was awaited, to the octet, and send what was prepared."""
        request = self._outstanding
        assert request is not None
        sequence = request.sequences[-1]
        accepted = ACCEPTED[sequence]
        self._decoder.skip(octets, accepted.frame)
        if self.is_watched or self._attendance.is_silent:
            self.untold.append(MessageHeard(accepted.message, accepted.frame, now, request))
        self._numbering.answered(sequence)
        self.statistics.answers += 1
        assert request.serial is not None
        self._attendance.heard(request.serial, now)
        outcome = accepted.outcome
        self._end(request, replace(outcome, was_noisy=True) if self._is_noisy else outcome, now)
        prepared = self._ahead.gone()
        if prepared is not None:
            self._send(prepared, now)

    def _take(self, now: float) -> None:
        for event in self._decoder.events():
            if isinstance(event, FrameHeard):
                self._take_frame(event.frame, event.at)
            else:
                self._is_noisy = True
                self._line.noise()
                self.untold.append(NoiseHeard(event, now))

    def _take_frame(self, frame: Frame, at: float) -> None:
        if self._echo is not None and frame.packet == self._sent_packet:
            # An echo that was cut in two by a stray octet is still our own voice.
            return
        message = decode_message(frame)
        serial = frame.source_serial
        if serial is not None:
            self._attendance.heard(serial, at)
        request = self._outstanding
        hearing: Hearing | Refused = Hearing.NOTHING
        if request is not None:
            hearing = request.expectation.hear(message, request.sequences)
        if request is None or hearing is Hearing.NOTHING:
            self.untold.append(MessageHeard(message, frame, at))
            if type(message) in _CARRY_SEQUENCE:
                self.statistics.stray_answers += 1
            return
        self.untold.append(MessageHeard(message, frame, at, request))
        self._take_answer(request, message, hearing, at)

    def _take_answer(
        self, request: Request, message: Message, hearing: Hearing | Refused, at: float
    ) -> None:
        self._numbering.answered(
            message.sequence if isinstance(message, _CARRY_SEQUENCE) else request.sequences[-1]
        )
        if hearing is Hearing.PART:
            if not isinstance(request.expectation, SlotsExpected):
                self._wait.begin(at, request.expectation.answer_size)
            return
        self.statistics.answers += 1
        assert request.serial is not None
        # An acknowledgement names nobody, but only one module was asked.
        self._attendance.heard(request.serial, at)
        if hearing is Hearing.WHOLE:
            self._end(request, self._answer_of(request), at)
        else:
            assert isinstance(hearing, Refused)
            self.statistics.refusals += 1
            self._end(request, hearing, at)

    def _answer_of(self, request: Request) -> Answered:
        return Answered(tuple(request.expectation.heard), self._is_noisy)

    # --- the end of a wait ------------------------------------------------------------------

    def _is_over(self, request: Request, now: float) -> bool:
        """Return whether the wait for an answer has ended; if so, the line is free again."""
        if not self._wait.is_over(now, self._decoder.next_due):
            return False
        if request.expectation.is_open_ended:
            self._numbering.answered(request.sequences[-1])
            self._end(request, self._answer_of(request), now)
        else:
            self._miss(request, now)
        return True

    def _miss(self, request: Request, now: float) -> None:
        self.statistics.missed_answers += 1
        assert request.serial is not None
        self._attendance.missed(request.serial, now)
        is_late = request.give_up_at is not None and now >= request.give_up_at
        if is_late or request.is_settled or request.sendings >= request.sendings_max:
            self._end(request, Unanswered(now - request.sent_at, request.sendings), now)
            return
        self._outstanding = self._awaited = None
        self._outbox.again(request)

    def _end(self, request: Request, outcome: Outcome, now: float) -> None:
        self._outstanding = self._awaited = None
        self._outbox.done(request)
        if request.outcome is None:
            self._settle(request, outcome, now)

    def _settle(self, request: Request, outcome: Outcome, now: float) -> None:
        request.outcome = outcome
        if request.priority is not Priority.POLL:
            self.untold.append(RequestSettled(request, outcome, now))

    def _expire(self, now: float) -> None:
        self._ahead.forget()
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
        self._attendance.begin()
        self._ahead.forget()
        self._awaited = None
        outstanding, self._outstanding = self._outstanding, None
        return outstanding

    # --- sending ----------------------------------------------------------------------------

    def _send(self, prepared: Prepared, now: float) -> None:
        """Note what is on the link from now on."""
        request, frame, octets = prepared
        self._outbox.take(request)
        if self._echo is not None:
            self._echo.sent(octets)
            self._sent_packet = frame.packet
        statistics = self.statistics
        statistics.frames_sent += 1
        statistics.octets_sent += len(octets)
        if request.priority is Priority.POLL:
            statistics.polls += 1
        if request.sendings == 1:
            request.sent_at = now
        else:
            statistics.repeats += 1
        if self.is_watched:
            self.untold.append(FrameSent(request.message, frame, now, request.sendings))
        ends_at = now + self._wait.frame_s(len(frame.packet))
        self._line.sending(now)
        self._is_noisy = False
        self._outstanding = request
        expectation = request.expectation
        if isinstance(expectation, SlotsExpected):
            self._wait.begin_slots(ends_at, expectation.slots)
        elif expectation.answer_size:
            if type(expectation) is AcknowledgeExpected:
                self._awaited = ACCEPTED[request.sequences[-1]].octets
            self._wait.begin(ends_at, expectation.answer_size)
        else:
            self._line.sending(ends_at + self.settings.gap_s)
            self._numbering.answered(request.sequences[-1])
            self._end(request, Answered(()), now)
