"""A packet as octets, and the header that nearly all of them share.

::

    55 55 55   FF   FA DE   <packet: 5, 24 or 53 octets, CRC last>   F0
    preamble  delim  sync                                           trailer

    packet of 24 or 53 octets, types 80 to BF:
     0     1      2 3 4 5     6         7        8 ...            last two
    type  seq.   source    protocol  format   payload  tail (CC)    CRC

    packet of 5 octets, types 00 to 3F:      0B   seq.  response   CRC CRC

A `Frame` keeps the octets as they were, so that encoding it again is exact, whatever it holds:
unused octets are CC from Lutron's transmitters, but stale ones occur, and nothing here looks.

House rule: this file knows where a field lies, not what it means.

Source: qs-link.md 2 (firmware and captures of the radio sibling; no wired capture is public).
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final

from dpm_core.errors import InvalidAddress, ProtocolViolation, UnsupportedSetting
from dpm_core.model import SerialNumber

from .crc import CRC_OCTETS, crc16

__all__ = [
    "ACK_TYPE",
    "PADDING",
    "PREAMBLE",
    "PROTOCOL_COMMAND",
    "PROTOCOL_REPORT",
    "SEQUENCE_COUNT",
    "SEQUENCE_STEP",
    "SIZE_CLASSES",
    "SYNC",
    "TRAILER",
    "Frame",
    "LinkSource",
    "ack_frame",
    "build_frame",
    "encode_wire",
    "payload_room",
    "reencode",
    "repeat_sequence",
    "size_class",
]

PREAMBLE: Final = b"\x55\x55\x55\xff"
"""Preamble and delimiter; sent, never required. Source: qs-link.md 2."""

SYNC: Final = b"\xfa\xde"
"""Starts a packet; may occur inside one too. Source: qs-link.md 2."""

TRAILER: Final = b"\xf0"
"""Sent once after a packet, outside the CRC; never required. Source: qs-link.md 2."""

PADDING: Final = 0xCC
"""Fills unused octets when sending; never inspected. Source: qs-link.md 2.7."""

PROTOCOL_COMMAND: Final = 0x21
"""Packet octet 6 of commands and button events. Source: qs-link.md 2.3."""

PROTOCOL_REPORT: Final = 0x00
"""Packet octet 6 of state reports. Source: qs-link.md 2.3."""

ACK_TYPE: Final = 0x0B
"""Type octet of the five-octet acknowledgement. Source: qs-link.md 2.5."""

SIZE_CLASSES: Final = (5, 24, 53)
"""All packet lengths there are, CRC included. Source: qs-link.md 2.1."""

SEQUENCE_STEP: Final = 6
"""A sender adds this to the sequence for each repeat. Source: qs-link.md 2.4, 5 rule 7."""

SEQUENCE_COUNT: Final = 0x48
"""Sequences run from 0 to one below this. Source: qs-link.md 2.4."""

_HEADER_OCTETS: Final = 8

TYPE_LONG: Final = 0x20
"""Type bit 5: a packet of 53 octets. Source: qs-link.md 2.2."""

TYPE_BRIDGE: Final = 0x10
"""Type bit 4: in bridge commands at addressing time, and in all commands of section 5.

Source: qs-link.md 2.2, 5 rule 4."""

TYPE_SERIAL: Final = 0x08
"""Type bit 3: octets 2 to 5 are the sender's serial number. Source: qs-link.md 2.2."""


def size_class(packet_type: int) -> int:
    """Return how long a packet with this type octet is: 5, 24 or 53. Source: qs-link.md 2.1."""
    if packet_type & 0xC0 == 0x00:
        return 5
    if packet_type & 0xE0 == 0xA0:
        return 53
    return 24


def payload_room(packet_type: int) -> int:
    """Return how many payload octets fit behind the header: 0, 14 or 43. Source: qs-link.md 2.1."""
    return max(0, size_class(packet_type) - _HEADER_OCTETS - CRC_OCTETS)


_HEADER: Final = Struct(">BB4sBB").pack
_PADDING_OCTET: Final = bytes((PADDING,))
_WIRE_START: Final = PREAMBLE + SYNC

_ROOM: Final = {packet_type: payload_room(packet_type) for packet_type in range(0x80, 0xC0)}


def repeat_sequence(sequence: int) -> int:
    """Return the sequence of the next repeat: 6 more, modulo 0x48. Source: qs-link.md 5 rule 7."""
    return (sequence + SEQUENCE_STEP) % SEQUENCE_COUNT


@dataclass(frozen=True, slots=True)
class LinkSource:
    """Who sends, named by place on the link instead of by serial number.

    The processor, and our client in its place, sends as address 21, subnet 0001, zone 00.

    Attributes:
        address: Link address, 0 to 0xFF. Bridges on radio raise bit 1 on later copies.
        subnet: 0 to 0xFFFF, one per system.
        zone: 0 to 0xFF: a zone in periodic reports, 00 in commands.

    Raises:
        UnsupportedSetting: A value does not fit its field.

    Source: qs-link.md 2.3; the default is from 5.1 (ours).
    """

    address: int = 0x21
    subnet: int = 0x0001
    zone: int = 0x00

    def __post_init__(self) -> None:
        for name, value, most in (
            ("link address", self.address, 0xFF),
            ("subnet", self.subnet, 0xFFFF),
            ("link zone", self.zone, 0xFF),
        ):
            if not 0 <= value <= most:
                raise UnsupportedSetting(name, value, f"0 to {most:#x}")

    def __str__(self) -> str:
        return f"{self.address:02X} {self.subnet:04X} {self.zone:02X}"

    def to_octets(self) -> bytes:
        """Return packet octets 2 to 5."""
        return bytes((self.address, self.subnet >> 8, self.subnet & 0xFF, self.zone))

    @classmethod
    def from_octets(cls, octets: bytes) -> LinkSource:
        """Return the source that packet octets 2 to 5 name."""
        return cls(octets[0], octets[1] << 8 | octets[2], octets[3])


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet, exactly as it was heard or will be sent.

    Make one with `from_packet` or `build_frame`. The CRC need not be right (`crc_ok`
    says), and a header that is not there reads `None` or empty: types 80 to BF have
    one, acknowledgements and radio handshakes do not.

    Attributes:
        packet: From the type octet to the CRC: 5, 24 or 53 octets.
    """

    packet: bytes

    @classmethod
    def from_packet(cls, packet: bytes) -> Frame:
        """Return the frame with these octets, whatever they say.

        Raises:
            ProtocolViolation: The length is not the one that the type octet asks for.
        """
        packet = bytes(packet)
        if not packet:
            raise ProtocolViolation(packet, "a packet has at least its type octet")
        if len(packet) != size_class(packet[0]):
            raise ProtocolViolation(
                packet,
                f"a packet of type {packet[0]:02X} has {size_class(packet[0])} octets, "
                f"not {len(packet)}",
            )
        return cls(packet)

    @property
    def packet_type(self) -> int:
        """The type octet."""
        return self.packet[0]

    @property
    def size_class(self) -> int:
        """Octets of the packet: 5, 24 or 53."""
        return len(self.packet)

    @property
    def sequence(self) -> int:
        """The sequence octet, any value; the lower seven bits count on radio (2.4)."""
        return self.packet[1]

    @property
    def counter(self) -> int:
        """The message counter, 0 to 3: type bits 1 and 0 (2.2)."""
        return self.packet[0] & 0x03

    @property
    def is_handshake(self) -> bool:
        """Whether this is a radio handshake, types C0 and up, to be passed through (2.6)."""
        return self.packet[0] >= 0xC0

    @property
    def has_header(self) -> bool:
        """Whether the packet has the header of types 80 to BF (2.3)."""
        return self.packet[0] & 0xC0 == 0x80

    @property
    def has_serial_source(self) -> bool:
        """Whether the sender is named by its serial number (2.2, type bit 3)."""
        return self.packet[0] & 0xC8 == 0x88

    @property
    def source_octets(self) -> bytes:
        """Packet octets 2 to 5 where there is a header, else nothing."""
        return self.packet[2:6] if self.has_header else b""

    @property
    def source_serial(self) -> SerialNumber | None:
        """The sender's serial number, if it is named by one that can be one."""
        if not self.has_serial_source:
            return None
        try:
            return SerialNumber(int.from_bytes(self.packet[2:6]))
        except InvalidAddress:
            return None

    @property
    def source_link(self) -> LinkSource | None:
        """The sender's place on the link, if it is named by that."""
        if not self.has_header or self.has_serial_source:
            return None
        return LinkSource.from_octets(self.packet[2:6])

    @property
    def source(self) -> SerialNumber | LinkSource | None:
        """The sender, however it is named; `None` where no sender can be read."""
        return self.source_serial if self.has_serial_source else self.source_link

    @property
    def protocol_byte(self) -> int | None:
        """Packet octet 6: 21 in commands and button events, 00 in state reports (2.3)."""
        return self.packet[6] if self.has_header else None

    @property
    def format(self) -> int | None:
        """Packet octet 7: the payload's length, as the sender says (2.3)."""
        return self.packet[7] if self.has_header else None

    @property
    def payload(self) -> bytes:
        """The payload: `format` octets, or as many as there is room for; empty without a header."""
        if not self.has_header:
            return b""
        return self.packet[_HEADER_OCTETS : min(_HEADER_OCTETS + self.packet[7], self._crc_at)]

    @property
    def tail(self) -> bytes:
        """What follows the payload, up to the CRC: padding, or stale octets (2.7)."""
        if not self.has_header:
            return b""
        return self.packet[_HEADER_OCTETS + len(self.payload) : self._crc_at]

    @property
    def crc(self) -> int:
        """The CRC that the packet carries, right or wrong."""
        return int.from_bytes(self.packet[self._crc_at :])

    @property
    def crc_ok(self) -> bool:
        """Whether the CRC fits the octets before it."""
        return crc16(self.packet[: self._crc_at]) == self.crc

    @property
    def repeat_key(self) -> tuple[bytes, int, bytes]:
        """What makes two frames the same message: source, packet type and payload (2.2)."""
        return (self.source_octets, self.packet_type, self.payload)

    @property
    def _crc_at(self) -> int:
        return len(self.packet) - CRC_OCTETS

    def __str__(self) -> str:
        return self.packet.hex(" ")


def _with_crc(octets: bytes) -> Frame:
    return Frame(octets + crc16(octets).to_bytes(CRC_OCTETS))


def build_frame(
    packet_type: int,
    sequence: int,
    source: bytes,
    protocol_byte: int,
    payload: bytes,
    *,
    format_byte: int | None = None,
    tail: bytes = b"",
) -> Frame:
    """Return a frame with a header, its payload, padding and the right CRC.

    Args:
        packet_type: 0x80 to 0xBF.
        sequence: 0 to 0xFF.
        source: Packet octets 2 to 5.
        protocol_byte: 0x21 for commands, 0x00 for state reports.
        payload: As many octets as the type has room for, or fewer.
        format_byte: Only to encode again what somebody else sent; the payload's length otherwise.
        tail: What follows the payload, if not padding; padding fills up what is left.

    Raises:
        ProtocolViolation: A part does not fit.
    """
    room = _ROOM.get(packet_type, -1)
    if room < 0:
        raise ProtocolViolation(payload, f"type {packet_type:#x} has no header: 0x80 to 0xBF have")
    if len(payload) + len(tail) > room:
        raise ProtocolViolation(
            payload + tail, f"a packet of type {packet_type:02X} has room for {room} octets"
        )
    if not 0 <= sequence <= 0xFF or not 0 <= protocol_byte <= 0xFF or len(source) != 4:
        raise ProtocolViolation(
            source, "a header has one octet of sequence, four of source and one of protocol"
        )
    return _with_crc(
        _HEADER(
            packet_type,
            sequence,
            source,
            protocol_byte,
            len(payload) if format_byte is None else format_byte,
        )
        + (payload + tail).ljust(room, _PADDING_OCTET)
    )


def ack_frame(sequence: int, response: int = 0x00) -> Frame:
    """Return the five-octet acknowledgement of the command with this sequence.

    Args:
        sequence: The command's, 0 to 0xFF.
        response: 00 for accepted; radio firmware transfer has others. 0 to 0xFF.

    Raises:
        ProtocolViolation: A value does not fit its octet.

    Source: qs-link.md 2.5.
    """
    if not 0 <= sequence <= 0xFF or not 0 <= response <= 0xFF:
        raise ProtocolViolation(b"", f"sequence {sequence} and response {response} are one octet")
    return _with_crc(bytes((ACK_TYPE, sequence, response)))


def reencode(frame: Frame) -> bytes:
    """Return the packet built again from the frame's parts, with the right CRC.

    Exactly the octets that were heard if their CRC was right: the raw tail is kept, and so is a
    format octet that asks for more than there is room for. Without a header only the CRC is made new.
    """
    if not frame.has_header:
        return _with_crc(frame.packet[:-CRC_OCTETS]).packet
    return build_frame(
        frame.packet_type,
        frame.sequence,
        frame.source_octets,
        frame.packet[6],
        frame.payload,
        format_byte=frame.packet[7],
        tail=frame.tail,
    ).packet


def encode_wire(frame: Frame) -> bytes:
    """Return the octets to put on the link: preamble, sync, packet and F0. Source: qs-link.md 2."""
    return _WIRE_START + frame.packet + TRAILER
