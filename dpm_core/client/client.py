"""The client of one link: what people and programs do with the modules on it.

    async with DpmClient(transport) as client:
        for module in await client.discover():
            client.add_module(module.serial)
        await client.turn_zone_on(serial, 2)

A command returns when the module has confirmed it, and raises a named error otherwise, within
a stated time. What failed is not applied later. A lost link is opened again for ever.

House rule: one method for each thing that people do, in a few lines; how it is done is in the
files beside this one.
"""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from dpm_core.client.asking import limit_at
from dpm_core.client.controls import Controls
from dpm_core.client.link_client import LinkClient
from dpm_core.client.program_writing import write_program
from dpm_core.client.programming import read_groups, read_program, set_group
from dpm_core.client.upkeep import EVERYTHING
from dpm_core.client.views import DiscoveredModule
from dpm_core.client.wallstations import WallstationMaster, check_programmed
from dpm_core.errors import NoReply
from dpm_core.model import (
    CcoAction,
    GroupNumber,
    ZoneNumber,
    level_is_on,
)
from dpm_core.protocol import (
    IDENTIFY_START,
    IDENTIFY_STOP,
    CounterMask,
    CountersClear,
    CountersReport,
    Discovery,
    Identify,
    StatusMask,
    StatusQuery,
)
from dpm_core.protocol.requests import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dpm_core.client.group_levels import Outcome
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.client.settings import ClientSettings
    from dpm_core.client.views import ModuleView
    from dpm_core.model import FourZones, Program, SerialNumber, Wallstation
    from dpm_core.protocol import Message, ObjectMessage
    from dpm_core.transport import Transport

_ALL_COUNTERS: Final = (
    CounterMask.FRAMES_GOOD
    | CounterMask.CRC_ERRORS
    | CounterMask.FRAMING_ERRORS
    | CounterMask.OVERRUNS
)


class DpmClient(LinkClient):
    """The modules on one link.

    Every call to a module may raise

    - `UnknownModule`: it was not added;
    - `SendingNotAllowed`: the link is listen-only, so nothing was sent;
    - `ExtensionNotAllowed`: the call needs this project's own messages, and they are not allowed;
    - `LinkUnavailable`: the link is not open, or was lost meanwhile;
    - `NoReply`: the module did not answer;
    - `OverrideActive`: it is in manual override and refused; `Rejected`: it refused otherwise;
    - `NotConfirmed`: it accepted, but does not report what it should.

    Args:
        transport: The link, not yet open.
        settings: What may be sent, and every time limit.
    """

    def __init__(self, transport: Transport, settings: ClientSettings | None = None) -> None:
        super().__init__(transport, settings)
        self._search = asyncio.Lock()
        self._controls = Controls(self._asker, self._confirmer, self._records, self._whole_link)
        self._master = WallstationMaster(
            self._asker, self._controls, self._records, self._ears.leds
        )
        self._is_master_told = False

    async def close(self) -> None:
        """Close the link; calls that wait for an answer raise `LinkUnavailable`."""
        await self._master.stop()
        await super().close()
        # A press that was heard in between has begun, and ended with the link.
        await self._master.stop()

    # --- finding and reading ----------------------------------------------------------------

    async def discover(self) -> tuple[DiscoveredModule, ...]:
        """Find every module on the link, with no prior knowledge; in order of serial number.

        What is found is not added: `add_module()` does that.

        Raises:
            NoReply: It took longer than `discover_limit_s`.
            LinkFull: It found more than a link may hold, with the processor and what
                `count_others()` says counted.
        """
        command = "the search for modules"
        self._asker.must_extend(command)
        limit_s = self._settings.discover_limit_s
        give_up_at = limit_at(limit_s)
        search = Discovery(self._settings.session)
        try:
            async with asyncio.timeout_at(give_up_at):
                await self._search.acquire()
        except TimeoutError as error:
            raise NoReply("on the link", command, limit_s) from error
        try:
            while (query := search.query()) is not None:
                answer = await self._asker.ask(
                    query, "on the link", command, give_up_at=give_up_at, priority=Priority.READ
                )
                search.heard(answer.messages, was_noisy=answer.was_noisy)
        finally:
            self._search.release()
        self._room.check(len(search.found))
        self._whole_link.searched(search.found)
        return tuple(
            DiscoveredModule(serial, identity) for serial, identity in sorted(search.found.items())
        )

    async def refresh(self, serial: SerialNumber) -> ModuleView:
        """Read a module's state, identity and programming but for names; return its view."""
        record = self._record(serial)
        await self._read(record, EVERYTHING, "the question for its state")
        return record.view

    async def read_counters(self, serial: SerialNumber) -> CountersReport:
        """Read what a module has counted: relay and CCO operations, and what it heard."""
        record = self._record(serial)
        (report,) = await self._read(record, StatusMask.COUNTERS, "the question for its counters")
        assert isinstance(report, CountersReport)
        return report

    async def clear_counters(self, serial: SerialNumber, mask: CounterMask = _ALL_COUNTERS) -> None:
        """Set a module's counts of what it heard to 0; operations are never cleared."""
        record = self._record(serial)
        await self._command(CountersClear(record.serial, mask), record, "clearing its counters")

    async def read_program(self, serial: SerialNumber) -> Program:
        """Read what a module is programmed with."""
        record = self._record(serial)
        self._asker.must_extend("Reading a program")
        return await read_program(
            self._asker, record, self._publish, Priority.READ, self._program_limit()
        )

    async def write_program(self, serial: SerialNumber, program: Program) -> Program:
        """Program a module, all or nothing; what is different is written, and then read back.

        A module that knows neither stages nor loads gets it part by part, without loads.

        Raises:
            LoadsNotKept: The module does not know loads; nothing was written.
            NotConfirmed: What it reads back is another program.
        """
        record = self._record(serial)
        self._asker.must_extend("Writing a program")
        return await write_program(
            self._asker, record, self._publish, program, self._program_limit()
        )

    async def read_groups(self, serial: SerialNumber) -> Mapping[GroupNumber, FourZones]:
        """Read which groups the zones of a module belong to."""
        record = self._record(serial)
        self._asker.must_extend("Reading groups")
        return await read_groups(self._asker, record, self._program_limit())

    async def set_group(
        self, serial: SerialNumber, group: GroupNumber | int, members: FourZones
    ) -> None:
        """Put zones of a module into a group, in place of those that were in it; none leaves it."""
        record = self._record(serial)
        self._asker.must_extend("Programming a group")
        await set_group(self._asker, record, GroupNumber(group), members, self._program_limit())

    # --- zones ------------------------------------------------------------------------------

    async def turn_zone_on(self, serial: SerialNumber, zone: int) -> None:
        """Switch a zone on."""
        await self._controls.switch_zone(self._record(serial), ZoneNumber(zone), 100.0)

    async def turn_zone_off(self, serial: SerialNumber, zone: int) -> None:
        """Switch a zone off."""
        await self._controls.switch_zone(self._record(serial), ZoneNumber(zone), 0.0)

    async def set_zone_level(self, serial: SerialNumber, zone: int, level_percent: float) -> None:
        """Tell a zone a level: any above 0 % is on.

        Raises:
            InvalidZone: There is no such zone.
            InvalidLevel: It is no number from 0 to 100.
        """
        number = ZoneNumber(zone)
        level_is_on(level_percent)
        await self._controls.switch_zone(self._record(serial), number, level_percent)

    async def set_zones(self, serial: SerialNumber, zones: Mapping[int, bool]) -> None:
        """Switch several zones of a module.

        Raises:
            InvalidZone: There is no such zone.
        """
        levels = {ZoneNumber(zone): 100.0 if is_on else 0.0 for zone, is_on in zones.items()}
        await self._controls.switch(self._record(serial), levels)

    async def set_zones_of(
        self, modules: Mapping[SerialNumber, Mapping[int, bool]]
    ) -> Mapping[SerialNumber, Outcome]:
        """Switch several zones of several modules, in the fewest frames.

        Zones that shall be alike go out by the groups that cover them, and as one broadcast where
        every zone of the link is meant, if `discover()` has shown that all modules on the link
        were added, and no other device was said to have zones; groups also need `read_groups()`
        of every module. Everything else goes out zone by zone. Calls for single zones that are
        made in one turn of the event loop are put together in the same way.

        No command overtakes an earlier one to the same zone, and nothing is switched that is not
        named.

        Returns:
            For each module `DONE`, or the error that a call for it alone would have raised.

        Raises:
            UnknownModule: One was not added; nothing was sent.
            InvalidZone: There is no such zone; nothing was sent.
            SendingNotAllowed: As for every call.
        """
        levels = {
            self._record(serial): {
                ZoneNumber(zone): 100.0 if is_on else 0.0 for zone, is_on in zones.items()
            }
            for serial, zones in modules.items()
        }
        return await self._controls.switch_all(levels)

    async def toggle_zone(self, serial: SerialNumber, zone: int) -> bool:
        """Switch a zone to what it is not; return what it is now.

        The module is asked what it is first, and is then told what to be: however often that
        has to be sent, it toggles once.
        """
        zone = ZoneNumber(zone)
        return await self._controls.toggle(self._record(serial), zone)

    async def set_group_level(
        self, group: GroupNumber | int, level_percent: float
    ) -> Mapping[SerialNumber, Outcome]:
        """Tell all zones of a group a level, in one frame.

        Returns:
            For each module with zones in the group `DONE`, or the error that says why not.
            Where our own messages are not allowed nothing can be confirmed: then it is empty.

        Raises:
            InvalidLevel: It is no number from 0 to 100.
            InvalidAddress: It is no group number.
            LinkUnavailable, SendingNotAllowed: As for every call.
        """
        group = GroupNumber(group)
        return await self._controls.switch_many(self._records.values(), group, level_percent)

    async def broadcast_level(self, level_percent: float) -> Mapping[SerialNumber, Outcome]:
        """Tell all zones of all modules a level, in one frame.

        Returns:
            For each module that was added `DONE`, or the error that says why not.

        Raises:
            InvalidLevel: It is no number from 0 to 100.
            LinkUnavailable, SendingNotAllowed, ExtensionNotAllowed: As for every call.
        """
        return await self._controls.switch_many(self._records.values(), None, level_percent)

    # --- wallstations -----------------------------------------------------------------------

    @property
    def wallstations(self) -> Mapping[SerialNumber, Wallstation]:
        """The wallstations that were added, and what they are programmed for."""
        return MappingProxyType(self._master.programmed)

    def add_wallstation(self, wallstation: Wallstation) -> None:
        """Take the place of the link's processor for a wallstation, or change what it is for.

        From now on a press of its buttons switches what they are programmed for, on the modules
        that are not in manual override, and its LEDs are told what they show. Where our own
        messages are not allowed, no LEDs are told. Only for a link on which no processor does
        that: a link has one master.

        It counts as a device of the link, so it must not be counted in `count_others()`. Presses
        and LEDs of every wallstation that is heard are told to subscribers, added or not.

        Raises:
            SendingNotAllowed: The link is listen-only.
            UnsupportedSetting: It has a module's serial number, or none; or a button is for a
                module that was not added.
            LinkFull: It would be the 101st device of the link.
        """
        self._asker.must_send()
        check_programmed(wallstation, self._records)
        if wallstation.address not in self._master.programmed:
            self._room.add_wallstation(len(self._records))
        if not self._is_master_told:
            self._is_master_told = True
            self.subscribe(self._master.happened)
        self._master.add(wallstation)

    def remove_wallstation(self, serial: SerialNumber) -> None:
        """Do no more for a wallstation; one that is not known stays unknown."""
        if serial in self._master.programmed:
            self._room.wallstations -= 1
            self._master.remove(serial)

    def leds_of(self, serial: SerialNumber) -> tuple[int, ...] | None:
        """Return which LEDs a wallstation said are lit; None where that is not known."""
        return self._ears.leds.shown(serial)

    # --- CCO and LEDs -----------------------------------------------------------------------

    async def pulse_cco(self, serial: SerialNumber, pulse_s: float | None = None) -> None:
        """Close the CCO for a time, 0.1 to 60 s; for as long as it is programmed if None."""
        await self._controls.move_cco(self._record(serial), CcoAction.PULSE, pulse_s)

    async def close_cco(self, serial: SerialNumber) -> None:
        """Close the CCO."""
        await self._controls.move_cco(self._record(serial), CcoAction.CLOSE)

    async def open_cco(self, serial: SerialNumber) -> None:
        """Open the CCO."""
        await self._controls.move_cco(self._record(serial), CcoAction.OPEN)

    async def end_cco_pulse(self, serial: SerialNumber) -> None:
        """End a pulse of the CCO that is running; nothing otherwise."""
        await self._controls.move_cco(self._record(serial), CcoAction.END_PULSE)

    async def identify(self, serial: SerialNumber, is_on: bool = True) -> None:
        """Make a module flash its LEDs for 10 s, or stop that; in manual override too."""
        record = self._record(serial)
        mode = IDENTIFY_START if is_on else IDENTIFY_STOP
        command = "the flashing of its LEDs" if is_on else "the end of flashing its LEDs"
        await self._command(Identify(record.serial, mode), record, command)

    # --- how --------------------------------------------------------------------------------

    def _command_limit(self) -> float:
        return limit_at(self._settings.command_limit_s)

    def _program_limit(self) -> float:
        return limit_at(self._settings.program_limit_s)

    async def _read(
        self, record: ModuleRecord, mask: StatusMask, command: str
    ) -> tuple[Message, ...]:
        self._asker.must_extend(command)
        answer = await self._asker.ask(
            StatusQuery(record.serial, mask),
            str(record.serial),
            command,
            give_up_at=self._command_limit(),
            priority=Priority.READ,
        )
        return answer.messages

    async def _command(self, message: ObjectMessage, record: ModuleRecord, command: str) -> None:
        self._asker.must_extend(command)
        await self._asker.ask(
            message, str(record.serial), command, give_up_at=self._command_limit()
        )
