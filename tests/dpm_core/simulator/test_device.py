"""The wire-level rules of a module: packets in, packets out, on the virtual clock."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from dpm_core.model import (
    Cause,
    CcoAction,
    CcoType,
    ContactState,
    GroupNumber,
    OverrideAction,
    SerialNumber,
)
from dpm_core.protocol.crc import crc16
from dpm_core.protocol.frames import Frame, LinkSource, build_frame
from dpm_core.protocol.messages import (
    BROADCAST,
    Acknowledge,
    CciReport,
    CcoReport,
    CcoSet,
    CounterMask,
    CountersClear,
    CountersReport,
    Discover,
    EmergencyReport,
    EmergencySet,
    GoToLevel,
    GroupQuery,
    GroupReport,
    GroupSet,
    Identify,
    IdentityReport,
    IoProgramReport,
    IoProgramSet,
    NameQuery,
    NameReport,
    NameSet,
    OverrideReport,
    ReportFlag,
    Result,
    ResultCode,
    StatusMask,
    StatusQuery,
    ZoneReport,
)
from dpm_core.protocol.timing import slot_time_s
from dpm_core.simulator import RamStore, SimulatorSettings
from tests.dpm_core.simulator.bench import MASTER, ONE, TWO, Bench

pytestmark = pytest.mark.virtual_time

ALL_ON = (True, True, True, True)
ALL_OFF = (False, False, False, False)
ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED
FULL = 0xFEFF
ZONES = StatusMask.ZONES

ZONE_2_ON = "91 01 21 00 01 00 21 0e 00 00 a1 b2 c3 fe 40 02 00 02 fe ff 00 00 4d 64"
ZONE_4_OFF = "92 01 21 00 01 00 21 0e 00 00 a1 b2 c3 fe 40 02 00 04 00 00 00 00 45 c6"
QUERY_0F = "93 01 21 00 01 00 21 09 00 00 a1 b2 c3 fe 7d 01 0f cc cc cc cc cc 46 21"
PULSE_500_MS = "91 01 21 00 01 00 21 0c 00 00 a1 b2 c3 fe 7d 05 02 00 00 32 cc cc 01 0b"
EMERGENCY_ALL_ON = "92 01 21 00 01 00 21 0d 00 00 a1 b2 c3 fe 7d 07 0f 00 01 00 a5 cc 9e 51"
EMERGENCY_MIXED = "93 01 21 00 01 00 21 0d 00 00 a1 b2 c3 fe 7d 07 03 04 01 00 a5 cc ed 95"
IO_PROGRAM = "91 01 21 00 01 00 21 0e 00 00 a1 b2 c3 fe 7d 10 00 00 32 00 32 a5 31 cc"
NAME_HALL = (
    "b2 01 21 00 01 00 21 29 00 00 a1 b2 c3 fe 7d 12 02 48 61 6c 6c 00 00 00 00 00 00 00 00 00 00"
    " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 cc cc 48 11"
)
GROUP_5 = "93 01 21 00 01 00 21 0c 00 00 a1 b2 c3 fe 7d 14 00 05 05 a5 cc cc a1 9f"
GROUP_5_ON = "91 01 21 00 01 00 21 0e 00 00 00 00 05 ef 40 02 00 00 fe ff 00 00 b5 40"
DISCOVER_16 = "92 01 21 00 01 00 21 0e 00 ff ff ff ff ff 7d 0e 00 00 00 00 00 10 16 45"
IDENTIFY_10_S = "93 01 21 00 01 00 21 09 00 00 a1 b2 c3 fe 01 22 01 cc cc cc cc cc af 41"

ZONE_REPORT = "89 00 00 a1 b2 c3 00 0e 00 00 a1 b2 c3 fe 7d 02 0b 02 00 01 00 07 6f 7f"
OVERRIDE_REPORT = "8a 00 00 a1 b2 c3 00 0d 00 00 a1 b2 c3 fe 7d 03 01 0f 0b 02 00 cc 96 79"
CCI_REPORT = "8b 00 00 a1 b2 c3 00 0a 00 00 a1 b2 c3 fe 7d 04 01 01 cc cc cc cc 94 14"
CCO_REFUSED = "89 00 00 a1 b2 c3 00 0b 00 00 a1 b2 c3 fe 7d 0f 05 01 01 cc cc cc c2 b9"
IDENTITY_REPORT = (
    "a9 00 00 a1 b2 c3 00 12 00 00 a1 b2 c3 fe 7d 0b 09 11 01 04 02 36 04 38 00 00"
    + " cc" * 25
    + " 22 cb"
)
EMERGENCY_REPORT = "8a 00 00 a1 b2 c3 00 0d 00 00 a1 b2 c3 fe 7d 08 03 04 01 00 00 cc 75 28"

ACK_01 = "0b 01 00"


def with_crc(hex_octets: str) -> str:
    octets = bytes.fromhex(hex_octets)
    return (octets + crc16(octets).to_bytes(2)).hex(" ")


def command(payload: str, *, counter: int = 1, sequence: int = 1) -> Frame:
    """A master's command packet around a raw payload."""
    octets = bytes.fromhex(payload)
    size = 0x90 if len(octets) <= 14 else 0xB0
    return build_frame(size | counter, sequence, MASTER.to_octets(), 0x21, octets)


def to_one(data: str) -> str:
    """A payload for module 00A1B2C3: class, type and what follows."""
    return f"00 00a1b2c3 fe {data}"


# --- the worked examples of qs-link.md 5.1 -----------------------------------------------------


@pytest.mark.requirement("G3", "E4")
class TestWorkedExamples:
    """Exactly the octets of qs-link.md 5.1, in and out."""

    async def test_a_unicast_go_to_level_gets_the_five_octet_acknowledgement(self) -> None:
        async with Bench() as bench:
            bench.say(ZONE_2_ON)
            await bench.quiet(0.005)
            assert bench.heard() == [with_crc(ACK_01)]
            await bench.quiet()
            assert bench.module.state.zones == (False, True, False, False)

    async def test_zone_4_goes_off(self) -> None:
        async with Bench() as bench:
            bench.tell(GoToLevel(ONE, 4, FULL))
            await bench.quiet()
            bench.clear()
            bench.say(ZONE_4_OFF)
            await bench.quiet(0.005)
            assert bench.heard() == [with_crc(ACK_01)]
            await bench.quiet()
            assert bench.module.state.zones == ALL_OFF

    async def test_a_zone_report_follows_when_the_relay_has_moved(self) -> None:
        async with Bench() as bench:
            # Six reports before it, zones 1 and 4 on, and the counter at 1.
            bench.tell(GroupSet(ONE, GroupNumber(9), (True, False, False, True)))
            await bench.quiet()
            bench.tell(GoToLevel(GroupNumber(9), 0, FULL))
            await bench.quiet()
            for level in (FULL, 0, FULL, 0):
                bench.tell(GoToLevel(ONE, 3, level))
                await bench.quiet()
            bench.clear()
            bench.say(ZONE_2_ON)
            await bench.quiet()
            assert bench.heard() == [with_crc(ACK_01), ZONE_REPORT]

    async def test_a_status_query_gets_one_report_a_bit_lowest_first(self) -> None:
        async with Bench() as bench:
            bench.say(QUERY_0F)
            await bench.quiet()
            own = "00 00 a1 b2 c3 00"
            start = "00 00 a1 b2 c3 fe 7d"
            assert bench.heard() == [
                with_crc(f"89 {own} 0e {start} 02 00 00 00 00 00 01"),
                with_crc(f"8a {own} 0d {start} 03 00 00 00 00 00 cc"),
                with_crc(f"8b {own} 0a {start} 04 00 00 cc cc cc cc"),
                with_crc(f"89 {own} 0c {start} 06 00 01 00 00 cc cc"),
            ]

    async def test_opening_the_cci_sends_zones_then_the_edge_then_override(self) -> None:
        async with Bench() as bench:
            for zone in (1, 2, 4):
                bench.tell(GoToLevel(ONE, zone, FULL))
                await bench.quiet()
            bench.tell(StatusQuery(ONE, ZONES))
            await bench.quiet()
            # ZONE_REPORT takes counter 2, so that CCI_REPORT is the worked one.
            bench.clear()
            bench.module.move_cci(ContactState.OPEN)
            await bench.quiet()
            zones, cci, override = bench.heard()
            assert zones[:2] == "8a"
            assert cci == CCI_REPORT
            assert override[3:-6] == OVERRIDE_REPORT[3:-6]

    async def test_the_override_report_with_its_own_counter(self) -> None:
        async with Bench() as bench:
            for zone in (1, 2, 4):
                bench.tell(GoToLevel(ONE, zone, FULL))
                await bench.quiet()
            for _ in range(2):
                bench.tell(StatusQuery(ONE, ZONES))
                await bench.quiet()
            bench.clear()
            bench.module.move_cci(ContactState.OPEN)
            await bench.quiet()
            assert bench.heard()[2] == OVERRIDE_REPORT

    async def test_a_pulse_is_answered_and_reported_at_both_ends(self) -> None:
        async with Bench() as bench:
            bench.say(PULSE_500_MS)
            await bench.quiet()
            result, closed, opened = bench.messages()
            assert result == Result(ONE, 0x05, ResultCode.DONE, 0x01)
            assert closed == CcoReport(ONE, True, CcoType.MOMENTARY, 0.5)
            assert opened == CcoReport(ONE, False, CcoType.MOMENTARY, 0.0)

    async def test_a_cco_command_in_override_is_refused(self) -> None:
        async with Bench() as bench:
            await bench.open_cci()
            bench.say(PULSE_500_MS)
            await bench.quiet()
            assert bench.heard() == [CCO_REFUSED]
            assert not bench.module.state.cco.is_closed

    async def test_emergency_levels_are_set_and_reported(self) -> None:
        async with Bench() as bench:
            bench.say(EMERGENCY_MIXED)
            await bench.quiet()
            assert bench.messages() == [Result(ONE, 0x07, ResultCode.DONE, 0x01)]
            bench.tell(StatusQuery(ONE, StatusMask.EMERGENCY))
            await bench.quiet()
            assert bench.heard() == [EMERGENCY_REPORT]
            bench.say(EMERGENCY_ALL_ON)
            await bench.quiet()
            assert bench.module.state.memory.program.override_actions == (ON, ON, ON, ON)

    async def test_the_io_program_is_set(self) -> None:
        async with Bench() as bench:
            bench.say(IO_PROGRAM)
            await bench.quiet()
            assert bench.messages() == [Result(ONE, 0x10, ResultCode.DONE, 0x01)]
            program = bench.module.state.memory.program
            assert program.cco_type is CcoType.MAINTAINED
            assert (program.cco_pulse_s, program.cci_debounce_s) == (0.5, 0.05)

    async def test_a_zone_is_named(self) -> None:
        async with Bench() as bench:
            bench.say(NAME_HALL)
            await bench.quiet()
            assert bench.messages() == [Result(ONE, 0x12, ResultCode.DONE, 0x01)]
            assert bench.module.state.memory.program.zone_names == ("", "Hall", "", "")

    async def test_a_group_is_joined_and_switched_without_an_answer(self) -> None:
        async with Bench() as bench:
            bench.say(GROUP_5)
            await bench.quiet()
            assert bench.messages() == [Result(ONE, 0x14, ResultCode.DONE, 0x01)]
            bench.say(GROUP_5_ON)
            await bench.quiet()
            (report,) = bench.messages()
            assert isinstance(report, ZoneReport)
            assert report.zones == (True, False, True, False)
            assert report.cause is Cause.GROUP

    async def test_discover_is_answered_with_the_identity(self) -> None:
        async with Bench() as bench:
            bench.say(DISCOVER_16)
            await bench.quiet()
            assert bench.heard() == [IDENTITY_REPORT]

    @pytest.mark.requirement("E7")
    async def test_identify_flashes_for_ten_seconds(self) -> None:
        async with Bench() as bench:
            bench.say(IDENTIFY_10_S)
            await bench.quiet(0.005)
            assert bench.heard() == [with_crc(ACK_01)]
            await bench.quiet(9.98)
            assert bench.module.snapshot()["leds"]["zone_1"] == "fast blink"
            await bench.quiet(0.1)
            assert bench.module.snapshot()["leds"]["zone_1"] == "off"


# --- every command and its answer, as a table --------------------------------------------------


@dataclass
class Row:
    """One command to module 00A1B2C3 and what is answered."""

    rule: str
    payload: str
    answered_type: int | None = None
    result: ResultCode | None = None
    acknowledged: bool = False
    in_override: ResultCode | None = None
    same_in_override: bool = True
    before: list[Any] = field(default_factory=list)


BAD = ResultCode.BAD_VALUE
DONE = ResultCode.DONE
REFUSED = ResultCode.OVERRIDE
UNKNOWN = ResultCode.UNKNOWN_TYPE

ROWS = [
    Row("zone 1 on", to_one("4002 0001 feff 0000"), 0x40, acknowledged=True, in_override=REFUSED),
    Row("zone 4 off", to_one("4002 0004 0000 0000"), 0x40, acknowledged=True, in_override=REFUSED),
    Row(
        "any level is on",
        to_one("4002 0001 0001 0000"),
        0x40,
        acknowledged=True,
        in_override=REFUSED,
    ),
    Row(
        "above the maximum",
        to_one("4002 0001 ffff 0000"),
        0x40,
        acknowledged=True,
        in_override=REFUSED,
    ),
    Row("component 0000", to_one("4002 0000 feff 0000"), 0x40, BAD),
    Row("component 0005", to_one("4002 0005 feff 0000"), 0x40, BAD),
    Row("component of an ESN", to_one("4002 0081 feff 0000"), 0x40, BAD),
    Row("radio dialect", to_one("4002 feff 0000 0000"), 0x40, BAD),
    Row("GoToLevel cut short", to_one("4002 0001 feff"), 0x40, BAD),
    Row("identify", to_one("0122 01"), 0x22, acknowledged=True),
    Row("identify stops", to_one("0122 00"), 0x22, acknowledged=True),
    Row("identify in another mode", to_one("0122 02"), 0x22, BAD),
    Row("identify without a mode", to_one("0122"), 0x22, BAD),
    Row("CCO open", to_one("7d05 00 00 0000"), 0x05, DONE, in_override=REFUSED),
    Row("CCO close", to_one("7d05 01 00 0000"), 0x05, DONE, in_override=REFUSED),
    Row("CCO pulse as programmed", to_one("7d05 02 00 0000"), 0x05, DONE, in_override=REFUSED),
    Row("CCO pulse of 60 s", to_one("7d05 02 00 1770"), 0x05, DONE, in_override=REFUSED),
    Row("CCO pulse above 60 s", to_one("7d05 02 00 1771"), 0x05, BAD),
    Row("CCO pulse below 0.1 s", to_one("7d05 02 00 0009"), 0x05, BAD),
    Row("CCO end of no pulse", to_one("7d05 03 00 0000"), 0x05, DONE, in_override=REFUSED),
    Row("CCO action 4", to_one("7d05 04 00 0000"), 0x05, BAD),
    Row("CCO_SET cut short", to_one("7d05 02 00"), 0x05, BAD),
    Row("emergency levels", to_one("7d07 01 02 01 00 a5"), 0x07, DONE),
    Row("emergency without guard", to_one("7d07 01 02 01 00 5a"), 0x07, BAD),
    Row("emergency zone in both", to_one("7d07 03 02 01 00 a5"), 0x07, BAD),
    Row("emergency zone 5", to_one("7d07 10 00 01 00 a5"), 0x07, BAD),
    Row("emergency zone 8 unaffected", to_one("7d07 00 80 01 00 a5"), 0x07, BAD),
    Row("clear counters", to_one("7d0a 0f a5"), 0x0A, DONE),
    Row("clear without guard", to_one("7d0a 0f 00"), 0x0A, BAD),
    Row("clear what never is", to_one("7d0a 10 a5"), 0x0A, BAD),
    Row("clear nothing", to_one("7d0a 00 a5"), 0x0A, BAD),
    Row("I/O program", to_one("7d10 01 1770 01f4 a5"), 0x10, DONE),
    Row("I/O program's least", to_one("7d10 00 000a 0000 a5"), 0x10, DONE),
    Row("I/O program without guard", to_one("7d10 01 0032 0032 a4"), 0x10, BAD),
    Row("CCO type 2", to_one("7d10 02 0032 0032 a5"), 0x10, BAD),
    Row("programmed pulse below 0.1 s", to_one("7d10 01 0009 0032 a5"), 0x10, BAD),
    Row("programmed pulse above 60 s", to_one("7d10 01 1771 0032 a5"), 0x10, BAD),
    Row("debounce above 0.5 s", to_one("7d10 01 0032 01f5 a5"), 0x10, BAD),
    Row("name of the module", to_one("7d12 00" + "58" * 32), 0x12, DONE),
    Row("name of zone 5", to_one("7d12 05" + "58" * 32), 0x12, BAD),
    Row("name that is no UTF-8", to_one("7d12 01 ff" + "00" * 31), 0x12, BAD),
    Row("name with a NUL inside", to_one("7d12 01 58 00 58" + "00" * 29), 0x12, BAD),
    Row("join a group", to_one("7d14 0001 01 a5"), 0x14, DONE),
    Row("leave a group never joined", to_one("7d14 fffe 00 a5"), 0x14, DONE),
    Row("group 0", to_one("7d14 0000 01 a5"), 0x14, BAD),
    Row("group FFFF", to_one("7d14 ffff 01 a5"), 0x14, BAD),
    Row("group of zone 5", to_one("7d14 0005 10 a5"), 0x14, BAD),
    Row("group without guard", to_one("7d14 0005 01 00"), 0x14, BAD),
    Row("ask for the name of zone 5", to_one("7d16 05"), 0x16, BAD),
    Row("ask for nothing", to_one("7d01 00"), 0x01, BAD),
    Row("ask without a mask", to_one("7d01"), 0x01, BAD),
    Row("DISCOVER to one module", to_one("7d0e 00000000 00 10"), 0x0E, BAD),
    Row("a type of 7D that nobody knows", to_one("7d0c"), 0x0C, UNKNOWN),
    Row("a type of 7D that nobody uses", to_one("7d7e 01 02"), 0x7E, UNKNOWN),
    Row("a report's type as a command", to_one("7d02 0f 00 00 00 00 00"), 0x02, UNKNOWN),
]


@pytest.mark.requirement("G3")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
@pytest.mark.parametrize("in_override", [False, True], ids=["normal", "override"])
async def test_each_command_is_answered_as_the_table_says(row: Row, in_override: bool) -> None:
    async with Bench() as bench:
        if in_override:
            await bench.open_cci()
        bench.say(command(row.payload, sequence=0x2B))
        await bench.quiet(0.0045)
        result = row.result
        acknowledged = row.acknowledged
        if in_override and row.in_override is not None:
            result, acknowledged = row.in_override, False
        (answer,) = bench.messages()
        if acknowledged:
            assert answer == Acknowledge(0x2B)
        else:
            assert isinstance(answer, Result)
            assert answer.serial == ONE
            assert answer.sequence == 0x2B
            assert (answer.answered_type, answer.result) == (row.answered_type, result)


SILENT = {
    "another module": "00 00a1b2c5 fe 4002 0001 feff 0000",
    "a class that nobody knows": to_one("7e01 00"),
    "a public class that means nothing to a relay": to_one("4200 03"),
    "an address query": to_one("08a5 00000000 01"),
    "a preset of a group": "00 00000005 ef 4000 20 00 00",
    "a group it is not in": "00 00000007 ef 4002 0000 feff 0000",
    "a group with a component": "00 00000005 ef 4002 0001 feff 0000",
    "everybody with a component": "00 ffffffff ff 4002 0001 feff 0000",
    "an extension command to everybody": "00 ffffffff ff 7d05 01 00 0000",
    "an unknown type to everybody": "00 ffffffff ff 7d33",
    "a query to a group": "00 00000005 ef 7d01 01",
    "identify to everybody": "00 ffffffff ff 0122 01",
    "a bad DISCOVER": "00 ffffffff ff 7d0e 00000000 00 11",
    "a DISCOVER with 33 bits": "00 ffffffff ff 7d0e 00000000 21 10",
    "a broadcast mode with a serial": "00 00a1b2c3 ff 4002 0000 feff 0000",
    "a group number beyond 16 bits": "00 00a1b2c3 ef 4002 0000 feff 0000",
    "a button frame": "03 00 02 00",
    "flags of a button": "03 00a1b2c3 fe 4002 0001 feff 0000",
    "a cut payload": "00 00a1b2c3",
    "nothing at all": "",
}


@pytest.mark.requirement("G3")
@pytest.mark.parametrize("payload", SILENT.values(), ids=SILENT.keys())
async def test_what_is_not_for_it_or_means_nothing_gets_no_answer_and_does_nothing(
    payload: str,
) -> None:
    async with Bench() as bench:
        bench.tell(GroupSet(ONE, GroupNumber(5), ALL_ON))
        await bench.quiet()
        bench.clear()
        before = bench.module.state
        bench.say(command(payload))
        await bench.quiet()
        assert bench.heard() == []
        assert bench.module.state.memory == before.memory
        assert bench.module.state.zones == ALL_OFF


async def test_reports_of_others_and_its_own_are_no_commands() -> None:
    async with Bench() as bench:
        # Protocol octet 00 and its own serial: its own voice, as an echo brings it back.
        bench.say(
            build_frame(0x89, 0, bytes.fromhex("00a1b2c3"), 0x00, bytes.fromhex(to_one("7d01 0f")))
        )
        bench.say("0b 05 00 23 55")
        bench.say("c1 00" + " 00" * 20 + f" {crc16(bytes.fromhex('c100' + '00' * 20)):04x}")
        await bench.quiet()
        assert bench.heard() == []


async def test_a_command_with_a_bad_crc_is_not_heard() -> None:
    async with Bench() as bench:
        bench.say(ZONE_2_ON[:-2] + "65")
        await bench.quiet()
        assert bench.heard() == []
        assert bench.module.state.saved == ALL_OFF


async def test_preamble_delimiter_and_trailer_are_not_required() -> None:
    async with Bench() as bench:
        bench.ear.ours.write(bytes.fromhex("fade" + ZONE_2_ON))
        await bench.quiet(0.005)
        assert bench.heard() == [with_crc(ACK_01)]


async def test_a_command_hidden_in_a_frame_that_was_cut_off_is_found_after_the_silence() -> None:
    async with Bench() as bench:
        bench.ear.ours.write(bytes.fromhex("fadea9 01" + "fade" + ZONE_2_ON))
        await bench.quiet(0.015)
        assert bench.heard() == []
        await bench.quiet(0.011)
        assert bench.heard() == [with_crc(ACK_01)]


async def test_the_zone_components_may_begin_at_0081() -> None:
    async with Bench(settings=SimulatorSettings(component_base=0x0081)) as bench:
        assert await bench.answers(GoToLevel(ONE, 0x0082, FULL)) == [Acknowledge(7)]
        assert await bench.answers(GoToLevel(ONE, 0x0002, FULL)) == [
            Result(ONE, 0x40, ResultCode.BAD_VALUE, 14)
        ]
        await bench.quiet()
        assert bench.module.state.zones == (False, True, False, False)


async def test_a_command_from_a_device_named_by_serial_is_a_command_too() -> None:
    async with Bench() as bench:
        bench.say(bench.frame(GoToLevel(ONE, 1, FULL), source=SerialNumber(0x017D5363), sequence=3))
        await bench.quiet(0.005)
        assert bench.messages() == [Acknowledge(3)]


# --- queries -----------------------------------------------------------------------------------


@pytest.mark.requirement("G3")
async def test_all_eight_bits_are_answered_in_their_order_within_five_milliseconds() -> None:
    async with Bench() as bench:
        started = bench.now
        answers = await bench.answers(StatusQuery(ONE, StatusMask(0xFF)))
        assert [type(answer) for answer in answers] == [
            ZoneReport,
            OverrideReport,
            CciReport,
            CcoReport,
            EmergencyReport,
            CountersReport,
            IdentityReport,
            IoProgramReport,
        ]
        assert bench.now - started < 0.005


async def test_a_query_says_how_it_is_now_and_claims_no_change() -> None:
    async with Bench() as bench:
        bench.tell(GoToLevel(ONE, 2, FULL))
        await bench.quiet()
        await bench.open_cci()
        zones, override, cci, _ = await bench.answers(StatusQuery(ONE, StatusMask(0x0F)))
        flags = ReportFlag.OVERRIDE_ACTIVE | ReportFlag.CCI_OPEN
        assert zones == ZoneReport(ONE, ALL_ON, ALL_OFF, flags, Cause.QUERY, 3)
        saved = (False, True, False, False)
        assert override == OverrideReport(ONE, True, ALL_ON, saved, Cause.QUERY)
        assert cci == CciReport(ONE, ContactState.OPEN, is_edge=False)


async def test_the_forced_bits_are_the_zones_that_override_switched_on() -> None:
    async with Bench() as bench:
        bench.tell(EmergencySet(ONE, (ON, OFF, UNAFFECTED, ON)))
        await bench.quiet()
        await bench.open_cci()
        (report,) = await bench.answers(StatusQuery(ONE, StatusMask.OVERRIDE))
        assert isinstance(report, OverrideReport)
        assert report.forced == (True, False, False, True)


async def test_the_rest_of_a_pulse_is_told() -> None:
    async with Bench() as bench:
        bench.tell(CcoSet(ONE, CcoAction.PULSE, 2.0))
        await bench.quiet(0.5)
        (report,) = await bench.answers(StatusQuery(ONE, StatusMask.CCO))
        assert isinstance(report, CcoReport)
        assert report.is_closed
        assert report.remaining_s == pytest.approx(1.5, abs=0.02)


async def test_names_and_groups_are_read_back() -> None:
    async with Bench() as bench:
        for message in (
            NameSet(ONE, 0, "Cellar"),
            NameSet(ONE, 3, "Flur oben"),
            GroupSet(ONE, GroupNumber(7), (True, False, False, False)),
            GroupSet(ONE, GroupNumber(2), ALL_ON),
            IoProgramSet(ONE, CcoType.MAINTAINED, 1.5, 0.2),
        ):
            bench.tell(message)
            await bench.quiet(0.1)
        assert await bench.answers(NameQuery(ONE, 0)) == [NameReport(ONE, 0, "Cellar")]
        assert await bench.answers(NameQuery(ONE, 3)) == [NameReport(ONE, 3, "Flur oben")]
        assert await bench.answers(NameQuery(ONE, 4)) == [NameReport(ONE, 4, "")]
        *groups, end = await bench.answers(GroupQuery(ONE), sequence=5)
        assert groups == [
            GroupReport(ONE, GroupNumber(2), ALL_ON),
            GroupReport(ONE, GroupNumber(7), (True, False, False, False)),
        ]
        assert end == Result(ONE, 0x17, ResultCode.DONE, 5)
        (io,) = await bench.answers(StatusQuery(ONE, StatusMask.IO_PROGRAM))
        assert io == IoProgramReport(ONE, CcoType.MAINTAINED, 1.5, 0.2)


async def test_a_module_in_no_group_says_so() -> None:
    async with Bench() as bench:
        assert await bench.answers(GroupQuery(ONE), sequence=9) == [
            Result(ONE, 0x17, ResultCode.DONE, 9)
        ]


async def test_a_seventeenth_group_is_refused() -> None:
    async with Bench() as bench:
        for number in range(1, 17):
            (answer,) = await bench.answers(GroupSet(ONE, GroupNumber(number), ALL_ON))
            assert isinstance(answer, Result)
            assert answer.result is ResultCode.DONE
        (answer,) = await bench.answers(GroupSet(ONE, GroupNumber(17), ALL_ON))
        assert isinstance(answer, Result)
        assert answer.result is ResultCode.BAD_VALUE
        assert len(await bench.answers(GroupQuery(ONE))) == 17


# --- repeats -----------------------------------------------------------------------------------


@pytest.mark.requirement("G3")
class TestRepeats:
    async def test_a_repeat_is_answered_again_with_its_own_sequence_and_not_done_again(
        self,
    ) -> None:
        async with Bench() as bench:
            pulse = CcoSet(ONE, CcoAction.PULSE, 1.0)
            bench.tell(pulse, counter=1, sequence=1)
            await bench.quiet(0.5)
            first = bench.messages()[0]
            bench.tell(pulse, counter=1, sequence=7)
            await bench.quiet(0.3)
            (again,) = bench.messages()
            assert first == Result(ONE, 0x05, ResultCode.DONE, 1)
            assert again == Result(ONE, 0x05, ResultCode.DONE, 7)
            # Done again, the pulse would have begun anew.
            await bench.quiet(0.3)
            assert not bench.module.state.cco.is_closed

    async def test_the_answer_to_a_repeat_is_that_of_the_first_time(self) -> None:
        async with Bench() as bench:
            on = GoToLevel(ONE, 1, FULL)
            await bench.answers(on, counter=1, sequence=1)
            bench.module.move_cci(ContactState.OPEN)
            await bench.quiet(0.2)
            bench.clear()
            assert await bench.answers(on, counter=1, sequence=7) == [Acknowledge(7)]
            # A new command is refused now.
            (refused,) = await bench.answers(on, counter=2, sequence=13)
            assert refused == Result(ONE, 0x40, ResultCode.OVERRIDE, 13)
            bench.module.move_cci(ContactState.CLOSED)
            await bench.quiet(0.2)
            bench.clear()
            assert await bench.answers(on, counter=2, sequence=19) == [
                Result(ONE, 0x40, ResultCode.OVERRIDE, 19)
            ]

    async def test_the_same_octets_once_more_are_a_repeat_whatever_their_sequence(self) -> None:
        async with Bench() as bench:
            pulse = CcoSet(ONE, CcoAction.PULSE, 1.0)
            await bench.answers(pulse, counter=1, sequence=1)
            bench.say(bench.frame(pulse, counter=1, sequence=1))
            await bench.quiet(0.9)
            assert bench.module.state.memory.cco_operations == 1

    async def test_the_second_is_counted_from_the_last_copy(self) -> None:
        async with Bench() as bench:
            pulse = CcoSet(ONE, CcoAction.PULSE, 60.0)
            for sequence in (1, 7, 13):
                await bench.answers(pulse, counter=1, sequence=sequence)
                await bench.quiet(0.8)
            release_at = bench.module.state.cco.release_at
            assert release_at is not None
            assert release_at < bench.now + 60.0 - 2.3

    @pytest.mark.parametrize(
        ("between", "how"),
        [
            ("a second", {}),
            ("another counter", {"counter": 2}),
            ("another command", {}),
            ("a query", {}),
            ("something unknown", {}),
        ],
    )
    async def test_it_is_a_new_message_after(self, between: str, how: dict[str, int]) -> None:
        async with Bench() as bench:
            pulse = CcoSet(ONE, CcoAction.PULSE, 5.0)
            await bench.answers(pulse, counter=1, sequence=1)
            await bench.quiet(0.4)
            if between == "a second":
                await bench.quiet(0.6)
            elif between == "another command":
                await bench.answers(Identify(ONE), counter=2, sequence=20)
            elif between == "a query":
                await bench.answers(StatusQuery(ONE, ZONES), counter=2, sequence=20)
            elif between == "something unknown":
                bench.say(command(to_one("4200 03"), counter=2))
            await bench.quiet(0.1)
            restarted = bench.now
            await bench.answers(pulse, **{"counter": 1, "sequence": 7, **how})
            release_at = bench.module.state.cco.release_at
            assert release_at is not None
            assert release_at >= restarted + 5.0

    async def test_a_query_is_answered_each_time(self) -> None:
        async with Bench() as bench:
            bench.tell(StatusQuery(ONE, ZONES), counter=1, sequence=1)
            await bench.quiet(0.005)
            assert bench.module.state.zones == ALL_OFF
            bench.tell(GoToLevel(ONE, 1, FULL), counter=2, sequence=2)
            await bench.quiet(0.1)
            for sequence in (7, 13):
                (report,) = await bench.answers(
                    StatusQuery(ONE, ZONES), counter=3, sequence=sequence
                )
                assert isinstance(report, ZoneReport)
                assert report.zones == (True, False, False, False)

    async def test_another_sender_saying_the_same_is_no_repeat(self) -> None:
        async with Bench() as bench:
            pulse = CcoSet(ONE, CcoAction.PULSE, 1.0)
            await bench.answers(pulse, counter=1, sequence=1)
            await bench.quiet(0.5)
            bench.say(bench.frame(pulse, counter=1, sequence=7, source=LinkSource(address=0x23)))
            await bench.quiet(0.7)
            assert bench.module.state.cco.is_closed

    async def test_a_repeated_group_command_is_not_done_again(self) -> None:
        async with Bench() as bench:
            off = GoToLevel(BROADCAST, 0, 0)
            bench.tell(off, counter=1, sequence=1)
            await bench.quiet(0.1)
            bench.module.press_button(1)
            await bench.quiet(0.1)
            bench.tell(off, counter=1, sequence=7)
            await bench.quiet(0.1)
            assert bench.module.state.saved == (True, False, False, False)

    async def test_a_power_cut_makes_it_forget_what_it_heard(self) -> None:
        async with Bench() as bench:
            pulse = CcoSet(ONE, CcoAction.PULSE, 5.0)
            await bench.answers(pulse, counter=1, sequence=1)
            bench.module.set_power(False)
            bench.module.set_power(True)
            await bench.module.settled()
            await bench.answers(pulse, counter=1, sequence=7)
            assert bench.module.state.cco.is_closed

    async def test_it_remembers_a_bounded_number_of_senders(self) -> None:
        async with Bench() as bench:
            pulse = CcoSet(ONE, CcoAction.PULSE, 60.0)
            for address in range(0x100):
                source = LinkSource(address=address)
                bench.say(bench.frame(pulse, counter=1, sequence=1, source=source))
            await asyncio.sleep(0.4)
            assert len(bench.module.device._remembered) == 64
            restarted = bench.now
            # The latest are kept: this one is a repeat still.
            bench.say(bench.frame(pulse, counter=1, sequence=7, source=LinkSource(address=0xFF)))
            await bench.quiet(0.01)
            release_at = bench.module.state.cco.release_at
            assert release_at is not None
            assert release_at < restarted + 60.0


# --- durable before answered -------------------------------------------------------------------


class SlowStore(RamStore):
    """A store whose writes take their time, or fail."""

    def __init__(self, write_s: float = 0.0) -> None:
        super().__init__()
        self.write_s = write_s
        self.error: OSError | None = None
        self.saves = 0

    def save(self, serial: SerialNumber, octets: bytes, done: Any) -> None:
        self.saves += 1
        error = self.error

        def written() -> None:
            if error is None:
                self.memories[serial] = octets
            done(error)

        asyncio.get_running_loop().call_later(self.write_s, written)


@pytest.mark.requirement("A8", "G3")
class TestDurable:
    async def test_nothing_is_answered_and_no_relay_moves_before_the_memory_is_written(
        self,
    ) -> None:
        store = SlowStore()
        async with Bench(store=store) as bench:
            store.write_s = 0.5
            bench.tell(GoToLevel(ONE, 1, FULL))
            await bench.quiet(0.499)
            assert bench.heard() == []
            assert bench.module.state.saved == ALL_OFF
            await bench.quiet(0.002)
            assert [type(message) for message in bench.messages()] == [Acknowledge]
            assert bench.module.state.saved == (True, False, False, False)
            assert bench.module.state.zones == ALL_OFF
            await bench.quiet(2.0)
            assert bench.module.state.zones == (True, False, False, False)

    async def test_a_power_cut_before_the_write_ended_leaves_it_unanswered_and_in_flight(
        self,
    ) -> None:
        store = SlowStore()
        async with Bench(store=store) as bench:
            store.write_s = 0.5
            bench.tell(GoToLevel(ONE, 1, FULL))
            await bench.quiet(0.2)
            bench.module.set_power(False)
            bench.module.set_power(True)
            await bench.quiet(0.31)
            # The write came through after all: this is what the module finds.
            assert not any(isinstance(message, Acknowledge) for message in bench.messages())
            await bench.module.settled()
            assert bench.module.state.saved == (True, False, False, False)
            assert bench.module.state.zones == (True, False, False, False)

    async def test_a_power_cut_right_after_the_write_swallows_the_answer(self) -> None:
        async with Bench() as bench:
            bench.tell(GoToLevel(ONE, 1, FULL))
            await bench.quiet(0.0005)
            assert bench.module.state.saved == (True, False, False, False)
            bench.module.set_power(False)
            await bench.quiet()
            assert bench.heard() == []
            bench.module.set_power(True)
            await bench.quiet()
            assert bench.module.state.zones == (True, False, False, False)

    async def test_a_repeat_waits_for_the_first_to_be_written(self) -> None:
        store = SlowStore()
        async with Bench(store=store) as bench:
            store.write_s = 0.1
            on = GoToLevel(ONE, 1, FULL)
            bench.tell(on, counter=1, sequence=1)
            await bench.quiet(0.04)
            bench.tell(on, counter=1, sequence=7)
            await bench.quiet(0.04)
            assert bench.heard() == []
            await bench.quiet(0.03)
            assert bench.messages() == [Acknowledge(1), Acknowledge(7)]
            assert store.saves == 2  # the factory's, and this

    async def test_what_waits_behind_a_write_is_not_answered_after_a_power_cut(self) -> None:
        store = SlowStore()
        async with Bench(store=store) as bench:
            store.write_s = 0.1
            on = GoToLevel(ONE, 1, FULL)
            bench.tell(on, counter=1, sequence=1)
            bench.tell(on, counter=1, sequence=7)
            bench.tell(GoToLevel(ONE, 2, FULL))
            bench.tell(StatusQuery(ONE, StatusMask(0xFF)))
            bench.tell(Discover())
            await bench.quiet(0.05)
            bench.module.set_power(False)
            bench.module.set_power(True)
            await bench.quiet()
            zones, cci, override = bench.messages()
            assert isinstance(zones, ZoneReport)
            assert zones.cause is Cause.POWER_UP
            assert zones.zones == (True, False, False, False)
            assert isinstance(cci, CciReport)
            assert isinstance(override, OverrideReport)

    async def test_a_repeat_that_waits_behind_a_write_is_not_answered_after_a_power_cut(
        self,
    ) -> None:
        store = SlowStore()
        other = LinkSource(address=0x23)
        async with Bench(store=store) as bench:
            bench.say(bench.frame(Identify(ONE), counter=1, sequence=1, source=other))
            await bench.quiet(0.1)
            store.write_s = 0.1
            bench.clear()
            bench.tell(GoToLevel(ONE, 1, FULL))
            bench.say(bench.frame(Identify(ONE), counter=1, sequence=7, source=other))
            await bench.quiet(0.05)
            bench.module.set_power(False)
            await bench.quiet()
            assert bench.heard() == []

    async def test_a_query_waits_for_the_counts_to_be_written(self) -> None:
        store = SlowStore()
        async with Bench(store=store) as bench:
            bench.tell(GoToLevel(ONE, 1, FULL))
            store.write_s = 0.05
            while store.saves < 3:
                await asyncio.sleep(0.001)
            bench.clear()
            bench.tell(StatusQuery(ONE, StatusMask.COUNTERS))
            await bench.quiet(0.01)
            assert bench.heard() == []
            await bench.quiet(0.05)
            counters = [each for each in bench.messages() if isinstance(each, CountersReport)]
            assert counters[0].relay_operations == (1, 0, 0, 0)

    async def test_a_command_whose_memory_cannot_be_written_is_busy_and_not_done(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        store = SlowStore()
        async with Bench(store=store) as bench:
            store.error = OSError(28, "No space left on device")
            (answer,) = await bench.answers(GoToLevel(ONE, 1, FULL), sequence=3)
            assert answer == Result(ONE, 0x40, ResultCode.BUSY, 3)
            (answer,) = await bench.answers(NameSet(ONE, 1, "Hall"), sequence=4)
            assert answer == Result(ONE, 0x12, ResultCode.BUSY, 4)
            await bench.quiet()
            assert bench.module.state.zones == ALL_OFF
            store.error = None
            assert await bench.answers(GoToLevel(ONE, 1, FULL), sequence=5) == [Acknowledge(5)]
            await bench.quiet()
            assert bench.module.state.zones == (True, False, False, False)
        errors = [record for record in caplog.records if record.levelname == "ERROR"]
        assert len(errors) == 1
        assert "00A1B2C3" in errors[0].message

    async def test_more_than_can_wait_for_the_memory_is_busy_and_not_done(self) -> None:
        store = SlowStore()
        async with Bench(store=store, settings=SimulatorSettings(causes_max=2)) as bench:
            store.write_s = 0.5
            for zone in (1, 2, 3):  # one is being written, two wait
                bench.tell(GoToLevel(ONE, zone, FULL))
            await bench.quiet(0.01)
            bench.clear()
            assert await bench.answers(GoToLevel(ONE, 4, FULL), counter=1, sequence=1) == [
                Result(ONE, 0x40, ResultCode.BUSY, 1)
            ]
            assert await bench.answers(StatusQuery(ONE, ZONES), sequence=2) == [
                Result(ONE, 0x01, ResultCode.BUSY, 2)
            ]
            # Nobody is told anything new about what is not answered yet.
            assert await bench.answers(GoToLevel(BROADCAST, 0, FULL)) == []
            bench.tell(Discover())
            bench.say(bench.frame(StatusQuery(ONE, ZONES), counter=2, sequence=3))
            await bench.quiet(5)
            assert not any(isinstance(each, IdentityReport) for each in bench.messages())
            assert bench.module.state.zones == (True, True, True, False)

    async def test_a_repeat_while_it_is_busy_is_for_the_sender_to_ask_again(self) -> None:
        store = SlowStore()
        async with Bench(store=store, settings=SimulatorSettings(causes_max=1)) as bench:
            store.write_s = 0.2
            bench.tell(GoToLevel(ONE, 1, FULL))
            on = GoToLevel(ONE, 2, FULL)
            for sequence in (1, 7):
                bench.tell(on, counter=3, sequence=sequence)
            await bench.quiet(0.1)
            assert bench.messages() == []
            store.write_s = 0.0
            await bench.quiet(0.35)
            assert [each for each in bench.messages() if isinstance(each, Acknowledge)] == [
                Acknowledge(7),
                Acknowledge(1),
            ]
            # Asked again when it has time, it answers as it should.
            answers = await bench.answers(on, counter=3, sequence=13)
            assert answers == [Acknowledge(13)]

    async def test_nothing_new_is_nothing_to_write(self) -> None:
        store = SlowStore()
        async with Bench(store=store) as bench:
            bench.tell(GoToLevel(ONE, 1, 0))
            await bench.quiet()
            assert bench.messages() == [Acknowledge(7)]
            assert store.saves == 1  # the factory's


# --- override and power ------------------------------------------------------------------------


@pytest.mark.requirement("C4", "G3")
class TestOverride:
    async def test_a_refused_command_is_not_kept_for_later(self) -> None:
        async with Bench() as bench:
            await bench.open_cci()
            bench.tell(GoToLevel(ONE, 1, FULL))
            bench.tell(GoToLevel(BROADCAST, 0, FULL))
            bench.tell(CcoSet(ONE, CcoAction.CLOSE))
            await bench.quiet()
            bench.module.move_cci(ContactState.CLOSED)
            await bench.quiet()
            assert bench.module.state.zones == ALL_OFF
            assert not bench.module.state.cco.is_closed

    async def test_programming_is_accepted_and_holds_from_the_next_entry(self) -> None:
        async with Bench() as bench:
            await bench.open_cci()
            (answer,) = await bench.answers(EmergencySet(ONE, (OFF, OFF, OFF, OFF)))
            assert isinstance(answer, Result)
            assert answer.result is ResultCode.DONE
            await bench.quiet()
            assert bench.module.state.zones == ALL_ON
            bench.module.move_cci(ContactState.CLOSED)
            await bench.quiet()
            bench.module.move_cci(ContactState.OPEN)
            await bench.quiet()
            assert bench.module.state.zones == ALL_OFF

    @pytest.mark.requirement("D5")
    async def test_a_pulse_that_runs_ends_in_override_and_is_reported(self) -> None:
        async with Bench() as bench:
            bench.tell(CcoSet(ONE, CcoAction.PULSE, 3.0))
            await bench.quiet(0.5)
            await bench.open_cci()
            assert bench.module.state.cco.is_closed
            await bench.quiet(2.0)
            assert bench.messages() == [CcoReport(ONE, False, CcoType.MOMENTARY, 0.0)]

    async def test_closing_sends_the_same_three_in_the_same_order(self) -> None:
        async with Bench() as bench:
            await bench.open_cci()
            bench.module.move_cci(ContactState.CLOSED)
            await bench.quiet()
            zones, cci, override = bench.messages()
            assert zones == ZoneReport(ONE, ALL_OFF, ALL_ON, ReportFlag(0), Cause.CCI, 3)
            assert cci == CciReport(ONE, ContactState.CLOSED, is_edge=True)
            assert override == OverrideReport(ONE, False, ALL_OFF, ALL_OFF, Cause.CCI)

    @pytest.mark.requirement("C7")
    async def test_the_cci_acts_on_its_own_module_only(self) -> None:
        async with Bench((ONE, TWO)) as bench:
            await bench.open_cci(ONE)
            assert not bench[TWO].state.in_override
            assert bench[TWO].state.zones == ALL_OFF
            (answer,) = await bench.answers(GoToLevel(TWO, 1, FULL), sequence=4)
            assert answer == Acknowledge(4)

    @pytest.mark.requirement("C9")
    @pytest.mark.parametrize("target", [BROADCAST, GroupNumber(5)], ids=["broadcast", "group"])
    async def test_a_group_or_broadcast_acts_on_those_not_in_override(self, target: Any) -> None:
        async with Bench((ONE, TWO)) as bench:
            for serial in (ONE, TWO):
                bench.tell(GroupSet(serial, GroupNumber(5), (False, True, True, False)))
                await bench.quiet(0.1)
            await bench.open_cci(ONE)
            bench.tell(GoToLevel(target, 0, FULL))
            await bench.quiet()
            members = ALL_ON if target is BROADCAST else (False, True, True, False)
            assert bench[TWO].state.zones == members
            assert bench[ONE].state.saved == ALL_OFF
            (report,) = bench.messages()
            assert report == ZoneReport(TWO, members, members, ReportFlag(0), Cause.GROUP, 2)


@pytest.mark.requirement("G3")
class TestPower:
    async def test_a_module_without_power_is_silent_and_deaf(self) -> None:
        async with Bench() as bench:
            bench.module.set_power(False)
            bench.tell(GoToLevel(ONE, 1, FULL))
            bench.tell(StatusQuery(ONE, StatusMask(0xFF)))
            bench.tell(Discover())
            bench.module.press_prog()
            await bench.quiet()
            assert bench.heard() == []
            assert bench.module.state.saved == ALL_OFF

    @pytest.mark.requirement("A8")
    async def test_power_up_sends_zones_then_the_cci_then_override(self) -> None:
        async with Bench() as bench:
            bench.tell(GoToLevel(ONE, 3, FULL))
            await bench.quiet()
            bench.module.set_power(False)
            bench.clear()
            bench.module.set_power(True)
            await bench.quiet()
            on = (False, False, True, False)
            assert bench.messages() == [
                ZoneReport(ONE, on, on, ReportFlag.RESTORED, Cause.POWER_UP, 1),
                CciReport(ONE, ContactState.CLOSED, is_edge=False),
                OverrideReport(ONE, False, ALL_OFF, on, Cause.POWER_UP),
            ]

    async def test_power_up_with_the_cci_open_reports_override_by_power_up(self) -> None:
        async with Bench() as bench:
            bench.module.set_power(False)
            bench.module.move_cci(ContactState.OPEN)
            bench.clear()
            bench.module.set_power(True)
            await bench.quiet()
            zones, cci, override = bench.messages()
            assert isinstance(zones, ZoneReport)
            assert zones.zones == ALL_ON
            assert zones.cause is Cause.POWER_UP
            assert cci == CciReport(ONE, ContactState.OPEN, is_edge=False)
            assert override == OverrideReport(ONE, True, ALL_ON, ALL_OFF, Cause.POWER_UP)

    async def test_restored_is_told_until_the_first_change(self) -> None:
        async with Bench() as bench:
            bench.module.set_power(False)
            bench.module.set_power(True)
            await bench.quiet()
            (report,) = await bench.answers(StatusQuery(ONE, ZONES))
            assert isinstance(report, ZoneReport)
            assert report.flags == ReportFlag.RESTORED
            bench.tell(GoToLevel(ONE, 1, FULL))
            await bench.quiet()
            (report,) = await bench.answers(StatusQuery(ONE, ZONES))
            assert isinstance(report, ZoneReport)
            assert report.flags == ReportFlag(0)

    @pytest.mark.requirement("D3")
    async def test_the_cco_opens_with_the_power_and_stays_open(self) -> None:
        async with Bench() as bench:
            bench.tell(CcoSet(ONE, CcoAction.CLOSE))
            await bench.quiet()
            (report,) = await bench.answers(StatusQuery(ONE, ZONES))
            assert isinstance(report, ZoneReport)
            assert report.flags == ReportFlag.CCO_CLOSED
            bench.module.set_power(False)
            assert bench.module.snapshot()["cco"] == {"closed": False}
            bench.module.set_power(True)
            await bench.quiet()
            assert bench.module.snapshot()["cco"] == {"closed": False}

    async def test_a_power_cut_stops_a_frame_in_the_middle(self) -> None:
        async with Bench(settings=SimulatorSettings(is_paced=True)) as bench:
            bench.tell(StatusQuery(ONE, StatusMask.COUNTERS))
            await bench.quiet(0.020)
            bench.module.set_power(False)
            await bench.quiet(0.5)
            assert bench.ear.frames == []
            bench.ear.settle()
            assert sum(len(noise.octets) for noise in bench.ear.noise) > 8

    async def test_what_waited_to_be_reported_is_gone_with_the_power(self) -> None:
        async with Bench() as bench:
            bench.module.press_button(1)
            await bench.module.settled()
            bench.module.set_power(False)
            await bench.quiet()
            assert bench.heard() == []


# --- buttons -----------------------------------------------------------------------------------


@pytest.mark.requirement("B1")
async def test_the_link_hears_of_a_zone_button() -> None:
    async with Bench() as bench:
        bench.module.press_button(2)
        await bench.quiet()
        on = (False, True, False, False)
        assert bench.messages() == [ZoneReport(ONE, on, on, ReportFlag(0), Cause.ZONE_BUTTON, 2)]
        bench.module.press_button(2)
        await bench.quiet()
        assert bench.messages() == [
            ZoneReport(ONE, ALL_OFF, on, ReportFlag(0), Cause.ZONE_BUTTON, 3)
        ]


@pytest.mark.requirement("B2")
async def test_a_zone_button_in_override_does_nothing_and_nobody_hears_of_it() -> None:
    async with Bench() as bench:
        await bench.open_cci()
        before = bench.module.state.memory
        bench.module.press_button(2)
        await bench.quiet()
        assert bench.heard() == []
        assert bench.module.state.memory == before


@pytest.mark.requirement("B4")
async def test_the_prog_button_announces_the_module() -> None:
    async with Bench() as bench:
        bench.module.press_prog()
        await bench.quiet()
        assert bench.heard() == [IDENTITY_REPORT]


# --- discovery ---------------------------------------------------------------------------------


def slot_of(serial: SerialNumber, slots: int) -> int:
    return crc16(int(serial).to_bytes(4)) % slots


@pytest.mark.requirement("G3")
class TestDiscover:
    @pytest.mark.parametrize(
        ("prefix", "bits", "answers"),
        [
            (0x00000000, 0, [ONE, TWO]),
            (0xFFFFFFFF, 0, [ONE, TWO]),
            (0x00A1B2C0, 29, [ONE, TWO]),
            (0x00A1B2C3, 30, [ONE]),
            (0x00A1B2C3, 32, [ONE]),
            (0x00A1B2C4, 32, [TWO]),
            (0x00A1B2C5, 32, []),
            (0x80000000, 1, []),
            (0x00FFFFFF, 8, [ONE, TWO]),
        ],
    )
    async def test_those_whose_serial_begins_with_the_prefix_answer(
        self, prefix: int, bits: int, answers: list[SerialNumber]
    ) -> None:
        async with Bench((ONE, TWO)) as bench:
            bench.tell(Discover(prefix, bits, 16))
            await bench.quiet()
            heard = bench.messages()
            assert all(isinstance(message, IdentityReport) for message in heard)
            assert sorted(message.serial for message in heard) == answers  # type: ignore[attr-defined]

    @pytest.mark.parametrize("slots", [3, 16])
    @pytest.mark.parametrize("baud", [31250, 115200])
    async def test_each_answers_in_its_slot(self, slots: int, baud: int) -> None:
        assert slot_of(ONE, slots) != slot_of(TWO, slots)
        async with Bench((ONE, TWO), settings=SimulatorSettings(baud=baud)) as bench:
            said_at = bench.now
            bench.tell(Discover(0, 0, slots))
            await bench.quiet()
            for at, frame in bench.ear.frames:
                serial = frame.source_serial
                assert serial is not None
                begins = said_at + slot_of(serial, slots) * slot_time_s(baud)
                assert begins < at < begins + 0.003
            assert len(bench.ear.frames) == 2

    async def test_in_one_slot_they_break_each_other(self) -> None:
        async with Bench((ONE, TWO)) as bench:
            bench.tell(Discover(0, 0, 1))
            await bench.quiet()
            bench.ear.settle()
            assert bench.ear.frames == []
            assert bench.ear.noise
            # A bit longer, both ways, and everybody is heard.
            bench.tell(Discover(0x00A1B2C3, 30, 1))
            await bench.quiet()
            assert [frame.source_serial for _, frame in bench.ear.frames] == [ONE]

    async def test_the_frames_of_a_slot_fit_into_it_on_a_paced_line(self) -> None:
        settings = SimulatorSettings(is_paced=True)
        async with Bench((ONE, TWO), settings=settings) as bench:
            bench.tell(Discover(0, 0, 16))
            await bench.quiet()
            assert {frame.source_serial for _, frame in bench.ear.frames} == {ONE, TWO}

    async def test_an_answer_in_a_slot_waits_for_nobody_and_is_broken(self) -> None:
        slot = slot_of(ONE, 16)
        async with Bench(settings=SimulatorSettings(is_paced=True)) as bench:
            bench.tell(Discover(0, 0, 16))
            command_ends = bench.now + 31 * 10 / 31250
            await bench.quiet(command_ends - bench.now + slot * slot_time_s(31250) - 0.002)
            bench.ear.ours.write(b"\x00" * 20)
            await bench.quiet()
            assert bench.ear.frames == []
            assert bench.simulator.line.collisions == 2

    async def test_reports_wait_until_the_slots_are_over(self) -> None:
        async with Bench((ONE, TWO)) as bench:
            said_at = bench.now
            bench.tell(Discover(0, 0, 16))
            await bench.quiet(0.01)
            bench[ONE].press_button(1)
            await bench.quiet()
            (report_at,) = [
                at for at, frame in bench.ear.frames if frame.packet_type & 0xF0 == 0x80
            ]
            assert report_at >= said_at + 16 * slot_time_s(31250)


# --- reports that nobody asked for -------------------------------------------------------------


@pytest.mark.requirement("G3")
class TestReports:
    async def test_they_wait_for_idle_line_and_the_modules_own_share(self) -> None:
        async with Bench() as bench:
            bench.module.press_prog()
            pressed = bench.now
            await bench.quiet(0.001)
            # Others talk: the wait starts again.
            for _ in range(20):
                bench.ear.ours.write(b"\x55")
                await bench.quiet(0.002)
            talked_until = bench.now - 0.002
            assert bench.heard() == []
            await bench.quiet()
            ((at, _),) = bench.ear.frames
            assert at == pytest.approx(talked_until + 0.003 + (ONE % 16) * 0.001, abs=1e-4)
            assert at > pressed + 0.04

    async def test_the_message_counter_runs_1_2_3(self) -> None:
        async with Bench() as bench:
            for _ in range(7):
                bench.module.press_prog()
                await bench.quiet(0.1)
            assert [int(packet[:2], 16) & 3 for packet in bench.heard()] == [1, 2, 3, 1, 2, 3, 1]

    async def test_reports_of_two_modules_that_broke_each_other_both_come_in_the_end(self) -> None:
        rivals = (SerialNumber(0x00A1B2C3), SerialNumber(0x00A1B2D3))
        async with Bench(rivals) as bench:
            for module in bench.simulator.modules.values():
                module.press_prog()
            await bench.quiet()
            assert bench.ear.noise, "the same share, the same instant: they must collide"
            assert {frame.source_serial for _, frame in bench.ear.frames} == set(rivals)
            assert len(bench.ear.frames) == 2

    async def test_too_many_push_out_the_oldest(self) -> None:
        async with Bench(settings=SimulatorSettings(reports_max=2)) as bench:
            for _ in range(5):
                bench.module.press_prog()
            bench.tell(CcoSet(ONE, CcoAction.CLOSE))
            await bench.quiet()
            kinds = [type(message) for message in bench.messages()]
            assert kinds == [Result, IdentityReport, IdentityReport, CcoReport]

    async def test_a_zone_report_counts_and_a_query_does_not(self) -> None:
        async with Bench() as bench:
            counts = []
            for level in (FULL, 0):
                bench.tell(GoToLevel(ONE, 1, level))
                await bench.quiet()
                bench.tell(StatusQuery(ONE, ZONES))
                await bench.quiet()
            counts = [each.count for each in bench.messages() if isinstance(each, ZoneReport)]
            assert counts == [2, 2, 3, 3]

    @pytest.mark.requirement("D2")
    async def test_the_cco_reports_once_a_change(self) -> None:
        async with Bench() as bench:
            for action in (CcoAction.CLOSE, CcoAction.CLOSE, CcoAction.PULSE, CcoAction.END_PULSE):
                bench.tell(CcoSet(ONE, action))
                await bench.quiet(0.1)
            reports = [each for each in bench.messages() if isinstance(each, CcoReport)]
            assert [report.is_closed for report in reports] == [True, False]

    async def test_an_entry_and_exit_before_the_relays_rest_are_both_told(self) -> None:
        async with Bench() as bench:
            bench.tell(IoProgramSet(ONE, CcoType.MOMENTARY, 0.5, 0.0))
            await bench.quiet()
            bench.clear()
            bench.module.move_cci(ContactState.OPEN)
            await bench.quiet(0.002)
            bench.module.move_cci(ContactState.CLOSED)
            await bench.quiet()
            told = bench.messages()
            edges = [each.contact for each in told if isinstance(each, CciReport)]
            modes = [each.is_active for each in told if isinstance(each, OverrideReport)]
            zones = [each.zones for each in told if isinstance(each, ZoneReport)]
            assert edges == [ContactState.OPEN, ContactState.CLOSED]
            assert modes == [True, False]
            assert len(zones) == 2
            assert zones[-1] == ALL_OFF


# --- counters ----------------------------------------------------------------------------------


class TestCounters:
    @pytest.mark.requirement("A4")
    async def test_operations_openings_and_uptime_are_counted(self) -> None:
        async with Bench() as bench:
            for level in (FULL, 0):
                bench.tell(GoToLevel(ONE, 2, level))
                await bench.quiet()
            bench.tell(CcoSet(ONE, CcoAction.PULSE))
            await bench.quiet()
            await bench.open_cci()
            (report,) = await bench.answers(StatusQuery(ONE, StatusMask.COUNTERS))
            assert isinstance(report, CountersReport)
            assert report.relay_operations == (1, 3, 1, 1)
            assert report.cco_operations == 2
            assert report.cci_openings == 1
            assert report.uptime_s == int(bench.now)

    async def test_frames_of_others_and_broken_ones_are_counted(self) -> None:
        async with Bench((ONE, TWO)) as bench:
            (before,) = await bench.answers(StatusQuery(ONE, StatusMask.COUNTERS))
            bench.tell(GoToLevel(TWO, 1, FULL))  # this, its acknowledgement and its report
            await bench.quiet()
            bench.say(ZONE_2_ON[:-2] + "65")
            await bench.quiet(0.1)
            (after,) = await bench.answers(StatusQuery(ONE, StatusMask.COUNTERS))
            assert isinstance(before, CountersReport)
            assert isinstance(after, CountersReport)
            assert after.frames_good - before.frames_good == 4
            assert after.crc_errors - before.crc_errors == 1
            assert after.overruns == 0

    async def test_collisions_of_others_are_framing_errors(self) -> None:
        third = SerialNumber(0x00A1B2D4)
        async with Bench((ONE, TWO, third)) as bench:
            for serial in (TWO, third):
                bench[serial].press_prog()
            await bench.quiet()
            (report,) = await bench.answers(StatusQuery(ONE, StatusMask.COUNTERS))
            assert isinstance(report, CountersReport)
            assert report.framing_errors >= 1

    @pytest.mark.parametrize(
        ("mask", "good", "crc"),
        [
            (CounterMask.FRAMES_GOOD, 1, 1),
            (CounterMask.CRC_ERRORS, 5, 0),
            (CounterMask(0x0F), 1, 0),
        ],
    )
    async def test_only_what_the_mask_names_is_cleared(
        self, mask: CounterMask, good: int, crc: int
    ) -> None:
        async with Bench() as bench:
            bench.module.set_power(False)
            bench.module.set_power(True)
            await bench.quiet()
            bench.tell(GoToLevel(ONE, 1, FULL))
            await bench.quiet()
            bench.say(ZONE_2_ON[:-2] + "65")
            await bench.quiet()
            bench.tell(Identify(ONE))
            await bench.quiet()
            bench.tell(Identify(ONE, 0))
            await bench.quiet()
            (cleared,) = await bench.answers(CountersClear(ONE, mask))
            assert isinstance(cleared, Result)
            (report,) = await bench.answers(StatusQuery(ONE, StatusMask.COUNTERS))
            assert isinstance(report, CountersReport)
            assert (report.frames_good, report.crc_errors) == (good, crc)
            assert report.relay_operations == (1, 0, 0, 0)
            assert report.uptime_s > 0
