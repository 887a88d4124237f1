"""The one place from which anything is written to the link.

It ties a session to a transport and the event loop's clock: what is heard goes to the session,
what the session wants said goes to the transport, and a timer comes back when it is due. All
of it happens in calls from the event loop, so a command is on the wire before `ask()` first
waits, and an answer is with its caller one turn of the loop after it was heard.

House rule: no meaning. What is said and heard is the client's business, when is the session's.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Final

from dpm_core.errors import LinkUnavailable, SendingNotAllowed
from dpm_core.protocol.requests import Answered, Priority, Request
from dpm_core.protocol.session_events import RequestSettled
from dpm_core.transport import SendGate

if TYPE_CHECKING:
    from collections.abc import Callable

    from dpm_core.protocol import MasterSession, ObjectMessage, Outcome
    from dpm_core.protocol.session_events import SessionEvent
    from dpm_core.transport import Transport

_LOGGER = logging.getLogger(__name__)

_give_way: Final = getattr(os, "sched_yield", lambda: None)
"""Let others have the processor for a moment, where the operating system knows how."""


class Wire:
    """A session on a transport. It is the transport's handler.

    Args:
        transport: Where the octets go.
        session: What to say when.
        on_event: Told what the session tells, but for the outcome of requests.
        on_opened: Told each time the link is open, before anything is heard.
        on_ended: Told each time it is open no more, after all requests have their outcome.
    """

    def __init__(
        self,
        transport: Transport,
        session: MasterSession,
        on_event: Callable[[SessionEvent], None],
        on_opened: Callable[[], None],
        on_ended: Callable[[LinkUnavailable], None],
    ) -> None:
        self._transport = transport
        self._session = session
        self._untold = session.untold
        self._on_event = on_event
        self._on_opened = on_opened
        self._on_ended = on_ended
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._is_pumping = False
        self._is_asked = False
        self._was_drained = False
        self._ended: asyncio.Future[LinkUnavailable | None] | None = None
        self.lost_because = "it is not open"
        """Why nothing can be sent, while that is so."""

    @property
    def is_open(self) -> bool:
        """Whether the link is open."""
        return self._loop is not None

    @property
    def ended(self) -> asyncio.Future[LinkUnavailable | None]:
        """Done when the link that was opened last is lost (why) or closed by us (None)."""
        assert self._ended is not None
        return self._ended

    async def open(self) -> None:
        """Open the transport.

        Raises:
            LinkUnavailable: It cannot be opened.
        """
        self._ended = asyncio.get_running_loop().create_future()
        try:
            await self._transport.open(self)
        except LinkUnavailable as error:
            self.lost_because = error.detail
            raise
        if not self._ended.done():
            self._begin()

    async def close(self) -> None:
        """Close the transport; what is outstanding ends with `LinkGone`."""
        await self._transport.close()

    # --- asking -----------------------------------------------------------------------------

    def submit(self, request: Request) -> None:
        """Put a request in line, and send it at once if the line is free.

        Raises:
            LinkUnavailable: The link is not open.
            SendingNotAllowed: We may only listen.
        """
        if self._loop is None:
            raise LinkUnavailable(self._transport.url, self.lost_because)
        if self._transport.gate is not SendGate.SEND:
            raise SendingNotAllowed(self._transport.url)
        now = self._loop.time()
        self._session.submit(request, now)
        self._pump(now)

    def put(
        self,
        message: ObjectMessage,
        priority: Priority = Priority.COMMAND,
        *,
        give_up_at: float | None = None,
        on_answered: Callable[[], None] | None = None,
    ) -> tuple[Request, asyncio.Future[Outcome]]:
        """Send a message; return the request, and what will have come of it.

        Whoever does not wait for that any more must call `withdraw()`.

        Args:
            message: What to say.
            priority: What it goes before.
            give_up_at: When it must have ended, by the loop's clock.
            on_answered: Called when it is answered, before anything else that was heard is told.

        Raises:
            LinkUnavailable: The link is not open.
            SendingNotAllowed: We may only listen.
        """
        if self._loop is None:
            raise LinkUnavailable(self._transport.url, self.lost_because)
        future: asyncio.Future[Outcome] = self._loop.create_future()

        def settled(outcome: Outcome) -> None:
            if not future.done():
                if on_answered is not None and isinstance(outcome, Answered):
                    on_answered()
                future.set_result(outcome)

        request = Request(message, priority, give_up_at=give_up_at, on_settled=settled)
        self.submit(request)
        return request, future

    def withdraw(self, request: Request) -> None:
        """Forget a request: nobody waits for it any more."""
        if self._loop is not None:
            self._session.withdraw(request, self._loop.time())

    async def ask(
        self,
        message: ObjectMessage,
        priority: Priority = Priority.COMMAND,
        *,
        give_up_at: float | None = None,
        on_answered: Callable[[], None] | None = None,
    ) -> Outcome:
        """Send a message and return what came of it; for the arguments see `put()`.

        Raises:
            LinkUnavailable: The link is not open.
            SendingNotAllowed: We may only listen.
        """
        request, outcome = self.put(
            message, priority, give_up_at=give_up_at, on_answered=on_answered
        )
        try:
            return await outcome
        except asyncio.CancelledError:
            self.withdraw(request)
            raise

    def wake(self) -> None:
        """Look again at what is due: somebody changed what the session cares for."""
        if self._loop is not None:
            self._pump(self._loop.time())

    # --- the transport's side ---------------------------------------------------------------

    def octets_received(self, octets: bytes) -> None:
        """Give the session what was heard."""
        if self._loop is None:
            self._begin()
        assert self._loop is not None
        now = self._loop.time()
        session = self._session
        # The line is the narrow place: what it waits for goes before all else.
        ahead = session.ahead(octets, now)
        if ahead is not None:
            self._write(ahead)
        session.hear(octets, now)
        self._pump(now)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        """End what is outstanding, and tell whoever waits for it."""
        if error is not None:
            self.lost_because = error.detail
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._loop is not None:
            now, self._loop = self._loop.time(), None
            self._session.link_lost(now)
            self._tell()
            self._on_ended(LinkUnavailable(self._transport.url, self.lost_because))
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(error)

    # --- what is due ------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self.lost_because = "it was closed"
            self._session.link_opened(self._loop.time())
            self._on_opened()
            if self._loop is not None:
                self._pump(self._loop.time())

    def _pump(self, now: float, *, may_miss: bool = False) -> None:
        """Say what is due, tell what happened, and come back in time."""
        if self._is_pumping:
            # Somebody who was told something wants something.
            self._is_asked = True
            return
        self._is_pumping = self._is_asked = True
        self._session.may_send = self._transport.gate is SendGate.SEND
        try:
            while self._is_asked:
                self._is_asked = False
                # The line goes before what people do.
                self._send_what_is_due(now, may_miss=may_miss)
                if self._untold:
                    self._tell()
                if self._is_asked and self._loop is not None:
                    now = self._loop.time()
        finally:
            self._is_pumping = False
            self._arm()

    def _send_what_is_due(self, now: float, *, may_miss: bool) -> None:
        session = self._session
        while self._loop is not None:
            octets = session.due(now, may_miss=may_miss)
            if octets is not None:
                self._write(octets)
            if octets is None or session.answer_due is not None:
                session.prepare(now)
                return
            # What expects no answer may be followed at once.
            now = self._loop.time()

    def _write(self, octets: bytes) -> None:
        try:
            self._transport.write(octets)
        except LinkUnavailable as error:
            # connection_lost() follows, and ends what is outstanding.
            _LOGGER.debug("Nothing was sent: %s", error)
        # A pseudo-terminal is emptied by a thread of the kernel that may wait for our processor,
        # and what is left to do here, nobody on the line waits for.
        _give_way()

    def _tell(self) -> None:
        untold = self._untold
        while untold:
            event = untold.popleft()
            if type(event) is RequestSettled:
                if event.request.on_settled is not None:
                    event.request.on_settled(event.outcome)
            else:
                self._on_event(event)

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
        if self._loop is None:
            return
        now = self._loop.time()
        answer_due = self._session.answer_due
        if answer_due is not None and now >= answer_due and not self._was_drained:
            # An answer that waits to be read is not missing: the loop reads before it comes
            # back to a timer.
            self._was_drained = True
            self._timer_at = now
            self._timer = self._loop.call_at(now, self._timer_fired)
            return
        self._was_drained = False
        self._pump(now, may_miss=True)
