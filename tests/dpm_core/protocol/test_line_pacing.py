"""When the line is free."""

import pytest

from dpm_core.model import ZoneNumber
from dpm_core.protocol.line_pacing import LinePacing
from dpm_core.protocol.messages import GoToLevel, NameQuery
from dpm_core.protocol.requests import Priority, Request
from dpm_core.protocol.session_settings import SessionSettings
from tests.dpm_core.protocol.session_link import ONE

SETTINGS = SessionSettings()
GAP_S, REPORT_GAP_S = SETTINGS.gap_s, SETTINGS.report_gap_s


def command() -> Request:
    return Request(GoToLevel(ONE, ZoneNumber(1), 0))


def background() -> Request:
    return Request(NameQuery(ONE, 0), Priority.BACKGROUND)


def opened(now: float = 0.0) -> LinePacing:
    line = LinePacing(SETTINGS)
    line.opened(now)
    return line


def test_a_line_that_was_opened_is_free() -> None:
    line = opened(5.0)
    assert line.free_at(None) == pytest.approx(5.0)
    assert line.is_free(command(), 5.0, None)
    assert line.waits_until is None


def test_after_octets_the_gap_is_kept() -> None:
    line, request = opened(), command()
    line.heard(0.5)
    assert not line.is_free(request, 0.5, None)
    assert line.waits_until == pytest.approx(0.5 + GAP_S)
    assert line.is_free(request, 0.5 + GAP_S, None)
    assert line.waits_until is None


def test_while_our_own_octets_or_a_packet_are_on_it_the_line_is_not_free() -> None:
    line = opened()
    line.sending(0.7)
    assert line.free_at(None) == 0.7
    assert line.free_at(0.8) == 0.8
    assert line.free_at(0.6) == 0.7
    assert not line.is_free(command(), 0.6, None)


def test_a_line_that_is_never_idle_is_used_all_the_same() -> None:
    line, request = opened(), command()
    for step in range(250):
        line.heard(0.001 * step)
        assert not line.is_free(request, 0.001 * step, None)
    assert line.waits_until == pytest.approx(SETTINGS.line_busy_s)
    assert line.is_free(request, SETTINGS.line_busy_s, None)


def test_each_request_waits_for_itself() -> None:
    line, first, second = opened(), background(), command()
    line.heard(0.0)
    assert not line.is_free(first, 0.0, None)
    for step in range(20, 250, 10):
        line.heard(0.001 * step)
        assert not line.is_free(first, 0.001 * step, None)
    line.heard(0.249)
    assert not line.is_free(second, 0.249, 0.9)
    assert line.waits_until == pytest.approx(0.249 + SETTINGS.line_busy_s)


def test_what_nobody_waits_for_waits_until_modules_could_report() -> None:
    line, request = opened(), background()
    line.heard(0.5)
    assert not line.is_free(request, 0.51, None)
    assert line.waits_until == pytest.approx(0.5 + REPORT_GAP_S)
    assert line.is_free(command(), 0.51, None)
    assert line.is_free(request, 0.5 + REPORT_GAP_S, None)


def test_once_a_second_everybody_waits_that_long() -> None:
    line = opened()
    line.heard(0.99)
    assert line.is_free(command(), 0.995, None)
    line.heard(1.0)
    request = command()
    assert not line.is_free(request, 1.003, None)
    assert line.waits_until == pytest.approx(1.0 + REPORT_GAP_S)
    assert line.is_free(request, 1.0 + REPORT_GAP_S, None)
    line.heard(1.5)
    assert line.is_free(command(), 1.51, None), "the next pause is a second later"


def test_a_pause_that_is_used_lasts_a_tenth_of_a_second() -> None:
    line, request = opened(), command()
    line.heard(1.0)
    assert not line.is_free(request, 1.003, None)
    for step in range(9):
        line.heard(1.01 + 0.01 * step)
        assert not line.is_free(request, 1.013 + 0.01 * step, None)
    assert line.is_free(request, 1.003 + SETTINGS.report_pause_s, None)


def test_an_idle_line_is_a_pause() -> None:
    line = opened()
    line.heard(0.5)
    assert line.is_free(command(), 0.9, None)
    line.heard(1.5)
    assert line.is_free(command(), 1.51, None)


def test_who_wants_nothing_any_more_does_not_wait() -> None:
    line = opened()
    line.heard(0.5)
    line.is_free(command(), 0.5, None)
    line.nobody_waits()
    assert line.waits_until is None


COLLISION_GAP_S = SETTINGS.collision_gap_s


def test_after_noise_the_pause_is_as_long_as_those_need_whose_reports_collided() -> None:
    line, request = opened(), background()
    line.heard(0.5)
    line.noise()
    assert not line.is_free(request, 0.51, None)
    assert line.waits_until == pytest.approx(0.5 + COLLISION_GAP_S)
    # One of them speaks: the others still wait.
    line.heard(0.53)
    assert not line.is_free(request, 0.5 + COLLISION_GAP_S, None)
    assert line.waits_until == pytest.approx(0.53 + COLLISION_GAP_S)
    assert line.is_free(request, 0.53 + COLLISION_GAP_S, None)
    # Nobody used it, so the next one is as short as ever.
    line.heard(0.7)
    assert not line.is_free(request, 0.71, None)
    assert line.waits_until == pytest.approx(0.7 + REPORT_GAP_S)


def test_after_noise_commands_wait_longer_once_a_second_only() -> None:
    line = opened()
    line.heard(0.5)
    line.noise()
    assert line.is_free(command(), 0.5 + GAP_S, None)
    line.heard(1.0)
    request = command()
    assert not line.is_free(request, 1.003, None)
    assert line.waits_until == pytest.approx(1.0 + COLLISION_GAP_S)
    assert line.is_free(request, 1.0 + COLLISION_GAP_S, None)


def test_a_line_without_pauses_has_none_after_noise() -> None:
    line = LinePacing(SessionSettings(report_gap_s=0.0))
    line.opened(0.0)
    line.heard(0.5)
    line.noise()
    assert line.is_free(background(), 0.5 + GAP_S, None)
