"""A program is checked once, when it is made."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.model.contacts import CcoType
from dpm_core.model.loads import ZoneLoad
from dpm_core.model.override import OverrideAction
from dpm_core.model.program import Program
from dpm_core.model.ratings import LoadType

FACTORY = Program()


@pytest.mark.requirement("C2", "C10", "D2")
def test_what_the_factory_programs() -> None:
    assert FACTORY.override_actions == (OverrideAction.ON,) * 4
    assert FACTORY.cco_type is CcoType.MOMENTARY
    assert FACTORY.cco_pulse_s == 0.5
    assert FACTORY.cci_debounce_s == 0.05
    assert (FACTORY.name, *FACTORY.zone_names) == ("",) * 5


REFUSED: list[tuple[str, object]] = [
    ("name", None),
    ("name", 7),
    ("name", "x" * 33),
    ("name", "ü" * 17),
    ("name", "a\0"),
    ("name", "a\nb"),
    ("name", "\x7f"),
    ("name", "\x9b31m"),
    ("name", "\ud800"),
    ("name", "a\u2028b"),
    ("zone_names", ("", "", "")),
    ("zone_names", ("", "", "", "", "")),
    ("zone_names", ("", "", "", "\t")),
    ("zone_names", "abcd"),
    ("override_actions", (OverrideAction.ON,) * 3),
    ("override_actions", ("on",) * 4),
    ("override_actions", None),
    ("cco_type", 1),
    ("cco_pulse_s", 0.09),
    ("cco_pulse_s", 60.01),
    ("cco_pulse_s", 0.105),
    ("cco_pulse_s", 0),
    ("cco_pulse_s", -1.0),
    ("cco_pulse_s", True),
    ("cco_pulse_s", "1"),
    ("cco_pulse_s", math.nan),
    ("cco_pulse_s", math.inf),
    ("cci_debounce_s", -0.001),
    ("cci_debounce_s", 0.501),
    ("cci_debounce_s", 0.0005),
    ("cci_debounce_s", False),
    ("cci_debounce_s", math.nan),
    ("cci_debounce_s", None),
    ("zone_loads", (None,) * 3),
    ("zone_loads", (None, None, "tungsten", None)),
    ("cco_load", ZoneLoad(LoadType.TUNGSTEN, amps=1)),
]


@pytest.mark.requirement("C3", "C10", "D2")
@pytest.mark.parametrize(("setting", "value"), REFUSED)
def test_what_cannot_be_programmed_is_refused_by_name(setting: str, value: Any) -> None:
    with pytest.raises(UnsupportedSetting) as caught:
        replace(FACTORY, **{setting: value})
    assert caught.value.name.startswith(setting)
    assert caught.value.allowed


def test_a_refused_zone_name_is_named_with_its_zone() -> None:
    with pytest.raises(UnsupportedSetting, match="zone 3"):
        Program(zone_names=("Hall", "", "x" * 40, ""))
    with pytest.raises(UnsupportedSetting, match="zone 2"):
        Program(override_actions=(OverrideAction.ON, None) * 2)  # type: ignore[arg-type]


ALLOWED: list[tuple[str, object]] = [
    ("name", "x" * 32),
    ("name", "ü" * 16),
    ("name", "Flur \U0001f4a1"),
    ("cco_pulse_s", 0.1),
    ("cco_pulse_s", 60),
    ("cci_debounce_s", 0),
    ("cci_debounce_s", 0.5),
    ("cci_debounce_s", 0.001),
    ("override_actions", (OverrideAction.OFF, OverrideAction.UNAFFECTED) * 2),
    ("cco_type", CcoType.MAINTAINED),
]


@pytest.mark.requirement("C3", "C10", "D2")
@pytest.mark.parametrize(("setting", "value"), ALLOWED)
def test_the_ends_of_the_ranges_can_be_programmed(setting: str, value: Any) -> None:
    assert getattr(replace(FACTORY, **{setting: value}), setting) == value


def test_lists_become_tuples_so_that_equal_programs_are_equal() -> None:
    program = Program(zone_names=["a", "b", "c", "d"])  # type: ignore[arg-type]  # as JSON gives it
    assert program == Program(zone_names=("a", "b", "c", "d"))
    assert hash(program) == hash(Program(zone_names=("a", "b", "c", "d")))


@given(st.integers(10, 6000), st.integers(0, 500))
def test_every_step_is_kept_exactly_however_it_was_reckoned(pulse: int, debounce: int) -> None:
    program = Program(cco_pulse_s=pulse * 0.01, cci_debounce_s=debounce * 0.001)
    assert program == Program(cco_pulse_s=pulse / 100, cci_debounce_s=debounce / 1000)
    assert round(program.cco_pulse_s * 100) == pulse
    assert round(program.cci_debounce_s * 1000) == debounce
