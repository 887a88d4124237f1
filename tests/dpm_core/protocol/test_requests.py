"""A request: what was asked, and what came of it."""

from dpm_core.model import ZoneNumber
from dpm_core.protocol.messages import GoToLevel
from dpm_core.protocol.requests import LinkGone, Priority, Request
from tests.dpm_core.protocol.session_link import ONE


def test_a_request_is_settled_when_it_has_an_outcome() -> None:
    request = Request(GoToLevel(ONE, ZoneNumber(1), 0))
    assert request.priority is Priority.COMMAND
    assert request.serial == ONE
    assert not request.is_settled
    request.outcome = LinkGone()
    assert request.is_settled


def test_commands_come_before_reads_before_polls_before_the_rest() -> None:
    assert sorted(Priority) == [
        Priority.COMMAND,
        Priority.READ,
        Priority.POLL,
        Priority.BACKGROUND,
    ]
