"""Keeping what is known of the modules true: read after every login, and then round and round.

A state that changed while there was no session is never told afterwards, and some processors never
push a level at all. So every output and contact is asked at once after a login, and from then on
in turn, slowly; soon after a wallstation's button; and the date of the project with them.

House rule: reading that nobody asked for. What a call reads is in `controls.py` and `client.py`.

Source: integration-protocol.md 0.1, 3.6, 6.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from dpm_core.client.asking import limit_at
from dpm_core.client.events import ModuleLost, ModuleReturned
from dpm_core.client.lip.modules import OverrideContact
from dpm_core.errors import BusSilent, LinkUnavailable, NoReply, Rejected
from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import QueryContact, QueryOutputLevel, QuerySystem, SystemAction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dpm_core.client.events import ClientEvent
    from dpm_core.client.lip.asking import LipAsker
    from dpm_core.client.lip.connection import LipConnection
    from dpm_core.client.lip.record import ProcessorRecord

_LOGGER = logging.getLogger(__name__)

_Item: TypeAlias = "tuple[ProcessorRecord, IntegrationId | OverrideContact]"

_STATE: Final = "the question for its state"


class LipUpkeep:
    """Reads the modules.

    Args:
        asker: Where to ask.
        connection: Told when nothing is heard of any module.
        records: All modules, also those added later.
        publish: Told what follows.
    """

    def __init__(
        self,
        asker: LipAsker,
        connection: LipConnection,
        records: dict[IntegrationId, ProcessorRecord],
        publish: Callable[[Iterable[ClientEvent]], None],
    ) -> None:
        self._asker = asker
        self._settings = asker.settings
        self._connection = connection
        self._records = records
        self._publish = publish
        self._wake = asyncio.Event()
        self._hurry: asyncio.TimerHandle | None = None
        self._must_hurry = True
        self._project_at = 0.0
        self._unanswered = 0
        self._reader: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Read from now on."""
        self._reader = asyncio.create_task(self._keep_reading(), name="read a processor's modules")

    async def stop(self) -> None:
        """Read no more."""
        reader, self._reader = self._reader, None
        self._stop_hurrying()
        if reader is not None:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reader

    # --- what happens -----------------------------------------------------------------------

    def logged_in(self) -> None:
        """Read every module: nothing that is known of them is fresh."""
        self._unanswered = 0
        self._project_at = 0.0
        for record in self._records.values():
            record.forget()
        self.read_all()

    def session_lost(self) -> None:
        """Nobody is online, and nothing is fresh."""
        self._stop_hurrying()
        for record in self._records.values():
            self._publish(record.forget_override())
            self._publish(record.set_presence(is_online=False, is_fresh=False))

    def read_all(self) -> None:
        """Read everything without pauses."""
        self._must_hurry = True
        self._wake.set()

    def button_pressed(self) -> None:
        """Read everything soon: a button may have switched anything."""
        if self._hurry is None:
            loop = asyncio.get_running_loop()
            self._hurry = loop.call_later(self._settings.after_button_s, self._hurry_now)

    def told(self, record: ProcessorRecord, what: IntegrationId | OverrideContact) -> None:
        """Note that an output or a contact was told."""
        self._unanswered = record.misses = 0
        if isinstance(self._connection.trouble, BusSilent):
            self._connection.restored()
        record.unread.discard(what)
        if record.view.is_fresh:
            return
        self._publish(record.set_presence(is_online=True, is_fresh=not record.unread))
        if record.is_lost and not record.unread:
            record.is_lost = False
            self._publish((ModuleReturned(record.address),))

    def _hurry_now(self) -> None:
        self._hurry = None
        self.read_all()

    def _stop_hurrying(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    # --- the task that reads ----------------------------------------------------------------

    async def _keep_reading(self) -> None:
        while True:
            self._must_hurry = False
            self._wake.clear()
            try:
                await self._read_project()
                await self._round(is_hurried=True)
                while not self._must_hurry:
                    await self._pause()
                    await self._round(is_hurried=False)
            except LinkUnavailable:
                # The next login wakes us.
                if not self._must_hurry:
                    await self._wake.wait()
            except Exception:
                # Reading must not end in silence, whatever comes up.
                _LOGGER.exception("Reading the modules has failed; it goes on")
                await asyncio.sleep(self._settings.poll_gap_s)

    def _items(self) -> Iterator[_Item]:
        for record in tuple(self._records.values()):
            for what in record.readable():
                yield record, what

    async def _pause(self) -> None:
        """Wait a little, unless there is something to do at once."""
        count = sum(1 for _ in self._items())
        pause_s = max(self._settings.poll_gap_s, self._settings.poll_s / max(1, count))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._wake.wait()

    async def _round(self, *, is_hurried: bool) -> None:
        """Ask everything once."""
        for record, what in list(self._items()):
            if self._records.get(record.address) is not record:
                continue
            await self._read_project()
            await self._read(record, what)
            if not is_hurried:
                await self._pause()
                if self._must_hurry:
                    return

    async def _read_project(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self._project_at:
            return
        self._project_at = loop.time() + self._settings.project_poll_s
        give_up_at = limit_at(self._settings.command_limit_s)
        query = QuerySystem(SystemAction.DATABASE_EXPORT)
        with contextlib.suppress(NoReply, Rejected):
            # Undocumented: a processor that does not know it has no date to tell.
            await self._asker.ask(query, "(none)", "the project's date", give_up_at=give_up_at)

    async def _read(self, record: ProcessorRecord, what: IntegrationId | OverrideContact) -> None:
        query = (
            QueryContact(what.device, what.component)
            if isinstance(what, OverrideContact)
            else QueryOutputLevel(what)
        )
        give_up_at = limit_at(self._settings.command_limit_s)
        try:
            await self._asker.ask(query, record.address, _STATE, give_up_at=give_up_at)
        except Rejected as error:
            self._not_told(record, error)
        except NoReply as error:
            self._unanswered += 1
            record.misses += 1
            if self._unanswered >= self._settings.silent_bus_after:
                self._fall_silent()
            elif record.misses > 1:
                self._not_told(record, error)

    def _not_told(self, record: ProcessorRecord, error: NoReply | Rejected) -> None:
        """Note that a module cannot be read: it is not there, as far as anybody can tell."""
        _LOGGER.debug("%s", error)
        self._publish(record.set_presence(is_online=False, is_fresh=False))
        if not record.is_lost:
            record.is_lost = True
            record.forget()
            self._publish((ModuleLost(record.address),))

    def _fall_silent(self) -> None:
        """Note that nothing is heard of any module, though the processor lives."""
        if not isinstance(self._connection.trouble, BusSilent):
            for record in self._records.values():
                record.forget()
                self._publish(record.set_presence(is_online=False, is_fresh=False))
            self._connection.lost(BusSilent(self._asker.url))
