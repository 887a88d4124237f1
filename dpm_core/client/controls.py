"""Zones and CCOs told what to be, one call at a time for each, and confirmed.

House rule: controls only, which manual override locks out; what else is asked of a module is in
`client.py` and `programming.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from dpm_core.client.agreement import CcoAgrees, ZonesAgree
from dpm_core.client.asking import limit_at
from dpm_core.client.group_levels import GroupLevels, ManyZones
from dpm_core.client.locks import CCO, Locks
from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoAction, level_is_on
from dpm_core.protocol import (
    BROADCAST,
    CcoSet,
    Dialect,
    GoToLevel,
    StatusMask,
    StatusQuery,
    ZoneReport,
)
from dpm_core.protocol.level_messages import component_of
from dpm_core.protocol.levels import level_to_raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dpm_core.client.asking import Asker
    from dpm_core.client.confirmation import Confirmer
    from dpm_core.client.group_levels import Outcome
    from dpm_core.client.locks import Holding, Key
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import GroupNumber, SerialNumber, ZoneNumber
    from dpm_core.protocol import Target

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
    """

    def __init__(self, asker: Asker, confirmer: Confirmer) -> None:
        self._asker = asker
        self._confirmer = confirmer
        self._settings = asker.settings
        self._locks = Locks()
        self._group_levels = GroupLevels(asker, confirmer, self._locks, self._switch_missed)

    def _limit(self) -> float:
        return limit_at(self._settings.command_limit_s)

    def _held(self, keys: Iterable[Key], command: str, give_up_at: float) -> Holding:
        limit_s = self._settings.command_limit_s
        return self._locks.hold(keys, command, give_up_at=give_up_at, limit_s=limit_s)

    async def switch(self, record: ModuleRecord, levels: Mapping[ZoneNumber, float]) -> None:
        """Tell zones of a module their levels, in percent, and have it confirmed."""
        self._asker.must_send()
        if not levels:
            return
        give_up_at = self._limit()
        keys = [(record.serial, int(zone)) for zone in levels]
        command = _zones_words(levels)
        async with self._held(keys, command, give_up_at):
            await self._switch_held(record, levels, command, give_up_at)

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
            await self._switch_held(record, levels, _zones_words(levels), give_up_at)
        return is_on

    async def _switch_held(
        self,
        record: ModuleRecord,
        levels: Mapping[ZoneNumber, float],
        command: str,
        give_up_at: float,
    ) -> None:
        """Switch zones that this call holds, and have it confirmed."""
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
        asks = [
            self._asker.ask(
                self._go_to_level(record.serial, zone, level_percent),
                str(record.serial),
                command if len(levels) == 1 else _zones_words({zone: level_percent}),
                give_up_at=give_up_at,
                on_answered=on_answered,
            )
            for zone, level_percent in levels.items()
        ]
        if len(asks) == 1:
            await asks[0]
            return
        for result in await asyncio.gather(*asks, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    def _go_to_level(
        self, target: Target, zone: ZoneNumber | None, level_percent: float
    ) -> GoToLevel:
        settings = self._settings
        if settings.dialect is Dialect.RADIO and zone is not None:
            raise UnsupportedSetting(
                "dialect", settings.dialect.value, "wired: the radio dialect names no single zone"
            )
        component = 0 if zone is None else component_of(zone, settings.component_base)
        return GoToLevel(target, component, level_to_raw(level_percent), settings.dialect)

    async def switch_many(
        self, records: Iterable[ModuleRecord], group: GroupNumber | None, level_percent: float
    ) -> Mapping[SerialNumber, Outcome]:
        """Tell all zones of a group a level, or all zones there are; return each outcome."""
        is_on = level_is_on(level_percent)
        if group is None:
            command = f"all zones {_on(is_on)}"
            self._asker.must_extend("a broadcast")
        else:
            command = f"group {int(group)} {_on(is_on)}"
            self._asker.must_send()
        give_up_at = self._limit()
        message = self._go_to_level(group or BROADCAST, None, level_percent)
        if not self._settings.allow_extension:
            await self._asker.ask(message, "on the link", command, give_up_at=give_up_at)
            return {}
        many = ManyZones(message=message, command=command, is_on=is_on, group=group)
        return await self._group_levels.switch(many, records, give_up_at)

    async def _switch_missed(
        self, record: ModuleRecord, wanted: Mapping[ZoneNumber, bool], give_up_at: float
    ) -> None:
        levels = {zone: 100.0 if is_on else 0.0 for zone, is_on in wanted.items()}
        await self._switch_held(record, levels, _zones_words(levels), give_up_at)

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


def _on(is_on: bool) -> str:  # reads as the word it returns
    return "on" if is_on else "off"


def _zones_words(levels: Mapping[ZoneNumber, float]) -> str:
    return ", ".join(
        f"zone {int(zone)} {_on(level_is_on(level))}" for zone, level in levels.items()
    )
