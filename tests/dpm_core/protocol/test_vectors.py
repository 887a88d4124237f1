"""Every known packet, read both ways: what it means, and exactly the same octets again."""

from __future__ import annotations

import pytest

from dpm_core.model import (
    Cause,
    CcoAction,
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    CcoType,
    ContactState,
    GroupNumber,
    LoadType,
    OverrideAction,
    SerialNumber,
    ZoneLoad,
    ZoneNumber,
)
from dpm_core.protocol import (
    BROADCAST,
    IDENTIFY_START,
    IDENTIFY_STOP,
    MESSAGES,
    Acknowledge,
    AddressingBeacon,
    AddressQuery,
    Announce,
    AssignComponent,
    AssignLinkAddress,
    BeaconStage,
    ButtonAction,
    ButtonCommand,
    ButtonEvent,
    CciReport,
    CcoReport,
    CcoSet,
    CounterMask,
    CountersClear,
    CountersReport,
    Dialect,
    DimDirection,
    DimStep,
    Discover,
    EmergencyReport,
    EmergencySet,
    Frame,
    GoToLevel,
    GroupQuery,
    GroupReport,
    GroupSet,
    Handshake,
    HoldStart,
    Identify,
    IdentityReport,
    IoProgramReport,
    IoProgramSet,
    LedsReport,
    LedsSet,
    LevelReport,
    LinkSource,
    Message,
    NameQuery,
    NameReport,
    NameSet,
    OverrideReport,
    PeriodicLevelReport,
    PresetRecall,
    RawMessage,
    ReportFlag,
    Result,
    ResultCode,
    Select,
    StatusMask,
    StatusQuery,
    StorePreset,
    UnknownMessage,
    ZoneReport,
    crc16,
    decode_message,
    encode_message,
    message_fields,
    reencode,
)
from dpm_core.protocol.messages import (
    LoadsQuery,
    LoadsReport,
    LoadsSet,
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    ProgramVersionQuery,
    ProgramVersionReport,
)

from .vectors import ALL, EVERY_ID, EXTENSION, PUBLIC, Vector

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)
WALLSTATION = SerialNumber(0x02A24C77)
ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED
ALL_ON = (True, True, True, True)
ONE_TWO_FOUR = (True, True, False, True)
ONE_THREE = (True, False, True, False)


def _radio(target: SerialNumber | GroupNumber, raw_level: int) -> GoToLevel:
    return GoToLevel(target, 0, raw_level, Dialect.RADIO)


def _raw(serial: int, message_class: int, message_type: int, data: str) -> RawMessage:
    return RawMessage(SerialNumber(serial), message_class, message_type, bytes.fromhex(data))


MEANT: dict[str, Message] = {
    "2.9-01": _raw(0x06FE8020, 0x06, 0x00, "02200000001f"),
    "2.9-02": _raw(0x06FE8020, 0x06, 0x01, "00010002"),
    "2.9-03": _radio(SerialNumber(0x06FE285F), 0xFEFF),
    "2.9-04": _radio(GroupNumber(0x4B), 0xFEFF),
    "2.9-05": _radio(GroupNumber(0x4B), 0),
    "2.9-06": HoldStart(SerialNumber(0x058CB911), DimDirection.RAISE),
    "2.9-07": PresetRecall(GroupNumber(0xC50), 0x20),
    "2.9-08": LevelReport(0xFE),
    "2.9-09": LevelReport(0x19),
    "2.9-10": PeriodicLevelReport(0x00, 0x01),
    "2.9-11": ButtonEvent(2, ButtonAction.PRESS),
    "2.9-12": ButtonCommand(4, 0x02A24C77, 0x40, 0x00, bytes.fromhex("220000")),
    "2.9-13": _raw(0x07016FCE, 0x02, 0x02, "00"),
    "2.9-14": _raw(0x0703C3C6, 0x06, 0x52, "000201"),
    "2.9-15": AssignLinkAddress(SerialNumber(0x06FE43B1), 0x902C, 0x04),
    "2.9-16": AddressingBeacon(BeaconStage.IDLE),
    "2.9-17": Announce(0x012C0F7C, 0x04340301, bytes.fromhex("7f000002010801")),
    "2.9-18": StorePreset(SerialNumber(0x012C0F7C), 0x02A24C77, 0x22, 0x0000, 8),
    "2.9-19": StorePreset(SerialNumber(0x012C0F7C), 0x02A24C77, 0x20, 0xFEFF, 8),
    "2.9-20": AddressingBeacon(BeaconStage.ACTIVE, bytes.fromhex("855f1a01ffffffff")),
    "2.9-ack": Acknowledge(0x05),
    "5.1-01": GoToLevel(MODULE, ZoneNumber(2), 0xFEFF),
    "5.1-02": GoToLevel(MODULE, ZoneNumber(4), 0),
    "5.1-03": StatusQuery(
        MODULE, StatusMask.ZONES | StatusMask.OVERRIDE | StatusMask.CCI | StatusMask.CCO
    ),
    "5.1-04": ZoneReport(
        MODULE, ONE_TWO_FOUR, (False, True, False, False), ReportFlag(0), Cause.LINK_COMMAND, 7
    ),
    "5.1-05": OverrideReport(MODULE, True, ALL_ON, ONE_TWO_FOUR, Cause.CCI),
    "5.1-06": CciReport(MODULE, ContactState.OPEN, is_edge=True),
    "5.1-07": CcoSet(MODULE, CcoAction.PULSE, 0.5),
    "5.1-08": EmergencySet(MODULE, (ON, ON, ON, ON)),
    "5.1-09": Result(MODULE, 0x05, ResultCode.OVERRIDE, 0x01),
    "5.1-10": IdentityReport(MODULE, 0x09110104, (2, 54)),
    "5.1-11": EmergencyReport(MODULE, (ON, ON, UNAFFECTED, OFF)),
    "5.1-12": EmergencySet(MODULE, (ON, ON, UNAFFECTED, OFF)),
    "5.1-13": IoProgramSet(MODULE, CcoType.MAINTAINED, 0.5, 0.05),
    "5.1-14": NameSet(MODULE, 2, "Hall"),
    "5.1-15": GroupSet(MODULE, GroupNumber(5), ONE_THREE),
    "5.1-16": GoToLevel(GroupNumber(5), 0, 0xFEFF),
    "5.1-17": Discover(0, 0, 16),
    "5.1-18": Identify(MODULE, IDENTIFY_START),
    "ours-01": CcoReport(MODULE, True, CcoType.MOMENTARY, 0.25),
    "ours-02": CountersReport(MODULE, (1, 2, 3, 100000), 5, 86400, 7, 1000, 8, 9, 65535),
    "ours-03": CountersClear(MODULE, CounterMask.CRC_ERRORS | CounterMask.OVERRUNS),
    "ours-04": IoProgramReport(MODULE, CcoType.MOMENTARY, 60.0, 0.5),
    "ours-05": NameReport(MODULE, 0, "Küche"),
    "ours-06": GroupReport(MODULE, GroupNumber(0xFFFE), ALL_ON),
    "ours-07": NameQuery(MODULE, 4),
    "ours-08": GroupQuery(MODULE),
    "ours-09": Result(MODULE, 0x17, ResultCode.DONE, 0x01),
    "ours-10": CcoSet(MODULE, CcoAction.PULSE),
    "ours-11": GoToLevel(BROADCAST, 0, 0),
    "ours-12": Identify(MODULE, IDENTIFY_STOP),
    "ours-13": ZoneReport(
        MODULE,
        ALL_ON,
        ALL_ON,
        ReportFlag.OVERRIDE_ACTIVE | ReportFlag.CCI_OPEN | ReportFlag.RESTORED,
        Cause.POWER_UP,
        0xFFFF,
    ),
    "ours-14": Select(MODULE),
    "ours-15": DimStep(GroupNumber(5), DimDirection.LOWER),
    "ours-16": AssignComponent(MODULE, 0x82),
    "ours-17": AddressQuery(MODULE, 0x01020304, 0x05),
    "ours-18": Identify(MODULE, IDENTIFY_START, is_component=True),
    "ours-22": ProgramVersionQuery(MODULE),
    "ours-23": ProgramVersionReport(MODULE, 2, 7, 0xBEEF, 9),
    "ours-24": ProgramBegin(MODULE, 9),
    "ours-25": ProgramStage(MODULE, 9, EmergencySet(MODULE, (ON, ON, UNAFFECTED, OFF))),
    "ours-26": ProgramStage(MODULE, 255, NameSet(MODULE, 2, "Hall")),
    "ours-27": ProgramCommit(MODULE, 9, 0xFFFF, 0x1234),
    "ours-28": ProgramAbort(MODULE, 9),
    "ours-29": LoadsSet(
        MODULE,
        (
            ZoneLoad(LoadType.TUNGSTEN, watts=300),
            ZoneLoad(LoadType.MOTOR, amps=7.5),
            None,
            ZoneLoad(LoadType.ELECTRONIC_BALLAST, watts=0.1),
        ),
        CcoLoad(24, CcoCurrent.DC, 0.25, CcoLoadKind.INDUCTIVE, has_flyback_diode=True),
    ),
    "ours-30": LoadsQuery(MODULE),
    "ours-31": LoadsReport(MODULE),
    "ours-32": LedsSet(WALLSTATION, (1, 3, 32)),
    "ours-33": LedsReport(WALLSTATION, ()),
    "ours-34": ButtonEvent(3, ButtonAction.RELEASE),
}
KEPT_RAW: dict[str, type[Handshake | UnknownMessage]] = {
    "ours-19": Handshake,
    "ours-20": UnknownMessage,
    "ours-21": UnknownMessage,
}
READ_ONLY = (RawMessage, Handshake, UnknownMessage)


def _said_by(vector: Vector) -> Message:
    if vector.id in KEPT_RAW:
        return KEPT_RAW[vector.id](Frame(vector.packet))
    return MEANT[vector.id]


each_vector = pytest.mark.parametrize("vector", ALL, ids=EVERY_ID)


def test_every_vector_is_told_what_it_means() -> None:
    assert len(PUBLIC) == 20 + 1
    assert len(EXTENSION) == 18
    assert set(MEANT) | set(KEPT_RAW) == set(EVERY_ID)


@each_vector
def test_a_known_packet_has_the_crc_of_its_table(vector: Vector) -> None:
    frame = Frame.from_packet(vector.packet)
    assert crc16(vector.packet[:-2]) == vector.crc == frame.crc
    assert frame.crc_ok


@each_vector
def test_a_known_packet_says_what_its_table_says(vector: Vector) -> None:
    message = decode_message(Frame.from_packet(vector.packet), dialect=vector.dialect)
    assert message == _said_by(vector)
    assert message.kind == vector.kind
    found = message_fields(message)
    assert {name: found.get(name) for name in vector.fields} == vector.fields


@each_vector
def test_what_a_known_packet_says_encodes_to_exactly_its_octets(vector: Vector) -> None:
    message = _said_by(vector)
    heard = Frame.from_packet(vector.packet)
    if isinstance(message, READ_ONLY):
        assert reencode(heard) == vector.packet
        return
    frame = encode_message(
        message,
        counter=heard.counter if heard.has_header else 0,
        sequence=heard.sequence,
        source=heard.source or LinkSource(),
    )
    assert frame.packet == vector.packet


@each_vector
def test_a_known_packet_taken_apart_and_put_together_is_the_same(vector: Vector) -> None:
    assert reencode(Frame.from_packet(vector.packet)) == vector.packet


@each_vector
def test_any_flipped_bit_breaks_the_crc(vector: Vector) -> None:
    for bit in range(len(vector.packet) * 8):
        broken = bytearray(vector.packet)
        broken[bit // 8] ^= 1 << bit % 8
        assert crc16(broken[:-2]) != int.from_bytes(broken[-2:]), f"bit {bit}"
        assert not Frame(bytes(broken)).crc_ok


def test_every_message_that_we_make_has_a_vector() -> None:
    made = {row.name for row in MESSAGES if row.is_encoded}
    assert made <= {vector.kind for vector in ALL}
