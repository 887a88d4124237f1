"""What goes next: commands first, queries in time, and no query before what it would confirm."""

from __future__ import annotations

import pytest

from dpm_core.protocol.lip import (
    LipCommand,
    PressButton,
    PulseOutput,
    QueryAreaLevels,
    QueryOutputLevel,
    QuerySystem,
    RequestId,
    SetOutputLevel,
)
from dpm_core.protocol.lip.outbox import Outbox, Request

pytestmark = pytest.mark.requirement("E8")

WAIT_S = 1.0


def outbox(*commands: LipCommand) -> Outbox:
    """Return one that was given these at time 0."""
    waiting = Outbox(WAIT_S)
    for number, command in enumerate(commands, 1):
        waiting.add(Request(command, RequestId(number), 0.0))
    return waiting


def order(waiting: Outbox, now: float) -> list[int]:
    """Return the numbers in the order in which they go."""
    taken = []
    while (request := waiting.take(now, may_ask=True)) is not None:
        taken.append(int(request.number or 0))
    return taken


def test_commands_go_in_order_and_before_queries() -> None:
    waiting = outbox(QueryOutputLevel(1), SetOutputLevel(2, 0), SetOutputLevel(3, 0))
    assert len(waiting) == 3
    assert order(waiting, 0.5) == [2, 3, 1]
    assert len(waiting) == 0


def test_a_query_that_waited_long_goes_before_commands() -> None:
    waiting = outbox(QueryOutputLevel(1), SetOutputLevel(2, 0), QueryOutputLevel(3))
    assert order(waiting, WAIT_S) == [1, 3, 2]


@pytest.mark.parametrize(
    ("command", "query", "expected"),
    [
        (SetOutputLevel(1, 0), QueryOutputLevel(2), [2, 1]),
        (SetOutputLevel(1, 0), QueryOutputLevel(1), [1, 2]),
        (PulseOutput(1), QuerySystem(10), [1, 2]),
        (PulseOutput(1), QueryOutputLevel(2), [2, 1]),
        (SetOutputLevel(1, 0), QueryAreaLevels(5), [1, 2]),
        (PressButton(30, 1), QueryOutputLevel(2), [1, 2]),
    ],
)
def test_a_query_overtakes_only_a_command_for_another_output(
    command: LipCommand, query: LipCommand, expected: list[int]
) -> None:
    assert order(outbox(command, query), WAIT_S) == expected


def test_a_query_goes_before_commands_that_were_given_behind_it() -> None:
    waiting = outbox(SetOutputLevel(2, 0), QueryOutputLevel(1), SetOutputLevel(1, 0))
    assert order(waiting, WAIT_S) == [2, 1, 3]


def test_no_query_goes_while_another_is_outstanding() -> None:
    waiting = outbox(QueryOutputLevel(1))
    assert waiting.take(WAIT_S, may_ask=False) is None
    assert not waiting.may_go(may_ask=False)
    assert waiting.may_go(may_ask=True)
    waiting.add(Request(SetOutputLevel(1, 0), RequestId(2), 0.0))
    assert waiting.may_go(may_ask=False)
    request = waiting.take(WAIT_S, may_ask=False)
    assert request is not None
    assert request.number == 2


def test_what_is_withdrawn_does_not_go() -> None:
    waiting = outbox(QueryOutputLevel(1), SetOutputLevel(2, 0), SetOutputLevel(3, 0))
    waiting.withdraw(RequestId(2))
    waiting.withdraw(RequestId(1))
    waiting.withdraw(RequestId(9))
    assert order(waiting, 0.0) == [3]


def test_nothing_goes_where_nothing_waits() -> None:
    assert Outbox(WAIT_S).take(0.0, may_ask=True) is None
    assert not Outbox(WAIT_S).may_go(may_ask=True)
