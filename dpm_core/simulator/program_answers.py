"""What a module does with each message that programs it: one part at once, or all or nothing.

House rule: pure; a new command is one more row of `PROGRAM_DEEDS`.

Source: qs-link.md 5, 07 and 10 to 17; docs/protocol.md, "A program, all or nothing" (ours).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dpm_core.model import (
    ModuleState,
    Transition,
    program_group,
    program_io,
    program_name,
    program_override,
)
from dpm_core.model.programming import (
    ProgramChange,
    abort_program,
    begin_program,
    commit_program,
    program_loads,
    stage_program,
    with_io,
    with_loads,
    with_name,
    with_override_actions,
)
from dpm_core.protocol.extension_program_write import Staged, program_checksum
from dpm_core.protocol.messages import (
    CLASS_EXTENSION,
    EmergencySet,
    ExtensionType,
    GroupQuery,
    GroupSet,
    IoProgramSet,
    LoadsQuery,
    LoadsSet,
    Malformed,
    Message,
    NameQuery,
    NameSet,
    ObjectMessage,
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    ProgramVersionQuery,
    ResultCode,
)

from .deeds import Deed, Resulted, resulted
from .reports import group_reports, loads_report, name_report, program_version_report

PROGRAM_TYPES: Final = frozenset(
    {
        ExtensionType.PROGRAM_VERSION_QUERY,
        ExtensionType.PROGRAM_BEGIN,
        ExtensionType.PROGRAM_STAGE,
        ExtensionType.PROGRAM_COMMIT,
        ExtensionType.PROGRAM_ABORT,
        ExtensionType.LOADS_SET,
        ExtensionType.LOADS_QUERY,
    }
)
"""What the first modules did not know."""


def program_type(message: Message) -> int | None:
    """Return the type of a message of loads or of a whole program; None for any other."""
    if isinstance(message, Malformed):
        codes = (message.message_class, message.message_type)
    elif isinstance(message, ObjectMessage):
        codes = message.codes()
    else:
        return None
    return codes[1] if codes[0] == CLASS_EXTENSION and codes[1] in PROGRAM_TYPES else None


def _emergency_set(message: EmergencySet, _base: int) -> Deed:
    return resulted(
        ExtensionType.EMERGENCY_SET,
        change=lambda state, _now: program_override(state, message.actions),
    )


def _io_program_set(message: IoProgramSet, _base: int) -> Deed:
    return resulted(
        ExtensionType.IO_PROGRAM_SET,
        change=lambda state, _now: program_io(
            state, message.cco_type, message.pulse_s, message.debounce_s
        ),
    )


def _name_set(message: NameSet, _base: int) -> Deed:
    return resulted(
        ExtensionType.NAME_SET,
        change=lambda state, _now: program_name(state, message.index, message.name),
    )


def _group_set(message: GroupSet, _base: int) -> Deed:
    return resulted(
        ExtensionType.GROUP_SET,
        change=lambda state, _now: program_group(state, message.group, message.members),
    )


def _name_query(message: NameQuery, _base: int) -> Deed:
    return Deed(
        answered_type=ExtensionType.NAME_QUERY,
        reports=lambda state, _counts, _now: (name_report(state, message.index),),
    )


def _group_query(_message: GroupQuery, _base: int) -> Deed:
    return Deed(
        answered_type=ExtensionType.GROUP_QUERY,
        answer=Resulted(ExtensionType.GROUP_QUERY, ResultCode.DONE),
        reports=lambda state, _counts, _now: tuple(group_reports(state)),
    )


def _loads_set(message: LoadsSet, _base: int) -> Deed:
    return resulted(
        ExtensionType.LOADS_SET,
        change=lambda state, _now: program_loads(state, message.zone_loads, message.cco_load),
    )


def _loads_query(_message: LoadsQuery, _base: int) -> Deed:
    return Deed(
        answered_type=ExtensionType.LOADS_QUERY,
        reports=lambda state, _counts, _now: (loads_report(state),),
    )


def _program_version_query(_message: ProgramVersionQuery, _base: int) -> Deed:
    return Deed(
        answered_type=ExtensionType.PROGRAM_VERSION_QUERY,
        reports=lambda state, _counts, now: (program_version_report(state, now),),
    )


def _program_begin(message: ProgramBegin, _base: int) -> Deed:
    return resulted(
        ExtensionType.PROGRAM_BEGIN,
        change=lambda state, now: begin_program(state, message.stage, now),
    )


def _program_stage(message: ProgramStage, _base: int) -> Deed:
    change = _change_of(message.command)
    return resulted(
        ExtensionType.PROGRAM_STAGE,
        change=lambda state, now: stage_program(state, message.stage, change, now),
    )


def _change_of(command: Staged) -> ProgramChange:
    match command:
        case NameSet():
            return with_name(command.index, command.name)
        case EmergencySet():
            return with_override_actions(command.actions)
        case IoProgramSet():
            return with_io(command.cco_type, command.pulse_s, command.debounce_s)
        case LoadsSet():
            return with_loads(command.zone_loads, command.cco_load)


def _program_commit(message: ProgramCommit, _base: int) -> Deed:
    def change(state: ModuleState, now: float) -> Transition:
        return commit_program(
            state,
            message.stage,
            message.revision,
            lambda program: program_checksum(program) == message.checksum,
            now,
        )

    return resulted(ExtensionType.PROGRAM_COMMIT, change=change)


def _program_abort(message: ProgramAbort, _base: int) -> Deed:
    return resulted(
        ExtensionType.PROGRAM_ABORT,
        change=lambda state, _now: abort_program(state, message.stage),
    )


PROGRAM_DEEDS: Final[dict[type[Message], Callable[[Any, int], Deed | None]]] = {
    EmergencySet: _emergency_set,
    IoProgramSet: _io_program_set,
    NameSet: _name_set,
    NameQuery: _name_query,
    GroupSet: _group_set,
    GroupQuery: _group_query,
    LoadsSet: _loads_set,
    LoadsQuery: _loads_query,
    ProgramVersionQuery: _program_version_query,
    ProgramBegin: _program_begin,
    ProgramStage: _program_stage,
    ProgramCommit: _program_commit,
    ProgramAbort: _program_abort,
}
