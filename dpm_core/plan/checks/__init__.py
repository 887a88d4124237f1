"""Whether the specification allows what is planned: one function for each rule.

House rule: a rule reads the plan and yields findings; its figures come from
`dpm_core.model.ratings`. A new rule is one line in `RULES` and one row in docs/plan.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from dpm_core.plan.checks.cables import (
    cable_length,
    cable_shape,
    cable_type,
    cable_wires,
    cable_words,
    terminal_2,
)
from dpm_core.plan.checks.contacts import cco_inductive, cco_ratings, emergency_contacts
from dpm_core.plan.checks.environment import calibration_point, humidity, temperatures
from dpm_core.plan.checks.feeds import delta, feed_current, feed_voltage, neutrals, single_feed
from dpm_core.plan.checks.hazards import REMINDERS, moving_equipment, visibility
from dpm_core.plan.checks.link_limits import link_capacity, software
from dpm_core.plan.checks.loads import (
    module_current,
    motors,
    plug_in_lamps,
    receptacles,
    watts,
    zone_current,
)
from dpm_core.plan.checks.panels import (
    heat_btu_h,
    mounting,
    not_mounted,
    panel_heat,
    rail_space,
    used_din,
    width_din,
)
from dpm_core.plan.checks.terminals import class_2, link_terminals, terminal_wires
from dpm_core.plan.findings import Finding
from dpm_core.plan.site import Plan

__all__ = [
    "REMINDERS",
    "RULES",
    "Rule",
    "cable_words",
    "check_plan",
    "heat_btu_h",
    "used_din",
    "width_din",
]

Rule: TypeAlias = Callable[[Plan], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    receptacles,
    zone_current,
    module_current,
    motors,
    plug_in_lamps,
    watts,
    visibility,
    moving_equipment,
    feed_current,
    feed_voltage,
    single_feed,
    delta,
    neutrals,
    link_capacity,
    software,
    cable_length,
    cable_type,
    cable_wires,
    terminal_2,
    cable_shape,
    terminal_wires,
    link_terminals,
    class_2,
    cco_ratings,
    cco_inductive,
    emergency_contacts,
    temperatures,
    calibration_point,
    humidity,
    rail_space,
    panel_heat,
    mounting,
    not_mounted,
)
"""Every rule, in the order in which an installer thinks of them."""


def check_plan(plan: Plan) -> tuple[Finding, ...]:
    """Return everything that the specification has to say about a plan, errors first."""
    found = [finding for rule in RULES for finding in rule(plan)]
    return tuple(sorted(found, key=lambda finding: not finding.is_error))
