"""The fields of a line: numbers, levels and times, as text and back.

Letter case, spaces and leading zeros do not count in what is read. What is written has none of
them, and of times only forms that the guide shows.

House rule: one field at a time; what a whole line means is in `parse_commands.py` and
`parse_reports.py`.

Source: integration-protocol.md 2.
"""

from __future__ import annotations

import math
import re
from typing import Final

from dpm_core.errors import InvalidLevel, LipInputError, UnsupportedSetting

__all__ = [
    "DELAY_MAX_S",
    "TIME_STEP_S",
    "checked_level",
    "checked_time_s",
    "level_text",
    "read_level",
    "read_number",
    "read_time_s",
    "time_text",
]

TIME_STEP_S: Final = 0.25
"""Fractions of a second go down, or up, to this step, by which page of the guide one reads: so
other fractions are never sent. In seconds. Source: integration-protocol.md 2."""

DELAY_MAX_S: Final = 4 * 3600.0
"""Longest fade and longest delay, in seconds. Source: integration-protocol.md 2."""

NUMBER_MAX: Final = 0x7FFFFFFF
"""Largest number of any field. The guide states none: 32 bits with a sign are assumed."""

_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_LEVEL: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{0,20})?")
_SECONDS: Final = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?")
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600

COUNT: Final = 1
NO_OBJECT: Final = 2
NO_ACTION: Final = 3
RANGE: Final = 4
MALFORMED: Final = 5
UNSUPPORTED: Final = 6
"""The numbers of `~ERROR`. Source: integration-protocol.md 3.8."""


def read_number(text: str) -> int:
    """Return the whole number of a field.

    Raises:
        LipInputError: It is none (5), or larger than a number can be (4).
    """
    digits = text.strip()
    if _NUMBER.fullmatch(digits) is None:
        raise LipInputError(MALFORMED)
    number = int(digits)
    if number > NUMBER_MAX:
        raise LipInputError(RANGE)
    return number


# --- levels ---------------------------------------------------------------------------------


def checked_level(level_percent: float) -> float:
    """Return a level in percent, on its step of a hundredth.

    Raises:
        InvalidLevel: It is no number from 0 to 100.
    """
    if isinstance(level_percent, bool) or not 0 <= level_percent <= 100:
        raise InvalidLevel(level_percent)
    # A switched zone is on above 0: a trace of a level must not become none at all.
    return max(round(float(level_percent), 2), 0.01 if level_percent > 0 else 0.0)


def level_text(level_percent: float) -> str:
    """Return a level as it is commanded: no decimals where there is nothing behind the point."""
    return f"{level_percent:.2f}".removesuffix(".00")


def read_level(text: str) -> float:
    """Return the level of a field, in percent.

    Raises:
        LipInputError: It is no number (5), or not one from 0 to 100 (4).
    """
    digits = text.strip()
    if _LEVEL.fullmatch(digits) is None:
        raise LipInputError(MALFORMED)
    level_percent = float(digits)
    if level_percent > 100:
        raise LipInputError(RANGE)
    return checked_level(level_percent)


# --- times ----------------------------------------------------------------------------------


def checked_time_s(name: str, time_s: float, least_s: float, most_s: float) -> float:
    """Return a time in seconds that a line can carry exactly.

    Below a minute that is a multiple of a quarter of a second, above it whole seconds: no form
    with minutes and a fraction is documented.

    Raises:
        UnsupportedSetting: It is another one, or out of its range.
    """
    step_s = TIME_STEP_S if time_s < _MINUTE_S else 1.0
    is_number = not isinstance(time_s, bool) and math.isfinite(time_s)
    if not is_number or not least_s <= time_s <= most_s or not (time_s / step_s).is_integer():
        raise UnsupportedSetting(
            name,
            time_s,
            f"{least_s:g} to {most_s:g} seconds in steps of {TIME_STEP_S} s, "
            "from a minute on whole seconds",
        )
    return float(time_s)


def time_text(time_s: float) -> str:
    """Return a time as it is commanded: `SS`, `SS.ss`, `MM:SS` or `HH:MM:SS`."""
    if time_s < _MINUTE_S:
        return f"{time_s:g}"
    minutes, seconds = divmod(int(time_s), _MINUTE_S)
    if minutes < _MINUTE_S:
        return f"{minutes}:{seconds:02}"
    hours, minutes = divmod(minutes, _MINUTE_S)
    return f"{hours}:{minutes:02}:{seconds:02}"


def read_time_s(text: str) -> float:
    """Return the time of a field in seconds, its fraction down to the quarter.

    Raises:
        LipInputError: It has none of the four forms (5), or is longer than four hours (4).
    """
    *larger, last = [part.strip() for part in text.split(":")]
    match = _SECONDS.fullmatch(last)
    if match is None or len(larger) > 2:
        raise LipInputError(MALFORMED)
    whole, fraction = match.groups()
    time_s = int(whole) + math.floor(float(f"0.{fraction or 0}") / TIME_STEP_S) * TIME_STEP_S
    for part, unit_s in zip(reversed(larger), (_MINUTE_S, _HOUR_S), strict=False):
        time_s += read_number(part) * unit_s
    if time_s > DELAY_MAX_S:
        raise LipInputError(RANGE)
    return time_s
