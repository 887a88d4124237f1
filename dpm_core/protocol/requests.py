"""What the master asks of the link, and what came of it.

House rule: values only. What answers a message is in `expectations.py`; when to wait and when
to ask again is the session's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from .expectations import Refused, expectation_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .messages import Message, ObjectMessage

__all__ = [
    "Answered",
    "Expired",
    "LinkGone",
    "Outcome",
    "Priority",
    "Refused",
    "Request",
    "Unanswered",
    "Withdrawn",
]


class Priority(IntEnum):
    """What goes first when the line is free."""

    COMMAND = 0
    READ = 1
    """Somebody waits for the answer."""
    POLL = 2
    BACKGROUND = 3
    """Nobody waits for the answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer came, whole; or none was expected and the message was sent.

    Attributes:
        messages: What was heard as the answer, in order.
        was_noisy: Whether something unreadable was heard meanwhile, as when answers collide.
    """

    messages: tuple[Message, ...]
    was_noisy: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer came, however often it was sent.

    Attributes:
        waited_s: From the first sending, in seconds.
        sendings: How often it was sent.
    """

    waited_s: float
    sendings: int


@dataclass(frozen=True, slots=True)
class Expired:
    """Its time was over before it was answered.

    Attributes:
        waited_s: From being issued, in seconds.
        sendings: How often it was sent; 0 if the line was never free for it.
    """

    waited_s: float
    sendings: int


@dataclass(frozen=True, slots=True)
class LinkGone:
    """The link was lost before the answer came; nothing of it is kept for later."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whoever issued it did not want it any more."""


Outcome = Answered | Refused | Unanswered | Expired | LinkGone | Withdrawn


class Request:
    """One command or query on its way, from being issued to its outcome.

    Args:
        message: What to send.
        priority: What it goes before and after.
        give_up_at: When it must have ended, whatever happens; None is never.
        on_settled: For whoever issued it; the session hands it back, and does not call it.
    """

    __slots__ = (
        "counter",
        "expectation",
        "give_up_at",
        "issued_at",
        "message",
        "on_settled",
        "order",
        "outcome",
        "priority",
        "sendings",
        "sendings_max",
        "sent_at",
        "sequences",
        "serial",
    )

    def __init__(
        self,
        message: ObjectMessage,
        priority: Priority = Priority.COMMAND,
        *,
        give_up_at: float | None = None,
        on_settled: Callable[[Outcome], None] | None = None,
    ) -> None:
        self.message = message
        self.priority = priority
        self.give_up_at = give_up_at
        self.on_settled = on_settled
        self.expectation = expectation_of(message)
        self.serial = self.expectation.serial
        self.outcome: Outcome | None = None
        self.order = 0
        self.issued_at = 0.0
        self.sent_at = 0.0
        self.sendings = 0
        self.sendings_max = 1
        self.counter = 0
        self.sequences: list[int] = []

    @property
    def is_settled(self) -> bool:
        """Whether its outcome is known."""
        return self.outcome is not None
