"""Octets on their way between a program and the line, through an adapter that has faults.

Without faults they pass as they come, at no cost. With them frames are found first, each meets
its fault, and then single octets meet theirs.

House rule: it knows octets, frames and instants; what the octets mean does not matter here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from dpm_core.protocol.decoder import Decoder, FrameHeard
from dpm_core.protocol.frames import Frame, encode_wire

from .faults import Direction, Fault, FaultKind
from .faults_set import Faults

MERGE_WAIT_S: Final = 0.05
"""How long a frame is held for the next one to join it; then it goes alone. Decided here."""

_BURST_BITS_MAX: Final = 16
"""Bits in a row that `corrupt` breaks at most: so many a CRC of 16 bits always finds."""

_ORDER_S: Final = 1e-6
"""Between octets that wait for the same instant, so that they keep their order."""

_STARTING: Final = 6
"""Octets of preamble and sync."""


class FaultyPath:
    """One way through one adapter.

    Args:
        faults: The faults of the link.
        direction: Which way it goes.
        arrive: Takes the octets that come out.
        loop: Whose clock delays follow.
    """

    def __init__(
        self,
        faults: Faults,
        direction: Direction,
        arrive: Callable[[bytes], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._faults = faults
        self._direction = direction
        self._arrive = arrive
        self._loop = loop
        self._decoder = Decoder()
        self._held = b""
        self._free_at = float("-inf")
        self._timers: set[asyncio.TimerHandle] = set()

    def carry(self, octets: bytes) -> None:
        """Let octets come in."""
        if not (self._faults.is_any or self._is_holding):
            self._arrive(octets)
            return
        if not (self._faults.concern(self._direction) or self._is_holding):
            self._arrive(octets)
            return
        now = self._loop.time()
        self._decoder.feed(octets, now)
        self._take()
        if (due := self._decoder.next_due) is not None:
            self._at(due, self._end_silence)

    def close(self) -> None:
        """Forget all that is on its way."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._held = b""

    @property
    def _is_holding(self) -> bool:
        return bool(self._decoder.held_octets or self._held or self._timers)

    # --- frames ------------------------------------------------------------------------------

    def _end_silence(self) -> None:
        self._decoder.tick(self._loop.time() + _ORDER_S)
        self._take()

    def _take(self) -> None:
        for event in self._decoder.events():
            if isinstance(event, FrameHeard):
                self._frame(event.frame)
            else:
                self._octets(event.octets)

    def _strikes(self, kind: FaultKind) -> Fault | None:
        return self._faults.strikes(kind, self._direction)

    def _frame(self, frame: Frame) -> None:
        if self._strikes(FaultKind.LOSE):
            return
        octets = encode_wire(frame)
        if self._strikes(FaultKind.CORRUPT):
            octets = self._with_burst(octets)
        if self._strikes(FaultKind.TRUNCATE):
            octets = octets[: self._faults.rng.randrange(1, len(octets) - 1)]
        if self._strikes(FaultKind.DOUBLE):
            octets *= 2
        if late := self._strikes(FaultKind.DELAY):
            self._later(octets, late)
        elif self._strikes(FaultKind.MERGE):
            self._held += octets
            self._at(self._loop.time() + MERGE_WAIT_S, self._let_go)
        else:
            self._octets(self._held + octets)
            self._held = b""

    def _with_burst(self, octets: bytes) -> bytes:
        rng = self._faults.rng
        bits = 8 * (len(octets) - _STARTING - 1)
        length = rng.randint(1, _BURST_BITS_MAX)
        place = rng.randrange(bits - length + 1)
        # The first and the last bit of a burst are broken, those between by chance.
        burst = rng.getrandbits(length) | 1 | 1 << (length - 1)
        broken = int.from_bytes(octets, "big") ^ (burst << (8 + place))
        return broken.to_bytes(len(octets), "big")

    def _later(self, octets: bytes, late: Fault) -> None:
        wait_s = self._faults.rng.uniform(0, late.delay_s)
        self._at(self._loop.time() + wait_s, lambda: self._octets(octets))

    def _let_go(self) -> None:
        octets, self._held = self._held, b""
        if octets:
            self._octets(octets)

    # --- octets ------------------------------------------------------------------------------

    def _octets(self, octets: bytes) -> None:
        if not self._faults.is_any:
            self._in_order(octets)
            return
        rng = self._faults.rng
        passed = bytearray()
        for octet in octets:
            if self._octet_strikes(FaultKind.LOSE):
                continue
            if self._octet_strikes(FaultKind.CORRUPT):
                octet ^= rng.randrange(1, 256)
            passed.append(octet)
            if self._octet_strikes(FaultKind.DOUBLE):
                passed.append(octet)
        late = self._octet_strikes(FaultKind.DELAY) if len(passed) > 1 else None
        if late is None:
            self._in_order(bytes(passed))
            return
        place = rng.randrange(1, len(passed))
        self._in_order(bytes(passed[:place]))
        self._free_at = max(self._free_at, self._loop.time()) + rng.uniform(0, late.delay_s)
        self._in_order(bytes(passed[place:]))

    def _octet_strikes(self, kind: FaultKind) -> Fault | None:
        return self._faults.strikes(kind, self._direction, of_octets=True)

    def _in_order(self, octets: bytes) -> None:
        """Let octets out, behind those that are held back in the middle of a frame."""
        if not octets:
            return
        if self._free_at <= self._loop.time():
            self._arrive(octets)
            return
        self._free_at += _ORDER_S
        self._at(self._free_at, lambda: self._arrive(octets))

    def _at(self, when: float, then: Callable[[], None]) -> None:
        def fire() -> None:
            self._timers.discard(timer)
            then()

        timer = self._loop.call_at(when, fire)
        self._timers.add(timer)
