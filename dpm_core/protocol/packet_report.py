"""Packets from a log or a manual, taken apart for somebody who wants to know what they say.

Anything may be given, and nothing raises: the report says what is wrong with it.

House rule: what a program prints for a packet is worked out here, so that it only prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .crc import crc16
from .describe import describe, frame_fields, message_fields
from .frames import SYNC, Frame, reencode, size_class
from .level_messages import Dialect, GoToLevel
from .messages import decode_message

if TYPE_CHECKING:
    from .describe import FieldValue

__all__ = ["PacketReport", "inspect_line", "inspect_packet"]

_NO_PACKET: Final = "NO_PACKET"


@dataclass(frozen=True, slots=True)
class PacketReport:
    """What a packet is.

    Attributes:
        crc_ok: Whether it is a packet and its CRC fits.
        encoded: The packet decoded and encoded again, as hex without spaces: the octets that
            were given if the CRC was right, with the right CRC if it was not. Empty where the
            octets are no packet, for then there was nothing to decode.
        kind: What the table of messages calls it; `NO_PACKET` for what is none.
        words: What it says, in one line of plain words.
        fields: What it carries: the message's fields, and those of its header under `frame`.
        problem: What is wrong with it, or None.
    """

    crc_ok: bool
    encoded: str
    kind: str
    words: str
    fields: dict[str, FieldValue]
    problem: str | None = None

    def as_json(self) -> dict[str, FieldValue]:
        """Return all of it as JSON can say it."""
        return {
            "crc_ok": self.crc_ok,
            "encoded": self.encoded,
            "kind": self.kind,
            "words": self.words,
            "fields": self.fields,
            "problem": self.problem,
        }


def inspect_line(line: str, *, dialect: Dialect = Dialect.WIRED) -> PacketReport:
    """Return what a packet written as hex says: from the type octet to the CRC. Never raises.

    Args:
        line: Hexadecimal digits of either case, with or without spaces.
        dialect: How to read GoToLevel.
    """
    try:
        octets = bytes.fromhex(line)
    except ValueError:
        return _no_packet("this is not hexadecimal: two digits for each octet, spaces allowed")
    return inspect_packet(octets, dialect=dialect)


def inspect_packet(octets: bytes, *, dialect: Dialect = Dialect.WIRED) -> PacketReport:
    """Return what a packet says: from the type octet to the CRC. Never raises.

    Args:
        octets: The packet; anything else is reported as none.
        dialect: How to read GoToLevel. The other reading is given under `fields`, for
            nothing in a packet tells which one is meant.
    """
    octets = bytes(octets)
    if not octets:
        return _no_packet("there are no octets")
    if len(octets) != size_class(octets[0]):
        return _no_packet(_wrong_length(octets))
    frame = Frame(octets)
    message = decode_message(frame, dialect=dialect)
    words = describe(message)
    found = message_fields(message)
    if isinstance(message, GoToLevel):
        other = Dialect.RADIO if dialect is Dialect.WIRED else Dialect.WIRED
        other_words = describe(decode_message(frame, dialect=other))
        found[f"in_{other.value}_dialect"] = other_words
        if message.component and message.zone is None:
            # No zone of this module has that number, so the other reading is worth saying aloud.
            words += f" In the {other.value} dialect: {other_words}"
    found["frame"] = frame_fields(frame)
    problem = None
    if not frame.crc_ok:
        right = crc16(octets[:-2])
        problem = f"The CRC is {frame.crc:04X}, and {right:04X} would be right."
        words = f"Bad CRC, so nothing is sure; it would say: {words}"
    return PacketReport(frame.crc_ok, reencode(frame).hex(), message.kind, words, found, problem)


def _no_packet(problem: str) -> PacketReport:
    problem = f"{problem[0].upper()}{problem[1:]}."
    return PacketReport(
        crc_ok=False,
        encoded="",
        kind=_NO_PACKET,
        words=f"No packet: {problem[0].lower()}{problem[1:]}",
        fields={},
        problem=problem,
    )


def _wrong_length(octets: bytes) -> str:
    wanted = size_class(octets[0])
    problem = f"a packet of type {octets[0]:02X} has {wanted} octets, not {len(octets)}"
    if SYNC in octets:
        problem += "; give it from the type octet to the CRC, without preamble, sync and F0"
    return problem
