"""The decoder's rules, written a second time and as plainly as they are said, to compare with.

Slow, one octet at a time, and the whole line at once. Nothing of it is shared with
`dpm_core.protocol`. Source: qs-link.md 2 and 2.8.
"""

from __future__ import annotations


def crc(octets: bytes) -> int:
    """Return the CRC bit by bit: the remainder of the octets, without zeros appended."""
    register = 0
    for octet in octets:
        for bit in range(7, -1, -1):
            register = register << 1 | (octet >> bit & 1)
            if register & 0x10000:
                register ^= 0x1CA0F
    return register


def length(packet_type: int) -> int:
    """Return how long a packet of this type is."""
    if packet_type >> 6 == 0:
        return 5
    return 53 if packet_type >> 5 == 0b101 else 24


def packets(octets: bytes) -> list[bytes]:
    """Return the packets in what was heard without a pause, and then nothing more."""
    found = []
    at = 0
    while at < len(octets) - 2:
        if octets[at] == 0xFA and octets[at + 1] == 0xDE:
            packet = octets[at + 2 : at + 2 + length(octets[at + 2])]
            if len(packet) == length(octets[at + 2]) and crc(packet[:-2]) == int.from_bytes(
                packet[-2:]
            ):
                found.append(packet)
                at += 2 + len(packet)
                continue
        at += 1
    return found
