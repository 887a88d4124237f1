"""Ports and gateways that go wrong: what a program at them sees."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from dpm_core.errors import LinkUnavailable, UnsupportedSetting
from dpm_core.protocol.messages import StatusMask, StatusQuery, ZoneReport
from dpm_core.simulator import SimulateOptions
from dpm_core.simulator.faults import FaultKind, parse_fault
from dpm_core.simulator.run import Listening, simulated_link
from tests.dpm_core.simulator.real import ONE, QUERY, Control, Port, connected, until

pytestmark = pytest.mark.requirement("G3")

ASKED = StatusQuery(ONE, StatusMask.ZONES)


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Listening]:
    options = SimulateOptions(
        modules=(ONE,),
        listen=(f"pty:{tmp_path / 'port'}", "tcp:127.0.0.1:0", "rfc2217:127.0.0.1:0"),
        control=tmp_path / "control",
    )
    async with simulated_link(options) as listening:
        yield listening


@pytest.fixture
async def hand(link: Listening) -> AsyncIterator[Control]:
    assert link.control is not None
    async with connected(link.control) as control:
        yield control


async def does(hand: Control, **what: Any) -> object:
    answer = await hand.do("fault", **what)
    return answer["faults"]


every_way = pytest.mark.parametrize("way", [0, 1, 2], ids=["pty", "tcp", "rfc2217"])


@every_way
@pytest.mark.parametrize("words", ["unplug", "unplug:elsewhere"])
async def test_an_adapter_that_is_unplugged_is_gone_and_is_back_at_its_place(
    link: Listening, hand: Control, way: int, words: str
) -> None:
    path = Path(link.urls[0])
    terminal = path.readlink()
    async with Port(link.urls[way]) as port:
        assert await does(hand, set=words) == [words]
        assert await does(hand, set=words) == [words], "twice is once"
        await until(lambda: bool(port.losses))
        assert not path.is_symlink()
        with pytest.raises(LinkUnavailable):
            async with Port(link.urls[way]):
                pass
    for moment in ("close", "reset"):
        await does(hand, set=moment)
        assert not path.is_symlink()
    assert await does(hand, clear="unplug") == []
    async with Port(link.urls[way]) as port:
        assert isinstance(await port.asked(ASKED), ZoneReport)
    if words == "unplug:elsewhere":
        assert path.readlink() != terminal


@every_way
@pytest.mark.parametrize("words", ["close", "reset"])
async def test_a_connection_that_is_closed_or_reset_can_be_made_anew(
    link: Listening, hand: Control, way: int, words: str
) -> None:
    async with Port(link.urls[way]) as port:
        await port.asked(ASKED)
        assert await does(hand, set=words) == []
        await until(lambda: bool(port.losses))
    async with Port(link.urls[way]) as port:
        assert isinstance(await port.asked(ASKED), ZoneReport)


async def test_closed_is_a_fin_and_reset_is_a_rst(link: Listening, hand: Control) -> None:
    host, _, number = link.urls[1].rpartition("/")[2].rpartition(":")
    for words, error in (("close", None), ("reset", ConnectionResetError)):
        reader, writer = await asyncio.open_connection(host, int(number))
        writer.write(QUERY)
        await reader.readexactly(31)
        await does(hand, set=words)
        async with asyncio.timeout(60):
            if error is None:
                assert await reader.read() == b""
            else:
                with pytest.raises(error):
                    await reader.read()
        writer.close()


@every_way
async def test_a_hung_connection_is_dead_but_not_lost_and_a_new_one_works(
    link: Listening, hand: Control, way: int
) -> None:
    async with Port(link.urls[way]) as port:
        await port.asked(ASKED)
        assert await does(hand, set="hang") == ["hang"]
        port.frames.clear()
        port.transport.write(QUERY)
        await hand.do("button", zone=1)
        await asyncio.sleep(0.1)
        assert not port.frames
        assert not port.losses
    # The terminal tells the server a moment later that a program has gone.
    async with asyncio.timeout(60):
        while not await is_answered(link.urls[way]):
            pass


async def is_answered(url: str) -> bool:
    async with Port(url) as port:
        port.transport.write(QUERY)
        await asyncio.sleep(0.2)
        return bool(port.frames)


async def test_clearing_drops_what_a_gateway_left_hanging(link: Listening, hand: Control) -> None:
    async with Port(link.urls[0]) as port, Port(link.urls[1]) as gateway:
        await gateway.asked(ASKED)
        await does(hand, set="hang")
        gateway.transport.write(QUERY)
        assert await does(hand, clear="hang") == []
        await until(lambda: bool(gateway.losses))
        assert isinstance(await port.asked(ASKED), ZoneReport)


@every_way
async def test_a_mute_gateway_accepts_and_says_nothing_until_it_is_cleared(
    link: Listening, hand: Control, way: int
) -> None:
    await does(hand, set="mute")
    async with Port(link.urls[way]) as port:
        port.transport.write(QUERY)
        await asyncio.sleep(0.1)
        assert not port.frames
        await does(hand, clear="all")
        assert isinstance(await port.asked(ASKED, sequence=9), ZoneReport)


async def test_a_place_that_was_taken_meanwhile_is_said(link: Listening, hand: Control) -> None:
    await does(hand, set="unplug")
    Path(link.urls[0]).write_text("mine")
    answer = await hand.line(b'{"do": "fault", "clear": "all"}')
    assert answer["ok"] is False
    assert "something else" in answer["error"]
    assert Path(link.urls[0]).read_text() == "mine"


async def test_what_is_no_fault_is_answered_and_the_connection_stays(hand: Control) -> None:
    for line in (b'{"do": "fault", "set": "melt"}', b'{"do": "fault", "clear": 5}'):
        assert (await hand.line(line))["ok"] is False
    assert await does(hand) == []


async def test_faults_can_be_there_from_the_start(tmp_path: Path) -> None:
    options = SimulateOptions(
        modules=(ONE,),
        listen=(f"pty:{tmp_path / 'port'}",),
        control=tmp_path / "control",
        faults=(parse_fault("unplug"), parse_fault("lose:0.5")),
    )
    async with simulated_link(options), connected(tmp_path / "control") as hand:
        assert not (tmp_path / "port").is_symlink()
        assert await does(hand, clear=str(FaultKind.UNPLUG)) == ["lose:0.5"]
        assert (tmp_path / "port").is_symlink()
    with pytest.raises(UnsupportedSetting, match="reset"):
        SimulateOptions(modules=(ONE,), faults=(parse_fault("reset"),))
