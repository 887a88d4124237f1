"""The order of commands."""

from hypothesis import given
from hypothesis import strategies as st

from dpm_core.model import GroupNumber, SerialNumber, ZoneNumber
from dpm_core.protocol.messages import BROADCAST, GoToLevel, Target
from dpm_core.protocol.requests import Answered, Request
from dpm_core.protocol.session_queue import CommandQueue
from tests.dpm_core.protocol.session_link import ONE, THREE, TWO

GROUP = GroupNumber(5)


def command(target: Target, zone: int = 1) -> Request:
    is_module = isinstance(target, SerialNumber)
    return Request(GoToLevel(target, ZoneNumber(zone) if is_module else 0, 0))


def filled(*targets: Target) -> tuple[CommandQueue, list[Request]]:
    queue = CommandQueue()
    requests = [command(target) for target in targets]
    for request in requests:
        queue.add(request)
    return queue, requests


def send(queue: CommandQueue) -> Request:
    request = queue.first()
    assert request is not None
    queue.take(request)
    return request


def drain(queue: CommandQueue) -> list[Request]:
    sent = []
    while queue.first() is not None:
        sent.append(send(queue))
        queue.done(sent[-1])
    return sent


def test_an_empty_queue_has_nothing() -> None:
    assert CommandQueue().first() is None
    assert CommandQueue().clear() == []


def test_commands_go_in_the_order_in_which_they_were_issued() -> None:
    queue, requests = filled(ONE, TWO, ONE, THREE, TWO)
    assert drain(queue) == requests


def test_a_missed_command_goes_behind_what_waits_for_other_modules() -> None:
    queue, (a, b, c) = filled(ONE, TWO, THREE)
    queue.again(send(queue))
    assert drain(queue) == [b, c, a]


def test_nothing_overtakes_a_missed_command_to_its_own_module() -> None:
    queue, (first, second, other) = filled(ONE, ONE, TWO)
    queue.again(send(queue))
    assert drain(queue) == [other, first, second]


def test_while_a_command_is_out_nothing_else_for_its_module_is_next() -> None:
    queue, (first, second) = filled(ONE, ONE)
    assert send(queue) is first
    assert queue.first() is None
    queue.done(first)
    assert queue.first() is second


def test_a_group_or_broadcast_command_keeps_its_place_among_all_others() -> None:
    queue, (a, b, group, c, everybody, d) = filled(ONE, TWO, GROUP, ONE, BROADCAST, TWO)
    queue.again(send(queue))  # a was missed: b first, then a again, and only then the group
    assert drain(queue) == [b, a, group, c, everybody, d]


def test_what_was_withdrawn_is_passed_over() -> None:
    queue, (a, b, c, d) = filled(ONE, ONE, GROUP, ONE)
    for request in (a, c):
        request.outcome = Answered(())
    assert drain(queue) == [b, d]


def test_what_was_withdrawn_while_it_waited_for_its_repeat_is_passed_over() -> None:
    queue, (a, b) = filled(ONE, ONE)
    queue.again(send(queue))
    a.outcome = Answered(())
    assert drain(queue) == [b]


def test_clearing_gives_everything_back_in_the_order_of_issue() -> None:
    queue, requests = filled(ONE, TWO, GROUP, ONE)
    send(queue)
    assert queue.clear() == requests
    assert queue.first() is None


@given(st.lists(st.sampled_from([ONE, TWO, THREE, GROUP, BROADCAST]), max_size=12), st.data())
def test_whatever_is_missed_no_module_sees_two_commands_in_another_order(
    targets: list[Target], data: st.DataObject
) -> None:
    queue, requests = filled(*targets)
    done: list[Request] = []
    while queue.first() is not None:
        request = send(queue)
        if data.draw(st.integers(0, 3)):
            queue.done(request)
            done.append(request)
        else:
            queue.again(request)
    assert sorted(map(id, done)) == sorted(map(id, requests))
    for serial in (ONE, TWO, THREE):
        concerned = [each for each in done if each.serial in (serial, None)]
        assert concerned == [each for each in requests if each.serial in (serial, None)]
