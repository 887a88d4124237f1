"""Levels and fades as the link counts them, and as people do.

A level has sixteen bits on the link, and 100 % is FEFF. A relay knows only on
and off: any level above 0 is on. Messages keep the raw value; percent is for show.

House rule: only conversions belong here, no message.

Source: qs-link.md 3.2.
"""

from __future__ import annotations

from math import floor
from typing import Final

from dpm_core.model import level_is_on

__all__ = [
    "LEVEL_8_FULL",
    "LEVEL_FULL",
    "fade_s",
    "level_to_raw",
    "raw_8_to_percent",
    "raw_to_percent",
]

LEVEL_FULL: Final = 0xFEFF
"""The 16-bit level of 100 %. Source: qs-link.md 3.2."""

LEVEL_8_FULL: Final = 0xFE
"""The 8-bit level of 100 %, in state reports. Source: qs-link.md 3.2."""

FADE_STEP_S: Final = 0.25
"""One step of a fade. A relay ignores fades. Source: qs-link.md 3.2."""

_ROUNDING: Final = 1e-9
# Below any step a level has, above any error of the division: raw to percent to raw is exact.


def level_to_raw(level_percent: float) -> int:
    """Return the 16-bit level for 0 to 100 percent, rounded down.

    50 % is 7F7F. Any level above 0 is at least 0001, for it is on.

    Raises:
        InvalidLevel: Not a number from 0 to 100.

    Source: qs-link.md 3.2, and 5 "Levels" (ours).
    """
    if not level_is_on(level_percent):
        return 0
    return max(1, floor(level_percent * LEVEL_FULL / 100 + _ROUNDING))


def raw_to_percent(raw_level: int) -> float:
    """Return the percent of a 16-bit level; what is above the maximum shows as 100 %."""
    return min(100.0, raw_level * 100 / LEVEL_FULL)


def raw_8_to_percent(raw_level: int) -> float:
    """Return the percent of an 8-bit level; what is above the maximum shows as 100 %."""
    return min(100.0, raw_level * 100 / LEVEL_8_FULL)


def fade_s(fade_quarter_s: int) -> float:
    """Return a fade in seconds; the link counts quarter seconds."""
    return fade_quarter_s * FADE_STEP_S
