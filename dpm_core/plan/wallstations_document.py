"""The document of a link's wallstations: what their buttons are programmed for, with no plan around.

```yaml
lutron_dpm_wallstations: 1
wallstations:
  02A24C77:
    name: Hall
    buttons:
      1: {name: Hall, does: toggle, zones: {00A1B2C3: [1, 2], 00A1B2C4: [1]}}
      2: {does: scene, zones: {00A1B2C3: [1]}, off_zones: {00A1B2C4: [1]}}
```

Wallstations and modules go by their serial numbers; all else is as in the wallstations of a plan.

Source: the form is decided here; what a button may be, `dpm_core.model.WallstationButton` checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dpm_core.errors import InvalidAddress, InvalidDocument, UnsupportedSetting
from dpm_core.model import (
    WALLSTATION_BUTTONS_MAX,
    LedLogic,
    PlacedZone,
    SerialNumber,
    Wallstation,
    WallstationAction,
    WallstationButton,
)
from dpm_core.plan.fields import Section, Value, read_root
from dpm_core.plan.program_values import read_group, read_zones

VERSION_KEY: Final = "lutron_dpm_wallstations"
VERSION: Final = 1

OCTETS_MAX: Final = 1024 * 1024
"""Longest document that is read, in characters. Decided here: as long as a plan."""

_SERIAL: Final = "a serial number of eight hexadecimal digits"
_SERIAL_DIGITS: Final = 8


def read_wallstations(text: str, file: str = "the wallstations") -> tuple[Wallstation, ...]:
    """Return the wallstations that a document describes.

    Args:
        text: The document.
        file: What it is called, for errors.

    Raises:
        InvalidDocument: It describes none; file, line, field, what was found and what is allowed
            are its attributes.
    """
    if len(text) > OCTETS_MAX:
        allowed = f"a document of at most {OCTETS_MAX} characters"
        raise InvalidDocument(file, 1, "", f"{len(text)} characters", allowed)
    root = read_root(text, file)
    version = root.need(VERSION_KEY, str(VERSION))
    if version.text() != str(VERSION):
        version.refuse(f"{VERSION}: a newer lutron-dpm wrote it, read it with that one")
    section = root.part("wallstations")
    wallstations = tuple(_wallstation(key, value) for key, value in section.items())
    root.done()
    if not wallstations:
        section.refuse("one wallstation or more, each by its serial number")
    return wallstations


def _wallstation(key: str, value: Value) -> Wallstation:
    serial = _serial(key, value)
    section = value.section()
    name = section.take("name")
    buttons = tuple(_button(number, each) for number, each in section.part("buttons").items())
    section.done()
    if len({button.number for button in buttons}) < len(buttons):
        value.refuse("buttons with each number once")
    return Wallstation(address=serial, buttons=buttons, name="" if name is None else name.text())


def _button(key: str, value: Value) -> WallstationButton:
    if not (key.isascii() and key.isdigit() and 1 <= int(key) <= WALLSTATION_BUTTONS_MAX):
        value.refuse(f"buttons numbered from 1 to {WALLSTATION_BUTTONS_MAX}")
    section = value.section()
    name, action = section.take("name"), section.take("does")
    group, led = section.take("group"), section.take("led")
    zones = tuple(_zones(section.part("zones")))
    off_zones = tuple(_zones(section.part("off_zones")))
    section.done()
    try:
        return WallstationButton(
            number=int(key),
            action=WallstationAction.TOGGLE if action is None else action.choice(WallstationAction),
            zones=zones,
            off_zones=off_zones,
            group=None if group is None else read_group(group),
            led=None if led is None else led.choice(LedLogic),
            name="" if name is None else name.text(),
        )
    except UnsupportedSetting as error:
        raise InvalidDocument(
            value.file, value.line, value.path, error.value, error.allowed
        ) from error


def _zones(section: Section) -> Iterator[PlacedZone]:
    for module, zones in section.items():
        serial = _serial(module, zones)
        yield from ((serial, zone) for zone in read_zones(zones))


def _serial(key: str, value: Value) -> SerialNumber:
    if len(key) != _SERIAL_DIGITS:
        raise InvalidDocument(value.file, value.line, value.path, key, _SERIAL)
    try:
        return SerialNumber.parse(key)
    except InvalidAddress as error:
        raise InvalidDocument(value.file, value.line, value.path, key, _SERIAL) from error
