"""A planned site on paper: what is wired to the modules of a link, and whether that is allowed.

Pure: it reads a text and returns values, findings and pictures; it opens nothing.
"""

from __future__ import annotations

from dpm_core.plan.checks import REMINDERS, check_plan, heat_btu_h, used_din
from dpm_core.plan.document import PLAN_OCTETS_MAX, VERSION_KEY, read_plan
from dpm_core.plan.drawing import PAGE, draw_plan
from dpm_core.plan.findings import Finding, Severity
from dpm_core.plan.planned_module import (
    CcoLoad,
    CcoLoadKind,
    Current,
    Load,
    ModulePlan,
    Neutrals,
    UnratedLoad,
    Wires,
)
from dpm_core.plan.site import (
    Button,
    ButtonAction,
    CableRun,
    EmergencyGroup,
    Feed,
    Filler,
    LinkDevice,
    Mounting,
    Panel,
    Plan,
    Processor,
    Protection,
    Rail,
    Supply,
)

__all__ = [
    "PAGE",
    "PLAN_OCTETS_MAX",
    "REMINDERS",
    "VERSION_KEY",
    "Button",
    "ButtonAction",
    "CableRun",
    "CcoLoad",
    "CcoLoadKind",
    "Current",
    "EmergencyGroup",
    "Feed",
    "Filler",
    "Finding",
    "LinkDevice",
    "Load",
    "ModulePlan",
    "Mounting",
    "Neutrals",
    "Panel",
    "Plan",
    "Processor",
    "Protection",
    "Rail",
    "Severity",
    "Supply",
    "UnratedLoad",
    "Wires",
    "check_plan",
    "draw_plan",
    "heat_btu_h",
    "read_plan",
    "used_din",
]
