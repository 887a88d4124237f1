"""The master's session, with the time as an argument: an hour of resends in a moment."""

import math
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.model import (
    Cause,
    CcoAction,
    CcoType,
    ContactState,
    GroupNumber,
    SerialNumber,
    ZoneNumber,
)
from dpm_core.protocol.frames import SEQUENCE_COUNT, Frame, encode_wire
from dpm_core.protocol.messages import (
    BROADCAST,
    Acknowledge,
    CciReport,
    CcoReport,
    CcoSet,
    Discover,
    GoToLevel,
    GroupQuery,
    GroupReport,
    IdentityReport,
    NameQuery,
    ObjectMessage,
    OverrideReport,
    Report,
    ReportFlag,
    Result,
    ResultCode,
    StatusMask,
    StatusQuery,
    ZoneReport,
    encode_message,
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
from dpm_core.protocol.roster import Presence
from dpm_core.protocol.session_events import (
    MessageHeard,
    ModuleOnline,
    NoiseHeard,
    RequestSettled,
)
from dpm_core.protocol.session_settings import Echo, SessionSettings
from tests.dpm_core.protocol.session_link import (
    ONE,
    THREE,
    TWO,
    Answers,
    Heard,
    SessionLink,
    ack,
    acknowledge,
    silence,
    wire,
)

OFF = (False, False, False, False)
ON_2 = GoToLevel(ONE, ZoneNumber(2), 0xFEFF)
OFF_4 = GoToLevel(ONE, ZoneNumber(4), 0)
QUIET = SessionSettings(poll_interval_s=3600.0)
WAIT_S = SessionSettings().answer_wait_s(24, 24)
GAP_S = SessionSettings().gap_s


def zones(serial: SerialNumber = ONE, cause: Cause = Cause.QUERY, count: int = 1) -> ZoneReport:
    return ZoneReport(serial, OFF, OFF, ReportFlag(0), cause, count)


def result(frame: Frame, kind: int, code: ResultCode = ResultCode.DONE) -> bytes:
    return wire(Result(ONE, kind, code, frame.sequence))


def unanswered(sendings: int) -> Unanswered:
    waited_s: Any = pytest.approx(sendings * WAIT_S)
    return Unanswered(waited_s, sendings)


def modules(*alive: SerialNumber) -> Answers:
    """Answer for these: levels with an acknowledgement, queries with their zones."""

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        target = message.address()
        if isinstance(target, SerialNumber) and target in alive:
            if isinstance(message, StatusQuery):
                yield 0.001, wire(zones(target))
            else:
                yield 0.001, ack(frame.sequence)

    return answer


# --- one message ----------------------------------------------------------------------------


def test_the_first_messages_are_the_worked_octets_of_the_reference() -> None:
    link = SessionLink(QUIET, acknowledge)
    link.submit(ON_2)
    link.run(0.01)
    packet = "91 01 21 00 01 00 21 0e 00 00 a1 b2 c3 fe 40 02 00 02 fe ff 00 00 4d 64"
    assert str(link.sent[0][2]) == packet


def test_an_acknowledgement_with_its_sequence_ends_a_command() -> None:
    link = SessionLink(QUIET, acknowledge)
    request = link.submit(ON_2)
    link.run(1.0)
    assert link.outcome(request) == Answered((Acknowledge(1),))
    assert link.times == [0.0]
    assert link.session.statistics.answers == 1


def test_an_answer_to_something_else_does_not_end_it() -> None:
    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        yield 0.001, ack((frame.sequence + 1) % SEQUENCE_COUNT)
        yield 0.002, wire(Result(TWO, 0x40, ResultCode.OVERRIDE, frame.sequence))
        yield 0.003, wire(zones(ONE, Cause.LINK_COMMAND))

    link = SessionLink(QUIET, answer)
    request = link.submit(ON_2)
    link.run(0.05)
    assert link.outcome(request) is None
    assert link.session.statistics.stray_answers == 2


def test_an_answer_while_nothing_is_outstanding_is_a_stray() -> None:
    link = SessionLink(QUIET)
    link.hear_later(0.1, ack(1))
    link.run(1.0)
    assert link.session.statistics.stray_answers == 1
    assert [event.answers for event in link.events if isinstance(event, MessageHeard)] == [None]


@pytest.mark.requirement("C4")
def test_a_refusal_ends_a_command_and_it_is_not_sent_again() -> None:
    link = SessionLink(QUIET, lambda frame, _: [(0.001, result(frame, 0x40, ResultCode.OVERRIDE))])
    request = link.submit(ON_2)
    link.run(10.0)
    assert link.outcome(request) == Refused(ResultCode.OVERRIDE)
    assert len(link.sent) == 1
    assert link.session.statistics.refusals == 1


def test_a_result_ends_a_cco_command() -> None:
    link = SessionLink(QUIET, lambda frame, _: [(0.001, result(frame, 0x05))])
    request = link.submit(CcoSet(ONE, CcoAction.PULSE))
    link.run(1.0)
    assert link.outcome(request) == Answered((Result(ONE, 0x05, ResultCode.DONE, 1),))


# --- repeats --------------------------------------------------------------------------------


@pytest.mark.requirement("G2")
def test_an_unanswered_command_is_sent_three_times_with_one_counter_and_sequences_six_apart() -> (
    None
):
    link = SessionLink(QUIET)
    request = link.submit(ON_2)
    link.run(10.0)
    assert link.sequences == [0x01, 0x07, 0x0D]
    assert [frame.counter for _, _, frame in link.sent] == [1, 1, 1]
    assert link.times == pytest.approx([0.0, WAIT_S, 2 * WAIT_S])
    assert link.outcome(request) == unanswered(3)
    assert link.session.statistics.repeats == 2
    assert link.session.statistics.missed_answers == 3


@pytest.mark.parametrize("answered", [1, 2, 3])
def test_the_answer_to_any_of_its_sendings_ends_a_command(answered: int) -> None:
    link = SessionLink(QUIET)

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        if len(link.sent) == answered:
            yield 0.001, ack(frame.sequence)

    link.answers = answer
    request = link.submit(ON_2)
    link.run(10.0)
    assert len(link.sent) == answered
    assert isinstance(link.outcome(request), Answered)


def test_a_late_answer_to_the_first_sending_ends_the_second() -> None:
    link = SessionLink(QUIET)

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        if len(link.sent) == 1:
            yield WAIT_S + 0.005, ack(frame.sequence)

    link.answers = answer
    request = link.submit(ON_2)
    link.run(10.0)
    assert len(link.sent) == 2
    assert link.outcome(request) == Answered((Acknowledge(0x01),))


def test_the_answer_to_a_command_that_gave_way_does_not_end_another_one() -> None:
    link = SessionLink(QUIET)

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        if message.address() == ONE and len(link.sent) == 1:
            yield WAIT_S + 0.005, ack(frame.sequence)

    link.answers = answer
    late = link.submit(ON_2)
    other = link.submit(GoToLevel(TWO, ZoneNumber(1), 0))
    link.run(10.0)
    assert isinstance(link.outcome(late), Unanswered)
    assert isinstance(link.outcome(other), Unanswered)
    assert link.session.statistics.stray_answers == 1


def test_the_counter_of_each_target_goes_1_2_3_1() -> None:
    link = SessionLink(QUIET, acknowledge)
    for target in (ONE, TWO, ONE, ONE, ONE, TWO):
        link.submit(GoToLevel(target, ZoneNumber(1), 0))
    link.submit(GoToLevel(GroupNumber(int(ONE) & 0xFFFF), 0, 0))
    link.submit(GoToLevel(BROADCAST, 0, 0))
    link.run(10.0)
    assert [frame.counter for _, _, frame in link.sent] == [1, 1, 2, 3, 1, 2, 1, 1]


def test_only_what_is_missing_of_an_answer_is_asked_again() -> None:
    link = SessionLink(QUIET)
    query = StatusQuery(ONE, StatusMask.ZONES | StatusMask.OVERRIDE | StatusMask.CCI)

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        assert isinstance(message, StatusQuery)
        if StatusMask.ZONES in message.mask:
            yield 0.001, wire(zones())
            yield 0.001, wire(CciReport(ONE, ContactState.CLOSED, False))
        else:
            yield 0.001, wire(OverrideReport(ONE, False, OFF, OFF, Cause.QUERY))

    link.answers = answer
    request = link.submit(query, Priority.READ)
    link.run(1.0)
    assert link.messages == [query, StatusQuery(ONE, StatusMask.OVERRIDE)]
    outcome = link.outcome(request)
    assert isinstance(outcome, Answered)
    assert len(outcome.messages) == 3


def test_the_wait_begins_anew_with_each_report_of_an_answer() -> None:
    parts = (StatusMask.ZONES, StatusMask.CCI, StatusMask.CCO)
    link = SessionLink(QUIET)

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        yield 0.050, wire(zones())
        yield 0.090, wire(CciReport(ONE, ContactState.CLOSED, False))
        yield 0.130, wire(CcoReport(ONE, False, CcoType.MOMENTARY))

    link.answers = answer
    request = link.submit(StatusQuery(ONE, parts[0] | parts[1] | parts[2]), Priority.READ)
    link.run(1.0)
    assert len(link.sent) == 1
    assert isinstance(link.outcome(request), Answered)


@pytest.mark.requirement("G2")
def test_an_hour_without_an_answer_ends_each_command_in_its_time() -> None:
    link = SessionLink(QUIET)
    requests = []
    for _ in range(600):
        requests.append(link.submit(ON_2))
        link.run(6.0)
    assert link.now == pytest.approx(3600.0)
    assert all(link.outcome(each) == unanswered(3) for each in requests)
    assert len(link.sent) == 1800


# --- half duplex ----------------------------------------------------------------------------


def test_one_message_is_outstanding_and_the_gap_is_kept_after_the_last_octet_heard() -> None:
    link = SessionLink(QUIET, acknowledge)
    for zone in (1, 2, 3):
        link.submit(GoToLevel(ONE, ZoneNumber(zone), 0))
    link.run(1.0)
    assert link.times == pytest.approx([0.0, 0.003, 0.006])


def test_without_gaps_the_next_command_goes_out_with_the_answer() -> None:
    link = SessionLink(
        SessionSettings(gap_s=0.0, report_gap_s=0.0, poll_interval_s=3600.0), acknowledge
    )
    for zone in (1, 2, 3):
        link.submit(GoToLevel(ONE, ZoneNumber(zone), 0))
    link.run(1.0)
    assert link.times == pytest.approx([0.0, 0.001, 0.002])


def test_nothing_is_sent_while_a_frame_is_being_received() -> None:
    link = SessionLink(QUIET, acknowledge)
    report = wire(zones(TWO, Cause.ZONE_BUTTON))
    link.hear_later(0.010, report[:12])
    link.hear_later(0.020, report[12:])
    link.run(0.015)
    link.submit(ON_2)
    link.run(1.0)
    assert link.times == pytest.approx([0.022])


def test_a_frame_that_never_ends_holds_the_line_only_for_the_silence() -> None:
    link = SessionLink(QUIET, acknowledge)
    link.hear_later(0.010, wire(zones(TWO))[:12])
    link.run(0.015)
    link.submit(ON_2)
    link.run(1.0)
    assert link.times == pytest.approx([0.030])
    assert any(isinstance(event, NoiseHeard) for event in link.events)


def test_a_babbling_device_cannot_silence_the_master() -> None:
    link = SessionLink(QUIET)
    for step in range(2000):
        link.hear_later(0.001 * step, b"\x00")
    link.run(0.1)
    request = link.submit(ON_2)
    link.run(1.5)
    assert link.times[0] == pytest.approx(0.1 + QUIET.line_busy_s, abs=0.002)
    assert isinstance(link.outcome(request), Unanswered)


def test_a_command_to_many_ends_at_once_and_the_next_waits_until_it_is_over() -> None:
    link = SessionLink(QUIET, acknowledge)
    group = link.submit(GoToLevel(GroupNumber(5), 0, 0))
    link.submit(ON_2)
    link.run(0.0)
    assert link.outcome(group) == Answered(())
    link.run(1.0)
    assert link.times == pytest.approx([0.0, QUIET.frame_time_s(24) + GAP_S])
    assert link.session.statistics.missed_answers == 0


@pytest.mark.requirement("E3")
@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 0.3),
            st.sampled_from(
                [ON_2, OFF_4, GoToLevel(TWO, ZoneNumber(1), 0), StatusQuery(TWO, StatusMask.ZONES)]
            ),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_we_never_speak_while_an_answer_may_come_or_octets_are_heard(
    steps: list[tuple[float, ObjectMessage, bool]],
) -> None:
    link = SessionLink(SessionSettings(poll_interval_s=0.05))
    link.session.roster.add(THREE, 0.0)
    answered = iter([is_answered for _, _, is_answered in steps] * 40)
    busy_until = -1.0

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        nonlocal busy_until
        assert link.now >= busy_until - 1e-9
        busy_until = link.now + WAIT_S
        if next(answered, False):
            busy_until = link.now + 0.012 + GAP_S
            yield from ((0.012, octets) for _, octets in modules(ONE, TWO, THREE)(frame, message))

    link.answers = answer
    requests = []
    for pause_s, message, _ in steps:
        link.run(pause_s)
        requests.append(link.submit(message))
    link.run(30.0)
    assert all(link.outcome(request) is not None for request in requests)


# --- late timers ----------------------------------------------------------------------------


def test_a_timer_that_fires_late_extends_the_wait_by_its_lateness_once() -> None:
    link = SessionLink(QUIET)
    link.submit(ON_2)
    link.run(0.0)
    late = WAIT_S + 0.040
    assert link.session.due(late) is None
    assert link.session.answer_due == pytest.approx(late + 0.040)
    link.now = late
    link.hear_later(0.030, ack(1))
    link.run(1.0)
    assert len(link.sent) == 1


def test_the_extension_is_bounded_and_comes_once() -> None:
    link = SessionLink(QUIET)
    link.submit(ON_2)
    link.run(0.0)
    assert link.session.due(60.0) is None
    assert link.session.answer_due == pytest.approx(60.0 + QUIET.late_timer_s)
    assert link.session.due(70.0) is not None


def test_an_answer_that_has_begun_may_end_after_the_time() -> None:
    link = SessionLink(QUIET)
    octets = ack(1)
    link.submit(ON_2)
    link.run(0.0)
    link.hear_later(WAIT_S - 0.002, octets[:8])
    link.hear_later(WAIT_S + 0.006, octets[8:])
    link.run(1.0)
    assert len(link.sent) == 1
    assert link.session.statistics.missed_answers == 0


def test_a_device_that_never_ends_does_not_hold_the_wait_for_ever() -> None:
    link = SessionLink(QUIET)
    link.submit(ON_2)
    link.run(0.0)
    link.hear_later(WAIT_S - 0.002, b"\xfa\xde\xa1")
    for step in range(300):
        link.hear_later(WAIT_S + 0.010 * step, b"\x00")
    link.run(5.0)
    assert len(link.sent) == 3


def test_nothing_is_missed_before_what_waits_was_read() -> None:
    link = SessionLink(QUIET)
    link.submit(ON_2)
    link.run(0.0)
    assert link.session.due(WAIT_S + 0.0005, may_miss=False) is None
    link.session.hear(ack(1), WAIT_S + 0.0005)
    assert link.session.due(WAIT_S + 0.0005) is None
    assert link.session.statistics.missed_answers == 0
    assert link.session.answer_due is None


# --- scheduling -----------------------------------------------------------------------------


def test_a_dead_module_costs_the_command_of_another_one_wait() -> None:
    link = SessionLink(QUIET, modules(TWO))
    link.submit(ON_2)
    link.run(0.001)
    other = link.submit(GoToLevel(TWO, ZoneNumber(1), 0))
    link.run(1.0)
    assert [message.address() for message in link.messages] == [ONE, TWO, ONE, ONE]
    assert link.times[1] == pytest.approx(WAIT_S)
    assert isinstance(link.outcome(other), Answered)


def test_a_dead_modules_poll_gives_way_between_its_sendings() -> None:
    link = SessionLink(answers=modules(TWO))
    link.session.roster.add(ONE, 0.0)
    link.run(0.010)
    link.submit(GoToLevel(TWO, ZoneNumber(1), 0))
    link.run(0.5)
    assert [message.address() for message in link.messages][:3] == [ONE, TWO, ONE]
    assert link.times[1] == pytest.approx(WAIT_S)


def test_commands_go_before_99_polls_that_are_due() -> None:
    serials = [SerialNumber(0x00A10001 + number) for number in range(99)]
    link = SessionLink(SessionSettings(poll_interval_s=0.0), modules(ONE, *serials))
    for serial in serials:
        link.session.roster.add(serial, 0.0)
    link.run(0.0305)
    issued_at = link.now
    request = link.submit(ON_2)
    link.run(0.1)
    (sent_at,) = [at for at, message, _ in link.sent if message == ON_2]
    assert sent_at - issued_at <= 0.001 + GAP_S + 1e-9
    assert isinstance(link.outcome(request), Answered)


def test_polls_come_one_each_interval_round_robin() -> None:
    link = SessionLink(answers=modules(ONE, TWO))
    for serial in (ONE, TWO):
        link.session.roster.add(serial, 0.0)
    link.run(1.05)
    assert link.messages == [
        StatusQuery(ONE if number % 2 == 0 else TWO, StatusMask.ZONES) for number in range(11)
    ]
    assert link.times == pytest.approx([number / 10 for number in range(11)])
    assert link.session.statistics.polls == 11


def test_without_polling_or_without_permission_nothing_is_sent() -> None:
    link = SessionLink()
    link.session.roster.add(ONE, 0.0)
    link.session.is_polling = False
    assert not link.session.is_polling
    link.run(10.0)
    link.session.is_polling = True
    link.session.may_send = False
    request = link.submit(ON_2, give_up_at=link.now + 5.0)
    link.hear_later(1.0, wire(zones()))
    link.run(10.0)
    assert link.sent == []
    assert link.found == [ONE]
    assert link.outcome(request) == Expired(5.0, 0)


def test_what_nobody_waits_for_waits_until_modules_could_report() -> None:
    link = SessionLink(QUIET)
    for index in range(3):
        link.submit(NameQuery(ONE, index), Priority.BACKGROUND)
    link.answers = lambda frame, message: [(0.001, result(frame, 0x16, ResultCode.UNKNOWN_TYPE))]
    link.run(1.0)
    pause_s = 0.001 + QUIET.report_gap_s
    first = QUIET.report_gap_s - GAP_S
    assert link.times == pytest.approx([first, first + pause_s, first + 2 * pause_s])


def test_commands_without_end_leave_a_pause_for_reports_each_second() -> None:
    settings = SessionSettings(poll_interval_s=3600.0)
    link = SessionLink(settings, acknowledge)
    for _ in range(2000):
        link.submit(ON_2)
    link.run(3.5)
    gaps = [b - a for a, b in zip(link.times, link.times[1:], strict=False)]
    pauses = [at for at, gap in zip(link.times, gaps, strict=False) if gap > 0.01]
    assert pauses == pytest.approx([1.0, 2.02, 3.04], abs=0.01)
    assert max(gaps) == pytest.approx(0.001 + settings.report_gap_s)


def test_a_pause_that_modules_use_lasts_at_most_a_tenth_of_a_second() -> None:
    link = SessionLink(QUIET, acknowledge)
    for _ in range(1000):
        link.submit(ON_2)
    link.run(0.99)
    for step in range(60):
        link.hear_later(0.02 * step, wire(zones(TWO, Cause.ZONE_BUTTON, step)))
    link.run(1.0)
    gaps = [b - a for a, b in zip(link.times, link.times[1:], strict=False)]
    assert max(gaps) == pytest.approx(QUIET.report_pause_s, abs=0.005)


# --- who is there ---------------------------------------------------------------------------


@pytest.mark.requirement("H6")
@pytest.mark.parametrize("count", [1, 10, 99])
def test_a_lost_module_is_noticed_within_the_stated_time(count: int) -> None:
    serials = [SerialNumber(0x00A10001 + number) for number in range(count)]
    link = SessionLink(answers=modules(*serials))
    for serial in serials:
        link.session.roster.add(serial, 0.0)
    link.run(20.0)
    dead = serials[count // 2]
    link.answers = modules(*(serial for serial in serials if serial != dead))
    lost_at = link.now
    bound_s = link.settings.module_lost_within_s(count)
    while not link.lost:
        link.run(0.01)
        assert link.now - lost_at <= bound_s
    assert link.lost == [dead]
    assert link.session.statistics.modules_lost == 1
    assert link.session.roster.presence(dead) is Presence.OFFLINE


@pytest.mark.requirement("H6")
def test_a_returned_module_is_noticed_within_five_seconds_or_when_it_speaks() -> None:
    link = SessionLink()
    link.session.roster.add(ONE, 0.0)
    link.run(60.0)
    assert link.lost == [ONE]
    link.answers = modules(ONE)
    link.run(5.1)
    assert link.found == [ONE]
    link.answers = silence
    link.run(60.0)
    assert link.lost == [ONE, ONE]
    link.hear_later(0.5, wire(zones(ONE, Cause.POWER_UP)))
    link.run(0.6)
    assert link.found == [ONE, ONE]


def test_an_acknowledgement_shows_that_the_module_is_there() -> None:
    link = SessionLink(SessionSettings(poll_interval_s=3600.0), acknowledge)
    link.session.roster.add(ONE, 0.0)
    link.submit(ON_2)
    link.run(1.0)
    assert link.found == [ONE]


def test_an_offline_module_is_hardly_ever_asked() -> None:
    link = SessionLink(answers=modules(TWO))
    for serial in (ONE, TWO):
        link.session.roster.add(serial, 0.0)
    link.run(120.0)
    asked = [at for at, message, _ in link.sent if message.address() == ONE]
    assert len([at for at in asked if at > 20.0]) == 20
    polled = [at for at, message, _ in link.sent if message.address() == TWO and at > 20.0]
    assert len(polled) == pytest.approx(1000, abs=5)


@pytest.mark.requirement("G2")
def test_a_link_on_which_nobody_answers_is_called_silent_within_fourteen_seconds() -> None:
    link = SessionLink(answers=modules(ONE, TWO))
    for serial in (ONE, TWO):
        link.session.roster.add(serial, 0.0)
    link.run(10.0)
    link.answers = silence
    link.run(14.0)
    (event,) = link.silent
    assert event.silent_s >= 8.0
    assert event.sendings >= 3
    link.run(14.0)
    assert len(link.silent) == 2


def test_a_link_on_which_one_answers_is_not_silent() -> None:
    link = SessionLink(answers=modules(TWO))
    for serial in (ONE, TWO):
        link.session.roster.add(serial, 0.0)
    link.run(120.0)
    assert link.lost == [ONE]
    assert link.silent == []


# --- searching and lists --------------------------------------------------------------------


def search_window_s(slots: int) -> float:
    settings = SessionSettings()
    slot_s = settings.frame_time_s(53) + 0.003
    head_s = settings.frame_time_s(24) + settings.turnaround_s
    return head_s + slots * slot_s + settings.host_slack_s


@pytest.mark.requirement("E6")
def test_a_search_hears_all_slots_and_then_ends() -> None:
    identities = [IdentityReport(serial, 0x09110104, (2, 54)) for serial in (ONE, TWO)]

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        if isinstance(message, Discover):
            yield 0.02, wire(identities[0])
            yield 0.36, wire(identities[1])

    link = SessionLink(QUIET, answer)
    request = link.submit(Discover(0, 0, 16), Priority.READ)
    link.run(0.01)
    link.submit(ON_2)
    link.run(2.0)
    assert link.outcome(request) == Answered(tuple(identities))
    assert link.times[1] == pytest.approx(search_window_s(16))


def test_noise_during_a_search_is_told() -> None:
    link = SessionLink(QUIET, lambda *_: [(0.02, b"\x00\x01\x02" * 10)])
    request = link.submit(Discover(0, 0, 2), Priority.READ)
    link.run(2.0)
    assert link.outcome(request) == Answered((), was_noisy=True)


def test_noise_from_before_a_search_is_not_told() -> None:
    link = SessionLink(QUIET)
    link.hear_later(0.0, b"\x00\x01\x02" * 10)
    link.run(0.5)
    request = link.submit(Discover(0, 0, 2), Priority.READ)
    link.run(2.0)
    assert link.outcome(request) == Answered(())
    assert link.session.statistics.missed_answers == 0


def test_a_list_of_groups_is_ended_by_silence_or_by_a_result() -> None:
    groups = [GroupReport(ONE, GroupNumber(number), OFF) for number in (5, 6)]
    link = SessionLink(QUIET, lambda *_: [(0.005 * n, wire(each)) for n, each in enumerate(groups)])
    request = link.submit(GroupQuery(ONE), Priority.READ)
    link.run(1.0)
    assert link.outcome(request) == Answered(tuple(groups))
    link.answers = lambda frame, _: [(0.001, wire(groups[0])), (0.002, result(frame, 0x17))]
    request = link.submit(GroupQuery(ONE), Priority.READ)
    link.run(0.004)
    outcome = link.outcome(request)
    assert isinstance(outcome, Answered)
    assert outcome.messages[0] == groups[0]


# --- ends -----------------------------------------------------------------------------------


def test_what_was_withdrawn_is_not_sent_and_its_late_answer_changes_nothing() -> None:
    link = SessionLink(QUIET, acknowledge)
    first, second, third = (link.submit(ON_2), link.submit(OFF_4), link.submit(ON_2))
    link.run(0.0)
    link.session.withdraw(first, link.now)
    link.session.withdraw(second, link.now)
    link.session.withdraw(second, link.now)
    link.run(1.0)
    assert link.outcome(first) == Withdrawn()
    assert link.outcome(second) == Withdrawn()
    assert isinstance(link.outcome(third), Answered)
    assert link.messages == [ON_2, ON_2]
    assert link.times == pytest.approx([0.0, 0.003])


def test_what_was_withdrawn_while_outstanding_is_not_repeated() -> None:
    link = SessionLink(QUIET)
    request = link.submit(ON_2)
    link.run(0.0)
    link.session.withdraw(request, link.now)
    link.run(5.0)
    assert len(link.sent) == 1
    assert link.session.answer_due is None


def test_what_took_too_long_ends_in_its_time_whether_it_was_sent_or_not() -> None:
    link = SessionLink(QUIET)
    sent = link.submit(ON_2, give_up_at=0.06)
    waiting = link.submit(OFF_4, give_up_at=0.06)
    later = link.submit(StatusQuery(TWO, StatusMask.CCI), Priority.READ, give_up_at=0.02)
    link.run(5.0)
    assert link.outcome(sent) == unanswered(2)
    assert link.outcome(waiting) == Expired(0.06, 0)
    assert link.outcome(later) == Expired(0.02, 0)


@pytest.mark.requirement("G2")
def test_a_lost_link_ends_everything_and_nothing_is_kept_for_later() -> None:
    link = SessionLink()
    link.session.roster.add(TWO, 0.0)
    outstanding = link.submit(ON_2)
    link.run(0.01)
    waiting = [
        link.submit(OFF_4),
        link.submit(StatusQuery(ONE, StatusMask.CCI), Priority.READ),
        link.submit(NameQuery(ONE, 0), Priority.BACKGROUND),
    ]
    gone = link.submit(ON_2)
    link.session.withdraw(gone, link.now)
    link.session.link_lost(link.now)
    link.session.may_send = False
    link.run(0.0)
    assert link.outcome(outstanding) == LinkGone()
    assert [link.outcome(each) for each in waiting] == [LinkGone()] * 3
    assert link.outcome(gone) == Withdrawn()
    assert link.session.answer_due is None
    link.session.may_send = True
    before = len(link.sent)
    link.session.link_opened(link.now)
    link.answers = modules(TWO)
    link.run(10.0)
    assert {message.address() for message in link.messages[before:]} == {TWO}
    assert link.session.statistics.connections == 2


@pytest.mark.parametrize("priority", [Priority.READ, Priority.BACKGROUND])
def test_a_query_that_is_outstanding_ends_with_the_link_too(priority: Priority) -> None:
    link = SessionLink(QUIET)
    request = link.submit(StatusQuery(ONE, StatusMask.CCI), priority)
    link.run(0.05)
    assert link.sent
    link.session.link_lost(link.now)
    link.run(0.0)
    assert link.outcome(request) == LinkGone()


def test_a_lost_link_while_a_poll_is_outstanding_tells_nobody() -> None:
    link = SessionLink()
    link.session.roster.add(ONE, 0.0)
    link.run(0.01)
    before = len(link.events)
    link.session.link_lost(link.now)
    link.session.may_send = False
    link.run(0.0)
    assert link.events[before:] == []


def test_half_a_frame_of_the_lost_link_does_not_break_the_first_of_the_next() -> None:
    link = SessionLink(QUIET)
    report = wire(zones())
    link.session.hear(report[:15], 0.001)
    link.session.link_lost(0.002)
    link.session.link_opened(0.003)
    link.now = 0.003
    link.hear_later(0.001, report)
    link.run(0.1)
    assert [type(event) for event in link.events] == [MessageHeard]


# --- echo -----------------------------------------------------------------------------------

LOCAL = SessionSettings(echo=Echo.LOCAL, poll_interval_s=3600.0)


def with_echo(answers: Answers, break_octet: int | None = None, before: bytes = b"") -> Answers:
    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        octets = bytearray(encode_wire(frame))
        if break_octet is not None:
            octets[break_octet] ^= 0xFF
        yield 0.0005, before + bytes(octets)
        yield from answers(frame, message)

    return answer


def test_our_own_voice_is_not_heard_where_the_adapter_has_an_echo() -> None:
    link = SessionLink(LOCAL, with_echo(acknowledge))
    request = link.submit(ON_2)
    link.run(1.0)
    assert isinstance(link.outcome(request), Answered)
    heard = [event.message for event in link.events if isinstance(event, MessageHeard)]
    assert heard == [Acknowledge(1)]
    assert link.session.statistics.echo_mismatches == 0


def test_a_broken_echo_is_noise_and_the_command_is_sent_again() -> None:
    link = SessionLink(LOCAL)

    def answer(frame: Frame, message: ObjectMessage) -> Iterable[Heard]:
        is_first = len(link.sent) == 1
        return with_echo(silence if is_first else acknowledge, 20 if is_first else None)(
            frame, message
        )

    link.answers = answer
    request = link.submit(ON_2)
    link.run(1.0)
    assert isinstance(link.outcome(request), Answered)
    assert len(link.sent) == 2
    assert link.session.statistics.echo_mismatches == 1
    assert any(isinstance(event, NoiseHeard) for event in link.events)


def test_an_echo_behind_a_stray_octet_is_still_our_own_voice() -> None:
    link = SessionLink(LOCAL, with_echo(acknowledge, before=b"\x00"))
    request = link.submit(ON_2)
    link.run(1.0)
    assert isinstance(link.outcome(request), Answered)
    heard = [event.message for event in link.events if isinstance(event, MessageHeard)]
    assert heard == [Acknowledge(1)]


def test_a_setting_that_is_wrong_about_the_echo_loses_no_answer() -> None:
    link = SessionLink(LOCAL, acknowledge)
    request = link.submit(ON_2)
    link.run(1.0)
    assert isinstance(link.outcome(request), Answered)


def test_a_lost_link_owes_no_echo() -> None:
    link = SessionLink(LOCAL)
    link.submit(ON_2)
    link.run(0.001)
    link.session.link_lost(link.now)
    link.session.link_opened(link.now)
    octets = encode_wire(link.sent[0][2])
    other = encode_wire(encode_message(OFF_4, counter=1, sequence=9, source=ONE))
    link.hear_later(0.001, other)
    link.hear_later(0.002, octets)
    link.run(0.1)
    assert link.session.statistics.heard.frames == 2


# --- never surprised ------------------------------------------------------------------------


@given(st.binary(max_size=200), st.floats(0.0, 0.05))
def test_any_garbage_in_place_of_an_answer_ends_in_an_outcome(
    octets: bytes, after_s: float
) -> None:
    link = SessionLink(QUIET, lambda *_: [(after_s, octets)])
    requests = [
        link.submit(ON_2),
        link.submit(StatusQuery(ONE, StatusMask(0xFF)), Priority.READ),
        link.submit(Discover(0, 0, 2), Priority.READ),
    ]
    link.run(20.0)
    assert all(link.outcome(request) is not None for request in requests)
    assert math.isfinite(link.now)


@pytest.mark.parametrize("cause", list(Cause))
def test_a_frame_from_a_stranger_is_told_and_nothing_else(cause: Cause) -> None:
    link = SessionLink(QUIET)
    report: Report = zones(TWO, cause)
    link.hear_later(0.1, wire(report))
    link.run(1.0)
    assert [type(event) for event in link.events] == [MessageHeard]
    assert not any(isinstance(event, ModuleOnline) for event in link.events)


def test_what_only_passes_is_told_only_to_who_watches() -> None:
    link = SessionLink(answers=acknowledge)
    link.session.is_watched = False
    request = link.submit(GoToLevel(ONE, ZoneNumber(1), 0xFEFF))
    octets = link.session.due(link.now)
    assert octets is not None
    assert [*link.session.events()] == []
    link.session.hear(ack(1), 0.01)
    assert [type(event) for event in link.session.untold] == [RequestSettled]
    assert isinstance(request.outcome, Answered)
    assert not request.outcome.was_noisy


def test_an_acknowledgement_after_noise_says_that_there_was_noise() -> None:
    link = SessionLink()
    requests = [link.submit(GoToLevel(ONE, ZoneNumber(zone), 0xFEFF)) for zone in (1, 2)]
    for request, noise, was_noisy in zip(
        requests, (b"\x01\x02\x03", b""), (True, False), strict=True
    ):
        link.run(0.01)
        if noise:
            link.hear(noise + ack(77))
        link.hear(ack(link.sequences[-1]))
        link.run(0.0)
        outcome = link.outcome(request)
        assert isinstance(outcome, Answered)
        assert outcome.was_noisy is was_noisy
        assert outcome.messages == (Acknowledge(link.sequences[-1]),)


def test_the_first_answer_after_a_silence_is_told_to_everybody() -> None:
    link = SessionLink()
    link.session.is_watched = False
    link.session.is_polling = False
    while not link.silent:
        link.submit(ON_2)
        link.run(1.0)
    link.events.clear()
    for told in (True, False):
        link.submit(ON_2)
        octets = link.session.due(link.now)
        assert octets is not None
        link.session.hear(ack(octets[7]), link.now)
        heard = [event for event in link.session.events() if isinstance(event, MessageHeard)]
        assert bool(heard) is told
        link.now += 1.0
