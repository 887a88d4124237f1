"""Wallstations: what is heard of them, and the master's part for those that a client is told of.

Whoever is the master of a link turns presses into commands and tells the LEDs. On a link with a
processor that is the processor, and a client only listens; where a client takes its place, it has
to be told what the buttons are programmed for.

House rule: who is told what and when; what a press asks for and an LED shows is the model's.

Source: qs-link.md 3.4 (buttons), 5 "Arbitration" and "Wallstations" (ours).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from dpm_core.client.events import (
    ModuleChanged,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
)
from dpm_core.client.group_levels import DONE
from dpm_core.errors import DpmError, UnsupportedSetting
from dpm_core.model import ZONES, SerialNumber
from dpm_core.protocol import ButtonAction
from dpm_core.protocol.requests import Answered, Priority, Request
from dpm_core.protocol.wallstations import ButtonFrames, LedKeeper

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dpm_core.client.asking import Asker
    from dpm_core.client.controls import Controls
    from dpm_core.client.events import ClientEvent
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import PlacedZone, Wallstation, ZoneNumber
    from dpm_core.protocol import ButtonEvent, Frame, LedsReport, LedsSet, Outcome

_LOGGER = logging.getLogger(__name__)


class WallstationEars:
    """Makes events of what wallstations say.

    Attributes:
        leds: Which LEDs are lit, and which should be.
    """

    __slots__ = ("_frames", "leds")

    def __init__(self) -> None:
        self._frames = ButtonFrames()
        self.leds: Final = LedKeeper()

    def button(self, message: ButtonEvent, frame: Frame, at: float) -> tuple[ClientEvent, ...]:
        """Return what follows from a button's frame; nothing from its repeat."""
        serial = frame.source_serial
        if serial is None or not self._frames.is_news(frame, at):
            return ()
        if message.action is ButtonAction.PRESS:
            return (WallstationButtonPressed(serial, message.button),)
        if message.action is ButtonAction.RELEASE:
            return (WallstationButtonReleased(serial, message.button),)
        return ()

    def lit(self, report: LedsReport) -> tuple[ClientEvent, ...]:
        """Return what follows from how a wallstation's LEDs are."""
        changes = self.leds.heard(report.serial, report.leds)
        return tuple(WallstationLedChanged(report.serial, *change) for change in changes.items())


class WallstationMaster:
    """Does what wallstations are programmed for, in the place of the link's processor.

    Args:
        asker: Where to send.
        controls: How zones are switched.
        records: All modules that were added.
        leds: Which LEDs are lit, and which should be.
    """

    def __init__(
        self,
        asker: Asker,
        controls: Controls,
        records: Mapping[SerialNumber, ModuleRecord],
        leds: LedKeeper,
    ) -> None:
        self._asker = asker
        self._controls = controls
        self._records = records
        self._leds = leds
        self.programmed: Final[dict[SerialNumber, Wallstation]] = {}
        self._presses: deque[tuple[float, SerialNumber, int]] = deque()
        self._presser: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def add(self, wallstation: Wallstation) -> None:
        """Care for a wallstation, in place of what it was programmed for before."""
        assert isinstance(wallstation.address, SerialNumber)
        self.programmed[wallstation.address] = wallstation
        self._look(wallstation)

    def remove(self, serial: SerialNumber) -> None:
        """Care for a wallstation no more."""
        self.programmed.pop(serial, None)
        self._leds.remove(serial)

    async def stop(self) -> None:
        """Do nothing more; a press that is being done ends where it is."""
        self._presses.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        presser, self._presser = self._presser, None
        if presser is not None:
            presser.cancel()
            await asyncio.wait((presser,))

    def happened(self, event: ClientEvent) -> None:
        """Take what the client tells its subscribers."""
        if isinstance(event, ModuleChanged):
            for wallstation in self.programmed.values():
                if event.serial in wallstation.modules:
                    self._look(wallstation)
        elif isinstance(event, WallstationLedChanged):
            self._tell()
        elif isinstance(event, WallstationButtonPressed):
            self._pressed(event)

    # --- LEDs -------------------------------------------------------------------------------

    def _look(self, wallstation: Wallstation) -> None:
        """Look at what its LEDs should show by now."""
        assert isinstance(wallstation.address, SerialNumber)
        self._leds.want(wallstation.address, wallstation.leds(self._zones(wallstation)))
        self._tell()

    def _tell(self) -> None:
        """Tell each wallstation whose LEDs are wrong, and come back for those that did not answer."""
        if not (self._asker.settings.allow_extension and self._asker.wire.is_open):
            return
        loop = asyncio.get_running_loop()
        for message in tuple(self._leds.due(loop.time())):
            self._submit(message)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (due := self._leds.next_due) is not None:
            self._timer = loop.call_at(due, self._tell)

    def _submit(self, message: LedsSet) -> None:
        settled = partial(self._told, message.serial)
        self._asker.wire.submit(Request(message, Priority.READ, on_settled=settled))

    def _told(self, serial: SerialNumber, outcome: Outcome) -> None:
        now = asyncio.get_running_loop().time()
        self._leds.ended(serial, now, is_answered=isinstance(outcome, Answered))
        self._tell()

    # --- presses ----------------------------------------------------------------------------

    def _pressed(self, event: WallstationButtonPressed) -> None:
        serial = event.wallstation
        if not isinstance(serial, SerialNumber) or serial not in self.programmed:
            return
        if not self._asker.wire.is_open:
            return
        loop = asyncio.get_running_loop()
        self._presses.append((loop.time(), serial, event.button))
        if self._presser is None or self._presser.done():
            self._presser = loop.create_task(self._press_all(), name="wallstations")

    async def _press_all(self) -> None:
        """Do one press after the other, so that a toggle sees what the one before it did."""
        loop = asyncio.get_running_loop()
        while self._presses:
            at, serial, button = self._presses.popleft()
            wallstation = self.programmed.get(serial)
            if wallstation is None or loop.time() - at > self._asker.settings.press_fresh_s:
                continue
            try:
                await self._press(wallstation, button)
            except DpmError as error:
                _LOGGER.warning("Button %d of wallstation %s: %s", button, serial, error)

    async def _press(self, wallstation: Wallstation, button: int) -> None:
        in_override = {
            serial
            for serial in wallstation.modules
            if isinstance(serial, SerialNumber)
            and (record := self._records.get(serial)) is not None
            and record.view.override
        }
        wanted = wallstation.press(button, self._zones(wallstation), in_override)
        levels: dict[ModuleRecord, dict[ZoneNumber, float]] = {}
        for (serial, zone), is_on in wanted.items():
            assert isinstance(serial, SerialNumber)
            record = self._records.get(serial)
            if record is not None:
                levels.setdefault(record, {})[zone] = 100.0 if is_on else 0.0
        for serial, outcome in (await self._controls.switch_all(levels)).items():
            if outcome is not DONE:
                _LOGGER.warning(
                    "Button %d of wallstation %s: module %s: %s",
                    button,
                    wallstation.address,
                    serial,
                    outcome,
                )

    def _zones(self, wallstation: Wallstation) -> dict[PlacedZone, bool | None]:
        """Return what is known of its zones: where modules are asked, only what is fresh is."""
        zones: dict[PlacedZone, bool | None] = {}
        for serial in wallstation.modules:
            assert isinstance(serial, SerialNumber)
            record = self._records.get(serial)
            if record is None:
                continue
            view = record.view
            if view.is_fresh or not self._asker.settings.allow_extension:
                for zone, is_on in zip(ZONES, view.zones, strict=True):
                    zones[serial, zone] = is_on
        return zones


def check_programmed(wallstation: Wallstation, modules: Mapping[SerialNumber, object]) -> None:
    """Refuse a wallstation that a link with these modules cannot have.

    Raises:
        UnsupportedSetting: It has no serial number, or a module's; or a button is for a module
            that was not added.
    """
    address = wallstation.address
    if not isinstance(address, SerialNumber) or address in modules:
        raise UnsupportedSetting(
            "wallstation", str(address), "a serial number that no module of the link has"
        )
    for module in sorted(wallstation.modules - modules.keys()):
        raise UnsupportedSetting(
            f"buttons of wallstation {address}", str(module), "zones of modules that were added"
        )
