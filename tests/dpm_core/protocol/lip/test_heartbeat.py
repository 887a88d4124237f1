"""When a processor is asked whether it is there, and when it is not."""

from __future__ import annotations

import pytest

from dpm_core.protocol.lip import (
    LipSessionSettings,
    MonitoringKind,
    MonitoringState,
    OutputLevel,
    QueryMonitoring,
    QuerySystem,
    SystemAction,
    SystemReport,
)
from dpm_core.protocol.lip.heartbeat import Heartbeat

pytestmark = pytest.mark.requirement("E8", "G2")

SETTINGS = LipSessionSettings(heartbeat_s=5, answer_wait_s=4, hung_s=15)
FIRST = QuerySystem(SystemAction.DATABASE_EXPORT)
SECOND = QueryMonitoring(MonitoringKind.ZONE)


def test_it_asks_after_a_silence() -> None:
    heartbeat = Heartbeat(SETTINGS, 100.0)
    assert heartbeat.due_at == 105.0
    heartbeat.heard(103.0)
    assert heartbeat.due_at == 108.0
    assert heartbeat.question == FIRST
    assert heartbeat.hung_at is None


def test_silence_alone_is_not_hung() -> None:
    heartbeat = Heartbeat(SETTINGS, 100.0)
    assert heartbeat.hung_at is None
    heartbeat.unanswered(is_beat=False)
    assert heartbeat.hung_at == 115.0
    heartbeat.heard(103.0)
    assert heartbeat.hung_at is None


def test_after_an_unanswered_question_it_asks_at_once() -> None:
    heartbeat = Heartbeat(SETTINGS, 100.0)
    heartbeat.unanswered(is_beat=False)
    assert heartbeat.due_at == 100.0
    assert heartbeat.question == FIRST
    heartbeat.answered()
    assert heartbeat.due_at == 105.0


def test_the_second_question_is_another_one_and_the_last() -> None:
    heartbeat = Heartbeat(SETTINGS, 100.0)
    heartbeat.unanswered(is_beat=True)
    assert heartbeat.question == SECOND
    heartbeat.heard(103.0)
    assert heartbeat.hung_at is None
    heartbeat.unanswered(is_beat=True)
    assert heartbeat.hung_at == 103.0


def test_an_answer_forgives_what_was_missed() -> None:
    heartbeat = Heartbeat(SETTINGS, 100.0)
    heartbeat.unanswered(is_beat=True)
    heartbeat.heard(103.0)
    heartbeat.answered()
    heartbeat.unanswered(is_beat=True)
    assert heartbeat.hung_at == 118.0


def test_an_answer_that_is_late_is_an_answer() -> None:
    heartbeat = Heartbeat(SETTINGS, 100.0)
    heartbeat.unanswered(is_beat=True)
    heartbeat.heard_report(OutputLevel(101, 0))
    assert heartbeat.question == SECOND
    heartbeat.heard_report(SystemReport(None, ("01/31/2026", "12:00:00")))
    assert heartbeat.question == FIRST
    heartbeat.unanswered(is_beat=True)
    heartbeat.heard_report(MonitoringState(MonitoringKind.ZONE, True))
    assert heartbeat.question == FIRST
