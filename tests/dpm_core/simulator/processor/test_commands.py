"""What each line does, and what is answered: the rules of the reference, line by line."""

import re

import pytest

from dpm_core.model import CcoType, ContactState, Program
from tests.dpm_core.simulator.processor.house import ONE, TWO, House, house, until

pytestmark = pytest.mark.requirement("G3")

ERRORS = {
    # Source: integration-protocol.md 3.8, the guide's own examples among them.
    "1": [
        "?OUTPUT",
        "?OUTPUT,",
        "#OUTPUT,101",
        "#OUTPUT,101,1",
        "#OUTPUT,101,1,50,0,0,0",
        "?OUTPUT,101,1,2",
        "#OUTPUT,101,2,1",
        "#OUTPUT,105,6,1,0,0",
        "?AREA,2",
        "?AREA,2,1,1",
        "#AREA,2,1",
        "?DEVICE,110,1",
        "?DEVICE,110,1,35,1",
        "?GROUP,2",
        "#MONITORING,5",
        "#MONITORING,5,1,1",
        "?MONITORING",
        "?SYSTEM",
        "?SYSTEM,1,1",
        "?INTEGRATIONID",
        "?INTEGRATIONID,3,101,1",
        "#RESET",
        "?SYSVAR",
    ],
    "2": [
        "#OUTPUT,999,1,100",
        "?OUTPUT,0,1",
        "?OUTPUT,2,1",
        "#OUTPUT,110,1,100",
        "?AREA,0,1",
        "#AREA,101,1,100",
        "?DEVICE,101,1,35",
        "?DEVICE,110,2,35",
        "?GROUP,3,3",
        "?INTEGRATIONID,1,00A1B2C3",
        "?INTEGRATIONID,3,999",
        "#SHADEGRP,1,1,100",
        "?SYSVAR,7,1",
        "?TIMECLOCK,1,2",
        "?HVAC,1,1",
    ],
    "3": [
        "#OUTPUT,101,4321,1",
        "?OUTPUT,101,6",
        "#OUTPUT,101,6",
        "?AREA,2,3",
        "#AREA,2,9",
        "#AREA,2,6000",
        "#DEVICE,110,1,3",
        "?DEVICE,110,1,9",
        "#GROUP,2,3",
        "?GROUP,2,1",
        "?SYSTEM,11",
        "#SYSTEM,1,11:05:00",
        "?INTEGRATIONID,2",
        "#INTEGRATIONID,1,1",
        "#RESET,1",
        "?RESET,0",
    ],
    "4": [
        "#OUTPUT,101,1,120",
        "#OUTPUT,101,1,100.01",
        "#OUTPUT,101,1,100,4:00:01",
        "#OUTPUT,105,6,61",
        "#OUTPUT,105,6,0",
        "#MONITORING,99,1",
        "?MONITORING,99",
        "#MONITORING,5,3",
    ],
    "5": [
        "#OUTPUT,house,1,100",
        "?OUTPUT,101,level",
        "#OUTPUT,101,one,100",
        "#OUTPUT,101,1,",
        "#OUTPUT,101,1,-1",
        "#OUTPUT,101,1,on",
        "#OUTPUT,101,1,100,1:2:3:4",
        "#OUTPUT,101,1,100,soon",
        "?AREA,hall,1",
        "?DEVICE,110,one,35",
        "?GROUP,2,one",
        "#MONITORING,all,1",
        "?SYSTEM,ten",
        "?INTEGRATIONID,three",
        "?INTEGRATIONID,3,kitchen",
        "#RESET,now",
        "?SYSVAR,seven",
    ],
    "6": ["hello", "OUTPUT,101,1", "~OUTPUT,101,1,100", "?", "#FLY,1", "?MODE,1", "!"],
}


async def test_what_cannot_be_is_told_by_number_and_does_nothing() -> None:
    async with house() as ours, await ours.session(5) as program:
        for number, lines in ERRORS.items():
            for line in lines:
                assert await program.ask(line) == [f"~ERROR,{number}"], line
        assert ours.zones() == ours.zones(TWO) == [False] * 4


@pytest.mark.parametrize(
    "line",
    [
        "#OUTPUT,101,1,100",
        "#output,101,1,100",
        " # OUTPUT , 00101 , 01 , 0100.00 ",
        "#OUTPUT,101,1,1",
        "#OUTPUT,101,1,99.9,0:00:00.500000",
        "#OUTPUT,101,1,75,2:30",
        "#OUTPUT,101,1,75,,0",
        "#OUTPUT,101,2",
    ],
)
async def test_a_zone_goes_on_and_reads_100_whatever_level_it_was(line: str) -> None:
    async with house() as ours, await ours.session(5) as program:
        assert await program.ask(line) == ["~OUTPUT,101,1,100.00"]
        await ours.settled()
        assert ours.zones() == [True, False, False, False]
        assert await program.ask("?OUTPUT,101") == ["~OUTPUT,101,1,100.00"]
        assert await program.ask(line) == ["~OUTPUT,101,1,100.00"], "told, changed or not"


@pytest.mark.parametrize("line", ["#OUTPUT,101,1,0", "#OUTPUT,101,1,0.00,5", "#OUTPUT,101,3"])
async def test_a_zone_goes_off(line: str) -> None:
    async with house() as ours, await ours.session(5) as program:
        await program.ask("#OUTPUT,101,1,100")
        assert await program.ask(line) == ["~OUTPUT,101,1,0.00"]
        await ours.settled()
        assert ours.zones() == [False] * 4


@pytest.mark.parametrize("line", ["#OUTPUT,101,4", "#OUTPUT,101,5", "#OUTPUT,101,5,1,1"])
async def test_stop_and_flash_do_nothing_to_a_relay(line: str) -> None:
    async with house() as ours, await ours.session(5) as program:
        assert await program.ask(line) == []
        await ours.settled()
        assert ours.zones() == [False] * 4


async def test_a_delay_is_kept_and_a_newer_command_ends_it() -> None:
    async with house() as ours, await ours.session(5) as program:
        program.say("#OUTPUT,101,1,100,0,1000", "#OUTPUT,102,1,100,0,0.25")
        await program.exactly(b"~OUTPUT,102,1,100.00\r\n")
        assert await program.ask("#OUTPUT,101,1,0") == ["~OUTPUT,101,1,0.00"]
        await ours.settled()
        assert ours.zones() == [False, True, False, False]


async def test_every_session_that_hears_levels_is_told_and_no_other() -> None:
    async with house() as ours, await ours.session(5) as hears, await ours.session() as does_not:
        assert await does_not.ask("#OUTPUT,101,1,100") == []
        await hears.exactly(b"~OUTPUT,101,1,100.00\r\n")


async def test_an_area_is_one_line_for_all_its_zones() -> None:
    async with house() as ours, await ours.session() as program:
        await program.ask("#AREA,2,1,100")
        await ours.settled()
        assert ours.zones() == ours.zones(TWO) == [True] * 4
        levels = await program.ask("?AREA,2,1")
        outputs = [*range(101, 105), 105, *range(201, 205), 205]
        assert levels == [
            f"~OUTPUT,{output},1,{'0.00' if output % 100 == 5 else '100.00'}" for output in outputs
        ]
        await program.ask("#AREA,2,3")
        await ours.settled()
        assert ours.zones() == [False] * 4
        assert await program.ask("?AREA,2,8") == ["~AREA,2,8,4"]
        assert await program.ask("?AREA,2,6") == await program.ask("#AREA,2,6,1") == []
        assert await program.ask("?GROUP,2,3") == ["~GROUP,2,3,255"]


# --- the CCO ---------------------------------------------------------------------------------


async def make_maintained(ours: House) -> None:
    """Transfer a project whose first CCO is a maintained output."""
    module = ours.simulator.modules[ONE]
    memory = module.state.memory
    assert memory.program == Program()
    program = Program(cco_type=CcoType.MAINTAINED)
    project = ours.processor.project
    ours.processor._transferred = project.transferred({ONE: program}, changes_ids=False)


async def test_a_maintained_cco_is_closed_and_opened_by_its_level() -> None:
    async with house() as ours, await ours.session(5) as program:
        await make_maintained(ours)
        assert await program.ask("#OUTPUT,105,1,100") == ["~OUTPUT,105,1,100.00"]
        assert ours.simulator.modules[ONE].state.cco.is_closed
        assert await program.ask("?OUTPUT,105,1") == ["~OUTPUT,105,1,100.00"]
        assert await program.ask("#OUTPUT,105,1,0") == ["~OUTPUT,105,1,0.00"]
        assert not ours.simulator.modules[ONE].state.cco.is_closed


@pytest.mark.parametrize("line", ["#OUTPUT,105,6,0.5", "#OUTPUT,105,6,0.74", "#OUTPUT,105,6"])
async def test_a_pulse_closes_the_contact_and_opens_it_again(line: str) -> None:
    async with house() as ours, await ours.session(5) as program:
        assert await program.ask(line) == ["~OUTPUT,105,1,100.00"]
        await program.exactly(b"~OUTPUT,105,1,0.00\r\n")
        assert ours.simulator.modules[ONE].state.memory.cco_operations == 2


async def test_fractions_of_a_pulse_go_down_to_the_quarter_second() -> None:
    async with house() as ours, await ours.session(5) as program:
        assert await program.ask("#OUTPUT,105,6,59.99") == ["~OUTPUT,105,1,100.00"]
        state = ours.simulator.modules[ONE].state
        assert state.cco.release_at is not None
        assert state.cco.remaining_s(0) == pytest.approx(state.cco.release_at)
        assert await program.ask("#OUTPUT,105,1,0") == ["~OUTPUT,105,1,0.00"], "0 ends a pulse"


async def test_a_level_above_0_pulses_a_pulsed_cco() -> None:
    async with house() as ours, await ours.session(5) as program:
        assert await program.ask("#OUTPUT,105,1,100") == ["~OUTPUT,105,1,100.00"]
        await program.exactly(b"~OUTPUT,105,1,0.00\r\n")


async def test_a_silent_pulsed_cco_always_reads_100() -> None:
    async with house("cco-silent") as ours, await ours.session(5) as program:
        assert await program.ask("?OUTPUT,105,1") == ["~OUTPUT,105,1,100.00"]
        assert await program.ask("#OUTPUT,105,6,0.25") == []
        await until(lambda: ours.simulator.modules[ONE].state.memory.cco_operations == 2)
        assert await program.ask("?OUTPUT,105,1") == ["~OUTPUT,105,1,100.00"]


# --- manual override -------------------------------------------------------------------------


async def test_in_override_a_command_is_taken_and_the_level_stays() -> None:
    async with house() as ours, await ours.session(5) as program:
        ours.simulator.modules[ONE].move_cci(ContactState.OPEN)
        for output in range(101, 105):
            await program.exactly(f"~OUTPUT,{output},1,100.00\r\n".encode())
        assert await program.ask("#OUTPUT,101,1,0") == ["~OUTPUT,101,1,100.00"]
        assert await program.ask("?OUTPUT,101,1") == ["~OUTPUT,101,1,100.00"]
        assert await program.ask("#OUTPUT,105,6,1") == ["~OUTPUT,105,1,0.00"]
        await ours.settled()
        assert ours.zones() == [True] * 4


async def test_the_contact_tells_of_the_override_to_whom_hears_events() -> None:
    async with house() as ours, await ours.session(2) as program, await ours.session(3) as other:
        module = ours.simulator.modules[TWO]
        assert await program.ask("?DEVICE,210,1,35") == ["~DEVICE,210,1,4"]
        module.move_cci(ContactState.OPEN)
        await program.exactly(b"~DEVICE,210,1,3\r\n")
        assert await program.ask("?DEVICE,210,1,35") == ["~DEVICE,210,1,3"]
        module.move_cci(ContactState.CLOSED)
        await program.exactly(b"~DEVICE,210,1,4\r\n")
        assert await other.ask("?DEVICE,210,1,35") == ["~DEVICE,210,1,4"]


async def test_the_other_form_of_a_contacts_answer() -> None:
    async with house("contact-35", "override") as ours, await ours.session() as program:
        await until(lambda: ours.simulator.modules[ONE].state.in_override)
        assert await program.ask("?DEVICE,110,1,35") == ["~DEVICE,110,1,35,1"]


# --- the processor itself --------------------------------------------------------------------


async def test_what_the_processor_tells_of_itself() -> None:
    async with house() as ours, await ours.session() as program:
        assert await program.ask("?SYSTEM,10") == ["~SYSTEM,01/31/2026,12:00:00"]
        (time,) = await program.ask("?SYSTEM,1")
        (date,) = await program.ask("?SYSTEM,2")
        assert re.fullmatch(r"~SYSTEM,1,\d\d:\d\d:\d\d", time)
        assert re.fullmatch(r"~SYSTEM,2,\d\d/\d\d/20\d\d", date)
        assert "OS Firmware Revision" in (await program.ask("?SYSTEM,8"))[0]
        for action in (4, 5, 6, 7):
            (line,) = await program.ask(f"?SYSTEM,{action}")
            assert line.startswith(f"~SYSTEM,{action},")
        first, *rest = await program.ask("?HELP,#OUTPUT")
        assert first.startswith("~HELP,")
        assert "OUTPUT" in rest


async def test_the_long_form_of_the_export_date() -> None:
    async with house("system-long") as ours, await ours.session() as program:
        assert await program.ask("?SYSTEM,10") == ["~SYSTEM,10,01/31/2026,12:00:00"]


async def test_what_an_id_stands_for() -> None:
    async with house() as ours, await ours.session() as program:
        assert await program.ask("?INTEGRATIONID,3,101") == ["~INTEGRATIONID,3,101,OUTPUT"]
        device = "~INTEGRATIONID,3,110,DEVICE,00000000"
        assert await program.ask("?INTEGRATIONID,3,110") == [device]
        assert len(await program.ask("?INTEGRATIONID,3")) == 1 + 2 * 6
        await ours.fault("no-contacts")
        assert len(await program.ask("?INTEGRATIONID,3")) == 1 + 2 * 5


async def test_monitoring_of_everything_is_one_word() -> None:
    async with house() as ours, await ours.session() as program:
        assert await program.ask("?MONITORING,255") == ["~MONITORING,255,2"]
        assert await program.ask("#MONITORING,255,1") == ["~MONITORING,255,1"]
        assert await program.ask("?MONITORING,255") == ["~MONITORING,255,1"]


async def test_a_restart_closes_every_session_and_listens_again() -> None:
    async with house() as ours, await ours.session() as one, await ours.session() as two:
        one.say("#RESET,0")
        assert await one.is_over() == await two.is_over() == b""
        await until(lambda: ours.processor._absence is None)
        async with await ours.session() as program:
            assert await program.ask("?OUTPUT,101,1") == ["~OUTPUT,101,1,0.00"]
