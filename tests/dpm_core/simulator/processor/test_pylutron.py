"""Somebody else's client, `pylutron` as it is released, with our processor at the other end.

It knows nothing of us: where it finds ours wanting, ours is wrong. Only the two ports are not its
own, for a test may not take 23 and 80.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import pylutron
import pytest
import telnetlib3

from dpm_core.simulator import SimulatedProcessorSettings
from tests.dpm_core.simulator.processor.house import ONE, TWO, House, house, until

pytestmark = pytest.mark.requirement("G3")


def redirected(port: int) -> Callable[..., Any]:
    """Open a Telnet connection at our port, in place of 23."""

    async def connect(host: str, _port: int, **how: Any) -> Any:
        return await telnetlib3.open_connection(host.partition(":")[0], port, **how)

    return connect


def other_client(ours: House, password: str = "integration") -> pylutron.Lutron:
    """The other client, with the database's port in its host and the session's behind its back."""
    assert ours.processor.http_url is not None
    host = ours.processor.http_url.split("/")[2]
    connection = partial(pylutron.LutronConnection, connection_factory=redirected(ours.port))
    with patch("pylutron.LutronConnection", connection):
        return pylutron.Lutron(host, "lutron", password)


class Peer:
    """The other client, connected, and what it was told."""

    def __init__(self, lutron: pylutron.Lutron) -> None:
        self.lutron = lutron
        self.told: list[tuple[int, float]] = []
        self.outputs = {output.id: output for area in lutron.areas for output in area.outputs}
        for output in self.outputs.values():
            output.subscribe(self._changed, None)

    def _changed(self, output: Any, _context: None, _event: object, params: dict[str, Any]) -> None:
        self.told.append((output.id, params["level"]))

    async def level(self, output: int) -> float:
        """Ask for a level, as it does: it waits for the answer."""
        level: float = await asyncio.to_thread(lambda: self.outputs[output].level)
        return level

    async def heard(self, output: int, level: float) -> None:
        await until(lambda: (output, level) in self.told)


@asynccontextmanager
async def peer(ours: House) -> AsyncIterator[Peer]:
    lutron = other_client(ours)
    await asyncio.to_thread(lutron.load_xml_db)
    await asyncio.to_thread(lutron.connect)
    try:
        yield Peer(lutron)
    finally:
        await asyncio.to_thread(lutron.disconnect)


async def test_it_reads_our_database() -> None:
    async with house() as ours:
        lutron = other_client(ours)
        await asyncio.to_thread(lutron.load_xml_db)
        assert lutron.name == "Simulated Project"
        assert len(lutron.guid) == 32
        (area,) = lutron.areas
        assert [output.id for output in area.outputs] == [
            *range(101, 106),
            *range(201, 206),
        ]
        assert not any(output.is_dimmable for output in area.outputs)
        assert area.outputs[0].name == "Module 00A1B2C3 zone 1"
        uuids = {output.uuid for output in area.outputs}
        assert len(uuids) == 10
        lutron.disconnect()


@pytest.mark.parametrize("fault", ["http-no-length", "old-software"])
async def test_it_reads_our_database_with_its_oddities(fault: str) -> None:
    async with house(fault) as ours:
        lutron = other_client(ours)
        await asyncio.to_thread(lutron.load_xml_db)
        (area,) = lutron.areas
        assert len(area.outputs) == 10
        lutron.disconnect()


@pytest.mark.parametrize("faults", [(), ("prompt=GNET",)])
async def test_it_switches_and_hears_of_it(faults: tuple[str, ...]) -> None:
    async with house(*faults) as ours, peer(ours) as other:
        other.outputs[203].level = 100
        await until(lambda: ours.zones(TWO)[2])
        await other.heard(203, 100.0)
        assert await other.level(203) == 100.0
        other.outputs[203].level = 0
        await until(lambda: not ours.zones(TWO)[2])
        await other.heard(203, 0.0)


async def test_its_fade_times_are_taken() -> None:
    async with house() as ours, peer(ours) as other:
        other.outputs[101].set_level(100, fade_time_seconds=0.5)
        await until(lambda: ours.zones()[0])


async def test_it_hears_what_a_hand_at_the_panel_does() -> None:
    async with house() as ours, peer(ours) as other:
        ours.simulator.modules[ONE].press_button(2)
        await other.heard(102, 100.0)
        await ours.fault("override")
        for output in (101, 103, 104, 201, 202, 203, 204):
            await other.heard(output, 100.0)


async def test_it_has_to_ask_where_levels_are_not_pushed() -> None:
    async with house("no-push") as ours, peer(ours) as other:
        ours.simulator.modules[ONE].press_button(2)
        assert await other.level(102) == 100.0
        assert other.told == [(102, 100.0)]


async def test_it_pulses_the_cco_by_its_level() -> None:
    async with house() as ours, peer(ours) as other:
        other.outputs[105].level = 100
        await other.heard(105, 100.0)
        await other.heard(105, 0.0)
        assert ours.simulator.modules[ONE].state.memory.cco_operations == 2


async def test_it_hears_presses_and_leds_of_wallstations() -> None:
    settings = SimulatedProcessorSettings(wallstations=1)
    async with house(settings=settings) as ours, peer(ours) as other:
        ((keypad,),) = (area.keypads for area in other.lutron.areas)
        assert (keypad.id, keypad.location) == (115, "Wallstation 1")
        assert [button.number for button in keypad.buttons] == [1, 2, 3, 4, 5]
        told: list[object] = []
        keypad.buttons[1].subscribe(lambda *event: told.append(event[2]), None)
        ours.processor.wallstations.push_button(115, 2)
        await until(lambda: pylutron.Button.Event.RELEASED in told)
        await until(lambda: keypad.leds[1].last_state == pylutron.Led.LED_ON)
        await asyncio.to_thread(keypad.buttons[1].tap)
        await other.heard(102, 0.0)


async def test_it_returns_when_the_processor_does() -> None:
    async with house() as ours, peer(ours) as other:
        await other.level(101)
        await ours.fault("away=0.5s")
        ours.simulator.modules[ONE].press_button(1)
        # It tries again every five seconds, and forgets what it is told to do meanwhile.
        await until(lambda: ours.processor.snapshot()["sessions"] == 1)
        await until(lambda: other.lutron._conn._connected)
        other.outputs[102].level = 100
        await until(lambda: ours.zones() == [True, True, False, False])
        await other.heard(102, 100.0)
        assert await other.level(101) == 100.0


async def test_it_tells_a_wrong_password_from_a_processor_that_is_not_there() -> None:
    async with house() as ours:
        lutron = other_client(ours, password="wrong")
        with pytest.raises(pylutron.LutronAuthenticationError):
            await asyncio.to_thread(lutron.connect)
        await ours.fault("away")
        gone = other_client(ours)
        with pytest.raises(pylutron.LutronConnectionError):
            await asyncio.to_thread(gone.connect)
        for client in (lutron, gone):
            await asyncio.to_thread(client.disconnect)
