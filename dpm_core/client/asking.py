"""One question or command to one module, and its outcome as a result or a named error.

House rule: every error of a call is made here, or in `confirmation.py`, in words that name the
module and what was asked.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from dpm_core.errors import (
    ExtensionNotAllowed,
    LinkError,
    LinkUnavailable,
    NoReply,
    OverrideActive,
    Rejected,
    SendingNotAllowed,
)
from dpm_core.protocol import ResultCode
from dpm_core.protocol.requests import (
    Answered,
    Expired,
    LinkGone,
    Priority,
    Refused,
    Unanswered,
)
from dpm_core.transport import SendGate

if TYPE_CHECKING:
    from collections.abc import Callable

    from dpm_core.client.settings import ClientSettings
    from dpm_core.client.wire import Wire
    from dpm_core.protocol import ObjectMessage, Outcome
    from dpm_core.transport import Transport

_REFUSALS: Final[dict[int, str]] = {
    ResultCode.BAD_VALUE: "it cannot have this value",
    ResultCode.UNKNOWN_TYPE: "it does not know this command",
    ResultCode.BUSY: "it is busy; try again",
}


class Asker:
    """Asks, and raises what went wrong.

    Args:
        wire: Where to ask.
        transport: Whose gate is asked first.
        settings: What may be sent.
    """

    def __init__(self, wire: Wire, transport: Transport, settings: ClientSettings) -> None:
        self.wire: Final = wire
        self.settings: Final = settings
        self._transport = transport

    @property
    def url(self) -> str:
        """Where the link is, for people."""
        return self._transport.url

    def must_send(self) -> None:
        """Refuse a call that needs to send where we may only listen.

        Raises:
            SendingNotAllowed: The link is listen-only.
        """
        if self._transport.gate is not SendGate.SEND:
            raise SendingNotAllowed(self.url)

    def must_extend(self, command: str) -> None:
        """Refuse a call that needs our own messages where they are not allowed.

        Raises:
            SendingNotAllowed: The link is listen-only.
            ExtensionNotAllowed: The command exists only in our own messages.
        """
        self.must_send()
        if not self.settings.allow_extension:
            raise ExtensionNotAllowed(self.url, command[0].upper() + command[1:])

    async def ask(
        self,
        message: ObjectMessage,
        address: str,
        command: str,
        *,
        give_up_at: float,
        priority: Priority = Priority.COMMAND,
        on_answered: Callable[[], None] | None = None,
    ) -> Answered:
        """Send a message and return its answer.

        Args:
            message: What to say.
            address: To whom, for people.
            command: What it is, for people.
            give_up_at: When it must have ended, by the loop's clock.
            priority: What it goes before.
            on_answered: Called when it is answered, before anything else that was heard is told.

        Raises:
            LinkUnavailable: The link is not open, or was lost before the answer came.
            SendingNotAllowed: We may only listen.
            NoReply: No answer came.
            OverrideActive: The module refused: manual override.
            Rejected: It refused for another reason.
        """
        # What `Wire.ask()` does: every call comes by here, and each step on the way is paid twice.
        wire = self.wire
        request, answer = wire.put(
            message, priority, give_up_at=give_up_at, on_answered=on_answered
        )
        try:
            outcome = await answer
        except asyncio.CancelledError:
            wire.withdraw(request)
            raise
        if isinstance(outcome, Answered):
            return outcome
        raise self.error_of(outcome, address, command)

    def error_of(self, outcome: Outcome, address: str, command: str) -> LinkError:
        """Return what went wrong, as the error that says so."""
        if isinstance(outcome, LinkGone):
            return LinkUnavailable(self.url, self.wire.lost_because)
        if isinstance(outcome, Refused):
            if outcome.code == ResultCode.OVERRIDE:
                return OverrideActive(address, command)
            reason = _REFUSALS.get(outcome.code) or f"it answered with code {outcome.code:02X}"
            return Rejected(address, command, reason)
        assert isinstance(outcome, Unanswered | Expired)
        return NoReply(address, command, outcome.waited_s)


def limit_at(limit_s: float) -> float:
    """Return when a call that begins now must have ended, by the loop's clock."""
    return asyncio.get_running_loop().time() + limit_s
