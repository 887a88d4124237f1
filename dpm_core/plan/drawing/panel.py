"""One panel: its rails with their modules side by side, at true width."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from dpm_core.model import DIN_MODULES, WIDTH_MM
from dpm_core.plan.checks import heat_btu_h, used_din
from dpm_core.plan.drawing.face import FACE_HEIGHT_MM, draw_module
from dpm_core.plan.drawing.svg import Picture
from dpm_core.plan.findings import counted
from dpm_core.plan.site import Filler, Mounting, Panel, Plan, Rail

DIN_MODULE_MM: Final = WIDTH_MM.value / DIN_MODULES.value
"""Width of one DIN module. Source: 3691060c, "Mounting": 9 DIN modules are 161.7 mm."""

_MARGIN: Final = 10.0
_HEAD: Final = 26.0
_RAIL_STEP: Final = FACE_HEIGHT_MM + 20
_RAIL_HEIGHT: Final = 35.0
"""Height of a DIN rail. Source: IEC 60715, top hat rail TH 35."""

_MOUNTING_WORDS: Final = {
    Mounting.LUTRON_DIN_PANEL: "Lutron DIN panel",
    Mounting.NEMA_1: "NEMA Type 1 enclosure",
    Mounting.OTHER: "another enclosure",
}


def draw_panel(plan: Plan, panel: Panel, bad: Collection[str]) -> Picture:
    """Return the picture of a panel.

    Args:
        plan: The plan that it belongs to.
        panel: The panel.
        bad: Identifiers of the modules with something against the specification.
    """
    widest = max((_width_mm(rail) for rail in panel.rails), default=WIDTH_MM.value)
    picture = Picture(
        widest + 4 * _MARGIN,
        _HEAD + _RAIL_STEP * len(panel.rails) + _MARGIN,
        f"Panel {panel.name}: {', '.join(module.name for module in panel.modules)}",
    )
    picture.rect(0, 0, picture.width_mm, picture.height_mm, "paper")
    picture.rect(
        _MARGIN / 2,
        _MARGIN / 2,
        picture.width_mm - _MARGIN,
        picture.height_mm - _MARGIN,
        "card",
        4,
    )
    picture.fitted(
        2 * _MARGIN, 18, panel.name, 7, "strong", picture.width_mm - 4 * _MARGIN, "start"
    )
    heat = f"up to {heat_btu_h(panel):g} BTU/h of heat"
    rails = counted(len(panel.rails), "rail")
    where = "" if panel.mounting is None else f"{_MOUNTING_WORDS[panel.mounting]}, "
    words = f"{where}{rails}, {heat}; breakers off before servicing"
    picture.fitted(2 * _MARGIN, 25, words, 3.6, "soft", picture.width_mm - 4 * _MARGIN, "start")
    for number, rail in enumerate(panel.rails, start=1):
        _rail(picture, plan, rail, number, bad)
    return picture


def _width_mm(rail: Rail) -> float:
    return max(rail.width_din, used_din(rail)) * DIN_MODULE_MM


def _rail(picture: Picture, plan: Plan, rail: Rail, number: int, bad: Collection[str]) -> None:
    top = _HEAD + _RAIL_STEP * (number - 1) + 12
    left = 2 * _MARGIN
    used, is_over = used_din(rail), used_din(rail) > rail.width_din
    words = f"Rail {number}: {used:g} of {rail.width_din:g} DIN modules"
    picture.text(left, top - 3, words, 3.4, "bad" if is_over else "soft", "start")
    middle = top + (FACE_HEIGHT_MM - _RAIL_HEIGHT) / 2
    picture.rect(left, middle, rail.width_din * DIN_MODULE_MM, _RAIL_HEIGHT, "rail")
    for item in rail.holds:
        if isinstance(item, Filler):
            width = item.din_modules * DIN_MODULE_MM
            picture.rect(left, top, width, FACE_HEIGHT_MM, "filler", 2)
            picture.on_two_lines(
                left + width / 2, top + FACE_HEIGHT_MM / 2 - 3, item.name, 3.4, "soft", width - 2
            )
        else:
            width = item.ratings.width_mm.value
            draw_module(picture, plan, item, left, top, is_bad=item.id in bad)
        left += width
    free = rail.width_din - used
    if free > 0:
        width = free * DIN_MODULE_MM
        picture.rect(left, top, width, FACE_HEIGHT_MM, "free", 2)
        picture.fitted(
            left + width / 2, top + FACE_HEIGHT_MM / 2 + 1, f"{free:g} free", 3.4, "soft", width
        )
