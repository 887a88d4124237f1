"""What an installer does to a module: its program and its groups.

None of this is a control: it stays possible in manual override, and moves no contact. What
cannot be programmed is refused as a whole; the program is then what it was. Time does not pass
here: a caller that is late calls `advance` first.

A program is changed part by part, each at once; or all of it or nothing, in a stage that is begun,
changed and committed. A stage is no memory: it is gone with the power.

Source: 3691060c, "Programming and Compatibility Requirements"; the commands: qs-link.md 5,
EMERGENCY_SET, IO_PROGRAM_SET, NAME_SET and GROUP_SET; loads and stages are decided here
(docs/protocol.md, "A program, all or nothing").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from dpm_core.errors import CallError, UnsupportedSetting
from dpm_core.model.contacts import CcoType
from dpm_core.model.identifiers import ZONE_COUNT, GroupNumber
from dpm_core.model.loads import CcoLoad, FourLoads
from dpm_core.model.override import AUTOMATON, Effect, FourActions, ModeCause
from dpm_core.model.power import GROUPS_MAX, PROGRAM_REVISION_MAX, Memory
from dpm_core.model.program import Program
from dpm_core.model.state import ModuleState, ProgramStage, Refusal, Transition
from dpm_core.model.zone import FourZones

STAGE_KEPT_S: Final = 10.0
"""How long a stage is kept when nothing is said of it, in seconds. Decided here: a writer that
takes longer between two commands has gone."""

ProgramChange: TypeAlias = Callable[[Program], Program]
"""What one command makes of a program; raises what is wrong with it."""


# --- what each command makes of a program -----------------------------------------------


def with_override_actions(actions: FourActions) -> ProgramChange:
    """Program what manual override does to each zone; it holds from the next entry.

    Source: 3691060c, "Manual Override Contact Closure Input (CCI)": default operation can be
    modified; that it holds from the next entry is decided here (C4).
    """
    return lambda program: replace(program, override_actions=actions)


def with_io(cco_type: CcoType, pulse_s: float, debounce_s: float) -> ProgramChange:
    """Program the CCO's type and pulse, and the CCI's debounce.

    Source: 3691060c, "Contact Closure Output (CCO)"; the figures are decided here (C10, D2).
    """
    return lambda program: replace(
        program, cco_type=cco_type, cco_pulse_s=pulse_s, cci_debounce_s=debounce_s
    )


def with_name(index: int, name: str) -> ProgramChange:
    """Name the module (index 0) or one of its zones (1 to 4).

    Source: decided here (F1); qs-link.md 5, NAME_SET.
    """

    def named(program: Program) -> Program:
        if not 0 <= index <= ZONE_COUNT:
            raise UnsupportedSetting("name index", index, "0 for the module, 1 to 4 for a zone")
        if index == 0:
            return replace(program, name=name)
        first, second, third, fourth = (
            name if zone == index else old for zone, old in enumerate(program.zone_names, start=1)
        )
        return replace(program, zone_names=(first, second, third, fourth))

    return named


def with_loads(zone_loads: FourLoads, cco_load: CcoLoad | None) -> ProgramChange:
    """Program what the zones and the CCO are wired to.

    Source: decided here (F1); LOADS_SET in docs/protocol.md.
    """
    return lambda program: replace(program, zone_loads=zone_loads, cco_load=cco_load)


# --- one part of a program at once ------------------------------------------------------


def program_override(state: ModuleState, actions: FourActions) -> Transition:
    """Program what manual override does to each zone; it holds from the next entry.

    Source: 3691060c, "Manual Override Contact Closure Input (CCI)".
    """
    return _reprogrammed(state, with_override_actions(actions))


def program_io(
    state: ModuleState, cco_type: CcoType, pulse_s: float, debounce_s: float
) -> Transition:
    """Program the CCO's type and pulse, and the CCI's debounce.

    A pulse that runs keeps its length, and a CCI movement that is pending its debounce time.

    Args:
        state: The module.
        cco_type: Maintained or momentary.
        pulse_s: Length of a pulse, 0.1 to 60 s in steps of 10 ms.
        debounce_s: How long the CCI must rest, 0 to 0.5 s in steps of 1 ms.

    Source: 3691060c, "Contact Closure Output (CCO)"; the figures are decided here (C10, D2).
    """
    return _reprogrammed(state, with_io(cco_type, pulse_s, debounce_s))


def program_name(state: ModuleState, index: int, name: str) -> Transition:
    """Name the module (index 0) or one of its zones (1 to 4).

    Source: decided here (F1); qs-link.md 5, NAME_SET.
    """
    return _reprogrammed(state, with_name(index, name))


def program_loads(
    state: ModuleState, zone_loads: FourLoads, cco_load: CcoLoad | None
) -> Transition:
    """Program what the zones and the CCO are wired to; nothing is switched otherwise for it.

    Source: decided here (F1); LOADS_SET in docs/protocol.md.
    """
    return _reprogrammed(state, with_loads(zone_loads, cco_load))


def program_group(state: ModuleState, group: int, members: FourZones) -> Transition:
    """Put zones of the module into a group; no zones at all leaves the group.

    Refused when the module would belong to more than 16 groups.

    Source: decided here; qs-link.md 5, GROUP_SET.
    """

    def grouped(memory: Memory) -> Memory:
        number = GroupNumber(group)
        groups = dict(memory.groups)
        groups.pop(number, None)
        if any(members):
            groups[number] = members
        if len(groups) > GROUPS_MAX:
            raise UnsupportedSetting("groups", len(groups), f"at most {GROUPS_MAX}")
        return replace(memory, groups=tuple(sorted(groups.items())))

    return _remembered(state, grouped)


# --- all of a program or nothing --------------------------------------------------------


def begin_program(state: ModuleState, number: int, now: float) -> Transition:
    """Begin to write a program: a stage that holds the present one; another is dropped.

    Source: decided here (F1); PROGRAM_BEGIN in docs/protocol.md.
    """
    if not _is_programmable(state):
        return Transition(state)
    return Transition(replace(state, stage=ProgramStage(number, state.memory.program, now)))


def stage_program(state: ModuleState, number: int, change: ProgramChange, now: float) -> Transition:
    """Let one command change what is staged; the program itself stays what it is.

    Refused when there is no such stage (any more), or the command asks for what cannot be.

    Source: decided here (F1); PROGRAM_STAGE in docs/protocol.md.
    """
    if not _is_programmable(state):
        return Transition(state)
    stage = open_stage(state, now)
    if stage is None or stage.number != number:
        return Transition(state, refusal=Refusal.BAD_VALUE)
    try:
        program = change(stage.program)
    except CallError:
        return Transition(state, refusal=Refusal.BAD_VALUE)
    return Transition(replace(state, stage=ProgramStage(number, program, now)))


def commit_program(
    state: ModuleState,
    number: int,
    revision: int,
    is_wanted: Callable[[Program], bool],
    now: float,
) -> Transition:
    """Make what is staged the program, all of it; or refuse, and then nothing has changed.

    Refused when there is no such stage (any more), when the program is not of the revision that
    the writer read, or when what is staged is not what it wants. The stage is gone either way.

    Args:
        state: The module.
        number: The stage.
        revision: Of the program that it replaces.
        is_wanted: Whether a program is the one that the writer wants.
        now: When the command came.

    Source: decided here (F1); PROGRAM_COMMIT in docs/protocol.md.
    """
    if not _is_programmable(state):
        return Transition(state)
    stage = open_stage(state, now)
    if stage is None or stage.number != number:
        return Transition(state, refusal=Refusal.BAD_VALUE)
    state = replace(state, stage=None)
    if revision != state.memory.program_revision or not is_wanted(stage.program):
        return Transition(state, refusal=Refusal.BAD_VALUE)
    return _reprogrammed(state, lambda _program: stage.program)


def abort_program(state: ModuleState, number: int) -> Transition:
    """Drop what is staged under this number; there may be none.

    Source: decided here (F1); PROGRAM_ABORT in docs/protocol.md.
    """
    if state.stage is None or state.stage.number != number:
        return Transition(state)
    return Transition(replace(state, stage=None))


def open_stage(state: ModuleState, now: float) -> ProgramStage | None:
    """Return the stage that is open; None when there is none, or nothing was said of it for 10 s."""
    stage = state.stage
    return None if stage is None or now - stage.touched_at >= STAGE_KEPT_S else stage


def _reprogrammed(state: ModuleState, change: ProgramChange) -> Transition:
    """Return a module with its program changed, or the refusal of a value."""

    def changed(memory: Memory) -> Memory:
        program = change(memory.program)
        if program == memory.program:
            return memory
        revision = memory.program_revision % PROGRAM_REVISION_MAX + 1
        return replace(memory, program=program, program_revision=revision)

    return _remembered(state, changed)


def _is_programmable(state: ModuleState) -> bool:
    """Return whether the module runs, in manual override or not."""
    return AUTOMATON[state.mode, ModeCause.SERVICE][1] is Effect.ACT


def _remembered(state: ModuleState, change: Callable[[Memory], Memory]) -> Transition:
    """Return a module with its memory changed, or the refusal of a value."""
    if not _is_programmable(state):
        return Transition(state)
    try:
        memory = change(state.memory)
    except CallError:
        return Transition(state, refusal=Refusal.BAD_VALUE)
    if memory == state.memory:
        return Transition(state)
    return Transition(replace(state, memory=memory))
