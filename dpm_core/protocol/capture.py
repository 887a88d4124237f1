"""What was heard on a link, octet by octet with its times, as lines of text that outlive a power cut.

::

    #dpm-capture 1 2026-11-23T09:00:00.000000Z 31250 8N1 /dev/ttyUSB0
    0.000000 7 555555fffade91
    0.007412 24 0121000100210e0000a1b2c3fe40020002feff00004d64f0
    # a person's remark: any line that begins with # and is no header

A header: version, when it began (UTC), baud rate, character format, and the link in whatever is
left of the line. Then one line for each arrival: seconds since the header, how many octets, and
the octets as hexadecimal. The count tells a line that was cut short from a whole one.

A capture is only ever appended to. Each opening of the link has a header of its own, so captures
can be joined with `cat`. A last line that was cut off is damage of one line; what follows it, in
a capture that goes on, starts on a new one (`continuation`).

House rule: octets to records and back; nothing here knows a frame, and nothing raises for what
a file holds.

Source: decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from dpm_core.errors import UnsupportedSetting

__all__ = [
    "CAPTURE_LINE_MAX",
    "CAPTURE_MAGIC",
    "CaptureDamage",
    "CaptureHeader",
    "CaptureOctets",
    "CaptureRecord",
    "continuation",
    "encode_capture",
    "is_capture",
    "read_capture",
]

CAPTURE_MAGIC: Final = b"#dpm-capture "
"""What every header begins with. Decided here."""

CAPTURE_VERSION: Final = 1
"""The version of the format that is written, and the only one that is read. Decided here."""

CAPTURE_LINE_MAX: Final = 4096
"""Longest line in octets; a longer one is damage, and is never held as a whole. Decided here."""

_OCTETS_A_LINE: Final = 1024

_CHARACTER: Final = re.compile(r"[5-8][NEOMS][12]")
_HEADER: Final = re.compile(
    rb"#dpm-capture (?P<version>\d{1,9}) (?P<started>[0-9TZ:.+-]{1,40}) (?P<baud>[1-9]\d{0,8}) "
    rb"(?P<character>[5-8][NEOMS][12]) (?P<link>.*)"
)
_OCTETS: Final = re.compile(
    rb"(?P<at>\d{1,10}\.\d{6}) (?P<count>\d{1,4}) (?P<octets>(?:[0-9a-f]{2})+)"
)


@dataclass(frozen=True, slots=True)
class CaptureHeader:
    """Where a capture, or a part of one, begins.

    Attributes:
        started_at: In seconds since 1970, UTC; written to the microsecond.
        baud: Speed at which the link was heard, in bits per second.
        character: Data bits, parity and stop bits at which it was heard, such as `8N1`.
        link: Where the link was, to show to people: without credentials, white space made single.

    Raises:
        UnsupportedSetting: A value is none that a header can say.
    """

    started_at: float
    baud: int
    character: str = "8N1"
    link: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.started_at < 1e11:
            raise UnsupportedSetting("started_at", self.started_at, "seconds since 1970")
        if not 0 < self.baud < 1_000_000_000:
            raise UnsupportedSetting("baud", self.baud, "a speed in bits per second")
        if not _CHARACTER.fullmatch(self.character):
            raise UnsupportedSetting("character", self.character, "such as 8N1")
        object.__setattr__(self, "link", " ".join(self.link.split()))


@dataclass(frozen=True, slots=True)
class CaptureOctets:
    """Octets that arrived together.

    Attributes:
        at_s: When, in seconds since the header; written to the microsecond.
        octets: At least one.
    """

    at_s: float
    octets: bytes


@dataclass(frozen=True, slots=True)
class CaptureDamage:
    """A line that is none of a capture.

    Attributes:
        line: Its number in the file, from 1.
        reason: What is wrong with it.
    """

    line: int
    reason: str


CaptureRecord: TypeAlias = CaptureHeader | CaptureOctets | CaptureDamage


def is_capture(start: bytes) -> bool:
    """Return whether a file that starts with these octets is a capture."""
    return start.startswith(CAPTURE_MAGIC)


def continuation(last: bytes) -> bytes:
    """Return what to write before anything else to a capture that ends with these octets.

    A line that a power cut left unfinished must not run into the next one.
    """
    return b"" if last.endswith(b"\n") or not last else b"\n"


def encode_capture(record: CaptureHeader | CaptureOctets) -> bytes:
    """Return the line of a record; of many octets, more than one line with the same time."""
    if isinstance(record, CaptureHeader):
        # To the microsecond by hand: a float of today's date has no more places than that.
        seconds, micros = divmod(round(record.started_at * 1_000_000), 1_000_000)
        started = datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)
        when = started.isoformat(timespec="microseconds").replace("+00:00", "Z")
        words = f"{CAPTURE_VERSION} {when} {record.baud} {record.character} {record.link}"
        return CAPTURE_MAGIC + words.encode(errors="replace")[: CAPTURE_LINE_MAX // 2] + b"\n"
    lines = []
    for start in range(0, len(record.octets), _OCTETS_A_LINE):
        octets = record.octets[start : start + _OCTETS_A_LINE]
        lines.append(f"{record.at_s:.6f} {len(octets)} {octets.hex()}\n")
    return "".join(lines).encode()


def read_capture(chunks: Iterable[bytes]) -> Iterator[CaptureRecord]:
    """Read a capture, whatever it holds. Never raises, and holds one line at a time.

    Args:
        chunks: The file's octets, cut anywhere.
    """
    has_header = False
    for number, line in enumerate(_lines(chunks), start=1):
        record = _record(number, line)
        if isinstance(record, CaptureHeader):
            has_header = True
        elif isinstance(record, CaptureOctets) and not has_header:
            record = CaptureDamage(number, "octets before any header")
        if record is not None:
            yield record


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yield line after line without their ends; `None` for one that is too long or unfinished."""
    held = b""
    is_too_long = False
    for chunk in chunks:
        *whole, held = (held + chunk).split(b"\n")
        for line in whole:
            yield None if is_too_long or len(line) > CAPTURE_LINE_MAX else line
            is_too_long = False
        if len(held) > CAPTURE_LINE_MAX:
            held, is_too_long = b"", True
    if held or is_too_long:
        yield None


def _record(number: int, line: bytes | None) -> CaptureRecord | None:
    if line is None:
        return CaptureDamage(number, "cut off, or longer than any line of a capture")
    line = line.removesuffix(b"\r")
    if line.startswith(CAPTURE_MAGIC):
        return _header(number, line)
    if not line or line.startswith(b"#"):
        return None
    found = _OCTETS.fullmatch(line)
    if found is None:
        return CaptureDamage(number, "neither a header nor a time, a count and octets")
    octets = bytes.fromhex(found["octets"].decode())
    if len(octets) != int(found["count"]):
        return CaptureDamage(number, f"{len(octets)} octets instead of {int(found['count'])}")
    return CaptureOctets(float(found["at"]), octets)


def _header(number: int, line: bytes) -> CaptureRecord:
    found = _HEADER.fullmatch(line)
    if found is None:
        return CaptureDamage(number, "a header that cannot be read")
    if int(found["version"]) != CAPTURE_VERSION:
        version = int(found["version"])
        return CaptureDamage(number, f"version {version} of the format; {CAPTURE_VERSION} is read")
    try:
        started = datetime.fromisoformat(found["started"].decode())
        return CaptureHeader(
            started.timestamp() if started.tzinfo else started.replace(tzinfo=UTC).timestamp(),
            int(found["baud"]),
            found["character"].decode(),
            found["link"].decode(errors="replace"),
        )
    except (ValueError, OverflowError, UnsupportedSetting):
        return CaptureDamage(number, "a header whose time cannot be read")
