"""The sheet that is printed for each module and left in its panel."""

from __future__ import annotations

from textwrap import wrap
from typing import Final

from dpm_core.model import ZONES, CcoType, OverrideAction, ZoneNumber
from dpm_core.plan.checks import REMINDERS
from dpm_core.plan.drawing.face import load_words
from dpm_core.plan.drawing.svg import Picture
from dpm_core.plan.findings import counted
from dpm_core.plan.planned_module import ModulePlan, Neutrals
from dpm_core.plan.site import Plan

_WIDTH: Final = 182.0
_LEFT: Final = 10.0
_ROW: Final = 10.5
_COLUMNS: Final = (10.0, 20.0, 66.0, 118.0, 138.0)
"""Where zone, name, load, amperes and override begin."""

_STRIP_HEIGHT: Final = 14.0
_LETTERS: Final = 108
"""Letters of small print on one line."""


def draw_label(plan: Plan, module: ModulePlan) -> Picture:
    """Return the label sheet of a module: a strip as wide as the module, and what it is wired to."""
    small_print = [line for words in REMINDERS for line in wrap(f"· {words}", _LETTERS)]
    facts = _facts(plan, module)
    height = 126 + 5 * len(facts) + 4 * len(small_print)
    picture = Picture(_WIDTH, height, f"Label sheet of module {module.name}")
    picture.rect(0, 0, _WIDTH, height, "paper")
    picture.rect(3, 3, _WIDTH - 6, height - 6, "card", 3)
    _strip(picture, module, 9)
    picture.fitted(_LEFT, 41, module.name, 7, "strong", _WIDTH - 2 * _LEFT, "start")
    serial = "serial number: ____________" if module.serial is None else f"serial {module.serial}"
    picture.text(_LEFT, 47.5, f"{module.ratings.model} · {serial}", 3.6, "soft", "start")
    bottom = _zones(picture, plan, module, 56)
    for number, (name, words) in enumerate(facts):
        y = bottom + 8 + 5 * number
        picture.text(_LEFT, y, name, 3.2, "strong", "start")
        picture.fitted(_LEFT + 28, y, words, 3.2, "", _WIDTH - 2 * _LEFT - 28, "start")
    top = bottom + 13 + 5 * len(facts)
    for number, line in enumerate(small_print):
        picture.text(_LEFT, top + 4 * number, line, 2.8, "soft", "start")
    return picture


def _strip(picture: Picture, module: ModulePlan, top: float) -> None:
    width = module.ratings.width_mm.value
    picture.rect(_LEFT, top, width, _STRIP_HEIGHT, "free")
    cell = width / (len(ZONES) + 1)
    for number in range(len(ZONES) + 1):
        left = _LEFT + cell * number
        if number:
            picture.path([(left, top), (left, top + _STRIP_HEIGHT)], "rule")
        text = module.name if number == 0 else module.program.zone_names[number - 1] or "–"
        label = "Module" if number == 0 else f"Zone {number}"
        picture.text(left + cell / 2, top + 3.6, label, 2.4, "soft")
        picture.on_two_lines(left + cell / 2, top + 7.8, text, 3.6, "strong", cell - 2)
    words = f"Cut out: as wide as the module, {module.ratings.width_mm}"
    picture.text(_LEFT, top + _STRIP_HEIGHT + 4, words, 2.6, "soft", "start")


def _zones(picture: Picture, plan: Plan, module: ModulePlan, top: float) -> float:
    for x, head in zip(_COLUMNS, ("Zone", "Name", "Load", "Current", "Override"), strict=True):
        picture.text(x, top, head, 3, "soft", "start")
    volts = plan.volts_of(module)
    for zone in ZONES:
        y = top + _ROW * zone
        picture.path([(_LEFT, y - 6.2), (_WIDTH - _LEFT, y - 6.2)], "rule")
        load = module.loads[zone - 1]
        action = module.program.override_actions[zone - 1]
        row = (
            str(int(zone)),
            module.program.zone_names[zone - 1] or "–",
            "–" if load is None else load_words(load),
            "–" if load is None else f"{load.current_a(volts):.3g} A",
            "stays as it is" if action is OverrideAction.UNAFFECTED else action.value,
        )
        for x, end, text in zip(_COLUMNS, (*_COLUMNS[1:], _WIDTH - _LEFT), row, strict=True):
            picture.fitted(x, y - 1.4, text, 3.5, "", end - x - 2, "start")
        picture.fitted(_COLUMNS[1], y + 2, _controls(plan, module, zone), 2.4, "soft", 150, "start")
    bottom = top + _ROW * len(ZONES) + 4
    picture.path([(_LEFT, bottom), (_WIDTH - _LEFT, bottom)], "rule")
    most = module.ratings.module_max
    words = f"together {plan.current_a(module):.3g} A of {most}"
    picture.text(_COLUMNS[3], bottom + 4.6, words, 3.2, "strong", "start")
    return bottom + 4


def _controls(plan: Plan, module: ModulePlan, zone: ZoneNumber) -> str:
    """Return which buttons of which wallstations control a zone."""
    buttons = [
        f"{device.name} {button.number}" + (f" ({button.name})" if button.name else "")
        for device in plan.wallstations
        for button in device.buttons
        if any(
            target.id == module.id and zone in zones
            for target, zones in (*button.zones, *button.off_zones)
        )
    ]
    return f"controlled by {', '.join(buttons)}" if buttons else ""


def _facts(plan: Plan, module: ModulePlan) -> list[tuple[str, str]]:
    feed = plan.feed_of(module)
    program = module.program
    facts = [("Mains", "no feed planned" if feed is None else f"feed {feed.id}, {feed.volts:g} V")]
    if feed is not None and len(feed.modules) > 1:
        chain = ", ".join(other.name for other in feed.modules)
        facts.append(("Fed through", f"{chain}: 16 A in all"))
    is_separate = module.neutrals is Neutrals.SEPARATE
    facts.append(("Neutrals", "separate for each load" if is_separate else "common"))
    held_by = [group for group in plan.emergency_groups if module in group.modules]
    cci = "jumper stays in"
    if held_by:
        others = len(held_by[0].modules) - 1
        with_others = f", with {counted(others, 'other module')}" if others else ""
        cci = f"{held_by[0].name}{with_others}"
    facts.append(("CCI", f"{cci}; debounce {program.cci_debounce_s * 1000:g} ms"))
    kind = "maintained"
    if program.cco_type is CcoType.MOMENTARY:
        kind = f"momentary, {program.cco_pulse_s:g} s"
    load = module.cco_load
    if load is not None:
        diode = ", flyback diode" if load.has_flyback_diode else ""
        kind += (
            f"; {load.name or 'load'}: {load.volts:g} V {load.current.value.upper()}, "
            f"{load.amps:g} A, {load.kind.value}{diode}"
        )
    facts.append(("CCO", kind))
    for panel in plan.panels:
        for number, rail in enumerate(panel.rails, start=1):
            if module in rail.holds:
                facts.append(("Panel", f"{panel.name}, rail {number}"))
    if module.groups:
        facts.append(("Groups", ", ".join(str(int(group)) for group, _zones in module.groups)))
    return facts
