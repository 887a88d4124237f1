"""Wallstations of the project: pressed by a hand or by a program, with LEDs that show zones."""

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import Cause
from dpm_core.simulator import SimulatedProcessorSettings
from tests.dpm_core.simulator.processor.house import ONE, TWO, house

pytestmark = pytest.mark.requirement("G3")

ONE_EACH = SimulatedProcessorSettings(wallstations=2)


async def test_a_hands_press_is_told_before_what_it_brings() -> None:
    async with house(settings=ONE_EACH) as ours, await ours.session(3, 4, 5) as program:
        ours.processor.wallstations.push_button(215, 2)
        for line in (
            "~DEVICE,215,2,3",
            "~OUTPUT,202,1,100.00",
            "~DEVICE,215,82,9,1",
            "~DEVICE,215,2,4",
        ):
            await program.exactly(f"{line}\r\n".encode())
        await ours.settled()
        assert ours.zones(TWO) == [False, True, False, False]
        assert ours.simulator.modules[TWO].state.zone_causes[1] is Cause.WALLSTATION


async def test_a_program_presses_as_a_hand_does() -> None:
    async with house(settings=ONE_EACH) as ours, await ours.session(3, 5) as program:
        pressed = await program.ask("#DEVICE,115,1,3")
        assert pressed == ["~DEVICE,115,1,3", "~OUTPUT,101,1,100.00"]
        assert await program.ask("#DEVICE,115,1,4") == ["~DEVICE,115,1,4"]
        assert (await program.ask("#DEVICE,115,1,3"))[-1] == "~OUTPUT,101,1,0.00"
        await ours.settled()
        assert ours.zones() == [False] * 4


async def test_leds_show_zones_whatever_has_switched_them() -> None:
    async with house(settings=ONE_EACH) as ours, await ours.session(4) as program:
        assert await program.ask("?DEVICE,115,84,9") == ["~DEVICE,115,84,9,0"]
        ours.simulator.modules[ONE].press_button(4)
        await program.exactly(b"~DEVICE,115,84,9,1\r\n")
        assert await program.ask("?DEVICE,115,84,9") == ["~DEVICE,115,84,9,1"]
        assert await program.ask("#DEVICE,115,84,9,0") == [], "taken, and not done"
        assert await program.ask("?DEVICE,115,84,9") == ["~DEVICE,115,84,9,1"]


async def test_the_led_of_a_button_without_program_is_a_programs_to_set() -> None:
    async with house(settings=ONE_EACH) as ours, await ours.session(3, 4, 5) as program:
        assert await program.ask("#DEVICE,115,85,9,2") == ["~DEVICE,115,85,9,2"]
        assert await program.ask("?DEVICE,115,85,9") == ["~DEVICE,115,85,9,2"]
        assert await program.ask("#DEVICE,115,5,3") == ["~DEVICE,115,5,3"]
        assert ours.zones() == [False] * 4


async def test_in_override_a_press_is_told_and_changes_nothing() -> None:
    async with house("override", settings=ONE_EACH) as ours, await ours.session(3) as program:
        await ours.settled()
        while not ours.simulator.modules[ONE].state.in_override:
            await program.ask("")
        assert await program.ask("#DEVICE,115,1,3") == ["~DEVICE,115,1,3"]
        assert ours.simulator.modules[ONE].state.saved == (False,) * 4


async def test_on_a_silent_bus_it_is_dead() -> None:
    async with house("silent-bus", settings=ONE_EACH) as ours, await ours.session(3) as program:
        assert await program.ask("#DEVICE,115,1,3") == []
        assert await program.ask("?DEVICE,115,81,9") == []
        ours.processor.wallstations.push_button(115, 5)
        assert await program.ask("#DEVICE,115,1,4") == []
        assert ours.zones() == [False] * 4


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("?DEVICE,115,1", 1),
        ("#DEVICE,115,1,3,1", 1),
        ("?DEVICE,115,81,9,1", 1),
        ("#DEVICE,115,81,9", 1),
        ("#DEVICE,115,85,9,1,1", 1),
        ("#DEVICE,115,6,3", 2),
        ("?DEVICE,115,86,9", 2),
        ("#DEVICE,315,1,3", 2),
        ("#DEVICE,115,1,5", 3),
        ("?DEVICE,115,1,3", 3),
        ("#DEVICE,115,81,3", 3),
        ("#DEVICE,115,85,9,4", 4),
        ("#DEVICE,115,85,9,on", 5),
    ],
)
async def test_what_it_cannot_do_is_told_by_number(line: str, number: int) -> None:
    async with house(settings=ONE_EACH) as ours, await ours.session(3, 4) as program:
        assert await program.ask(line) == [f"~ERROR,{number}"]


@pytest.mark.parametrize("place", [(115, 6), (110, 1), (999, 1)])
async def test_a_hand_finds_no_button_that_is_not_there(place: tuple[int, int]) -> None:
    async with house(settings=ONE_EACH) as ours:
        with pytest.raises(UnsupportedSetting, match="115, 215"):
            ours.processor.wallstations.push_button(*place)


async def test_its_id_changes_and_is_told_with_the_others() -> None:
    async with house(settings=ONE_EACH) as ours, await ours.session() as program:
        assert "~INTEGRATIONID,3,215,DEVICE,00000000" in await program.ask("?INTEGRATIONID,3")
        assert ours.processor.snapshot()["wallstations"] == [115, 215]
        ours.processor.transfer(0.01, changes_ids=True)
        assert ours.processor.snapshot()["wallstations"] == [135, 235]
        assert len(set(ours.processor.project.ids)) == 1 + 2 * 6 + 2


async def test_there_is_none_unless_asked_for() -> None:
    async with house() as ours, await ours.session() as program:
        assert await program.ask("#DEVICE,115,1,3") == ["~ERROR,2"]
        with pytest.raises(UnsupportedSetting, match="there is none"):
            ours.processor.wallstations.push_button(115, 1)


@pytest.mark.parametrize("count", [-1, 100])
def test_a_project_has_one_for_each_module_at_most(count: int) -> None:
    with pytest.raises(UnsupportedSetting, match="wallstations"):
        SimulatedProcessorSettings(wallstations=count)
