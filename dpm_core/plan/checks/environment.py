"""How warm and how damp it is where the modules are.

Source: 3691060c, "Environment" and "Mounting".
"""

from __future__ import annotations

from collections.abc import Iterator

from dpm_core.model import (
    AMBIENT_MAX_C,
    AMBIENT_MIN_C,
    CALIBRATION_POINT_MAX_C,
    HUMIDITY_MAX_PERCENT,
    NEAR_UNIT,
)
from dpm_core.plan.findings import TOLERANCE, Finding, Severity, is_above, is_below, said
from dpm_core.plan.site import Panel, Plan


def temperatures(plan: Plan) -> Iterator[Finding]:
    """Room and panel are neither too cold nor too warm."""
    for panel in plan.panels:
        places = (
            (panel.room_c, "room-temperature", "the room"),
            (panel.inside_c, "panel-temperature", f"the panel within {NEAR_UNIT} of the modules"),
        )
        for ends, rule, where in places:
            if ends is None:
                continue
            wrong = [ends[0]] if is_below(ends[0], AMBIENT_MIN_C) else []
            wrong += [ends[1]] if is_above(ends[1], AMBIENT_MAX_C) else []
            for value in wrong:
                limits = f"{AMBIENT_MIN_C.value:g} to {AMBIENT_MAX_C}"
                yield Finding(
                    severity=Severity.ERROR,
                    rule=rule,
                    item=f"panel {panel.id}",
                    line=panel.line,
                    words=f"{said(value, '°C')} in {where} is outside {limits}",
                    figure=said(value, "°C"),
                    limit=limits,
                    heading=AMBIENT_MAX_C.heading,
                )


def calibration_point(plan: Plan) -> Iterator[Finding]:
    """No module's calibration point gets too warm."""
    for module in plan.modules:
        value = module.calibration_point_c
        if value is not None and is_above(value, CALIBRATION_POINT_MAX_C):
            yield Finding(
                severity=Severity.ERROR,
                rule="calibration-point",
                item=f"module {module.id}",
                line=module.line,
                words=f"{said(value, '°C')} at its calibration point is more than "
                f"{CALIBRATION_POINT_MAX_C}",
                figure=said(value, "°C"),
                limit=str(CALIBRATION_POINT_MAX_C),
                heading=CALIBRATION_POINT_MAX_C.heading,
            )


def humidity(plan: Plan) -> Iterator[Finding]:
    """It is dry enough, and indoors."""
    for panel in plan.panels:
        yield from _damp(panel)
        for is_wrong, rule, words in (
            (panel.is_condensing is True, "condensing", "the air may condense in it"),
            (panel.is_indoor is False, "indoor", "it is outdoors, and modules are for indoor use"),
        ):
            if is_wrong:
                yield Finding(
                    severity=Severity.ERROR,
                    rule=rule,
                    item=f"panel {panel.id}",
                    line=panel.line,
                    words=words,
                    heading=HUMIDITY_MAX_PERCENT.heading,
                )


def _damp(panel: Panel) -> Iterator[Finding]:
    value = panel.humidity_percent
    # Less than, so the figure itself is too much.
    if value is not None and value > HUMIDITY_MAX_PERCENT.value - TOLERANCE:
        yield Finding(
            severity=Severity.ERROR,
            rule="humidity",
            item=f"panel {panel.id}",
            line=panel.line,
            words=f"a relative humidity of {said(value, '%')} is not less than "
            f"{HUMIDITY_MAX_PERCENT}",
            figure=said(value, "%"),
            limit=f"less than {HUMIDITY_MAX_PERCENT}",
            heading=HUMIDITY_MAX_PERCENT.heading,
        )
