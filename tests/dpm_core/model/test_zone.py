"""A zone is on or off, and a level is one or the other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import InvalidLevel, UnsupportedSetting
from dpm_core.model.zone import Cause, level_is_on, zones_from_bits, zones_to_bits


@pytest.mark.requirement("A1")
@pytest.mark.parametrize(
    ("level", "is_on"),
    [
        (0, False),
        (0.0, False),
        (-0.0, False),
        (5e-324, True),
        (0.001, True),
        (50, True),
        (100, True),
    ],
)
def test_any_level_above_0_is_on(level: float, is_on: bool) -> None:
    assert level_is_on(level) is is_on


@pytest.mark.requirement("A1")
@pytest.mark.parametrize("level", [-0.001, 100.001, -1, 101, math.nan, math.inf, -math.inf, True])
def test_a_level_outside_0_to_100_is_refused(level: float) -> None:
    with pytest.raises(InvalidLevel):
        level_is_on(level)


@pytest.mark.parametrize("bits", range(16))
def test_bits_are_zones_and_zones_are_bits(bits: int) -> None:
    zones = zones_from_bits(bits)
    assert zones_to_bits(zones) == bits
    assert zones == tuple(bool(bits >> position & 1) for position in range(4))


@given(st.integers().filter(lambda bits: not 0 <= bits <= 15))
def test_there_are_bits_for_four_zones_only(bits: int) -> None:
    with pytest.raises(UnsupportedSetting):
        zones_from_bits(bits)


def test_the_causes_have_the_numbers_of_the_link() -> None:
    """qs-link.md 5, field "Cause"."""
    assert [(cause.value, cause.name) for cause in Cause] == [
        (0, "QUERY"),
        (1, "LINK_COMMAND"),
        (2, "CCI"),
        (3, "ZONE_BUTTON"),
        (4, "POWER_UP"),
        (5, "GROUP"),
        (6, "WALLSTATION"),
    ]
