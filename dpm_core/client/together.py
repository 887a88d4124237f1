"""Commands of the same moment, sent together in the fewest frames.

Who switches a zone holds it already (`locks.py`), so no two commands here are for the same zone,
and none overtakes an earlier one: whoever still waits for a zone comes in a later moment. Commands
that are given in one turn of the event loop, for the same level, go out as the groups that cover
them, as a broadcast where every zone of the link is meant, and one by one for the rest. Each has
its own outcome, as if it had been alone.

Nothing but what is meant is ever switched: a group is named only if all its members are, a
broadcast only if all zones are, and both only while everybody who would obey is known.

House rule: how commands are sent together and what became of each; which frames are the fewest is
decided in `fewest_frames.py`, who is on the link in `whole_link.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from dpm_core.client.agreement import ZonesAgree
from dpm_core.client.fewest_frames import fewest_frames
from dpm_core.errors import DpmError, NoReply, NotConfirmed, OverrideActive
from dpm_core.model import ZONES, GroupNumber, SerialNumber, ZoneNumber, level_is_on
from dpm_core.protocol import BROADCAST, Broadcast, GoToLevel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import TypeAlias

    from dpm_core.client.asking import Asker
    from dpm_core.client.confirmation import Confirmer, Watch
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.client.whole_link import WholeLink

    Levels: TypeAlias = Mapping[ZoneNumber, float]
    Alone: TypeAlias = Callable[[ModuleRecord, Levels, str, float], Awaitable[None]]
    Singles: TypeAlias = Callable[
        [ModuleRecord, Levels, str, float, Callable[[], None]], Awaitable[None]
    ]
    ToAll: TypeAlias = Callable[[GroupNumber | Broadcast, float], GoToLevel]
    Key: TypeAlias = tuple[SerialNumber, ZoneNumber]

_SAME_TIME_LEFT_S: Final = 1.0
"""Commands share a frame only if their times to give up are this close, in seconds: a frame that
is late for one of them is not sent at all. Decided here."""


class _Command:
    """Zones of one module, held by who gave the command."""

    __slots__ = (
        "frames",
        "give_up_at",
        "levels",
        "moment",
        "planned",
        "record",
        "singles",
        "was_in_override",
        "watch",
        "words",
    )

    def __init__(self, record: ModuleRecord, levels: Levels, words: str, give_up_at: float) -> None:
        self.record = record
        self.levels = levels
        self.words = words
        self.give_up_at = give_up_at
        self.planned: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.frames: list[_Frame] = []
        self.singles: dict[ZoneNumber, float] = dict(levels)
        self.watch: Watch | None = None
        self.moment = _Moment()
        self.was_in_override = False


class _Frame:
    """One frame for many: to a group, or to all.

    Attributes:
        sent: Whether it was sent, when that is known; its exception says why it cannot be.
    """

    __slots__ = ("commands", "message", "sent", "task")

    def __init__(self, message: GoToLevel, commands: list[_Command]) -> None:
        self.message = message
        self.commands = commands
        self.sent: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None] | None = None

    def drop(self) -> None:
        """Send it no more, if it was not sent; those that need it go alone."""
        if not self.sent.done():
            self.sent.set_result(False)
            if self.task is not None:
                self.task.cancel()


class _Moment:
    """What was sent together, and when one of it was last confirmed."""

    __slots__ = ("progress_at",)

    def __init__(self) -> None:
        self.progress_at = 0.0

    def progress(self, _: object = None) -> None:
        self.progress_at = asyncio.get_running_loop().time()


class Together:
    """Sends what is given in one moment together.

    Args:
        asker: Where to send.
        confirmer: Looks at what the modules report.
        records: All modules that were added.
        whole_link: Whether those are all that there are.
        to_all: Makes the frame for a group or for all.
        singles: Sends zones of one module one by one.
        alone: Sends zones of one module one by one, and has it confirmed.
    """

    def __init__(
        self,
        asker: Asker,
        confirmer: Confirmer,
        records: Mapping[SerialNumber, ModuleRecord],
        whole_link: WholeLink,
        *,
        to_all: ToAll,
        singles: Singles,
        alone: Alone,
    ) -> None:
        self._asker = asker
        self._confirmer = confirmer
        self._records = records
        self._whole_link = whole_link
        self._to_all = to_all
        self._singles = singles
        self._alone = alone
        self._given: list[_Command] = []
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def is_possible(self) -> bool:
        """Whether anything can be sent together now; else each command goes at once."""
        return self._asker.settings.allow_extension and self._whole_link.is_known

    async def switch(
        self, record: ModuleRecord, levels: Levels, words: str, give_up_at: float
    ) -> None:
        """Switch zones that the caller holds, and have it confirmed.

        Raises:
            LinkError: As if the command had been alone.
        """
        command = _Command(record, levels, words, give_up_at)
        if not self._given:
            asyncio.get_running_loop().call_soon(self._send_given)
        self._given.append(command)
        try:
            await command.planned
            if command.frames:
                await self._finish(command)
            else:
                await self._alone(record, levels, words, give_up_at)
        except asyncio.CancelledError:
            # What is given in one moment is planned before anybody hears of being cancelled.
            for frame in command.frames:
                frame.drop()
            raise
        finally:
            if command.watch is not None:
                self._confirmer.forget(command.watch)

    # --- which frames -----------------------------------------------------------------------

    def _send_given(self) -> None:
        """Send what was given in this moment."""
        given, self._given = self._given, []
        if self.is_possible:
            for frame in self._plan(given):
                task = asyncio.create_task(self._send(frame), name="send a frame for many")
                frame.task = task
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
        moment = _Moment()
        for command in given:
            if command.frames:
                self._watch(command, moment)
            if not command.planned.done():
                command.planned.set_result(None)

    def _plan(self, given: list[_Command]) -> list[_Frame]:
        latest = max((command.give_up_at for command in given), default=0.0)
        by_level: dict[float, dict[Key, _Command]] = {}
        for command in given:
            if latest - command.give_up_at < _SAME_TIME_LEFT_S and _is_sure(command.record):
                for zone, level in command.levels.items():
                    by_level.setdefault(level, {})[command.record.serial, zone] = command
        frames = []
        for level, wanted in by_level.items():
            for target, members in self._targets(wanted):
                commands = list(dict.fromkeys(wanted[key] for key in members))
                frame = _Frame(self._to_all(target, level), commands)
                frames.append(frame)
                for command in commands:
                    command.frames.append(frame)
                for serial, zone in members:
                    wanted[serial, zone].singles.pop(zone, None)
        return frames

    def _targets(
        self, wanted: Mapping[Key, _Command]
    ) -> Iterable[tuple[GroupNumber | Broadcast, Iterable[Key]]]:
        """Return what to name in place of single zones, with its members."""
        if len(wanted) < 2:
            return ()
        if len(wanted) == len(ZONES) * len(self._records):
            return ((BROADCAST, wanted),)
        groups: dict[GroupNumber, list[Key]] = {}
        for serial, record in self._records.items():
            if record.groups is None:
                # Any group may have zones of this module.
                return ()
            for group, members in record.groups.items():
                groups.setdefault(group, []).extend(
                    (serial, zone) for zone in ZONES if members[zone - 1]
                )
        return [(group, groups[group]) for group in fewest_frames(wanted, groups)]

    # --- sending ----------------------------------------------------------------------------

    async def _send(self, frame: _Frame) -> None:
        count = len(frame.commands)

        def sent() -> None:
            # A report can come only after this.
            for command in frame.commands:
                command.was_in_override |= bool(command.record.view.override)
                if command.watch is not None:
                    command.watch.accepted()
            if not frame.sent.done():
                frame.sent.set_result(True)

        try:
            await self._asker.ask(
                frame.message,
                "on the link",
                f"a command to {count} modules",
                give_up_at=min(command.give_up_at for command in frame.commands),
                on_answered=sent,
            )
        except DpmError as error:
            if not frame.sent.done():
                frame.sent.set_exception(error)
                # Each of them is told; if none is left, it is no news.
                frame.sent.exception()

    def _watch(self, command: _Command, moment: _Moment) -> None:
        wanted = {zone: level_is_on(level) for zone, level in command.levels.items()}
        frames = len(command.frames) + len(command.singles)
        watch = self._confirmer.watch(command.record, ZonesAgree(wanted), command.words, frames)
        command.watch = watch
        watch.agreed.add_done_callback(moment.progress)
        command.moment = moment

    # --- what became of it ------------------------------------------------------------------

    async def _finish(self, command: _Command) -> None:
        record, words, give_up_at = command.record, command.words, command.give_up_at
        watch = command.watch
        assert watch is not None
        if not await self._all_sent(command, watch) or record.is_lost:
            await self._alone(record, command.levels, words, give_up_at)
            return
        agreement = watch.agreement
        assert isinstance(agreement, ZonesAgree)
        await self._others_report(command, watch)
        try:
            await self._confirmer.confirmed(watch, give_up_at)
        except NotConfirmed as error:
            if isinstance(error.__cause__, NoReply):
                raise error.__cause__ from None
            if agreement.is_in_override:
                raise OverrideActive(str(record.serial), words) from error
            # It was heard, and it is not in manual override: it has missed the frame.
            await self._alone(record, command.levels, words, give_up_at)
        else:
            if command.was_in_override and agreement.is_in_override:
                # What returns is what it was told, but not because it was told.
                raise OverrideActive(str(record.serial), words)

    async def _all_sent(self, command: _Command, watch: Watch) -> bool:
        """Wait until all that the command is made of was sent; False if it must go alone."""
        parts: list[Awaitable[bool]] = [_sent(frame, command) for frame in command.frames]
        if command.singles:
            parts.append(self._send_singles(command, watch))
        all_sent = True
        for result in await asyncio.gather(*parts, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
            all_sent &= result
        return all_sent

    async def _send_singles(self, command: _Command, watch: Watch) -> bool:
        await self._singles(
            command.record, command.singles, command.words, command.give_up_at, watch.accepted
        )
        return True

    async def _others_report(self, command: _Command, watch: Watch) -> None:
        """Wait as long as modules report by themselves: each needs its turn on the line."""
        if watch.asks_at_once:
            return
        moment, wait_s = command.moment, self._asker.settings.report_wait_s
        assert watch.accepted_at is not None
        while not watch.agreed.done():
            since = max(moment.progress_at, watch.accepted_at)
            left_s = since + wait_s - asyncio.get_running_loop().time()
            if left_s <= 0:
                return
            await watch.decided_within(left_s)


async def _sent(frame: _Frame, command: _Command) -> bool:
    try:
        # Waited for by many: who gives up must not end it for the others.
        return await asyncio.shield(frame.sent)
    except NoReply as error:
        raise NoReply(str(command.record.serial), command.words, error.waited_s) from error


def _is_sure(record: ModuleRecord) -> bool:
    """Return whether this is the module that we think it is, or one that is known to be gone."""
    return record.view.is_fresh or record.is_lost
