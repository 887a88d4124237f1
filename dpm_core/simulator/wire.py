"""One pair of wires: what is heard when several talk, and when.

Two kinds. On the paced wire each octet takes its time, and octets that overlap break; on the
instant wire a frame takes no time, so only what begins at the same instant overlaps. On both, one
sequence of octets is heard, the same by everybody:

- while one talks, what it says;
- while several talk, the octets of the one that began first, broken;
- preamble and sync that several send at the same instant come through: they drive the pair alike.

House rule: octets and instants only; who talks when is decided in `line.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from dpm_core.protocol.frames import PREAMBLE, SYNC
from dpm_core.protocol.timing import SILENCE_S

SAME_INSTANT_S: Final = 1e-6
"""Instants closer than this are one: far below an octet's time, far above a float's rounding."""

PACED_CHUNK_OCTETS: Final = 8
"""The paced wire hands octets on when so many are over, or the frame is: as a UART's FIFO does.

Decided here: a listener hears that the line is taken long before the frame is over."""

PACED_CHUNK_MAX_S: Final = SILENCE_S / 2
"""The paced wire keeps octets back no longer than this, though a single octet may take longer.

Decided here: at a low baud rate a chunk would else be a silence that ends a packet."""

_ALIKE: Final = len(PREAMBLE + SYNC)


@dataclass(slots=True, eq=False)
class Transmission:
    """Octets that one sender puts on the wire in one go.

    Attributes:
        sender: Who talks.
        octets: What it says.
        start: When its first octet begins, in seconds of the loop's clock.
        ended: Called when its last octet is over, with whether others talked into it.
        octet_s: How long one octet takes; 0 on the instant wire.
    """

    sender: object
    octets: bytes
    start: float
    ended: Callable[[bool], None] | None = None
    octet_s: float = 0.0
    position: int = field(default=0, init=False)
    is_broken: bool = field(default=False, init=False)

    @property
    def end(self) -> float:
        """When the last octet is over."""
        return self.start + len(self.octets) * self.octet_s


@dataclass(frozen=True, slots=True)
class Heard:
    """Octets as everybody hears them, when the last of them is over."""

    octets: bytes
    at: float
    sender: object


class Wire(Protocol):
    """What `line.py` needs of either kind."""

    collisions: int
    busy_until: float

    @property
    def next_due(self) -> float | None:
        """When `advance` has something to hand on, if nobody else begins to talk."""

    def put(self, transmission: Transmission) -> None:
        """Let a sender begin to talk."""

    def advance(self, now: float) -> Iterator[Heard]:
        """Hand on what was said up to now."""

    def cut(self, sender: object, now: float) -> None:
        """Silence a sender in the middle of what it says."""


class InstantWire:
    """The wire on which a frame takes no time.

    Args:
        rng: Where the broken octets come from.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._waiting: list[Transmission] = []
        self.collisions = 0
        self.busy_until = float("-inf")

    @property
    def next_due(self) -> float | None:
        """When the first of those that wait begins, and so is over."""
        return min((each.start for each in self._waiting), default=None)

    def put(self, transmission: Transmission) -> None:
        """Let a sender begin to talk, at `transmission.start`."""
        self._waiting.append(transmission)

    def advance(self, now: float) -> Iterator[Heard]:
        """Hand on what began up to now, instant by instant."""
        while (first := self.next_due) is not None and first <= now:
            together = [each for each in self._waiting if each.start <= first + SAME_INSTANT_S]
            self._waiting = [each for each in self._waiting if each not in together]
            self.busy_until = max(self.busy_until, first)
            yield from self._say(together, first)

    def cut(self, sender: object, now: float) -> None:
        """Drop what a sender has not begun to say."""
        self._waiting = [each for each in self._waiting if each.sender is not sender]

    def _say(self, together: list[Transmission], at: float) -> Iterator[Heard]:
        if len({id(each.sender) for each in together}) == 1:
            for each in together:
                yield Heard(each.octets, at, each.sender)
        else:
            self.collisions += 1
            for each in together:
                each.is_broken = True
            yield Heard(self._broken([each.octets for each in together]), at, together[0].sender)
        for each in together:
            if each.ended is not None:
                each.ended(each.is_broken)

    def _broken(self, all_octets: list[bytes]) -> bytes:
        longest = max(all_octets, key=len)
        alike = 0
        while alike < _ALIKE and len({octets[alike : alike + 1] for octets in all_octets}) == 1:
            alike += 1
        rest = bytes(octet ^ self._rng.randrange(1, 256) for octet in longest[alike:])
        return longest[:alike] + rest


class PacedWire:
    """The wire on which each octet takes its time.

    Args:
        octet_s: How long one octet takes.
        rng: Where the broken octets come from.
    """

    def __init__(self, octet_s: float, rng: random.Random) -> None:
        self._octet_s = octet_s
        self._chunk = max(1, min(PACED_CHUNK_OCTETS, int(PACED_CHUNK_MAX_S / octet_s)))
        self._rng = rng
        # In the order in which they began. Those that are over stay while they may overlap
        # an octet that is not.
        self._all: list[Transmission] = []
        self.collisions = 0
        self.busy_until = float("-inf")

    @property
    def next_due(self) -> float | None:
        """When the next octets are over."""
        return min((self._chunk_end(each) for each in self._unfinished()), default=None)

    def put(self, transmission: Transmission) -> None:
        """Let a sender begin to talk, at `transmission.start`."""
        transmission.octet_s = self._octet_s
        self.busy_until = max(self.busy_until, transmission.end)
        self._all.append(transmission)
        self._all.sort(key=lambda each: each.start)

    def advance(self, now: float) -> Iterator[Heard]:
        """Hand on the octets that are over by now, in the order of the line."""
        while (due := self.next_due) is not None and due <= now + SAME_INSTANT_S:
            each = next(one for one in self._unfinished() if self._chunk_end(one) == due)
            upto = min(each.position + self._chunk, len(each.octets))
            if heard := self._as_heard(each, each.position, upto):
                yield Heard(heard, due, each.sender)
            each.position = upto
            if upto == len(each.octets) and each.ended is not None:
                each.ended(each.is_broken)
            self._forget()

    def cut(self, sender: object, now: float) -> None:
        """Silence a sender: the octet that it is saying is the last that is heard of it."""
        for each in self._all:
            if each.sender is sender and each.end > now:
                said = max(0, int((now - each.start) / self._octet_s) + 1)
                each.octets = each.octets[: max(said, each.position)] if now > each.start else b""
                each.ended = None
        self.busy_until = max((each.end for each in self._all), default=self.busy_until)
        self._forget()

    def _unfinished(self) -> Iterator[Transmission]:
        return (each for each in self._all if each.position < len(each.octets))

    def _chunk_end(self, each: Transmission) -> float:
        upto = min(each.position + self._chunk, len(each.octets))
        return each.start + upto * self._octet_s

    def _as_heard(self, talker: Transmission, begin: int, upto: int) -> bytes:
        others = [
            other
            for other in self._all
            if other.sender is not talker.sender
            and _overlap(other, talker.start + begin * self._octet_s, upto - begin)
        ]
        if not others:
            return talker.octets[begin:upto]
        heard = bytearray()
        for place in range(begin, upto):
            at = talker.start + place * self._octet_s
            rivals = [other for other in others if _overlap(other, at, 1)]
            octet = talker.octets[place]
            if rivals:
                if not talker.is_broken:
                    talker.is_broken = True
                    self.collisions += 1
                if any(self._all.index(rival) < self._all.index(talker) for rival in rivals):
                    continue
                if not _drive_alike(talker, place, rivals):
                    octet ^= self._rng.randrange(1, 256)
            heard.append(octet)
        return bytes(heard)

    def _forget(self) -> None:
        """Drop what is over and can overlap nothing any more."""
        earliest = min(
            (each.start + each.position * self._octet_s for each in self._unfinished()),
            default=float("inf"),
        )
        self._all = [
            each for each in self._all if each.position < len(each.octets) or each.end > earliest
        ]


def _overlap(other: Transmission, begin: float, octets: int) -> bool:
    end = begin + octets * other.octet_s
    return other.start < end - SAME_INSTANT_S and other.end > begin + SAME_INSTANT_S


def _drive_alike(talker: Transmission, place: int, rivals: list[Transmission]) -> bool:
    return place < _ALIKE and all(
        abs(rival.start - talker.start) <= SAME_INSTANT_S
        and rival.octets[place : place + 1] == talker.octets[place : place + 1]
        for rival in rivals
    )
