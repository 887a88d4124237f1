"""The check at the end of every packet: two octets that catch what the line broke.

A plain polynomial remainder of the packet, most significant bit first. Unlike
the usual CRC-16 of a library, no sixteen zero bits are appended, so the octets
enter at the bottom of the register and a ready-made "poly 0xCA0F" call gives
other values.

House rule: nothing but this CRC belongs here.

Source: qs-link.md 2.8 (read from firmware; checked against every public packet).
"""

from __future__ import annotations

from struct import Struct
from typing import Final

__all__ = ["CRC_OCTETS", "POLYNOMIAL", "crc16", "packet_crc_ok", "shares_of_octet"]

POLYNOMIAL: Final = 0xCA0F
"""The polynomial, x^16 implied. Source: qs-link.md 2.8."""

CRC_OCTETS: Final = 2
"""Octets of the CRC at the end of a packet, big-endian. Source: qs-link.md 2.8."""


def _remainders_of_two_octets() -> list[int]:
    """Return the remainder of `register * x^16` for every 16-bit register.

    Two octets a step instead of one: measured on Python 3.11, a table of 65536
    checks a 24-octet packet three times as fast as one of 256, for 2 ms at import.
    The remainder is linear, so each bit's share is added to all shares below it.
    """
    table = [0]
    remainder = 1
    for _ in range(16):
        remainder = _times_x(remainder)
    for _ in range(16):
        table += [below ^ remainder for below in table]
        remainder = _times_x(remainder)
    return table


def _times_x(remainder: int) -> int:
    shifted = remainder << 1
    return (shifted & 0xFFFF) ^ POLYNOMIAL if shifted & 0x10000 else shifted


_TABLE: Final = _remainders_of_two_octets()

# How a packet splits into words; an odd first octet is the register to start with.
_WORDS_TAIL: Final = Struct(">4H").unpack_from
_WORDS_5: Final = Struct(">BH").unpack_from
_WORDS_53: Final = Struct(">B25H").unpack_from

# The same for the packets that we make, which have no CRC yet.
_WORDS_OF: Final = {octets: Struct(f">{octets // 2}H").unpack_from for octets in (3, 16, 22, 51)}


_HEAD: Final = 16
"""Octets of a 24-octet packet that are alike each time somebody says the same kind of thing:
header, object id, class and type."""

_HEADS_MAX: Final = 4096
"""Remainders of heads that are kept: 99 modules, a few kinds of report, three counters."""

_heads: Final[dict[bytes, int]] = {}
"""For each head that was heard in a good packet, the table's entry for its remainder."""


def crc16(octets: bytes | bytearray | memoryview) -> int:
    """Return the CRC of the octets: 0 to 0xFFFF.

    Source: qs-link.md 2.8 (`123456789` in ASCII gives 0x1E7C).
    """
    count = len(octets)
    register = octets[0] if count & 1 else 0
    words = _WORDS_OF.get(count) or Struct(f">{count // 2}H").unpack_from
    for word in words(octets, count & 1):
        register = _TABLE[register] ^ word
    return register


def shares_of_octet(place: int, size: int) -> tuple[int, ...]:
    """Return what each change of one octet of a packet changes its CRC by.

    The CRC is linear, so it does not matter what the other octets are.

    Args:
        place: Which octet, counted from the type octet.
        size: Octets of the packet, CRC included.
    """
    before, after = bytes(place), bytes(size - CRC_OCTETS - 1 - place)
    return tuple(crc16(before + bytes((bits,)) + after) for bits in range(0x100))


def packet_crc_ok(octets: bytes, start: int, size: int) -> bool:
    """Return whether the packet at `octets[start:start + size]` ends with its CRC.

    The packet is read where it lies, without a copy. `size` is a size class: 5, 24 or 53.
    """
    table = _TABLE
    if size == 24:
        head = octets[start : start + _HEAD]
        known = _heads.get(head)
        crc: int
        first, second, third, crc = _WORDS_TAIL(octets, start + _HEAD)
        if known is None:
            known = table[crc16(head)]
            if table[table[known ^ first] ^ second] ^ third == crc:
                _keep(head, known)
        register: int = table[table[known ^ first] ^ second] ^ third
        is_good: bool = register == crc
        return is_good
    register = 0
    for word in (_WORDS_53 if size == 53 else _WORDS_5)(octets, start):
        register = table[register] ^ word
    end = start + size
    return register == octets[end - 2] << 8 | octets[end - 1]


def _keep(head: bytes, entry: int) -> None:
    """Remember a head of a good packet: noise is not worth it."""
    if len(_heads) >= _HEADS_MAX:
        _heads.clear()
    _heads[head] = entry
