"""Each zone and each module switch what they are rated for, to the last milliampere."""

import pytest

from dpm_core.plan.checks.loads import (
    module_current,
    motors,
    plug_in_lamps,
    receptacles,
    watts,
    zone_current,
)
from tests.dpm_core.plan.planning import errors, plan, warnings, with_load, with_module

RATED = [
    "tungsten",
    "general-use",
    "discharge-lamp",
    "electronic-ballast",
    "resistive",
    "inductive",
    "capacitive",
    "motor",
    "inc",
    "mlv",
    "elv",
]


@pytest.mark.requirement("A5", "A6", "A10")
@pytest.mark.parametrize("kind", RATED)
def test_a_zone_switches_8_a_of_every_rated_type_and_no_more(kind: str) -> None:
    assert not errors(zone_current, with_load(f"type: {kind}, amps: 8"))
    (finding,) = errors(zone_current, with_load(f"type: {kind}, amps: 8.001"))
    assert finding.item == "module hall, zone 2 (Stairs)"
    assert (finding.figure, finding.limit) == ("8.001 A", "8 A")
    assert finding.heading == "Output Zone Ratings"
    assert "PHPM-SW-DV-WH or GRX-TVI" in finding.advice


@pytest.mark.requirement("A5", "A6")
def test_watts_become_amperes_at_120_v_and_unity_power_factor() -> None:
    assert not errors(zone_current, with_load("type: inc, watts: 960"))
    (finding,) = errors(zone_current, with_load("type: inc, watts: 961"))
    assert (finding.figure, finding.limit) == ("8.008333 A", "8 A")


@pytest.mark.requirement("A5")
def test_there_is_no_minimum_load() -> None:
    planned = with_load("type: inc, amps: 0")
    assert not list(zone_current(planned))
    assert not list(module_current(planned))


@pytest.mark.requirement("A9")
@pytest.mark.parametrize(
    ("kind", "limit", "heading"),
    [
        ("tungsten", "1 A", "Wiring: Mains and Output Zones"),
        ("motor", "1 A FLA", "Wiring: Mains and Output Zones"),
    ],
)
def test_a_zone_of_the_4s1_switches_1_a(kind: str, limit: str, heading: str) -> None:
    assert not errors(zone_current, with_load(f"type: {kind}, amps: 1", "LQSE-4S1-D"))
    (finding,) = errors(zone_current, with_load(f"type: {kind}, amps: 1.01", "LQSE-4S1-D"))
    assert (finding.figure, finding.limit, finding.heading) == ("1.01 A", limit, heading)


def test_a_receptacle_beyond_the_rating_is_named_as_one() -> None:
    (finding,) = errors(zone_current, with_load("type: receptacle, amps: 12"))
    assert "12 A of receptacle load" in finding.words


def four(amps: str, model: str = "LQSE-4S8-120-D") -> str:
    zones = ", ".join(f"{zone}: {{load: {{type: inc, {amps}}}}}" for zone in range(1, 5))
    return f"model: {model}, zones: {{{zones}}}"


@pytest.mark.requirement("A5", "A6")
def test_a_module_switches_16_a_and_no_more() -> None:
    assert not errors(module_current, with_module(four("amps: 4")))
    assert not errors(module_current, with_module(four("watts: 480")))
    (finding,) = errors(module_current, with_module(four("amps: 4.01")))
    assert (finding.item, finding.figure, finding.limit) == ("module hall", "16.04 A", "16 A")
    assert "PHPM-SW-DV-WH or GRX-TVI" in finding.advice


@pytest.mark.requirement("A9")
def test_the_4s1_switches_4_a_and_no_more() -> None:
    assert not errors(module_current, with_module(four("amps: 1", "LQSE-4S1-D")))
    (finding,) = errors(module_current, with_module(four("amps: 1.01", "LQSE-4S1-D")))
    assert finding.limit == "4 A"


def test_sums_of_fractions_that_make_the_limit_are_within_it() -> None:
    zones = ", ".join(
        f"{zone}: {{load: {{type: inc, amps: {amps}}}}}"
        for zone, amps in enumerate((7.1, 0.2, 0.7, 8.0), 1)
    )
    assert not errors(module_current, with_module(f"zones: {{{zones}}}"))


@pytest.mark.requirement("A6")
def test_a_receptacle_is_refused_with_the_specifications_advice() -> None:
    (finding,) = receptacles(with_load("type: receptacle"))
    assert finding.is_error
    assert finding.item == "module hall, zone 2 (Stairs)"
    assert "general purpose receptacles" in finding.words
    assert "third-party power pack for the rated load" in finding.advice
    assert not list(receptacles(with_load("type: inc, amps: 1")))


@pytest.mark.requirement("A11")
def test_a_plug_in_lamp_needs_a_means_that_keeps_unrated_loads_out() -> None:
    (finding,) = plug_in_lamps(with_load("type: inc, amps: 1, plug_in: yes"))
    assert finding.is_error
    assert "CAR-15-DDTR" in finding.advice
    assert "permanently installed fixture" in finding.advice


@pytest.mark.requirement("A11")
def test_a_plug_in_lamp_that_has_it_is_told_of_permanent_fixtures() -> None:
    planned = with_load("type: inc, amps: 1, plug_in: yes, kept_out_by: CAR-15-DDTR")
    (finding,) = plug_in_lamps(planned)
    assert not finding.is_error
    assert "CAR-15-DDTR" in finding.words
    assert "permanently installed fixture" in finding.advice


def test_of_a_permanent_fixture_nothing_is_said() -> None:
    assert not list(plug_in_lamps(with_load("type: inc, amps: 1")))


@pytest.mark.requirement("F1", "A6")
@pytest.mark.parametrize("kind", ["inductive", "mlv", "discharge-lamp", "motor"])
def test_watts_of_what_has_a_winding_are_warned_of(kind: str) -> None:
    (finding,) = warnings(watts, with_load(f"type: {kind}, watts: 600"))
    assert finding.figure == "600 W"
    assert "5 A at 120 V and unity power factor" in finding.words
    assert not list(watts(with_load(f"type: {kind}, amps: 5")))


@pytest.mark.parametrize("kind", ["inc", "tungsten", "resistive", "electronic-ballast"])
def test_watts_of_other_loads_are_taken_as_they_are(kind: str) -> None:
    assert not list(watts(with_load(f"type: {kind}, watts: 600")))


@pytest.mark.requirement("A5")
@pytest.mark.parametrize("inside", ["1/3", "0.333", "1/4"])
def test_a_motor_has_a_third_of_a_horsepower_and_no_more(inside: str) -> None:
    assert not list(motors(with_load(f"type: motor, amps: 7, horsepower: {inside}")))
    (finding,) = motors(with_load("type: motor, amps: 7, horsepower: 0.334"))
    assert finding.is_error
    assert (finding.figure, finding.limit) == ("0.334 HP", "1/3 HP")


def test_a_motor_without_its_power_is_asked_for_it() -> None:
    (finding,) = motors(with_load("type: motor, amps: 7"))
    assert not finding.is_error
    assert finding.limit == "1/3 HP"


@pytest.mark.requirement("A9")
def test_a_motor_on_the_4s1_starts_with_6_a_and_no_more() -> None:
    load = "type: motor, amps: 1, locked_rotor_amps: "
    assert not list(motors(with_load(f"{load}6", "LQSE-4S1-D")))
    (finding,) = motors(with_load(f"{load}6.1", "LQSE-4S1-D"))
    assert finding.is_error
    assert (finding.figure, finding.limit) == ("6.1 A", "6 A LRA")
    (asked,) = motors(with_load("type: motor, amps: 1", "LQSE-4S1-D"))
    assert not asked.is_error


def test_what_is_no_motor_has_no_horsepower() -> None:
    assert not list(motors(with_load("type: inc, amps: 1")))
    assert not list(motors(plan("")))
