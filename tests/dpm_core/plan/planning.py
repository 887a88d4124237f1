"""Short ways to write a plan and to ask for what is wrong with it."""

from collections.abc import Callable, Iterator

import pytest

from dpm_core.errors import InvalidDocument
from dpm_core.plan import Finding, Plan, Severity, read_plan

HEAD = "lutron_dpm_plan: 1\n"


def plan(rest: str, modules: str = "modules: {hall: {}}\n") -> Plan:
    """Read a plan with a module `hall` in it, unless others are given."""
    return read_plan(HEAD + modules + rest, "plan.yaml")


def with_module(fields: str, rest: str = "") -> Plan:
    """Read a plan with one module `hall` that has these fields."""
    return plan(rest, f"modules: {{hall: {{{fields}}}}}\n")


def with_load(load: str, model: str = "LQSE-4S8-120-D", rest: str = "") -> Plan:
    """Read a plan whose zone 2, the stairs, has this load."""
    zones = f"zones: {{2: {{name: Stairs, load: {{{load}}}}}}}"
    return with_module(f"model: {model}, {zones}", rest)


def errors(rule: Callable[[Plan], Iterator[Finding]], planned: Plan) -> list[Finding]:
    """Return the errors that a rule finds."""
    return [finding for finding in rule(planned) if finding.severity is Severity.ERROR]


def warnings(rule: Callable[[Plan], Iterator[Finding]], planned: Plan) -> list[Finding]:
    """Return the warnings that a rule finds."""
    return [finding for finding in rule(planned) if finding.severity is Severity.WARNING]


def refused(text: str) -> InvalidDocument:
    """Read a document that is refused, and return why."""
    with pytest.raises(InvalidDocument) as caught:
        read_plan(text, "plan.yaml")
    assert str(caught.value).startswith(f"plan.yaml, line {caught.value.line}: ")
    return caught.value
