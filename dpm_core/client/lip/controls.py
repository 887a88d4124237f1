"""Zones and CCOs behind a processor told what to be, one call at a time for each, and confirmed.

A processor accepts a command without a word, and pushes the level that came of it, or does not.
So a command is confirmed by a level that was told after it: pushed, or asked for. A zone that
still tells another one is told once more, for a command can be lost on the way; then the call
ends with an error, and nothing of it is left.

House rule: what manual override locks out; what only reads is in `upkeep.py`.

Source: integration-protocol.md 0, 3.1, 3.3.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from dpm_core.client.asking import limit_at
from dpm_core.client.locks import CCO, Locks
from dpm_core.errors import (
    NotConfirmed,
    NotThroughProcessor,
    OverrideActive,
    UnsupportedSetting,
)
from dpm_core.model import CcoType, ZoneNumber, level_is_on
from dpm_core.protocol.lip import OutputLevel, PulseOutput, QueryOutputLevel, SetOutputLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dpm_core.client.events import ClientEvent
    from dpm_core.client.lip.asking import LipAsker
    from dpm_core.client.lip.record import ProcessorRecord
    from dpm_core.model import IntegrationId


class LevelWatch:
    """One call that waits for an output to tell a level.

    Args:
        is_on: What it should tell.
    """

    __slots__ = ("agreed", "is_on", "reported")

    def __init__(self, is_on: bool) -> None:
        self.is_on = is_on
        self.reported: bool | None = None
        self.agreed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look_at(self, is_on: bool) -> None:
        """Let a level that was told after the command decide."""
        self.reported = is_on
        if is_on is self.is_on and not self.agreed.done():
            self.agreed.set_result(None)


class LipControls:
    """What people do with the zones and CCOs of modules behind a processor.

    Args:
        asker: Where to send.
        publish: Told what follows.
    """

    def __init__(self, asker: LipAsker, publish: Callable[[Iterable[ClientEvent]], None]) -> None:
        self._asker = asker
        self._settings = asker.settings
        self._publish = publish
        self._locks = Locks()
        self.watches: dict[int, list[LevelWatch]] = {}
        """Who waits for which output; its levels are shown to them."""
        self.are_pushed = False
        """Whether this processor pushes levels: whether the last one that somebody waited for was."""

    def heard(self, output: int, is_on: bool, *, is_answer: bool) -> None:
        """Show a level to everybody who waits for it."""
        for watch in self.watches[output]:
            if not watch.agreed.done():
                # What comes behind the level that has decided says nothing of how that one came.
                self.are_pushed = not is_answer
            watch.look_at(is_on)

    # --- zones ------------------------------------------------------------------------------

    async def switch(self, record: ProcessorRecord, levels: Mapping[ZoneNumber, float]) -> None:
        """Tell zones of a module their levels, in percent, and have it confirmed."""
        wanted = {zone: level_is_on(level) for zone, level in levels.items()}
        outputs = {zone: self._zone_output(record, zone) for zone in wanted}
        give_up_at = limit_at(self._settings.command_limit_s)
        command = _zones_words(wanted)
        async with self._held(record, [int(zone) for zone in wanted], command, give_up_at):
            calls = [
                self._set(
                    record, outputs[zone], levels[zone], _zones_words({zone: is_on}), give_up_at
                )
                for zone, is_on in wanted.items()
            ]
            if len(calls) == 1:
                await calls[0]
                return
            # All of them end before the call does: none may be applied behind an error.
            results = await asyncio.gather(*calls, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def toggle(self, record: ProcessorRecord, zone: ZoneNumber) -> bool:
        """Switch a zone to what it is not; return what it is now."""
        output = self._zone_output(record, zone)
        command = f"the toggling of zone {zone}"
        give_up_at = limit_at(self._settings.command_limit_s)
        async with self._held(record, [int(zone)], command, give_up_at):
            report = await self._asker.ask(
                QueryOutputLevel(output), record.address, command, give_up_at=give_up_at
            )
            assert isinstance(report, OutputLevel)
            is_on = not report.is_on
            words = _zones_words({zone: is_on})
            await self._set(record, output, 100.0 if is_on else 0.0, words, give_up_at)
        return is_on

    def _zone_output(self, record: ProcessorRecord, zone: ZoneNumber) -> IntegrationId:
        output = record.module.zone(zone)
        if output is None:
            raise UnsupportedSetting(
                "zone", int(zone), f"a zone of module {record.address} that the project has"
            )
        return output

    # --- CCO --------------------------------------------------------------------------------

    async def move_cco(self, record: ProcessorRecord, is_closed: bool) -> None:
        """Close or open a maintained CCO, and have it confirmed."""
        command = "the closing of its CCO" if is_closed else "the opening of its CCO"
        output = self._cco_output(record, CcoType.MAINTAINED, command)
        give_up_at = limit_at(self._settings.command_limit_s)
        async with self._held(record, [CCO], command, give_up_at):
            await self._set(record, output, 100.0 if is_closed else 0.0, command, give_up_at)

    async def pulse_cco(self, record: ProcessorRecord, pulse_s: float | None) -> None:
        """Pulse a pulsed CCO; return when the processor has taken it without an error.

        More than that nobody can know: what its output tells has no meaning.
        """
        command = "a pulse of its CCO"
        output = self._cco_output(record, CcoType.MOMENTARY, command)
        pulse = PulseOutput(output, record.module.cco_pulse_s if pulse_s is None else pulse_s)
        give_up_at = limit_at(self._settings.command_limit_s)
        async with self._held(record, [CCO], command, give_up_at):
            self._refuse_in_override(record, command)
            await self._asker.tell(pulse, record.address, command, give_up_at=give_up_at)

    def _cco_output(
        self, record: ProcessorRecord, cco_type: CcoType, command: str
    ) -> IntegrationId:
        """Return the CCO's output, if it is of the type that takes this command.

        What a pulsed output makes of a level, and a maintained one of a pulse, nobody knows.
        Source: integration-protocol.md 3.1, 9.
        """
        output, what = record.module.cco, command[0].upper() + command[1:]
        if output is None:
            raise NotThroughProcessor(self._asker.url, f"{what} without an output of the project")
        if record.module.cco_type is not cco_type:
            word = getattr(record.module.cco_type, "name", "of unknown type").lower()
            raise NotThroughProcessor(self._asker.url, f"{what}, which is {word} in its project,")
        return output

    # --- how --------------------------------------------------------------------------------

    def _held(
        self, record: ProcessorRecord, places: Sequence[int], command: str, give_up_at: float
    ) -> contextlib.AbstractAsyncContextManager[None]:
        keys = [(record.address, place) for place in places]
        limit_s = self._settings.command_limit_s
        return self._locks.hold(keys, command, give_up_at=give_up_at, limit_s=limit_s)

    def _refuse_in_override(self, record: ProcessorRecord, command: str) -> None:
        """Send nothing to a module that is known to be locked out.

        The processor would take the command, and show it as done until it is asked.
        """
        if record.view.override and not record.is_inferred:
            raise OverrideActive(str(record.address), command)

    async def _set(
        self,
        record: ProcessorRecord,
        output: IntegrationId,
        level_percent: float,
        command: str,
        give_up_at: float,
    ) -> None:
        self._refuse_in_override(record, command)
        watch = LevelWatch(level_percent > 0)
        self.watches.setdefault(output, []).append(watch)
        try:
            await self._told_twice(
                record, SetOutputLevel(output, level_percent), watch, command, give_up_at
            )
        finally:
            watches = self.watches[output]
            watches.remove(watch)
            if not watches:
                del self.watches[output]
        if record.view.override and not record.is_inferred:
            # It began meanwhile: what the zone shows is the override's doing.
            raise OverrideActive(str(record.address), command)
        if self._settings.infer_override:
            self._publish(record.infer_override(False))

    async def _told_twice(
        self,
        record: ProcessorRecord,
        set_level: SetOutputLevel,
        watch: LevelWatch,
        command: str,
        give_up_at: float,
    ) -> None:
        """Tell an output a level until it tells the same; a level may be told twice."""
        settings = self._settings
        loop = asyncio.get_running_loop()
        query = QueryOutputLevel(set_level.output)
        for is_last in (False, True):
            with self._asker.send(set_level, record.address, command) as sent:
                told_at = loop.time()
                if self.are_pushed:
                    await asyncio.wait((watch.agreed,), timeout=settings.report_wait_s)
                    sent.check()
                while not watch.agreed.done():
                    await self._asker.ask(query, record.address, command, give_up_at=give_up_at)
                    sent.check()
                    if watch.agreed.done():
                        return
                    if loop.time() - told_at >= settings.confirm_limit_s / 2:
                        break
                    await asyncio.wait((watch.agreed,), timeout=settings.ask_again_s)
                if watch.agreed.done():
                    return
            if is_last:
                raise self._contradicted(record, command, watch)
            self._refuse_in_override(record, command)

    def _contradicted(
        self, record: ProcessorRecord, command: str, watch: LevelWatch
    ) -> NotConfirmed | OverrideActive:
        """Return what a zone means that still tells another level."""
        if record.view.override and not record.is_inferred:
            return OverrideActive(str(record.address), command)
        if self._settings.infer_override and record.module.override is None:
            self._publish(record.infer_override(True))
            return OverrideActive(str(record.address), command)
        reported = "on" if watch.reported else "off"
        return NotConfirmed(str(record.address), command, f"the level of {reported}")


def _on(is_on: bool) -> str:
    return "on" if is_on else "off"


def _zones_words(wanted: Mapping[ZoneNumber, bool]) -> str:
    return ", ".join(f"zone {int(zone)} {_on(is_on)}" for zone, is_on in wanted.items())
