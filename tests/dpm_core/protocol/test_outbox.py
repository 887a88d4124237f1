"""What goes next: commands, reads, polls, and what nobody waits for."""

from dpm_core.model import LINK_MODULES_MAX, SerialNumber, ZoneNumber
from dpm_core.protocol.messages import GoToLevel, NameQuery, StatusMask, StatusQuery
from dpm_core.protocol.outbox import Outbox
from dpm_core.protocol.requests import Answered, Priority, Request
from dpm_core.protocol.roster import Roster
from dpm_core.protocol.session_settings import SessionSettings
from tests.dpm_core.protocol.session_link import ONE, TWO

SETTINGS = SessionSettings()


def outbox(*modules: object, settings: SessionSettings = SETTINGS) -> Outbox:
    roster = Roster(settings)
    for serial in modules:
        roster.add(serial, 0.0)  # type: ignore[arg-type]  # a test's shorthand
    return Outbox(settings, roster)


def command(now: float = 0.0) -> Request:
    return issued(Request(GoToLevel(ONE, ZoneNumber(1), 0)), now)


def read(now: float = 0.0) -> Request:
    return issued(Request(StatusQuery(ONE, StatusMask.COUNTERS), Priority.READ), now)


def background(now: float = 0.0) -> Request:
    return issued(Request(NameQuery(ONE, 0), Priority.BACKGROUND), now)


def issued(request: Request, now: float) -> Request:
    request.issued_at = now
    return request


def send(box: Outbox, now: float) -> Request:
    request = box.next_up(now)
    assert request is not None
    box.take(request)
    return request


def test_nothing_is_wanted_of_an_empty_outbox() -> None:
    box = outbox()
    assert box.wanted_at() is None
    assert box.next_up(9.0) is None
    assert box.next_expiry is None
    assert list(box.expired(9.0)) == []


def test_a_poll_is_wanted_when_it_is_due() -> None:
    box = outbox(ONE)
    assert box.wanted_at() == 0.0
    poll = send(box, 0.0)
    assert (poll.priority, poll.message) == (Priority.POLL, StatusQuery(ONE, StatusMask.ZONES))
    assert box.wanted_at() == 0.1
    assert box.next_up(0.05) is None


def test_commands_go_before_reads_and_those_before_polls_and_the_rest_comes_last() -> None:
    box = outbox(ONE)
    wanted = [background(), read(), command()]
    for request in wanted:
        box.add(request)
    assert box.wanted_at() == float("-inf")
    order = []
    for step in range(4):
        request = send(box, 0.01 * step)
        order.append(request.priority)
        box.done(request)
    assert order == [Priority.COMMAND, Priority.READ, Priority.POLL, Priority.BACKGROUND]


def test_what_nobody_waits_for_takes_turns_with_polls_that_never_end() -> None:
    box = outbox(ONE, settings=SessionSettings(poll_interval_s=0.0))
    for _ in range(2):
        box.add(background())
    order = [send(box, 1.0).priority for _ in range(4)]
    assert order == [Priority.BACKGROUND, Priority.POLL, Priority.BACKGROUND, Priority.POLL]


def test_a_read_that_waited_a_second_goes_between_two_commands() -> None:
    box = outbox()
    box.add(read(0.0))
    for _ in range(4):
        box.add(command())
    order = []
    for now in (0.5, 0.6, 1.0, 1.1):
        request = send(box, now)
        order.append(request.priority)
        box.done(request)
    assert order == [Priority.COMMAND, Priority.COMMAND, Priority.READ, Priority.COMMAND]


def test_a_poll_that_is_due_for_a_second_goes_between_two_commands_or_reads() -> None:
    box = outbox(ONE)
    for _ in range(3):
        box.add(command())
    order = []
    for now in (0.9, 1.0, 1.05):
        request = send(box, now)
        order.append(request.priority)
        box.done(request)
    assert order == [Priority.COMMAND, Priority.POLL, Priority.COMMAND]
    box = outbox(ONE)
    for _ in range(3):
        box.add(read(0.9))
    assert [send(box, now).priority for now in (0.9, 1.0, 1.05)] == [
        Priority.READ,
        Priority.POLL,
        Priority.READ,
    ]


def test_without_polling_nobody_is_polled() -> None:
    box = outbox(ONE)
    box.is_polling = False
    assert box.wanted_at() is None
    assert box.next_up(5.0) is None


def test_a_poll_that_was_missed_is_wanted_at_once_but_yields() -> None:
    box = outbox(ONE)
    poll = send(box, 0.0)
    box.again(poll)
    assert box.wanted_at() == float("-inf")
    asked = command()
    box.add(asked)
    assert send(box, 0.06) is asked
    box.done(asked)
    assert send(box, 0.08) is poll


def test_a_poll_of_a_module_that_was_removed_is_dropped() -> None:
    roster = Roster(SETTINGS)
    roster.add(ONE, 0.0)
    box = Outbox(SETTINGS, roster)
    box.again(send(box, 0.0))
    roster.remove(ONE)
    assert box.next_up(0.06) is None
    assert box.wanted_at() is None


def test_a_module_is_polled_with_the_same_question_each_time() -> None:
    box = outbox(ONE, TWO)
    polls = [send(box, 1.0 + second) for second in range(4)]
    assert polls[0].message is polls[2].message
    assert polls[1].message is polls[3].message
    assert polls[1].message == StatusQuery(TWO, StatusMask.ZONES)


def test_questions_of_modules_that_came_and_went_are_not_kept_for_ever() -> None:
    roster = Roster(SETTINGS)
    box = Outbox(SETTINGS, roster)
    first = None
    for number in range(1, LINK_MODULES_MAX + 2):
        serial = SerialNumber(number)
        roster.add(serial, 0.0)
        poll = send(box, float(number))
        assert poll.message == StatusQuery(serial, StatusMask.ZONES)
        first = first or poll
        roster.remove(serial)
    assert first is not None
    roster.add(SerialNumber(1), 0.0)
    again = send(box, 1000.0)
    assert again.message == first.message
    assert again.message is not first.message


def test_a_module_that_owes_an_answer_is_polled_without_repeats() -> None:
    roster = Roster(SETTINGS)
    roster.add(ONE, 0.0)
    box = Outbox(SETTINGS, roster)
    assert send(box, 0.0).sendings_max == 3
    roster.missed(ONE, 0.05)
    assert send(box, 0.1).sendings_max == 1


def test_what_was_withdrawn_is_passed_over() -> None:
    box = outbox()
    first, second, last = read(), read(), background()
    for request in (first, second, last):
        box.add(request)
    first.outcome = last.outcome = Answered(())
    assert send(box, 0.0) is second
    assert box.next_up(0.0) is None
    assert box.wanted_at() is None


def test_a_missed_read_goes_to_the_end() -> None:
    box = outbox()
    first, second = read(), read()
    for request in (first, second):
        box.add(request)
    box.again(send(box, 0.0))
    box.done(first)
    assert [send(box, 0.1), send(box, 0.2)] == [second, first]


def test_those_whose_time_is_over_are_told_once() -> None:
    box = outbox()
    early, late, never, settled, settled_too = (
        Request(StatusQuery(TWO, StatusMask.CCI), Priority.READ, give_up_at=give_up_at)
        for give_up_at in (1.0, 2.0, None, 0.5, 0.6)
    )
    for request in (late, early, never, settled, settled_too):
        box.add(request)
    settled.outcome = settled_too.outcome = Answered(())
    assert box.has_expired(0.5)
    assert list(box.expired(0.5)) == []
    assert box.next_expiry == 1.0
    assert not box.has_expired(0.9)
    assert list(box.expired(0.9)) == []
    assert list(box.expired(1.0)) == [early]
    assert list(box.expired(1.5)) == []
    assert box.next_expiry == 2.0
    assert list(box.expired(9.0)) == [late]


def test_clearing_leaves_nothing() -> None:
    box = outbox(ONE)
    box.again(send(box, 0.0))
    wanted = [
        Request(GoToLevel(ONE, ZoneNumber(1), 0), give_up_at=5.0),
        read(),
        background(),
    ]
    for request in wanted:
        box.add(request)
    assert box.clear() == wanted
    assert box.next_expiry is None
    assert box.next_up(0.05) is None
