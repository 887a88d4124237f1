"""From a line that a program typed to its command, as the processor reads it.

House rule: it raises nothing but `LipInputError`, whose number a processor answers with.

Source: integration-protocol.md 2, 3, 3.8. Which of two errors counts where both would is decided
here: the word, then the count of fields, then the action, then the values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from dpm_core.errors import LipInputError

from . import fields as numbers
from . import kinds
from .commands import (
    PULSE_MAX_S,
    EmptyLine,
    FlashOutput,
    LipCommand,
    Logout,
    MoveOutput,
    OtherCommand,
    PressButton,
    PulseOutput,
    QueryAreaLevels,
    QueryAreaOccupancy,
    QueryContact,
    QueryGroupOccupancy,
    QueryIntegrationId,
    QueryLed,
    QueryMonitoring,
    QueryOutputLevel,
    QuerySystem,
    QuerySystemVariable,
    ReleaseButton,
    SetLed,
    SetMonitoring,
    SetOutputLevel,
    SetSystemVariable,
)
from .fields import read_level, read_number, read_time_s
from .kinds import LedState, OutputAction, OutputMove

__all__ = ["parse_command"]

_LINE: Final = re.compile(r"([#?])\s*([A-Z]{1,20})\s*((?:,[^#?~\x00-\x1f\x7f-\U0010ffff]*)?)")

_Fields = Sequence[str]
_Row = Callable[[_Fields], LipCommand]


def parse_command(line: str) -> LipCommand:
    """Return what a line orders or asks.

    Letter case, spaces and leading zeros do not count. A command that is documented and has no
    class of its own becomes an `OtherCommand`.

    Args:
        line: One line without its line end.

    Raises:
        LipInputError: It cannot be, and `number` is what `~ERROR` tells.
    """
    text = line.strip().upper()
    if not text:
        return EmptyLine()
    if text == "LOGOUT":
        return Logout()
    match = _LINE.fullmatch(text)
    if match is None:
        raise LipInputError(numbers.UNSUPPORTED)
    operation, word, rest = match.groups()
    fields = [field.strip() for field in rest.split(",")[1:]]
    row = _ROWS.get(operation + word)
    if row is not None:
        return row(fields)
    if word not in _OTHER_WORDS:
        raise LipInputError(numbers.UNSUPPORTED)
    return _other(operation, word, fields)


def _other(operation: str, word: str, fields: _Fields) -> LipCommand:
    return OtherCommand(operation, word, tuple(fields))


def _counted(fields: _Fields, least: int, most: int | None = None) -> None:
    if not least <= len(fields) <= (least if most is None else most):
        raise LipInputError(numbers.COUNT)


def _id(field: str) -> int:
    number = read_number(field)
    if number == 0:
        raise LipInputError(numbers.NO_OBJECT)
    return number


def _output_command(fields: _Fields) -> LipCommand:
    _counted(fields, 2, 8)
    output, action = _id(fields[0]), read_number(fields[1])
    if action == OutputAction.LEVEL:
        _counted(fields, 3, 5)
        return SetOutputLevel(output, read_level(fields[2]), *_times(fields[3:]))
    if action in _MOVES:
        _counted(fields, 2)
        return MoveOutput(output, OutputMove(action))
    if action in (OutputAction.FLASH, OutputAction.PULSE):
        _counted(fields, 2, 4)
        times = _times(fields[2:])
        if action == OutputAction.FLASH:
            return FlashOutput(output, *times)
        if times and not numbers.TIME_STEP_S <= times[0] <= PULSE_MAX_S:
            raise LipInputError(numbers.RANGE)
        return PulseOutput(output, *times)
    if action in _OTHER_OUTPUT_ACTIONS:
        return _other("#", "OUTPUT", fields)
    raise LipInputError(numbers.NO_ACTION)


def _times(fields: _Fields) -> list[float]:
    return [_sendable_s(read_time_s(field)) for field in fields]


def _sendable_s(time_s: float) -> float:
    """Return a time as a command of ours carries it: whole seconds from a minute on."""
    return time_s if time_s < 60 else float(int(time_s))


def _output_query(fields: _Fields) -> LipCommand:
    # The page for HomeWorks also shows the query without an action. Source: 3.1.
    _counted(fields, 1, 2)
    output = _id(fields[0])
    action = read_number(fields[1]) if len(fields) == 2 else OutputAction.LEVEL
    if action == OutputAction.LEVEL:
        return QueryOutputLevel(output)
    if action in _OUTPUT_QUERIES:
        return _other("?", "OUTPUT", fields)
    raise LipInputError(numbers.NO_ACTION)


def _device_command(fields: _Fields) -> LipCommand:
    _counted(fields, 3, 8)
    device, component, action = _id(fields[0]), read_number(fields[1]), read_number(fields[2])
    if action == kinds.LED:
        _counted(fields, 4)
        state = read_number(fields[3])
        if state > max(LedState):
            raise LipInputError(numbers.RANGE)
        return SetLed(device, component, LedState(state))
    if action in (kinds.PRESS, kinds.RELEASE):
        _counted(fields, 3)
        return (PressButton if action == kinds.PRESS else ReleaseButton)(device, component)
    if action in _OTHER_DEVICE_ACTIONS:
        return _other("#", "DEVICE", fields)
    raise LipInputError(numbers.NO_ACTION)


def _device_query(fields: _Fields) -> LipCommand:
    _counted(fields, 3)
    device, component, action = _id(fields[0]), read_number(fields[1]), read_number(fields[2])
    if action == kinds.LED:
        return QueryLed(device, component)
    if action == kinds.CONTACT:
        return QueryContact(device, component)
    if action in _DEVICE_QUERIES:
        return _other("?", "DEVICE", fields)
    raise LipInputError(numbers.NO_ACTION)


def _area_query(fields: _Fields) -> LipCommand:
    _counted(fields, 2)
    area, action = _id(fields[0]), read_number(fields[1])
    if action == OutputAction.LEVEL:
        return QueryAreaLevels(area)
    if action == kinds.OCCUPANCY_OF_AREA:
        return QueryAreaOccupancy(area)
    if action in _AREA_QUERIES:
        return _other("?", "AREA", fields)
    raise LipInputError(numbers.NO_ACTION)


def _group_query(fields: _Fields) -> LipCommand:
    _counted(fields, 2)
    group, action = _id(fields[0]), read_number(fields[1])
    if action != kinds.OCCUPANCY_OF_GROUP:
        raise LipInputError(numbers.NO_ACTION)
    return QueryGroupOccupancy(group)


def _variable_command(fields: _Fields) -> LipCommand:
    _counted(fields, 3)
    variable, action = _id(fields[0]), read_number(fields[1])
    if action != kinds.VALUE_OF_VARIABLE:
        raise LipInputError(numbers.NO_ACTION)
    return SetSystemVariable(variable, read_number(fields[2]))


def _variable_query(fields: _Fields) -> LipCommand:
    _counted(fields, 2)
    variable, action = _id(fields[0]), read_number(fields[1])
    if action != kinds.VALUE_OF_VARIABLE:
        raise LipInputError(numbers.NO_ACTION)
    return QuerySystemVariable(variable)


def _monitoring_command(fields: _Fields) -> LipCommand:
    _counted(fields, 2)
    kind, state = read_number(fields[0]), read_number(fields[1])
    if state not in (1, 2):
        raise LipInputError(numbers.RANGE)
    return SetMonitoring(kind, state == 1)


def _monitoring_query(fields: _Fields) -> LipCommand:
    _counted(fields, 1)
    return QueryMonitoring(read_number(fields[0]))


def _system_query(fields: _Fields) -> LipCommand:
    _counted(fields, 1)
    return QuerySystem(read_number(fields[0]))


def _integration_id_query(fields: _Fields) -> LipCommand:
    _counted(fields, 1, 2)
    action = read_number(fields[0])
    if action == 3 and len(fields) == 2:
        return QueryIntegrationId(_id(fields[1]))
    if action in (1, 3):
        return _other("?", "INTEGRATIONID", fields)
    raise LipInputError(numbers.NO_ACTION)


_MOVES: Final = frozenset(OutputMove)
_OTHER_OUTPUT_ACTIONS: Final = frozenset({*range(9, 22)})
_OUTPUT_QUERIES: Final = frozenset({5, 9, 10})
_OTHER_DEVICE_ACTIONS: Final = frozenset(
    {1, 2, 5, 6, 7, *range(14, 21), 23, 24, 25, 32, 34, 36, 37}
)
_DEVICE_QUERIES: Final = frozenset({7, 14, 15, 16, 17, 22, 34, 36, 37})
_AREA_QUERIES: Final = frozenset({6})
"""Actions that are documented and have no class here. Source: integration-protocol.md 3.1-3.4."""

_ROWS: Final[dict[str, _Row]] = {
    "#OUTPUT": _output_command,
    "?OUTPUT": _output_query,
    "#DEVICE": _device_command,
    "?DEVICE": _device_query,
    "?AREA": _area_query,
    "?GROUP": _group_query,
    "#SYSVAR": _variable_command,
    "?SYSVAR": _variable_query,
    "#MONITORING": _monitoring_command,
    "?MONITORING": _monitoring_query,
    "?SYSTEM": _system_query,
    "?INTEGRATIONID": _integration_id_query,
}

_OTHER_WORDS: Final = frozenset(
    {
        "AREA", "ETHERNET", "GROUP", "HELP", "HVAC", "INTEGRATIONID", "MODE", "RESET", "SHADEGRP",
        "SYSTEM", "TIMECLOCK",
    }
)  # fmt: skip
"""Words whose commands have no class here. Source: integration-protocol.md 3."""
