"""Zones and CCOs told what to be, one call at a time for each, and confirmed.

House rule: controls only, which manual override locks out; what else is asked of a module is in
`client.py` and `programming.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from dpm_core.client.agreement import CcoAgrees, ZonesAgree
from dpm_core.client.asking import limit_at
from dpm_core.client.group_levels import DONE, GroupLevels, ManyZones
from dpm_core.client.locks import CCO, Locks
from dpm_core.client.together import Together
from dpm_core.client.zone_commands import ZoneCommands, on_or_off, zones_words
from dpm_core.errors import LinkError
from dpm_core.model import CcoAction, level_is_on
from dpm_core.protocol import CcoSet, StatusMask, StatusQuery, ZoneReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dpm_core.client.asking import Asker
    from dpm_core.client.confirmation import Confirmer
    from dpm_core.client.group_levels import Outcome
    from dpm_core.client.locks import Holding, Key
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.client.whole_link import WholeLink
    from dpm_core.client.zone_commands import ZoneCommand
    from dpm_core.model import GroupNumber, SerialNumber, ZoneNumber
_CCO_WORDS: Final = {
    CcoAction.OPEN: "the opening of its CCO",
    CcoAction.CLOSE: "the closing of its CCO",
    CcoAction.PULSE: "a pulse of its CCO",
    CcoAction.END_PULSE: "the end of its CCO's pulse",
}


class Controls:
    """What people do with the zones and CCOs of modules.

    Args:
        asker: Where to send.
        confirmer: Looks at what the modules report.
        records: All modules that were added.
        whole_link: Whether those are all that there are.
    """

    def __init__(
        self,
        asker: Asker,
        confirmer: Confirmer,
        records: Mapping[SerialNumber, ModuleRecord],
        whole_link: WholeLink,
    ) -> None:
        self._asker = asker
        self._confirmer = confirmer
        self._settings = asker.settings
        self._locks = Locks()
        self._commands = ZoneCommands(asker.settings)
        self._group_levels = GroupLevels(asker, confirmer, self._locks, self._switch_missed)
        self._together = Together(
            asker,
            confirmer,
            records,
            whole_link,
            to_all=lambda target, level_percent: self._commands.go_to_level(
                target, None, level_percent
            ),
            singles=self._go_to_levels,
            alone=self._switch_alone,
        )

    def _limit(self) -> float:
        return limit_at(self._settings.command_limit_s)

    def _held(self, keys: Iterable[Key], command: str, give_up_at: float) -> Holding:
        limit_s = self._settings.command_limit_s
        return self._locks.hold(keys, command, give_up_at=give_up_at, limit_s=limit_s)

    async def switch_zone(
        self, record: ModuleRecord, zone: ZoneNumber, level_percent: float
    ) -> None:
        """Tell one zone its level, in percent, and have it confirmed.

        What `switch()` does, without all that only several zones need: this is what nearly every
        call is.
        """
        asker = self._asker
        asker.must_send()
        command = self._commands.of(record, zone, level_percent)
        limit_s = self._settings.command_limit_s
        give_up_at = limit_at(limit_s)
        holding = self._locks.hold(
            command.keys, command.words, give_up_at=give_up_at, limit_s=limit_s
        )
        holding.stand_in_line()
        try:
            if holding.must_wait:
                await holding.come_to_front()
            if self._together.is_possible:
                levels = {zone: level_percent}
                await self._together.switch(record, levels, command.words, give_up_at)
            elif self._settings.allow_extension:
                await self._switch_confirmed(record, command, give_up_at)
            else:
                await asker.ask(
                    command.message, record.address, command.words, give_up_at=give_up_at
                )
        finally:
            holding.leave()

    async def _switch_confirmed(
        self, record: ModuleRecord, command: ZoneCommand, give_up_at: float
    ) -> None:
        agreement = ZonesAgree(command.wanted)
        watch = self._confirmer.watch(record, agreement, command.words)
        try:
            await self._asker.ask(
                command.message,
                record.address,
                command.words,
                give_up_at=give_up_at,
                on_answered=watch.accepted,
            )
            await self._confirmer.confirmed(watch, give_up_at)
        finally:
            self._confirmer.forget(watch)

    async def switch(self, record: ModuleRecord, levels: Mapping[ZoneNumber, float]) -> None:
        """Tell zones of a module their levels, in percent, and have it confirmed."""
        self._asker.must_send()
        if not levels:
            return
        give_up_at = self._limit()
        command = zones_words(levels)
        async with self._held(_keys(record, levels), command, give_up_at):
            await self._switch_held(record, levels, command, give_up_at)

    async def switch_all(
        self, modules: Mapping[ModuleRecord, Mapping[ZoneNumber, float]]
    ) -> dict[SerialNumber, Outcome]:
        """Tell zones of many modules their levels, in percent; return each module's outcome."""
        self._asker.must_send()
        give_up_at = self._limit()
        words = [zones_words(levels) for levels in modules.values()]
        holdings = [
            self._held(_keys(record, levels), command, give_up_at)
            for (record, levels), command in zip(modules.items(), words, strict=True)
        ]
        # Before anybody else has his turn: no later call may overtake this one.
        for holding in holdings:
            holding.stand_in_line()

        async def switch(
            holding: Holding,
            record: ModuleRecord,
            levels: Mapping[ZoneNumber, float],
            command: str,
        ) -> None:
            async with holding:
                if levels:
                    await self._switch_held(record, levels, command, give_up_at)

        try:
            results = await asyncio.gather(
                *map(switch, holdings, modules, modules.values(), words), return_exceptions=True
            )
        finally:
            # A call that is cancelled at once has not entered them.
            for holding in holdings:
                holding.leave()
        outcomes: dict[SerialNumber, Outcome] = {}
        for record, result in zip(modules, results, strict=True):
            if isinstance(result, BaseException) and not isinstance(result, LinkError):
                raise result
            outcomes[record.serial] = DONE if result is None else result
        return outcomes

    async def toggle(self, record: ModuleRecord, zone: ZoneNumber) -> bool:
        """Switch a zone to what it is not; return what it is now."""
        command = f"the toggling of zone {zone}"
        self._asker.must_extend(command)
        give_up_at = self._limit()
        async with self._held(((record.serial, int(zone)),), command, give_up_at):
            answer = await self._asker.ask(
                StatusQuery(record.serial, StatusMask.ZONES),
                str(record.serial),
                command,
                give_up_at=give_up_at,
            )
            (report,) = answer.messages
            assert isinstance(report, ZoneReport)
            is_on = not report.zones[zone - 1]
            levels = {zone: 100.0 if is_on else 0.0}
            await self._switch_held(record, levels, zones_words(levels), give_up_at)
        return is_on

    async def _switch_held(
        self,
        record: ModuleRecord,
        levels: Mapping[ZoneNumber, float],
        command: str,
        give_up_at: float,
    ) -> None:
        """Switch zones that this call holds, with others' if that saves frames; confirm it."""
        if self._together.is_possible:
            await self._together.switch(record, levels, command, give_up_at)
        else:
            await self._switch_alone(record, levels, command, give_up_at)

    async def _switch_alone(
        self,
        record: ModuleRecord,
        levels: Mapping[ZoneNumber, float],
        command: str,
        give_up_at: float,
    ) -> None:
        """Switch zones that this call holds by commands to them alone, and have it confirmed."""
        if not self._settings.allow_extension:
            await self._go_to_levels(record, levels, command, give_up_at, None)
            return
        wanted = {zone: level_is_on(level_percent) for zone, level_percent in levels.items()}
        watch = self._confirmer.watch(record, ZonesAgree(wanted), command, len(levels))
        try:
            await self._go_to_levels(record, levels, command, give_up_at, watch.accepted)
            await self._confirmer.confirmed(watch, give_up_at)
        finally:
            self._confirmer.forget(watch)

    async def _go_to_levels(
        self,
        record: ModuleRecord,
        levels: Mapping[ZoneNumber, float],
        command: str,
        give_up_at: float,
        on_answered: Callable[[], None] | None,
    ) -> None:
        """Send one command for each zone; raise the first error when all have ended."""
        asks = []
        for zone, level_percent in levels.items():
            single = self._commands.of(record, zone, level_percent)
            asks.append(
                self._asker.ask(
                    single.message,
                    record.address,
                    command if len(levels) == 1 else single.words,
                    give_up_at=give_up_at,
                    on_answered=on_answered,
                )
            )
        for result in await asyncio.gather(*asks, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    async def switch_many(
        self, records: Iterable[ModuleRecord], group: GroupNumber | None, level_percent: float
    ) -> Mapping[SerialNumber, Outcome]:
        """Tell all zones of a group a level, or all zones there are; return each outcome."""
        is_on = level_is_on(level_percent)
        if group is None:
            command = f"all zones {on_or_off(is_on)}"
            self._asker.must_extend("a broadcast")
        else:
            command = f"group {int(group)} {on_or_off(is_on)}"
            self._asker.must_send()
        give_up_at = self._limit()
        message = (
            self._commands.to_everybody(level_percent)
            if group is None
            else self._commands.go_to_level(group, None, level_percent)
        )
        if not self._settings.allow_extension:
            await self._asker.ask(message, "on the link", command, give_up_at=give_up_at)
            return {}
        many = ManyZones(message=message, command=command, is_on=is_on, group=group)
        return await self._group_levels.switch(many, records, give_up_at)

    async def _switch_missed(
        self, record: ModuleRecord, wanted: Mapping[ZoneNumber, bool], give_up_at: float
    ) -> None:
        levels = {zone: 100.0 if is_on else 0.0 for zone, is_on in wanted.items()}
        await self._switch_alone(record, levels, zones_words(levels), give_up_at)

    async def move_cco(
        self, record: ModuleRecord, action: CcoAction, pulse_s: float | None = None
    ) -> None:
        """Move the CCO, and have it confirmed."""
        message = CcoSet(record.serial, action, pulse_s)
        command = _CCO_WORDS[action]
        self._asker.must_extend(command)
        give_up_at = self._limit()
        program = record.view.program
        if pulse_s is None and program is not None:
            pulse_s = program.cco_pulse_s
        async with self._held(((record.serial, CCO),), command, give_up_at):
            watch = self._confirmer.watch(record, CcoAgrees(action, pulse_s), command)
            try:
                await self._asker.ask(
                    message,
                    str(record.serial),
                    command,
                    give_up_at=give_up_at,
                    on_answered=watch.accepted,
                )
                await self._confirmer.confirmed(watch, give_up_at)
            finally:
                self._confirmer.forget(watch)


def _keys(record: ModuleRecord, levels: Mapping[ZoneNumber, float]) -> list[Key]:
    return [(record.serial, int(zone)) for zone in levels]
