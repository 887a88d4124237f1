"""What is heard goes to a file as it comes, as a capture or as pcapng, and is counted on the way.

House rule: one line or block is one write, so that a file never holds half of two.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from dpm_core import __version__
from dpm_core.protocol import (
    CaptureHeader,
    CaptureOctets,
    DecoderStatistics,
    TimedDecoder,
    TimedEvent,
    encode_capture,
    pcapng_packet,
    pcapng_section,
)

if TYPE_CHECKING:
    from dpm_core.errors import LinkUnavailable

APPLICATION: Final = f"lutron-dpm {__version__}"
"""What a pcapng file says of who wrote it."""


class Recorder:
    """Hears a link and writes down what it says. A handler for a transport.

    Args:
        write: Takes whole lines or blocks; may raise `OSError`, which ends the recording.
        link: Where the link is, as it is shown.
        baud: Its speed.
        character: Its character format, such as `8N1`.
        is_pcapng: Write pcapng blocks instead of lines.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        *,
        link: str,
        baud: int,
        character: str,
        is_pcapng: bool,
    ) -> None:
        self.lost: Final = asyncio.Event()
        self.ended: Final = asyncio.Event()
        self.failure: OSError | None = None
        self.losses = 0
        self._write = write
        self._link = link
        self._baud = baud
        self._character = character
        self._is_pcapng = is_pcapng
        self._decoder: Final = TimedDecoder()
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()
        self._wall_at = time.time()
        self._silence: asyncio.TimerHandle | None = None
        if is_pcapng:
            self._put(pcapng_section(link, baud, APPLICATION))

    @property
    def statistics(self) -> DecoderStatistics:
        """What has been heard so far."""
        return self._decoder.statistics

    def begin(self) -> None:
        """Start a new part: the link has just been opened."""
        self._began_at, self._wall_at = self._loop.time(), time.time()
        if not self._is_pcapng:
            header = CaptureHeader(self._wall_at, self._baud, self._character, self._link)
            self._put(encode_capture(header))

    def octets_received(self, octets: bytes) -> None:
        """Write down what was heard."""
        at_s = self._loop.time() - self._began_at
        if not self._is_pcapng:
            self._put(encode_capture(CaptureOctets(at_s, octets)))
        self._tell(self._decoder.feed(octets, self._wall_at + at_s))
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        if (due := self._decoder.next_due) is not None:
            when = self._began_at + (due - self._wall_at)
            self._silence = self._loop.call_at(when, self._silent)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        """Learn that the link is gone, by itself or because it was closed."""
        if error is not None:
            self.losses += 1
            self.lost.set()

    def end(self) -> None:
        """Write what still waited."""
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        self._tell(self._decoder.end())

    def _silent(self) -> None:
        self._silence = None
        self._tell(self._decoder.end())

    def _tell(self, events: list[TimedEvent]) -> None:
        if self._is_pcapng:
            for event in events:
                self._put(pcapng_packet(event))

    def _put(self, octets: bytes) -> None:
        # Called from the event loop, which would only log what is raised here.
        if self.failure is not None:
            return
        try:
            self._write(octets)
        except OSError as error:
            self.failure = error
            self.ended.set()
