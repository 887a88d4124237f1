"""A planned site on paper: what is wired to the modules of a link, and whether that is allowed.

Pure: it reads a text and returns values, findings and pictures; it opens nothing.
"""

from __future__ import annotations

from dpm_core.plan.checks import REMINDERS, cable_words, check_plan, heat_btu_h, used_din
from dpm_core.plan.document import PLAN_OCTETS_MAX, VERSION_KEY, read_plan
from dpm_core.plan.drawing import PAGE, draw_plan
from dpm_core.plan.findings import Finding, Severity
from dpm_core.plan.planned_module import (
    Load,
    ModulePlan,
    Neutrals,
    PlannedCcoLoad,
    UnratedLoad,
    Wires,
)
from dpm_core.plan.program_changes import Change, program_changes
from dpm_core.plan.program_document import (
    PROGRAM_OCTETS_MAX,
    PROGRAM_VERSION,
    PROGRAM_VERSION_KEY,
    ProgramDocument,
    program_fields,
    read_programs,
    whole_document,
    write_program,
)
from dpm_core.plan.site import (
    Button,
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
from dpm_core.plan.wallstations_document import read_wallstations

__all__ = [
    "PAGE",
    "PLAN_OCTETS_MAX",
    "PROGRAM_OCTETS_MAX",
    "PROGRAM_VERSION",
    "PROGRAM_VERSION_KEY",
    "REMINDERS",
    "VERSION_KEY",
    "Button",
    "CableRun",
    "Change",
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
    "PlannedCcoLoad",
    "Processor",
    "ProgramDocument",
    "Protection",
    "Rail",
    "Severity",
    "Supply",
    "UnratedLoad",
    "Wires",
    "cable_words",
    "check_plan",
    "draw_plan",
    "heat_btu_h",
    "program_changes",
    "program_fields",
    "read_plan",
    "read_programs",
    "read_wallstations",
    "used_din",
    "whole_document",
    "write_program",
]
