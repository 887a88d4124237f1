"""Switches: the zones of a module, its CCO where that is maintained, and LEDs of wallstations."""

from __future__ import annotations

from typing import Any, Final, override

from homeassistant.components.switch import (  # type: ignore[attr-defined,unused-ignore]  # newer releases re-export it
    SwitchDeviceClass,
    SwitchEntity,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.client import ModuleView
from dpm_core.model import ZONES, Cause, CcoType, ZoneNumber

from .cco import CCO_KEY
from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module
from .wallstation_entity import WallstationEntity
from .wallstations import Wallstation

# The client has the queue of the link, and sends what comes together in the fewest frames.
PARALLEL_UPDATES: Final = 0

_CAUSES: Final = {cause: cause.name.lower() for cause in Cause}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of every module and of every wallstation."""
    for module in entry.runtime_data.modules.values():
        switches: list[SwitchEntity] = [ZoneSwitch(module, zone) for zone in ZONES]
        if module.config.program.cco_type is CcoType.MAINTAINED:
            switches.append(CcoSwitch(module))
        async_add_entities(switches, config_subentry_id=module.subentry_id)
    for wallstation in entry.runtime_data.wallstations.values():
        async_add_entities(
            [LedSwitch(wallstation, led) for led in wallstation.config.stored.leds],
            config_subentry_id=wallstation.subentry_id,
        )


class ZoneSwitch(ModuleEntity, SwitchEntity):
    """One zone: shows where its relay is, in manual override too."""

    # Never OUTLET: the zones may not feed general purpose receptacles (3691060c, "Output Zone
    # Ratings").
    _attr_device_class = SwitchDeviceClass.SWITCH
    _attr_translation_key = "zone"

    def __init__(self, module: Module, zone: ZoneNumber) -> None:
        """Take the name that the module has for its zone, if it has one."""
        super().__init__(module, f"zone_{zone}")
        self._zone = zone
        self._attr_translation_placeholders = {"zone": str(int(zone))}
        if name := module.config.zone_name(zone):
            self._attr_name = name
        # On a link without the project's own messages a module cannot be asked.
        self._attr_assumed_state = not module.hub.config.may_ask

    @property
    @override
    def available(self) -> bool:
        """Whether the module is there, and a processor has an output for this zone."""
        return super().available and self.module.config.has_zone(self._zone)

    @override
    def shown(self, view: ModuleView) -> object:
        """Return what the zone is, why, and what it will return to."""
        at = self._zone - 1
        return view.zones[at], view.zone_causes[at], view.override, view.saved

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the relay is closed; None while nobody knows."""
        return self.module.view.zones[self._zone - 1]

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Why the zone is as it is, and in manual override what it will return to."""
        view = self.module.view
        cause = view.zone_causes[self._zone - 1]
        saved = view.saved[self._zone - 1] if view.override and view.saved else None
        return {
            "last_cause": None if cause is None else _CAUSES[cause],
            "returns_to": None if saved is None else ("on" if saved else "off"),
        }

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch the zone on; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.turn_zone_on(self.module.address, self._zone)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch the zone off; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.turn_zone_off(self.module.address, self._zone)


class CcoSwitch(ModuleEntity, SwitchEntity):
    """The CCO where it is programmed maintained: on is the N.O. contact closed."""

    _attr_device_class = SwitchDeviceClass.SWITCH
    _attr_translation_key = "cco"

    def __init__(self, module: Module) -> None:
        """Take the place of the button, under the same name."""
        super().__init__(module, CCO_KEY)

    @property
    @override
    def available(self) -> bool:
        """Whether the module is there, and a processor has an output for its CCO."""
        return super().available and self.module.config.has_cco

    @override
    def shown(self, view: ModuleView) -> object:
        """Return whether the N.O. contact is closed."""
        return view.cco_closed

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the N.O. contact is closed; None while nobody knows."""
        return self.module.view.cco_closed

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Close the N.O. contact; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.close_cco(self.module.address)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Open the N.O. contact; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.open_cco(self.module.address)


class LedSwitch(WallstationEntity, SwitchEntity):
    """An LED of a wallstation that the project leaves to others: lights it, or puts it out.

    Source: integration-protocol.md 3.2: only an LED of a button without program, or one whose
    logic is "by integration", obeys; any other is an error.
    """

    _attr_device_class = SwitchDeviceClass.SWITCH
    _attr_translation_key = "led"
    _attr_entity_category = EntityCategory.CONFIG
    # Most LEDs show what the project programs them for.
    _attr_entity_registry_enabled_default = False

    def __init__(self, wallstation: Wallstation, led: int) -> None:
        """Belong to the wallstation."""
        super().__init__(wallstation, f"set_led_{led}")
        self._led = led
        self._attr_translation_placeholders = {"led": str(led)}

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the LED is lit; None until it was heard of."""
        return self.wallstation.leds.get(self._led)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Light the LED; returns when it was heard to be lit."""
        await self._set(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Put the LED out; returns when it was heard to be out."""
        await self._set(is_on=False)

    async def _set(self, *, is_on: bool) -> None:
        with self.explained():
            await self.wallstation.hub.processor_client.set_led(
                self.wallstation.device, self._led, is_on
            )
        # An LED that is read for the first time is no event.
        self.wallstation.leds[self._led] = is_on
        self.async_write_ha_state()
