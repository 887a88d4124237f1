"""Frames to messages and back: exact both ways, and nothing that is heard raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import ProtocolViolation
from dpm_core.model import SerialNumber, ZoneNumber
from dpm_core.protocol import (
    MESSAGES,
    Acknowledge,
    ButtonCommand,
    ButtonEvent,
    CciReport,
    Dialect,
    Encodable,
    Frame,
    GoToLevel,
    Handshake,
    LevelReport,
    LinkSource,
    Malformed,
    Message,
    ModuleReport,
    ObjectMessage,
    PeriodicLevelReport,
    Provenance,
    RawMessage,
    StatusMask,
    StatusQuery,
    UnknownMessage,
    build_frame,
    crc16,
    decode_message,
    describe,
    encode_message,
    message_fields,
    size_class,
    target_octets,
)

from .strategies import MESSAGES_MADE, messages, sources_of
from .test_frames import packets
from .vectors import ALL

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)
MASTER = LinkSource()


def command(payload: str, *, packet_type: int = 0x91, protocol: int = 0x21) -> Frame:
    """Return a command with this payload."""
    return build_frame(packet_type, 1, MASTER.to_octets(), protocol, bytes.fromhex(payload))


def report(payload: str, *, packet_type: int = 0x89, source: str = "00a1b2c3") -> Frame:
    """Return a report with this payload."""
    return build_frame(packet_type, 0, bytes.fromhex(source), 0x00, bytes.fromhex(payload))


def test_there_is_a_strategy_for_every_message_that_is_made() -> None:
    made = {row.name for row in MESSAGES if row.is_encoded}
    # Acknowledge is known by its packet alone, so it has no row of its own class.
    rows = {kind.ROW.name for kind in MESSAGES_MADE if issubclass(kind, Encodable)}
    assert rows | {"ACKNOWLEDGE"} == made
    assert len(MESSAGES_MADE) == len(made)


@pytest.mark.parametrize("kind", MESSAGES_MADE, ids=lambda kind: kind.__name__)
@given(data=st.data(), counter=st.integers(0, 3), sequence=st.integers(0, 0xFF))
def test_what_is_encoded_decodes_to_the_same(
    kind: type[Message], data: st.DataObject, counter: int, sequence: int
) -> None:
    message = data.draw(MESSAGES_MADE[kind])
    source = data.draw(sources_of(message))
    frame = encode_message(message, counter=counter, sequence=sequence, source=source)
    dialect = message.dialect if isinstance(message, GoToLevel) else Dialect.WIRED
    again = decode_message(frame, dialect=dialect)
    assert again == message
    assert type(again) is type(message)
    if isinstance(message, ObjectMessage):
        assert isinstance(again, ObjectMessage)
        assert target_octets(again.address()) == target_octets(message.address())
    if isinstance(message, Acknowledge):
        assert frame.packet_type == 0x0B
    else:
        assert (frame.counter, frame.sequence, frame.source) == (counter, sequence, source)
    assert frame.crc_ok
    assert len(frame.packet) == size_class(frame.packet_type)
    assert Frame.from_packet(frame.packet) == frame


@given(packets(), st.sampled_from(Dialect))
def test_no_packet_raises_and_what_is_not_understood_is_kept(
    packet: bytes, dialect: Dialect
) -> None:
    frame = Frame.from_packet(packet)
    message = decode_message(frame, dialect=dialect)
    assert describe(message)
    assert message_fields(message) is not None
    if isinstance(message, Handshake | UnknownMessage | Malformed):
        assert message.frame == frame


_KNOWN_CODES = sorted(
    {
        (row.message_class, message_type)
        for row in MESSAGES
        if row.message_class is not None
        for message_type in row.message_types
    }
)


@given(
    st.sampled_from([0x81, 0x89, 0x91, 0x99, 0xA9, 0xB1]),
    st.sampled_from([0x00, 0x21]),
    st.integers(0, 0xFF),
    st.sampled_from([0xFE, 0xEF, 0xFF]),
    st.sampled_from(_KNOWN_CODES),
    st.binary(min_size=43, max_size=43),
    st.sampled_from(["00a1b2c3", "ffffffff", "00000000"]),
)
def test_no_content_of_a_known_message_raises(
    packet_type: int,
    protocol: int,
    message_format: int,
    mode: int,
    codes: tuple[int, int],
    data: bytes,
    who: str,
) -> None:
    serial = bytes.fromhex(who)
    room = size_class(packet_type) - 10
    payload = (b"\x00" + serial + bytes((mode, *codes)) + data)[:room]
    frame = build_frame(packet_type, 0, serial, protocol, payload, format_byte=message_format)
    for dialect in Dialect:
        message = decode_message(frame, dialect=dialect)
        assert describe(message)
        message_fields(message)


# --- Packets without a header -------------------------------------------------------------------


@pytest.mark.parametrize("packet_type", range(0xC0, 0x100))
def test_handshakes_are_passed_through(packet_type: int) -> None:
    frame = Frame(bytes((packet_type,)) + bytes(23))
    assert decode_message(frame) == Handshake(frame)


@pytest.mark.parametrize("packet_type", [0x00, 0x0A, 0x0C, 0x3F, 0x40, 0x7F])
def test_packet_types_that_nobody_knows_are_kept_raw(packet_type: int) -> None:
    frame = Frame(bytes((packet_type,)).ljust(size_class(packet_type), b"\x01"))
    assert decode_message(frame) == UnknownMessage(frame)


# --- Which message a frame is -------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        command("0000a1b2c3fe7e0100"),  # class 7E
        command("0000a1b2c3fe7d7e00"),  # a type of class 7D that is not yet defined
        command("0800a1b2c3fe7d010f"),  # flags other than 00
        command("0000a1b2c3fc40020002feff0000"),  # address mode FC
        command("0000a1b2c3fe7d010f", protocol=0x00),  # a command that says it is a report
        report("0000a1b2c3fe7d010f"),  # the same, from a module
        command("0000a1b2c3fe7d040101"),  # a report that says it is a command
        command("00"),
        command("001b01fe"),  # a level report that says it is a command
        command("030002", protocol=0x21),
        command("0400020000"),
        command("03000200ff"),
        command("0300020202a24c770040002200 00"),
        command("0300020102a24c770140002200 00"),
        report("001b01fe00"),
        report("001b01fe001b9301"),
        report("03000200"),
    ],
    ids=lambda frame: frame.payload.hex(),
)
def test_what_is_no_known_message_is_kept_raw(frame: Frame) -> None:
    assert decode_message(frame) == UnknownMessage(frame)


def test_an_unknown_type_of_class_7d_says_whom_it_was_for() -> None:
    unknown = decode_message(command("0000a1b2c3fe7d7e00"))
    assert isinstance(unknown, UnknownMessage)
    assert unknown.target == MODULE
    assert (unknown.message_class, unknown.message_type) == (0x7D, 0x7E)


@pytest.mark.parametrize(
    ("frame", "name", "reason"),
    [
        (command("0000a1b2c3fe7d0100"), "STATUS_QUERY", "status mask"),
        (command("0000a1b2c3fe7d010f00"), "STATUS_QUERY", "format is 0A, not 09"),
        (command("0000a1b2c3ef7d010f"), "STATUS_QUERY", "group number"),
        (command("0000000005ef7d010f"), "STATUS_QUERY", "one module"),
        (command("0000000000fe7d010f"), "STATUS_QUERY", "serial number"),
        (command("00ffffffffff7d010f"), "STATUS_QUERY", "one module"),
        (command("0000a1b2c3ff4002000200000000"), "GO_TO_LEVEL", "FFFFFFFF"),
        (command("0000010000ef4002000200000000"), "GO_TO_LEVEL", "group number"),
        (command("0000a1b2c3fe4200 01"), "HOLD_START", "direction"),
        (command("0000a1b2c3fe4202040000"), "DIM_STEP", "direction"),
        (command("03000202"), "BUTTON_EVENT", "action"),
        (command("0000000000fe020200"), "SESSION_CONTROL", "serial number"),
        (command("0000a1b2c3fe0805" + "00" * 8, packet_type=0xB9), "ANNOUNCE", "everybody"),
        (command("00ffffffffff0805" + "00" * 6), "ANNOUNCE", "at least 8 octets"),
        (command("0000a1b2c3fe0801"), "ADDRESSING_BEACON", "everybody"),
        (report("0000a1b2c4fe7d040101"), "CCI_REPORT", "its sender is not the module"),
        (
            build_frame(0x91, 0, b"\x00\xa1\xb2\xc3", 0x00, bytes.fromhex("0000a1b2c3fe7d040101")),
            "CCI_REPORT",
            "its sender is not the module",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.payload.hex(),
)
def test_a_known_message_that_cannot_be_is_malformed_and_kept(
    frame: Frame, name: str, reason: str
) -> None:
    message = decode_message(frame)
    assert isinstance(message, Malformed)
    assert message.message_name == name
    assert reason in message.reason
    assert message.frame == frame


def test_a_payload_that_needs_a_longer_packet_is_malformed() -> None:
    payload = bytes.fromhex("0000a1b2c3fe7d1202") + b"Hall\x00"
    frame = build_frame(0x91, 1, MASTER.to_octets(), 0x21, payload, format_byte=0x29)
    message = decode_message(frame)
    assert isinstance(message, Malformed)
    assert message.message_name == "NAME_SET"
    assert "longer packet" in message.reason
    assert (message.target, message.message_class, message.message_type) == (MODULE, 0x7D, 0x12)


def test_a_report_of_a_level_with_a_longer_format_than_its_packet_is_kept_raw() -> None:
    frame = build_frame(
        0x89, 0, bytes(4), 0x00, b"\x00\x1b\x01\xfe" * 3 + b"\x00\x00", format_byte=99
    )
    assert decode_message(frame) == UnknownMessage(frame)


def test_a_button_command_with_a_longer_format_than_its_packet_is_kept_raw() -> None:
    payload = bytes.fromhex("0300040102a24c770040002200 00")
    for message_format, kind in ((0x0E, ButtonCommand), (0x0F, UnknownMessage)):
        frame = build_frame(0x89, 0, bytes(4), 0x21, payload, format_byte=message_format)
        assert type(decode_message(frame)) is kind


def test_neither_dialect_is_ever_guessed() -> None:
    for vector in ALL:
        frame = Frame(vector.packet)
        if vector.kind == "GO_TO_LEVEL":
            for dialect in Dialect:
                message = decode_message(frame, dialect=dialect)
                assert isinstance(message, GoToLevel)
                assert message.dialect is dialect
    assert decode_message(frame_of_zone_2()) == GoToLevel(MODULE, ZoneNumber(2), 0xFEFF)


def frame_of_zone_2() -> Frame:
    return command("0000a1b2c3fe40020002feff0000")


def test_reserved_octets_are_not_looked_at() -> None:
    reserved = {
        "0000a1b2c3fe40020002feff1234": "0000a1b2c3fe40020002feff0000",
        "0000a1b2c3fe7d0502ff0032": "0000a1b2c3fe7d0502000032",
        "0000a1b2c3fe7d070f00ffffa5": "0000a1b2c3fe7d070f000100a5",
    }
    for odd, plain in reserved.items():
        assert decode_message(command(odd)) == decode_message(command(plain))
    assert decode_message(report("0000a1b2c3fe7d03010f0b02ff")) == decode_message(
        report("0000a1b2c3fe7d03010f0b0200")
    )


def test_a_short_command_in_a_long_packet_is_understood() -> None:
    assert decode_message(command("0000a1b2c3fe7d010f", packet_type=0xB1)) == StatusQuery(
        MODULE, StatusMask(0x0F)
    )


# --- Encoding -------------------------------------------------------------------------------------


def type_of(message: Message, source: LinkSource | SerialNumber) -> int:
    return encode_message(message, counter=1, sequence=0, source=source).packet_type


def test_commands_and_reports_have_the_packet_types_of_section_5() -> None:
    assert type_of(StatusQuery(MODULE, StatusMask.ZONES), MASTER) == 0x91
    assert type_of(GoToLevel(MODULE, 1, 0), MASTER) == 0x91
    assert type_of(GoToLevel(MODULE, 0, 0, Dialect.RADIO), MASTER) == 0x81
    assert type_of(GoToLevel(MODULE, 1, 0), SerialNumber(5)) == 0x89


@given(st.data(), messages)
def test_a_module_reports_in_its_own_name_only(data: st.DataObject, message: Message) -> None:
    if not isinstance(message, ModuleReport):
        return
    assert type_of(message, message.serial) & 0xF8 in {0x88, 0xA8}
    with pytest.raises(ProtocolViolation, match="cannot come from"):
        type_of(message, MASTER)


@pytest.mark.parametrize("counter", [-1, 4])
def test_a_counter_has_two_bits(counter: int) -> None:
    with pytest.raises(ProtocolViolation, match="counter"):
        encode_message(
            StatusQuery(MODULE, StatusMask.CCI), counter=counter, sequence=0, source=MASTER
        )


@pytest.mark.parametrize(
    "message",
    [
        RawMessage(MODULE, 0x06, 0x00, b""),
        UnknownMessage(frame_of_zone_2()),
        Malformed(frame_of_zone_2(), "GO_TO_LEVEL", "no reason"),
        Handshake(Frame(b"\xc1" + bytes(23))),
    ],
    ids=lambda message: message.kind,
)
def test_what_is_only_read_is_never_sent(message: Message) -> None:
    with pytest.raises(ProtocolViolation, match="never sent"):
        encode_message(message, counter=1, sequence=0, source=MASTER)


# --- The table ------------------------------------------------------------------------------------


def test_no_two_messages_share_their_codes() -> None:
    codes = [
        (row.message_class, message_type) for row in MESSAGES for message_type in row.message_types
    ]
    assert len(codes) == len(set(codes))
    assert len({row.name for row in MESSAGES}) == len(MESSAGES)


def test_every_row_says_how_sure_it_is_and_where_it_is_described() -> None:
    for row in MESSAGES:
        assert row.provenance
        assert row.section
        assert row.layout


def test_all_of_class_7d_and_nothing_public_is_ours() -> None:
    for row in MESSAGES:
        assert (row.message_class == 0x7D) == (row.provenance == (Provenance.OURS,))


def test_what_is_heard_from_radio_devices_is_read() -> None:
    assert isinstance(decode_message(report("001b0119")), LevelReport)
    assert isinstance(decode_message(report("001b0119001b9201")), PeriodicLevelReport)
    assert isinstance(decode_message(command("03000201")), ButtonEvent)
    assert isinstance(decode_message(report("0000a1b2c3fe7d040100")), CciReport)


def test_a_crc_is_not_looked_at_when_a_frame_is_read() -> None:
    good = frame_of_zone_2().packet
    broken = Frame(good[:-2] + (crc16(good[:-2]) ^ 1).to_bytes(2))
    assert decode_message(broken) == decode_message(Frame(good))
