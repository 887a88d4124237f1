"""A program is written all or nothing: staged, and then committed or forgotten."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dpm_core.model import (
    ContactState,
    GroupNumber,
    LoadType,
    Memory,
    ModuleState,
    OverrideAction,
    Program,
    Refusal,
    Transition,
    ZoneLoad,
    factory_module,
    move_cci,
    power_off,
    power_on,
    program_group,
    program_name,
)
from dpm_core.model.power import PROGRAM_REVISION_MAX
from dpm_core.model.programming import (
    STAGE_KEPT_S,
    abort_program,
    begin_program,
    commit_program,
    open_stage,
    program_loads,
    stage_program,
    with_io,
    with_loads,
    with_name,
    with_override_actions,
)
from tests.dpm_core.model.running import SERIAL, Bench, started
from tests.dpm_core.model.test_power import FULL

pytestmark = pytest.mark.requirement("F1")

OFF = (OverrideAction.OFF,) * 4
LOADS = (ZoneLoad(LoadType.TUNGSTEN, watts=300), None, None, None)
WANTED = replace(FULL.program, name="Attic", zone_names=("", "", "Hall", ""))


def any_program(_program: Program) -> bool:
    return True


def staged(bench: Bench, number: int = 7) -> None:
    """Begin a stage and put all of `WANTED` into it."""
    bench.take(begin_program(bench.state, number, bench.now))
    for change in (
        with_name(0, WANTED.name),
        with_name(3, "Hall"),
        with_override_actions(WANTED.override_actions),
        with_io(WANTED.cco_type, WANTED.cco_pulse_s, WANTED.cci_debounce_s),
        with_loads(WANTED.zone_loads, WANTED.cco_load),
    ):
        transition = bench.take(stage_program(bench.state, number, change, bench.now))
        assert transition.refusal is None


def committed(
    bench: Bench, number: int = 7, revision: int = 0, program: Program = WANTED
) -> Transition:
    return bench.take(
        commit_program(bench.state, number, revision, lambda staged: staged == program, bench.now)
    )


def test_what_is_staged_is_no_program_until_it_is_committed() -> None:
    bench = started()
    staged(bench)
    assert bench.state.memory.program == Program()
    assert bench.state.memory.program_revision == 0
    assert committed(bench).refusal is None
    assert bench.state.memory.program == WANTED
    assert bench.state.memory.program_revision == 1
    assert bench.state.stage is None


@pytest.mark.parametrize(
    ("number", "revision", "program"),
    [(8, 0, WANTED), (7, 1, WANTED), (7, 0, replace(WANTED, name="Other"))],
    ids=["another stage", "another revision", "another program"],
)
def test_a_commit_that_does_not_fit_changes_nothing(
    number: int, revision: int, program: Program
) -> None:
    bench = started()
    staged(bench)
    before = bench.state.memory
    assert committed(bench, number, revision, program).refusal is Refusal.BAD_VALUE
    assert bench.state.memory == before


def test_a_refused_commit_drops_its_stage_but_not_anothers() -> None:
    bench = started()
    staged(bench)
    assert committed(bench, number=8).refusal is Refusal.BAD_VALUE
    assert committed(bench, revision=3).refusal is Refusal.BAD_VALUE
    assert committed(bench).refusal is Refusal.BAD_VALUE
    assert bench.state.memory.program == Program()


def test_another_writer_in_between_is_noticed() -> None:
    bench = started()
    staged(bench)
    bench.take(program_name(bench.state, 0, "Cellar"))
    assert committed(bench).refusal is Refusal.BAD_VALUE
    assert bench.state.memory.program == Program(name="Cellar")


def test_what_cannot_be_is_not_staged_and_the_stage_stays() -> None:
    bench = started()
    bench.take(begin_program(bench.state, 7, bench.now))
    for change in (with_name(5, "Hall"), with_name(0, "x" * 33)):
        transition = bench.take(stage_program(bench.state, 7, change, bench.now))
        assert transition.refusal is Refusal.BAD_VALUE
    bench.take(stage_program(bench.state, 7, with_name(0, "Attic"), bench.now))
    assert committed(bench, program=Program(name="Attic")).refusal is None


def test_nothing_can_be_staged_without_a_stage() -> None:
    bench = started()
    transition = bench.take(stage_program(bench.state, 7, with_name(0, "Attic"), bench.now))
    assert transition.refusal is Refusal.BAD_VALUE
    assert committed(bench).refusal is Refusal.BAD_VALUE


def test_a_new_stage_takes_the_place_of_another() -> None:
    bench = started()
    staged(bench, 7)
    bench.take(begin_program(bench.state, 8, bench.now))
    assert committed(bench, 7).refusal is Refusal.BAD_VALUE
    assert committed(bench, 8, program=Program()).refusal is None
    assert bench.state.memory == Memory()


def test_an_aborted_stage_is_gone_and_no_other() -> None:
    bench = started()
    staged(bench)
    bench.take(abort_program(bench.state, 8))
    assert open_stage(bench.state, bench.now) is not None
    bench.take(abort_program(bench.state, 7))
    assert open_stage(bench.state, bench.now) is None
    assert committed(bench).refusal is Refusal.BAD_VALUE


@pytest.mark.parametrize(
    ("silence_s", "is_kept"), [(STAGE_KEPT_S - 0.01, True), (STAGE_KEPT_S, False)]
)
def test_a_stage_that_nobody_speaks_of_is_dropped(silence_s: float, is_kept: bool) -> None:
    bench = started()
    staged(bench)
    late = bench.now + silence_s
    assert (open_stage(bench.state, late) is not None) is is_kept
    refusal = None if is_kept else Refusal.BAD_VALUE
    assert stage_program(bench.state, 7, with_name(0, "Attic"), late).refusal is refusal
    assert commit_program(bench.state, 7, 0, any_program, late).refusal is refusal


def test_every_command_keeps_its_stage_alive() -> None:
    bench = started()
    bench.take(begin_program(bench.state, 7, bench.now))
    late = bench.now
    state = bench.state
    for name in ("A", "B", "C"):
        late += STAGE_KEPT_S - 0.5
        state = stage_program(state, 7, with_name(0, name), late).state
    assert commit_program(state, 7, 0, any_program, late + 1).refusal is None


@pytest.mark.requirement("A8")
def test_a_stage_is_gone_with_the_power() -> None:
    bench = started()
    staged(bench)
    bench.take(power_off(bench.state, bench.now))
    assert bench.state.stage is None
    bench.take(power_on(bench.state, bench.now))
    bench.rest()
    assert committed(bench).refusal is Refusal.BAD_VALUE
    assert bench.state.memory.program == Program()


@pytest.mark.requirement("C4")
def test_a_program_can_be_written_in_manual_override_and_moves_nothing() -> None:
    bench = started()
    bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
    bench.rest()
    zones = bench.state.zones
    staged(bench)
    assert committed(bench).refusal is None
    bench.rest()
    assert bench.state.in_override
    assert bench.state.zones == zones
    assert bench.state.memory.program == WANTED


@pytest.mark.parametrize(
    "command",
    [
        lambda state: begin_program(state, 7, 2.0),
        lambda state: stage_program(state, 7, with_name(0, "Attic"), 2.0),
        lambda state: commit_program(state, 7, 0, any_program, 2.0),
        lambda state: abort_program(state, 7),
        lambda state: program_loads(state, LOADS, None),
    ],
)
def test_a_module_that_does_not_run_cannot_be_programmed(
    command: Callable[[ModuleState], Transition],
) -> None:
    unpowered = factory_module(SERIAL)
    for state in (unpowered, power_on(unpowered, 1.0).state):
        assert command(state) == Transition(state)


def test_each_change_of_the_program_is_one_revision_more() -> None:
    bench = started()
    bench.take(program_name(bench.state, 0, "Attic"))
    bench.take(program_loads(bench.state, LOADS, FULL.program.cco_load))
    assert bench.state.memory.program_revision == 2
    assert bench.state.memory.program.zone_loads == LOADS
    bench.take(program_name(bench.state, 0, "Attic"))
    bench.take(program_group(bench.state, GroupNumber(5), (True, False, False, False)))
    assert bench.state.memory.program_revision == 2


def test_after_the_last_revision_comes_the_first() -> None:
    bench = started(Memory(program_revision=PROGRAM_REVISION_MAX))
    bench.take(program_name(bench.state, 0, "Attic"))
    assert bench.state.memory.program_revision == 1
