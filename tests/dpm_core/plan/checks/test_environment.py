"""It is warm, dry and indoors where modules are, each to the degree."""

import pytest

from dpm_core.plan import Plan
from dpm_core.plan.checks.environment import calibration_point, humidity, temperatures
from tests.dpm_core.plan.planning import plan, with_module


def panel(fields: str) -> Plan:
    return plan(f"panels: {{a: {{{fields}, rails: []}}}}\n")


@pytest.mark.requirement("F2")
@pytest.mark.parametrize(
    ("field", "rule"), [("room_c", "room-temperature"), ("inside_c", "panel-temperature")]
)
def test_room_and_panel_are_at_0_to_40_degrees(field: str, rule: str) -> None:
    assert not list(temperatures(panel(f"{field}: [0, 40]")))
    found = list(temperatures(panel(f"{field}: [-0.1, 40.1]")))
    assert [(one.rule, one.figure, one.limit) for one in found] == [
        (rule, "-0.1 °C", "0 to 40 °C"),
        (rule, "40.1 °C", "0 to 40 °C"),
    ]
    assert all(finding.is_error and finding.heading == "Mounting" for finding in found)


@pytest.mark.requirement("F2")
def test_in_the_panel_it_is_measured_within_20_mm() -> None:
    (finding,) = temperatures(panel("inside_c: [20, 41]"))
    assert "within 20 mm" in finding.words


@pytest.mark.requirement("F2")
def test_the_calibration_point_is_at_65_degrees_at_most() -> None:
    assert not list(calibration_point(with_module("calibration_point_c: 65")))
    (finding,) = calibration_point(with_module("calibration_point_c: 65.1"))
    assert finding.is_error
    assert (finding.figure, finding.limit) == ("65.1 °C", "65 °C")
    assert not list(calibration_point(plan("")))


@pytest.mark.requirement("F2")
def test_the_humidity_is_below_90_percent() -> None:
    assert not list(humidity(panel("humidity_percent: 89.9")))
    (finding,) = humidity(panel("humidity_percent: 90"))
    assert finding.is_error
    assert (finding.figure, finding.limit) == ("90 %", "less than 90 %")


@pytest.mark.requirement("F2")
@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ("condensing: no, indoor: yes", []),
        ("condensing: yes", ["condensing"]),
        ("indoor: no", ["indoor"]),
        ("name: A", []),
    ],
)
def test_it_is_indoors_and_nothing_condenses(fields: str, rules: list[str]) -> None:
    found = list(humidity(panel(fields)))
    assert [finding.rule for finding in found] == rules
    assert all(finding.is_error and finding.heading == "Environment" for finding in found)


def test_what_nobody_measured_is_not_checked() -> None:
    assert not list(temperatures(panel("name: A")))
