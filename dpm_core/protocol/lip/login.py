"""The login dialogue: what is answered to `login:` and `password:`, and how it ends.

    S login:   C user   S password:   C password   S QNET>              logged in
    S login:   C user   S login:      C user       S password: ...      asked twice: some do
    S login:   C user   S password:   C password   S bad login          refused
    S login:   C user   S password:   C password   S login:             refused, in other words
    S login:   C user   S QSE>                                          no processor
    S ...                                          S SAFE>              safe mode

After a refusal nothing is tried again here: wrong logins lock a processor.

House rule: the dialogue only, and nothing of it is kept. What was heard during a login is told
to nobody where it could be an echo of the credentials.

Source: integration-protocol.md 1.2.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeAlias

from .decoder import LineHeard, PromptHeard
from .session_events import LoggedIn, LoginRefused, SafeMode, SessionHung, WrongPrompt

if TYPE_CHECKING:
    from .credentials import Credentials
    from .decoder import LineEvent
    from .session_settings import LipSessionSettings

__all__ = ["Login", "LoginEnd"]

LoginEnd: TypeAlias = LoggedIn | LoginRefused | SafeMode | WrongPrompt | SessionHung

_USER: Final = "LOGIN:"
_PASSWORD: Final = "PASSWORD:"  # noqa: S105  # the question for it
_READY: Final = frozenset({"QNET>", "GNET>"})
"""What takes commands. HomeWorks says the former, its relatives the latter: a program that took
only one of them has locked owners out. Source: integration-protocol.md 1.2."""

_SAFE: Final = "SAFE>"
_REFUSED: Final = "bad login"
_SHOWN_MAX: Final = 40


class _Step(Enum):
    """What is waited for."""

    USER = auto()
    PASSWORD = auto()
    PROMPT = auto()


class Login:
    """One login.

    Args:
        credentials: Who.
        settings: How long each step may take.
        now: When the connection was opened.
    """

    def __init__(self, credentials: Credentials, settings: LipSessionSettings, now: float) -> None:
        self._credentials = credentials
        self._limits_s = {
            _Step.USER: settings.login_wait_s,
            _Step.PASSWORD: settings.password_wait_s,
            _Step.PROMPT: settings.prompt_wait_s,
        }
        self._step = _Step.USER
        self._since = now
        self._was_asked_twice = False
        self._heard = ""
        self._to_say = ""

    @property
    def until(self) -> float:
        """When the present step has taken too long."""
        return self._since + self._limits_s[self._step]

    def take(self) -> bytes:
        """Return what is to be said now, once."""
        said, self._to_say = self._to_say, ""
        return said.encode("ascii")

    def hear(self, event: LineEvent, now: float) -> LoginEnd | None:
        """Take what was heard; return how the login has ended, if it has."""
        if isinstance(event, PromptHeard):
            return self._hear_prompt(event.prompt, now)
        self._heard = event.text
        is_refusal = isinstance(event, LineHeard) and _REFUSED in event.text.lower()
        return LoginRefused() if is_refusal and self._step is not _Step.USER else None

    def give_up(self, held: str, now: float) -> LoginEnd:
        """Return what it means that a step took too long.

        Args:
            held: What was heard of a line that has not ended.
            now: The time.
        """
        heard = held.strip() or self._heard
        if self._step is _Step.USER and heard:
            return self._wrong(heard)
        return SessionHung(now - self._since)

    def _hear_prompt(self, prompt: str, now: float) -> LoginEnd | None:
        if prompt in _READY:
            return LoggedIn()
        if prompt == _SAFE:
            return SafeMode()
        if prompt == _USER:
            return self._asked_for_user(now)
        if prompt == _PASSWORD:
            return self._asked_for_password(now)
        if self._credentials.have(prompt):
            # An echo of what we said, which only looks like a prompt.
            return None
        return self._wrong(prompt)

    def _asked_for_user(self, now: float) -> LoginEnd | None:
        if self._step is _Step.PROMPT or self._was_asked_twice:
            return LoginRefused()
        self._was_asked_twice = self._step is _Step.PASSWORD
        self._say(self._credentials.user, _Step.PASSWORD, now)
        return None

    def _asked_for_password(self, now: float) -> LoginEnd | None:
        if self._step is _Step.USER:
            return self._wrong(_PASSWORD)
        if self._step is _Step.PROMPT:
            return LoginRefused()
        self._say(self._credentials.password, _Step.PROMPT, now)
        return None

    def _say(self, text: str, step: _Step, now: float) -> None:
        self._to_say = f"{text}\r\n"
        self._step = step
        self._since = now

    def _wrong(self, heard: str) -> WrongPrompt:
        is_secret = self._credentials.are_in(heard)
        return WrongPrompt("(not shown)" if is_secret else heard[:_SHOWN_MAX])
