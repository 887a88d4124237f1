"""What comes of what was said: the processor answers in order and has no word for "done"."""

from __future__ import annotations

import pytest

from dpm_core.protocol.lip import (
    LipCommand,
    LipReport,
    OutputLevel,
    PulseOutput,
    QueryOutputLevel,
    QuerySystem,
    RequestId,
    SetOutputLevel,
    SystemAction,
    SystemReport,
    UnknownReport,
)
from dpm_core.protocol.lip.outbox import Request
from dpm_core.protocol.lip.outstanding import Outstanding

pytestmark = pytest.mark.requirement("E8")

WAIT_S = 5.0


def said(*commands: LipCommand) -> Outstanding:
    """Return what has no outcome after these were said, one a second."""
    outstanding = Outstanding()
    for number, command in enumerate(commands, 1):
        outstanding.add(Request(command, RequestId(number), float(number)))
    return outstanding


def done(outstanding: Outstanding, report: LipReport) -> list[tuple[int | None, LipReport | None]]:
    return [(request.number, answer) for request, answer in outstanding.hear(report)]


ON, OFF = OutputLevel(101, 100), OutputLevel(101, 0)
FENCE = QuerySystem(SystemAction.DATABASE_EXPORT)
EXPORTED = SystemReport(None, ("01/31/2026", "12:00:00"))


def test_a_question_confirms_everything_in_front_of_it_and_nothing_behind() -> None:
    outstanding = said(PulseOutput(105), SetOutputLevel(101, 0), FENCE, PulseOutput(106))
    assert done(outstanding, EXPORTED) == [(1, None), (2, None), (3, EXPORTED)]
    assert outstanding.query is None
    assert len(outstanding) == 1


def test_a_level_confirms_only_what_it_agrees_with_for_it_may_be_told_unasked() -> None:
    outstanding = said(
        PulseOutput(105), SetOutputLevel(101, 100), SetOutputLevel(101, 0), QueryOutputLevel(101)
    )
    assert done(outstanding, OFF) == [(3, OFF), (4, OFF)]
    assert [one.number if one else 0 for one in (outstanding.refuse(), outstanding.refuse())] == [
        1,
        2,
    ]


def test_a_command_is_done_by_its_own_report_and_no_other_is() -> None:
    outstanding = said(PulseOutput(105), SetOutputLevel(101, 100), SetOutputLevel(101, 100))
    assert done(outstanding, OFF) == []
    assert done(outstanding, ON) == [(2, ON)]
    assert done(outstanding, ON) == [(3, ON)]
    assert done(outstanding, ON) == []
    assert len(outstanding) == 1


def test_a_query_that_a_report_does_not_answer_waits_on() -> None:
    outstanding = said(QueryOutputLevel(102), SetOutputLevel(101, 100))
    assert done(outstanding, ON) == [(2, ON)]
    assert outstanding.query is not None
    assert done(outstanding, UnknownReport("hello")) == []


def test_an_error_is_for_the_oldest() -> None:
    outstanding = said(PulseOutput(105), QueryOutputLevel(101))
    refused = [outstanding.refuse() for _ in range(3)]
    assert [one.number if one else None for one in refused] == [1, 2, None]
    assert outstanding.query is None


def test_what_is_withdrawn_has_no_number_any_more() -> None:
    outstanding = said(QueryOutputLevel(101))
    outstanding.withdraw(RequestId(1))
    outstanding.withdraw(RequestId(9))
    assert outstanding.query is not None
    assert done(outstanding, ON) == [(None, ON)]


def test_a_command_waits_as_long_as_the_question_that_would_confirm_it() -> None:
    outstanding = said(PulseOutput(105), FENCE, PulseOutput(106))
    assert outstanding.overdue_at(WAIT_S) == 7.0
    assert outstanding.overdue(WAIT_S, 6.9) == []
    assert [one.number for one in outstanding.overdue(WAIT_S, 7.0)] == [1, 2]
    assert outstanding.overdue_at(WAIT_S) == 8.0
    assert [one.number for one in outstanding.overdue(WAIT_S, 8.0)] == [3]
    assert outstanding.overdue_at(WAIT_S) is None
    assert outstanding.overdue(WAIT_S, 9.0) == []


def test_a_query_that_confirms_nothing_holds_nothing_up() -> None:
    outstanding = said(PulseOutput(105), QueryOutputLevel(101))
    assert outstanding.overdue_at(WAIT_S) == 6.0
    assert [one.number for one in outstanding.overdue(WAIT_S, 6.0)] == [1]
    assert [one.number for one in outstanding.overdue(WAIT_S, 7.0)] == [2]
