"""The wires in a module's terminals, and the distance between Class 2 and mains.

Source: 3691060c, "Terminals" and "Mains Wiring and NEC Class 2 Separation".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dpm_core.model import (
    CONTACT_TWO_WIRES,
    CONTACT_WIRE,
    LINK_TWO_WIRES,
    LINK_WIRE,
    MAINS_WIRE,
    ZONE_WIRE,
)
from dpm_core.plan.findings import Finding, Severity
from dpm_core.plan.planned_module import ModulePlan
from dpm_core.plan.site import CableRun, Plan

CLASS_2: Final = "Mains Wiring and NEC® Class 2 Separation"


def terminal_wires(plan: Plan) -> Iterator[Finding]:
    """Every terminal takes the wires that are planned for it."""
    for module in plan.modules:
        wires = module.wires
        is_double = wires.contacts_together > 1
        planned = (
            ("mains", wires.mains_awg, MAINS_WIRE, "one wire"),
            ("zone", wires.zones_awg, ZONE_WIRE, "one wire"),
            (
                "CCI and CCO",
                wires.contacts_awg,
                CONTACT_TWO_WIRES if is_double else CONTACT_WIRE,
                "two wires together" if is_double else "one wire",
            ),
        )
        for what, gauge_awg, allowed, how_many in planned:
            if gauge_awg is not None and not allowed.takes(gauge_awg):
                yield Finding(
                    severity=Severity.ERROR,
                    rule="terminal-wires",
                    item=f"module {module.id}",
                    line=wires.line,
                    words=f"its {what} terminals take {how_many} of {allowed}, not {gauge_awg} AWG",
                    figure=f"{gauge_awg} AWG",
                    limit=str(allowed),
                    heading=allowed.heading,
                )


def link_terminals(plan: Plan) -> Iterator[Finding]:
    """The link terminals take the cable runs that meet at a module."""
    for module in plan.modules:
        runs = [run for run in plan.cables if module.id in (run.start, run.end)]
        if len(runs) > 2:
            yield Finding(
                severity=Severity.ERROR,
                rule="link-terminals",
                item=f"module {module.id}",
                line=module.line,
                words=f"{len(runs)} runs meet at its link terminals, which take two wires at most",
                figure=f"{len(runs)} wires",
                limit="2 wires",
                heading=LINK_WIRE.heading,
                advice="Make a T-tap beside the module, and plan it among the taps.",
            )
        for run in runs:
            yield from _gauges(module, run, is_double=len(runs) > 1)


def _gauges(module: ModulePlan, run: CableRun, *, is_double: bool) -> Iterator[Finding]:
    if run.cable:  # the specification names these cables itself
        return
    allowed = LINK_TWO_WIRES if is_double else LINK_WIRE
    for what, gauge_awg in (("control", run.control_awg), ("data", run.data_awg)):
        if gauge_awg is None or allowed.takes(gauge_awg):
            continue
        # The link may be wired with a pair of 22 AWG, which no terminal takes alone: at the end
        # of a chain the document contradicts itself, so the installer is asked to judge.
        is_end_of_chain = not is_double and gauge_awg == LINK_TWO_WIRES.finest_awg
        yield Finding(
            severity=Severity.WARNING if is_end_of_chain and what == "data" else Severity.ERROR,
            rule="link-terminals",
            item=f"module {module.id}",
            line=run.line,
            words=f"its link terminals take {'two wires' if is_double else 'one wire'} of "
            f"{allowed}, not a {what} wire of {gauge_awg} AWG (cable {run.start} to {run.end})",
            figure=f"{gauge_awg} AWG",
            limit=str(allowed),
            heading=allowed.heading,
        )


def class_2(plan: Plan) -> Iterator[Finding]:
    """Link, CCI and CCO wiring is kept apart from mains."""
    for module in plan.modules:
        if module.is_class_2_separated is False:
            yield Finding(
                severity=Severity.ERROR,
                rule="class-2",
                item=f"module {module.id}",
                line=module.line,
                words="its link, CCI and CCO wiring is NEC Class 2 and is not kept apart from "
                "mains",
                heading=CLASS_2,
                advice="Follow the local and national codes for separation.",
            )
