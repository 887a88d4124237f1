"""What waits to be sent, and what of it goes next.

Commands go before what somebody wants to read, that goes before polls, and what nobody waits
for fills the pauses. Nothing starves: while commands do not end, a read or a poll that waited
for a second goes between two of them.

House rule: the choice only; whether the line is free, the session knows.

Source: qs-link.md 6.1; decided here.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from dpm_core.model import LINK_MODULES_MAX

from .messages import StatusMask, StatusQuery
from .requests import Priority, Request
from .session_queue import CommandQueue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dpm_core.model import SerialNumber

    from .roster import Roster
    from .session_settings import SessionSettings

__all__ = ["Outbox"]

_AT_ONCE: Final = float("-inf")


class Outbox:
    """Everything that waits for the line.

    Args:
        settings: How long what may wait.
        roster: Whom to poll.
    """

    __slots__ = (
        "_background",
        "_commands",
        "_expiries",
        "_issued",
        "_last",
        "_poll",
        "_polls",
        "_reads",
        "_roster",
        "_settings",
        "is_polling",
    )

    def __init__(self, settings: SessionSettings, roster: Roster) -> None:
        self._settings = settings
        self._roster = roster
        self.is_polling = True
        self._commands = CommandQueue()
        self._reads: deque[Request] = deque()
        self._background: deque[Request] = deque()
        self._poll: Request | None = None
        # The same each time, so that it need not be made each time.
        self._polls: dict[SerialNumber, StatusQuery] = {}
        self._expiries: list[tuple[float, int, Request]] = []
        self._issued = 0
        self._last = Priority.POLL

    def add(self, request: Request) -> None:
        """Put a command or query in line."""
        if request.priority is Priority.COMMAND:
            self._commands.add(request)
        else:
            self._queue_of(request).append(request)
        if request.give_up_at is not None:
            self._issued += 1
            heappush(self._expiries, (request.give_up_at, self._issued, request))

    def wanted_at(self) -> float | None:
        """Return when there is something to send, which may be in the past; None if nothing."""
        if (
            self._commands.first() is not None
            or _first(self._reads) is not None
            or _first(self._background) is not None
        ):
            return _AT_ONCE
        if not self.is_polling:
            return None
        return self._roster.next_due if self._poll is None else _AT_ONCE

    def next_up(self, now: float) -> Request | None:
        """Return what goes next, without taking it."""
        settings = self._settings
        command = self._commands.first()
        read = _first(self._reads)
        if command is not None:
            if self._last is not Priority.COMMAND:
                return command
            if read is not None and now - read.issued_at >= settings.read_wait_s:
                return read
            return self._next_poll(now - settings.poll_wait_s, now) or command
        if read is not None:
            if self._last is Priority.POLL:
                return read
            return self._next_poll(now - settings.poll_wait_s, now) or read
        background = _first(self._background)
        if background is not None and self._last is Priority.POLL:
            return background
        return self._next_poll(now, now) or background

    def command_after(self, taken: Request, now: float) -> Request | None:
        """Return the command that goes next when one that was taken is done.

        None when none waits, when it was sent before, or when it is somebody else's turn.
        """
        if taken.priority is not Priority.COMMAND:
            return None
        command = self._commands.after(taken)
        if command is None or command.sendings or command.outcome is not None:
            return None
        settings = self._settings
        read = _first(self._reads)
        if read is not None and now - read.issued_at >= settings.read_wait_s:
            return None
        if self.is_polling:
            due = self._roster.next_due if self._poll is None else self._poll.issued_at
            if due is not None and due <= now - settings.poll_wait_s:
                return None
        return command

    def take(self, request: Request) -> None:
        """Take what `next_up()` returned: it is being sent."""
        self._last = request.priority
        if request.priority is Priority.COMMAND:
            self._commands.take(request)
        elif request.priority is Priority.POLL:
            self._poll = None
        else:
            self._queue_of(request).popleft()

    def again(self, request: Request) -> None:
        """Put back what was taken and not answered: it goes once more, after what waits."""
        if request.priority is Priority.COMMAND:
            self._commands.again(request)
        elif request.priority is Priority.POLL:
            self._poll = request
        else:
            self._queue_of(request).append(request)

    def done(self, request: Request) -> None:
        """Let go of what was taken and is over."""
        if request.priority is Priority.COMMAND:
            self._commands.done(request)

    @property
    def next_expiry(self) -> float | None:
        """When the time of the first one that has no outcome is over."""
        expiries = self._expiries
        while expiries and expiries[0][2].outcome is not None:
            heappop(expiries)
        return expiries[0][0] if expiries else None

    def has_expired(self, now: float) -> bool:
        """Return whether the time of anything may be over."""
        return bool(self._expiries) and self._expiries[0][0] <= now

    def expired(self, now: float) -> Iterator[Request]:
        """Yield those whose time is over and that have no outcome yet."""
        expiries = self._expiries
        while expiries and expiries[0][0] <= now:
            request = heappop(expiries)[2]
            if not request.is_settled:
                yield request

    def clear(self) -> list[Request]:
        """Take everything out; polls are not worth a word."""
        waiting = [*self._commands.clear(), *self._reads, *self._background]
        self._poll = None
        self._reads.clear()
        self._background.clear()
        self._expiries.clear()
        return waiting

    def _queue_of(self, request: Request) -> deque[Request]:
        return self._reads if request.priority is Priority.READ else self._background

    def _next_poll(self, due_by: float, now: float) -> Request | None:
        """Return the poll that is due since `due_by` or longer, if any."""
        if not self.is_polling:
            return None
        if self._poll is not None and self._poll.serial not in self._roster:
            self._poll = None
        if self._poll is None:
            due = self._roster.next_due
            if due is None or due > due_by:
                return None
            serial = self._roster.next_poll(now)
            assert serial is not None
            self._poll = Request(self._poll_of(serial), Priority.POLL)
            self._poll.issued_at = due
            self._poll.sendings_max = self._roster.polls_left(serial)
        return self._poll if self._poll.issued_at <= due_by else None

    def _poll_of(self, serial: SerialNumber) -> StatusQuery:
        poll = self._polls.get(serial)
        if poll is None:
            if len(self._polls) >= LINK_MODULES_MAX:
                # Modules came and went.
                self._polls.clear()
            poll = self._polls[serial] = StatusQuery(serial, StatusMask.ZONES)
        return poll


def _first(waiting: deque[Request]) -> Request | None:
    """Return the first that is still wanted, dropping those before it."""
    while waiting and waiting[0].outcome is not None:
        waiting.popleft()
    return waiting[0] if waiting else None
