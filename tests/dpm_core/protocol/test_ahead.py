"""The next command, made beforehand: it goes at once, and changes nothing but that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.model import Cause, GroupNumber, ZoneNumber
from dpm_core.protocol.frames import Frame
from dpm_core.protocol.messages import (
    BROADCAST,
    GoToLevel,
    ObjectMessage,
    ReportFlag,
    Result,
    ResultCode,
    StatusMask,
    StatusQuery,
    Target,
    ZoneReport,
)
from dpm_core.protocol.requests import (
    Answered,
    Expired,
    LinkGone,
    Priority,
    Refused,
    Unanswered,
    Withdrawn,
)
from dpm_core.protocol.session_events import MessageHeard, NoiseHeard
from dpm_core.protocol.session_settings import Echo, SessionSettings
from tests.dpm_core.protocol.session_link import (
    ONE,
    THREE,
    TWO,
    Heard,
    SessionLink,
    ack,
    acknowledge,
    silence,
    wire,
)

AT_ONCE = SessionSettings(gap_s=0.0, report_gap_s=0.0)


def command(target: Target, zone: int = 1) -> GoToLevel:
    return GoToLevel(target, 0 if target is BROADCAST else ZoneNumber(zone), 0xFEFF)


def hurried(settings: SessionSettings = AT_ONCE) -> SessionLink:
    """Return a link on which nobody answers; a test says itself what is heard."""
    return SessionLink(settings, silence, is_in_a_hurry=True)


def acknowledged(link: SessionLink) -> bool:
    """Acknowledge what was sent last; return whether the next command went at once."""
    link.now += 0.001
    return link.hear(ack(link.sequences[-1]))


def test_the_next_command_goes_before_anything_is_made_of_the_acknowledgement() -> None:
    link = hurried()
    requests = [link.submit(command(one)) for one in (ONE, TWO, ONE)]
    link.run(0.0)
    assert link.messages == [command(ONE)]
    assert acknowledged(link)
    assert link.messages == [command(ONE), command(TWO)]
    assert link.outcome(requests[0]) is not None
    link.run(0.0)
    assert acknowledged(link)
    link.run(0.0)
    assert not acknowledged(link), "nothing waits any more"
    link.run(0.0)
    assert all(isinstance(link.outcome(request), Answered) for request in requests)
    assert [frame.counter for _, _, frame in link.sent] == [1, 1, 2]
    assert link.session.statistics.frames_sent == 3
    assert link.session.statistics.heard.frames == 3
    assert link.session.statistics.heard.octets == 3 * 12


def zone_report(is_on: bool) -> bytes:
    zones = (is_on, False, False, False)
    return wire(ZoneReport(ONE, zones, zones, ReportFlag(0), Cause.LINK_COMMAND, 7))


@given(
    st.lists(st.sampled_from((zone_report(True), zone_report(False), b"\x55\xff", b"\x00\xf0"))),
    st.integers(0, 40),
    st.lists(st.integers(1, 80)),
)
def test_what_follows_the_acknowledgement_at_once_is_heard_as_if_it_came_later(
    pieces: list[bytes], cut_off: int, cuts: list[int]
) -> None:
    behind = b"".join(pieces)[: -cut_off or None]
    told = []
    for places in ([], [12], cuts):
        link = SessionLink(AT_ONCE)
        request = link.submit(command(ONE))
        link.run(0.0)
        heard = ack(link.sequences[-1]) + behind
        edges = [0, *sorted(place for place in places if place < len(heard)), len(heard)]
        for begin, end in pairwise(edges):
            link.hear(heard[begin:end])
        link.run(1.0)
        assert isinstance(link.outcome(request), Answered)
        heard_messages = [one.message for one in link.events if isinstance(one, MessageHeard)]
        noise = [one.noise for one in link.events if isinstance(one, NoiseHeard)]
        told.append((heard_messages, noise, link.session.statistics))
    assert told[0] == told[1] == told[2]


targets = st.lists(
    st.sampled_from((ONE, TWO, THREE, BROADCAST, GroupNumber(5))), min_size=1, max_size=12
)


@given(targets, st.sets(st.integers(0, 15)))
def test_what_is_sent_is_the_same_with_and_without_hurry(
    issued: list[Target], unanswered: set[int]
) -> None:
    told = []
    for is_in_a_hurry in (False, True):
        link = SessionLink(AT_ONCE, is_in_a_hurry=is_in_a_hurry)

        def answers(
            frame: Frame, message: ObjectMessage, link: SessionLink = link
        ) -> Iterable[Heard]:
            is_shared = message.address() not in (ONE, TWO, THREE)
            return () if is_shared or len(link.sent) in unanswered else acknowledge(frame, message)

        link.answers = answers
        requests = [link.submit(command(target)) for target in issued]
        link.run(3.0)
        told.append(
            (
                [(frame.counter, message) for _, message, frame in link.sent],
                [type(link.outcome(request)) for request in requests],
                link.session.statistics,
            )
        )
    assert told[0] == told[1]


def test_what_was_made_and_withdrawn_is_never_sent() -> None:
    link = hurried()
    link.submit(command(ONE))
    second, third = link.submit(command(TWO)), link.submit(command(THREE))
    link.run(0.0)
    link.session.withdraw(second, link.now)
    assert not acknowledged(link)
    link.run(0.0)
    assert link.messages == [command(ONE), command(THREE)]
    assert isinstance(link.outcome(second), Withdrawn)
    assert (second.sendings, second.sequences) == (0, [])
    assert third.sequences == link.sequences[-1:]


def test_what_was_made_and_expired_is_never_sent() -> None:
    link = hurried()
    link.submit(command(ONE))
    second = link.submit(command(TWO), give_up_at=0.0005)
    link.run(0.0)
    assert not acknowledged(link)
    link.run(0.0)
    assert link.messages == [command(ONE)]
    outcome = link.outcome(second)
    assert isinstance(outcome, Expired)
    assert outcome.sendings == 0


def test_what_was_made_is_numbered_anew_when_another_answer_came() -> None:
    link = hurried()
    first, second = link.submit(command(ONE)), link.submit(command(TWO))
    link.run(0.0)
    refusal = Result(ONE, 0x40, ResultCode.OVERRIDE, link.sequences[0])
    link.now += 0.001
    assert not link.hear(wire(refusal))
    link.run(0.0)
    assert link.outcome(first) == Refused(ResultCode.OVERRIDE)
    assert link.messages == [command(ONE), command(TWO)]
    assert second.sendings == 1
    assert second.sequences == link.sequences[1:]
    assert link.sent[1][2].counter == 1


def test_what_was_made_goes_before_a_missed_command_is_repeated() -> None:
    link = hurried()
    first, second = link.submit(command(ONE)), link.submit(command(TWO))
    link.run(1.0)
    assert link.messages[:3] == [command(ONE), command(TWO), command(ONE)]
    assert isinstance(link.outcome(first), Unanswered)
    assert isinstance(link.outcome(second), Unanswered)
    assert first.sendings == second.sendings == 3


def test_a_repeat_is_not_made_beforehand() -> None:
    link = hurried()
    link.submit(command(ONE))
    link.run(0.0)
    link.run(link.session.settings.answer_wait_s(24, 24))
    link.submit(command(TWO))
    link.run(0.0)
    assert link.messages == [command(ONE), command(ONE)]
    assert acknowledged(link)
    assert link.messages[-1] == command(TWO)


def test_an_acknowledgement_behind_half_a_frame_is_taken_apart_as_ever() -> None:
    link = hurried()
    first, second = link.submit(command(ONE)), link.submit(command(TWO))
    link.run(0.0)
    assert not link.hear(b"\xfa")
    assert not link.hear(ack(link.sequences[0]))
    link.run(0.0)
    assert isinstance(link.outcome(first), Answered)
    assert second.sendings == 1


def test_a_lost_link_ends_what_was_made_for_it() -> None:
    link = hurried()
    first, second = link.submit(command(ONE)), link.submit(command(TWO))
    link.run(0.0)
    link.session.link_lost(link.now)
    assert [second.sendings, second.sequences] == [0, []]
    link.session.link_opened(link.now)
    link.run(0.0)
    assert link.outcome(first) == link.outcome(second) == LinkGone()
    assert len(link.sent) == 1


def test_a_read_that_has_waited_long_enough_has_its_turn_first() -> None:
    link = hurried(replace(AT_ONCE, read_wait_s=0.001))
    link.submit(StatusQuery(TWO, StatusMask.CCI), Priority.READ)
    link.now = 0.001
    for zone in (1, 2):
        link.submit(command(ONE, zone))
    link.run(0.0)
    assert link.messages == [command(ONE)]
    assert not acknowledged(link)
    link.run(0.0)
    assert link.messages[1:] == [StatusQuery(TWO, StatusMask.CCI)]


def test_a_poll_that_has_waited_long_enough_has_its_turn_first() -> None:
    link = hurried(replace(AT_ONCE, poll_wait_s=0.001))
    link.session.roster.add(TWO, link.now)
    link.now = 0.001
    for zone in (1, 2):
        link.submit(command(ONE, zone))
    link.run(0.0)
    assert not acknowledged(link)
    link.run(0.0)
    assert link.messages == [command(ONE), StatusQuery(TWO, StatusMask.ZONES)]


def test_a_poll_that_is_due_in_a_moment_does_not_hold_the_next_command_up() -> None:
    link = hurried()
    link.session.roster.add(TWO, link.now)
    for zone in (1, 2):
        link.submit(command(ONE, zone))
    link.run(0.0)
    assert acknowledged(link)
    assert link.messages == [command(ONE, 1), command(ONE, 2)]


def test_nothing_is_made_beforehand_while_a_read_is_outstanding() -> None:
    link = hurried()
    link.submit(StatusQuery(ONE, StatusMask.CCI), Priority.READ)
    link.run(0.0)
    second = link.submit(command(TWO))
    link.run(0.0)
    assert second.sendings == 0


def test_nothing_is_made_beforehand_while_a_command_of_less_urgency_is_outstanding() -> None:
    link = hurried()
    link.submit(command(ONE), Priority.READ)
    link.run(0.0)
    second = link.submit(command(TWO))
    link.run(0.0)
    assert second.sendings == 0
    assert not acknowledged(link)


def test_what_was_made_stays_while_more_is_wanted_and_nobody_is_polled() -> None:
    link = hurried()
    link.session.is_polling = False
    for target in (ONE, TWO, THREE):
        link.submit(command(target))
        link.run(0.0)
    assert acknowledged(link)
    assert link.messages == [command(ONE), command(TWO)]


@pytest.mark.parametrize(
    "settings",
    [
        replace(AT_ONCE, gap_s=0.002),
        replace(AT_ONCE, report_gap_s=0.02),
        replace(AT_ONCE, echo=Echo.LOCAL),
    ],
)
def test_nothing_is_made_beforehand_where_the_line_wants_more_than_an_acknowledgement(
    settings: SessionSettings,
) -> None:
    link = hurried(settings)
    link.submit(command(ONE))
    second = link.submit(command(TWO))
    link.run(settings.gap_s)
    assert len(link.sent) == 1
    assert second.sendings == 0


def test_nothing_is_made_beforehand_by_one_who_may_not_send() -> None:
    link = hurried()
    link.submit(command(ONE))
    link.run(0.0)
    link.session.may_send = False
    second = link.submit(command(TWO))
    link.run(0.0)
    assert second.sendings == 0
