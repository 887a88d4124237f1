"""The client of one HomeWorks QS processor: the same calls as on a link, for the same modules.

    place = parse_processor_url("lip://lutron@192.168.1.10")
    client = ProcessorClient(transport_for_processor(place), Credentials("lutron", password))
    async with client:
        module = ProcessorModule(zones=(IntegrationId(101), ...))
        client.add_module(module)
        await client.turn_zone_on(module.address, 2)

A command returns when a zone was heard to do it, and raises a named error otherwise, within a
stated time. What failed is not applied later. A lost session is begun again for ever.

House rule: one method for each thing that people do, in a few lines; how it is done is in the
files beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dpm_core.client.asking import limit_at
from dpm_core.client.group_levels import DONE
from dpm_core.client.lip.controls import LipControls
from dpm_core.client.lip.link_only import LinkOnly
from dpm_core.client.lip.modules import OverrideContact
from dpm_core.errors import LinkError, NotConfirmed
from dpm_core.model import IntegrationId, ZoneNumber, level_is_on
from dpm_core.protocol.lip import (
    DeviceLed,
    LedState,
    PressButton,
    QueryContact,
    QueryLed,
    QueryOutputLevel,
    ReleaseButton,
    SetLed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dpm_core.client.group_levels import Outcome
    from dpm_core.client.lip.settings import ProcessorSettings
    from dpm_core.client.views import ModuleView
    from dpm_core.protocol.lip import Credentials
    from dpm_core.transport import Transport


class ProcessorClient(LinkOnly):
    """The modules behind one processor.

    Every call to a module may raise

    - `UnknownModule`: it was not added;
    - `LinkUnavailable`: there is no session, or it was lost meanwhile; its class says why
      (`NoRoute`, `LoginRefused`, `SessionTaken`, `WrongPrompt`, `SafeMode`, `SessionHung`,
      `DatabaseTransfer`, `BusSilent`);
    - `NoReply`: the processor did not answer about this module;
    - `OverrideActive`: it is in manual override, as its contact tells; nothing was sent;
    - `Rejected`: the processor refused: its project has no such id, for example;
    - `NotConfirmed`: the processor accepted, but the zone does not tell what it should;
    - `NotThroughProcessor`: only the QS link can do it.

    Args:
        transport: The way to the processor, not yet open; see `transport_for_processor()`.
        credentials: Who logs in. They are never logged or shown.
        settings: What may be inferred, and every time limit.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        settings: ProcessorSettings | None = None,
    ) -> None:
        super().__init__(transport, credentials, settings)
        self._controls = LipControls(self._asker, self._publish)

    # --- reading ----------------------------------------------------------------------------

    async def refresh(self, serial: IntegrationId) -> ModuleView:
        """Read a module's state; return its view."""
        record = self._record(serial)
        give_up_at = limit_at(self._settings.command_limit_s)
        for what in tuple(record.readable()):
            query = (
                QueryContact(what.device, what.component)
                if isinstance(what, OverrideContact)
                else QueryOutputLevel(what)
            )
            words = "the question for its state"
            await self._asker.ask(query, record.address, words, give_up_at=give_up_at)
        return record.view

    # --- zones ------------------------------------------------------------------------------

    async def turn_zone_on(self, serial: IntegrationId, zone: int) -> None:
        """Switch a zone on."""
        await self.set_zone_level(serial, zone, 100)

    async def turn_zone_off(self, serial: IntegrationId, zone: int) -> None:
        """Switch a zone off."""
        await self.set_zone_level(serial, zone, 0)

    async def set_zone_level(self, serial: IntegrationId, zone: int, level_percent: float) -> None:
        """Tell a zone a level: any above 0 % is on.

        Raises:
            InvalidZone: There is no such zone.
            InvalidLevel: It is no number from 0 to 100.
            UnsupportedSetting: The project has no output for this zone.
        """
        levels = {ZoneNumber(zone): level_percent}
        level_is_on(level_percent)
        await self._controls.switch(self._record(serial), levels)

    async def set_zones(self, serial: IntegrationId, zones: Mapping[int, bool]) -> None:
        """Switch several zones of a module.

        Raises:
            InvalidZone: There is no such zone.
            UnsupportedSetting: The project has no output for one of them.
        """
        levels = {ZoneNumber(zone): 100.0 if is_on else 0.0 for zone, is_on in zones.items()}
        await self._controls.switch(self._record(serial), levels)

    async def toggle_zone(self, serial: IntegrationId, zone: int) -> bool:
        """Switch a zone to what it is not; return what it is now.

        The processor is asked what it is first, and is then told what to be: however often that
        has to be sent, it toggles once.
        """
        zone = ZoneNumber(zone)
        return await self._controls.toggle(self._record(serial), zone)

    async def broadcast_level(self, level_percent: float) -> Mapping[IntegrationId, Outcome]:
        """Tell all zones of all modules that were added a level, one after the other.

        Returns:
            For each module `DONE`, or the error that says why not.

        Raises:
            InvalidLevel: It is no number from 0 to 100.
            LinkUnavailable: There is no session.
        """
        level_is_on(level_percent)
        self._must_work()
        outcomes: dict[IntegrationId, Outcome] = {}
        for address, record in tuple(self._records.items()):
            zones = [zone for zone in map(ZoneNumber, range(1, 5)) if record.module.zone(zone)]
            try:
                await self._controls.switch(record, dict.fromkeys(zones, level_percent))
            except LinkError as error:
                outcomes[address] = error
            else:
                outcomes[address] = DONE
        return outcomes

    # --- CCO --------------------------------------------------------------------------------

    async def pulse_cco(self, serial: IntegrationId, pulse_s: float | None = None) -> None:
        """Close a pulsed CCO for a time, in quarters of a second; as its module says if None.

        It returns when the processor has taken the command; nobody can ask it for the contact.

        Raises:
            NotThroughProcessor: The CCO is maintained in the project, or has no output there.
            UnsupportedSetting: A time that the protocol cannot say.
        """
        await self._controls.pulse_cco(self._record(serial), pulse_s)

    async def close_cco(self, serial: IntegrationId) -> None:
        """Close a maintained CCO.

        Raises:
            NotThroughProcessor: The CCO is pulsed in the project, or has no output there.
        """
        await self._controls.move_cco(self._record(serial), True)

    async def open_cco(self, serial: IntegrationId) -> None:
        """Open a maintained CCO.

        Raises:
            NotThroughProcessor: The CCO is pulsed in the project, or has no output there.
        """
        await self._controls.move_cco(self._record(serial), False)

    # --- wallstations -----------------------------------------------------------------------

    async def press_button(self, wallstation: IntegrationId, button: int) -> None:
        """Press and release a button of a wallstation, as a finger does.

        It returns when the processor has taken it. What the button does is up to the project.

        Raises:
            Rejected: The project has no such wallstation or button.
        """
        self._must_work()
        wallstation = IntegrationId(wallstation)
        words, give_up_at = f"a press of button {button}", self._limit()
        whom = f"wallstation {wallstation}"
        press, release = PressButton(wallstation, button), ReleaseButton(wallstation, button)
        with self._asker.send(press, whom, words) as pressed:
            await self._asker.tell(release, whom, words, give_up_at=give_up_at)
            pressed.check()

    async def set_led(self, wallstation: IntegrationId, led: int, is_on: bool) -> None:
        """Light an LED of a wallstation, or put it out, and have it confirmed.

        Only an LED of a button without program, or one that is left to integration, obeys.

        Raises:
            NotConfirmed: The LED shows what its program says.
            Rejected: The project has no such wallstation or LED.

        Source: integration-protocol.md 3.2, action 9.
        """
        self._must_work()
        wallstation = IntegrationId(wallstation)
        words, give_up_at = f"LED {led} {'on' if is_on else 'off'}", self._limit()
        whom = f"wallstation {wallstation}"
        with self._asker.send(
            SetLed(wallstation, led, LedState.ON if is_on else LedState.OFF), whom, words
        ) as sent:
            query = QueryLed(wallstation, led)
            report = await self._asker.ask(query, whom, words, give_up_at=give_up_at)
            sent.check()
        if not isinstance(report, DeviceLed):
            raise NotConfirmed(whom, words, f"{report.line()!r}")
        if report.is_on is not is_on:
            shown = "on" if report.is_on else "off"
            raise NotConfirmed(whom, words, f"the LED {shown}")

    def _limit(self) -> float:
        return limit_at(self._settings.command_limit_s)
