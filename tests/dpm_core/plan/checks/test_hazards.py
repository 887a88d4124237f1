"""The entrapment hazard is said where a load could be one, and everywhere else too."""

import pytest

from dpm_core.plan import REMINDERS
from dpm_core.plan.checks.hazards import ENTRAPMENT, moving_equipment, visibility
from tests.dpm_core.plan.planning import with_load, with_module


@pytest.mark.requirement("F4")
def test_a_load_that_cannot_be_seen_is_refused_with_the_warning() -> None:
    (finding,) = visibility(with_load("type: inc, amps: 1, visible_from_every_control: no"))
    assert finding.is_error
    assert finding.advice == ENTRAPMENT


@pytest.mark.parametrize("seen", ["", ", visible_from_every_control: yes"])
def test_a_load_that_can_be_seen_is_not(seen: str) -> None:
    assert not list(visibility(with_load(f"type: inc, amps: 1{seen}")))


@pytest.mark.requirement("F4")
def test_a_motor_is_told_of_the_hazard() -> None:
    (finding,) = moving_equipment(with_load("type: motor, amps: 1"))
    assert not finding.is_error
    assert finding.words.startswith("a motor: ")
    assert finding.advice == ENTRAPMENT


@pytest.mark.requirement("F4")
@pytest.mark.parametrize(
    "name",
    ["Gate", "The garage door", "Industrial doors", "Microwave", "Heating pad", "FIREPLACE",
     "Space heater", "Wall outlet", "Receptacles"],
)  # fmt: skip
def test_a_zone_named_for_what_the_warning_names_is_asked_about(name: str) -> None:
    zones = f"zones: {{1: {{name: {name}, load: {{type: inc, amps: 1}}}}}}"
    (finding,) = moving_equipment(with_module(zones))
    assert not finding.is_error
    assert "suitable load" in finding.words


@pytest.mark.parametrize("name", ["Stairs", "Navigate", "Outlook", "Garage"])
def test_other_names_are_not(name: str) -> None:
    zones = f"zones: {{1: {{name: {name}, load: {{type: inc, amps: 1}}}}}}"
    assert not list(moving_equipment(with_module(zones)))


@pytest.mark.requirement("E10", "F4", "F5")
@pytest.mark.parametrize(
    "words",
    ["Entrapment hazard", "visible from every control location", "permanently installed",
     "NEC Class 2", "Terminal 2 of the QS link: do not connect", "clicking relays",
     "NEMA Type 1", "breakers"],
)  # fmt: skip
def test_what_no_check_can_see_is_always_said(words: str) -> None:
    assert words in " ".join(REMINDERS)
