"""What a session tells its caller.

Those that come with every frame are not frozen: that would cost more than all the rest of them,
and nobody has a reason to change one.

House rule: facts only, in the order in which they happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from dpm_core.model import SerialNumber

    from .decoder import Noise
    from .frames import Frame
    from .messages import Message, ObjectMessage
    from .requests import Outcome, Request

__all__ = [
    "FrameSent",
    "LinkSilent",
    "MessageHeard",
    "ModuleOffline",
    "ModuleOnline",
    "NoiseHeard",
    "RequestSettled",
    "SessionEvent",
]


@dataclass(slots=True)
class MessageHeard:
    """Somebody said something readable.

    Attributes:
        message: What was said.
        frame: How.
        at: When its last octet was heard.
        answers: What it answers, wholly or in part; None for what came by itself.
    """

    message: Message
    frame: Frame
    at: float
    answers: Request | None = None


@dataclass(slots=True)
class NoiseHeard:
    """Something unreadable was heard.

    Attributes:
        noise: The octets, and why they were no frame.
        at: When.
    """

    noise: Noise
    at: float


@dataclass(slots=True)
class FrameSent:
    """We put a frame on the link.

    Attributes:
        message: What it says.
        frame: How.
        at: When it was given to the transport.
        sending: 1 for the first sending of a message, 2 and 3 for its repeats.
    """

    message: ObjectMessage
    frame: Frame
    at: float
    sending: int


@dataclass(slots=True)
class RequestSettled:
    """A command or query has its outcome.

    Attributes:
        request: Whose.
        outcome: What came of it.
        at: When.
    """

    request: Request
    outcome: Outcome
    at: float


@dataclass(frozen=True, slots=True)
class ModuleOnline:
    """A module of the roster was heard, for the first time or after it had been offline."""

    serial: SerialNumber


@dataclass(frozen=True, slots=True)
class ModuleOffline:
    """A module of the roster is not there."""

    serial: SerialNumber


@dataclass(frozen=True, slots=True)
class LinkSilent:
    """Nobody answers any more, so the link may be hung: it should be opened anew.

    Attributes:
        silent_s: Since the first sending that nobody answered, in seconds.
        sendings: How many were not answered.
    """

    silent_s: float
    sendings: int


SessionEvent: TypeAlias = (
    MessageHeard
    | NoiseHeard
    | FrameSent
    | RequestSettled
    | ModuleOnline
    | ModuleOffline
    | LinkSilent
)
