"""One frame for many modules, and one outcome for each of them.

Nobody answers a group or broadcast command, so each module's report shows whether it acted, and
one that does not report is asked. A module that is found to have missed the frame gets the same
as commands of its own.

House rule: only what has many modules as its target.

Source: qs-link.md 5 "After a group or broadcast command ..." (ours); requirement C9.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from dpm_core.client.agreement import ZonesAgree
from dpm_core.client.programming import read_groups
from dpm_core.errors import LinkError, LinkUnavailable, NoReply, NotConfirmed, OverrideActive
from dpm_core.model import ZONES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from dpm_core.client.asking import Asker
    from dpm_core.client.confirmation import Confirmer, Watch
    from dpm_core.client.locks import Locks
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import GroupNumber, SerialNumber, ZoneNumber
    from dpm_core.protocol import GoToLevel


class Done(Enum):
    """What became of a module that did as it was told."""

    DONE = "done"


DONE: Final = Done.DONE

Outcome: TypeAlias = Done | LinkError
"""What became of one module: `DONE`, or the error that a command to it alone would have raised."""

Switch: TypeAlias = "Callable[[ModuleRecord, Mapping[ZoneNumber, bool], float], Awaitable[None]]"
"""Switches zones of one module by commands of its own, and confirms them."""


_Watches: TypeAlias = "dict[ModuleRecord, Watch | None]"
"""Whom to look at; None for a module of which no zone is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyZones:
    """A command to zones of many modules at once.

    Attributes:
        message: The one frame.
        command: What it is, for people.
        is_on: What all zones shall be.
        group: Whose zones; None for all zones of all modules.
    """

    message: GoToLevel
    command: str
    is_on: bool
    group: GroupNumber | None = None


class GroupLevels:
    """Commands to many modules.

    Args:
        asker: Where to send.
        confirmer: Looks at what the modules report.
        locks: Whom else to wait for.
        switch: For one that missed the frame.
    """

    def __init__(self, asker: Asker, confirmer: Confirmer, locks: Locks, switch: Switch) -> None:
        self._asker = asker
        self._confirmer = confirmer
        self._locks = locks
        self._switch = switch

    async def switch(
        self, many: ManyZones, records: Iterable[ModuleRecord], give_up_at: float
    ) -> Mapping[SerialNumber, Outcome]:
        """Send the frame and return what became of each module; modules not in it are left out.

        Raises:
            LinkUnavailable: The link was lost.
            NoReply: The line was never free, or other calls held the zones for too long.
        """
        records = list(records)
        keys = [key for record in records for key in record.zone_keys]
        limit_s = self._asker.settings.command_limit_s
        async with self._locks.hold(keys, many.command, give_up_at=give_up_at, limit_s=limit_s):
            watches: _Watches = {}
            overridden: set[ModuleRecord] = set()

            def sent() -> None:
                # Not before: the frame need not wait for it, and no report can have come yet.
                for record in records:
                    if many.group is None or record.groups is not None:
                        self._watch(record, many, watches)
                _accept(watches.values())
                overridden.update(record for record in records if record.view.override)

            try:
                await self._asker.ask(
                    many.message,
                    "on the link",
                    many.command,
                    give_up_at=give_up_at,
                    on_answered=sent,
                )
                await self._reports(watches.values())
                outcomes = await asyncio.gather(
                    *(self._outcome(record, many, watches, give_up_at) for record in records),
                    return_exceptions=True,
                )
            finally:
                for watch in watches.values():
                    if watch is not None:
                        self._confirmer.forget(watch)
        result: dict[SerialNumber, Outcome] = {}
        for record, outcome in zip(records, outcomes, strict=True):
            if isinstance(outcome, LinkUnavailable) or (
                isinstance(outcome, BaseException) and not isinstance(outcome, LinkError)
            ):
                raise outcome
            if outcome is DONE and record in overridden and _is_in_override(watches[record]):
                # What returns is what it was told, but not because it was told.
                result[record.serial] = OverrideActive(str(record.serial), many.command)
            elif outcome is not None:
                result[record.serial] = outcome
        return result

    def _watch(self, record: ModuleRecord, many: ManyZones, watches: _Watches) -> Watch | None:
        """Begin to look at a module; None if none of its zones is meant."""
        wanted = _wanted(record, many)
        watches[record] = (
            self._confirmer.watch(record, ZonesAgree(wanted), many.command) if wanted else None
        )
        return watches[record]

    async def _reports(self, watches: Iterable[Watch | None]) -> None:
        """Wait as long as modules report by themselves: each needs its turn on the line."""
        waiting: set[asyncio.Future[None]] = {
            watch.agreed for watch in watches if watch is not None and not watch.asks_at_once
        }
        while waiting:
            reported, waiting = await asyncio.wait(
                waiting, timeout=self._asker.settings.report_wait_s
            )
            if not reported:
                return

    async def _outcome(
        self, record: ModuleRecord, many: ManyZones, watches: _Watches, give_up_at: float
    ) -> Outcome | None:
        """Return what became of a module; None if none of its zones is meant.

        Raises:
            LinkError: The same, where it is not good.
        """
        address = str(record.serial)
        if record in watches:
            watch = watches[record]
        elif record.is_lost:
            raise NoReply(address, many.command, 0.0)
        else:
            await read_groups(self._asker, record, give_up_at)
            watch = self._watch(record, many, watches)
            _accept((watch,))
        if watch is None:
            return None
        if record.is_lost:
            raise NoReply(address, many.command, 0.0)
        try:
            await self._confirmer.confirmed(watch, give_up_at)
        except NotConfirmed as error:
            if isinstance(error.__cause__, NoReply):
                raise error.__cause__ from None
            if _is_in_override(watch):
                raise OverrideActive(address, many.command) from error
            # It was heard, and it is not in manual override: it has missed the frame.
            await self._switch(record, _wanted(record, many), give_up_at)
        return DONE


def _wanted(record: ModuleRecord, many: ManyZones) -> dict[ZoneNumber, bool]:
    """Return what each zone of a module that is meant shall be."""
    members = (True,) * len(ZONES)
    if many.group is not None:
        assert record.groups is not None
        members = record.groups.get(many.group, (False,) * len(ZONES))
    return {zone: many.is_on for zone in ZONES if members[zone - 1]}


def _accept(watches: Iterable[Watch | None]) -> None:
    for watch in watches:
        if watch is not None:
            watch.accepted()


def _is_in_override(watch: Watch | None) -> bool:
    assert watch is not None
    assert isinstance(watch.agreement, ZonesAgree)
    return watch.agreement.is_in_override
