"""A panel has room for its modules, sheds their heat, can be reached, and may click."""

import pytest

from dpm_core.plan import Plan, heat_btu_h, used_din
from dpm_core.plan.checks.panels import mounting, not_mounted, panel_heat, rail_space
from tests.dpm_core.plan.planning import plan

MODULES = "modules: {hall: {}, attic: {}, small: {model: LQSE-4S1-D}}\n"


def panel(fields: str, width: float = 18, holds: str = "hall, attic") -> Plan:
    rails = f"rails: [{{width_din: {width}, holds: [{holds}]}}]"
    return plan(f"panels: {{a: {{{fields}, {rails}}}}}\n", MODULES)


@pytest.mark.requirement("F3")
def test_a_module_needs_9_din_modules() -> None:
    assert not list(rail_space(panel("name: A")))
    (finding,) = rail_space(panel("name: A", 17.5))
    assert finding.is_error
    assert finding.item == "panel a, rail 1"
    assert (finding.figure, finding.limit) == ("18 DIN modules", "17.5 DIN modules")
    assert "161.7 mm" in finding.words


@pytest.mark.requirement("F3")
def test_other_things_on_the_rail_need_room_too() -> None:
    assert not list(rail_space(panel("name: A", 13.5, "hall, {name: Supply, din: 4.5}")))
    assert list(rail_space(panel("name: A", 13, "hall, {name: Supply, din: 4.5}")))


def test_what_a_rail_uses_is_what_it_holds() -> None:
    planned = panel("name: A", 40, "hall, {name: Supply, din: 4}, small")
    assert used_din(planned.panels[0].rails[0]) == 9 + 4 + 9


@pytest.mark.requirement("F2")
def test_a_panel_sheds_24_btu_an_hour_for_each_module() -> None:
    assert not list(panel_heat(panel("heat_max_btu_h: 48")))
    (finding,) = panel_heat(panel("heat_max_btu_h: 47.9"))
    assert finding.is_error
    assert (finding.figure, finding.limit) == ("48 BTU/h", "47.9 BTU/h")
    assert not list(panel_heat(panel("name: A")))


def test_heat_that_nobody_stated_is_not_guessed() -> None:
    assert heat_btu_h(panel("name: A", 18, "hall, small").panels[0]) == 24


@pytest.mark.requirement("F5")
@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ("mounting: lutron-din-panel, accessible: yes, clicking_accepted: yes", []),
        ("mounting: nema-1", []),
        ("mounting: other", ["mounting"]),
        ("accessible: no", ["accessible"]),
        ("clicking_accepted: no", ["noise"]),
        ("name: A", []),
    ],
)
def test_a_panel_is_of_the_right_kind_and_in_the_right_place(fields: str, rules: list[str]) -> None:
    found = list(mounting(panel(fields)))
    assert [finding.rule for finding in found] == rules
    assert all(finding.is_error and finding.heading == "Mounting" for finding in found)


def test_a_module_that_was_forgotten_among_the_panels_is_named() -> None:
    found = list(not_mounted(panel("name: A")))
    assert [(one.item, one.is_error) for one in found] == [("module small", False)]
    assert not list(not_mounted(plan("", MODULES)))
