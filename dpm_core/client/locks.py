"""One call at a time for each zone and each CCO, in the order in which they came.

Two calls for one zone, sent one right behind the other, would each take the other's report for
its own; and a toggle must see what the call before it made of the zone.

House rule: waiting for each other only.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeAlias

from dpm_core.errors import NoReply
from dpm_core.model import SerialNumber

if TYPE_CHECKING:
    from collections.abc import Iterable

Key: TypeAlias = tuple[SerialNumber, int]
"""A module and one of its zones, or `CCO`."""

CCO: Final = 0


class Locks:
    """A lock for each zone and CCO, made when it is first needed."""

    __slots__ = ("_locks",)

    def __init__(self) -> None:
        self._locks: dict[Key, asyncio.Lock] = {}

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
        return Holding(self._locks, sorted(keys), command, give_up_at, limit_s)


class Holding:
    """Some of the locks, held as long as the context lasts.

    They are always taken in the same order, so that nobody waits for ever.
    """

    __slots__ = ("_command", "_give_up_at", "_held", "_keys", "_limit_s", "_locks")

    def __init__(
        self,
        locks: dict[Key, asyncio.Lock],
        keys: list[Key],
        command: str,
        give_up_at: float,
        limit_s: float,
    ) -> None:
        self._locks = locks
        self._keys = keys
        self._command = command
        self._give_up_at = give_up_at
        self._limit_s = limit_s
        self._held: list[asyncio.Lock] = []

    async def __aenter__(self) -> None:
        try:
            for key in self._keys:
                await self._take(key)
        except BaseException:
            self._release()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._release()

    async def _take(self, key: Key) -> None:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        if lock.locked():
            try:
                async with asyncio.timeout_at(self._give_up_at):
                    await lock.acquire()
            except TimeoutError as error:
                raise NoReply(str(key[0]), self._command, self._limit_s) from error
        else:
            await lock.acquire()
        self._held.append(lock)

    def _release(self) -> None:
        while self._held:
            self._held.pop().release()
