"""What an installer does to a module: its program and its groups.

None of this is a control: it stays possible in manual override, and moves no contact. What
cannot be programmed is refused as a whole; the program is then what it was. Time does not pass
here: a caller that is late calls `advance` first.

Source: 3691060c, "Programming and Compatibility Requirements"; the commands: qs-link.md 5,
EMERGENCY_SET, IO_PROGRAM_SET, NAME_SET and GROUP_SET.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dpm_core.errors import CallError, UnsupportedSetting
from dpm_core.model.contacts import CcoType
from dpm_core.model.identifiers import ZONE_COUNT, GroupNumber
from dpm_core.model.override import AUTOMATON, Effect, FourActions, ModeCause
from dpm_core.model.power import GROUPS_MAX, Memory
from dpm_core.model.program import Program
from dpm_core.model.state import ModuleState, Refusal, Transition
from dpm_core.model.zone import FourZones


def program_override(state: ModuleState, actions: FourActions) -> Transition:
    """Program what manual override does to each zone; it holds from the next entry.

    Source: 3691060c, "Manual Override Contact Closure Input (CCI)": default operation can be
    modified; that it holds from the next entry is decided here (C4).
    """
    return _reprogrammed(state, lambda program: replace(program, override_actions=actions))


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
    return _reprogrammed(
        state,
        lambda program: replace(
            program, cco_type=cco_type, cco_pulse_s=pulse_s, cci_debounce_s=debounce_s
        ),
    )


def program_name(state: ModuleState, index: int, name: str) -> Transition:
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

    return _reprogrammed(state, named)


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


def _reprogrammed(state: ModuleState, change: Callable[[Program], Program]) -> Transition:
    """Return a module with its program changed, or the refusal of a value."""
    return _remembered(state, lambda memory: replace(memory, program=change(memory.program)))


def _remembered(state: ModuleState, change: Callable[[Memory], Memory]) -> Transition:
    """Return a module with its memory changed, or the refusal of a value."""
    if AUTOMATON[state.mode, ModeCause.SERVICE][1] is not Effect.ACT:
        return Transition(state)
    try:
        memory = change(state.memory)
    except CallError:
        return Transition(state, refusal=Refusal.BAD_VALUE)
    if memory == state.memory:
        return Transition(state)
    return Transition(replace(state, memory=memory))
