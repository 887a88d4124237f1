"""Groups and programs over a link that loses frames."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from dpm_core.errors import NoReply, NotConfirmed, Rejected
from dpm_core.model import GroupNumber, Program
from dpm_core.protocol import (
    Frame,
    GroupQuery,
    GroupReport,
    GroupSet,
    LinkSource,
    Message,
    NameQuery,
    NameReport,
    NameSet,
    Result,
    StatusQuery,
    encode_message,
)
from dpm_core.protocol.messages import LoadsQuery, ProgramVersionQuery, ProgramVersionReport
from tests.dpm_core.client.links import ONE, MemoryLink, eventually, lose_all, lose_first
from tests.dpm_core.model.test_power import FULL

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


@pytest.mark.requirement("F1")
async def test_loads_are_read_with_the_rest_of_the_program(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, FULL.program)
        memory_link.line.sent.clear()
        assert await client.read_program(ONE) == FULL.program
        assert client.modules[ONE].program == FULL.program
        assert len(memory_link.line.messages(LoadsQuery)) == 1


@pytest.mark.requirement("F1")
async def test_a_program_that_changes_while_it_is_read_is_read_again(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        renamed = 0

        def rename_late(frame: Frame, message: Message) -> Iterable[Frame]:
            nonlocal renamed
            if isinstance(message, NameQuery) and message.index == 4 and not renamed:
                renamed += 1
                other = NameSet(ONE, 0, "Cellar")
                return (
                    encode_message(other, counter=1, sequence=60, source=LinkSource(0x30)),
                    frame,
                )
            return (frame,)

        memory_link.line.from_us = rename_late
        program = await client.read_program(ONE)
        assert program == Program(name="Cellar")
        assert renamed == 1


async def test_a_program_that_never_fits_together_is_no_program(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)

        def mislead(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, ProgramVersionReport):
                other = replace(message, checksum=message.checksum ^ 1)
                return (encode_message(other, counter=1, sequence=0, source=ONE),)
            return (frame,)

        memory_link.line.to_us = mislead
        with pytest.raises(NotConfirmed, match="parts of different programs"):
            await client.read_program(ONE)
        assert len(memory_link.line.messages(ProgramVersionQuery)) >= 3


@pytest.mark.requirement("F1")
async def test_a_newer_module_is_read_as_far_as_it_is_known(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, FULL.program)

        def newer(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, ProgramVersionReport):
                other = replace(message, format=3, checksum=message.checksum ^ 1)
                return (encode_message(other, counter=1, sequence=0, source=ONE),)
            return (frame,)

        memory_link.line.to_us = newer
        assert await client.read_program(ONE) == FULL.program
        with pytest.raises(Rejected, match="update the library"):
            await client.write_program(ONE, Program())
        assert memory_link[ONE].state.memory.program == FULL.program


async def test_a_module_that_does_not_answer_for_its_version_has_no_reply(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        memory_link.line.from_us = lose_all(ProgramVersionQuery)
        with pytest.raises(NoReply):
            await client.read_program(ONE)
