"""Programming changes what is remembered, moves nothing, and refuses as a whole."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dpm_core.model import (
    GROUP_MAX,
    GROUPS_MAX,
    CcoAction,
    CcoType,
    ContactState,
    ModuleState,
    OverrideAction,
    Program,
    Refusal,
    Transition,
    factory_module,
    move_cci,
    power_on,
    program_group,
    program_io,
    program_name,
    program_override,
    set_cco,
)
from tests.dpm_core.model.running import SERIAL, Bench, started

ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED
MIXED = (ON, OFF, UNAFFECTED, OFF)
NONE, SOME = (False, False, False, False), (True, False, True, False)

EVERY_COMMAND: list[Callable[[ModuleState], Transition]] = [
    lambda state: program_override(state, MIXED),
    lambda state: program_io(state, CcoType.MAINTAINED, 2.5, 0.2),
    lambda state: program_name(state, 0, "Cellar"),
    lambda state: program_name(state, 3, "Hall"),
    lambda state: program_group(state, 5, SOME),
]


def in_override() -> Bench:
    bench = started()
    bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
    bench.rest()
    bench.told()
    return bench


def test_what_is_programmed_is_remembered() -> None:
    bench = started()
    for command in EVERY_COMMAND:
        assert bench.take(command(bench.state)).refusal is None
    assert bench.state.memory.program == Program(
        name="Cellar",
        zone_names=("", "", "Hall", ""),
        override_actions=MIXED,
        cco_type=CcoType.MAINTAINED,
        cco_pulse_s=2.5,
        cci_debounce_s=0.2,
    )
    assert bench.state.memory.groups == ((5, SOME),)
    assert bench.events == []


@pytest.mark.requirement("C4")
@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_programming_stays_possible_in_override_and_moves_nothing(
    command: Callable[[ModuleState], Transition],
) -> None:
    bench = in_override()
    before = bench.state
    transition = bench.take(command(bench.state))
    assert transition.refusal is None
    assert transition.events == ()
    assert transition.state.memory != before.memory
    assert replace(transition.state, memory=before.memory) == before


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_programming_twice_changes_nothing_more(
    command: Callable[[ModuleState], Transition],
) -> None:
    once = command(started().state).state
    assert command(once).state is once


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_a_module_that_does_not_run_cannot_be_programmed(
    command: Callable[[ModuleState], Transition],
) -> None:
    unpowered = factory_module(SERIAL)
    starting = power_on(unpowered, 1.0).state
    for state in (unpowered, starting):
        assert command(state) == Transition(state)


@pytest.mark.requirement("C3", "C4")
def test_an_override_action_holds_from_the_next_entry() -> None:
    bench = in_override()
    bench.take(program_override(bench.state, (OFF, OFF, OFF, OFF)))
    bench.rest()
    assert bench.state.zones == (True, True, True, True)
    bench.take(move_cci(bench.state, ContactState.CLOSED, bench.now))
    bench.wait(1.0)
    bench.take(program_override(bench.state, (OFF, ON, OFF, OFF)))
    bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
    bench.wait(1.0)
    assert bench.state.zones == (False, True, False, False)


@pytest.mark.requirement("C10")
def test_a_debounce_time_holds_from_the_next_movement_of_the_contact() -> None:
    bench = started()
    seen = []
    bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
    bench.take(program_io(bench.state, CcoType.MOMENTARY, 0.5, 0.4))
    for wait_s in (0.049, 0.002):
        bench.wait(wait_s)
        seen.append(bench.state.in_override)
    bench.take(move_cci(bench.state, ContactState.CLOSED, bench.now))
    for wait_s in (0.399, 0.002):
        bench.wait(wait_s)
        seen.append(bench.state.in_override)
    assert seen == [False, True, True, False]


@pytest.mark.requirement("D2")
def test_a_pulse_that_runs_keeps_its_length() -> None:
    bench = started()
    seen = []
    bench.take(set_cco(bench.state, CcoAction.PULSE, None, bench.now))
    bench.take(program_io(bench.state, CcoType.MOMENTARY, 5.0, 0.05))
    for wait_s in (0.499, 0.002):
        bench.wait(wait_s)
        seen.append(bench.state.cco.is_closed)
    bench.take(set_cco(bench.state, CcoAction.PULSE, None, bench.now))
    for wait_s in (4.999, 0.002):
        bench.wait(wait_s)
        seen.append(bench.state.cco.is_closed)
    assert seen == [True, False, True, False]


BAD: list[Callable[[Any], Transition]] = [
    lambda state: program_override(state, (ON, ON, ON)),  # type: ignore[arg-type]
    lambda state: program_io(state, CcoType.MOMENTARY, 0.05, 0.05),
    lambda state: program_io(state, CcoType.MOMENTARY, 60.01, 0.05),
    lambda state: program_io(state, CcoType.MOMENTARY, 0.5, 0.501),
    lambda state: program_name(state, -1, "Hall"),
    lambda state: program_name(state, 5, "Hall"),
    lambda state: program_name(state, 0, "x" * 33),
    lambda state: program_name(state, 4, "a\0b"),
    lambda state: program_group(state, 0, SOME),
    lambda state: program_group(state, GROUP_MAX + 1, SOME),
]


@pytest.mark.requirement("C3", "C10", "D2")
@pytest.mark.parametrize("command", BAD)
def test_a_bad_value_is_refused_and_changes_nothing(command: Callable[[Any], Transition]) -> None:
    for bench in (started(), in_override()):
        assert command(bench.state) == Transition(bench.state, (), Refusal.BAD_VALUE)


def test_a_module_belongs_to_16_groups_at_most() -> None:
    state = started().state
    for group in range(GROUPS_MAX, 0, -1):
        state = program_group(state, group, SOME).state
    assert [group for group, _ in state.memory.groups] == list(range(1, GROUPS_MAX + 1))
    assert program_group(state, 99, SOME) == Transition(state, (), Refusal.BAD_VALUE)
    changed = program_group(state, 7, (True, True, True, True))
    assert changed.refusal is None
    assert dict(changed.state.memory.groups)[7] == (True, True, True, True)  # type: ignore[index]
    left = program_group(changed.state, 7, NONE).state
    assert len(left.memory.groups) == GROUPS_MAX - 1
    assert program_group(left, 99, SOME).refusal is None
    assert program_group(left, 7, NONE).state is left
