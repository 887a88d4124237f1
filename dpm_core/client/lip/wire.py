"""The one place from which anything is written to a processor.

It ties a session to a transport and the event loop's clock: what is heard goes to the session,
what the session wants said goes to the transport, and a timer comes back when it is due.

House rule: no meaning beyond the login. What is said and heard is the client's business, when is
the session's.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, TypeAlias

from dpm_core.errors import (
    LinkUnavailable,
    LoginRefused,
    NoRoute,
    SafeMode,
    SessionHung,
    SessionTaken,
    WrongPrompt,
)
from dpm_core.protocol import lip
from dpm_core.protocol.lip import ReportHeard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dpm_core.transport import Transport

_LOGGER = logging.getLogger(__name__)

_QUESTION: Final = b"login: "
_PROMPT: Final = b"QNET> "
_REPORT: Final = b"~"
"""What a processor says first, when it takes commands, and in front of a report.
Source: integration-protocol.md 1.2, 2."""

Outcome: TypeAlias = "lip.RequestDone | lip.RequestFailed | LinkUnavailable"
"""What comes of a command: done, with the answer that it had; failed; or the session was lost."""


class LipWire:
    """Sessions on a transport, one after the other. It is the transport's handler.

    Args:
        transport: Where the octets go.
        session: What to say when.
        url: Where it goes, for people.
        on_report: Told each report, and whether it answers something of ours.
        on_logged_in: Told each time commands are taken, before anything else is heard.
        on_ended: Told each time they are no more.
        first_word_s: How long a connection may be silent, where the one before was not.
        wake_s: At a serial line, how long it may be silent before it is spoken to; None by Telnet.
    """

    def __init__(
        self,
        transport: Transport,
        session: lip.LipSession,
        url: str,
        on_report: Callable[[lip.ReportHeard], None],
        on_logged_in: Callable[[], None],
        on_ended: Callable[[], None],
        first_word_s: float,
        wake_s: float | None,
    ) -> None:
        self._first_word_s = first_word_s
        self._begun_at = 0.0
        self._has_spoken = False
        self._speaks_at_once = False
        self._wake_s = wake_s
        self._waking: asyncio.TimerHandle | None = None
        self._transport = transport
        self._session = session
        self._url = url
        self._on_report = on_report
        self._on_logged_in = on_logged_in
        self._on_ended = on_ended
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._is_pumping = False
        self._is_live = False
        self._asked: dict[lip.RequestId, asyncio.Future[Outcome]] = {}
        self._login: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[LinkUnavailable] | None = None
        self._lost_by_them: LinkUnavailable | None = None
        self.is_ready = False
        """Whether commands are taken."""
        self.logged_in_at = float("-inf")
        """When the last session began to take commands, by the loop's clock."""
        self.lost_because = LinkUnavailable(url, "it is not open")
        """Why nothing can be said, while that is so."""

    @property
    def ended(self) -> asyncio.Future[LinkUnavailable]:
        """Done when the session that began last is over: why."""
        assert self._ended is not None
        return self._ended

    def was_ended_by_them(self, error: LinkUnavailable) -> bool:
        """Return whether the far side ended the connection with an error that `ended` gave."""
        return error is self._lost_by_them

    async def open(self) -> None:
        """Open the transport and log in.

        Raises:
            LinkUnavailable: That is not possible: `NoRoute`, `LoginRefused`, `SessionTaken`,
                `SafeMode`, `WrongPrompt` or `SessionHung`.
        """
        loop = asyncio.get_running_loop()
        login: asyncio.Future[None] = loop.create_future()
        self._login = login
        self._ended = loop.create_future()
        self._is_live = True
        # A login passes: whatever is said and echoed now is not for a log.
        self._transport.hides_octets = True
        try:
            await self._transport.open(self)
        except LinkUnavailable as error:
            self._is_live = False
            self._login = None
            self.lost_because = NoRoute(self._url, error.detail)
            raise self.lost_because from error
        if self._loop is None and self._is_live:
            self._begin()
        try:
            await login
        except BaseException:
            await self.close()
            raise
        finally:
            self._login = None

    async def close(self) -> None:
        """Close the transport; what is outstanding ends with an error."""
        if self.is_ready and self._loop is not None:
            self._write(b"LOGOUT\r\n")
        await self._transport.close()

    # --- asking -----------------------------------------------------------------------------

    def submit(self, command: lip.LipCommand) -> tuple[lip.RequestId, asyncio.Future[Outcome]]:
        """Put a command in line, and send it at once if it may go.

        Returns:
            Its number, and what comes of it; never an exception.

        Raises:
            LinkUnavailable: There is no session.
        """
        loop = self._loop
        if loop is None or not self.is_ready:
            raise self.lost_because
        future: asyncio.Future[Outcome] = loop.create_future()
        number = self._session.submit(command, loop.time())
        self._asked[number] = future
        self._pump()
        return number, future

    def withdraw(self, number: lip.RequestId) -> None:
        """Take a command back: what has not been sent yet is never sent."""
        future = self._asked.pop(number, None)
        if future is not None and self._loop is not None:
            future.cancel()
            self._session.withdraw(number)

    # --- the transport's side ---------------------------------------------------------------

    def octets_received(self, octets: bytes) -> None:
        """Give the session what was heard."""
        if not self._is_live:
            # The session was given up, and the transport is about to be closed.
            return
        if self._loop is None:
            self._begin()
        if not self._has_spoken:
            self._first_word()
        if self._wake_s is not None and not self.is_ready and _REPORT in octets:
            # Somebody has logged in before, and the prompt is switched off or was missed.
            self._take(_PROMPT)
        self._take(octets)

    def _take(self, octets: bytes) -> None:
        if self._loop is not None:
            now, session = self._loop.time(), self._session
            self._tell(session.receive(octets, now))
            if not octets or self._timer is None or not session.is_calm(now):
                self._pump()

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        """End what is outstanding, and tell whoever waits for it."""
        if error is None:
            self._end(LinkUnavailable(self._url, "it was closed"))
            return
        self._lost_by_them = LinkUnavailable(self._url, error.detail)
        self._lost_by_them.__cause__ = error
        self._end(self._lost_by_them)

    # --- what is due ------------------------------------------------------------------------

    def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.is_ready = False
        self._begun_at = self._loop.time()
        self._has_spoken = False
        self._session.opened(self._begun_at)
        if self._wake_s is not None:
            # A serial line has no beginning: the processor has asked before we listened.
            self._waking = self._loop.call_later(self._wake_s, self._take, _QUESTION)
        elif self._speaks_at_once:
            silence = SessionHung(self._url, self._first_word_s)
            self._waking = self._loop.call_later(self._first_word_s, self._fail, silence)
        self._pump()

    def _first_word(self) -> None:
        """Know that the far side speaks, and whether it takes its time: looking up our name may."""
        assert self._loop is not None
        self._has_spoken = True
        self._speaks_at_once = self._loop.time() < self._begun_at + self._first_word_s / 2
        self._stop_waking()

    def _stop_waking(self) -> None:
        if self._waking is not None:
            self._waking.cancel()
            self._waking = None

    def _pump(self) -> None:
        """Say what is due, and come back in time."""
        if self._is_pumping:
            # Somebody who was told something wants something: it is said behind that.
            return
        self._is_pumping = True
        try:
            while self._loop is not None:
                octets = self._session.due(self._loop.time())
                if not octets:
                    break
                self._write(octets)
        finally:
            self._is_pumping = False
            self._arm()

    def _write(self, octets: bytes) -> None:
        try:
            self._transport.write(octets)
        except LinkUnavailable as error:
            # connection_lost() follows, and ends what is outstanding.
            _LOGGER.debug("Nothing was sent: %s", error)

    def _tell(self, events: Sequence[lip.LipEvent]) -> None:
        for event in events:
            if isinstance(event, ReportHeard):
                self._on_report(event)
            elif isinstance(event, (lip.RequestDone, lip.RequestFailed)):
                future = self._asked.pop(event.request, None)
                if future is not None and not future.done():
                    future.set_result(event)
            elif isinstance(event, lip.LoggedIn):
                self._logged_in()
            else:
                self._fail(self._cause_of(event))

    def _logged_in(self) -> None:
        assert self._loop is not None
        self.is_ready = True
        self._transport.hides_octets = False
        self.logged_in_at = self._loop.time()
        self._on_logged_in()
        if self._login is not None and not self._login.done():
            self._login.set_result(None)

    def _cause_of(self, event: lip.LipEvent) -> LinkUnavailable:
        match event:
            case lip.LoginRefused():
                return LoginRefused(self._url)
            case lip.SafeMode():
                return SafeMode(self._url)
            case lip.WrongPrompt():
                return WrongPrompt(self._url, str(event.prompt))
            case _:
                assert isinstance(event, lip.SessionHung)
                return SessionHung(self._url, event.silent_s)

    def _fail(self, error: LinkUnavailable) -> None:
        """Give the session up; whoever opened it or keeps it closes the transport."""
        self._end(error)

    def _end(self, error: LinkUnavailable) -> None:
        """Let everybody who waits know that the session is over; the first cause counts."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._stop_waking()
        self._is_live = False
        was_ready, self.is_ready = self.is_ready, False
        if self._loop is not None:
            self._loop = None
            self._session.closed()
            self.lost_because = error
        asked, self._asked = self._asked, {}
        for future in asked.values():
            if not future.done():
                future.set_result(error)
        if was_ready:
            self._on_ended()
        if self._login is not None and not self._login.done():
            by_them = error is self._lost_by_them
            self._login.set_exception(SessionTaken(self._url) if by_them else error)
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(error)

    def _arm(self) -> None:
        """Set the timer; one that fires too early is set again then."""
        if self._loop is None:
            return
        due = self._session.next_due
        if due is None:
            return
        if self._timer is not None:
            if self._timer_at <= due:
                return
            self._timer.cancel()
        self._timer_at = due
        self._timer = self._loop.call_at(due, self._timer_fired)

    def _timer_fired(self) -> None:
        self._timer = None
        self._take(b"")
