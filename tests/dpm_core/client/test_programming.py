"""Groups and programs over a link that loses frames."""

from collections.abc import Iterable

import pytest

from dpm_core.errors import NoReply, NotConfirmed
from dpm_core.model import GroupNumber, Program
from dpm_core.protocol import (
    Frame,
    GroupQuery,
    GroupReport,
    GroupSet,
    Message,
    NameReport,
    Result,
    StatusQuery,
    encode_message,
)
from tests.dpm_core.client.links import ONE, MemoryLink, eventually, lose_first

pytestmark = pytest.mark.virtual_time

OFF = (False, False, False, False)
FIRST = (True, False, False, False)


async def groups_of_three(link: MemoryLink) -> None:
    async with link.client(ONE) as client:
        for number in (5, 6, 7):
            await client.set_group(ONE, number, FIRST)


@pytest.mark.requirement("G2")
async def test_a_lost_report_of_a_group_is_noticed_by_asking_twice(
    memory_link: MemoryLink,
) -> None:
    await groups_of_three(memory_link)
    async with memory_link.client(ONE) as client:
        memory_link.line.to_us = lose_first(GroupReport, 1)
        assert set(await client.read_groups(ONE)) == {5, 6, 7}
        assert len(memory_link.line.messages(GroupQuery)) == 3


async def test_a_broken_report_of_a_group_is_noticed(memory_link: MemoryLink) -> None:
    await groups_of_three(memory_link)
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        broken = 2

        def break_some(frame: Frame, message: Message) -> Iterable[Frame]:
            nonlocal broken
            if isinstance(message, GroupReport) and message.group == 6 and broken:
                broken -= 1
                memory_link.line.deliver(b"\xfa\xde" + frame.packet[:-1] + b"\x00\xf0")
                return ()
            return (frame,)

        memory_link.line.to_us = break_some
        assert set(await client.read_groups(ONE)) == {5, 6, 7}
        assert len(memory_link.line.messages(GroupQuery)) == 4


async def test_a_module_without_an_end_mark_is_asked_for_its_state_behind_its_groups(
    memory_link: MemoryLink,
) -> None:
    await groups_of_three(memory_link)
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        memory_link.line.to_us = lambda frame, message: (
            () if isinstance(message, Result) else (frame,)
        )
        memory_link.line.sent.clear()
        assert set(await client.read_groups(ONE)) == {5, 6, 7}
        kinds = [type(message) for _, message in memory_link.line.sent]
        assert kinds.index(StatusQuery) > kinds.index(GroupQuery)


async def test_a_dead_module_without_groups_is_no_module_without_groups(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        memory_link[ONE].set_power(False)
        with pytest.raises(NoReply):
            await client.read_groups(ONE)


async def test_groups_that_read_otherwise_each_time_are_no_answer(memory_link: MemoryLink) -> None:
    await groups_of_three(memory_link)
    async with memory_link.client(ONE) as client:
        turn = 0

        def lose_in_turn(frame: Frame, message: Message) -> Iterable[Frame]:
            nonlocal turn
            if isinstance(message, GroupReport):
                turn += 1
                return () if turn % 4 == 0 else (frame,)
            return (frame,)

        memory_link.line.to_us = lose_in_turn
        with pytest.raises(NoReply) as unsure:
            await client.read_groups(ONE)
        assert unsure.value.waited_s > 0


@pytest.mark.requirement("G2")
async def test_a_group_that_reads_back_otherwise_is_not_confirmed(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:

        def pretend(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, GroupReport):
                other = GroupReport(ONE, message.group, OFF)
                return (encode_message(other, counter=1, sequence=0, source=ONE),)
            return (frame,)

        memory_link.line.to_us = pretend
        with pytest.raises(NotConfirmed):
            await client.set_group(ONE, GroupNumber(9), FIRST)
        assert len(memory_link.line.messages(GroupSet)) == 1


async def test_a_seventeenth_group_is_refused(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        for number in range(1, 17):
            await client.set_group(ONE, number, FIRST)
        with pytest.raises(Exception, match="cannot have this value"):
            await client.set_group(ONE, 17, FIRST)


async def test_names_that_are_lost_are_asked_again(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, Program(name="Panel", zone_names=("a", "b", "c", "d")))
        memory_link.line.to_us = lose_first(NameReport, 2)
        program = await client.read_program(ONE)
        assert program.zone_names == ("a", "b", "c", "d")
