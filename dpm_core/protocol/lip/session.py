"""A session at a processor: its login, what is said when, and what comes of it.

    session.opened(now)                      the connection stands
    for event in session.receive(octets, now): ...
    session.submit(command, now)             after `LoggedIn`
    while octets := session.due(now): ...    put them on the wire
    session.next_due                         come back then, with receive(b"", now), then due(now)
    session.closed()                         the connection is gone, and everything with it

After every login the processor is told what to tell by itself. Lines are paced, one query is
outstanding at a time, and an error is given to the oldest line. A session that hangs says so
within 20 s, idle or busy. After an event that ends it nothing is said until it is opened again.

House rule: no input or output, no clock, no log; the order of what waits is in `outbox.py`, the
outcomes in `outstanding.py`, the login in `login.py`, what counts as life in `heartbeat.py`.

Source: integration-protocol.md 1.2, 3.5, 3.8, 6.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from dpm_core.errors import ProtocolViolation

from .commands import SetMonitoring
from .decoder import LineDecoder, LineHeard, LineNoise, PromptHeard
from .heartbeat import Heartbeat
from .kinds import MonitoringKind
from .login import Login
from .outbox import Outbox, Request
from .outstanding import Outstanding
from .parse_reports import parse_report
from .reports import ErrorReport, UnknownReport
from .session_events import (
    LoggedIn,
    ReportHeard,
    RequestDone,
    RequestFailed,
    RequestId,
    SafeMode,
    SessionHung,
)
from .session_settings import LipSessionSettings

if TYPE_CHECKING:
    from .command import LipCommand
    from .credentials import Credentials
    from .decoder import LineEvent
    from .reports import LipReport
    from .session_events import LipEvent

__all__ = ["LipSession"]


class LipSession:
    """Sessions on one connection after the other.

    Args:
        settings: Every time limit.
        credentials: Who logs in.
    """

    def __init__(self, settings: LipSessionSettings, credentials: Credentials) -> None:
        self.settings: Final = settings
        self._credentials = credentials
        self._numbers = count(1)
        self._login: Login | None = None
        self._heartbeat: Heartbeat | None = None
        self._set_up: list[LipCommand] = []
        self._forget()

    @property
    def is_ready(self) -> bool:
        """Whether commands are taken."""
        return self._heartbeat is not None

    # --- the connection ---------------------------------------------------------------------

    def opened(self, now: float) -> None:
        """Begin on a connection that was opened."""
        self._forget()
        self._login = Login(self._credentials, self.settings, now)

    def closed(self) -> None:
        """Forget everything: nothing that waits or is outstanding is kept for later."""
        self._forget()

    def _forget(self) -> None:
        self._login = self._heartbeat = None
        self._decoder = LineDecoder()
        self._outbox = Outbox(self.settings.query_wait_s)
        self._set_up.clear()
        self._outstanding = Outstanding()
        self._free_at = float("-inf")
        self._patient_until = float("-inf")
        # Before then nothing can be late, whatever is said and heard meanwhile.
        self._calm_until = float("-inf")

    # --- what is wanted ---------------------------------------------------------------------

    def submit(self, command: LipCommand, now: float) -> RequestId:
        """Put a command or query in line; its outcome comes with that number.

        Raises:
            ProtocolViolation: Nobody is logged in.
        """
        if self._heartbeat is None:
            raise ProtocolViolation(command.line().encode(), "nobody is logged in at the processor")
        number = RequestId(next(self._numbers))
        self._outbox.add(Request(command, number, now))
        return number

    def withdraw(self, number: RequestId) -> None:
        """Forget a command or query: it is never said, or nobody is told what comes of it."""
        self._outbox.withdraw(number)
        self._outstanding.withdraw(number)

    # --- what happens -----------------------------------------------------------------------

    def receive(self, octets: bytes, now: float) -> list[LipEvent]:
        """Take octets that were heard, or none if only time has passed; return what happened."""
        events: list[LipEvent] = []
        if now < self._calm_until:
            for heard in self._decoder.feed(octets):
                self._take(heard, now, events)
            return events
        limit = self._limit
        is_late = limit is not None and now > limit + self.settings.late_timer_s
        for heard in self._decoder.feed(octets):
            self._take(heard, now, events)
        if is_late:
            # What was said meanwhile may still wait to be read.
            self._patient_until = now + self.settings.late_timer_s
        elif now >= self._patient_until:
            self._give_up(now, events)
        if self._heartbeat is not None:
            limit = self._limit
            # What is said from now on has as long for its answer, and hears of it no sooner.
            calm_until = now + self.settings.answer_wait_s
            self._calm_until = calm_until if limit is None else min(calm_until, limit)
        return events

    def is_calm(self, now: float) -> bool:
        """Return whether nothing waits to be said, and nothing can be late.

        Then nothing is due before that which `next_due` gave last.
        """
        return now < self._calm_until and not self._set_up and not len(self._outbox)

    def _take(self, heard: LineEvent, now: float, events: list[LipEvent]) -> None:
        login, heartbeat = self._login, self._heartbeat
        if login is not None:
            self._take_login(login, heard, now, events)
        elif heartbeat is None:
            # It is over: what follows is nobody's.
            return
        elif isinstance(heard, LineHeard):
            heartbeat.heard(now)
            self._take_report(parse_report(heard.text), heartbeat, events)
        elif isinstance(heard, LineNoise):
            events.append(ReportHeard(UnknownReport(heard.text)))
        else:
            self._take_prompt(heard, heartbeat, now, events)

    def _take_login(
        self, login: Login, heard: LineEvent, now: float, events: list[LipEvent]
    ) -> None:
        end = login.hear(heard, now)
        if end is None:
            return
        if not isinstance(end, LoggedIn):
            self._end(end, events)
            return
        events.append(end)
        self._login = None
        self._heartbeat = Heartbeat(self.settings, now)
        self._free_at = now
        kinds = [(MonitoringKind.PROMPT, False), (MonitoringKind.ALL, False)]
        kinds += [(kind, True) for kind in self.settings.monitoring]
        self._set_up = [SetMonitoring(kind, is_on) for kind, is_on in reversed(kinds)]

    def _take_prompt(
        self, heard: PromptHeard, heartbeat: Heartbeat, now: float, events: list[LipEvent]
    ) -> None:
        if heard.prompt == "LOGIN:":
            # It was logged out, or has started again behind a converter that has not.
            self._end(SessionHung(now - heartbeat.heard_at), events)
        elif heard.prompt == "SAFE>":
            self._end(SafeMode(), events)
        else:
            heartbeat.heard(now)

    def _take_report(self, report: LipReport, heartbeat: Heartbeat, events: list[LipEvent]) -> None:
        if type(report) is ErrorReport:
            self._take_error(report, heartbeat, events)
            return
        heartbeat.heard_report(report)
        done = self._outstanding.hear(report) if len(self._outstanding) else []
        events.append(ReportHeard(report, done[-1][0].number if done else None))
        for request, answer in done:
            if request.command.is_query:
                heartbeat.answered()
            if request.number is not None:
                events.append(RequestDone(request.number, answer))

    def _take_error(
        self, report: ErrorReport, heartbeat: Heartbeat, events: list[LipEvent]
    ) -> None:
        refused = self._outstanding.refuse()
        number = None if refused is None else refused.number
        events.append(ReportHeard(report, number))
        if refused is not None:
            heartbeat.answered()
        if number is not None:
            events.append(RequestFailed(number, report.number or 0))

    # --- what does not happen ---------------------------------------------------------------

    @property
    def _limit(self) -> float | None:
        """When something takes too long."""
        limit = None
        if self._login is not None:
            limit = self._login.until
        elif self._heartbeat is not None:
            overdue_at = self._outstanding.overdue_at(self.settings.answer_wait_s)
            limit = _earlier(overdue_at, self._heartbeat.hung_at)
        return None if limit is None else max(limit, self._patient_until)

    def _give_up(self, now: float, events: list[LipEvent]) -> None:
        """Say what has taken too long."""
        login, heartbeat = self._login, self._heartbeat
        if login is not None:
            if now >= login.until:
                self._end(login.give_up(self._decoder.held, now), events)
            return
        if heartbeat is None:
            return
        for request in self._outstanding.overdue(self.settings.answer_wait_s, now):
            if request.command.is_query:
                heartbeat.unanswered(is_beat=request.is_beat)
            if request.number is not None:
                events.append(RequestFailed(request.number))
        if heartbeat.hung_at is not None and now >= heartbeat.hung_at:
            self._end(SessionHung(now - heartbeat.heard_at), events)

    def _end(self, event: LipEvent, events: list[LipEvent]) -> None:
        events.append(event)
        self._forget()

    # --- what is said -----------------------------------------------------------------------

    def due(self, now: float) -> bytes:
        """Return what to say now; empty if there is nothing."""
        if self._login is not None:
            return self._login.take()
        if self._heartbeat is None or now < self._free_at:
            return b""
        request = self._next(self._heartbeat, now)
        if request is None:
            return b""
        request.at = now
        self._free_at = now + self.settings.command_gap_s
        self._outstanding.add(request)
        return f"{request.command.line()}\r\n".encode("ascii")

    def _next(self, heartbeat: Heartbeat, now: float) -> Request | None:
        if self._set_up:
            return Request(self._set_up.pop(), None, now)
        may_ask = self._outstanding.query is None
        if may_ask and now >= heartbeat.due_at:
            return Request(heartbeat.question, None, now, is_beat=True)
        return self._outbox.take(now, may_ask=may_ask)

    @property
    def next_due(self) -> float | None:
        """When to come back if nothing happens before; None if never."""
        limit = self._limit
        if self._heartbeat is None:
            return limit
        may_ask = self._outstanding.query is None
        if self._set_up or self._outbox.may_go(may_ask=may_ask):
            return _earlier(limit, self._free_at)
        if may_ask:
            return _earlier(limit, max(self._free_at, self._heartbeat.due_at))
        return limit


def _earlier(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
