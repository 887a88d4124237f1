"""What a module does with each message to it, and what it answers: the table of its firmware.

A `Deed` is what a message makes of the module and what the module says then. Nothing is answered
before the deed is durable; how that is done is the business of `durable.py`.

House rule: pure; a new command is one more row of `_DEEDS`.

Source: qs-link.md 5, "What a module answers" and "Override and power" (ours).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dpm_core.model import (
    Cause,
    GroupNumber,
    ModuleState,
    Refusal,
    SerialNumber,
    Transition,
    ZoneNumber,
    identify,
    program_group,
    program_io,
    program_name,
    program_override,
    set_cco,
    set_zones,
)
from dpm_core.protocol.messages import (
    CLASS_EXTENSION,
    IDENTIFY_START,
    IDENTIFY_STOP,
    TYPE_GO_TO_LEVEL,
    CcoSet,
    CountersClear,
    EmergencySet,
    ExtensionType,
    GoToLevel,
    GroupQuery,
    GroupSet,
    Identify,
    IoProgramSet,
    Malformed,
    Message,
    NameQuery,
    NameSet,
    Report,
    Result,
    ResultCode,
    StatusQuery,
    UnknownMessage,
    zone_of,
)
from dpm_core.protocol.timing import IDENTIFY_S

from .reports import LinkCounts, group_reports, name_report, status_reports

IDENTIFY_TYPE: Final = 0x22
"""What RESULT says in place of a type when it refuses identify. Decided here."""

_REFUSALS: Final = {
    Refusal.OVERRIDE: ResultCode.OVERRIDE,
    Refusal.BAD_VALUE: ResultCode.BAD_VALUE,
}

_COMMAND_TYPES: Final = frozenset(
    {
        ExtensionType.STATUS_QUERY,
        ExtensionType.CCO_SET,
        ExtensionType.EMERGENCY_SET,
        ExtensionType.COUNTERS_CLEAR,
        ExtensionType.DISCOVER,
        ExtensionType.IO_PROGRAM_SET,
        ExtensionType.NAME_SET,
        ExtensionType.GROUP_SET,
        ExtensionType.NAME_QUERY,
        ExtensionType.GROUP_QUERY,
    }
)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer is the five-octet acknowledgement."""


@dataclass(frozen=True, slots=True)
class Resulted:
    """The answer is a RESULT.

    Attributes:
        answered_type: Type of the command, or what stands for it.
        code: What became of it.
    """

    answered_type: int
    code: ResultCode

    def message(self, serial: SerialNumber, sequence: int) -> Result:
        """Return the RESULT to the command with this sequence."""
        return Result(serial, self.answered_type, self.code, sequence)


Answer = Acknowledged | Resulted
"""How a command is answered, once for itself and again for each of its repeats."""

Change = Callable[[ModuleState, float], Transition]
Reports = Callable[[ModuleState, LinkCounts, float], tuple[Report, ...]]


def _nothing(state: ModuleState, now: float) -> Transition:
    del now
    return Transition(state)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a message to the module makes of it, and what it says then.

    Attributes:
        change: What it makes of the module.
        answered_type: What RESULT calls the message.
        answer: The answer when nothing was refused; None for a query.
        reports: A query's answer.
        is_group: Whether it came to a group or to all: then nothing is answered at all.
        cleared: COUNTERS_CLEAR's mask.
    """

    change: Change = _nothing
    answered_type: int = 0
    answer: Answer | None = None
    reports: Reports | None = None
    is_group: bool = False
    cleared: int = 0

    def answer_to(self, transition: Transition | None) -> Answer | None:
        """Return the answer, given what the message made of the module; None to say nothing.

        Args:
            transition: None when the memory could not be written: nothing has changed.
        """
        if self.is_group:
            return None
        if transition is None:
            return Resulted(self.answered_type, ResultCode.BUSY)
        if transition.refusal is not None:
            return Resulted(self.answered_type, _REFUSALS[transition.refusal])
        return self.answer


def deed_of(message: Message, component_base: int) -> Deed | None:
    """Return what a message to a module makes it do; None when it means nothing to it.

    Args:
        message: To the module, to a group or to all.
        component_base: Component number of zone 1.
    """
    if isinstance(message, Malformed | UnknownMessage):
        return _refused(message)
    row = _DEEDS.get(type(message))
    return None if row is None else row(message, component_base)


def _refused(message: Malformed | UnknownMessage) -> Deed | None:
    """Return the refusal of a message to one module that says what cannot be."""
    kind = message.message_type
    if not isinstance(message.target, SerialNumber) or kind is None:
        return None
    if message.message_class == CLASS_EXTENSION:
        is_ours = isinstance(message, Malformed) and kind in _COMMAND_TYPES
        return _result(kind, ResultCode.BAD_VALUE if is_ours else ResultCode.UNKNOWN_TYPE)
    if isinstance(message, Malformed):
        named = _PUBLIC_TYPES.get((message.message_class, kind))
        return None if named is None else _result(named, ResultCode.BAD_VALUE)
    return None


_PUBLIC_TYPES: Final[dict[tuple[int | None, int], int]] = {
    (0x40, 0x02): TYPE_GO_TO_LEVEL,
    (0x01, 0x22): IDENTIFY_TYPE,
}


def _result(answered_type: int, code: ResultCode = ResultCode.DONE, **more: Any) -> Deed:
    answer = Resulted(answered_type, code)
    return Deed(answered_type=answered_type, answer=answer, **more)


def _go_to_level(message: GoToLevel, component_base: int) -> Deed | None:
    is_on = message.is_on
    if isinstance(message.target, SerialNumber):
        zone = zone_of(message.component, component_base)
        if zone is None:
            return _result(TYPE_GO_TO_LEVEL, ResultCode.BAD_VALUE)
        return Deed(
            lambda state, now: set_zones(state, {zone: is_on}, Cause.LINK_COMMAND, now),
            TYPE_GO_TO_LEVEL,
            Acknowledged(),
        )
    if message.component:
        # A component has no meaning in a group; no answer can say so.
        return None

    def switch_members(state: ModuleState, now: float) -> Transition:
        members = (
            state.memory.members(message.target)
            if isinstance(message.target, GroupNumber)
            else (True, True, True, True)
        )
        zones = {
            ZoneNumber(number): is_on
            for number, is_member in enumerate(members or (), start=1)
            if is_member
        }
        return set_zones(state, zones, Cause.GROUP, now)

    return Deed(switch_members, is_group=True)


def _identify(message: Identify, _base: int) -> Deed | None:
    if not isinstance(message.target, SerialNumber):
        return None
    durations = {IDENTIFY_START: IDENTIFY_S, IDENTIFY_STOP: 0.0}
    if message.mode not in durations:
        return _result(IDENTIFY_TYPE, ResultCode.BAD_VALUE)
    duration_s = durations[message.mode]
    return Deed(lambda state, now: identify(state, duration_s, now), IDENTIFY_TYPE, Acknowledged())


def _cco_set(message: CcoSet, _base: int) -> Deed:
    return _result(
        ExtensionType.CCO_SET,
        change=lambda state, now: set_cco(state, message.action, message.pulse_s, now),
    )


def _emergency_set(message: EmergencySet, _base: int) -> Deed:
    return _result(
        ExtensionType.EMERGENCY_SET,
        change=lambda state, _now: program_override(state, message.actions),
    )


def _io_program_set(message: IoProgramSet, _base: int) -> Deed:
    return _result(
        ExtensionType.IO_PROGRAM_SET,
        change=lambda state, _now: program_io(
            state, message.cco_type, message.pulse_s, message.debounce_s
        ),
    )


def _name_set(message: NameSet, _base: int) -> Deed:
    return _result(
        ExtensionType.NAME_SET,
        change=lambda state, _now: program_name(state, message.index, message.name),
    )


def _group_set(message: GroupSet, _base: int) -> Deed:
    return _result(
        ExtensionType.GROUP_SET,
        change=lambda state, _now: program_group(state, message.group, message.members),
    )


def _counters_clear(message: CountersClear, _base: int) -> Deed:
    return _result(ExtensionType.COUNTERS_CLEAR, cleared=int(message.mask))


def _status_query(message: StatusQuery, _base: int) -> Deed:
    return Deed(
        answered_type=ExtensionType.STATUS_QUERY,
        reports=lambda state, counts, now: tuple(status_reports(state, message.mask, counts, now)),
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


_DEEDS: Final[dict[type[Message], Callable[[Any, int], Deed | None]]] = {
    GoToLevel: _go_to_level,
    Identify: _identify,
    StatusQuery: _status_query,
    CcoSet: _cco_set,
    EmergencySet: _emergency_set,
    CountersClear: _counters_clear,
    IoProgramSet: _io_program_set,
    NameSet: _name_set,
    NameQuery: _name_query,
    GroupSet: _group_set,
    GroupQuery: _group_query,
}
