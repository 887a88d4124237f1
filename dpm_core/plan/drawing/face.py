"""One module as it sits on its rail: terminals, buttons, LEDs, and what is wired to them.

Its width is the specification's. Its height, and where on its face things are, are ours: Class 2
above, mains below, so that they are apart in the picture as they are in the panel.
"""

from __future__ import annotations

from typing import Final

from dpm_core.model import (
    LINK_TERMINALS,
    LOAD_WORDS,
    ZONES,
    CcoType,
    LoadType,
    OverrideAction,
    ZoneNumber,
)
from dpm_core.plan.drawing.svg import Picture
from dpm_core.plan.findings import TOLERANCE
from dpm_core.plan.planned_module import Load, ModulePlan
from dpm_core.plan.site import Plan

FACE_HEIGHT_MM: Final = 92.0
"""Height of a module. Assumed: the usual 90 mm of DIN equipment; the specification's drawing of
its dimensions has no text. Only its width is to scale."""

_BAND: Final = 15.0
_ZONES_LEFT: Final = 40.0

_LINK_NAMES: Final = {number: words for number, words in LINK_TERMINALS.items() if number != 2}
_CONTACTS: Final = ("CCI", "CCI COM", "CCO N.O.", "CCO COM", "CCO N.C.")


def draw_module(
    picture: Picture, plan: Plan, module: ModulePlan, left: float, top: float, *, is_bad: bool
) -> None:
    """Draw a module whose upper left corner is at (left, top), in millimetres."""
    width = module.ratings.width_mm.value
    picture.rect(left, top, width, FACE_HEIGHT_MM, "face-bad" if is_bad else "face", 2)
    _class_2(picture, left, top, width)
    _mains(picture, plan, module, left, top + FACE_HEIGHT_MM - _BAND, width)
    _status(picture, plan, module, left, top + _BAND)
    room = (width - _ZONES_LEFT - 2) / len(ZONES)
    for zone in ZONES:
        _zone(picture, plan, module, zone, left + _ZONES_LEFT + room * (zone - 1), top, room)


def _class_2(picture: Picture, left: float, top: float, width: float) -> None:
    picture.rect(left + 1, top + 1, width - 2, _BAND - 1, "class2", 1.5)
    picture.text(left + 4, top + 5.6, "QS link", 3, "t-class2 strong", "start")
    picture.text(left + 4, top + 10.4, "NEC Class 2", 2.7, "t-class2", "start")
    for number in LINK_TERMINALS:
        x = left + 30 + 9.5 * (number - 1)
        picture.circle(x, top + 5.6, 2.1, "screw")
        if number == 2:
            picture.cross(x, top + 5.6, 2.4, "no")
        name = f"{number} {_LINK_NAMES[number]}" if number in _LINK_NAMES else f"{number} –"
        picture.text(x, top + 12.2, name, 2.5, "t-class2")
    picture.text(left + 73, top + 5.6, "Contacts", 3, "t-class2 strong", "start")
    picture.text(left + 73, top + 10.4, "NEC Class 2", 2.7, "t-class2", "start")
    for number, name in enumerate(_CONTACTS):
        x = left + 97.5 + 13.8 * number
        picture.circle(x, top + 5.6, 2.1, "screw")
        picture.text(x, top + 12.2, name, 2.5, "t-class2")


def _mains(
    picture: Picture, plan: Plan, module: ModulePlan, left: float, top: float, width: float
) -> None:
    picture.path([(left + 1, top - 1.5), (left + width - 1, top - 1.5)], "apart")
    picture.rect(left + 1, top, width - 2, _BAND - 1, "mains", 1.5)
    feed = plan.feed_of(module)
    picture.fitted(
        left + 4,
        top + 6,
        "Mains" if feed is None else f"Mains {feed.volts:g} V",
        3,
        "t-mains strong",
        22,
        "start",
    )
    words = "no feed planned" if feed is None else f"feed {feed.id}"
    picture.fitted(left + 4, top + 10.8, words, 2.7, "t-mains", 22, "start")
    room = (width - _ZONES_LEFT - 2) / len(ZONES)
    for number, name in enumerate(("L", "N")):
        x = left + 29 + 6.5 * number
        picture.circle(x, top + 4.4, 2.1, "screw")
        picture.text(x, top + 11.4, name, 2.5, "t-mains")
    for zone in ZONES:
        middle = left + _ZONES_LEFT + room * (zone - 0.5)
        for x, name in ((middle - 4.5, f"{int(zone)}"), (middle + 4.5, "N")):
            picture.circle(x, top + 4.4, 2.1, "screw")
            picture.text(x, top + 11.4, name, 2.5, "t-mains")


def _status(picture: Picture, plan: Plan, module: ModulePlan, left: float, top: float) -> None:
    room = _ZONES_LEFT - 6
    picture.on_two_lines(left + 4 + room / 2, top + 6, module.name, 3.8, "strong", room)
    picture.text(left + 4, top + 17, module.ratings.model, 2.9, "soft", "start")
    serial = "serial number open" if module.serial is None else str(module.serial)
    picture.text(left + 4, top + 21.2, serial, 2.9, "soft", "start")
    for number, (name, is_lit) in enumerate(
        (("Power", True), ("Link", True), ("Override", False), ("Prog.", False))
    ):
        x, y = left + 6 + 17 * (number % 2), top + 29 + 7 * (number // 2)
        picture.circle(x, y - 1, 1.5, "led-on" if is_lit else "led")
        picture.text(x + 2.8, y, name, 2.9, "", "start")
    program = module.program
    cco = (
        "CCO maintained"
        if program.cco_type is CcoType.MAINTAINED
        else f"CCO momentary, {program.cco_pulse_s:g} s"
    )
    held_by = next((group for group in plan.emergency_groups if module in group.modules), None)
    cci = "CCI jumpered" if held_by is None else f"CCI: {held_by.name}"
    debounce = f"debounce {program.cci_debounce_s * 1000:g} ms"
    for number, words in enumerate((cco, cci, debounce)):
        picture.fitted(left + 4, top + 46 + 4.6 * number, words, 2.8, "soft", room, "start")


def _zone(
    picture: Picture,
    plan: Plan,
    module: ModulePlan,
    zone: ZoneNumber,
    left: float,
    top: float,
    room: float,
) -> None:
    middle = left + room / 2
    top += _BAND
    picture.rect(middle - 10, top + 3.5, 20, 11, "key", 1.6)
    picture.text(middle, top + 10.6, f"Zone {int(zone)}", 3.2, "strong")
    picture.circle(middle, top + 19, 1.7, "led")
    name = module.program.zone_names[zone - 1] or "no name"
    looks = "strong" if module.program.zone_names[zone - 1] else "soft"
    picture.on_two_lines(middle, top + 26, name, 3.5, looks, room - 2)
    load = module.loads[zone - 1]
    if load is None:
        picture.text(middle, top + 39, "no load planned", 2.8, "soft")
    else:
        _load(picture, plan, module, load, middle, top + 36, room - 5)
    action = module.program.override_actions[zone - 1]
    words = "stays as it is" if action is OverrideAction.UNAFFECTED else action.value
    picture.text(middle, top + 58.6, f"override: {words}", 2.7, "soft")


def _load(
    picture: Picture,
    plan: Plan,
    module: ModulePlan,
    load: Load,
    middle: float,
    top: float,
    room: float,
) -> None:
    current, most = load.current_a(plan.volts_of(module)), module.ratings.zone_max
    is_rated = isinstance(load.type, LoadType)
    is_over = current > most.value + TOLERANCE or not is_rated
    picture.on_two_lines(middle, top + 2.4, load_words(load), 2.7, "soft", room + 3)
    figure = f"{current:.3g} A" + (f" ({load.watts:g} W)" if load.watts is not None else "")
    picture.text(middle, top + 11, figure, 3.4, "bad" if is_over else "strong")
    share = min(current / most.value, 1.0)
    picture.rect(middle - room / 2, top + 13, room, 1.8, "track", 0.9)
    if share:
        looks = "fill-bad" if is_over else "fill"
        picture.rect(middle - room / 2, top + 13, room * share, 1.8, looks, 0.9)
    words = f"of {most}"
    if is_over:
        words = f"more than {most}" if is_rated else "not allowed"
    picture.text(middle, top + 18, words, 2.5, "bad" if is_over else "soft")


def load_words(load: Load) -> str:
    """Return what a load is, as a label says it."""
    words = LOAD_WORDS[load.type] if isinstance(load.type, LoadType) else load.type.value
    return f"{words}, plug-in" if load.is_plug_in else words
