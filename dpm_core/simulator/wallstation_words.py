"""Wallstations in one line of words, for a command line, and in JSON, for the control socket.

House rule: words only; what a wallstation does is in `wallstation.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import (
    PlacedZone,
    SerialNumber,
    Wallstation,
    WallstationAction,
    WallstationButton,
    ZoneNumber,
)

from .wallstation import SimulatedWallstation

_ALLOWED: Final = (
    "a serial number, =, and buttons with commas between: number, on|off|toggle|scene and zones, "
    "with colons between, as in 02A24C77=1:toggle:00A10001.2+00A10002.1,2:scene:00A10001.1-00A10001.2"
)
_SERIAL: Final = r"[0-9A-Fa-f]{8}"
_ZONE: Final = rf"{_SERIAL}\.[1-4]"
_BUTTON: Final = re.compile(
    rf"(?P<number>[0-9]{{1,2}}):(?P<does>[a-z]+):(?P<zones>[+-]?{_ZONE}(?:[+-]{_ZONE})*)"
)
_PLACED: Final = re.compile(rf"(?P<sign>[+-]?)(?P<serial>{_SERIAL})\.(?P<zone>[1-4])")


def parse_wallstation(text: str) -> Wallstation:
    """Return the wallstation that `SERIAL=BUTTON:DOES:ZONES,...` stands for.

    Zones are `SERIAL.ZONE` with `+` between; of a scene, `-` stands before those that it switches
    off. Names, groups and what an LED goes by are for a document.

    Raises:
        UnsupportedSetting: It is no such text, or no wallstation can be so.
    """
    address, equals, buttons = text.partition("=")
    try:
        serial = SerialNumber.parse(address.strip())
    except InvalidAddress as error:
        raise UnsupportedSetting("wallstation", text, _ALLOWED) from error
    if not equals:
        raise UnsupportedSetting("wallstation", text, _ALLOWED)
    return Wallstation(
        address=serial, buttons=tuple(_button(word.strip(), text) for word in buttons.split(","))
    )


def _button(word: str, text: str) -> WallstationButton:
    match = _BUTTON.fullmatch(word)
    actions = {action.value: action for action in WallstationAction}
    if match is None or match["does"] not in actions:
        raise UnsupportedSetting("wallstation", text, _ALLOWED)
    zones: dict[bool, list[PlacedZone]] = {True: [], False: []}
    for placed in _PLACED.finditer(match["zones"]):
        zone = SerialNumber.parse(placed["serial"]), ZoneNumber(int(placed["zone"]))
        zones[placed["sign"] != "-"].append(zone)
    return WallstationButton(
        number=int(match["number"]),
        action=actions[match["does"]],
        zones=tuple(zones[True]),
        off_zones=tuple(zones[False]),
    )


def ask_wallstation(
    wallstations: Mapping[SerialNumber, SimulatedWallstation], request: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer a request of the control socket: move a button, or tell how a wallstation is.

    Raises:
        InvalidAddress: It names none.
        UnsupportedSetting: It names no wallstation of this link, or none of its buttons, or
            nothing that is done to a wallstation.
    """
    name, do = request.get("wallstation"), request.get("do")
    wallstation = wallstations.get(SerialNumber.parse(name)) if isinstance(name, str) else None
    if wallstation is None:
        there = ", ".join(map(str, wallstations)) or "none: this link has no wallstation"
        raise UnsupportedSetting("wallstation", name, there)
    deeds = {
        "press": wallstation.press,
        "release": wallstation.release,
        "tap": wallstation.tap,
    }
    if isinstance(do, str) and do in deeds:
        deeds[do](request.get("button"))  # type: ignore[arg-type]  # it refuses what is none
    elif do != "state":
        raise UnsupportedSetting("do", do, f"{', '.join(deeds)} or state")
    return wallstation.snapshot()
