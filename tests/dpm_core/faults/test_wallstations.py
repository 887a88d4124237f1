"""What a wallstation promises on a bad link: no press is done twice, and its LEDs end up true."""

import asyncio
import random
import signal
from pathlib import Path
from typing import Any

import pytest

from dpm_core.model import ZONES, ContactState, KnownZones, SerialNumber
from dpm_core.simulator import Simulator, parse_fault, parse_wallstation
from soak.soak import LINE_FAULTS
from tests.dpm_core.client.links import MemoryLink, eventually
from tests.dpm_core.simulator.real import ONE, TWO, Control, Process, connected

pytestmark = pytest.mark.requirement("E5", "C9", "G2")

WORDS = (
    "02A24C77=1:on:00A1B2C3.1+00A1B2C4.1,2:off:00A1B2C3.1+00A1B2C4.1+00A1B2C4.2,"
    "3:toggle:00A1B2C3.2+00A1B2C4.2,4:scene:00A1B2C3.1-00A1B2C4.1"
)
KEYPAD = parse_wallstation(WORDS)
HALL = SerialNumber(0x02A24C77)
QUIET_S = 20.0
"""Polls, questions for what was lost, and LEDs that are told again at distances of up to 5 s."""


def relays(simulator: Simulator) -> KnownZones:
    return {
        (serial, zone): module.state.zones[zone - 1]
        for serial, module in simulator.modules.items()
        for zone in ZONES
    }


async def use(simulator: Simulator, rng: random.Random, buttons: tuple[int, ...]) -> int:
    """Press buttons of the wallstation and of the modules, and open and close CCIs."""
    presses = 0
    for _ in range(30):
        await asyncio.sleep(rng.uniform(0.02, 0.4))
        button = rng.choice(buttons)
        simulator.wallstations[HALL].tap(button)
        presses += button == 3
        if len(buttons) > 1:
            module = simulator.modules[rng.choice((ONE, TWO))]
            if rng.random() < 0.2:
                module.press_button(rng.randint(1, 4))
            if rng.random() < 0.1:
                module.move_cci(rng.choice(list(ContactState)))
    return presses


@pytest.fixture(params=["the processor", "a client"])
def master(request: pytest.FixtureRequest) -> str:
    """Who does what buttons are programmed for."""
    who: str = request.param
    return who


async def broken(
    tmp_path: Path, master: str, words: str, buttons: tuple[int, ...] = (1, 2, 3, 4)
) -> tuple[int, int]:
    """Use a link under a fault, mend it, wait for the quiet, and look at the LEDs.

    Returns:
        How often the toggle was pressed, and how often the relay of it that moved most has moved.
    """
    rng = random.Random(words)
    async with MemoryLink(tmp_path, (ONE, TWO), wallstations=(KEYPAD,)) as link:
        client = link.client(ONE, TWO)
        if master == "a client":
            await client.connect()
            client.add_wallstation(KEYPAD)
            await eventually(lambda: all(view.is_fresh for view in client.modules.values()))
        await asyncio.sleep(1)
        link.simulator.faults.set(parse_fault(words))
        presses = await use(link.simulator, rng, buttons)
        await asyncio.sleep(2)
        link.simulator.faults.clear()
        await asyncio.sleep(QUIET_S)
        keypad = link.simulator.wallstations[HALL]
        assert keypad.leds == KEYPAD.leds(relays(link.simulator))
        if master == "a client":
            assert client.leds_of(HALL) == tuple(sorted(keypad.leds))
        moved = max(link[serial].state.cycles[1] for serial in (ONE, TWO))
        await client.close()
    return presses, moved


@pytest.mark.virtual_time
@pytest.mark.parametrize("words", LINE_FAULTS)
async def test_after_any_fault_the_leds_tell_the_truth(
    tmp_path: Path, master: str, words: str
) -> None:
    await broken(tmp_path, master, words)


@pytest.mark.virtual_time
@pytest.mark.parametrize("words", LINE_FAULTS)
async def test_under_any_fault_no_press_toggles_twice(
    tmp_path: Path, master: str, words: str
) -> None:
    presses, moved = await broken(tmp_path, master, words, (3,))
    assert 0 < moved <= presses == 30


@pytest.mark.virtual_time
@pytest.mark.parametrize("words", ["close", "unplug", "hang", "mute"])
async def test_after_any_loss_of_its_link_a_client_has_told_the_leds(
    tmp_path: Path, words: str
) -> None:
    async with (
        MemoryLink(tmp_path, (ONE, TWO), wallstations=(KEYPAD,)) as link,
        link.client(ONE, TWO) as client,
    ):
        client.add_wallstation(KEYPAD)
        await eventually(lambda: link.simulator.wallstations[HALL].leds == {2})
        if words in ("close", "unplug"):
            await link.vanish()
        else:
            link.simulator.faults.set(parse_fault("mute"))
        await asyncio.sleep(0 if words == "close" else 5)
        link.simulator.wallstations[HALL].tap(1)  # nobody may hear it
        link[ONE].press_button(2)
        await asyncio.sleep(30)
        await link.appear()
        link.simulator.faults.clear()
        await asyncio.sleep(QUIET_S)
        assert link.simulator.wallstations[HALL].leds == KEYPAD.leds(relays(link.simulator))
        assert client.leds_of(HALL) == (2, 3)
        assert not link[ONE].state.zones[0], "nothing was kept for later"


@pytest.mark.requirement("A8")
async def test_after_a_kill_and_a_restart_buttons_work_and_leds_tell_the_truth(
    tmp_path: Path,
) -> None:
    options: dict[str, Any] = {
        "modules": f"{ONE},{TWO}",
        "control": tmp_path / "control",
        "state": tmp_path / "state",
        "wallstations": [WORDS],
    }
    wallstation = str(HALL).encode()

    async def lit(hand: Control, *leds: int) -> None:
        request = b'{"wallstation": "%s", "do": "state"}' % wallstation
        async with asyncio.timeout(30):
            while (await hand.line(request))["leds"] != list(leds):
                await asyncio.sleep(0.02)

    async def tap(hand: Control, button: int) -> None:
        request = b'{"wallstation": "%s", "do": "tap", "button": %d}' % (wallstation, button)
        assert (await hand.line(request))["ok"]

    process = await Process.started(**options)
    async with connected(tmp_path / "control") as hand:
        await lit(hand, 2)
        await tap(hand, 1)
        await lit(hand, 1)
        await tap(hand, 3)
        await lit(hand, 1, 3)
    await process.ended(signal.SIGKILL)
    again = await Process.started(**options)
    async with connected(tmp_path / "control") as hand:
        await lit(hand, 1, 3)
        await tap(hand, 3)
        await lit(hand, 1)
    assert await again.ended(signal.SIGTERM) == (0, "")
