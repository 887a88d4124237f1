"""Coming back after a loss: how long to wait between attempts, and the loop that makes them."""

from __future__ import annotations

import asyncio
import logging
import math
import random as random_module
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dpm_core.errors import LinkUnavailable, UnsupportedSetting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from dpm_core.transport.base import Transport, TransportProtocol

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectPolicy:
    """How far apart attempts to open a lost link are, from one start to the next, for ever.

    A link is tried at a steady, short distance: it does not tire, and whoever repaired it is
    waiting. Growing and scattered distances are for the other side that refused us.

    Raises:
        UnsupportedSetting: A value out of its range; the error names the setting.
    """

    first_delay_s: float = 0.1
    """From the loss to the first attempt, in seconds: a replugged adapter, a restarted
    simulator. Decided here."""

    max_delay_s: float = 0.5
    """Longest distance between two attempts, in seconds. Decided here: half of the second in
    which commands must be taken again, so that opening and reading fit in the other half."""

    factor: float = 2.0
    """How the distance grows from one attempt to the next, 1 or more. Decided here."""

    jitter: float = 0.0
    """Part of each distance, 0 to 1, that chance may take off. None for a link: only one of us
    tries it. Decided here."""

    settled_s: float = 0.5
    """A link that was opened again counts as back as soon as somebody is heard, or when it was not
    lost again for this long, in seconds: a gateway may accept, and close at once, for hours.
    Decided here."""

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        _check("settled_s", self.settled_s, 0.001, 3600.0)
        _check("first_delay_s", self.first_delay_s, 0.001, 3600.0)
        _check("max_delay_s", self.max_delay_s, self.first_delay_s, 3600.0)
        _check("factor", self.factor, 1.0, 100.0)
        _check("jitter", self.jitter, 0.0, 1.0)

    def delays(self, random: Callable[[], float] = random_module.random) -> Iterator[float]:
        """Yield the distances to the next attempt, in seconds, without end.

        Args:
            random: Returns a number from 0 to 1; asked only when there is jitter.
        """
        delay_s = self.first_delay_s
        while True:
            yield delay_s * (1 - self.jitter * random()) if self.jitter else delay_s
            delay_s = min(delay_s * self.factor, self.max_delay_s)


class _LossWatch:
    """Passes everything on, and remembers that the connection ended."""

    def __init__(self, handler: TransportProtocol) -> None:
        self._handler = handler
        self.lost: asyncio.Future[LinkUnavailable | None] = (
            asyncio.get_running_loop().create_future()
        )

    def octets_received(self, octets: bytes) -> None:
        self._handler.octets_received(octets)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        if not self.lost.done():
            self.lost.set_result(error)
        self._handler.connection_lost(error)


async def keep_open(
    transport: Transport,
    handler: TransportProtocol,
    policy: ReconnectPolicy | None = None,
    *,
    opened: Callable[[], None] | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    random: Callable[[], float] = random_module.random,
    now: Callable[[], float] | None = None,
) -> None:
    """Open a transport, and open it again whenever it is lost.

    Attempts never overlap. A loss is logged once, and so is the return. Ends when it is
    cancelled, which closes the transport, or when the open transport is closed.

    Args:
        transport: Closed so far; nobody else opens it.
        handler: Told everything, each loss included.
        policy: Distances between attempts; an attempt that takes longer is followed at once.
        opened: Called after each successful opening.
        sleep: Waits; a test puts its own clock here.
        random: For the policy's jitter.
        now: A monotonic clock in seconds; the event loop's by default.
    """
    policy = policy or ReconnectPolicy()
    clock = now or asyncio.get_running_loop().time
    is_down = False
    try:
        while True:
            watch = _LossWatch(handler)
            for delay_s in policy.delays(random):
                started_at = clock()
                try:
                    await transport.open(watch)
                except LinkUnavailable as failure:
                    if not is_down:
                        _LOGGER.warning("%s It is tried again until it can be opened.", failure)
                    is_down = True
                else:
                    break
                await sleep(max(0.0, delay_s - (clock() - started_at)))
            if is_down:
                _LOGGER.info("The link at %s is back.", transport.url)
            if opened is not None:
                opened()
            error = await watch.lost
            if error is None:
                return
            is_down = True
            _LOGGER.warning("%s It is opened again as soon as it is back.", error)
            await sleep(policy.first_delay_s)
    finally:
        await transport.close()


def _check(name: str, value: float, lowest: float, highest: float) -> None:
    if not (math.isfinite(value) and lowest <= value <= highest):
        raise UnsupportedSetting(name, value, f"{lowest:g} to {highest:g}")
