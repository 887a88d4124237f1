"""The login dialogue, step by step; the session's tests go through it with octets."""

from __future__ import annotations

import pytest

from dpm_core.protocol.lip import (
    Credentials,
    LineHeard,
    LineNoise,
    LipSessionSettings,
    LoggedIn,
    LoginRefused,
    PromptHeard,
    SafeMode,
    SessionHung,
    WrongPrompt,
)
from dpm_core.protocol.lip.login import Login, LoginEnd
from tests.dpm_core.protocol.lip.talk import CREDENTIALS, PASSWORD, USER

pytestmark = pytest.mark.requirement("E8")

SETTINGS = LipSessionSettings()
LOGIN, PASSWORD_PROMPT = PromptHeard("LOGIN:"), PromptHeard("PASSWORD:")


def after(*events: PromptHeard | LineHeard, who: Credentials = CREDENTIALS) -> Login:
    """Return a login that has heard these, one a second."""
    login = Login(who, SETTINGS, 100.0)
    for number, event in enumerate(events, 1):
        assert login.hear(event, 100.0 + number) is None
    return login


def test_each_question_is_answered_once() -> None:
    login = after(LOGIN)
    assert login.take() == f"{USER}\r\n".encode()
    assert login.take() == b""
    login.hear(PASSWORD_PROMPT, 102.0)
    assert login.take() == f"{PASSWORD}\r\n".encode()
    assert login.take() == b""


@pytest.mark.parametrize("before", [(), (LOGIN,), (LOGIN, PASSWORD_PROMPT)])
@pytest.mark.parametrize(
    ("prompt", "end"),
    [
        ("QNET>", LoggedIn()),
        ("GNET>", LoggedIn()),
        ("SAFE>", SafeMode()),
        ("QSE>", WrongPrompt("QSE>")),
    ],
)
def test_a_prompt_ends_it_at_any_step(
    before: tuple[PromptHeard, ...], prompt: str, end: LoginEnd
) -> None:
    assert after(*before).hear(PromptHeard(prompt), 110.0) == end


def test_a_password_that_is_asked_for_without_a_name_is_not_told() -> None:
    login = after()
    assert login.hear(PASSWORD_PROMPT, 101.0) == WrongPrompt("PASSWORD:")
    assert login.take() == b""


@pytest.mark.parametrize("event", [LineHeard("bad login"), LineHeard("Error: BAD LOGIN!")])
@pytest.mark.parametrize("before", [(LOGIN,), (LOGIN, PASSWORD_PROMPT)])
def test_a_refusal_is_a_refusal_once_something_was_said(
    before: tuple[PromptHeard, ...], event: LineHeard
) -> None:
    assert after().hear(event, 101.0) is None
    assert after(*before).hear(event, 110.0) == LoginRefused()


def test_noise_refuses_nothing() -> None:
    assert after(LOGIN).hear(LineNoise("bad login", "it has no end"), 110.0) is None


def test_an_echo_of_the_password_is_no_prompt() -> None:
    login = after(LOGIN, PASSWORD_PROMPT, who=Credentials("somebody", "Router>x"))
    assert login.hear(PromptHeard("ROUTER>"), 103.0) is None
    assert login.hear(PromptHeard("SWITCH>"), 103.0) == WrongPrompt("SWITCH>")


def test_every_answer_begins_a_new_wait() -> None:
    assert after().until == 100.0 + SETTINGS.login_wait_s
    assert after(LOGIN).until == 101.0 + SETTINGS.password_wait_s
    assert after(LOGIN, PASSWORD_PROMPT).until == 102.0 + SETTINGS.prompt_wait_s


def test_what_else_was_said_tells_who_it_is() -> None:
    assert after().give_up("", 140.0) == SessionHung(40.0)
    assert after(LineHeard("hello")).give_up("", 140.0) == WrongPrompt("hello")
    assert after(LineHeard("hello")).give_up(" 220 ready ", 140.0) == WrongPrompt("220 ready")
    assert after(LineHeard("x" * 100)).give_up("", 140.0) == WrongPrompt("x" * 40)
    assert after(LOGIN, LineHeard("hello")).give_up("", 140.0) == SessionHung(39.0)


@pytest.mark.parametrize("word", [USER, PASSWORD, USER.upper()])
def test_nothing_that_tells_the_credentials_is_shown(word: str) -> None:
    assert after(LineHeard(f"hello {word}")).give_up("", 140.0) == WrongPrompt("(not shown)")
