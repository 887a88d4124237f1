"""A wallstation is buttons that people press and LEDs that it is told; it knows not what for."""

import asyncio
from typing import Any

import pytest

from dpm_core.errors import LinkFull, UnsupportedSetting
from dpm_core.model import IntegrationId, SerialNumber, Wallstation
from dpm_core.protocol import (
    ButtonAction,
    ButtonEvent,
    LedsReport,
    LedsSet,
    LinkSource,
    Message,
    StatusMask,
    StatusQuery,
    decode_message,
    encode_message,
    encode_wire,
)
from dpm_core.simulator import (
    ButtonMoved,
    LedSwitched,
    Simulator,
    SimulatorSettings,
    WallstationEvent,
    parse_wallstation,
)
from dpm_core.simulator.wallstation import check_wallstations
from tests.dpm_core.simulator.bench import ONE, TWO, Ear

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("E5", "G3")]

KEYPAD, ENTRY = SerialNumber(0x02A24C77), SerialNumber(0x02A24C78)
BARE = Wallstation(address=KEYPAD, name="Hall")
OTHER = Wallstation(address=ENTRY)


def said(ear: Ear, *kinds: type[Message]) -> list[Message]:
    messages = [decode_message(frame) for _, frame in ear.frames]
    return [message for message in messages if isinstance(message, kinds)]


async def link(*wallstations: Wallstation, **settings: Any) -> tuple[Simulator, Ear]:
    simulator = Simulator(
        (ONE, TWO), wallstations=wallstations, settings=SimulatorSettings(**settings)
    )
    await simulator.start()
    ear = Ear()
    await simulator.attach(ear.theirs)
    await ear.ours.open(ear)
    return simulator, ear


async def test_a_press_and_a_release_are_said_and_told() -> None:
    simulator, ear = await link(BARE)
    keypad = simulator.wallstations[KEYPAD]
    told: list[WallstationEvent] = []
    unsubscribe = keypad.subscribe(told.append)
    assert (repr(keypad), keypad.name) == ("<SimulatedWallstation 02A24C77>", "Hall")
    keypad.press(3)
    assert keypad.held == {3}
    keypad.release(3)
    keypad.release(3)  # it is not held any more
    await asyncio.sleep(0.5)
    moved = [ButtonMoved(KEYPAD, 3, True), ButtonMoved(KEYPAD, 3, False)]
    assert told == moved
    pressed, released = ButtonAction.PRESS, ButtonAction.RELEASE
    assert said(ear, ButtonEvent) == [ButtonEvent(3, pressed), ButtonEvent(3, released)]
    unsubscribe()
    keypad.tap(1)
    assert told == moved
    await simulator.stop()
    await ear.ours.close()


@pytest.mark.parametrize("button", [0, 33, -1, True, "1", None, 1.0])
async def test_there_are_buttons_1_to_32(button: Any) -> None:
    simulator, ear = await link(BARE)
    keypad = simulator.wallstations[KEYPAD]
    for move in (keypad.press, keypad.release, keypad.tap):
        with pytest.raises(UnsupportedSetting):
            move(button)
    assert keypad.held == frozenset()
    await simulator.stop()
    await ear.ours.close()


async def test_leds_are_lit_as_told_answered_and_told_on() -> None:
    simulator, ear = await link(BARE, OTHER)
    keypad = simulator.wallstations[KEYPAD]
    await asyncio.sleep(0.5)
    told: list[WallstationEvent] = []
    keypad.subscribe(told.append)

    def command(message: Any, counter: int) -> None:
        frame = encode_message(message, counter=counter, sequence=0, source=LinkSource(0x23))
        ear.ours.write(encode_wire(frame))

    ear.frames.clear()
    command(LedsSet(KEYPAD, (1, 32)), 1)
    await asyncio.sleep(0.1)
    command(LedsSet(KEYPAD, (32,)), 2)
    await asyncio.sleep(0.1)
    command(StatusQuery(KEYPAD, StatusMask.ZONES), 3)  # it is no module
    await asyncio.sleep(0.1)
    assert keypad.leds == {32}
    assert simulator.wallstations[ENTRY].leds == frozenset()
    assert told == [
        LedSwitched(KEYPAD, 1, True),
        LedSwitched(KEYPAD, 32, True),
        LedSwitched(KEYPAD, 1, False),
    ]
    assert said(ear, LedsReport) == [LedsReport(KEYPAD, (1, 32)), LedsReport(KEYPAD, (32,))]
    assert keypad.snapshot()["leds"] == [32]
    await simulator.stop()
    await ear.ours.close()


async def test_a_press_into_other_talk_is_said_again() -> None:
    simulator, ear = await link(BARE, OTHER, is_paced=True)
    await asyncio.sleep(1)
    ear.frames.clear()
    # Their serial numbers are one apart, so they wait one millisecond apart: both speak at once.
    for _ in range(5):
        simulator.wallstations[KEYPAD].tap(1)
        simulator.wallstations[ENTRY].tap(2)
    await asyncio.sleep(2)
    heard = {
        (frame.source_serial, frame.payload)
        for _, frame in ear.frames
        if isinstance(decode_message(frame), ButtonEvent)
    }
    assert len(heard) == 4
    assert len(said(ear, ButtonEvent)) == 20
    await simulator.stop()
    await ear.ours.close()


async def test_presses_that_cannot_be_said_do_not_pile_up() -> None:
    simulator, ear = await link(BARE, reports_max=4)
    await asyncio.sleep(0.5)
    ear.frames.clear()
    for _ in range(50):
        simulator.wallstations[KEYPAD].tap(1)
    await asyncio.sleep(2)
    assert len(said(ear, ButtonEvent)) <= 5
    await simulator.stop()
    await ear.ours.close()


@pytest.mark.requirement("E1")
def test_what_is_on_a_link_is_counted_together() -> None:
    modules = [SerialNumber(number) for number in range(1, 91)]
    wallstations = [Wallstation(address=SerialNumber(number)) for number in range(1001, 1006)]
    assert len(check_wallstations(wallstations, modules, other_devices=4, other_zones=152)) == 5
    for devices, zones, figures in ((5, 152, (101, 512)), (4, 153, (100, 513))):
        with pytest.raises(LinkFull) as full:
            check_wallstations(wallstations, modules, other_devices=devices, other_zones=zones)
        assert (full.value.devices, full.value.zones) == figures
    for wrong in ({"other_devices": -1}, {"other_zones": -1}):
        with pytest.raises(UnsupportedSetting):
            check_wallstations((), modules, **wrong)


@pytest.mark.parametrize(
    "wallstations",
    [
        (Wallstation(address=ONE),),
        (Wallstation(address=IntegrationId(5)),),
        (BARE, Wallstation(address=KEYPAD)),
        (parse_wallstation("02A24C77=1:on:00A1B2C5.1"),),
    ],
)
def test_what_cannot_be_on_one_link_is_refused(wallstations: tuple[Wallstation, ...]) -> None:
    with pytest.raises(UnsupportedSetting):
        check_wallstations(wallstations, (ONE, TWO))
