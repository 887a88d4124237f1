"""Octets in, frames out, however the line broke them.

The link is shared and noisy, so nothing heard may raise: every octet ends up in
a frame, in the framing around one (preamble, sync, trailer), or in a `Noise`
event that says why, and is counted. The same events come out however the octets
were cut on their way, as long as no silence falls between them.

How a packet is found (qs-link.md 2):

- The sync `FA DE` starts it, the type octet says how long it is, the CRC decides.
  Preamble, delimiter and trailer are never required.
- After a bad CRC the hunt goes on from the octet after the failed sync, so a sync
  that was none costs no good frame. `FA DE` inside a good packet is only content.
- A silence of 20 ms ends a packet that is not complete, and it is searched the same way.

House rule: no octet is looked at by itself in Python where a slice or `find` will do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .crc import packet_crc_ok
from .frames import SIZE_CLASSES, SYNC, TRAILER, Frame, size_class
from .timing import SILENCE_S

__all__ = [
    "EVENTS_MAX",
    "HELD_MAX",
    "NOISE_MAX",
    "Decoder",
    "DecoderEvent",
    "DecoderStatistics",
    "FrameHeard",
    "Noise",
    "NoiseReason",
]

NOISE_MAX: Final = 256
"""Most octets in one `Noise` without any sync; longer noise comes in pieces. Decided here."""

_GAP_MAX: Final = NOISE_MAX + 4
# The last octets of a gap may be the preamble of the next frame, so a piece leaves four behind.

HELD_MAX: Final = _GAP_MAX + len(SYNC) + max(SIZE_CLASSES)
"""More octets than this never wait in the decoder between two feeds."""

EVENTS_MAX: Final = 4096
"""Events that may wait before the next feed; the oldest go if nobody takes them. Decided here."""

_SIZES: Final = tuple(size_class(packet_type) for packet_type in range(256))
# Past the freezing of a frame, which costs more than making it.
_new_frame: Final = object.__new__
_set_packet: Final = vars(Frame)["packet"].__set__

_SYNC_FIRST: Final = SYNC[0]
_TRAILER: Final = TRAILER[0]
_USUAL_GAPS: Final = frozenset((b"\xf0\x55\x55\x55\xff", b"\x55\x55\x55\xff", b"\xf0"))


_NOTHING: Final[Iterator[DecoderEvent]] = iter(())


class NoiseReason(Enum):
    """Why octets were no frame."""

    NO_SYNC = "no sync"
    """Octets between frames that are neither preamble nor trailer."""

    BAD_CRC = "bad CRC"
    """A sync with a whole packet behind it whose CRC is wrong."""

    INCOMPLETE = "incomplete"
    """A sync whose packet was cut off by silence."""


@dataclass(slots=True)
class FrameHeard:
    """A packet with the right CRC.

    Not frozen: that would cost as much as finding it.

    Attributes:
        frame: The packet.
        at: When its last octet was fed, in seconds of the caller's clock.
    """

    frame: Frame
    at: float


@dataclass(frozen=True, slots=True)
class Noise:
    """Octets that were no frame; with a bad CRC they begin with the sync.

    Attributes:
        octets: What was heard.
        reason: Why it was no frame.
    """

    octets: bytes
    reason: NoiseReason


DecoderEvent = FrameHeard | Noise


@dataclass(slots=True)
class DecoderStatistics:
    """What a decoder has heard since it was made.

    `octets` is always the sum of `frame_octets`, `framing_octets`, `noise_octets` and the
    decoder's `held_octets`.

    Attributes:
        octets: All octets fed.
        frames: Packets with the right CRC.
        frame_octets: Octets of those packets.
        framing_octets: Preamble, sync and trailer around good packets.
        noise_octets: Octets in `Noise` events.
        crc_errors: Whole packets with a bad CRC; a sync that was none counts too.
        incomplete_packets: Packets cut off by silence.
        events_dropped: Events that nobody took in time.
    """

    octets: int = 0
    frames: int = 0
    frame_octets: int = 0
    framing_octets: int = 0
    noise_octets: int = 0
    crc_errors: int = 0
    incomplete_packets: int = 0
    events_dropped: int = 0


class Decoder:
    """Finds the frames in what is heard on the link.

    Feed it octets with the time they came, then take its events. It never raises for
    what it hears, and never holds more than `HELD_MAX` octets.

    Args:
        silence_s: A silence this long ends an incomplete packet, in seconds.
    """

    __slots__ = ("_events", "_fed_at", "_held", "_silence_s", "_wanted", "statistics")

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        self._silence_s = silence_s
        self._held = b""
        self._wanted = 0
        self._fed_at = 0.0
        self._events: list[DecoderEvent] = []
        self.statistics: Final = DecoderStatistics()

    @property
    def held_octets(self) -> int:
        """Octets that wait for what follows them."""
        return len(self._held)

    @property
    def next_due(self) -> float | None:
        """When to call `tick` if nothing more is heard; `None` while nothing waits."""
        return self._fed_at + self._silence_s if self._held else None

    def feed(self, octets: bytes | bytearray | memoryview, now: float) -> None:
        """Hear octets.

        Args:
            octets: Any number of them, cut anywhere.
            now: When they came, in seconds.
        """
        held = self._held
        if held and now >= self._fed_at + self._silence_s:
            self.tick(now)
            held = self._held
        if not octets:
            return
        self.statistics.octets += len(octets)
        self._fed_at = now
        held = held + octets if held else bytes(octets)
        if len(held) < self._wanted:
            # In the middle of a packet: nothing can be found before its last octet.
            self._held = held
            return
        if len(self._events) > EVENTS_MAX:
            self._drop_events()
        self._wanted = 0
        self._held = self._hunt(held)

    def skip(self, octets: bytes, frame: Frame) -> None:
        """Count octets that the caller knows to be one frame and no more; nothing may be held."""
        statistics, size = self.statistics, len(frame.packet)
        statistics.octets += len(octets)
        statistics.frames += 1
        statistics.frame_octets += size
        statistics.framing_octets += len(octets) - size

    def tick(self, now: float) -> None:
        """Let time pass: a silence ends an incomplete packet, which is searched again."""
        if self._held and now >= self._fed_at + self._silence_s:
            self._wanted = 0
            self._held = self._hunt(self._held, is_over=True)

    def events(self) -> Iterator[DecoderEvent]:
        """Take what was heard since the last time, in the order of the line."""
        # Most chunks complete nothing.
        if not self._events:
            return _NOTHING
        events, self._events = self._events, []
        return iter(events)

    def _drop_events(self) -> None:
        excess = len(self._events) - EVENTS_MAX
        del self._events[:excess]
        self.statistics.events_dropped += excess

    def _hunt(self, octets: bytes, *, is_over: bool = False) -> bytes:
        """Take every frame out of the octets; return those that wait for more.

        With `is_over` nothing more comes, so nothing is left to wait.
        """
        heard, statistics, at = self._events, self.statistics, self._fed_at
        end = len(octets)
        start = 0
        while (sync := octets.find(SYNC, start)) >= 0:
            packet_at = sync + 2
            if start != sync and octets[start:sync] not in _USUAL_GAPS:
                self._between(octets[start:sync])
                start = sync
            # What lies between start and sync is framing, and so is the sync of a good packet.
            size = _SIZES[octets[packet_at]] if packet_at < end else 0
            after = packet_at + size
            if size and after <= end:
                if packet_crc_ok(octets, packet_at, size):
                    frame = _new_frame(Frame)
                    _set_packet(frame, octets[packet_at:after])
                    heard.append(FrameHeard(frame, at))
                    statistics.frames += 1
                    statistics.frame_octets += size
                    if after + 1 == end and octets[after] == _TRAILER:
                        # A whole frame and no more, as most modules send it.
                        statistics.framing_octets += packet_at - start + 1
                        return b""
                    statistics.framing_octets += packet_at - start
                    start = after
                    continue
                statistics.crc_errors += 1
                reason = NoiseReason.BAD_CRC
            elif is_over:
                statistics.incomplete_packets += 1
                reason = NoiseReason.INCOMPLETE
                after = end
            else:
                statistics.framing_octets += sync - start
                self._wanted = 2 + size
                return octets[sync:]
            statistics.framing_octets += sync - start
            start = self._give_up(octets, sync, after, reason)
        return self._no_more_sync(octets[start:], is_over=is_over)

    def _give_up(self, octets: bytes, sync: int, after: int, reason: NoiseReason) -> int:
        """Call a sync and what follows it noise, up to where the hunt goes on; return that place.

        It goes on at the next sync inside what looked like the packet, else behind it.
        """
        again = octets.find(SYNC, sync + 2, after)
        if again >= 0:
            # What leads up to the next sync is its preamble, and belongs to no noise.
            noise = _without_preamble(octets[sync:again])
            self.statistics.framing_octets += again - sync - len(noise)
        else:
            again = after
            if reason is NoiseReason.BAD_CRC and octets[after - 1] == _SYNC_FIRST:
                again -= 1  # may be the first half of a sync
            noise = octets[sync:again]
        self._add_noise(noise, reason)
        return again

    def _no_more_sync(self, gap: bytes, *, is_over: bool) -> bytes:
        """Deal with octets that hold no sync; return those that may yet belong to one."""
        if is_over:
            self._between(gap, leads_to_sync=False)
            return b""
        rest = gap.lstrip(TRAILER)
        if len(rest) < _GAP_MAX:
            self.statistics.framing_octets += len(gap) - len(rest)
            return rest
        half_a_sync = gap[-1:] == SYNC[:1]
        return self._cut_noise(gap[:-1] if half_a_sync else gap) + (SYNC[:1] * half_a_sync)

    def _cut_noise(self, gap: bytes) -> bytes:
        """Report noise that got too long, in pieces; return what is left of it.

        Where the pieces end depends on the octets alone, not on when they came.
        """
        while True:
            rest = gap.lstrip(TRAILER)
            self.statistics.framing_octets += len(gap) - len(rest)
            if len(rest) < _GAP_MAX:
                return rest
            self._add_noise(rest[:NOISE_MAX], NoiseReason.NO_SYNC)
            gap = rest[NOISE_MAX:]

    def _between(self, gap: bytes, *, leads_to_sync: bool = True) -> None:
        """Account for the octets between the last packet and a sync, or the end."""
        gap = self._cut_noise(gap)
        noise = _without_preamble(gap) if leads_to_sync else gap
        self.statistics.framing_octets += len(gap) - len(noise)
        if noise:
            self._add_noise(noise, NoiseReason.NO_SYNC)

    def _add_noise(self, octets: bytes, reason: NoiseReason) -> None:
        self.statistics.noise_octets += len(octets)
        self._events.append(Noise(octets, reason))


def _without_preamble(octets: bytes) -> bytes:
    """Return the octets without the preamble and delimiter at their end, or as much as came."""
    return octets.removesuffix(b"\xff").rstrip(b"\x55")
