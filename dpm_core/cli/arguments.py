"""What a person types for a serial number, zones and a level, read into the library's words."""

from __future__ import annotations

from typing import Final

import click

from dpm_core.errors import InvalidAddress, InvalidLevel, InvalidZone
from dpm_core.model import ZONES, GroupNumber, SerialNumber, ZoneNumber, level_is_on

ALL: Final = "all"


def read_serial(text: str) -> SerialNumber:
    """Return the serial number that is printed on a module.

    Raises:
        InvalidAddress: It is none.
    """
    return SerialNumber.parse(text)


def is_all(text: str) -> bool:
    """Return whether every module on the link is meant."""
    return text.strip().lower() == ALL


def read_group(text: str) -> GroupNumber:
    """Return a group number, decimal or 0x and hexadecimal digits.

    Raises:
        InvalidAddress: It is none.
    """
    try:
        number = int(text, 0)
    except ValueError as error:
        raise InvalidAddress(text, "a group number is 1 to 65534, or 0x0001 to 0xFFFE") from error
    return GroupNumber(number)


def read_zones(text: str) -> tuple[ZoneNumber, ...]:
    """Return the zones of `2`, `1,3` or `all`, in ascending order and each once.

    Raises:
        InvalidZone: One of them is none.
    """
    if text.strip().lower() == ALL:
        return ZONES
    return tuple(sorted({_zone(part) for part in text.split(",")}))


def _zone(text: str) -> ZoneNumber:
    try:
        return ZoneNumber(int(text))
    except ValueError as error:
        raise InvalidZone(text) from error


def read_level(text: str) -> float:
    """Return the level in percent of `on`, `off`, `40` or `40%`.

    Raises:
        InvalidLevel: It is none, or outside 0 to 100.
    """
    words = {"on": 100.0, "off": 0.0}
    plain = text.strip().lower()
    if plain in words:
        return words[plain]
    try:
        level = float(plain.removesuffix("%"))
    except ValueError as error:
        raise InvalidLevel(text) from error
    # The library decides what a level is; it raises for what is none.
    level_is_on(level)
    return level


def read_pairs(values: tuple[str, ...], option: str) -> dict[ZoneNumber, str]:
    """Return zone and value of options such as `--zone-name 1=Hall`; the last of a zone wins.

    Raises:
        click.BadParameter: There is no `=` in it.
        InvalidZone: There is no such zone.
    """
    pairs = {}
    for value in values:
        zone, separator, rest = value.partition("=")
        if not separator:
            raise click.BadParameter(
                f"{value!r} is not ZONE=VALUE, such as 1=...", param_hint=option
            )
        for number in read_zones(zone):
            pairs[number] = rest
    return pairs
