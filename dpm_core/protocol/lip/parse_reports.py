"""From a line that a processor said to its report.

House rule: it never raises, and what it does not know for certain becomes an `UnknownReport`.

Source: integration-protocol.md 2, 3; 7 for the lines that have stopped other programs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from dpm_core.errors import LipInputError

from . import kinds
from .fields import read_level, read_number
from .kinds import LedState, Occupancy, OutputAction
from .reports import (
    AreaOccupancy,
    DeviceAction,
    DeviceLed,
    ErrorReport,
    GroupOccupancy,
    HelpReport,
    IntegrationIdReport,
    LipReport,
    MonitoringState,
    ObjectReport,
    OutputLevel,
    OutputOther,
    SystemReport,
    SystemVariable,
    UnknownReport,
)

__all__ = ["parse_report"]

# What a processor says most, in the form in which it says it.
_USUAL: Final = re.compile(r"~OUTPUT,([1-9][0-9]{0,8}),1,((?:[0-9]{1,2}|100)(?:\.[0-9]{2})?)")
_usual = _USUAL.fullmatch

_Fields = Sequence[str]


# The same few lines come all the time, and what they say can be shared.
@lru_cache(maxsize=1024)
def parse_report(text: str) -> LipReport:
    """Return what a line says.

    Letter case, spaces around fields and leading zeros do not count.

    Args:
        text: One line without its line end and without prompts.
    """
    usual = _usual(text)
    if usual is not None:
        output, level_text = usual.groups()
        level = float(level_text)
        if level <= 100:
            return OutputLevel(int(output), level)
    line = text.strip()
    if not line.startswith("~"):
        return UnknownReport(text)
    word, *fields = [field.strip() for field in line[1:].split(",")]
    row = _WORDS.get(word.upper())
    if row is None:
        return UnknownReport(text)
    try:
        return row(word.upper(), fields) or UnknownReport(text)
    except LipInputError:
        return UnknownReport(text)


def _output(_word: str, fields: _Fields) -> LipReport | None:
    if len(fields) < 2:
        return None
    output, action = read_number(fields[0]), read_number(fields[1])
    if action != OutputAction.LEVEL:
        return OutputOther(output, action, tuple(fields[2:]))
    return OutputLevel(output, read_level(fields[2])) if len(fields) == 3 else None


def _device(_word: str, fields: _Fields) -> LipReport | None:
    if len(fields) < 3:
        return None
    device, component, action = map(read_number, fields[:3])
    rest = tuple(fields[3:])
    if action == kinds.LED and len(rest) == 1:
        state = read_number(rest[0])
        if state <= max(LedState):
            return DeviceLed(device, component, LedState(state))
    return DeviceAction(device, component, action, rest)


def _object(word: str, fields: _Fields) -> LipReport | None:
    if len(fields) < 2:
        return None
    number, action = read_number(fields[0]), read_number(fields[1])
    rest = tuple(fields[2:])
    if len(rest) == 1:
        if word == "SYSVAR" and action == kinds.VALUE_OF_VARIABLE:
            return SystemVariable(number, read_number(rest[0]))
        of = _OCCUPANCIES.get((word, action))
        if of is not None and rest[0] in _OCCUPANCY_TEXTS:
            return of(number, _OCCUPANCY_TEXTS[rest[0]])
    return ObjectReport(word, number, action, rest)


_OCCUPANCY_TEXTS: Final = {str(int(occupancy)): occupancy for occupancy in Occupancy}
_OCCUPANCIES: Final[dict[tuple[str, int], Callable[[int, Occupancy], LipReport]]] = {
    ("AREA", kinds.OCCUPANCY_OF_AREA): AreaOccupancy,
    ("GROUP", kinds.OCCUPANCY_OF_GROUP): GroupOccupancy,
}


def _monitoring(_word: str, fields: _Fields) -> LipReport | None:
    if len(fields) != 2:
        return None
    kind, state = map(read_number, fields)
    return MonitoringState(kind, state == 1) if state in (1, 2) else None


def _system(_word: str, fields: _Fields) -> LipReport | None:
    if not fields:
        return None
    if fields[0].isdecimal():
        return SystemReport(read_number(fields[0]), tuple(fields[1:]))
    return SystemReport(None, tuple(fields))


def _integration_id(_word: str, fields: _Fields) -> LipReport | None:
    return IntegrationIdReport(tuple(fields)) if fields else None


def _help(_word: str, fields: _Fields) -> LipReport | None:
    return HelpReport(",".join(fields))


def _error(_word: str, fields: _Fields) -> LipReport | None:
    if not any(fields):
        return ErrorReport(None)
    try:
        return ErrorReport(read_number(fields[0]))
    except LipInputError:
        # Whatever it tells besides, something of ours was refused.
        return ErrorReport(None)


_WORDS: Final[dict[str, Callable[[str, _Fields], LipReport | None]]] = {
    "OUTPUT": _output,
    "DEVICE": _device,
    "AREA": _object,
    "GROUP": _object,
    "SHADEGRP": _object,
    "HVAC": _object,
    "TIMECLOCK": _object,
    "SYSVAR": _object,
    "MODE": _object,
    "MONITORING": _monitoring,
    "SYSTEM": _system,
    "INTEGRATIONID": _integration_id,
    "HELP": _help,
    "ERROR": _error,
}
