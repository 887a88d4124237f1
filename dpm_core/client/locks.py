"""One call at a time for each zone and each CCO, in the order in which they came.

Two calls for one zone, sent one right behind the other, would each take the other's report for
its own; and a toggle must see what the call before it made of the zone.

House rule: waiting for each other only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, TypeAlias

from dpm_core.errors import NoReply
from dpm_core.model import SerialNumber

if TYPE_CHECKING:
    from collections.abc import Iterable

Key: TypeAlias = tuple[SerialNumber, int]
"""A module and one of its zones, or `CCO`."""

CCO: Final = 0

_Held: TypeAlias = "dict[Key, deque[asyncio.Future[None]] | None]"
"""What is held, and who waits for it, first come first; None where nobody ever has."""


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
            keys: Which.
            command: For what, for people.
            give_up_at: How long to wait, by the loop's clock.
            limit_s: The same, from the start of the call.
        """
        return Holding(self._held, sorted(keys), command, give_up_at, limit_s)


class Holding:
    """Some of the locks, held as long as the context lasts.

    They are always taken in the same order, so that nobody waits for ever.
    """

    __slots__ = ("_command", "_give_up_at", "_held", "_keys", "_limit_s", "_taken")

    def __init__(
        self, held: _Held, keys: list[Key], command: str, give_up_at: float, limit_s: float
    ) -> None:
        self._held = held
        self._keys = keys
        self._command = command
        self._give_up_at = give_up_at
        self._limit_s = limit_s
        self._taken = 0

    async def __aenter__(self) -> None:
        held = self._held
        try:
            for key in self._keys:
                if key in held:
                    await self._wait_for(key)
                else:
                    held[key] = None
                self._taken += 1
        except BaseException:
            self._release_all()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._release_all()

    async def _wait_for(self, key: Key) -> None:
        """Wait until whoever holds it hands it over."""
        waiting = self._held[key]
        if waiting is None:
            waiting = self._held[key] = deque()
        handed_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(handed_over)
        try:
            async with asyncio.timeout_at(self._give_up_at):
                await handed_over
        except BaseException as error:
            if not handed_over.cancelled():
                # It came in the very moment in which the wait ended.
                self._release(key)
            if isinstance(error, TimeoutError):
                raise NoReply(str(key[0]), self._command, self._limit_s) from error
            raise

    def _release(self, key: Key) -> None:
        """Hand over to the first who still waits."""
        waiting = self._held[key]
        while waiting:
            handed_over = waiting.popleft()
            if not handed_over.done():
                handed_over.set_result(None)
                return
        del self._held[key]

    def _release_all(self) -> None:
        while self._taken:
            self._taken -= 1
            self._release(self._keys[self._taken])
