"""One question or command to a processor, and its outcome as a result or a named error.

House rule: every error of a call is made here, or in `controls.py`, in words that name the module
and what was asked.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Self

from dpm_core.errors import LinkUnavailable, NoReply, Rejected
from dpm_core.protocol.lip import QuerySystem, RequestDone, RequestFailed, SystemAction

if TYPE_CHECKING:
    from types import TracebackType

    from dpm_core.client.lip.settings import ProcessorSettings
    from dpm_core.client.lip.wire import LipWire, Outcome
    from dpm_core.errors import LinkError
    from dpm_core.protocol.lip import LipCommand, LipReport, RequestId

_ERRORS: Final[dict[int, str]] = {
    1: "the processor counts other parameters",
    2: "its processor's project has no such integration id; import the project again",
    3: "its processor does not know this action",
    4: "its processor finds a value out of range",
    5: "its processor cannot read a value",
    6: "its processor does not know this command",
}
"""What `~ERROR,n` means. Source: integration-protocol.md 3.8."""


class Sent:
    """A command on its way. As a context, it is taken back at the end if it was not sent yet.

    Args:
        asker: Whose.
        number: The session's number of it.
        outcome: What comes of it.
        address: Which module, for people.
        words: What it is, for people.
    """

    __slots__ = ("_address", "_asker", "_number", "_words", "outcome")

    def __init__(
        self,
        asker: LipAsker,
        number: RequestId,
        outcome: asyncio.Future[Outcome],
        address: object,
        words: str,
    ) -> None:
        self._asker = asker
        self._number = number
        self._address = address
        self._words = words
        self.outcome = outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._asker.wire.withdraw(self._number)

    def check(self) -> None:
        """Raise what went wrong, as far as that is known."""
        if self.outcome.done():
            outcome = self.outcome.result()
            if not isinstance(outcome, RequestDone):
                raise self._asker.error_of(outcome, self._address, self._words)


class LipAsker:
    """Asks, and raises what went wrong.

    Args:
        wire: Where to ask.
        url: Where that is, for people.
        settings: How long to wait.
    """

    def __init__(self, wire: LipWire, url: str, settings: ProcessorSettings) -> None:
        self.wire: Final = wire
        self.url: Final = url
        self.settings: Final = settings

    def send(self, command: LipCommand, address: object, words: str) -> Sent:
        """Put a command in line.

        Raises:
            LinkUnavailable: There is no session, or it can do nothing; the class says why.
        """
        number, outcome = self.wire.submit(command)
        return Sent(self, number, outcome, address, words)

    async def ask(
        self, query: LipCommand, address: object, words: str, *, give_up_at: float
    ) -> LipReport:
        """Send a query and return its answer.

        Raises:
            LinkUnavailable: There is no session, or it was lost before the answer came.
            NoReply: No answer came.
            Rejected: The processor answered with an error.
        """
        begun = asyncio.get_running_loop().time()
        with self.send(query, address, words) as sent:
            try:
                async with asyncio.timeout_at(give_up_at):
                    outcome = await sent.outcome
            except TimeoutError as error:
                waited_s = asyncio.get_running_loop().time() - begun
                raise NoReply(str(address), words, waited_s) from error
        if isinstance(outcome, RequestDone) and outcome.report is not None:
            return outcome.report
        raise self.error_of(outcome, address, words)

    async def tell(
        self, command: LipCommand, address: object, words: str, *, give_up_at: float
    ) -> None:
        """Send a command that has no answer; return when the processor has taken it.

        It answers in order, so the answer to a question behind the command says that there is no
        error to come.

        Raises:
            LinkUnavailable, NoReply, Rejected: As `ask()`.
        """
        with self.send(command, address, words) as sent:
            fence = QuerySystem(SystemAction.DATABASE_EXPORT)
            await self.ask(fence, address, words, give_up_at=give_up_at)
            sent.check()

    def error_of(self, outcome: Outcome, address: object, words: str) -> LinkError:
        """Return what went wrong, as the error that says so."""
        if isinstance(outcome, LinkUnavailable):
            return outcome
        number = outcome.error if isinstance(outcome, RequestFailed) else None
        if number is None:
            return NoReply(str(address), words, self.settings.session.answer_wait_s)
        reason = _ERRORS.get(number, f"its processor answered with error {number}")
        return Rejected(str(address), words, f"{reason} (~ERROR,{number})")
