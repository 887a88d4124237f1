"""Every terminal takes the wires that the specification names for it."""

import pytest

from dpm_core.plan.checks.terminals import class_2, link_terminals, terminal_wires
from tests.dpm_core.plan.planning import errors, plan, warnings, with_module


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    ("wires", "finest", "thickest"),
    [
        ("mains_awg: {}", 18, 12),
        ("zones_awg: {}", 18, 12),
        ("contacts_awg: {}", 20, 12),
        ("contacts_awg: {}, contacts_together: 2", 22, 16),
    ],
)
def test_a_terminal_takes_its_gauges_and_no_other(wires: str, finest: int, thickest: int) -> None:
    def found(awg: int) -> list[str]:
        planned = with_module(f"wires: {{{wires.format(awg)}}}")
        return [finding.limit for finding in errors(terminal_wires, planned)]

    assert found(finest) == []
    assert found(thickest) == []
    assert found(finest + 1) == [f"{finest} AWG to {thickest} AWG"]
    assert found(thickest - 1) == [f"{finest} AWG to {thickest} AWG"]


def test_wires_that_nobody_planned_are_not_checked() -> None:
    assert not list(terminal_wires(plan("")))


def cables(count: int, control: int, data: int) -> str:
    runs = ", ".join(
        f"{{from: hall, to: tap{number}, metres: 1, control_awg: {control}, data_awg: {data}}}"
        for number in range(count)
    )
    taps = ", ".join(f"tap{number}" for number in range(count))
    return f"link: {{taps: [{taps}], cables: [{runs}]}}\n"


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    ("count", "control", "is_right"),
    [
        (1, 20, True),
        (1, 12, True),
        (1, 21, False),
        (1, 11, False),
        (2, 22, True),
        (2, 18, True),
        (2, 23, False),
        (2, 17, False),
    ],
)
def test_a_link_terminal_takes_one_wire_or_two(count: int, control: int, is_right: bool) -> None:
    found = errors(link_terminals, plan(cables(count, control, 20)))
    assert len(found) == (0 if is_right else count)
    assert all(finding.heading == "Terminals" for finding in found)


def test_a_pair_of_22_awg_alone_is_for_the_installer_to_judge() -> None:
    (finding,) = link_terminals(plan(cables(1, 18, 22)))
    assert finding in warnings(link_terminals, plan(cables(1, 18, 22)))
    assert (finding.figure, finding.limit) == ("22 AWG", "20 AWG to 12 AWG")
    assert not list(link_terminals(plan(cables(2, 18, 22))))


@pytest.mark.requirement("E2")
def test_a_third_run_needs_a_t_tap() -> None:
    assert not list(link_terminals(plan(cables(2, 18, 20))))
    (finding,) = link_terminals(plan(cables(3, 18, 20)))
    assert finding.is_error
    assert (finding.figure, finding.limit) == ("3 wires", "2 wires")


def test_lutrons_own_cables_fit() -> None:
    rest = "link: {cables: [{from: processor, to: hall, metres: 1, cable: GRX-CBL-46L}]}\n"
    assert not list(link_terminals(plan(rest)))


def test_gauges_that_nobody_planned_are_not_checked() -> None:
    assert not list(link_terminals(plan("link: {cables: [{from: processor, to: hall, feet: 1}]}")))


@pytest.mark.requirement("E10")
def test_class_2_wiring_is_kept_apart_from_mains() -> None:
    (finding,) = class_2(with_module("class_2_separated: no"))
    assert finding.is_error
    assert "Class 2" in finding.heading
    assert not list(class_2(with_module("class_2_separated: yes")))
    assert not list(class_2(plan("")))
