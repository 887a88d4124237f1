"""Adapters that are pulled out and gateways that go wrong, on real pseudo-terminals and sockets.

Times are the virtual clock's business (test_promises.py); here only the outcome counts.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from dpm_core.client import ClientSettings, ConnectionLost, ConnectionRestored, DpmClient
from dpm_core.errors import DpmError, LinkUnavailable, NoReply
from dpm_core.protocol import SessionSettings
from dpm_core.simulator import Simulator, parse_fault
from soak.ways import Way
from tests.dpm_core.client.links import ONE, TWO, Diary, eventually

BACK_S = 10.0
"""Ten times what is promised: the machine may be busy."""


class Rig:
    def __init__(self, way: Way, simulator: Simulator, client: DpmClient) -> None:
        self.way = way
        self.simulator = simulator
        self.client = client
        self.diary = Diary(client)

    async def set(self, words: str) -> None:
        await self.way.set(parse_fault(words))

    @property
    def all_are_fresh(self) -> bool:
        return all(view.is_fresh for view in self.client.modules.values())

    async def is_lost(self) -> None:
        await eventually(lambda: bool(self.diary.of(ConnectionLost)))

    async def takes_commands_again(self, zone: int) -> None:
        async with asyncio.timeout(BACK_S):
            while True:
                try:
                    await self.client.turn_zone_on(ONE, zone)
                    break
                except (LinkUnavailable, NoReply):
                    await asyncio.sleep(0.02)
        assert self.simulator.modules[ONE].state.saved[zone - 1]
        await eventually(lambda: self.all_are_fresh)
        for serial, module in self.simulator.modules.items():
            assert self.client.modules[serial].zones == module.state.zones
        told = [type(event) for event in self.diary.of(ConnectionLost, ConnectionRestored)]
        assert told == [ConnectionLost, ConnectionRestored]


@pytest.fixture(params=["pty", "tcp"])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator((ONE, TWO)))
        way = Way(request.param, simulator, tmp_path)
        # Eight seconds in earnest; what they are is tested on the virtual clock.
        session = SessionSettings(hung_link_s=1.0)
        settings = ClientSettings(allow_extension=True, session=session)
        client = DpmClient(await way.open(stack), settings)
        client.add_module(ONE)
        client.add_module(TWO)
        await stack.enter_async_context(client)
        rig = Rig(way, simulator, client)
        await eventually(lambda: rig.all_are_fresh)
        yield rig


@pytest.mark.requirement("G2", "E3", "H6")
@pytest.mark.parametrize("words", ["unplug", "unplug:elsewhere"])
async def test_an_adapter_that_was_pulled_out_works_again_when_it_is_back_wherever_it_leads(
    rig: Rig, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dpm_core.client")
    await rig.set(words)
    await rig.is_lost()
    assert not any(view.is_fresh for view in rig.client.modules.values())
    with pytest.raises(LinkUnavailable):
        await rig.client.turn_zone_on(ONE, 1)
    rig.simulator.modules[TWO].press_button(3)
    await asyncio.sleep(0.5)  # attempts that fail meanwhile are not told
    await rig.way.mend()
    await rig.takes_commands_again(2)
    assert rig.simulator.modules[ONE].state.saved == (False, True, False, False), "none came later"
    told = [r for r in caplog.records if r.name == "dpm_core.client.connection" and r.levelno > 10]
    assert [record.levelname for record in told] == ["WARNING", "INFO"]


@pytest.mark.requirement("G2", "E3", "H6")
@pytest.mark.parametrize("words", ["close", "reset"])
async def test_a_connection_that_is_closed_or_reset_in_the_middle_of_calls_is_made_anew(
    rig: Rig, words: str
) -> None:
    calls = [
        asyncio.ensure_future(rig.client.set_zones(serial, {zone: True}))
        for serial in (ONE, TWO)
        for zone in (1, 2, 3)
    ]
    await asyncio.sleep(0.01)
    await rig.set(words)
    results = await asyncio.gather(*calls, return_exceptions=True)
    await rig.is_lost()
    saved = [module.state.saved[:3] for module in rig.simulator.modules.values()]
    for result, is_on in zip(results, (zone for zones in saved for zone in zones), strict=True):
        assert is_on if result is None else isinstance(result, DpmError)
    await rig.takes_commands_again(4)


@pytest.mark.requirement("G2", "E3", "H6")
@pytest.mark.parametrize("is_busy", [False, True], ids=["idle", "busy"])
async def test_a_connection_that_hangs_half_open_is_replaced_by_a_new_one(
    rig: Rig, is_busy: bool
) -> None:
    await rig.set("hang")
    if is_busy:
        with pytest.raises((NoReply, LinkUnavailable)):
            await rig.client.turn_zone_on(ONE, 1)
    await rig.is_lost()
    await rig.takes_commands_again(2)
    assert not rig.simulator.modules[ONE].state.saved[0], "what was said to a dead one is gone"


@pytest.mark.requirement("G2", "E3", "H6")
async def test_a_gateway_that_accepts_and_says_nothing_is_tried_until_it_speaks(rig: Rig) -> None:
    await rig.set("mute")
    await rig.is_lost()
    await asyncio.sleep(1.5)
    assert not rig.all_are_fresh
    await rig.way.mend()
    await eventually(lambda: bool(rig.diary.of(ConnectionRestored)))
    await rig.takes_commands_again(2)
