"""One frame for many modules, and one outcome for each, whatever becomes of it."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from dpm_core.client import DONE, ClientSettings, DpmClient
from dpm_core.errors import LinkUnavailable, NoReply, OverrideActive
from dpm_core.model import ContactState, GroupNumber, SerialNumber
from dpm_core.protocol import (
    Broadcast,
    Frame,
    GoToLevel,
    GroupQuery,
    Message,
    SessionSettings,
    StatusQuery,
    ZoneReport,
)
from dpm_core.simulator import SimulatorSettings
from tests.dpm_core.client.links import (
    ONE,
    THREE,
    TWO,
    MemoryLink,
    eventually,
    lose_all,
    now,
)

pytestmark = pytest.mark.virtual_time

OFF = (False, False, False, False)
ALL = (True, True, True, True)


async def ready(client: DpmClient) -> None:
    await eventually(lambda: all(view.program for view in client.modules.values()))


def only_own_reports_lost(frame: Frame, message: Message) -> Iterable[Frame]:
    return () if isinstance(message, ZoneReport) and message.cause else (frame,)


@pytest.mark.requirement("G2")
async def test_one_frame_is_sent_and_the_reports_confirm_it(memory_link: MemoryLink) -> None:
    settings = ClientSettings(allow_extension=True, session=SessionSettings(poll_interval_s=3600.0))
    async with memory_link.client(ONE, TWO, THREE, settings=settings) as client:
        await ready(client)
        memory_link.line.sent.clear()
        assert await client.broadcast_level(100) == {ONE: DONE, TWO: DONE, THREE: DONE}
        assert [message for _, message in memory_link.line.sent] == memory_link.line.messages(
            GoToLevel
        )
        assert len(memory_link.line.sent) == 1


@pytest.mark.requirement("G2")
async def test_while_modules_still_report_in_turn_nobody_is_asked(tmp_path: Path) -> None:
    serials = tuple(SerialNumber(0x00A1B200 + number) for number in range(12))
    settings = ClientSettings(allow_extension=True, session=SessionSettings(poll_interval_s=3600.0))
    async with (
        MemoryLink(tmp_path, serials, SimulatorSettings(is_paced=True)) as link,
        link.client(*serials, settings=settings) as client,
    ):
        await asyncio.sleep(30.0)  # until everything is read that is read of its own accord
        assert all(view.is_fresh for view in client.modules.values())
        link.line.sent.clear()
        begun_at = now()
        assert await client.broadcast_level(100) == dict.fromkeys(serials, DONE)
        assert now() - begun_at > 12 * 0.00992, "12 reports need this long on the wire"
        assert len(link.line.sent) == 1


@pytest.mark.requirement("G2")
async def test_those_that_do_not_report_are_asked(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await ready(client)
        memory_link.line.to_us = only_own_reports_lost
        assert await client.broadcast_level(100) == {ONE: DONE, TWO: DONE}
        assert len(memory_link.line.messages(GoToLevel)) == 1


@pytest.mark.requirement("G2")
async def test_a_module_that_missed_the_frame_gets_commands_of_its_own(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await ready(client)
        memory_link.line.from_us = lambda frame, message: (
            ()
            if isinstance(message, GoToLevel) and isinstance(message.target, Broadcast)
            else (frame,)
        )
        assert await client.broadcast_level(100) == {ONE: DONE, TWO: DONE}
        assert memory_link[ONE].state.zones == memory_link[TWO].state.zones == ALL


@pytest.mark.requirement("G2", "C9")
async def test_a_dead_module_is_no_reply_and_one_in_override_is_refused(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO, THREE) as client:
        await ready(client)
        memory_link[TWO].set_power(False)
        memory_link[THREE].move_cci(ContactState.OPEN)
        await eventually(lambda: bool(client.modules[THREE].override))
        outcomes = await client.broadcast_level(0)
        assert outcomes[ONE] is DONE
        assert isinstance(outcomes[TWO], NoReply)
        refused = outcomes[THREE]
        assert isinstance(refused, OverrideActive)
        assert refused.address == str(THREE)
        await eventually(lambda: not client.modules[TWO].is_online)
        begun_at = now()
        outcomes = await client.broadcast_level(100)
        assert isinstance(outcomes[TWO], NoReply), "known to be gone"
        assert now() - begun_at < 1.0
        assert memory_link[THREE].state.saved == OFF


@pytest.mark.requirement("C9")
async def test_in_override_what_returns_may_be_as_told_and_is_refused_all_the_same(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await ready(client)
        memory_link[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[ONE].saved == OFF)
        outcomes = await client.broadcast_level(0)
        assert isinstance(outcomes[ONE], OverrideActive)


async def test_who_is_in_a_group_is_asked_when_it_is_not_known(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, TWO, THREE) as client:
        await client.set_group(ONE, 7, (True, False, False, False))
    async with memory_link.client(ONE, TWO, THREE) as client:
        await ready(client)
        assert await client.set_group_level(7, 100) == {ONE: DONE}
        assert memory_link[ONE].state.zones == (True, False, False, False)
        asked = len(memory_link.line.messages(GroupQuery))
        assert asked >= 3
        assert await client.set_group_level(GroupNumber(7), 0) == {ONE: DONE}
        assert len(memory_link.line.messages(GroupQuery)) == asked, "known from now on"


async def test_who_does_not_say_whether_it_is_in_a_group_is_no_reply(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await ready(client)
        memory_link[TWO].set_power(False)
        outcomes = await client.set_group_level(7, 100)
        assert list(outcomes) == [TWO]
        assert isinstance(outcomes[TWO], NoReply)
        await eventually(lambda: not client.modules[TWO].is_online)
        outcomes = await client.set_group_level(7, 100)
        assert isinstance(outcomes[TWO], NoReply)


@pytest.mark.requirement("G2")
async def test_a_lost_link_ends_a_command_to_many(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await ready(client)
        memory_link.line.to_us = lose_all(ZoneReport)
        call = asyncio.ensure_future(client.broadcast_level(100))
        await asyncio.sleep(0.03)
        memory_link.line.inner.break_link("unplugged")
        with pytest.raises(LinkUnavailable) as lost:
            await call
        assert lost.value.detail == "unplugged"


async def test_commands_to_a_zone_wait_for_a_command_to_many(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await ready(client)
        outcomes, _ = await asyncio.gather(
            client.broadcast_level(100), client.turn_zone_off(ONE, 1)
        )
        assert outcomes == {ONE: DONE, TWO: DONE}
        assert memory_link[ONE].state.zones == (False, True, True, True)


async def test_a_command_to_many_that_is_cancelled_leaves_the_link_usable(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await ready(client)
        memory_link.line.to_us = lose_all(ZoneReport)
        call = asyncio.ensure_future(client.broadcast_level(100))
        await asyncio.sleep(0.03)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        memory_link.line.mend()
        await client.turn_zone_off(ONE, 1)


async def test_a_command_of_its_own_that_is_refused_too_is_that_modules_outcome(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await ready(client)
        memory_link.line.from_us = lambda frame, message: (
            () if isinstance(message, GoToLevel) else (frame,)
        )
        outcomes = await client.broadcast_level(100)
        assert isinstance(outcomes[ONE], NoReply)
        assert memory_link.line.messages(StatusQuery)
