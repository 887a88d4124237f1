"""What a link said, as a pcapng file: what Wireshark and its like open.

One packet for each frame, from its sync `FA DE` to its CRC, and one for each run of noise. The link
type is USER0 (147), which is kept free for private use; `wireshark/lutron_qs.lua` says what is in
it. Preamble and trailer are not written: the decoder keeps none.

::

    section header   interface description   enhanced packet   enhanced packet ...

House rule: blocks as octets, no file. A section may follow another in the same file.

Source: the pcapng specification of the IETF's opsawg group, blocks 0A0D0D0A, 1 and 6.
"""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING, Final

from .decoder import FrameHeard, NoiseReason
from .frames import SYNC

if TYPE_CHECKING:
    from .timed_decoder import TimedEvent

__all__ = ["LINKTYPE_USER0", "PCAPNG_MAGIC", "pcapng_packet", "pcapng_section"]

PCAPNG_MAGIC: Final = b"\x0a\x0d\x0d\x0a"
"""How every pcapng file begins. Source: pcapng, "Section Header Block"."""

LINKTYPE_USER0: Final = 147
"""The link type. Source: the list of link-layer header types of tcpdump: free for private use."""

_BYTE_ORDER: Final = 0x1A2B3C4D
_INTERFACE: Final = 1
_PACKET: Final = 6
_END_OF_OPTIONS: Final = pack("<HH", 0, 0)

_COMMENT: Final = 1
_USER_APPLICATION: Final = 4
_INTERFACE_NAME: Final = 2
_INTERFACE_SPEED: Final = 8
_PACKET_FLAGS: Final = 2

_INBOUND: Final = 0x0000_0001
_ERROR_FLAGS: Final = {
    NoiseReason.BAD_CRC: 1 << 24,
    NoiseReason.INCOMPLETE: 1 << 26,
    NoiseReason.NO_SYNC: 1 << 29,
}
# "CRC error", "packet too short" and "start frame delimiter error" of epb_flags.

_LENGTH_UNKNOWN: Final = -1


def pcapng_section(link: str, baud: int, application: str) -> bytes:
    """Return the blocks that a file begins with: the section, and the link as its one interface.

    Args:
        link: Where the link is, to show to people; without credentials.
        baud: Its speed in bits per second.
        application: Who writes the file.
    """
    section = pack("<IHHq", _BYTE_ORDER, 1, 0, _LENGTH_UNKNOWN)
    section += _option(_USER_APPLICATION, application.encode()) + _END_OF_OPTIONS
    # No limit to a packet's length. Times are microseconds where the interface says nothing else.
    interface = pack("<HHI", LINKTYPE_USER0, 0, 0)
    interface += _option(_INTERFACE_NAME, link.encode(errors="replace")[:255])
    interface += _option(_INTERFACE_SPEED, pack("<Q", baud)) + _END_OF_OPTIONS
    return _block(int.from_bytes(PCAPNG_MAGIC), section) + _block(_INTERFACE, interface)


def pcapng_packet(heard: TimedEvent) -> bytes:
    """Return the block of one frame or one run of noise.

    Args:
        heard: With its time in seconds since 1970.
    """
    event = heard.event
    if isinstance(event, FrameHeard):
        octets = SYNC + event.frame.packet
        options = _option(_PACKET_FLAGS, pack("<I", _INBOUND))
    else:
        octets = event.octets
        flags = _INBOUND | _ERROR_FLAGS[event.reason]
        options = _option(_COMMENT, f"noise: {event.reason.value}".encode())
        options += _option(_PACKET_FLAGS, pack("<I", flags))
    micros = round(heard.at * 1_000_000)
    body = pack("<IIIII", 0, micros >> 32, micros & 0xFFFFFFFF, len(octets), len(octets))
    return _block(_PACKET, body + _padded(octets) + options + _END_OF_OPTIONS)


def _option(code: int, value: bytes) -> bytes:
    return pack("<HH", code, len(value)) + _padded(value)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def _block(kind: int, body: bytes) -> bytes:
    length = pack("<I", len(body) + 12)
    return pack("<I", kind) + length + body + length
