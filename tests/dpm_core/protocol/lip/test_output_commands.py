"""What is said about outputs: only levels and times that a line can carry exactly."""

from __future__ import annotations

import math

import pytest

from dpm_core.errors import InvalidAddress, InvalidLevel, UnsupportedSetting
from dpm_core.protocol.lip import PULSE_MAX_S, FlashOutput, PulseOutput, SetOutputLevel

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize("level", [-0.01, 100.01, math.nan, math.inf, True])
def test_a_level_out_of_its_range_is_refused(level: float) -> None:
    with pytest.raises(InvalidLevel):
        SetOutputLevel(101, level)


def test_an_output_that_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidAddress):
        SetOutputLevel(0, 100)


@pytest.mark.parametrize("time_s", [0.1, -1, 60.5, 14401, math.nan, math.inf, True])
def test_a_fade_that_no_line_carries_exactly_is_refused(time_s: float) -> None:
    with pytest.raises(UnsupportedSetting, match="fade_s"):
        SetOutputLevel(101, 100, time_s)
    with pytest.raises(UnsupportedSetting, match="fade_s"):
        FlashOutput(101, time_s)


@pytest.mark.parametrize("pulse_s", [0, 0.1, 0.3, PULSE_MAX_S + 1, 61.25])
def test_a_pulse_that_no_line_carries_exactly_is_refused(pulse_s: float) -> None:
    with pytest.raises(UnsupportedSetting, match="pulse_s"):
        PulseOutput(105, pulse_s)


@pytest.mark.parametrize("pulse_s", [0.25, PULSE_MAX_S])
def test_the_shortest_and_the_longest_pulse_are_taken(pulse_s: float) -> None:
    assert PulseOutput(105, pulse_s).pulse_s == pulse_s


def test_a_delay_needs_something_in_front_of_it() -> None:
    with pytest.raises(UnsupportedSetting, match="together with fade_s"):
        SetOutputLevel(101, 100, None, 1)
    with pytest.raises(UnsupportedSetting, match="together with pulse_s"):
        PulseOutput(105, None, 1)


@pytest.mark.parametrize("delay_s", [0.1, -1, 14401])
def test_a_delay_out_of_its_range_is_refused(delay_s: float) -> None:
    with pytest.raises(UnsupportedSetting, match="delay_s"):
        SetOutputLevel(101, 100, 0, delay_s)
