"""No press counts twice, and LEDs are told until the wallstation says that they are so."""

import pytest

from dpm_core.model import SerialNumber
from dpm_core.protocol import ButtonAction, ButtonEvent, Frame, LedsSet, LinkSource, encode_message
from dpm_core.protocol.wallstations import LED_AGAIN_S, SENDERS_MAX, ButtonFrames, LedKeeper

pytestmark = pytest.mark.requirement("E5")

KEYPAD, OTHER = SerialNumber(0x02A24C77), SerialNumber(0x02A24C78)


def press(serial: SerialNumber = KEYPAD, button: int = 2, counter: int = 1) -> Frame:
    event = ButtonEvent(button, ButtonAction.PRESS)
    return encode_message(event, counter=counter, sequence=0, source=serial)


def test_a_repeat_within_a_second_is_no_news() -> None:
    frames = ButtonFrames()
    assert frames.is_news(press(), 10.0)
    assert not frames.is_news(press(), 10.5)
    assert not frames.is_news(press(), 11.4), "a second from the last copy"
    assert frames.is_news(press(), 12.4)


def test_another_counter_button_or_wallstation_is_news() -> None:
    frames = ButtonFrames()
    assert frames.is_news(press(), 10.0)
    assert frames.is_news(press(counter=2), 10.1)
    assert frames.is_news(press(button=3, counter=2), 10.2)
    assert frames.is_news(press(OTHER, button=3, counter=2), 10.3)
    assert not frames.is_news(press(button=3, counter=2), 10.4), "others in between change nothing"


def test_a_copy_that_comes_behind_the_release_is_no_news_and_the_next_press_is() -> None:
    def frame(action: ButtonAction, counter: int) -> Frame:
        return encode_message(ButtonEvent(2, action), counter=counter, sequence=0, source=KEYPAD)

    frames = ButtonFrames()
    moved = (ButtonAction.PRESS, ButtonAction.RELEASE)
    for turn in range(12):
        this = frame(moved[turn % 2], turn % 3 + 1)
        assert frames.is_news(this, 10.0 + 0.1 * turn)
        assert not frames.is_news(this, 10.01 + 0.1 * turn)
        if turn:
            before = frame(moved[(turn - 1) % 2], (turn - 1) % 3 + 1)
            assert not frames.is_news(before, 10.02 + 0.1 * turn)
            assert not frames.is_news(this, 10.03 + 0.1 * turn)


def test_a_button_frame_that_names_no_wallstation_is_no_news() -> None:
    event = ButtonEvent(2, ButtonAction.PRESS)
    frame = encode_message(event, counter=1, sequence=0, source=LinkSource())
    assert not ButtonFrames().is_news(frame, 10.0)


def test_no_more_wallstations_are_remembered_than_a_link_may_have() -> None:
    frames = ButtonFrames()
    for count in range(SENDERS_MAX + 1):
        assert frames.is_news(press(SerialNumber(1 + count)), 10.0)
    assert not frames.is_news(press(SerialNumber(SENDERS_MAX + 1)), 10.1)
    assert frames.is_news(press(SerialNumber(1)), 10.1), "the oldest is forgotten"


def told(keeper: LedKeeper, now: float) -> list[LedsSet]:
    return list(keeper.due(now))


def test_a_wallstation_is_told_its_leds_once() -> None:
    keeper = LedKeeper()
    assert keeper.next_due is None
    keeper.want(KEYPAD, {3, 1})
    assert keeper.next_due == float("-inf")
    assert told(keeper, 5.0) == [LedsSet(KEYPAD, (1, 3))]
    assert told(keeper, 5.0) == [], "it is being told"
    assert keeper.heard(KEYPAD, (1, 3)) == {1: True, 3: True}
    keeper.ended(KEYPAD, 5.1, is_answered=True)
    assert keeper.shown(KEYPAD) == (1, 3)
    assert told(keeper, 6.0) == []
    assert keeper.next_due is None


def test_what_changed_meanwhile_is_told_next() -> None:
    keeper = LedKeeper()
    keeper.want(KEYPAD, {1})
    assert told(keeper, 5.0) == [LedsSet(KEYPAD, (1,))]
    keeper.want(KEYPAD, {2})
    assert keeper.heard(KEYPAD, (1,)) == {1: True}
    keeper.ended(KEYPAD, 5.1, is_answered=True)
    assert told(keeper, 5.1) == [LedsSet(KEYPAD, (2,))]
    assert keeper.heard(KEYPAD, (2,)) == {1: False, 2: True}


def test_a_wallstation_that_does_not_answer_is_told_again_at_growing_distances() -> None:
    keeper = LedKeeper()
    keeper.want(KEYPAD, ())
    at = 5.0
    for distance in (*LED_AGAIN_S, LED_AGAIN_S[-1]):
        assert told(keeper, at) == [LedsSet(KEYPAD, ())]
        keeper.ended(KEYPAD, at, is_answered=False)
        assert keeper.next_due == at + distance
        assert told(keeper, at + distance - 0.1) == []
        at += distance
    assert told(keeper, at) == [LedsSet(KEYPAD, ())]
    keeper.ended(KEYPAD, at, is_answered=True)
    keeper.want(KEYPAD, (1,))
    assert told(keeper, at) == [LedsSet(KEYPAD, (1,))]
    keeper.ended(KEYPAD, at, is_answered=False)
    assert keeper.next_due == at + LED_AGAIN_S[0]


def test_an_led_that_went_another_way_is_put_right() -> None:
    keeper = LedKeeper()
    keeper.want(KEYPAD, {1})
    assert told(keeper, 5.0)
    keeper.heard(KEYPAD, (1,))
    keeper.ended(KEYPAD, 5.1, is_answered=True)
    assert keeper.heard(KEYPAD, ()) == {1: False}, "it was unplugged, say"
    assert told(keeper, 7.0) == [LedsSet(KEYPAD, (1,))]


def test_after_a_loss_every_wallstation_is_told_anew() -> None:
    keeper = LedKeeper()
    keeper.want(KEYPAD, {1})
    keeper.want(OTHER, {2})
    assert len(told(keeper, 5.0)) == 2
    keeper.heard(KEYPAD, (1,))
    keeper.ended(KEYPAD, 5.1, is_answered=True)
    keeper.ended(OTHER, 5.2, is_answered=False)
    keeper.forget()
    assert keeper.shown(KEYPAD) is None
    assert told(keeper, 5.3) == [LedsSet(KEYPAD, (1,)), LedsSet(OTHER, (2,))]


def test_after_a_loss_only_what_differs_from_what_was_last_heard_has_changed() -> None:
    keeper = LedKeeper()
    assert keeper.heard(KEYPAD, (1, 2)) == {1: True, 2: True}
    keeper.forget()
    assert keeper.heard(KEYPAD, (2, 3)) == {1: False, 3: True}


def test_of_strangers_only_so_many_are_remembered() -> None:
    keeper = LedKeeper()
    keeper.want(KEYPAD, (1,))
    for number in range(1, SENDERS_MAX + 10):
        keeper.heard(SerialNumber(number), (1,))
    assert keeper.shown(SerialNumber(1)) is None
    assert keeper.shown(SerialNumber(SENDERS_MAX + 9)) == (1,)
    assert told(keeper, 1.0) == [LedsSet(KEYPAD, (1,))]


def test_a_wallstation_that_nobody_programmed_is_only_listened_to() -> None:
    keeper = LedKeeper()
    assert keeper.shown(KEYPAD) is None
    assert keeper.heard(KEYPAD, (4,)) == {4: True}
    assert keeper.shown(KEYPAD) == (4,)
    assert told(keeper, 5.0) == []


def test_a_wallstation_that_was_removed_is_left_alone() -> None:
    keeper = LedKeeper()
    keeper.want(KEYPAD, {1})
    assert told(keeper, 5.0)
    keeper.remove(KEYPAD)
    keeper.remove(KEYPAD)
    keeper.ended(KEYPAD, 5.1, is_answered=False)
    assert told(keeper, 9.0) == []
