"""Keeping what is known of the modules true: read after every return, and in the pauses.

When the link was opened, or a module came back, its state is read before it counts as fresh.
Its program is read afterwards, when the line has nothing better to do.

House rule: reading that nobody asked for. What a call reads is in the file of that call.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from dpm_core.client.asking import limit_at
from dpm_core.client.events import ModuleLost, ModuleReturned
from dpm_core.client.programming import read_program
from dpm_core.errors import DpmError
from dpm_core.protocol import Presence, StatusMask, StatusQuery
from dpm_core.protocol.requests import Answered, Priority, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dpm_core.client.asking import Asker
    from dpm_core.client.events import ClientEvent
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import SerialNumber
    from dpm_core.protocol import Outcome, Roster

_LOGGER = logging.getLogger(__name__)

STATE: Final = StatusMask.ZONES | StatusMask.OVERRIDE | StatusMask.CCI | StatusMask.CCO
"""What makes a module fresh when it was read."""

EVERYTHING: Final = STATE | StatusMask.EMERGENCY | StatusMask.IDENTITY | StatusMask.IO_PROGRAM
"""All that one question can ask for, but for the counters."""


class Upkeep:
    """Reads the modules.

    Args:
        asker: Where to ask.
        roster: Who is there.
        records: All modules, also those added later.
        publish: Told what follows.
    """

    def __init__(
        self,
        asker: Asker,
        roster: Roster,
        records: dict[SerialNumber, ModuleRecord],
        publish: Callable[[Iterable[ClientEvent]], None],
    ) -> None:
        self._asker = asker
        self._roster = roster
        self._records = records
        self._publish = publish
        self._reading: dict[SerialNumber, Request] = {}
        self._asking: set[SerialNumber] = set()
        self._programs: deque[SerialNumber] = deque()
        self._has_programs = asyncio.Event()
        self._again: dict[SerialNumber, asyncio.TimerHandle] = {}
        self._reader: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Read programs in the pauses, from now on."""
        self._reader = asyncio.create_task(self._read_programs(), name="read programs")

    async def stop(self) -> None:
        """Read no more."""
        self._forget_programs()
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            await asyncio.wait((reader,))

    # --- what happens -----------------------------------------------------------------------

    def link_opened(self) -> None:
        """Read every module: nothing that is known of them is fresh."""
        for record in self._records.values():
            self.added(record)

    def link_lost(self) -> None:
        """Nobody is online, and nothing is fresh."""
        self._reading.clear()
        self._forget_programs()
        for record in self._records.values():
            record.groups = None
            record.forget_numbers()
            self._publish(record.set_presence(is_online=False, is_fresh=False))

    def added(self, record: ModuleRecord) -> None:
        """Begin to care for a module, on a link that is open."""
        if self._asker.settings.allow_extension:
            self._read_state(record)
        else:
            # Nothing can be asked, so nothing can say that it is gone.
            self._publish(record.set_presence(is_online=True))

    def removed(self, serial: SerialNumber) -> None:
        """Forget a module."""
        self._reading.pop(serial, None)
        if again := self._again.pop(serial, None):
            again.cancel()

    def module_online(self, record: ModuleRecord) -> None:
        """Note that a module was heard, and read it if that is not under way."""
        self._publish(record.set_presence(is_online=True))
        if self._asker.settings.allow_extension:
            self._read_state(record)

    def module_offline(self, record: ModuleRecord) -> None:
        """Note that a module is gone."""
        if not self._asker.settings.allow_extension:
            return
        record.groups = None
        record.forget_numbers()
        self._publish(record.set_presence(is_online=False, is_fresh=False))
        if not record.is_lost:
            record.is_lost = True
            self._publish((ModuleLost(record.serial),))

    def zones_heard(self, record: ModuleRecord, *, is_answer: bool) -> None:
        """Look at what a zone report has shown: what it cannot say is asked for."""
        serial = record.serial
        if serial in self._asking or not self._asker.settings.allow_extension:
            return
        if record.is_unsure or (is_answer and record.needs_override_report):
            mask = StatusMask.ZONES | StatusMask.OVERRIDE
            if self._submit(record, mask, lambda _: self._asking.discard(serial)):
                self._asking.add(serial)

    # --- reading ----------------------------------------------------------------------------

    def _read_state(self, record: ModuleRecord) -> None:
        if record.serial not in self._reading:
            request = self._submit(record, STATE, partial(self._state_read, record))
            if request is not None:
                self._reading[record.serial] = request

    def _submit(
        self, record: ModuleRecord, mask: StatusMask, settled: Callable[[Outcome], None]
    ) -> Request | None:
        request = Request(StatusQuery(record.serial, mask), Priority.READ, on_settled=settled)
        try:
            self._asker.wire.submit(request)
        except DpmError:
            # The link is gone, or was never ours to speak on.
            return None
        return request

    def _state_read(self, record: ModuleRecord, outcome: Outcome) -> None:
        serial = record.serial
        if self._reading.pop(serial, None) is None or self._records.get(serial) is not record:
            return
        if isinstance(outcome, Answered):
            self._publish(record.set_presence(is_fresh=True))
            if record.is_lost:
                record.is_lost = False
                self._publish((ModuleReturned(serial),))
            self._programs.append(serial)
            self._has_programs.set()
        elif self._roster.presence(serial) is Presence.ONLINE:
            # It is there, and an answer was lost on the way.
            self._read_state(record)

    async def _read_programs(self) -> None:
        while True:
            while self._programs:
                await self._read_program(self._programs.popleft())
            self._has_programs.clear()
            await self._has_programs.wait()

    async def _read_program(self, serial: SerialNumber) -> None:
        record = self._records.get(serial)
        if record is None:
            return
        give_up_at = limit_at(self._asker.settings.program_limit_s)
        try:
            await read_program(self._asker, record, self._publish, Priority.BACKGROUND, give_up_at)
        except DpmError as error:
            _LOGGER.debug("The program of module %s was not read: %s", serial, error)
            self._read_program_later(serial)

    def _read_program_later(self, serial: SerialNumber) -> None:
        """Try once more when the line has had time; a module that returns is read anyway."""
        delay_s = self._asker.settings.program_limit_s
        if again := self._again.pop(serial, None):
            again.cancel()
        self._again[serial] = asyncio.get_running_loop().call_later(
            delay_s, self._read_program_again, serial
        )

    def _read_program_again(self, serial: SerialNumber) -> None:
        del self._again[serial]
        if self._roster.presence(serial) is Presence.ONLINE:
            self._programs.append(serial)
            self._has_programs.set()

    def _forget_programs(self) -> None:
        self._programs.clear()
        for again in self._again.values():
            again.cancel()
        self._again.clear()
