"""The CRC against the reference's figures, and against its plain definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol import crc, crc16
from dpm_core.protocol.crc import packet_crc_ok

from .vectors import ALL, Vector

pytestmark = pytest.mark.requirement("E4")


def _bit_by_bit(octets: bytes) -> int:
    """The remainder as the reference defines it, apart from the table."""
    register = 0
    for octet in octets:
        for place in range(7, -1, -1):
            out = register >> 15
            register = (register << 1 & 0xFFFF) | (octet >> place & 1)
            register ^= 0xCA0F if out else 0
    return register


def test_the_reference_string_has_the_reference_crc() -> None:
    assert crc16(b"123456789") == 0x1E7C


@pytest.mark.parametrize(
    ("octet", "entry"),
    [
        (0x00, 0x0000),
        (0x01, 0xCA0F),
        (0x02, 0x5E11),
        (0x03, 0x941E),
        (0x0B, 0x2655),
        (0x7F, 0x47A6),
        (0x80, 0x02E5),
        (0xFF, 0x4543),
    ],
)
def test_the_reference_table_entries_come_out(octet: int, entry: int) -> None:
    # Two closing zero octets turn the first octet into its table entry.
    assert crc16(bytes((octet, 0, 0))) == entry


def test_nothing_has_a_crc_of_zero() -> None:
    assert crc16(b"") == 0


@given(st.binary(max_size=80))
def test_the_table_gives_the_plain_remainder(octets: bytes) -> None:
    assert crc16(octets) == _bit_by_bit(octets)
    assert crc16(bytearray(octets)) == crc16(memoryview(octets)) == crc16(octets)


@given(st.sampled_from(ALL), st.binary(max_size=7), st.binary(max_size=7), st.data())
def test_a_packet_is_checked_where_it_lies(
    vector: Vector, before: bytes, behind: bytes, data: st.DataObject
) -> None:
    packet = vector.packet
    line = before + packet + behind
    assert packet_crc_ok(line, len(before), len(packet))
    bit = data.draw(st.integers(len(before) * 8, (len(before) + len(packet)) * 8 - 1))
    broken = bytearray(line)
    broken[bit // 8] ^= 1 << bit % 8
    assert not packet_crc_ok(bytes(broken), len(before), len(packet))


@given(st.binary(min_size=16, max_size=16), st.lists(st.binary(min_size=6, max_size=6)))
def test_a_head_that_was_heard_before_changes_no_verdict(head: bytes, tails: list[bytes]) -> None:
    for tail in tails:
        right = crc16(head + tail)
        for wrong in (0, 1, 0x8000):
            packet = head + tail + (right ^ wrong).to_bytes(2)
            assert packet_crc_ok(packet, 0, 24) is not bool(wrong)


def test_the_heads_that_are_remembered_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    heads: dict[bytes, int] = {}
    monkeypatch.setattr(crc, "_heads", heads)
    monkeypatch.setattr(crc, "_HEADS_MAX", 2)
    for number in (1, 2, 3, 1, 2, 3):
        octets = bytes((number,)) * 22
        assert packet_crc_ok(octets + crc16(octets).to_bytes(2), 0, 24)
        assert len(heads) <= 2
    assert not packet_crc_ok(bytes((9,)) * 24, 0, 24)
    assert bytes((9,)) * 16 not in heads, "noise is not remembered"
