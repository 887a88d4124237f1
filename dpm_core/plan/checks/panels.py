"""Where the modules are mounted: space on the rail, heat, reach, noise.

Source: 3691060c, "Mounting".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dpm_core.model import Figure
from dpm_core.plan.findings import Finding, Severity, is_above, said
from dpm_core.plan.planned_module import ModulePlan
from dpm_core.plan.site import Filler, Mounting, Panel, Plan, Rail

MOUNTING: Final = "Mounting"


def width_din(item: ModulePlan | Filler) -> float:
    """Return how wide something on a rail is, in DIN modules."""
    return item.din_modules if isinstance(item, Filler) else item.ratings.din_modules.value


def used_din(rail: Rail) -> float:
    """Return how much of a rail is used, in DIN modules."""
    return sum(width_din(item) for item in rail.holds)


def rail_space(plan: Plan) -> Iterator[Finding]:
    """Every rail is wide enough for what it holds."""
    for panel in plan.panels:
        for number, rail in enumerate(panel.rails, start=1):
            used = used_din(rail)
            if is_above(used, Figure(rail.width_din, "DIN modules", MOUNTING)):
                yield Finding(
                    severity=Severity.ERROR,
                    rule="rail-space",
                    item=f"panel {panel.id}, rail {number}",
                    line=rail.line,
                    words=f"it has {said(rail.width_din, 'DIN modules')}, and what it holds needs "
                    f"{said(used, '')}; one module needs 9 (161.7 mm)",
                    figure=said(used, "DIN modules"),
                    limit=said(rail.width_din, "DIN modules"),
                    heading=MOUNTING,
                )


def heat_btu_h(panel: Panel) -> float:
    """Return the most heat that a panel's modules give off, as far as their heat is stated."""
    return sum(
        module.ratings.heat_max.value
        for module in panel.modules
        if module.ratings.heat_max is not None
    )


def panel_heat(plan: Plan) -> Iterator[Finding]:
    """Every panel sheds the heat of its modules."""
    for panel in plan.panels:
        most = panel.heat_max_btu_h
        heat = heat_btu_h(panel)
        if most is not None and is_above(heat, Figure(most, "BTU/h", MOUNTING)):
            yield Finding(
                severity=Severity.ERROR,
                rule="panel-heat",
                item=f"panel {panel.id}",
                line=panel.line,
                words=f"its modules give off up to {said(heat, 'BTU/h')}, and it sheds "
                f"{said(most, 'BTU/h')}",
                figure=said(heat, "BTU/h"),
                limit=said(most, "BTU/h"),
                heading=MOUNTING,
            )


def mounting(plan: Plan) -> Iterator[Finding]:
    """Every panel is of a kind that is allowed, can be reached, and may click."""
    for panel in plan.panels:
        for is_wrong, rule, words in (
            (
                panel.mounting is Mounting.OTHER,
                "mounting",
                (
                    "a module is mounted in a Lutron DIN panel or in a NEMA Type 1 enclosure with "
                    "a DIN rail"
                ),
            ),
            (
                panel.is_accessible is False,
                "accessible",
                "it cannot be reached for service, and modules must be",
            ),
            (
                panel.is_clicking_accepted is False,
                "noise",
                "noise is not acceptable there, and the relays of a module click",
            ),
        ):
            if is_wrong:
                yield Finding(
                    severity=Severity.ERROR,
                    rule=rule,
                    item=f"panel {panel.id}",
                    line=panel.line,
                    words=words,
                    heading=MOUNTING,
                )


def not_mounted(plan: Plan) -> Iterator[Finding]:
    """Every module is on a rail, if the plan has any."""
    mounted = {module.id for panel in plan.panels for module in panel.modules}
    for module in plan.modules:
        if plan.panels and module.id not in mounted:
            yield Finding(
                severity=Severity.WARNING,
                rule="not-mounted",
                item=f"module {module.id}",
                line=module.line,
                words="the plan has panels, and this module is on no rail",
                heading=MOUNTING,
            )
