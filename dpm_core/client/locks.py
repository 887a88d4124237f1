"""One call at a time for each zone and each CCO, in the order in which they came.

Two calls for one zone, sent one right behind the other, would each take the other's report for
its own; and a toggle must see what the call before it made of the zone.

A call takes its place in the lines of all its zones at once. So whoever came first is first in
every line that two calls share: none overtakes another, and none waits for ever.

House rule: waiting for each other only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias

from dpm_core.errors import NoReply
from dpm_core.model import IntegrationId, SerialNumber

if TYPE_CHECKING:
    from collections.abc import Iterable

Key: TypeAlias = tuple[SerialNumber | IntegrationId, int]
"""A module and one of its zones, or `CCO`."""

CCO: Final = 0

_Held: TypeAlias = "dict[Key, Holding | deque[Holding]]"
"""Who holds what; with those who wait for it behind him, if there are any."""


class Locks:
    """Who holds which zone and CCO.

    A call for all zones of a link holds 396 of them, so one that is free costs no more than an
    entry here.
    """

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: _Held = {}

    def hold(
        self, keys: Iterable[Key], command: str, *, give_up_at: float, limit_s: float
    ) -> Holding:
        """Return a context in which nobody else holds these.

        Entering it raises `NoReply` when others held them for too long.

        Args:
            keys: Which, each once.
            command: For what, for people.
            give_up_at: How long to wait, by the loop's clock.
            limit_s: The same, from the start of the call.
        """
        return Holding(self._held, tuple(keys), command, give_up_at, limit_s)


class Holding:
    """Some of the locks, held as long as the context lasts."""

    __slots__ = (
        "_admitted",
        "_ahead",
        "_command",
        "_give_up_at",
        "_held",
        "_is_in_line",
        "_keys",
        "_limit_s",
    )

    def __init__(
        self,
        held: _Held,
        keys: tuple[Key, ...],
        command: str,
        give_up_at: float,
        limit_s: float,
    ) -> None:
        self._held = held
        self._keys = keys
        self._command = command
        self._give_up_at = give_up_at
        self._limit_s = limit_s
        self._is_in_line = False
        self._ahead = 0
        self._admitted: asyncio.Future[None] | None = None

    def stand_in_line(self) -> None:
        """Take a place behind all who came before; entering does it where this has not.

        Whoever calls this must enter, or `leave()`.
        """
        self._is_in_line = True
        held = self._held
        if not held:
            # Nobody holds anything: one call for all zones of a link is in line at once.
            held.update(dict.fromkeys(self._keys, self))
            return
        for key in self._keys:
            others = held.setdefault(key, self)
            if others is self:
                continue
            self._ahead += 1
            if isinstance(others, Holding):
                held[key] = deque((others, self))
            else:
                others.append(self)

    def leave(self) -> None:
        """Hold nothing, and wait for nothing; what was held is the next one's."""
        if not self._is_in_line:
            return
        self._is_in_line = False
        held = self._held
        for key in self._keys:
            line = held[key]
            if line is self:
                del held[key]
                continue
            assert isinstance(line, deque)
            if line[0] is self:
                line.popleft()
                line[0].come_up()
            else:
                line.remove(self)
            if len(line) == 1:
                held[key] = line[0]

    @property
    def must_wait(self) -> bool:
        """Whether somebody is ahead in any of the lines."""
        return bool(self._ahead)

    async def come_to_front(self) -> None:
        """Wait until nobody is ahead in any of the lines; `leave()` must follow, whatever happens.

        Raises:
            NoReply: Others held them for too long.
        """
        self._admitted = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout_at(self._give_up_at):
                await self._admitted
        except TimeoutError as error:
            raise NoReply(self._waits_for(), self._command, self._limit_s) from error

    async def __aenter__(self) -> None:
        if not self._is_in_line:
            self.stand_in_line()
        if self._ahead:
            try:
                await self.come_to_front()
            except BaseException:
                self.leave()
                raise

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    def come_up(self) -> None:
        """Note that one more of the lines has nobody ahead."""
        self._ahead -= 1
        if not self._ahead and self._admitted is not None and not self._admitted.done():
            self._admitted.set_result(None)

    def _waits_for(self) -> str:
        """Return the first module that somebody else holds."""
        for address, place in self._keys:
            line = self._held[address, place]
            if isinstance(line, deque) and line[0] is not self:
                return str(address)
        return str(self._keys[0][0])
