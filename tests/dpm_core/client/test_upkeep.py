"""Modules that are lost, that return, and what is read without being asked for."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from dpm_core.client import (
    ClientSettings,
    DpmClient,
    ModuleChanged,
    ModuleLost,
    ModuleReturned,
    ZoneSwitched,
)
from dpm_core.client.upkeep import STATE
from dpm_core.errors import UnknownModule
from dpm_core.model import ContactState, Program, SerialNumber
from dpm_core.protocol import (
    Frame,
    Message,
    NameQuery,
    NameReport,
    OverrideReport,
    SessionSettings,
    StatusMask,
    StatusQuery,
    ZoneReport,
)
from tests.dpm_core.client.links import (
    ONE,
    THREE,
    TWO,
    Diary,
    MemoryLink,
    SimulatedLink,
    eventually,
    lose_all,
    lose_first,
    now,
    pass_frame,
)


def fresh(client: DpmClient) -> bool:
    return all(view.is_fresh for view in client.modules.values())


@pytest.mark.requirement("H6", "G2")
async def test_a_module_without_power_is_lost_and_returns_by_itself(link: SimulatedLink) -> None:
    async with link.client(ONE, TWO) as client:
        await eventually(lambda: fresh(client))
        await client.turn_zone_on(ONE, 2)
        diary = Diary(client)
        link[ONE].set_power(False)
        await eventually(lambda: bool(diary.of(ModuleLost)))
        view = client.modules[ONE]
        assert not view.is_online
        assert not view.is_fresh
        assert view.zones == (False, True, False, False), "the last known stays"
        assert client.modules[TWO].is_fresh
        await client.turn_zone_on(TWO, 1)
        link[ONE].set_power(True)
        await eventually(lambda: bool(diary.of(ModuleReturned)))
        assert client.modules[ONE].is_fresh
        assert client.modules[ONE].was_restored
        assert client.modules[ONE].zones == (False, True, False, False)
        assert diary.of(ModuleLost, ModuleReturned) == [ModuleLost(ONE), ModuleReturned(ONE)]
        for event in diary.of(ModuleChanged):
            assert event.view.is_online or not event.view.is_fresh


@pytest.mark.requirement("H6")
@pytest.mark.virtual_time
@pytest.mark.parametrize("count", [1, 30])
async def test_a_lost_module_is_told_within_the_stated_time_and_its_return_too(
    tmp_path: Any, count: int
) -> None:
    serials = tuple(SerialNumber(0x00A10001 + number) for number in range(count))
    async with MemoryLink(tmp_path, serials) as link, link.client(*serials) as client:
        await eventually(lambda: fresh(client), 60.0)
        await asyncio.sleep(30.0)
        diary = Diary(client)
        link[serials[0]].set_power(False)
        lost_at = now()
        bound_s = client.settings.session.module_lost_within_s(count)
        await eventually(lambda: bool(diary.of(ModuleLost)), 60.0)
        assert now() - lost_at <= bound_s
        # Its power-up reports are lost, so that only being asked brings it back.
        link.line.to_us = lose_all(OverrideReport, of=serials[0])
        await asyncio.sleep(30.0)
        link.line.to_us = lambda frame, message: (
            () if isinstance(message, ZoneReport) and message.cause else (frame,)
        )
        link[serials[0]].set_power(True)
        back_at = now()
        await eventually(lambda: bool(diary.of(ModuleReturned)), 60.0)
        assert now() - back_at <= client.settings.session.offline_ask_s[-1] + 1.0


@pytest.mark.virtual_time
async def test_a_module_that_never_answered_is_told_as_lost_once(memory_link: MemoryLink) -> None:
    memory_link[ONE].set_power(False)
    async with memory_link.client(ONE) as client:
        diary = Diary(client)
        await asyncio.sleep(60.0)
        assert diary.of(ModuleLost, ModuleReturned) == [ModuleLost(ONE)]
        assert not client.modules[ONE].is_online


@pytest.mark.virtual_time
async def test_a_dead_module_delays_the_command_of_another_by_one_wait(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await eventually(lambda: all(view.program for view in client.modules.values()))
        await client.turn_zone_on(TWO, 1)
        memory_link[ONE].set_power(False)
        wait_s = client.settings.session.answer_wait_s(24, 24)
        for zone in (2, 3, 4, 1):
            begun_at = now()
            await client.set_zone_level(TWO, zone, 0)
            assert now() - begun_at <= wait_s + 0.02
            await asyncio.sleep(0.37)


@pytest.mark.virtual_time
async def test_a_part_of_the_state_that_is_lost_is_read_until_it_is_there(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client() as client:
        memory_link.line.to_us = lose_first(OverrideReport, 7)
        client.add_module(ONE)
        await asyncio.sleep(0.2)
        assert client.modules[ONE].is_online
        assert not client.modules[ONE].is_fresh
        await eventually(lambda: fresh(client))


@pytest.mark.virtual_time
async def test_in_override_what_returns_is_asked_for_when_its_report_was_lost(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: fresh(client))
        await client.turn_zone_on(ONE, 2)

        def lose_reports(frame: Frame, message: Message) -> Iterable[Frame]:
            is_event = isinstance(message, OverrideReport) and message.cause
            return () if is_event else (frame,)

        memory_link.line.to_us = lose_reports
        memory_link[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[ONE].saved == (False, True, False, False))


@pytest.mark.virtual_time
async def test_a_short_power_cut_between_two_polls_is_noticed(memory_link: MemoryLink) -> None:
    settings = ClientSettings(allow_extension=True, session=SessionSettings(poll_interval_s=3600.0))
    async with memory_link.client(ONE, settings=settings) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        for zone in (1, 2, 3):
            await client.turn_zone_on(ONE, zone)
        await client.close_cco(ONE)
        diary = Diary(client)
        memory_link[ONE].set_power(False)
        memory_link[ONE].set_power(True)
        await asyncio.sleep(1.0)
        assert client.modules[ONE].cco_closed is False
        assert client.modules[ONE].was_restored
        assert client.modules[ONE].zones == (True, True, True, False)
        assert diary.of(ZoneSwitched) == []
        memory_link[ONE].press_button(1)
        await eventually(lambda: bool(diary.of(ZoneSwitched)))


# --- programs in the pauses -----------------------------------------------------------------


@pytest.mark.virtual_time
async def test_programs_are_read_in_the_pauses_after_the_state(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, TWO, THREE) as client:
        await eventually(lambda: all(view.program for view in client.modules.values()))
        assert {view.program for view in client.modules.values()} == {Program()}
        queries = [m for _, m in memory_link.line.sent if isinstance(m, StatusQuery | NameQuery)]
        states = [m for m in queries if isinstance(m, StatusQuery) and m.mask == STATE]
        assert queries[:3] == states


@pytest.mark.virtual_time
async def test_a_program_that_cannot_be_read_leaves_the_others_readable(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        memory_link.line.to_us = lose_all(NameReport, of=ONE)
        await eventually(lambda: client.modules[TWO].program is not None)
        assert client.modules[ONE].is_fresh
        assert client.modules[ONE].program is None


@pytest.mark.virtual_time
async def test_a_program_that_could_not_be_read_is_tried_again(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, TWO) as client:
        memory_link.line.to_us = lose_all(NameReport, of=ONE)
        await eventually(lambda: client.modules[TWO].program is not None)
        await asyncio.sleep(client.settings.program_limit_s)
        assert client.modules[ONE].program is None
        memory_link.line.to_us = pass_frame
        await asyncio.sleep(client.settings.program_limit_s + 1.0)
        assert client.modules[ONE].program == Program()


@pytest.mark.virtual_time
async def test_a_program_of_a_module_that_was_removed_is_not_tried_again(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        memory_link.line.to_us = lose_all(NameReport, of=ONE)
        await eventually(lambda: client.modules[TWO].program is not None)
        await asyncio.sleep(1.0)
        client.remove_module(ONE)
        memory_link.line.sent.clear()
        await asyncio.sleep(2 * client.settings.program_limit_s)
        asked = {message.address() for _, message in memory_link.line.sent}  # type: ignore[attr-defined]  # what a client sends has an address
        assert ONE not in asked


@pytest.mark.virtual_time
async def test_a_module_removed_before_its_program_was_read_is_not_read(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO, THREE) as client:
        await eventually(lambda: fresh(client))
        client.remove_module(THREE)
        client.remove_module(THREE)
        memory_link.line.sent.clear()
        await eventually(lambda: client.modules[TWO].program is not None)
        await asyncio.sleep(1.0)
        assert THREE not in client.modules
        asked = {message.address() for _, message in memory_link.line.sent}  # type: ignore[attr-defined]  # what a client sends has an address
        assert THREE not in asked
        with pytest.raises(UnknownModule):
            await client.turn_zone_on(THREE, 1)


@pytest.mark.virtual_time
async def test_a_module_removed_while_it_is_read_is_forgotten(memory_link: MemoryLink) -> None:
    async with memory_link.client() as client:
        client.add_module(ONE)
        client.remove_module(ONE)
        await asyncio.sleep(1.0)
        assert list(client.modules) == []
        client.add_module(ONE)
        await eventually(lambda: fresh(client))


@pytest.mark.virtual_time
async def test_a_module_is_added_at_any_time_and_twice_is_as_once(memory_link: MemoryLink) -> None:
    async with memory_link.client() as client:
        assert len(client.modules) == 0
        client.add_module(ONE)
        client.add_module(ONE)
        assert list(client.modules) == [ONE]
        await eventually(lambda: fresh(client))
        states = [
            message
            for message in memory_link.line.messages(StatusQuery)
            if message.mask & StatusMask.CCI
        ]
        assert len(states) == 1
