"""A link without a wire: two connected ends in one process, for tests and simulated links.

It behaves like a serial line, not like a telephone call: each end opens and closes for itself,
hears nothing of the other's coming and going, and octets sent while the other end is not open
are lost. Both ends must live in the same event loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from dpm_core.errors import LinkUnavailable
from dpm_core.transport.base import (
    GatedTransport,
    SendGate,
    TransportProtocol,
)


def memory_pair(
    url: str = "memory://", *, gate: SendGate = SendGate.LISTEN
) -> tuple[MemoryTransport, MemoryTransport]:
    """Return two connected ends, both closed, both with the same URL and gate.

    Like any other transport they only listen until `allow_sending()` is called on each.
    """
    one, other = MemoryTransport(url, gate), MemoryTransport(url, gate)
    one.join(other)
    other.join(one)
    return one, other


@dataclass(frozen=True, slots=True, eq=False)
class _Opening:
    """One opening of one end: octets on their way to an earlier one must not reach a later one."""

    handler: TransportProtocol
    loop: asyncio.AbstractEventLoop


class MemoryTransport(GatedTransport):
    """One end of a pair; made by `memory_pair()`."""

    def __init__(self, url: str, gate: SendGate) -> None:
        super().__init__(url, gate)
        self._other: MemoryTransport | None = None
        self._opening: _Opening | None = None
        self._broken: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether octets can be written and received now."""
        return self._opening is not None

    async def open(self, handler: TransportProtocol) -> None:
        """Open this end; the other end need not be open.

        Raises:
            LinkUnavailable: It is open already, or broken and not mended.
        """
        if self._opening is not None:
            raise LinkUnavailable(self.url, "it is open already")
        if self._broken is not None:
            raise LinkUnavailable(self.url, self._broken)
        self._opening = _Opening(handler, asyncio.get_running_loop())

    def write(self, octets: bytes) -> None:
        """Put octets on the link; they arrive at the other end in one piece, in order.

        Raises:
            SendingNotAllowed: The gate is at LISTEN; nothing was sent.
            LinkUnavailable: This end is not open; nothing was sent.
        """
        self._refuse_while_listening()
        if self._opening is None:
            raise LinkUnavailable(self.url, "it is not open")
        self.log_sent(octets)
        if self._other is not None:
            self._other.hear(bytes(octets))

    async def drain(self) -> None:
        """Let the other end have what was written.

        Raises:
            LinkUnavailable: This end is not open.
        """
        # Deliveries were planned before this; they run when we let the loop go round.
        await asyncio.sleep(0)
        if self._opening is None:
            raise LinkUnavailable(self.url, "it is not open")

    async def close(self) -> None:
        """Close this end; closing a closed one does nothing."""
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.handler.connection_lost(None)

    def join(self, other: MemoryTransport) -> None:
        """Lay the wire from this end to another; `memory_pair()` has done it both ways."""
        self._other = other

    def hear(self, octets: bytes) -> None:
        """Let octets arrive at this end, after those that are on their way; noise too."""
        if octets and self._opening is not None:
            self._opening.loop.call_soon(self._deliver, self._opening, octets)

    def break_link(
        self, detail: str = "the link was broken on purpose", *, until_mended: bool = False
    ) -> None:
        """Lose the link at this end, as if its adapter was unplugged; the other end stays.

        Octets still on their way to this end are lost. The handler is told as soon as the
        event loop goes round.

        Args:
            detail: Why, in plain words.
            until_mended: Whether opening fails until `mend_link()`.
        """
        self._broken = detail if until_mended else None
        opening, self._opening = self._opening, None
        if opening is not None:
            error = LinkUnavailable(self.url, detail)
            opening.loop.call_soon(opening.handler.connection_lost, error)

    def mend_link(self) -> None:
        """Let this end be opened again after `break_link(until_mended=True)`."""
        self._broken = None

    def _deliver(self, opening: _Opening, octets: bytes) -> None:
        if self._opening is opening:
            self.log_received(octets)
            opening.handler.octets_received(octets)
