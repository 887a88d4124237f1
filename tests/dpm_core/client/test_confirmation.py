"""Who waits for a module to agree, how long, and what ends it."""

import asyncio
from functools import partial

import pytest

from dpm_core.client import ClientSettings, DpmClient
from dpm_core.client.agreement import ZonesAgree
from dpm_core.client.confirmation import Watch
from dpm_core.client.module_record import ModuleRecord
from dpm_core.errors import LinkUnavailable, NotConfirmed
from dpm_core.model import Cause, ZoneNumber
from dpm_core.protocol import (
    ReportFlag,
    SessionSettings,
    StatusQuery,
    ZoneReport,
)
from tests.dpm_core.client.links import ONE, MemoryLink, eventually, lose_all, now

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("G2")]

QUIET = SessionSettings(poll_interval_s=3600.0)


def quiet(**limits: float) -> ClientSettings:
    return ClientSettings(allow_extension=True, session=QUIET, **limits)  # type: ignore[arg-type]  # limits are numbers


async def ready(client: DpmClient) -> None:
    await eventually(lambda: client.modules[ONE].program is not None)


async def test_all_who_wait_for_one_module_share_one_question(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, settings=quiet()) as client:
        await ready(client)
        memory_link.line.to_us = lambda frame, message: (
            () if isinstance(message, ZoneReport) and message.cause else (frame,)
        )
        memory_link.line.sent.clear()
        await asyncio.gather(*(client.turn_zone_on(ONE, zone) for zone in (1, 2, 3, 4)))
        assert len(memory_link.line.messages(StatusQuery)) <= 2
        assert memory_link[ONE].state.zones == (True,) * 4


async def test_one_who_is_cancelled_does_not_take_the_question_from_the_others(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, settings=quiet()) as client:
        await ready(client)
        memory_link.line.to_us = lambda frame, message: (
            () if isinstance(message, ZoneReport) and message.cause else (frame,)
        )
        memory_link.line.from_us = lambda frame, message: (
            () if isinstance(message, StatusQuery) else (frame,)
        )
        calls = [asyncio.ensure_future(client.turn_zone_on(ONE, zone)) for zone in (1, 2)]
        await asyncio.sleep(0.1)
        calls[0].cancel()
        await asyncio.sleep(0.01)
        memory_link.line.from_us = lambda frame, message: (frame,)
        await calls[1]
        assert calls[0].cancelled()


async def test_a_call_ends_in_its_time_although_the_question_is_still_open(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, settings=quiet(command_limit_s=0.1)) as client:
        await ready(client)
        memory_link.line.to_us = lose_all(ZoneReport)
        begun_at = now()
        with pytest.raises(NotConfirmed):
            await client.turn_zone_on(ONE, 1)
        assert now() - begun_at <= 0.1 + QUIET.answer_wait_s(24, 24)


async def test_the_loss_of_the_link_ends_the_wait_for_an_answer(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, settings=quiet()) as client:
        await ready(client)
        memory_link.line.to_us = lose_all(ZoneReport)
        call = asyncio.ensure_future(client.turn_zone_on(ONE, 1))
        await eventually(lambda: bool(memory_link.line.messages(StatusQuery)[-1].mask == 1))
        memory_link.line.inner.break_link("unplugged")
        with pytest.raises(LinkUnavailable) as lost:
            await call
        assert lost.value.detail == "unplugged"


async def test_a_link_that_is_lost_and_back_before_the_question_ends_the_call_too(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, settings=quiet()) as client:
        await ready(client)
        memory_link.line.to_us = lambda frame, message: (
            () if isinstance(message, ZoneReport) and message.cause else (frame,)
        )
        call = asyncio.ensure_future(client.turn_zone_on(ONE, 1))
        await asyncio.sleep(0.02)
        memory_link.line.inner.break_link("unplugged")
        with pytest.raises(LinkUnavailable):
            await call


async def test_a_watch_is_waited_for_until_it_is_decided_and_no_longer_than_stated() -> None:
    watch = Watch(ModuleRecord(ONE, 1.0), ZonesAgree({ZoneNumber(1): True}), "zone 1 on", 1)
    report = ZoneReport(ONE, (True, False, False, False), (False,) * 4, ReportFlag(0), Cause.QUERY)
    await watch.decided_within(0.5)
    assert now() == 0.5
    watch.look_at(report, now(), is_answer=False)
    assert not watch.agreed.done(), "nothing counts before the command was accepted"
    watch.accepted()
    loop = asyncio.get_running_loop()
    loop.call_later(0.25, partial(watch.look_at, report, 0.75, is_answer=False))
    await watch.decided_within(0.5)
    assert now() == 0.75
    assert watch.agreed.done()
    watch.fail(LinkUnavailable("memory://", "too late to change anything"))
    await watch.decided_within(0.5)
    assert now() == 0.75
    watch.agreed.result()


async def test_a_lost_link_decides_too() -> None:
    watch = Watch(ModuleRecord(ONE, 1.0), ZonesAgree({ZoneNumber(1): True}), "zone 1 on", 1)
    error = LinkUnavailable("memory://", "unplugged")
    asyncio.get_running_loop().call_later(0.25, watch.fail, error)
    await watch.decided_within(0.5)
    assert now() == 0.25
    assert watch.agreed.exception() is error
