"""Wallstations in one line, and what the control socket does to them."""

import asyncio
from typing import Any

import pytest

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import (
    SerialNumber,
    Wallstation,
    WallstationAction,
    WallstationButton,
    ZoneNumber,
)
from dpm_core.simulator import Simulator, parse_wallstation
from dpm_core.simulator.wallstation_words import ask_wallstation
from tests.dpm_core.simulator.bench import ONE, TWO

pytestmark = pytest.mark.requirement("E5")

KEYPAD = SerialNumber(0x02A24C77)
O1, O2, T1 = (ONE, ZoneNumber(1)), (ONE, ZoneNumber(2)), (TWO, ZoneNumber(1))


def test_one_line_says_what_each_button_does() -> None:
    words = (
        "02a24c77=1:on:00A1B2C3.1, 2:off:00A1B2C3.1+00A1B2C3.2,3:toggle:00A1B2C4.1,"
        "4:scene:00A1B2C3.1-00A1B2C3.2-00A1B2C4.1,5:scene:-00A1B2C3.1"
    )
    assert parse_wallstation(words) == Wallstation(
        address=KEYPAD,
        buttons=(
            WallstationButton(number=1, action=WallstationAction.ON, zones=(O1,)),
            WallstationButton(number=2, action=WallstationAction.OFF, zones=(O1, O2)),
            WallstationButton(number=3, zones=(T1,)),
            WallstationButton(
                number=4, action=WallstationAction.SCENE, zones=(O1,), off_zones=(O2, T1)
            ),
            WallstationButton(number=5, action=WallstationAction.SCENE, off_zones=(O1,)),
        ),
    )


@pytest.mark.parametrize(
    "words",
    [
        "",
        "02A24C77",
        "02A24C77=",
        "wall=1:on:00A1B2C3.1",
        "02A24C77=1:on",
        "02A24C77=1:dim:00A1B2C3.1",
        "02A24C77=1:on:00A1B2C3.5",
        "02A24C77=1:on:00A1B2C3.1+",
        "02A24C77=1:on:A1B2C3.1",
        "02A24C77=33:on:00A1B2C3.1",
        "02A24C77=0:on:00A1B2C3.1",
        "02A24C77=1:on:-00A1B2C3.1",
        "02A24C77=1:on:00A1B2C3.1+00A1B2C3.1",
        "02A24C77=1:on:00A1B2C3.1,1:off:00A1B2C3.1",
    ],
)
def test_anything_else_is_refused(words: str) -> None:
    with pytest.raises(UnsupportedSetting):
        parse_wallstation(words)


@pytest.mark.virtual_time
async def test_requests_of_the_control_socket() -> None:
    keypad = parse_wallstation("02A24C77=1:toggle:00A1B2C3.1")
    async with Simulator((ONE, TWO), wallstations=(keypad,)) as simulator:
        there = simulator.wallstations

        def ask(**request: Any) -> dict[str, Any]:
            return ask_wallstation(there, {"wallstation": "02A24C77", **request})

        await asyncio.sleep(0.5)
        assert ask(do="state") == {
            "wallstation": "02A24C77",
            "name": "",
            "buttons": [{"number": 1, "name": "", "does": "toggle"}],
            "leds": [],
            "held": [],
        }
        assert ask(do="press", button=1)["held"] == [1]
        await asyncio.sleep(0.5)
        assert ask(do="release", button=1)["leds"] == [1]
        assert ask(do="tap", button=1)["held"] == []
        await asyncio.sleep(0.5)
        assert ask(do="state")["leds"] == []
        for wrong in ({"do": "kick"}, {"do": ["tap"]}, {"do": "tap"}, {"do": "tap", "button": "1"}):
            with pytest.raises(UnsupportedSetting):
                ask(**wrong)
        for name in ("02A24C78", "00A1B2C3", 7):
            with pytest.raises(UnsupportedSetting, match="02A24C77"):
                ask_wallstation(there, {"wallstation": name, "do": "state"})
        with pytest.raises(InvalidAddress):
            ask_wallstation(there, {"wallstation": "hall", "do": "state"})
        with pytest.raises(UnsupportedSetting, match="no wallstation"):
            ask_wallstation({}, {"wallstation": "02A24C77", "do": "state"})
