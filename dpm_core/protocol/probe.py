"""Listening on a link that nobody knows: what to try, and what was heard at each try.

A link says nothing about its own speed. So it is listened to at one character format after the
other, and the one at which frames with a good CRC are heard is right: by chance that happens once
in 2^32 octets.

What a UART shows a listener, and what not (standard start/stop characters, no capture needed):

- A second stop bit looks like a pause: 8N2 is heard as 8N1. Listening cannot tell them apart.
- A parity bit, or a ninth bit of another meaning, takes its own place. A UART that does not expect
  it finds a stop bit missing now and then. A 16550 takes that for the next start bit, so the octets
  break; others wait for the next edge and lose nothing. Which parity it is cannot be told where the
  operating system hands on octets with a wrong one, as it does here.

House rule: what was heard is counted here, what it means is said in `probe_verdict.py`.

Source: decided here; the speeds are from qs-link.md 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import DEVICE_CLASS_WORD, SerialNumber

from .addressing_messages import Announce
from .decoder import Decoder, DecoderStatistics, FrameHeard
from .extension import CLASS_EXTENSION
from .extension_answers import IdentityReport
from .frames import Frame, LinkSource
from .message import ObjectStart
from .messages import decode_message
from .timing import BAUD_CANDIDATES

__all__ = [
    "PROBE_ENOUGH_FRAMES",
    "PROBE_ENOUGH_OCTETS",
    "PROBE_SENDERS_MAX",
    "CharacterFormat",
    "ProbeSender",
    "ProbeTally",
    "probe_formats",
    "sender_name",
]

PROBE_ENOUGH_FRAMES: Final = 50
"""So many good frames settle a format, and more need not be waited for. Decided here."""

PROBE_ENOUGH_OCTETS: Final = 4096
"""So many octets without one good frame settle it, too. Decided here: seventy long frames."""

PROBE_SENDERS_MAX: Final = 200
"""Most senders that are kept apart. Decided here: a link holds a hundred devices."""

_PARITIES: Final = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}


@dataclass(frozen=True, slots=True)
class CharacterFormat:
    """How octets are told from the line: speed, parity, and stop bits.

    Attributes:
        baud: In bits per second.
        parity: none, even, odd, mark or space.
        stop_bits: 1 or 2; a listener hears no difference.

    Raises:
        UnsupportedSetting: A value is none of those.
    """

    baud: int
    parity: str = "none"
    stop_bits: int = 1

    def __post_init__(self) -> None:
        if self.baud <= 0:
            raise UnsupportedSetting("baud", self.baud, "a rate above 0 bits per second")
        if self.parity not in _PARITIES:
            raise UnsupportedSetting("parity", self.parity, " or ".join(_PARITIES))
        if self.stop_bits not in (1, 2):
            raise UnsupportedSetting("stop bits", self.stop_bits, "1 or 2")

    @property
    def character(self) -> str:
        """Data bits, parity and stop bits as they are written: 8N1."""
        return f"8{_PARITIES[self.parity]}{self.stop_bits}"

    def __str__(self) -> str:
        return f"{self.baud} {self.character}"


def probe_formats(
    bauds: Sequence[int] = BAUD_CANDIDATES, parities: Sequence[str] = ("none",)
) -> tuple[CharacterFormat, ...]:
    """Return the formats to try in one round, likeliest first: each speed with each parity."""
    return tuple(CharacterFormat(baud, parity) for parity in parities for baud in bauds)


@dataclass(slots=True)
class ProbeSender:
    """Somebody who was heard.

    Attributes:
        name: A serial number, or a place on the link.
        serial: The serial number, where the sender is named by one.
        frames: Good frames from it.
        class_word: What it says it is, if it has said so.
    """

    name: str
    serial: SerialNumber | None
    frames: int = 0
    class_word: int | None = None

    @property
    def is_module(self) -> bool:
        """Whether it says that it is an LQSE-4S8-120-D."""
        return self.class_word == DEVICE_CLASS_WORD


class ProbeTally:
    """What was heard at one character format.

    Args:
        line: The format.
    """

    def __init__(self, line: CharacterFormat) -> None:
        self.line: Final = line
        self.senders: Final[dict[str, ProbeSender]] = {}
        self.other_senders_frames = 0
        self.extension_frames = 0
        self.unnamed_frames = 0
        self.problem: str | None = None
        self._decoder: Final = Decoder()
        self._kinds: Final[Counter[str]] = Counter()
        self._octets: Final[Counter[int]] = Counter()

    @property
    def statistics(self) -> DecoderStatistics:
        """Octets, frames, errors and noise."""
        return self._decoder.statistics

    @property
    def kinds(self) -> dict[str, int]:
        """How often each kind of message was heard, the most frequent first."""
        return dict(self._kinds.most_common())

    @property
    def is_settled(self) -> bool:
        """Whether enough was heard to know whether this is the right format."""
        frames = self.statistics.frames
        enough_octets = self.statistics.octets >= PROBE_ENOUGH_OCTETS
        return frames >= PROBE_ENOUGH_FRAMES or (frames == 0 and enough_octets)

    @property
    def syncs(self) -> int:
        """How often the start of a packet was seen, whatever came of it."""
        found = self.statistics
        return found.frames + found.crc_errors + found.incomplete_packets

    @property
    def error_share(self) -> float:
        """Packets that broke, as a share of those that began: 0 to 1."""
        return 1 - self.statistics.frames / self.syncs if self.syncs else 0.0

    def share_of(self, *octets: int) -> float:
        """Return which share of all octets heard these are: 0 to 1."""
        heard = self.statistics.octets
        return sum(self._octets[octet] for octet in octets) / heard if heard else 0.0

    def hear(self, octets: bytes, now: float) -> None:
        """Count what was heard; `now` in seconds of any steady clock."""
        self._octets.update(octets)
        self._decoder.feed(octets, now)
        self._count()

    def end(self) -> None:
        """Hear nothing more: what is incomplete is counted as such."""
        self._decoder.tick(float("inf"))
        self._count()

    def _count(self) -> None:
        for event in self._decoder.events():
            if isinstance(event, FrameHeard):
                self._count_frame(event.frame)

    def _count_frame(self, frame: Frame) -> None:
        message = decode_message(frame)
        self._kinds[message.kind] += 1
        codes = ObjectStart.codes(frame)
        self.extension_frames += codes is not None and codes[0] == CLASS_EXTENSION
        name = sender_name(frame)
        if name is None:
            self.unnamed_frames += 1
            return
        sender = self.senders.get(name)
        if sender is None:
            if len(self.senders) >= PROBE_SENDERS_MAX:
                self.other_senders_frames += 1
                return
            sender = self.senders[name] = ProbeSender(name, frame.source_serial)
        sender.frames += 1
        if isinstance(message, IdentityReport | Announce):
            sender.class_word = message.class_word


def sender_name(frame: Frame) -> str | None:
    """Return how people call the sender of a frame; `None` where it does not say who it is."""
    source = frame.source
    if isinstance(source, LinkSource):
        return f"address {source.address:02X}, subnet {source.subnet:04X}, zone {source.zone:02X}"
    return None if source is None else str(source)
