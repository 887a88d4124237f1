"""What a session at a processor tells its caller.

Those that come with every line are not frozen: that would cost more than all the rest of them,
and nobody has a reason to change one.

House rule: facts only, in the order in which they happened. None of them shows credentials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType, TypeAlias

if TYPE_CHECKING:
    from .reports import LipReport

__all__ = [
    "LipEvent",
    "LoggedIn",
    "LoginRefused",
    "ReportHeard",
    "RequestDone",
    "RequestFailed",
    "RequestId",
    "SafeMode",
    "SessionHung",
    "WrongPrompt",
]

RequestId = NewType("RequestId", int)
"""Which command or query of a session; no number is used twice."""


@dataclass(slots=True)
class ReportHeard:
    """The processor said something.

    Attributes:
        report: What.
        answers: What of ours it answers or refuses; None for what came by itself.
    """

    report: LipReport
    answers: RequestId | None = None


@dataclass(slots=True)
class RequestDone:
    """A command or query is done.

    Attributes:
        request: Which.
        report: What it was answered with. None for a command that was not, and is known to have
            been read because the processor, which answers in order, has answered a `QuerySystem`
            behind it.
    """

    request: RequestId
    report: LipReport | None = None


@dataclass(slots=True)
class RequestFailed:
    """A command or query was refused, or nothing was heard of it.

    Attributes:
        request: Which.
        error: The number of `~ERROR`, 0 if it had none; None where nothing was heard in time.
    """

    request: RequestId
    error: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Commands are taken from now on."""


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """User or password is not right; the session is over."""


@dataclass(frozen=True, slots=True)
class SafeMode:
    """The processor takes no commands; the session is over."""


@dataclass(frozen=True, slots=True)
class WrongPrompt:
    """It is no HomeWorks QS processor; the session is over.

    Attributes:
        prompt: What it said instead.
    """

    prompt: str


@dataclass(frozen=True, slots=True)
class SessionHung:
    """Nothing is answered any more, or somebody asks for a login again; the session is over.

    Attributes:
        silent_s: How long nothing was heard, in seconds.
    """

    silent_s: float


LipEvent: TypeAlias = (
    ReportHeard
    | RequestDone
    | RequestFailed
    | LoggedIn
    | LoginRefused
    | SafeMode
    | WrongPrompt
    | SessionHung
)
