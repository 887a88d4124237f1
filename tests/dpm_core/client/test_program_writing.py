"""Writing a program over a link: all of it or nothing, and to a module that knows no better."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_core.errors import LinkUnavailable, LoadsNotKept, NoReply, NotConfirmed, Rejected
from dpm_core.model import Program
from dpm_core.protocol import (
    EmergencySet,
    Frame,
    IoProgramSet,
    LinkSource,
    Message,
    NameReport,
    NameSet,
    encode_message,
)
from dpm_core.protocol.messages import (
    LoadsSet,
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    Result,
)
from dpm_core.simulator import SimulatorSettings
from tests.dpm_core.client.links import ONE, MemoryLink, eventually, lose_all
from tests.dpm_core.model.test_power import FULL

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("F1")]

WANTED = FULL.program
OTHER = Program(name="Cellar", zone_names=("a", "b", "c", "d"), zone_loads=WANTED.zone_loads)
OLD_FIELDS = replace(WANTED, zone_loads=(None,) * 4, cco_load=None)


@pytest.fixture
async def old_link(tmp_path: Path) -> AsyncIterator[MemoryLink]:
    """A link with a module from before loads."""
    settings = SimulatorSettings(knows_programs=False)
    async with MemoryLink(tmp_path, (ONE,), settings) as link:
        yield link


def kept(link: MemoryLink) -> Program:
    return link[ONE].state.memory.program


async def test_a_program_is_written_at_one_commit(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        assert await client.write_program(ONE, WANTED) == WANTED
        assert kept(memory_link) == WANTED
        assert memory_link[ONE].state.memory.program_revision == 1
        assert len(memory_link.line.messages(ProgramCommit)) == 1
        assert not memory_link.line.messages(NameSet)
        assert await client.write_program(ONE, Program()) == Program()
        assert kept(memory_link) == Program()


async def test_only_what_is_different_is_staged_and_nothing_where_nothing_is(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, WANTED)
        memory_link.line.sent.clear()
        await client.write_program(ONE, WANTED)
        assert not memory_link.line.messages(ProgramBegin)
        await client.write_program(ONE, replace(WANTED, name="Attic"))
        (staged,) = memory_link.line.messages(ProgramStage)
        assert staged.command == NameSet(ONE, 0, "Attic")


@pytest.mark.parametrize("lost", [ProgramBegin, ProgramStage, ProgramCommit])
async def test_a_command_that_never_arrives_leaves_the_old_program(
    memory_link: MemoryLink, lost: type[Message]
) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, OTHER)
        memory_link.line.from_us = lose_all(lost)
        with pytest.raises(NoReply):
            await client.write_program(ONE, WANTED)
        assert kept(memory_link) == OTHER
        assert memory_link.line.messages(ProgramAbort)
        memory_link.line.from_us = lambda frame, _message: (frame,)
        assert await client.write_program(ONE, WANTED) == WANTED


async def test_a_commit_whose_answer_is_lost_has_written_all_of_it(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)

        def lose_results(frame: Frame, message: Message) -> Iterable[Frame]:
            is_lost = isinstance(message, Result) and message.answered_words == "PROGRAM_COMMIT"
            return () if is_lost else (frame,)

        memory_link.line.to_us = lose_results
        with pytest.raises(NoReply):
            await client.write_program(ONE, WANTED)
        assert kept(memory_link) == WANTED
        assert memory_link[ONE].state.memory.program_revision == 1


@pytest.mark.parametrize("after", [ProgramBegin, ProgramStage, ProgramCommit])
async def test_a_power_cut_in_the_middle_leaves_the_old_program(
    memory_link: MemoryLink, after: type[Message]
) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, OTHER)
        is_cut = False

        def cut(frame: Frame, message: Message) -> Iterable[Frame]:
            nonlocal is_cut
            if isinstance(message, after) and not is_cut:
                is_cut = True
                asyncio.get_running_loop().call_later(0.0005, memory_link[ONE].set_power, False)
                asyncio.get_running_loop().call_later(1.0, memory_link[ONE].set_power, True)
            return (frame,)

        memory_link.line.from_us = cut
        with pytest.raises((NoReply, Rejected)):
            await client.write_program(ONE, WANTED)
        assert is_cut
        assert kept(memory_link) in (OTHER, WANTED)
        memory_link.line.from_us = lambda frame, _message: (frame,)
        await eventually(lambda: memory_link[ONE].state.is_started)
        assert await client.write_program(ONE, WANTED) == WANTED


@pytest.mark.parametrize("after", [ProgramBegin, ProgramStage])
async def test_a_lost_link_in_the_middle_leaves_the_old_program(
    memory_link: MemoryLink, after: type[Message]
) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, OTHER)

        def lose_link(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, after):
                asyncio.get_running_loop().create_task(memory_link.vanish())
            return (frame,)

        memory_link.line.from_us = lose_link
        with pytest.raises(LinkUnavailable):
            await client.write_program(ONE, WANTED)
        assert kept(memory_link) == OTHER


async def test_another_writer_in_between_is_told_and_not_overwritten(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)

        def meddle(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, ProgramCommit):
                other = NameSet(ONE, 0, "Meddled")
                source = LinkSource(0x30)
                return (encode_message(other, counter=1, sequence=60, source=source), frame)
            return (frame,)

        memory_link.line.from_us = meddle
        with pytest.raises(Rejected, match="somebody else programmed it"):
            await client.write_program(ONE, WANTED)
        assert kept(memory_link) == Program(name="Meddled")


async def test_a_program_that_reads_back_otherwise_is_not_confirmed(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)

        def rename(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, ProgramCommit):
                other = NameSet(ONE, 0, "Meddled")
                source = LinkSource(0x30)
                return (frame, encode_message(other, counter=1, sequence=60, source=source))
            return (frame,)

        memory_link.line.from_us = rename
        with pytest.raises(NotConfirmed, match="Meddled"):
            await client.write_program(ONE, WANTED)
        assert kept(memory_link) == replace(WANTED, name="Meddled")


async def test_a_module_from_before_loads_gets_the_rest_part_by_part(old_link: MemoryLink) -> None:
    async with old_link.client(ONE) as client:
        assert await client.write_program(ONE, OLD_FIELDS) == OLD_FIELDS
        assert kept(old_link) == OLD_FIELDS
        kinds = {type(message) for _, message in old_link.line.sent}
        assert {NameSet, EmergencySet, IoProgramSet} <= kinds
        assert not {LoadsSet, ProgramBegin, ProgramStage, ProgramCommit} & kinds


async def test_a_module_from_before_loads_is_told_none_and_says_so(old_link: MemoryLink) -> None:
    async with old_link.client(ONE) as client:
        with pytest.raises(LoadsNotKept, match="leave the loads out") as refused:
            await client.write_program(ONE, WANTED)
        assert refused.value.address == str(ONE)
        assert kept(old_link) == Program()
        assert not old_link.line.messages(NameSet)


async def test_a_module_from_before_loads_that_loses_a_name_is_not_confirmed(
    old_link: MemoryLink,
) -> None:
    async with old_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)

        def pretend(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, NameReport) and message.index == 0:
                other = NameReport(ONE, 0, "Else")
                return (encode_message(other, counter=1, sequence=0, source=ONE),)
            return (frame,)

        old_link.line.to_us = pretend
        with pytest.raises(NotConfirmed):
            await client.write_program(ONE, OLD_FIELDS)
