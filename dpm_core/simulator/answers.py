"""What a module does with each message to it, and what it answers: the table of its firmware.

Nothing is answered before the deed is durable; how that is done is the business of `durable.py`.

House rule: pure; a new command is one more row of `_DEEDS`, or of `PROGRAM_DEEDS` where it programs
the module.

Source: qs-link.md 5, "What a module answers" and "Override and power" (ours).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dpm_core.model import (
    Cause,
    GroupNumber,
    ModuleState,
    SerialNumber,
    Transition,
    ZoneNumber,
    identify,
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
    ExtensionType,
    GoToLevel,
    Identify,
    LedsSet,
    Malformed,
    Message,
    ResultCode,
    StatusQuery,
    UnknownMessage,
    zone_of,
)
from dpm_core.protocol.timing import IDENTIFY_S

from .deeds import Acknowledged, Deed, resulted
from .program_answers import PROGRAM_DEEDS, PROGRAM_TYPES, program_type
from .reports import status_reports

IDENTIFY_TYPE: Final = 0x22
"""What RESULT says in place of a type when it refuses identify. Decided here."""

_COMMAND_TYPES: Final = PROGRAM_TYPES | frozenset(
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


def deed_of(message: Message, component_base: int, *, knows_programs: bool = True) -> Deed | None:
    """Return what a message to a module makes it do; None when it means nothing to it.

    Args:
        message: To the module, to a group or to all.
        component_base: Component number of zone 1.
        knows_programs: Whether the module knows loads and whole programs.
    """
    if not knows_programs and (kind := program_type(message)) is not None:
        return resulted(kind, ResultCode.UNKNOWN_TYPE)
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
        return resulted(kind, ResultCode.BAD_VALUE if is_ours else ResultCode.UNKNOWN_TYPE)
    if isinstance(message, Malformed):
        named = _PUBLIC_TYPES.get((message.message_class, kind))
        return None if named is None else resulted(named, ResultCode.BAD_VALUE)
    return None


_PUBLIC_TYPES: Final[dict[tuple[int | None, int], int]] = {
    (0x40, 0x02): TYPE_GO_TO_LEVEL,
    (0x01, 0x22): IDENTIFY_TYPE,
}


def _go_to_level(message: GoToLevel, component_base: int) -> Deed | None:
    is_on = message.is_on
    if isinstance(message.target, SerialNumber):
        zone = zone_of(message.component, component_base)
        if zone is None:
            return resulted(TYPE_GO_TO_LEVEL, ResultCode.BAD_VALUE)
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
        return resulted(IDENTIFY_TYPE, ResultCode.BAD_VALUE)
    duration_s = durations[message.mode]
    return Deed(lambda state, now: identify(state, duration_s, now), IDENTIFY_TYPE, Acknowledged())


def _cco_set(message: CcoSet, _base: int) -> Deed:
    return resulted(
        ExtensionType.CCO_SET,
        change=lambda state, now: set_cco(state, message.action, message.pulse_s, now),
    )


def _counters_clear(message: CountersClear, _base: int) -> Deed:
    return resulted(ExtensionType.COUNTERS_CLEAR, cleared=int(message.mask))


def _leds_set(_message: LedsSet, _base: int) -> Deed:
    # A wallstation's; a module has no LEDs that anybody else lights.
    return resulted(ExtensionType.LEDS_SET, ResultCode.UNKNOWN_TYPE)


def _status_query(message: StatusQuery, _base: int) -> Deed:
    return Deed(
        answered_type=ExtensionType.STATUS_QUERY,
        reports=lambda state, counts, now: tuple(status_reports(state, message.mask, counts, now)),
    )


_DEEDS: Final[dict[type[Message], Callable[[Any, int], Deed | None]]] = {
    GoToLevel: _go_to_level,
    Identify: _identify,
    StatusQuery: _status_query,
    CcoSet: _cco_set,
    CountersClear: _counters_clear,
    LedsSet: _leds_set,
    **PROGRAM_DEEDS,
}
