"""Collisions, noise and a babbler on the line: what an adapter hears of them."""

import asyncio

import pytest

from dpm_core.protocol.messages import Acknowledge, GoToLevel, StatusMask, StatusQuery, ZoneReport
from dpm_core.simulator import SimulatorSettings
from dpm_core.simulator.faults import parse_fault
from dpm_core.simulator.faults_wire import BABBLER
from tests.dpm_core.simulator.bench import ONE, Bench

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("G3")]

QUERY = StatusQuery(ONE, StatusMask.ZONES)
ON = GoToLevel(ONE, 1, 0xFEFF)


def bench(is_paced: bool = False, seed: int = 0) -> Bench:
    return Bench(settings=SimulatorSettings(is_paced=is_paced), seed=seed)


async def said(link: Bench, message: object) -> list[object]:
    link.clear()
    link.tell(message)  # type: ignore[arg-type]
    await link.quiet(0.2)
    return list(link.messages())


@pytest.mark.parametrize("is_paced", [False, True])
async def test_a_command_that_somebody_talked_into_is_not_heard(is_paced: bool) -> None:
    async with bench(is_paced) as link:
        link.simulator.faults.set(parse_fault("collide:1x:to-modules"))
        assert await said(link, ON) == []
        assert not link.module.state.saved[0]
        assert link.simulator.line.collisions >= 1
        assert any(isinstance(heard, Acknowledge) for heard in await said(link, ON))


@pytest.mark.parametrize("is_paced", [False, True])
async def test_an_answer_that_somebody_talked_into_is_broken(is_paced: bool) -> None:
    async with bench(is_paced) as link:
        link.simulator.faults.set(parse_fault("collide:1x:from-modules"))
        assert await said(link, QUERY) == []
        assert len(await said(link, QUERY)) == 1


async def test_a_report_that_somebody_talked_into_is_said_again() -> None:
    async with bench() as link:
        link.simulator.faults.set(parse_fault("collide:1x:from-modules"))
        link.module.press_button(2)
        await link.quiet()
        reports = [each for each in link.messages() if isinstance(each, ZoneReport)]
        assert [report.zones[1] for report in reports] == [True]
        link.ear.settle()
        assert link.simulator.line.collisions == 1


async def test_noise_is_heard_so_often_and_frames_between_it_are_found() -> None:
    async with bench() as link:
        link.simulator.faults.set(parse_fault("noise:20"))
        await asyncio.sleep(60)
        link.ear.settle()
        octets = sum(len(noise.octets) for noise in link.ear.noise)
        assert 20 * 60 * 4.5 * 0.7 < octets < 20 * 60 * 4.5 * 1.3
        link.simulator.faults.clear()
        await asyncio.sleep(1)
        assert len(await said(link, QUERY)) == 1
        before = len(link.ear.octets)
        await asyncio.sleep(10)
        assert len(link.ear.octets) == before


@pytest.mark.parametrize("is_paced", [False, True])
async def test_a_babbler_fills_its_share_of_the_line_and_stops(is_paced: bool) -> None:
    async with bench(is_paced) as link:
        faults = link.simulator.faults
        faults.set(parse_fault("babble:0.5"))
        await asyncio.sleep(10)
        share = len(link.ear.octets) * link.simulator.line.octet_s / 10
        assert 0.45 < share < 0.55
        sources = {frame.source_serial for _, frame in link.ear.frames}
        assert BABBLER in sources
        faults.set(parse_fault("babble"))
        await asyncio.sleep(1)
        faults.clear()
        await asyncio.sleep(1)
        assert len(await said(link, QUERY)) == 1


async def test_faults_outlast_a_restart_and_end_with_the_line() -> None:
    async with bench() as link:
        link.simulator.faults.set(parse_fault("noise:100"))
        await link.simulator.stop()
        await asyncio.sleep(1)
        await link.simulator.start()
        assert [str(fault) for fault in link.simulator.faults] == ["noise:100.0"]
        before = link.simulator.line.decoder.statistics.octets
        await asyncio.sleep(1)
        assert link.simulator.line.decoder.statistics.octets > before
