"""How long an answer is awaited."""

import pytest

from dpm_core.protocol.answer_wait import AnswerWait
from dpm_core.protocol.session_settings import SessionSettings

SETTINGS = SessionSettings()


def begun(now: float = 0.0, size: int = 24) -> AnswerWait:
    wait = AnswerWait(SETTINGS)
    wait.begin(now, size)
    return wait


@pytest.mark.parametrize("size", [5, 24, 53])
def test_the_wait_is_turnaround_answer_and_slack(size: int) -> None:
    wait = begun(1.0, size)
    assert wait.until == pytest.approx(1.0 + 0.005 + SETTINGS.frame_time_s(size) + 0.030)
    assert wait.frame_s(size) == SETTINGS.frame_time_s(size)
    assert not wait.is_over(wait.until - 0.001, None)
    assert wait.is_over(wait.until, None)


def test_a_search_is_awaited_to_its_last_slot() -> None:
    wait = AnswerWait(SETTINGS)
    wait.begin_slots(1.0, 16)
    assert wait.until == pytest.approx(1.0 + 0.005 + 16 * 0.0222 + 0.030)


def test_a_late_timer_extends_the_wait_by_its_lateness_once() -> None:
    wait = begun()
    first = wait.until
    assert not wait.is_over(first + 0.040, None)
    assert wait.until == pytest.approx(first + 0.080)
    assert wait.is_over(wait.until + 0.040, None)


def test_by_no_more_than_its_limit() -> None:
    wait = begun()
    assert not wait.is_over(60.0, None)
    assert wait.until == pytest.approx(60.0 + SETTINGS.late_timer_s)


def test_a_timer_that_is_late_by_less_than_a_millisecond_is_punctual() -> None:
    wait = begun()
    assert wait.is_over(wait.until + 0.0009, None)


def test_a_packet_that_has_begun_may_end_within_the_time_of_the_longest() -> None:
    wait = begun()
    first = wait.until
    assert not wait.is_over(first, first + 0.010)
    assert wait.until == pytest.approx(first + 0.010)
    limit = first + SETTINGS.frame_time_s(53) + SETTINGS.silence_s
    assert not wait.is_over(wait.until, first + 9.0)
    assert wait.until == pytest.approx(limit)
    assert wait.is_over(limit, first + 9.0)


def test_each_wait_begins_anew() -> None:
    wait = begun()
    assert not wait.is_over(wait.until + 0.040, None)
    wait.begin(1.0, 24)
    assert not wait.is_over(wait.until + 0.040, None)
