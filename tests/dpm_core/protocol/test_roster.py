"""Who is asked when, and who is gone."""

import pytest

from dpm_core.protocol.roster import Presence, Roster
from dpm_core.protocol.session_settings import SessionSettings
from tests.dpm_core.protocol.session_link import ONE, THREE, TWO


def roster(*serials: object, now: float = 0.0, **changes: object) -> Roster:
    made = Roster(SessionSettings(**changes))  # type: ignore[arg-type]  # a test's shorthand
    for serial in serials:
        made.add(serial, now)  # type: ignore[arg-type]  # as above
    return made


def miss(made: Roster, now: float, times: int) -> list[bool]:
    return [made.missed(ONE, now) for _ in range(times)]


def test_an_empty_roster_asks_nobody() -> None:
    empty = roster()
    assert empty.next_due is None
    assert empty.next_poll(9.0) is None
    assert len(empty) == 0


def test_modules_are_asked_round_robin_one_each_interval() -> None:
    three = roster(ONE, TWO, THREE)
    asked = []
    now = 0.0
    for _ in range(6):
        assert three.next_due == pytest.approx(now)
        asked.append(three.next_poll(now))
        assert three.next_poll(now) is None
        now += 0.1
    assert asked == [ONE, TWO, THREE, ONE, TWO, THREE]


def test_a_round_that_was_held_up_does_not_catch_up_in_a_burst() -> None:
    two = roster(ONE, TWO)
    assert two.next_poll(0.0) == ONE
    assert two.next_poll(5.0) == TWO
    assert two.next_due == 5.0
    assert two.next_poll(5.0) == ONE
    assert two.next_poll(5.0) is None
    assert two.next_due == pytest.approx(5.1)


def test_with_no_interval_somebody_is_always_due() -> None:
    two = roster(ONE, TWO, poll_interval_s=0.0)
    assert [two.next_poll(1.0) for _ in range(4)] == [ONE, TWO, ONE, TWO]


def test_adding_twice_is_adding_once_and_removing_a_stranger_is_nothing() -> None:
    one = roster(ONE)
    one.add(ONE, 1.0)
    one.remove(TWO)
    assert list(one.serials) == [ONE]
    assert ONE in one
    assert TWO not in one
    one.remove(ONE)
    assert one.next_due is None


def test_nobody_is_there_until_it_is_heard_and_is_found_once() -> None:
    one = roster(ONE)
    assert one.presence(ONE) is Presence.WAITING
    assert one.heard(ONE, 0.5)
    assert one.presence(ONE) is Presence.ONLINE
    assert not one.heard(ONE, 0.6)
    assert not one.heard(TWO, 0.6)
    assert not one.missed(TWO, 0.6)


@pytest.mark.requirement("H6")
def test_three_misses_and_two_silent_seconds_make_a_module_offline() -> None:
    one = roster(ONE)
    one.heard(ONE, 10.0)
    assert miss(one, 12.0, 3) == [False, False, True]
    assert one.presence(ONE) is Presence.OFFLINE


def test_two_misses_do_not_however_long_it_was_silent() -> None:
    one = roster(ONE)
    one.heard(ONE, 0.0)
    assert miss(one, 100.0, 2) == [False, False]
    assert one.presence(ONE) is Presence.ONLINE


def test_three_misses_before_two_silent_seconds_do_not_but_it_is_asked_right_then() -> None:
    many = roster(ONE, TWO, THREE)
    many.heard(ONE, 10.0)
    assert miss(many, 10.2, 3) == [False] * 3
    assert many.presence(ONE) is Presence.ONLINE
    assert [many.next_poll(10.2 + step / 10) for step in range(4)] == [TWO, THREE, TWO, THREE]
    assert many.next_poll(12.0) == ONE
    assert many.missed(ONE, 12.06)
    assert many.presence(ONE) is Presence.OFFLINE


def test_an_answer_in_time_takes_it_back_into_the_round() -> None:
    one = roster(ONE)
    one.heard(ONE, 10.0)
    miss(one, 10.2, 3)
    assert not one.heard(ONE, 10.3)
    assert one.next_poll(10.3) == ONE
    assert miss(one, 13.0, 2) == [False, False]


@pytest.mark.requirement("H6")
def test_an_offline_module_is_asked_after_1_2_4_and_then_every_5_seconds() -> None:
    one = roster(ONE)
    miss(one, 2.0, 3)
    asked = []
    for _ in range(6):
        now = one.next_due
        assert now is not None
        assert one.next_poll(now) == ONE
        assert not one.missed(ONE, now + 0.05)
        asked.append(now)
    assert asked == [3.0, 5.0, 9.0, 14.0, 19.0, 24.0]


def test_any_frame_ends_offline_and_the_next_time_begins_anew() -> None:
    one = roster(ONE)
    miss(one, 2.0, 3)
    one.next_poll(3.0)
    assert one.heard(ONE, 3.01)
    assert one.presence(ONE) is Presence.ONLINE
    assert one.next_poll(3.1) == ONE
    assert miss(one, 6.0, 3) == [False, False, True]
    assert one.next_due == 7.0


def test_rounds_and_offline_modules_take_turns_so_that_neither_starves() -> None:
    made = roster(ONE, TWO, poll_interval_s=0.0, offline_ask_s=(0.001,))
    made.heard(TWO, 0.0)
    miss(made, 2.0, 3)
    assert [made.next_poll(3.0 + step) for step in range(4)] == [ONE, TWO, ONE, TWO]


def test_a_removed_offline_module_is_not_asked_again() -> None:
    made = roster(ONE)
    miss(made, 2.0, 3)
    made.remove(ONE)
    assert made.next_due is None
    assert made.next_poll(9.0) is None


def test_a_poll_may_be_repeated_unless_the_module_owes_an_answer_already() -> None:
    one = roster(ONE)
    assert one.polls_left(ONE) == 3
    one.missed(ONE, 0.0)
    assert one.polls_left(ONE) == 1
    assert one.polls_left(TWO) == 1


def test_a_new_link_begins_with_everybody_in_the_round() -> None:
    two = roster(ONE, TWO)
    miss(two, 2.0, 3)
    two.heard(TWO, 2.0)
    two.restart(20.0)
    assert two.presence(ONE) is Presence.WAITING
    assert two.presence(TWO) is Presence.WAITING
    assert two.next_due == 20.0
    assert {two.next_poll(20.0), two.next_poll(20.1)} == {ONE, TWO}
    assert miss(two, 21.9, 3) == [False] * 3
    assert miss(two, 22.0, 1) == [True]
