"""What a person types for a serial number, zones and a level, read into the library's words."""

from __future__ import annotations

from typing import Any, Final

import click

from dpm_core.errors import InvalidAddress, InvalidLevel, InvalidZone
from dpm_core.model import ZONES, GroupNumber, SerialNumber, ZoneNumber, level_is_on

ALL: Final = "all"


class SerialParameter(click.ParamType):
    """A module's serial number: eight hexadecimal digits, as printed on the unit."""

    name = "serial"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> SerialNumber:
        """Return the serial number, or refuse it in one line."""
        try:
            return SerialNumber.parse(str(value))
        except InvalidAddress as error:
            self.fail(str(error), param, ctx)


class SerialOrAllParameter(SerialParameter):
    """A serial number, or `all` (None) for every module on the link."""

    def convert(  # type: ignore[override]  # None is what stands for all
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> SerialNumber | None:
        """Return the serial number, None for `all`, or refuse it in one line."""
        if str(value).strip().lower() == ALL:
            return None
        return super().convert(value, param, ctx)


class GroupParameter(click.ParamType):
    """A group number, decimal or 0x and hexadecimal digits."""

    name = "group"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> GroupNumber:
        """Return the group number, or refuse it in one line."""
        try:
            return GroupNumber(int(str(value), 0))
        except ValueError:
            self.fail(f"{value!r} is not a group number.", param, ctx)
        except InvalidAddress as error:
            self.fail(str(error), param, ctx)


SERIAL: Final = SerialParameter()
SERIAL_OR_ALL: Final = SerialOrAllParameter()
GROUP: Final = GroupParameter()


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
