"""A program over the link of a simulated module: loads, and all or nothing."""

from dataclasses import replace

import pytest

from dpm_core.model import (
    CcoType,
    LoadType,
    Memory,
    OverrideAction,
    Program,
    SerialNumber,
    ZoneLoad,
    decode_memory,
)
from dpm_core.protocol.extension_program_write import PROGRAM_FORMAT, program_checksum
from dpm_core.protocol.frames import build_frame
from dpm_core.protocol.messages import (
    Command,
    EmergencySet,
    IoProgramSet,
    LoadsQuery,
    LoadsReport,
    LoadsSet,
    Message,
    NameQuery,
    NameReport,
    NameSet,
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    ProgramVersionQuery,
    ProgramVersionReport,
    Result,
    ResultCode,
)
from dpm_core.simulator import RamStore, SimulatorSettings
from dpm_core.simulator.store import Done
from tests.dpm_core.model.test_power import FULL
from tests.dpm_core.simulator.bench import MASTER, ONE, Bench

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("F1")]

WANTED = replace(FULL.program, name="Attic", zone_names=("Hall", "", "", ""))
FACTORY = Program()
SUM = program_checksum(WANTED)
STAGED = (
    NameSet(ONE, 0, "Attic"),
    NameSet(ONE, 1, "Hall"),
    EmergencySet(ONE, WANTED.override_actions),
    IoProgramSet(ONE, WANTED.cco_type, WANTED.cco_pulse_s, WANTED.cci_debounce_s),
    LoadsSet(ONE, WANTED.zone_loads, WANTED.cco_load),
)
WRITING: tuple[Command, ...] = (
    ProgramBegin(ONE, 7),
    *(ProgramStage(ONE, 7, command) for command in STAGED),
    ProgramCommit(ONE, 7, 0, SUM),
)
LONE_LOAD = (None, ZoneLoad(LoadType.MOTOR, amps=7.5), None, None)


class SlowStore(RamStore):
    """A store that fails on request, or has not finished until it is told to."""

    error: OSError | None = None
    is_slow = False

    def save(self, serial: SerialNumber, octets: bytes, done: Done) -> None:
        def finish(error: OSError | None) -> None:
            if error is None:
                self.memories[serial] = octets
            done(error)

        if self.is_slow:
            self.finish = finish
        else:
            finish(self.error)


async def answered(bench: Bench, command: Command) -> list[Message]:
    """Say a command and return what the module says then."""
    bench.clear()
    bench.tell(command)
    await bench.quiet(0.05)
    return bench.messages()


async def result_of(bench: Bench, command: Command) -> ResultCode:
    (result,) = await answered(bench, command)
    assert isinstance(result, Result)
    assert result.answered_type == command.codes()[1]
    return result.result


async def version_of(bench: Bench) -> ProgramVersionReport:
    (report,) = await answered(bench, ProgramVersionQuery(ONE))
    assert isinstance(report, ProgramVersionReport)
    return report


async def test_loads_are_programmed_and_read_back() -> None:
    async with Bench() as bench:
        assert await answered(bench, LoadsQuery(ONE)) == [LoadsReport(ONE)]
        assert await result_of(bench, LoadsSet(ONE, LONE_LOAD)) is ResultCode.DONE
        assert await answered(bench, LoadsQuery(ONE)) == [LoadsReport(ONE, LONE_LOAD)]
        assert bench.module.state.memory.program.zone_loads == LONE_LOAD


async def test_a_whole_program_is_written_at_its_commit_and_not_before() -> None:
    async with Bench() as bench:
        for command in WRITING[:-1]:
            assert await result_of(bench, command) is ResultCode.DONE
            assert bench.module.state.memory.program == FACTORY
        assert await version_of(bench) == ProgramVersionReport(
            ONE, PROGRAM_FORMAT, 0, program_checksum(FACTORY), 7
        )
        assert await result_of(bench, WRITING[-1]) is ResultCode.DONE
        assert bench.module.state.memory.program == WANTED
        assert await version_of(bench) == ProgramVersionReport(ONE, PROGRAM_FORMAT, 1, SUM)


async def test_a_commit_that_is_repeated_is_answered_again_and_done_once() -> None:
    async with Bench() as bench:
        for command in WRITING[:-1]:
            await answered(bench, command)
        first = bench.frame(WRITING[-1], sequence=1, counter=1)
        again = bench.frame(WRITING[-1], sequence=7, counter=1)
        bench.clear()
        bench.say(first)
        await bench.quiet(0.05)
        bench.say(again)
        await bench.quiet(0.05)
        results = [message for message in bench.messages() if isinstance(message, Result)]
        assert [(one.result, one.sequence) for one in results] == [
            (ResultCode.DONE, 1),
            (ResultCode.DONE, 7),
        ]
        assert bench.module.state.memory.program_revision == 1


@pytest.mark.parametrize(
    "commit",
    [ProgramCommit(ONE, 8, 0, SUM), ProgramCommit(ONE, 7, 1, SUM), ProgramCommit(ONE, 7, 0, 0)],
    ids=["another stage", "another revision", "another checksum"],
)
async def test_a_commit_that_does_not_fit_writes_nothing(commit: ProgramCommit) -> None:
    async with Bench() as bench:
        for command in WRITING[:-1]:
            await answered(bench, command)
        assert await result_of(bench, commit) is ResultCode.BAD_VALUE
        assert bench.module.state.memory.program == FACTORY


async def test_a_part_that_was_lost_is_noticed_at_the_commit() -> None:
    for lost in range(1, len(WRITING) - 1):
        async with Bench() as bench:
            for command in (*WRITING[:lost], *WRITING[lost + 1 : -1]):
                await answered(bench, command)
            assert await result_of(bench, WRITING[-1]) is ResultCode.BAD_VALUE
            assert bench.module.state.memory == Memory()


async def test_an_aborted_stage_writes_nothing() -> None:
    async with Bench() as bench:
        for command in WRITING[:-1]:
            await answered(bench, command)
        assert await result_of(bench, ProgramAbort(ONE, 7)) is ResultCode.DONE
        assert await result_of(bench, WRITING[-1]) is ResultCode.BAD_VALUE
        assert await result_of(bench, ProgramAbort(ONE, 7)) is ResultCode.DONE
        assert bench.module.state.memory == Memory()


async def test_a_stage_whose_writer_has_gone_is_dropped() -> None:
    async with Bench() as bench:
        for command in WRITING[:-1]:
            await answered(bench, command)
        await bench.quiet(10)
        assert (await version_of(bench)).stage == 0
        assert await result_of(bench, WRITING[1]) is ResultCode.BAD_VALUE
        assert await result_of(bench, WRITING[-1]) is ResultCode.BAD_VALUE
        assert bench.module.state.memory == Memory()


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("said", range(len(WRITING) + 1))
async def test_a_power_cut_at_any_point_leaves_the_old_program_or_the_new(said: int) -> None:
    store = RamStore()
    async with Bench(store=store) as bench:
        for command in WRITING[:said]:
            await answered(bench, command)
        bench.module.set_power(False)
        await bench.quiet()
        bench.module.set_power(True)
        await bench.quiet()
        for command in WRITING[said:]:
            assert await result_of(bench, command) is (
                ResultCode.DONE if said == 0 else ResultCode.BAD_VALUE
            )
        is_written = said in (0, len(WRITING))
        assert bench.module.state.memory.program == (WANTED if is_written else FACTORY)
        octets = await store.load(ONE)
        kept = FACTORY if octets is None else decode_memory(ONE, octets).program
        assert kept == (WANTED if is_written else FACTORY)


async def test_a_program_that_cannot_be_written_is_busy_and_not_changed() -> None:
    store = SlowStore()
    async with Bench(store=store) as bench:
        for command in WRITING[:-1]:
            await answered(bench, command)
        store.error = OSError("no space")
        assert await result_of(bench, WRITING[-1]) is ResultCode.BUSY
        assert bench.module.state.memory == Memory()
        store.error = None
        await bench.quiet()
        assert await result_of(bench, WRITING[-1]) is ResultCode.DONE
        assert bench.module.state.memory.program == WANTED


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("is_whole", [True, False], ids=["came through", "was torn"])
async def test_a_power_cut_while_the_memory_is_written_leaves_one_or_the_other(
    is_whole: bool,
) -> None:
    store = SlowStore()
    async with Bench(store=store) as bench:
        for command in WRITING[:-1]:
            await answered(bench, command)
        store.is_slow = True
        assert await answered(bench, WRITING[-1]) == []
        bench.module.set_power(False)
        store.finish(None if is_whole else OSError("torn"))
        await bench.quiet()
        bench.module.set_power(True)
        await bench.quiet()
        assert bench.module.state.memory.program == (WANTED if is_whole else FACTORY)
        assert (await version_of(bench)).revision == int(is_whole)


OLD = SimulatorSettings(knows_programs=False)


async def test_the_first_modules_answer_that_they_do_not_know_it() -> None:
    unknown: tuple[Command, ...] = (
        ProgramVersionQuery(ONE),
        *WRITING[:2],
        WRITING[-1],
        ProgramAbort(ONE, 7),
        LoadsSet(ONE, LONE_LOAD),
        LoadsQuery(ONE),
    )
    async with Bench(settings=OLD) as bench:
        for command in unknown:
            assert await result_of(bench, command) is ResultCode.UNKNOWN_TYPE
        # One that is not even whole, and those that they do know.
        bench.clear()
        broken = bytes.fromhex("0000a1b2c3fe7d2300a5")
        bench.say(build_frame(0x91, 3, MASTER.to_octets(), 0x21, broken))
        await bench.quiet(0.05)
        (result,) = bench.messages()
        assert result == Result(ONE, 0x23, ResultCode.UNKNOWN_TYPE, 3)
        assert await result_of(bench, NameSet(ONE, 0, "Attic")) is ResultCode.DONE
        assert (
            await result_of(bench, EmergencySet(ONE, (OverrideAction.OFF,) * 4)) is ResultCode.DONE
        )
        assert (
            await result_of(bench, IoProgramSet(ONE, CcoType.MAINTAINED, 1, 0)) is ResultCode.DONE
        )
        assert await answered(bench, NameQuery(ONE, 0)) == [NameReport(ONE, 0, "Attic")]
        assert bench.module.state.memory.program.zone_loads == (None,) * 4
