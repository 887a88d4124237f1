"""Packets and their header: where each field lies, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import ProtocolViolation, UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    SIZE_CLASSES,
    Frame,
    LinkSource,
    ack_frame,
    build_frame,
    crc16,
    encode_wire,
    payload_room,
    reencode,
    repeat_sequence,
    size_class,
)

from .vectors import PUBLIC

pytestmark = pytest.mark.requirement("E4")


def packets(packet_types: st.SearchStrategy[int] | None = None) -> st.SearchStrategy[bytes]:
    """Packets of any type with any content and the right CRC."""

    def of_type(packet_type: int) -> st.SearchStrategy[bytes]:
        room = size_class(packet_type) - 3
        return st.binary(min_size=room, max_size=room).map(
            lambda rest: bytes((packet_type,)) + rest
        )

    octets = (packet_types or st.integers(0, 255)).flatmap(of_type)
    return octets.map(lambda body: body + crc16(body).to_bytes(2))


@pytest.mark.parametrize(
    ("first", "last", "size", "room"),
    [
        (0x00, 0x3F, 5, 0),
        (0x40, 0x7F, 24, 14),
        (0x80, 0x9F, 24, 14),
        (0xA0, 0xBF, 53, 43),
        (0xC0, 0xFF, 24, 14),
    ],
)
def test_the_type_octet_says_how_long_a_packet_is(
    first: int, last: int, size: int, room: int
) -> None:
    for packet_type in range(first, last + 1):
        assert size_class(packet_type) == size
        assert payload_room(packet_type) == room


def test_there_are_three_size_classes() -> None:
    assert SIZE_CLASSES == (5, 24, 53)
    assert {size_class(packet_type) for packet_type in range(256)} == set(SIZE_CLASSES)


def test_a_header_is_read_where_it_lies() -> None:
    frame = Frame.from_packet(PUBLIC[0].packet)
    assert frame.packet_type == 0x92
    assert frame.size_class == 24
    assert frame.sequence == 1
    assert frame.counter == 2
    assert frame.has_header
    assert not frame.is_handshake
    assert not frame.has_serial_source
    assert frame.source_serial is None
    assert frame.source_link == frame.source == LinkSource(0xA1, 0xEFFD, 0x00)
    assert frame.source_octets == bytes.fromhex("a1effd00")
    assert frame.protocol_byte == 0x21
    assert frame.format == 14
    assert frame.payload == bytes.fromhex("0006fe8020fe06000220 0000001f")
    assert frame.tail == b""
    assert frame.crc == 0x9E83
    assert str(frame) == PUBLIC[0].packet.hex(" ")
    assert frame.repeat_key == (frame.source_octets, 0x92, frame.payload)


def test_a_sender_is_named_by_its_serial_where_the_type_says_so() -> None:
    frame = Frame.from_packet(PUBLIC[10].packet)
    assert frame.has_serial_source
    assert frame.source == frame.source_serial == SerialNumber(0x02A24C77)
    assert frame.source_link is None
    assert frame.tail == b"\xcc" * 10


@pytest.mark.parametrize("octets", ["00000000", "ffffffff"])
def test_a_serial_that_names_nobody_is_no_sender(octets: str) -> None:
    frame = build_frame(0x89, 0, bytes.fromhex(octets), 0x00, b"")
    assert frame.has_serial_source
    assert frame.source is None


@pytest.mark.parametrize("packet_type", [0x0B, 0x3F, 0x40, 0x7F, 0xC1, 0xFF])
def test_a_packet_without_a_header_has_none_of_its_fields(packet_type: int) -> None:
    frame = Frame.from_packet(bytes((packet_type,)).ljust(size_class(packet_type), b"\x88"))
    assert not frame.has_header
    assert frame.source is None
    assert frame.source_serial is None
    assert frame.source_link is None
    assert frame.source_octets == frame.payload == frame.tail == b""
    assert frame.protocol_byte is None
    assert frame.format is None
    assert frame.is_handshake == (packet_type >= 0xC0)
    assert frame.sequence == 0x88


def test_a_format_beyond_the_room_gives_what_there_is() -> None:
    frame = build_frame(0x81, 0, bytes(4), 0x21, b"\x01" * 14, format_byte=0xFF)
    assert frame.format == 0xFF
    assert frame.payload == b"\x01" * 14
    assert frame.tail == b""
    assert reencode(frame) == frame.packet


@pytest.mark.parametrize("packet", [b"", b"\x0b\x00\x00\x00", bytes(6), b"\x81" * 23, b"\xa1" * 54])
def test_a_packet_of_the_wrong_length_is_refused(packet: bytes) -> None:
    with pytest.raises(ProtocolViolation) as caught:
        Frame.from_packet(packet)
    assert caught.value.octets == packet


def test_unused_octets_are_sent_as_cc() -> None:
    frame = build_frame(0x91, 1, LinkSource().to_octets(), 0x21, b"\x01\x02")
    assert frame.payload == b"\x01\x02"
    assert frame.tail == b"\xcc" * 12
    assert frame.crc_ok


def test_a_tail_is_kept_and_the_rest_padded() -> None:
    frame = build_frame(0x91, 1, bytes(4), 0x21, b"\x01", tail=b"\x11\x22")
    assert frame.tail == b"\x11\x22" + b"\xcc" * 11


@pytest.mark.parametrize(
    ("packet_type", "sequence", "source", "protocol", "payload"),
    [
        (0x0B, 0, bytes(4), 0x21, b""),
        (0xC1, 0, bytes(4), 0x21, b""),
        (0x191, 0, bytes(4), 0x21, b""),
        (0x7F, 0, bytes(4), 0x21, b""),
        (0xC0, 0, bytes(4), 0x21, b""),
        (0x91, 0, bytes(4), 0x100, b""),
        (0x91, 0, bytes(4), 0x21, bytes(15)),
        (0xB1, 0, bytes(4), 0x21, bytes(44)),
        (0x91, 256, bytes(4), 0x21, b""),
        (0x91, -1, bytes(4), 0x21, b""),
        (0x91, 0, bytes(3), 0x21, b""),
        (0x91, 0, bytes(4), 0x121, b""),
        (0x91, 0, bytes(4), -1, b""),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    packet_type: int, sequence: int, source: bytes, protocol: int, payload: bytes
) -> None:
    with pytest.raises(ProtocolViolation):
        build_frame(packet_type, sequence, source, protocol, payload)


@pytest.mark.parametrize(("sequence", "response"), [(-1, 0), (256, 0), (0, -1), (0, 256)])
def test_an_acknowledgement_that_does_not_fit_is_refused(sequence: int, response: int) -> None:
    with pytest.raises(ProtocolViolation):
        ack_frame(sequence, response)


def test_the_wire_adds_preamble_sync_and_trailer() -> None:
    assert encode_wire(Frame.from_packet(PUBLIC[0].packet)) == (
        bytes.fromhex("55 55 55 ff fa de") + PUBLIC[0].packet + b"\xf0"
    )


@given(packets())
def test_any_packet_taken_apart_and_put_together_is_the_same(packet: bytes) -> None:
    frame = Frame.from_packet(packet)
    assert frame.crc_ok
    assert reencode(frame) == packet


@given(packets(), st.binary(min_size=2, max_size=2))
def test_putting_a_packet_together_corrects_its_crc(packet: bytes, crc: bytes) -> None:
    assert reencode(Frame.from_packet(packet[:-2] + crc)) == packet


@given(st.binary(min_size=4, max_size=4))
def test_a_place_on_the_link_survives_octets_and_back(octets: bytes) -> None:
    source = LinkSource.from_octets(octets)
    assert source.to_octets() == octets
    assert bytes.fromhex(str(source)) == octets


@pytest.mark.parametrize("parts", [(256, 0, 0), (0, 0x10000, 0), (0, 0, 256), (-1, 0, 0)])
def test_a_place_that_does_not_fit_is_refused(parts: tuple[int, int, int]) -> None:
    with pytest.raises(UnsupportedSetting):
        LinkSource(*parts)


def test_a_sender_has_twelve_sequences_in_its_slot() -> None:
    sequences = [1]
    while (following := repeat_sequence(sequences[-1])) != 1:
        sequences.append(following)
    assert sequences == list(range(1, 0x48, 6))
    assert len(sequences) == 12
