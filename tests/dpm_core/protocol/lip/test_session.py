"""A session at a processor: login, pacing, order, outcomes, and what it does when nobody answers."""

from __future__ import annotations

import pytest

from dpm_core.errors import ProtocolViolation
from dpm_core.protocol.lip import (
    DeviceLed,
    ErrorReport,
    LedState,
    LipSession,
    LipSessionSettings,
    LoggedIn,
    LoginRefused,
    MonitoringKind,
    OutputLevel,
    PressButton,
    PulseOutput,
    QueryAreaLevels,
    QueryLed,
    QueryOutputLevel,
    QuerySystem,
    ReleaseButton,
    ReportHeard,
    RequestDone,
    RequestFailed,
    SafeMode,
    SessionHung,
    SetLed,
    SetOutputLevel,
    SystemAction,
    SystemReport,
    UnknownReport,
    WrongPrompt,
)
from tests.dpm_core.protocol.lip.talk import (
    CREDENTIALS,
    FIRST_PROMPT,
    PASSWORD,
    USER,
    Talk,
    alive,
    monitoring_only,
    silence,
)

pytestmark = pytest.mark.requirement("E8")

SETTINGS = LipSessionSettings()
SET_UP = [
    "#MONITORING,12,2",
    "#MONITORING,255,2",
    "#MONITORING,5,1",
    "#MONITORING,2,1",
    "#MONITORING,3,1",
    "#MONITORING,4,1",
    "#MONITORING,6,1",
]


# --- the login ------------------------------------------------------------------------------


def test_a_login_answers_both_questions_and_then_asks_for_what_it_wants_to_be_told() -> None:
    talk = Talk()
    assert talk.session.due(talk.now) == b""
    talk.hear("login: ")
    talk.hear("password: ")
    assert talk.hear(FIRST_PROMPT) == [LoggedIn()]
    talk.run(1.0)
    assert talk.lines == [USER, PASSWORD, *SET_UP]


@pytest.mark.parametrize("prompt", ["\r\nQNET> \0", "\r\nGNET> ", "\r\nQNET>", "QNET>\0"])
def test_both_kinds_of_prompt_are_taken(prompt: str) -> None:
    talk = Talk()
    talk.hear("login: ")
    talk.hear("password: ")
    assert talk.hear(prompt) == [LoggedIn()]


def test_monitoring_is_asked_for_again_after_every_login() -> None:
    talk = Talk().log_in()
    talk.session.closed()
    talk.session.opened(talk.now)
    talk.hear("login: ")
    talk.hear("password: ")
    talk.hear(FIRST_PROMPT)
    talk.run(1.0)
    assert talk.lines == [USER, PASSWORD, *SET_UP]


def test_a_name_that_is_asked_for_twice_is_told_twice() -> None:
    talk = Talk()
    talk.hear("login: ")
    talk.hear("login: ")
    assert talk.lines == [USER, USER]
    talk.hear("password: ")
    assert talk.hear(FIRST_PROMPT) == [LoggedIn()]


@pytest.mark.parametrize(
    "refusal", ["\r\nbad login\r\nlogin: ", "\r\nBad Login\r\n", "\r\nno\r\nlogin: ", "password: "]
)
def test_a_refusal_ends_the_session_and_nothing_is_tried_again(refusal: str) -> None:
    talk = Talk()
    talk.hear("login: ")
    talk.hear("password: ")
    assert talk.hear(refusal) == [LoginRefused()]
    assert talk.hear("login: ") == []
    talk.run(100.0)
    assert talk.lines == [USER, PASSWORD]
    assert talk.session.next_due is None


def test_a_name_that_is_asked_for_three_times_is_refused() -> None:
    talk = Talk()
    assert [talk.hear("login: ") for _ in range(3)] == [[], [], [LoginRefused()]]


@pytest.mark.parametrize(
    ("said", "event"),
    [
        ("SAFE> ", SafeMode()),
        ("connection established\r\nQSE>", WrongPrompt("QSE>")),
        ("\r\nRouter> ", WrongPrompt("ROUTER>")),
    ],
)
def test_what_takes_no_commands_is_told_apart(said: str, event: object) -> None:
    talk = Talk()
    talk.hear("login: ")
    assert talk.hear(said) == [event]
    assert talk.session.due(talk.now) == b""


def test_a_login_question_may_take_half_a_minute() -> None:
    talk = Talk()
    talk.run(30.0)
    talk.hear("login: ")
    assert talk.lines == [USER]


@pytest.mark.parametrize(
    ("heard", "limit_s", "event"),
    [
        ([], SETTINGS.login_wait_s, SessionHung(SETTINGS.login_wait_s)),
        (["SSH-2.0-x\r\n"], SETTINGS.login_wait_s, WrongPrompt("SSH-2.0-x")),
        (["host login: "], SETTINGS.login_wait_s, WrongPrompt("host login:")),
        (["login: "], SETTINGS.password_wait_s, SessionHung(SETTINGS.password_wait_s)),
        (
            ["login: ", "password: "],
            SETTINGS.prompt_wait_s,
            SessionHung(SETTINGS.prompt_wait_s),
        ),
    ],
)
def test_every_step_of_a_login_has_its_limit(
    heard: list[str], limit_s: float, event: object
) -> None:
    talk = Talk()
    for text in heard:
        assert talk.hear(text) == []
    talk.run(limit_s - 0.01)
    assert talk.events == []
    talk.run(0.02)
    assert talk.events == [event]
    assert talk.session.due(talk.now) == b""


def test_nothing_can_be_asked_before_the_login() -> None:
    talk = Talk()
    talk.hear("login: ")
    with pytest.raises(ProtocolViolation, match="nobody is logged in"):
        talk.session.submit(QueryOutputLevel(101), talk.now)
    assert not talk.session.is_ready


def test_an_echo_of_the_login_is_told_to_nobody() -> None:
    talk = Talk()
    events = talk.hear("login: ") + talk.hear(f"{USER}\r\npassword: ")
    events += talk.hear(f"{PASSWORD}\r\n{FIRST_PROMPT}")
    assert events == [LoggedIn()]


# --- what is said when ----------------------------------------------------------------------


def test_lines_keep_their_distance() -> None:
    talk = Talk().log_in()
    for output in range(101, 105):
        talk.submit(SetOutputLevel(output, 100))
    begun = talk.now
    talk.run(1.0)
    assert [at - begun for at, _line in talk.said] == pytest.approx([0.0, 0.05, 0.1, 0.15])


def test_without_a_distance_everything_goes_at_once() -> None:
    talk = Talk(settings=LipSessionSettings(command_gap_s=0.0)).log_in()
    for output in range(101, 105):
        talk.submit(SetOutputLevel(output, 100))
    assert len(talk.said) == 4
    assert {at for at, _line in talk.said} == {talk.now}


def test_one_query_is_outstanding_at_a_time() -> None:
    talk = Talk().log_in()
    talk.submit(QueryOutputLevel(101))
    talk.submit(QueryOutputLevel(102))
    talk.run(1.0)
    assert talk.lines == ["?OUTPUT,101,1"]
    talk.hear("~OUTPUT,101,1,100.00\r\n")
    assert talk.lines == ["?OUTPUT,101,1", "?OUTPUT,102,1"]


def test_a_command_goes_while_a_query_is_outstanding() -> None:
    talk = Talk().log_in()
    talk.submit(QueryOutputLevel(101))
    talk.submit(QueryOutputLevel(102))
    talk.submit(SetOutputLevel(103, 0))
    talk.run(0.1)
    assert talk.lines == ["?OUTPUT,101,1", "#OUTPUT,103,1,0"]


def test_what_is_withdrawn_before_it_was_said_is_never_said() -> None:
    talk = Talk().log_in()
    talk.submit(SetOutputLevel(101, 100))
    number = talk.submit(SetOutputLevel(102, 100))
    talk.session.withdraw(number)
    talk.run(1.0)
    assert talk.lines == ["#OUTPUT,101,1,100"]


def test_nothing_that_waits_survives_the_end_of_the_connection() -> None:
    talk = Talk().log_in()
    talk.submit(SetOutputLevel(101, 100))
    talk.submit(SetOutputLevel(102, 100))
    talk.session.closed()
    assert talk.session.next_due is None
    talk.session.opened(talk.now)
    talk.log_in()
    talk.run(3.0)
    assert talk.lines == []
    assert talk.outcomes() == []


# --- what comes of it -----------------------------------------------------------------------


def test_a_report_is_told_to_answer_what_was_asked() -> None:
    talk = Talk().log_in()
    number = talk.submit(QueryOutputLevel(101))
    report = OutputLevel(101, 100)
    assert talk.hear("~OUTPUT,101,1,100.00\r\n") == [
        ReportHeard(report, number),
        RequestDone(number, report),
    ]
    assert talk.hear("~OUTPUT,101,1,100.00\r\n") == [ReportHeard(report)]


def test_a_command_is_done_when_its_level_is_reported() -> None:
    talk = Talk().log_in()
    number = talk.submit(SetOutputLevel(101, 50))
    assert talk.hear("~OUTPUT,101,1,0.00\r\n") == [ReportHeard(OutputLevel(101, 0))]
    assert talk.hear("~OUTPUT,101,1,100.00\r\n") == [
        ReportHeard(OutputLevel(101, 100), number),
        RequestDone(number, OutputLevel(101, 100)),
    ]


def test_a_command_without_an_answer_is_done_when_a_query_behind_it_is_answered() -> None:
    talk = Talk().log_in()
    pulse = talk.submit(PulseOutput(105, 0.5))
    fence = talk.submit(QuerySystem(SystemAction.DATABASE_EXPORT))
    talk.run(0.2)
    report = SystemReport(None, ("01/31/2026", "12:00:00"))
    assert talk.outcomes() == [RequestDone(pulse, None), RequestDone(fence, report)]


def test_a_command_behind_the_query_is_not_confirmed_by_its_answer() -> None:
    talk = Talk().log_in()
    talk.submit(QuerySystem(SystemAction.DATABASE_EXPORT))
    later = talk.submit(PulseOutput(106, 0.5))
    talk.hear("~SYSTEM,01/31/2026,12:00:00\r\n")
    talk.run(1.0)
    assert talk.lines == ["?SYSTEM,10", "#OUTPUT,106,6,0.5"]
    assert [one.request for one in talk.outcomes()] == [later - 1]


def test_a_command_of_which_nothing_is_heard_has_failed() -> None:
    talk = Talk(answers=monitoring_only).log_in()
    number = talk.submit(PulseOutput(105, 0.5))
    talk.run(SETTINGS.answer_wait_s - 0.01)
    assert talk.outcomes() == []
    talk.run(SETTINGS.answer_wait_s)
    assert talk.outcomes() == [RequestFailed(number, None)]


def test_the_heartbeat_confirms_a_command_with_nothing_behind_it() -> None:
    talk = Talk().log_in()
    number = talk.submit(PulseOutput(105, 0.5))
    talk.run(SETTINGS.heartbeat_s + 0.1)
    assert talk.lines == ["#OUTPUT,105,6,0.5", "?SYSTEM,10"]
    assert talk.outcomes() == [RequestDone(number, None)]


def test_an_error_is_given_to_the_oldest() -> None:
    talk = Talk().log_in()
    pulse = talk.submit(PulseOutput(105, 0.5))
    query = talk.submit(QueryOutputLevel(101))
    talk.run(0.1)
    assert talk.hear("~ERROR,2\r\n") == [
        ReportHeard(ErrorReport(2), pulse),
        RequestFailed(pulse, 2),
    ]
    assert talk.hear("~ERROR\r\n") == [
        ReportHeard(ErrorReport(None), query),
        RequestFailed(query, 0),
    ]
    assert talk.hear("~ERROR,6\r\n") == [ReportHeard(ErrorReport(6))]


def test_a_query_without_an_answer_fails_and_the_next_one_goes() -> None:
    talk = Talk().log_in()
    number = talk.submit(QueryOutputLevel(101))
    talk.submit(QueryOutputLevel(102))
    talk.run(SETTINGS.answer_wait_s - 0.01)
    assert talk.outcomes() == []
    talk.run(0.2)
    assert talk.outcomes() == [RequestFailed(number, None)]
    assert talk.lines == ["?OUTPUT,101,1", "?SYSTEM,10", "?OUTPUT,102,1"]


def test_nobody_is_told_of_what_was_withdrawn_but_its_answer_is_awaited() -> None:
    talk = Talk().log_in()
    number = talk.submit(QueryOutputLevel(101))
    other = talk.submit(QueryOutputLevel(102))
    talk.session.withdraw(number)
    talk.run(0.5)
    assert talk.lines == ["?OUTPUT,101,1"]
    talk.hear("~OUTPUT,101,1,0.00\r\n")
    talk.run(0.1)
    talk.hear("~OUTPUT,102,1,0.00\r\n")
    assert talk.outcomes() == [RequestDone(other, OutputLevel(102, 0))]


def test_a_press_is_confirmed_with_its_release() -> None:
    talk = Talk().log_in()
    press = talk.submit(PressButton(30, 1))
    release = talk.submit(ReleaseButton(30, 1))
    talk.submit(QuerySystem(SystemAction.DATABASE_EXPORT))
    talk.run(0.5)
    assert talk.lines == ["#DEVICE,30,1,3", "#DEVICE,30,1,4", "?SYSTEM,10"]
    assert talk.outcomes()[:2] == [RequestDone(press, None), RequestDone(release, None)]


def test_an_led_is_set_and_read() -> None:
    talk = Talk().log_in()
    command = talk.submit(SetLed(30, 81, LedState.ON))
    query = talk.submit(QueryLed(30, 81))
    talk.run(0.1)
    talk.hear("~DEVICE,30,81,9,1\r\n")
    report = DeviceLed(30, 81, LedState.ON)
    assert talk.outcomes() == [RequestDone(command, report), RequestDone(query, report)]


def test_an_led_that_does_not_obey_is_read_and_its_command_is_not_confirmed() -> None:
    talk = Talk(answers=monitoring_only).log_in()
    command = talk.submit(SetLed(30, 81, LedState.ON))
    query = talk.submit(QueryLed(30, 81))
    talk.run(0.1)
    talk.hear("~DEVICE,30,81,9,0\r\n")
    report = DeviceLed(30, 81, LedState.OFF)
    talk.run(SETTINGS.answer_wait_s)
    assert talk.outcomes() == [RequestDone(query, report), RequestFailed(command, None)]


def test_an_area_is_answered_by_its_first_output_and_all_are_told() -> None:
    talk = Talk().log_in()
    number = talk.submit(QueryAreaLevels(5))
    talk.hear("~OUTPUT,101,1,100.00\r\n~OUTPUT,102,1,0.00\r\n")
    assert talk.outcomes() == [RequestDone(number, OutputLevel(101, 100))]
    assert talk.reports() == [OutputLevel(101, 100), OutputLevel(102, 0)]


def test_what_is_no_report_is_told_all_the_same() -> None:
    talk = Talk().log_in()
    assert talk.hear("hello\r\n") == [ReportHeard(UnknownReport("hello"))]
    assert talk.hear("~OUTP~ERROR,1\r\n") == [
        ReportHeard(UnknownReport("~OUTP")),
        ReportHeard(ErrorReport(1)),
    ]


# --- nobody answers -------------------------------------------------------------------------


def test_a_quiet_processor_is_asked_and_stays() -> None:
    talk = Talk().log_in()
    talk.run(60.0)
    assert set(talk.lines) == {"?SYSTEM,10"}
    assert len(talk.lines) == pytest.approx(60 / SETTINGS.heartbeat_s, abs=1)
    assert talk.outcomes() == []
    assert talk.session.is_ready


@pytest.mark.requirement("G2")
def test_a_hung_session_is_noticed_within_20_s_while_idle() -> None:
    talk = Talk().log_in()
    talk.answers = silence
    begun = talk.now
    while talk.session.is_ready:
        talk.run(0.1)
    assert talk.now - begun <= 20.0
    assert isinstance(talk.events[-1], SessionHung)
    assert talk.events[-1].silent_s == pytest.approx(SETTINGS.hung_s, abs=0.5)
    assert talk.lines == ["?SYSTEM,10", "?MONITORING,5"]
    assert talk.session.due(talk.now) == b""
    assert talk.session.next_due is None


@pytest.mark.requirement("G2")
@pytest.mark.parametrize("busy_from_s", [0.0, 1.0, 4.9, 5.1, 9.9, 14.9])
@pytest.mark.parametrize("is_query", [True, False])
def test_a_hung_session_is_noticed_within_20_s_while_busy(
    busy_from_s: float, is_query: bool
) -> None:
    talk = Talk().log_in()
    talk.answers = silence
    begun = talk.now
    talk.run(busy_from_s)
    while talk.session.is_ready:
        talk.submit(QueryOutputLevel(101) if is_query else SetOutputLevel(101, 100))
        talk.run(0.25)
    assert talk.now - begun <= 20.0
    assert isinstance(talk.events[-1], SessionHung)


def test_an_echo_is_no_sign_of_life() -> None:
    talk = Talk().log_in()
    talk.answers = lambda line: (f"{line}\r\n",)
    begun = talk.now
    while talk.session.is_ready:
        talk.run(0.1)
    assert talk.now - begun <= 20.0


def test_a_processor_that_reports_and_answers_nothing_is_hung_too() -> None:
    talk = Talk().log_in()
    talk.answers = silence
    begun = talk.now
    talk.submit(QueryOutputLevel(101))
    while talk.session.is_ready:
        talk.run(0.5)
        talk.hear("~OUTPUT,150,1,0.00\r\n")
    assert talk.now - begun <= 20.0
    assert isinstance(talk.events[-2], SessionHung) or isinstance(talk.events[-1], SessionHung)


def test_a_processor_that_refuses_the_first_question_lives() -> None:
    talk = Talk().log_in()
    talk.answers = lambda line: ("~ERROR,3\r\n",) if line == "?SYSTEM,10" else ()
    talk.run(60.0)
    assert talk.session.is_ready


def test_a_heartbeat_that_is_refused_is_not_asked_again_at_once() -> None:
    talk = Talk().log_in()
    talk.answers = lambda line: ("~ERROR,3\r\n",) if line == "?SYSTEM,10" else ()
    talk.submit(QueryOutputLevel(101))
    talk.run(SETTINGS.answer_wait_s + SETTINGS.heartbeat_s - 0.1)
    assert talk.lines == ["?OUTPUT,101,1", "?SYSTEM,10"]


def test_a_processor_that_ignores_the_first_question_lives() -> None:
    talk = Talk().log_in()
    talk.answers = lambda line: ("~MONITORING,5,1\r\n",) if line == "?MONITORING,5" else ()
    talk.run(60.0)
    assert talk.session.is_ready


def test_a_processor_that_is_always_too_late_lives() -> None:
    talk = Talk().log_in()
    talk.answers = silence
    for _ in range(12):
        talk.run(SETTINGS.answer_wait_s + 0.5)
        talk.hear("~SYSTEM,01/31/2026,12:00:00\r\n")
    assert talk.session.is_ready


def test_a_silent_bus_is_no_hung_session() -> None:
    talk = Talk().log_in()
    for _ in range(20):
        talk.submit(QueryOutputLevel(101))
        talk.run(SETTINGS.answer_wait_s + 0.2)
    assert talk.session.is_ready
    assert all(isinstance(one, RequestFailed) for one in talk.outcomes())


def test_a_caller_that_was_asleep_gives_nothing_up_before_it_has_read() -> None:
    talk = Talk().log_in()
    number = talk.submit(QueryOutputLevel(101))
    talk.now += 3600.0
    assert talk.hear("") == []
    talk.run(0.5)
    assert talk.hear("~OUTPUT,101,1,0.00\r\n")[-1] == RequestDone(number, OutputLevel(101, 0))


def test_a_caller_that_was_asleep_and_hears_nothing_gives_up_after_all() -> None:
    talk = Talk(answers=monitoring_only).log_in()
    talk.submit(QueryOutputLevel(101))
    talk.now += 3600.0
    assert talk.hear("") == []
    talk.run(SETTINGS.late_timer_s + 0.1)
    assert isinstance(talk.events[-1], SessionHung)


@pytest.mark.parametrize("prompt", ["QNET> ", "\r\nGNET> \0", "password: "])
def test_a_prompt_is_a_sign_of_life_and_nothing_else(prompt: str) -> None:
    talk = Talk().log_in()
    talk.run(4.0)
    assert talk.hear(prompt) == []
    talk.run(SETTINGS.heartbeat_s - 0.1)
    assert talk.lines == []


def test_a_session_that_is_asked_for_a_login_again_is_over() -> None:
    talk = Talk().log_in()
    talk.run(2.0)
    events = talk.hear("\r\nlogin: ")
    assert len(events) == 1
    assert isinstance(events[0], SessionHung)
    assert talk.session.due(talk.now) == b""


def test_a_processor_that_falls_into_safe_mode_ends_the_session() -> None:
    talk = Talk().log_in()
    assert talk.hear("\r\nSAFE> ") == [SafeMode()]
    assert not talk.session.is_ready


def test_what_is_heard_while_nothing_is_open_is_nothing() -> None:
    session = LipSession(SETTINGS, CREDENTIALS)
    assert session.receive(b"~OUTPUT,101,1,0.00\r\n", 1.0) == []
    assert session.due(1.0) == b""
    assert session.next_due is None


def test_other_kinds_of_monitoring_can_be_chosen() -> None:
    talk = Talk(alive, LipSessionSettings(monitoring=(MonitoringKind.SCENE,)))
    talk.hear("login: ")
    talk.hear("password: ")
    talk.hear(FIRST_PROMPT)
    talk.run(1.0)
    assert talk.lines[2:] == ["#MONITORING,12,2", "#MONITORING,255,2", "#MONITORING,8,1"]


def test_who_comes_late_is_patient_once_at_the_login_too() -> None:
    session = LipSession(SETTINGS, CREDENTIALS)
    session.opened(0.0)
    late = SETTINGS.login_wait_s + SETTINGS.late_timer_s + 0.5
    assert session.receive(b"", late) == []
    assert session.receive(b"", late + SETTINGS.late_timer_s / 2) == []
    (end,) = session.receive(b"", late + SETTINGS.late_timer_s)
    assert isinstance(end, SessionHung)
    assert not session.is_calm(late)


def test_while_it_is_calm_nothing_is_due_before_what_was_due() -> None:
    talk = Talk(alive)
    talk.log_in()
    session, now = talk.session, talk.now
    due = session.next_due
    assert due is not None
    session.receive(b"~OUTPUT,101,1,100.00\r\n", now)
    assert session.is_calm(now)
    assert session.next_due is not None
    assert session.next_due >= due
    session.submit(SetOutputLevel(101, 0.0), now)
    assert not session.is_calm(now)
    assert not session.is_calm(now + SETTINGS.answer_wait_s)
