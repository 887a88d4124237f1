"""Wallstations: their buttons and LEDs as events, and as far as the protocol allows as commands."""

import asyncio

import pytest

from dpm_core.client import (
    ProcessorClient,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
)
from dpm_core.errors import InvalidAddress, LinkUnavailable, NotConfirmed, Rejected
from dpm_core.model import IntegrationId
from tests.dpm_core.client.lip.panels import ONE, Diary, Panel, eventually, fast

pytestmark = [pytest.mark.requirement("E5", "E8"), pytest.mark.virtual_time]

FIRST = IntegrationId(101)
WALL = IntegrationId(115)


async def read(client: ProcessorClient) -> None:
    await eventually(lambda: all(view.is_fresh for view in client.modules.values()))


async def test_a_press_acts_as_its_program_says_and_is_told() -> None:
    async with Panel(wallstations=1) as panel, panel.client(settings=fast()) as client:
        await read(client)
        diary = Diary(client)
        await client.press_button(WALL, 1)
        await eventually(lambda: client.modules[FIRST].zones[0])
        await eventually(lambda: diary.of(WallstationLedChanged))
        assert diary.of(WallstationButtonPressed) == [WallstationButtonPressed(WALL, 1)]
        assert diary.of(WallstationButtonReleased) == [WallstationButtonReleased(WALL, 1)]
        assert diary.of(WallstationLedChanged) == [WallstationLedChanged(WALL, 81, True)]
        assert panel.zones()[0]


async def test_a_finger_on_the_wall_is_told_too() -> None:
    async with Panel(wallstations=1) as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        async with panel.client() as other:
            await other.press_button(WALL, 3)
            await eventually(lambda: diary.of(WallstationButtonReleased))
        assert diary.of(WallstationButtonPressed) == [WallstationButtonPressed(WALL, 3)]


async def test_an_led_that_follows_a_zone_is_told() -> None:
    async with Panel(wallstations=1) as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        panel[ONE].press_button(2)
        await eventually(lambda: diary.of(WallstationLedChanged))
        panel[ONE].press_button(2)
        await eventually(lambda: len(diary.of(WallstationLedChanged)) == 2)
        assert diary.of(WallstationLedChanged) == [
            WallstationLedChanged(WALL, 82, True),
            WallstationLedChanged(WALL, 82, False),
        ]


async def test_an_led_without_a_program_is_set_and_confirmed() -> None:
    async with Panel(wallstations=1) as panel, panel.client() as client:
        await read(client)
        await client.set_led(WALL, 85, True)
        await client.set_led(WALL, 85, True)
        await client.set_led(WALL, 85, False)


async def test_an_led_that_shows_its_program_does_not_obey() -> None:
    async with Panel(wallstations=1) as panel, panel.client() as client:
        await read(client)
        with pytest.raises(NotConfirmed, match="LED"):
            await client.set_led(WALL, 81, True)


async def test_one_that_the_project_does_not_have_is_refused() -> None:
    async with Panel(wallstations=1) as panel, panel.client() as client:
        await read(client)
        with pytest.raises(Rejected, match="wallstation 999"):
            await client.press_button(IntegrationId(999), 1)
        with pytest.raises(Rejected):
            await client.set_led(WALL, 99, True)
        with pytest.raises(InvalidAddress):
            await client.press_button(0, 1)  # type: ignore[arg-type]  # no id
        # The errors are their own: other commands go on.
        await client.turn_zone_on(FIRST, 1)


async def test_without_a_session_nothing_is_pressed() -> None:
    async with Panel(wallstations=1) as panel, panel.client() as client:
        await read(client)
        await panel.fault("away")
        await eventually(lambda: not client.modules[FIRST].is_online)
        with pytest.raises(LinkUnavailable):
            await client.press_button(WALL, 1)
        await panel.clear("away")
        await read(client)
        await asyncio.sleep(30)
        assert not any(panel.zones())


async def test_the_contact_of_an_override_is_no_button() -> None:
    async with Panel(wallstations=1) as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        await panel.fault("override")
        await eventually(lambda: client.modules[FIRST].override)
        assert not diary.of(WallstationButtonPressed, WallstationButtonReleased)
