"""Each rating holds at its figure and is broken just above it, by name."""

import pytest

from dpm_core.model.identifiers import ZoneNumber
from dpm_core.model.load_checks import check_loads, total_current_a
from dpm_core.model.loads import NO_LOADS, CcoCurrent, CcoLoad, CcoLoadKind, ZoneLoad
from dpm_core.model.program import Program
from dpm_core.model.ratings import LQSE_4S1_D, LoadType

pytestmark = pytest.mark.requirement("F1")

LAMP = LoadType.TUNGSTEN
DC, AC = CcoCurrent.DC, CcoCurrent.AC
INDUCTIVE = CcoLoadKind.INDUCTIVE


def loaded(*loads: ZoneLoad | None) -> Program:
    one, two, three, four = (*loads, *NO_LOADS[len(loads) :])
    return Program(zone_loads=(one, two, three, four))


def test_nothing_written_down_is_nothing_wrong() -> None:
    assert check_loads(Program()) == ()
    assert not Program().has_loads
    assert total_current_a(Program()) == 0


@pytest.mark.requirement("A5", "A6", "A10")
@pytest.mark.parametrize("kind", LoadType)
def test_a_zone_switches_8_amperes_of_every_type_and_no_more(kind: LoadType) -> None:
    assert check_loads(loaded(None, ZoneLoad(kind, amps=8))) == ()
    (finding,) = check_loads(loaded(None, ZoneLoad(kind, amps=8.001)))
    assert finding.is_error
    assert (finding.rule, finding.zone, finding.item) == ("zone-current", ZoneNumber(2), "zone 2")
    assert (finding.figure, finding.limit) == ("8.001 A", "8 A")
    assert finding.heading == "Output Zone Ratings"
    assert "PHPM-SW-DV-WH or GRX-TVI" in finding.sentence


@pytest.mark.requirement("A5", "A6")
def test_watts_count_as_amperes_at_120_volts() -> None:
    assert check_loads(loaded(ZoneLoad(LAMP, watts=960))) == ()
    (finding,) = check_loads(loaded(ZoneLoad(LAMP, watts=960.1)))
    assert finding.rule == "zone-current"
    assert finding.figure == "8.000833 A"


@pytest.mark.requirement("A5", "A6")
def test_a_module_switches_16_amperes_and_no_more() -> None:
    four = ZoneLoad(LAMP, amps=4)
    assert check_loads(loaded(four, four, four, four)) == ()
    (finding,) = check_loads(loaded(four, four, four, ZoneLoad(LAMP, amps=4.001)))
    assert (finding.rule, finding.zone, finding.item) == ("module-current", None, "the module")
    assert (finding.figure, finding.limit) == ("16.001 A", "16 A")


@pytest.mark.requirement("A5", "A6")
def test_how_computers_add_breaks_no_rating() -> None:
    third = ZoneLoad(LAMP, watts=640.0)
    assert check_loads(loaded(third, third, third)) == ()


@pytest.mark.parametrize(
    "kind", [LoadType.INDUCTIVE, LoadType.MLV, LoadType.DISCHARGE_LAMP, LoadType.MOTOR]
)
def test_watts_of_inductive_and_motor_loads_are_warned_of(kind: LoadType) -> None:
    (finding,) = check_loads(loaded(ZoneLoad(kind, watts=120)))
    assert not finding.is_error
    assert finding.rule == "watts"
    assert "120 W are taken for 1 A at 120 V" in finding.sentence
    assert "nameplate" in finding.sentence
    assert check_loads(loaded(ZoneLoad(kind, amps=1))) == ()


def test_errors_come_before_warnings() -> None:
    findings = check_loads(loaded(ZoneLoad(LoadType.MOTOR, watts=120), ZoneLoad(LAMP, amps=9)))
    assert [finding.rule for finding in findings] == ["zone-current", "watts"]


@pytest.mark.requirement("A9")
def test_the_smaller_sister_has_its_own_ratings() -> None:
    one = ZoneLoad(LAMP, amps=1)
    assert check_loads(loaded(one, one, one, one), LQSE_4S1_D) == ()
    (finding,) = check_loads(loaded(ZoneLoad(LAMP, amps=1.001)), LQSE_4S1_D)
    assert (finding.figure, finding.limit) == ("1.001 A", "1 A")
    motor = loaded(ZoneLoad(LoadType.MOTOR, amps=1.001))
    assert [finding.limit for finding in check_loads(motor, LQSE_4S1_D)] == ["1 A FLA"]
    assert check_loads(loaded(ZoneLoad(LAMP, watts=240)), LQSE_4S1_D, 240) == ()
    assert check_loads(loaded(ZoneLoad(LAMP, watts=240)), LQSE_4S1_D, 120)


@pytest.mark.requirement("D4")
@pytest.mark.parametrize(
    ("load", "rule", "figure", "limit"),
    [
        (CcoLoad(24, DC, 1.0), "", "", ""),
        (CcoLoad(24, AC, 0.5), "", "", ""),
        (CcoLoad(24.1, DC, 1.0), "cco-voltage", "24.1 V", "24 V"),
        (CcoLoad(24.1, AC, 0.5), "cco-voltage", "24.1 V", "24 V"),
        (CcoLoad(24, DC, 1.001), "cco-current", "1.001 A", "1 A"),
        (CcoLoad(24, AC, 0.501), "cco-current", "0.501 A", "0.5 A"),
        (CcoLoad(24, DC, 1.0, INDUCTIVE, has_flyback_diode=True), "", "", ""),
        (CcoLoad(24, DC, 1.0, INDUCTIVE), "cco-inductive", "", ""),
        (CcoLoad(24, AC, 0.5, INDUCTIVE, has_flyback_diode=True), "cco-inductive", "", ""),
        (CcoLoad(24, AC, 0.5, INDUCTIVE), "cco-inductive", "", ""),
    ],
)
def test_the_cco_switches_what_it_is_rated_for(
    load: CcoLoad, rule: str, figure: str, limit: str
) -> None:
    program = Program(cco_load=load)
    assert program.has_loads
    findings = check_loads(program)
    assert [(one.rule, one.figure, one.limit) for one in findings] == (
        [(rule, figure, limit)] if rule else []
    )
    assert all(one.is_error and one.item == "the CCO" for one in findings)
    assert all(one.heading == "Contact Closure Output (CCO)" for one in findings)
