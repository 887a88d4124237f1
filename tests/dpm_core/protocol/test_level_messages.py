"""GoToLevel in both dialects, and what radio devices say of their level."""

from __future__ import annotations

from typing import Any

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import ZONES, GroupNumber, SerialNumber, ZoneNumber
from dpm_core.protocol import (
    BROADCAST,
    CCI_COMPONENT,
    CCO_COMPONENT,
    ZONE_COMPONENT_BASE_ESN,
    Dialect,
    GoToLevel,
    LevelReport,
    PeriodicLevelReport,
    component_of,
    zone_of,
)

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)


def test_zones_are_components_1_to_4_and_nothing_else_is() -> None:
    assert [component_of(zone) for zone in ZONES] == [0x0001, 0x0002, 0x0003, 0x0004]
    assert [zone_of(component) for component in range(1, 5)] == list(ZONES)
    assert (CCI_COMPONENT, CCO_COMPONENT) == (0x0011, 0x0021)
    for component in (0, 5, 0x81, CCI_COMPONENT, CCO_COMPONENT):
        assert zone_of(component) is None


def test_zones_may_be_components_81_to_84() -> None:
    base = ZONE_COMPONENT_BASE_ESN
    assert [component_of(zone, base) for zone in ZONES] == [0x81, 0x82, 0x83, 0x84]
    assert zone_of(0x82, base) == ZoneNumber(2)
    assert zone_of(2, base) is None


def test_the_two_dialects_differ_in_where_the_level_lies() -> None:
    assert GoToLevel(MODULE, 2, 0x7F7F).data().hex() == "00027f7f0000"
    assert GoToLevel(MODULE, 0, 0x7F7F, Dialect.RADIO, 8).data().hex() == "7f7f00080000"


@pytest.mark.parametrize(
    ("raw", "percent", "is_on"), [(0, 0, False), (1, 0, True), (0xFFFF, 100, True)]
)
def test_any_level_above_zero_is_on(raw: int, percent: float, is_on: bool) -> None:
    message = GoToLevel(MODULE, 1, raw)
    assert message.is_on is is_on
    assert message.level_percent == pytest.approx(percent, abs=0.01)


@pytest.mark.parametrize(
    "parts",
    [
        {"component": -1},
        {"component": 0x10000},
        {"raw_level": -1},
        {"raw_level": 0x10000},
        {"fade_quarter_s": 1},
        {"dialect": Dialect.RADIO, "component": 1},
        {"dialect": Dialect.RADIO, "component": 0, "fade_quarter_s": 0x10000},
    ],
)
def test_what_a_dialect_has_no_place_for_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedSetting):
        GoToLevel(**{"target": MODULE, "component": 1, "raw_level": 0} | parts)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            GoToLevel(MODULE, ZoneNumber(2), 0xFEFF),
            "Set zone 2 of module 00A1B2C3 to 100 % (wired dialect).",
        ),
        (GoToLevel(GroupNumber(5), 0, 0), "Set all zones of group 5 to 0 % (wired dialect)."),
        (GoToLevel(BROADCAST, 0, 0x7F7F), "Set all zones of all modules to 50 % (wired dialect)."),
        (
            GoToLevel(MODULE, 0x81, 0),
            "Set component 0081 of module 00A1B2C3 to 0 % (wired dialect).",
        ),
        (
            GoToLevel(GroupNumber(5), 0, 0xFEFF, Dialect.RADIO, 8),
            "Set group 5 to 100 % with a fade of 2 s (radio dialect).",
        ),
    ],
)
def test_a_level_is_said_in_words(message: GoToLevel, words: str) -> None:
    assert message.words() == words


def test_radio_levels_are_said_in_words() -> None:
    assert LevelReport(0x19).words() == "Level is 9.843 %."
    assert PeriodicLevelReport(0xFE, 0x1E).words() == (
        "Level is 100 % (periodic; second octet 1E)."
    )


def test_radio_levels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UnsupportedSetting):
        LevelReport(256)
    with pytest.raises(UnsupportedSetting):
        PeriodicLevelReport(0, 256)
    with pytest.raises(UnsupportedSetting):
        PeriodicLevelReport(256, 0)
