"""What the CCO switches, and how many CCIs an emergency contact holds.

Source: 3691060c, "Contact Closure Output (CCO)" and "Wiring: Manual Override Contact Closure
Input and Contact Closure Output".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dpm_core.model import (
    CCO_AC_MAX_A,
    CCO_DC_MAX_A,
    CCO_MAX_V,
    CONTACT_MODULES_MAX,
    FLYBACK_DIODE,
    CcoCurrent,
    CcoLoadKind,
    Figure,
)
from dpm_core.plan.findings import Finding, Severity, is_above, said
from dpm_core.plan.planned_module import ModulePlan, PlannedCcoLoad
from dpm_core.plan.site import Plan

CONTACT_MODULES: Final = Figure(
    CONTACT_MODULES_MAX,
    "modules",
    "Wiring: Manual Override Contact Closure Input and Contact Closure Output",
)


def cco_ratings(plan: Plan) -> Iterator[Finding]:
    """The CCO switches no more volts and amperes than it may."""
    for module in plan.modules:
        load = module.cco_load
        if load is None:
            continue
        most = CCO_DC_MAX_A if load.current is CcoCurrent.DC else CCO_AC_MAX_A
        for value, limit, rule in (
            (load.volts, CCO_MAX_V, "cco-voltage"),
            (load.amps, most, "cco-current"),
        ):
            if is_above(value, limit):
                figure = said(value, limit.unit)
                yield Finding(
                    severity=Severity.ERROR,
                    rule=rule,
                    item=_name(module, load),
                    line=load.line,
                    words=f"{figure} {load.current.value.upper()} is more than the {limit} that "
                    "the CCO may switch",
                    figure=figure,
                    limit=str(limit),
                    heading=limit.heading,
                )


def cco_inductive(plan: Plan) -> Iterator[Finding]:
    """An inductive load is on DC and has a flyback diode."""
    for module in plan.modules:
        load = module.cco_load
        if load is None or load.kind is not CcoLoadKind.INDUCTIVE:
            continue
        if load.current is CcoCurrent.AC:
            words = "the CCO may switch an inductive load on DC only, and this one is on AC"
        elif not load.has_flyback_diode:
            words = "the CCO may switch an inductive load only with a flyback diode across it"
        else:
            continue
        yield Finding(
            severity=Severity.ERROR,
            rule="cco-inductive",
            item=_name(module, load),
            line=load.line,
            words=words,
            heading=CCO_MAX_V.heading,
            advice=FLYBACK_DIODE,
        )


def emergency_contacts(plan: Plan) -> Iterator[Finding]:
    """No contact holds the CCIs of more modules than it may."""
    for group in plan.emergency_groups:
        if is_above(len(group.modules), CONTACT_MODULES):
            yield Finding(
                severity=Severity.ERROR,
                rule="emergency-contact",
                item=f"emergency contact {group.id}",
                line=group.line,
                words=f"it would hold the CCIs of {len(group.modules)} modules in parallel, and "
                f"may hold {CONTACT_MODULES}",
                figure=f"{len(group.modules)} modules",
                limit=str(CONTACT_MODULES),
                heading=CONTACT_MODULES.heading,
                advice="Use a second contact.",
            )


def _name(module: ModulePlan, load: PlannedCcoLoad) -> str:
    return f"module {module.id}, CCO" + (f" ({load.name})" if load.name else "")
