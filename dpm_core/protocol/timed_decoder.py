"""A decoder whose noise has a time, too, and what it makes of a capture.

A `FrameHeard` tells when its last octet came; a `Noise` does not, for a client has no use for it.
Who writes down what a link said needs both.

House rule: nothing is decoded here; that is the decoder's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from .capture import CaptureDamage, CaptureHeader, CaptureRecord
from .decoder import Decoder, DecoderEvent, DecoderStatistics, FrameHeard
from .timing import SILENCE_S

__all__ = ["Replayed", "TimedDecoder", "TimedEvent", "replay"]


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """A frame or noise, and when its last octets came.

    Attributes:
        at: In seconds of the caller's clock; from `replay` in seconds since 1970.
        event: What was heard.
    """

    at: float
    event: DecoderEvent


class TimedDecoder:
    """Finds the frames in what is heard, and tells the time of noise as well.

    Args:
        silence_s: A silence this long ends an incomplete packet, in seconds.
    """

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        self._decoder: Final = Decoder(silence_s)
        self._fed_at = 0.0

    @property
    def statistics(self) -> DecoderStatistics:
        """What has been heard so far."""
        return self._decoder.statistics

    @property
    def next_due(self) -> float | None:
        """When to call `tick` if nothing more is heard; `None` while nothing waits."""
        return self._decoder.next_due

    def feed(self, octets: bytes, now: float) -> list[TimedEvent]:
        """Hear octets; return what they and the silence before them complete."""
        found = self.tick(now)
        self._fed_at = now
        self._decoder.feed(octets, now)
        return found + self._taken()

    def tick(self, now: float) -> list[TimedEvent]:
        """Let time pass; return what the silence ended."""
        self._decoder.tick(now)
        return self._taken()

    def end(self) -> list[TimedEvent]:
        """Hear nothing more; return what was still waiting."""
        return self.tick(float("inf"))

    def _taken(self) -> list[TimedEvent]:
        return [
            TimedEvent(event.at if isinstance(event, FrameHeard) else self._fed_at, event)
            for event in self._decoder.events()
        ]


Replayed: TypeAlias = CaptureHeader | CaptureDamage | TimedEvent
"""What is found in a capture, in its order."""


def replay(records: Iterable[CaptureRecord], decoder: TimedDecoder) -> Iterator[Replayed]:
    """Decode a capture: its headers, its damage, and what was said, in seconds since 1970.

    Times that go backwards, as in a file that somebody edited, end what is incomplete.

    Args:
        records: From `read_capture`.
        decoder: A fresh one; its statistics count the whole capture.
    """
    header = CaptureHeader(0.0, 1)
    last = 0.0
    for record in records:
        if isinstance(record, CaptureDamage):
            # What is missing there belonged to a packet that cannot be completed any more.
            yield from decoder.end()
            yield record
        elif isinstance(record, CaptureHeader):
            yield from decoder.end()
            header = record
            yield record
        else:
            now = header.started_at + record.at_s
            if now < last:
                yield from decoder.end()
            last = now
            yield from decoder.feed(record.octets, now)
    yield from decoder.end()
