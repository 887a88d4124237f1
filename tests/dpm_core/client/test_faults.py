"""A link that loses, doubles and breaks frames, modules that come and go, and a client that does
not lie about any of it."""

import asyncio
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dpm_core.client import DpmClient, ZoneButtonPressed
from dpm_core.errors import DpmError, OverrideActive
from dpm_core.model import ContactState, SerialNumber
from dpm_core.protocol import Frame, Message, encode_wire
from dpm_core.simulator import SimulatorSettings
from tests.dpm_core.client.links import ONE, THREE, TWO, Diary, MemoryLink, eventually
from tests.dpm_core.virtual_time import run_virtual

SERIALS = (ONE, TWO, THREE)
QUIET_S = 30.0
"""How long the link is quiet before what is shown must be what is so."""


class Weather:
    """What happens to frames on their way, by chance."""

    def __init__(self, chance: random.Random, deliver: Callable[[bytes], None]) -> None:
        self._chance = chance
        self._deliver = deliver
        self.is_bad = False

    def __call__(self, frame: Frame, message: Message) -> Iterable[Frame]:
        if not self.is_bad or self._chance.random() < 0.8:
            return (frame,)
        return self._chance.choice((self._lose, self._double, self._break, self._delay))(frame)

    def _lose(self, frame: Frame) -> Iterable[Frame]:
        return ()

    def _double(self, frame: Frame) -> Iterable[Frame]:
        return (frame, frame)

    def _break(self, frame: Frame) -> Iterable[Frame]:
        octets = bytearray(encode_wire(frame))
        octets[self._chance.randrange(len(octets))] ^= 1 << self._chance.randrange(8)
        self._deliver(bytes(octets))
        return ()

    def _delay(self, frame: Frame) -> Iterable[Frame]:
        delay_s = self._chance.uniform(0.0, 0.08)
        asyncio.get_running_loop().call_later(delay_s, self._deliver, encode_wire(frame))
        return ()


class House:
    """Somebody who uses the modules in every way at once."""

    def __init__(self, link: MemoryLink, client: DpmClient, chance: random.Random) -> None:
        self.link = link
        self.client = client
        self.chance = chance
        self.lies: list[str] = []
        self.surprises = dict.fromkeys(SERIALS, 0)
        self.outcomes: dict[str, int] = {}

    async def live(self, steps: int) -> None:
        deeds = (self.switch, self.switch, self.switch_all, self.toggle, self.cco, self.surprise)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(steps):
                tasks.create_task(self.chance.choice(deeds)(self.chance.choice(SERIALS)))
                await asyncio.sleep(self.chance.expovariate(10.0))

    async def switch(self, serial: SerialNumber) -> None:
        zone, is_on = self.chance.randint(1, 4), self.chance.random() < 0.5

        async def call() -> None:
            surprises = self.surprises[serial]
            await self.client.set_zones(serial, {zone: is_on})
            saved = self.link[serial].state.saved
            if saved[zone - 1] != is_on and surprises == self.surprises[serial]:
                self.lies.append(f"{serial} zone {zone} was not switched")

        await self.note("switch", call())

    async def switch_all(self, serial: SerialNumber) -> None:
        await self.note("all", self.client.broadcast_level(100 * self.chance.randint(0, 1)))

    async def toggle(self, serial: SerialNumber) -> None:
        await self.note("toggle", self.client.toggle_zone(serial, self.chance.randint(1, 4)))

    async def cco(self, serial: SerialNumber) -> None:
        deeds = (self.client.close_cco, self.client.open_cco, self.client.pulse_cco)
        await self.note("cco", self.chance.choice(deeds)(serial))

    async def surprise(self, serial: SerialNumber) -> None:
        """Do something at the panel."""
        module = self.link[serial]
        self.surprises[serial] += 1
        kind = self.chance.randrange(6)
        if kind < 3:
            module.press_button(self.chance.randint(1, 4))
        elif kind == 3:
            module.move_cci(ContactState.OPEN)
            await asyncio.sleep(self.chance.uniform(0.0, 1.0))
            module.move_cci(ContactState.CLOSED)
        elif kind == 4:
            module.set_power(False)
            await asyncio.sleep(self.chance.uniform(0.0, 4.0))
            module.set_power(True)
        else:
            self.link.line.inner.break_link("unplugged")

    async def note(self, kind: str, call: object) -> None:
        try:
            await call  # type: ignore[misc]  # a call of the client
            result = "done"
        except DpmError as error:
            assert str(error)
            result = type(error).__name__
        self.outcomes[f"{kind} {result}"] = self.outcomes.get(f"{kind} {result}", 0) + 1


def differences(link: MemoryLink, client: DpmClient) -> list[str]:
    """Return where what is shown is not what is so."""
    found = []
    for serial in SERIALS:
        view, state = client.modules[serial], link[serial].state
        shown = (view.is_fresh, view.zones, view.override, view.cco_closed, view.cci)
        is_so = (True, state.zones, state.in_override, state.cco.is_closed, state.cci.accepted)
        if shown != is_so:
            found.append(f"{serial}: {shown} but {is_so}")
        if state.in_override and view.saved != state.saved:
            found.append(f"{serial}: returns {view.saved} but {state.saved}")
    return found


async def live_through(folder: Path, seed: int, *, is_paced: bool) -> dict[str, int]:
    chance = random.Random(seed)
    simulator = SimulatorSettings(is_paced=is_paced)
    async with MemoryLink(folder, SERIALS, simulator) as link, link.client(*SERIALS) as client:
        to_us = link.line.to_us = Weather(chance, link.line.deliver)
        from_us = link.line.from_us = Weather(chance, link.line.put)
        house = House(link, client, chance)
        for is_bad in (True, False, True):
            to_us.is_bad = from_us.is_bad = is_bad
            await house.live(40)
            to_us.is_bad = from_us.is_bad = False
            await asyncio.sleep(QUIET_S)
            assert differences(link, client) == []
        assert house.lies == []
        return house.outcomes


@pytest.mark.requirement("G2", "C4")
@pytest.mark.parametrize("is_paced", [False, True], ids=["unpaced", "paced"])
@pytest.mark.parametrize("seed", range(6))
def test_after_any_faults_what_is_shown_is_what_is_so_and_no_success_was_a_lie(
    tmp_path: Path, seed: int, is_paced: bool
) -> None:
    outcomes = run_virtual(live_through(tmp_path, seed, is_paced=is_paced))
    assert any(kind.endswith("done") for kind in outcomes)


@pytest.mark.requirement("G2")
@pytest.mark.parametrize("seed", range(3))
def test_on_a_good_line_every_press_is_told_once_whatever_else_is_sent(
    tmp_path: Path, seed: int
) -> None:
    async def press_and_switch() -> None:
        chance = random.Random(seed)
        async with MemoryLink(tmp_path, SERIALS) as link, link.client(*SERIALS) as client:
            await eventually(lambda: all(view.is_fresh for view in client.modules.values()))
            diary = Diary(client)
            pressed = []
            for _ in range(40):
                serial, zone = chance.choice(SERIALS), chance.randint(1, 4)
                link[serial].press_button(zone)
                pressed.append((serial, zone))
                others = [each for each in SERIALS if each != serial]
                try:
                    await client.toggle_zone(chance.choice(others), chance.randint(1, 4))
                except OverrideActive:
                    pytest.fail("nobody opened a CCI")
                await asyncio.sleep(chance.uniform(0.12, 0.5))
            await asyncio.sleep(2.0)
            told = [(event.serial, event.zone) for event in diary.of(ZoneButtonPressed)]
            assert told == pressed

    run_virtual(press_and_switch())
