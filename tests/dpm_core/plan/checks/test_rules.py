"""Every rule is asked, and every finding can be followed to its source."""

import inspect

import pytest

from dpm_core.plan import check_plan, checks, findings
from dpm_core.plan.checks import RULES
from dpm_core.plan.findings import Finding, Severity, said
from tests.dpm_core.plan.planning import plan, with_load


def test_every_rule_of_every_file_is_asked() -> None:
    written = {
        function
        for module in vars(checks).values()
        if inspect.ismodule(module) and module.__name__.startswith("dpm_core.plan.checks.")
        for name, function in vars(module).items()
        if inspect.isgeneratorfunction(function)
        and not name.startswith("_")
        and list(inspect.signature(function).parameters) == ["plan"]
        and function.__module__ == module.__name__
    }
    assert written - {checks.loads.loads_of} == set(RULES)  # type: ignore[attr-defined]  # a module


@pytest.mark.requirement("A6")
def test_errors_come_first_and_each_names_item_figure_limit_and_heading() -> None:
    found = check_plan(with_load("type: motor, watts: 1200"))
    assert [finding.severity for finding in found[:1]] == [Severity.ERROR]
    assert {finding.severity for finding in found[1:]} == {Severity.WARNING}
    assert found[0].as_fields() == {
        "severity": "error",
        "rule": "zone-current",
        "item": "module hall, zone 2 (Stairs)",
        "line": 2,
        "words": "10 A of motor load is more than the 8 A that one zone of the LQSE-4S8-120-D "
        "may switch",
        "figure": "10 A",
        "limit": "8 A",
        "document": "3691060c",
        "heading": "Output Zone Ratings",
        "advice": "For higher wattage at 120 V, use PHPM-SW-DV-WH or GRX-TVI.",
    }


def test_a_plan_with_nothing_wrong_has_no_findings() -> None:
    assert check_plan(plan("")) == ()


def test_a_finding_is_said_in_a_sentence_with_its_source() -> None:
    finding = Finding(
        severity=Severity.WARNING, rule="r", item="it", line=1, words="is so", heading="Power"
    )
    assert finding.sentence == "it: is so."
    assert finding.source == '3691060c, "Power"'


def test_a_figure_is_said_so_that_it_differs_from_its_limit() -> None:
    assert said(8.000001, "A") == "8.000001 A"
    assert said(16.0, "A") == "16 A"
    assert said(3, "") == "3"
    assert findings.TOLERANCE < 1e-6
