"""Whatever differs between two programs is said, once, and in words that people read."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given

from dpm_core.model import (
    CcoCurrent,
    CcoLoad,
    CcoType,
    GroupNumber,
    LoadType,
    OverrideAction,
    Program,
    ZoneLoad,
)
from dpm_core.plan import program_changes
from tests.dpm_core.plan.test_program_document import groups, programs

pytestmark = pytest.mark.requirement("F1")

FIVE, SIX = GroupNumber(5), GroupNumber(6)
OTHER = Program(
    name="Hall",
    zone_names=("Porch", "", "", ""),
    override_actions=(OverrideAction.ON, OverrideAction.UNAFFECTED, *[OverrideAction.ON] * 2),
    cco_type=CcoType.MAINTAINED,
    cco_pulse_s=1.5,
    cci_debounce_s=0.1,
    zone_loads=(None, None, ZoneLoad(LoadType.MOTOR, amps=7.5), None),
    cco_load=CcoLoad(24, CcoCurrent.DC, 0.2),
)


def test_each_change_is_one_line() -> None:
    before = {FIVE: (True, False, False, False)}
    after = {SIX: (True, True, False, False)}
    assert [str(change) for change in program_changes(Program(), before, OTHER, after)] == [
        "name: '' -> 'Hall'",
        "CCO type: momentary -> maintained",
        "CCO pulse: 0.5 s -> 1.5 s",
        "CCO load: none -> resistive 0.2 A at 24 V DC",
        "debounce: 0.05 s -> 0.1 s",
        "name of zone 1: '' -> 'Porch'",
        "override action of zone 2: on -> unaffected",
        "load of zone 3: none -> motor 7.5 A",
        "group 5: zone 1 -> none",
        "group 6: none -> zones 1, 2",
    ]


def test_each_change_is_plain_values_for_programs() -> None:
    changes = program_changes(Program(), {}, OTHER, {SIX: (True, True, False, False)})
    assert {change.field: change.as_fields()["after"] for change in changes} == {
        "name": "Hall",
        "cco.type": "maintained",
        "cco.pulse_s": 1.5,
        "cco.load": {
            "volts": 24.0,
            "current": "dc",
            "amps": 0.2,
            "kind": "resistive",
            "flyback_diode": False,
        },
        "cci.debounce_s": 0.1,
        "zones.1.name": "Porch",
        "zones.2.override": "unaffected",
        "zones.3.load": {"type": "motor", "amps": 7.5},
        "groups.6": [1, 2],
    }


@given(programs, groups, programs, groups)
def test_nothing_is_said_where_nothing_differs_and_something_where_anything_does(
    one: Program, of_one: dict[GroupNumber, Any], two: Program, of_two: dict[GroupNumber, Any]
) -> None:
    assert program_changes(one, of_one, one, of_one) == ()
    here = {group: zones for group, zones in of_one.items() if any(zones)}
    there = {group: zones for group, zones in of_two.items() if any(zones)}
    is_alike = one == two and here == there
    assert (program_changes(one, of_one, two, of_two) == ()) is is_alike


@pytest.mark.parametrize("name", [field.name for field in fields(Program)])
def test_no_field_of_a_program_changes_unsaid(name: str) -> None:
    other = replace(Program(), **{name: getattr(OTHER, name)})
    assert len(program_changes(Program(), {}, other, {})) == 1
