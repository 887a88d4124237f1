"""What goes wrong with ports and gateways: pulled out, closed, reset, hung.

One hand for all faults of a link: what concerns octets and the line goes to `faults_set.py`, what
concerns connections to the servers.

House rule: how a server is pulled out and put back is the server's own business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from .faults import MOMENT_FAULTS, Fault, FaultKind
from .faults_set import Faults


class FaultyServer(Protocol):
    """What of a server can go wrong."""

    def unplug(self) -> None:
        """Be gone, with every connection."""

    async def plug(self, *, is_elsewhere: bool) -> None:
        """Be there again."""

    async def drop(self, *, is_reset: bool) -> None:
        """End every connection, and take new ones."""

    def hang(self) -> None:
        """Let every connection that is there go dead without a word."""

    def revive(self) -> None:
        """End that."""


class LinkFaults:
    """The faults of a link with its servers.

    Args:
        faults: The faults of the link.
        servers: Where programs reach it.
    """

    def __init__(self, faults: Faults, servers: Sequence[FaultyServer] = ()) -> None:
        self._faults = faults
        self._servers = servers
        self._turn = asyncio.Lock()

    @property
    def words(self) -> list[str]:
        """The faults that there are, in the words that set them."""
        return [str(fault) for fault in self._faults]

    async def set(self, fault: Fault) -> None:
        """Let something be wrong from now on, or this once."""
        async with self._turn:
            if fault.kind in MOMENT_FAULTS:
                for server in self._servers:
                    await server.drop(is_reset=fault.kind is FaultKind.RESET)
                return
            is_new = self._faults.has(fault.kind) is None
            self._faults.set(fault)
            for server in self._servers:
                if fault.kind is FaultKind.UNPLUG and is_new:
                    server.unplug()
                elif fault.kind is FaultKind.HANG:
                    server.hang()

    async def clear(self, kind: FaultKind | None = None) -> None:
        """Let all be well again, or all that is of one kind.

        Raises:
            LinkUnavailable: A server's place was taken while it was away.
        """
        async with self._turn:
            unplugged = (
                self._faults.has(FaultKind.UNPLUG) if kind in (None, FaultKind.UNPLUG) else None
            )
            self._faults.clear(kind)
            for server in self._servers:
                if kind in (None, FaultKind.HANG):
                    server.revive()
                if unplugged is not None:
                    await server.plug(is_elsewhere=unplugged.is_elsewhere)
