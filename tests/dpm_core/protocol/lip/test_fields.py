"""Numbers, levels and times of a line, as text and back."""

from __future__ import annotations

import pytest
from hypothesis import given

from dpm_core.errors import InvalidLevel, LipInputError
from dpm_core.protocol.lip import DELAY_MAX_S, TIME_STEP_S
from dpm_core.protocol.lip.fields import (
    checked_level,
    checked_time_s,
    level_text,
    read_level,
    read_number,
    read_time_s,
    time_text,
)
from tests.dpm_core.protocol.lip.values import levels, times

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 007 ", 7), ("2147483647", 0x7FFFFFFF)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "error"), [("", 5), ("-1", 5), ("1.0", 5), ("\u0663", 5), ("9" * 21, 5), ("9" * 20, 4)]
)
def test_a_number_that_is_none_is_refused(text: str, error: int) -> None:
    with pytest.raises(LipInputError) as caught:
        read_number(text)
    assert caught.value.number == error


@given(levels)
def test_a_level_comes_back(level: float) -> None:
    assert read_level(level_text(level)) == level


@pytest.mark.parametrize(
    ("level", "text"), [(0, "0"), (100, "100"), (50.5, "50.50"), (0.01, "0.01")]
)
def test_a_level_has_decimals_only_where_there_are_any(level: float, text: str) -> None:
    assert level_text(level) == text


def test_a_trace_of_a_level_is_not_lost() -> None:
    assert checked_level(0.0001) == 0.01
    assert checked_level(0) == 0.0
    with pytest.raises(InvalidLevel):
        checked_level(100.5)


@given(times)
def test_a_time_comes_back(time_s: float) -> None:
    assert checked_time_s("fade_s", time_s, 0, DELAY_MAX_S) == time_s
    assert read_time_s(time_text(time_s)) == time_s


@pytest.mark.parametrize(
    ("text", "time_s"),
    [
        ("0", 0.0),
        ("12", 12.0),
        ("0.5", 0.5),
        ("0.99", 0.75),
        ("0.24", 0.0),
        ("1:30", 90.0),
        ("90:00", 5400.0),
        ("01:02:03", 3723.0),
        ("4:00:00", DELAY_MAX_S),
        (" 1 : 30 ", 90.0),
        ("0:00:00.500000", 0.5),
    ],
)
def test_a_time_has_four_forms(text: str, time_s: float) -> None:
    assert read_time_s(text) == time_s
    assert (time_s / TIME_STEP_S).is_integer()


@pytest.mark.parametrize(
    ("text", "error"), [("", 5), ("1:2:3:4", 5), ("x", 5), ("1:x", 5), ("x:1", 5), ("4:00:01", 4)]
)
def test_a_time_that_is_none_is_refused(text: str, error: int) -> None:
    with pytest.raises(LipInputError) as caught:
        read_time_s(text)
    assert caught.value.number == error
