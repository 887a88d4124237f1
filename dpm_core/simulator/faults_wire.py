"""What goes wrong on the line itself, for everybody who hangs on it: collisions, noise, a babbler.

A babbler says whole frames of a serial number that nobody has, and octets that are none, by
turns, without waiting for anybody.

House rule: it talks like any other sender; how octets break each other is decided in `wire.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from dpm_core.model import Cause, SerialNumber
from dpm_core.protocol.frames import PREAMBLE, SYNC, TRAILER, encode_wire
from dpm_core.protocol.messages import ReportFlag, ZoneReport, encode_message

from .faults import Direction, FaultKind
from .faults_set import Faults
from .wire import Transmission

BABBLER: Final = SerialNumber(0xFFFFFFFD)
"""Whose frames a babbling device says. Decided here: no module is likely to have it."""

_BURST_MAX: Final = 8
_PIECE: Final = 24

Say = Callable[[object, bytes, float], None]


class Interference:
    """What talks on the line and is no module and no adapter.

    Args:
        faults: The faults of the link.
        say: Puts a sender's octets on the line at an instant, whoever else talks.
        octet_s: How long an octet takes at the line's baud rate.
        loop: Whose clock it follows.
    """

    def __init__(
        self, faults: Faults, say: Say, octet_s: float, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._faults = faults
        self._say = say
        self._octet_s = octet_s
        self._loop = loop
        self._timers: dict[FaultKind, asyncio.TimerHandle] = {}
        self._count = 0
        self._unwatch = faults.watch(self._changed)
        self._changed()

    def close(self) -> None:
        """Be silent."""
        self._unwatch()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def rival(self, transmission: Transmission, direction: Direction) -> Transmission | None:
        """Return what somebody else says at the same instant, if that strikes."""
        if not self._faults.strikes(FaultKind.COLLIDE, direction):
            return None
        octets = PREAMBLE + SYNC + self._random(len(transmission.octets))
        return Transmission(self, octets, transmission.start)

    def _changed(self) -> None:
        turns = {FaultKind.NOISE: self._make_noise, FaultKind.BABBLE: self._babble}
        for kind, turn in turns.items():
            if self._faults.has(kind) is None:
                if (timer := self._timers.pop(kind, None)) is not None:
                    timer.cancel()
            elif kind not in self._timers:
                self._again(kind, 0.0, turn)

    def _make_noise(self) -> None:
        noise = self._faults.has(FaultKind.NOISE)
        assert noise is not None
        octets = self._random(self._faults.rng.randint(1, _BURST_MAX))
        self._say(self, octets, self._loop.time())
        self._again(FaultKind.NOISE, self._faults.rng.expovariate(noise.rate), self._make_noise)

    def _babble(self) -> None:
        babble = self._faults.has(FaultKind.BABBLE)
        assert babble is not None
        self._count += 1
        if self._count % 2:
            zones = (True, False, True, False)
            report = ZoneReport(BABBLER, zones, zones, ReportFlag(0), Cause.QUERY)
            octets = encode_wire(
                encode_message(report, counter=1 + self._count % 3, sequence=0, source=BABBLER)
            )
        else:
            octets = PREAMBLE + SYNC + self._random(_PIECE) + TRAILER
        self._say(self, octets, self._loop.time())
        self._again(FaultKind.BABBLE, len(octets) * self._octet_s / babble.rate, self._babble)

    def _again(self, kind: FaultKind, wait_s: float, turn: Callable[[], None]) -> None:
        self._timers[kind] = self._loop.call_later(wait_s, turn)

    def _random(self, count: int) -> bytes:
        return self._faults.rng.randbytes(count)
