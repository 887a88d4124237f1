"""The simulated link's processor turns presses into commands and LEDs, and is never a second master."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dpm_core.model import (
    ZONES,
    Cause,
    ContactState,
    FourZones,
    GroupNumber,
    LedLogic,
    SerialNumber,
    Wallstation,
    WallstationAction,
    WallstationButton,
)
from dpm_core.protocol import (
    ButtonEvent,
    GoToLevel,
    GroupSet,
    LedsSet,
    LinkSource,
    Message,
    StatusMask,
    StatusQuery,
    decode_message,
    encode_message,
    encode_wire,
)
from dpm_core.simulator import Simulator, SimulatorSettings, parse_fault
from dpm_core.simulator.link_processor import NOISE_HOLD_S, PRESS_FRESH_S, YIELD_S
from tests.dpm_core.simulator.bench import ONE, TWO, Ear

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("E5")]

KEYPAD, ENTRY = SerialNumber(0x02A24C77), SerialNumber(0x02A24C78)
O1, O2, T1 = (ONE, ZONES[0]), (ONE, ZONES[1]), (TWO, ZONES[0])
NONE: FourZones = (False, False, False, False)

ON_BOTH = WallstationButton(number=1, action=WallstationAction.ON, zones=(O1, T1))
OFF_BOTH = WallstationButton(number=2, action=WallstationAction.OFF, zones=(O1, O2, T1))
TOGGLE = WallstationButton(number=3, zones=(O1, T1))
SCENE = WallstationButton(number=4, action=WallstationAction.SCENE, zones=(O2,), off_zones=(O1, T1))
ALL_ON = WallstationButton(
    number=5, action=WallstationAction.ON, zones=(O1, T1), led=LedLogic.ALL, group=GroupNumber(7)
)
BUTTONS = (ON_BOTH, OFF_BOTH, TOGGLE, SCENE, ALL_ON)


class Link:
    """A simulated link with a wallstation, and an ear on it."""

    def __init__(self, simulator: Simulator, ear: Ear) -> None:
        self.simulator = simulator
        self.ear = ear
        self.keypad = simulator.wallstations[KEYPAD]
        assert simulator.link_processor is not None
        self.processor = simulator.link_processor

    def zones(self, serial: SerialNumber = ONE) -> FourZones:
        return self.simulator.modules[serial].state.zones

    async def tap(self, button: int) -> None:
        self.keypad.tap(button)
        await asyncio.sleep(1)

    def heard(self, kind: type[Message]) -> list[Message]:
        said = [decode_message(frame) for _, frame in self.ear.frames]
        return [message for message in said if isinstance(message, kind)]

    def command(self, message: Message, counter: int = 1) -> None:
        """Speak as another master does."""
        frame = encode_message(message, counter=counter, sequence=0, source=LinkSource(0x23))
        self.ear.ours.write(encode_wire(frame))

    async def override(self, serial: SerialNumber, contact: ContactState) -> None:
        self.simulator.modules[serial].move_cci(contact)
        await asyncio.sleep(1)


@asynccontextmanager
async def a_link(
    *wallstations: Wallstation, settings: SimulatorSettings | None = None
) -> AsyncIterator[Link]:
    keypads = wallstations or (Wallstation(address=KEYPAD, buttons=BUTTONS),)
    async with Simulator((ONE, TWO), wallstations=keypads, settings=settings) as simulator:
        ear = Ear()
        await simulator.attach(ear.theirs)
        await ear.ours.open(ear)
        await asyncio.sleep(0.5)
        yield Link(simulator, ear)
        await ear.ours.close()


@pytest.mark.parametrize("is_paced", [False, True])
@pytest.mark.parametrize("echo", [False, True])
async def test_a_press_switches_zones_of_several_modules_and_lights_the_led(
    is_paced: bool, echo: bool
) -> None:
    async with a_link(settings=SimulatorSettings(is_paced=is_paced, echo=echo)) as link:
        assert link.keypad.leds == {2}, "everything is off"
        await link.tap(1)
        assert (link.zones(ONE), link.zones(TWO)) == ((True, False, False, False),) * 2
        assert link.keypad.leds == {1, 3, 5}
        assert link.processor.is_master
        await link.tap(2)
        assert (link.zones(ONE), link.zones(TWO)) == (NONE, NONE)
        assert link.keypad.leds == {2}


async def test_a_scene_switches_some_on_and_others_off() -> None:
    async with a_link() as link:
        await link.tap(1)
        await link.tap(4)
        assert link.zones(ONE) == (False, True, False, False)
        assert link.zones(TWO) == NONE
        assert link.keypad.leds == {4}


async def test_toggles_in_a_row_each_see_what_the_one_before_did() -> None:
    async with a_link() as link:
        for _ in range(3):
            link.keypad.tap(3)
        await asyncio.sleep(2)
        assert link.zones(ONE)[0]
        assert link.zones(TWO)[0]
        await link.tap(3)
        assert not link.zones(ONE)[0]


async def test_a_button_with_a_group_sends_one_frame_for_it() -> None:
    async with a_link() as link:
        for serial in (ONE, TWO):
            link.command(GroupSet(serial, GroupNumber(7), (True, False, False, False)))
            await asyncio.sleep(0.2)
        await asyncio.sleep(YIELD_S + 1)
        link.ear.frames.clear()
        await link.tap(5)
        assert link.heard(GoToLevel) == [GoToLevel(GroupNumber(7), 0, 0xFEFF)]
        assert link.zones(ONE)[0]
        assert link.zones(TWO)[0]
        assert link.keypad.leds >= {1, 5}


async def test_what_a_group_misses_is_told_for_itself() -> None:
    async with a_link() as link:
        await link.tap(5)  # nobody is in the group
        assert link.zones(ONE)[0]
        assert link.zones(TWO)[0]
        assert {message.target for message in link.heard(GoToLevel)} == {GroupNumber(7), ONE, TWO}  # type: ignore[attr-defined]  # heard() narrows them


@pytest.mark.requirement("C4", "C9")
async def test_a_press_acts_on_the_modules_that_are_not_in_manual_override() -> None:
    async with a_link() as link:
        await link.override(ONE, ContactState.OPEN)
        assert link.keypad.leds == {3}, "one zone is forced on"
        link.ear.frames.clear()
        await link.tap(3)
        assert link.zones(TWO)[0], "a toggle goes by what it can act on"
        assert {message.target for message in link.heard(GoToLevel)} == {TWO}  # type: ignore[attr-defined]  # heard() narrows them
        assert link.keypad.leds == {1, 3, 5}
        await link.tap(2)
        assert link.zones(ONE) == (True,) * 4
        assert link.zones(TWO) == NONE
        assert link.keypad.leds == {3}
        await link.override(ONE, ContactState.CLOSED)
        assert link.zones(ONE) == NONE, "nothing was kept for later"
        assert link.keypad.leds == {2}


async def test_an_led_follows_a_zone_button_and_the_modules_power() -> None:
    async with a_link() as link:
        link.simulator.modules[ONE].press_button(1)
        await asyncio.sleep(1)
        assert link.keypad.leds == {3}
        link.simulator.modules[ONE].set_power(False)
        await asyncio.sleep(10)
        assert link.keypad.leds == frozenset(), "what is not known lights no LED"
        link.simulator.modules[ONE].set_power(True)
        await asyncio.sleep(10)
        assert link.keypad.leds == {3}


async def test_a_press_of_a_dead_modules_zones_still_acts_on_the_others() -> None:
    async with a_link() as link:
        link.simulator.modules[ONE].set_power(False)
        await link.tap(1)
        assert link.zones(TWO)[0]


async def test_a_press_that_waited_too_long_is_dropped() -> None:
    async with a_link() as link:
        link.simulator.modules[ONE].set_power(False)
        link.simulator.modules[TWO].set_power(False)
        for _ in range(20):
            link.keypad.tap(3)
        await asyncio.sleep(PRESS_FRESH_S + 1)
        link.simulator.modules[ONE].set_power(True)
        link.simulator.modules[TWO].set_power(True)
        await asyncio.sleep(10)
        assert (link.zones(ONE), link.zones(TWO)) == (NONE, NONE)


async def test_a_button_that_nobody_programmed_and_a_wallstation_that_nobody_knows_do_nothing() -> (
    None
):
    async with a_link() as link:
        await link.tap(9)
        frame = encode_message(
            ButtonEvent.from_payload(b"\x03\x00\x01\x00"), counter=1, sequence=0, source=ENTRY
        )
        link.ear.ours.write(encode_wire(frame))
        await asyncio.sleep(1)
        assert link.heard(GoToLevel) == []


async def test_it_is_silent_while_somebody_else_commands_and_begins_anew_afterwards() -> None:
    async with a_link() as link:
        link.command(StatusQuery(ONE, StatusMask.ZONES))
        await asyncio.sleep(0.5)
        assert not link.processor.is_master
        link.ear.frames.clear()
        await link.tap(1)
        await asyncio.sleep(YIELD_S - 3)
        senders = {frame.source_link for _, frame in link.ear.frames}
        assert senders == {None}, "no master was heard"
        assert link.zones(ONE) == NONE, "the press was the other master's business"
        assert len(link.heard(ButtonEvent)) == 2
        await asyncio.sleep(3)
        assert link.processor.is_master
        assert link.zones(ONE) == NONE, "and nothing is done later"
        assert link.keypad.leds == {2}
        await link.tap(1)
        assert link.zones(ONE)[0]


async def test_leds_are_told_anew_after_another_master_was_there() -> None:
    async with a_link() as link:
        link.command(LedsSet(KEYPAD, (7,)))
        await asyncio.sleep(0.5)
        assert link.keypad.leds == {7}
        link.simulator.modules[ONE].press_button(1)
        await asyncio.sleep(YIELD_S + 1)
        assert link.keypad.leds == {3}


async def test_a_master_that_comes_in_the_middle_of_a_press_ends_it() -> None:
    async with a_link() as link:
        link.simulator.modules[ONE].set_power(False)
        link.keypad.tap(1)
        await asyncio.sleep(0.04)
        link.command(StatusQuery(TWO, StatusMask.ZONES))
        await asyncio.sleep(YIELD_S + 2)
        assert link.processor.is_master
        await link.tap(1)
        assert link.zones(TWO)[0]


async def test_it_holds_back_after_noise() -> None:
    async with a_link() as link:
        link.ear.ours.write(b"\x00" * 40)
        await asyncio.sleep(0.05)
        link.ear.frames.clear()
        await asyncio.sleep(NOISE_HOLD_S - 0.06)
        assert link.ear.frames == []
        await asyncio.sleep(0.5)
        assert link.ear.frames


async def test_leds_are_right_again_after_frames_were_lost() -> None:
    async with a_link() as link:
        link.simulator.faults.set(parse_fault("lose:0.5"))
        for button in (1, 2, 3):
            await link.tap(button)
        link.simulator.modules[TWO].press_button(1)
        await asyncio.sleep(1)
        link.simulator.faults.clear()
        await asyncio.sleep(5)
        zones = {
            (serial, zone): link.zones(serial)[zone - 1] for serial in (ONE, TWO) for zone in ZONES
        }
        assert link.keypad.leds == link.keypad.programmed.leds(zones)


async def test_modules_cannot_tell_a_wallstations_press_from_another_command() -> None:
    async with a_link() as link:
        seen: list[Cause] = []
        await link.tap(1)
        from dpm_core.protocol import ZoneReport

        for message in link.heard(ZoneReport):
            assert isinstance(message, ZoneReport)
            seen.append(message.cause)
        assert Cause.LINK_COMMAND in seen
        assert Cause.WALLSTATION not in seen


async def test_a_link_without_wallstations_has_no_processor_on_it() -> None:
    async with Simulator((ONE,)) as simulator:
        assert simulator.link_processor is None
        assert dict(simulator.wallstations) == {}


async def test_a_restart_begins_with_a_processor_that_reads_its_modules() -> None:
    async with a_link() as link:
        await link.tap(1)
        await link.simulator.stop()
        assert dict(link.simulator.wallstations) == {}
        assert link.simulator.link_processor is None
        await link.simulator.start()
        await asyncio.sleep(2)
        assert link.simulator.wallstations[KEYPAD].leds == {1, 3, 5}
