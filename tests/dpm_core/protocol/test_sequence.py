"""Sequences: no late answer may fit a new command."""

from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol.sequence import FIRST_SEQUENCE, Sequences


def test_the_first_message_has_sequence_01() -> None:
    assert Sequences().start(0.0) == FIRST_SEQUENCE == 0x01


def test_all_72_values_are_used_before_one_comes_again() -> None:
    sequences = Sequences()
    values = [sequences.start(0.0) for _ in range(72)]
    assert sorted(values) == list(range(0x48))
    assert values[:3] == [1, 2, 3]
    assert values[-1] == 0


def test_a_repeat_is_six_higher_modulo_0x48() -> None:
    sequences = Sequences()
    assert sequences.repeat(0x01, 0.0) == 0x07
    assert sequences.repeat(0x43, 0.0) == 0x01
    assert sequences.repeat(0x47, 0.0) == 0x05


def test_a_value_used_by_a_repeat_rests_too() -> None:
    sequences = Sequences()
    assert sequences.start(0.0) == 1
    assert sequences.repeat(1, 0.0) == 7
    assert [sequences.start(0.0) for _ in range(6)] == [2, 3, 4, 5, 6, 8]


def test_after_two_seconds_a_value_may_come_again_although_it_was_never_answered() -> None:
    sequences = Sequences()
    for _ in range(72):
        sequences.start(0.0)
    assert sequences.start(2.0) == 1


def test_when_all_were_used_one_whose_every_sending_was_answered_comes_first() -> None:
    sequences = Sequences()
    for _ in range(72):
        sequences.start(0.0)
    sequences.answered(40)
    sequences.answered(41)
    assert sequences.start(1.0) == 40
    assert sequences.start(1.0) == 41


def test_one_answer_does_not_make_up_for_an_earlier_sending_without() -> None:
    sequences = Sequences()
    for _ in range(72):
        sequences.start(0.0)
    assert sequences.start(1.0) == 1  # none is answered: the oldest
    sequences.answered(1)
    sequences.answered(9)
    assert sequences.start(1.5) == 9
    # The first sending of 1 was at 0.0: two seconds later nobody can answer it any more.
    sequences.answered(9)
    for value in range(72):
        sequences.answered(value)
    assert sequences.start(2.5) == 2


def test_when_none_is_answered_the_oldest_comes_again() -> None:
    sequences = Sequences()
    for _ in range(72):
        sequences.start(0.0)
    assert [sequences.start(0.5) for _ in range(3)] == [1, 2, 3]


def test_the_rest_is_a_setting() -> None:
    sequences = Sequences(rest_s=0.5)
    for _ in range(72):
        sequences.start(0.0)
    assert sequences.start(0.5) == 1


@given(st.lists(st.tuples(st.floats(0.0, 0.2), st.booleans()), max_size=200))
def test_no_value_whose_answer_is_open_is_used_within_two_seconds_while_another_is_safe(
    steps: list[tuple[float, bool]],
) -> None:
    sequences = Sequences()
    now = 0.0
    used_at: dict[int, float] = {}
    unanswered_at: dict[int, float] = {}
    for pause_s, is_answered in steps:
        now += pause_s
        safe = {
            value
            for value in range(0x48)
            if now - used_at.get(value, -9.0) >= 2.0 or now - unanswered_at.get(value, -9.0) >= 2.0
        }
        value = sequences.start(now)
        assert value in safe or not safe
        used_at[value] = now
        if is_answered:
            sequences.answered(value)
        else:
            unanswered_at[value] = now
