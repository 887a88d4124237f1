"""Levels and fades as the link counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import InvalidLevel
from dpm_core.protocol import (
    LEVEL_FULL,
    fade_s,
    level_to_raw,
    raw_8_to_percent,
    raw_to_percent,
)

pytestmark = pytest.mark.requirement("E4")


@pytest.mark.parametrize(
    ("percent", "raw"),
    [(0, 0x0000), (0.0, 0x0000), (50, 0x7F7F), (100, 0xFEFF), (99.999, 0xFEFE), (1, 652)],
)
def test_a_level_is_rounded_down(percent: float, raw: int) -> None:
    assert level_to_raw(percent) == raw


@pytest.mark.parametrize("percent", [5e-324, 1e-9, 0.001, 0.0015])
def test_any_level_above_zero_is_on(percent: float) -> None:
    assert level_to_raw(percent) == 1


@pytest.mark.parametrize("level", [-0.1, 100.1, float("nan"), float("inf"), True])
def test_what_is_no_level_is_refused(level: float) -> None:
    with pytest.raises(InvalidLevel):
        level_to_raw(level)


def test_every_raw_level_survives_percent_and_back() -> None:
    assert all(level_to_raw(raw_to_percent(raw)) == raw for raw in range(LEVEL_FULL + 1))


@pytest.mark.parametrize("raw", [0xFEFF, 0xFF00, 0xFFFF])
def test_a_raw_level_above_the_maximum_shows_as_all_of_it(raw: int) -> None:
    assert raw_to_percent(raw) == 100.0


@given(st.floats(min_value=0, max_value=100))
def test_more_percent_is_never_less_level(percent: float) -> None:
    raw = level_to_raw(percent)
    assert 0 <= raw <= LEVEL_FULL
    assert (raw > 0) == (percent > 0)
    assert raw_to_percent(raw) <= percent + 1e-6 or raw == 1


@pytest.mark.parametrize(("raw", "percent"), [(0x00, 0), (0x19, 9.84), (0xFE, 100), (0xFF, 100)])
def test_eight_bits_are_read_by_their_own_maximum(raw: int, percent: float) -> None:
    assert raw_8_to_percent(raw) == pytest.approx(percent, abs=0.01)


@pytest.mark.parametrize(("quarters", "seconds"), [(1, 0.25), (4, 1.0), (0x28, 10.0)])
def test_a_fade_counts_quarter_seconds(quarters: int, seconds: float) -> None:
    assert fade_s(quarters) == seconds
