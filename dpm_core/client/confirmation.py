"""Waiting until a module's reports agree with what it was told.

The module reports by itself when its relays have moved. When that report does not come, it is
asked; all who wait for the same module share one question.

House rule: whether a report agrees is decided in `agreement.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dpm_core.client.asking import limit_at
from dpm_core.errors import LinkUnavailable, NotConfirmed
from dpm_core.protocol import StatusQuery
from dpm_core.protocol.requests import Answered, LinkGone, Priority, Request

if TYPE_CHECKING:
    from dpm_core.client.agreement import Agreement
    from dpm_core.client.asking import Asker
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import SerialNumber
    from dpm_core.protocol import ModuleReport, Outcome, StatusMask


class Watch:
    """One command that waits for its module to agree.

    Args:
        record: The module.
        agreement: What it must say.
        command: What it was told, for people.
        commands: How many commands must be accepted before anything it says counts.
    """

    __slots__ = (
        "_missing",
        "_waiter",
        "accepted_at",
        "agreed",
        "agreement",
        "asks_at_once",
        "command",
        "record",
    )

    def __init__(
        self, record: ModuleRecord, agreement: Agreement, command: str, commands: int
    ) -> None:
        self.record = record
        self.agreement = agreement
        self.command = command
        self.accepted_at: float | None = None
        self.asks_at_once = False
        self.agreed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._missing = commands
        self._waiter: asyncio.Future[None] | None = None

    def accepted(self) -> None:
        """Note that the module has accepted one command."""
        self._missing -= 1
        if not self._missing:
            self.accepted_at = self.agreed.get_loop().time()
            view = self.record.view
            self.asks_at_once = self.agreement.asks_at_once(view)
            self.agreement.begin(self.accepted_at)

    def look_at(self, message: ModuleReport, at: float, *, is_answer: bool) -> None:
        """Let a report that came after the acceptance decide."""
        if self.accepted_at is None or self.agreed.done():
            return
        if self.agreement.look_at(message, at, is_answer=is_answer):
            self.agreed.set_result(None)
            self._wake()

    def fail(self, error: LinkUnavailable) -> None:
        """Know that no report will come."""
        if not self.agreed.done():
            self.agreed.set_exception(error)
            self._wake()

    async def decided_within(self, wait_s: float) -> None:
        """Wait until it has agreed, or cannot any more, but no longer than this.

        As `asyncio.wait()` does, without the turn of the loop that is between a future and those
        who wait for it there: every command waits here.
        """
        if self.agreed.done():
            return
        loop = self.agreed.get_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(wait_s, self._wake)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Confirmer:
    """Everybody who waits for a module to agree."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._watches: dict[SerialNumber, list[Watch]] = {}
        self._queries: dict[tuple[SerialNumber, StatusMask], asyncio.Future[Outcome]] = {}

    def watch(
        self, record: ModuleRecord, agreement: Agreement, command: str, commands: int = 1
    ) -> Watch:
        """Begin to look at what a module reports; `confirmed()` or `forget()` must follow."""
        watch = Watch(record, agreement, command, commands)
        self._watches.setdefault(record.serial, []).append(watch)
        return watch

    def forget(self, watch: Watch) -> None:
        """Look no more."""
        watches = self._watches[watch.record.serial]
        watches.remove(watch)
        if watch.agreed.done():
            # An error that nobody waits for any more is no news.
            watch.agreed.exception()
        if not watches:
            del self._watches[watch.record.serial]

    def heard(self, message: ModuleReport, at: float, *, is_answer: bool) -> None:
        """Show what a module says now to everybody who waits for it."""
        for watch in self._watches.get(message.serial, ()):
            watch.look_at(message, at, is_answer=is_answer)

    def link_lost(self, error: LinkUnavailable) -> None:
        """Tell everybody that no report will come."""
        for watches in self._watches.values():
            for watch in watches:
                watch.fail(error)

    async def confirmed(self, watch: Watch, give_up_at: float) -> None:
        """Return when the module has agreed.

        Raises:
            LinkUnavailable: The link was lost before that.
            NotConfirmed: It disagrees, or says nothing more.
        """
        settings = self._asker.settings
        accepted_at = watch.accepted_at
        assert accepted_at is not None
        if not watch.asks_at_once:
            await watch.decided_within(settings.report_wait_s)
        while not watch.agreed.done():
            mask = watch.agreement.mask
            await self._query(watch, mask, give_up_at)
            if watch.agreed.done():
                break
            waited_s = watch.agreed.get_loop().time() - accepted_at
            if waited_s >= settings.confirm_limit_s and mask == watch.agreement.mask:
                raise self._not_confirmed(watch, watch.agreement.reported)
            await watch.decided_within(settings.report_wait_s)
        watch.agreed.result()

    async def _query(self, watch: Watch, mask: StatusMask, give_up_at: float) -> None:
        key = (watch.record.serial, mask)
        shared = self._queries.get(key)
        if shared is None:
            shared = self._ask(key)
        try:
            async with asyncio.timeout_at(give_up_at):
                outcome = await asyncio.shield(shared)
        except TimeoutError as error:
            raise self._not_confirmed(watch, watch.agreement.reported) from error
        if isinstance(outcome, Answered):
            # What was heard has been looked at already.
            return
        failure = self._asker.error_of(outcome, str(watch.record.serial), watch.command)
        if isinstance(outcome, LinkGone):
            raise failure
        raise self._not_confirmed(watch, "nothing more") from failure

    def _ask(self, key: tuple[SerialNumber, StatusMask]) -> asyncio.Future[Outcome]:
        """Ask a module; whoever wants the same before it is answered shares the answer.

        Nobody can share one that was asked before the module accepted the command: it was
        the command's own answer that let this question go.
        """
        serial, mask = key
        shared: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def settled(outcome: Outcome) -> None:
            self._queries.pop(key, None)
            shared.set_result(outcome)

        self._asker.wire.submit(
            Request(
                StatusQuery(serial, mask),
                Priority.READ,
                give_up_at=limit_at(self._asker.settings.command_limit_s),
                on_settled=settled,
            )
        )
        if not shared.done():
            self._queries[key] = shared
        return shared

    @staticmethod
    def _not_confirmed(watch: Watch, reported: str) -> NotConfirmed:
        return NotConfirmed(str(watch.record.serial), watch.command, reported)
