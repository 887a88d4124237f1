"""Zones: on or off, nothing between, and what caused a change.

Source: 3691060c, "Features": four switched output zones. "Off" is an open relay contact,
the air gap of "Output Zone Ratings".
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, TypeAlias

from dpm_core.errors import InvalidLevel, UnsupportedSetting
from dpm_core.model.identifiers import ZONE_COUNT

FourZones: TypeAlias = tuple[bool, bool, bool, bool]
"""One truth value for each zone, zone 1 first. True is on."""


_FOUR_ZONES: Final[tuple[FourZones, ...]] = tuple(
    (bool(bits & 1), bool(bits & 2), bool(bits & 4), bool(bits & 8))
    for bits in range(1 << ZONE_COUNT)
)


class Cause(IntEnum):
    """What made a module change. The numbers are those of the reports on the link.

    Source: qs-link.md 5, field "Cause".
    """

    QUERY = 0
    LINK_COMMAND = 1
    CCI = 2
    ZONE_BUTTON = 3
    POWER_UP = 4
    GROUP = 5
    WALLSTATION = 6


def zones_to_bits(zones: FourZones) -> int:
    """Return four zones as bits: bit 0 is zone 1, bit 3 is zone 4.

    Source: qs-link.md 5, rule 5.
    """
    return sum(1 << position for position, is_on in enumerate(zones) if is_on)


def zones_from_bits(bits: int) -> FourZones:
    """Return four zones from bits: bit 0 is zone 1, bit 3 is zone 4.

    Raises:
        UnsupportedSetting: A bit beyond the four zones is set.

    Source: qs-link.md 5, rule 5.
    """
    if not 0 <= bits < 1 << ZONE_COUNT:
        raise UnsupportedSetting("zone bits", bits, "00 to 0F: one bit for each of four zones")
    return _FOUR_ZONES[bits]


def level_is_on(level_percent: float) -> bool:
    """Return what a zone does when it is told a level: any level above 0 % is on.

    Raises:
        InvalidLevel: It is not a number from 0 to 100 percent.

    Source: 3691060c, "Features" (switching only); that every level above 0 is on is
    decided here.
    """
    if isinstance(level_percent, bool) or not 0 <= level_percent <= 100:  # NaN fails this too
        raise InvalidLevel(level_percent)
    return level_percent > 0
