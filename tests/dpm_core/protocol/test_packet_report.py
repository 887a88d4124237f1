"""Packets as somebody gives them: taken apart, put together, and never an exception."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol import (
    Dialect,
    Frame,
    PacketReport,
    crc16,
    encode_wire,
    inspect_line,
    inspect_packet,
)

from .test_frames import packets
from .vectors import ALL, EVERY_ID, Vector

pytestmark = pytest.mark.requirement("E4")


@pytest.mark.parametrize("vector", ALL, ids=EVERY_ID)
def test_a_known_packet_is_told_in_words_and_fields(vector: Vector) -> None:
    report = inspect_line(vector.packet.hex(" "), dialect=vector.dialect)
    assert report.crc_ok
    assert report.encoded == vector.packet.hex()
    assert report.kind == vector.kind
    assert report.problem is None
    assert report.words
    assert {name: report.fields.get(name) for name in vector.fields} == vector.fields
    assert json.loads(json.dumps(report.as_json())) == report.as_json()


@given(packets(), st.integers(0, 53 * 8 - 1))
def test_a_bad_crc_is_told_and_the_right_one_given(packet: bytes, bit: int) -> None:
    broken = bytearray(packet)
    broken[-1 - bit % 16 // 8] ^= 1 << bit % 8
    report = inspect_packet(bytes(broken))
    assert not report.crc_ok
    assert report.encoded == packet.hex()
    assert report.problem is not None
    assert f"{crc16(packet[:-2]):04X} would be right" in report.problem
    assert report.words.startswith("Bad CRC")


@given(packets())
def test_a_good_packet_encodes_to_itself(packet: bytes) -> None:
    report = inspect_packet(packet)
    assert report.crc_ok
    assert bytes.fromhex(report.encoded) == packet


@given(st.binary(max_size=60))
def test_no_octets_raise(octets: bytes) -> None:
    report = inspect_packet(octets)
    assert json.loads(json.dumps(report.as_json())) == report.as_json()
    assert report.crc_ok == (bytes.fromhex(report.encoded) == octets and octets != b"")


@given(st.text(max_size=80))
def test_no_line_raises(line: str) -> None:
    assert isinstance(inspect_line(line), PacketReport)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "There are no octets."),
        ("  ", "There are no octets."),
        ("xyz", "This is not hexadecimal: two digits for each octet, spaces allowed."),
        ("91 0", "This is not hexadecimal: two digits for each octet, spaces allowed."),
        ("0b 05 00 23", "A packet of type 0B has 5 octets, not 4."),
        ("92" * 25, "A packet of type 92 has 24 octets, not 25."),
        ("a2" * 24, "A packet of type A2 has 53 octets, not 24."),
    ],
)
def test_what_is_no_packet_says_so_and_encodes_to_nothing(line: str, problem: str) -> None:
    report = inspect_line(line)
    assert report == PacketReport(
        crc_ok=False,
        encoded="",
        kind="NO_PACKET",
        words=f"No packet: {problem[0].lower()}{problem[1:]}",
        fields={},
        problem=problem,
    )


def test_a_packet_with_its_framing_is_told_to_leave_it_off() -> None:
    report = inspect_packet(encode_wire(Frame(ALL[0].packet)))
    assert report.problem is not None
    assert "without preamble, sync and F0" in report.problem


def test_both_readings_of_a_level_are_given_and_neither_is_guessed() -> None:
    radio, wired = ALL[2].packet, ALL[21].packet
    report = inspect_packet(radio)
    assert report.words == (
        "Set component FEFF of module 06FE285F to 0 % (wired dialect). "
        "In the radio dialect: Set module 06FE285F to 100 % (radio dialect)."
    )
    assert report.fields["dialect"] == "wired"
    assert report.fields["in_radio_dialect"] == "Set module 06FE285F to 100 % (radio dialect)."
    report = inspect_packet(wired)
    assert report.words == "Set zone 2 of module 00A1B2C3 to 100 % (wired dialect)."
    report = inspect_packet(radio, dialect=Dialect.RADIO)
    assert report.words == "Set module 06FE285F to 100 % (radio dialect)."
    assert str(report.fields["in_wired_dialect"]).startswith("Set component FEFF")


def test_digits_may_be_of_either_case_and_spaced_or_not() -> None:
    packet = ALL[0].packet
    for line in (packet.hex(), packet.hex().upper(), packet.hex(" "), f"  {packet.hex(' ', 2)}\n"):
        assert inspect_line(line) == inspect_packet(packet)
