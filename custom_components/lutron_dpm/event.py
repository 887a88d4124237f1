"""Events: the zone buttons on a module's front, and the buttons of wallstations."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.event import EventDeviceClass, EventEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.client import (
    ModuleEvent,
    WallstationButtonPressed,
    WallstationButtonReleased,
    ZoneButtonPressed,
)
from dpm_core.model import ZONES

from .const import DOMAIN
from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module
from .wallstation_entity import WallstationEntity
from .wallstations import Wallstation, WallstationEvent

PARALLEL_UPDATES: Final = 0

ZONE_BUTTON_KEY: Final = "zone_button"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the zone buttons of every module, and the buttons of every wallstation."""
    hub, registry = entry.runtime_data, er.async_get(hass)
    for module in hub.modules.values():
        # A processor tells of no press on a module; one that was moved keeps what it had.
        known = registry.async_get_entity_id(
            Platform.EVENT, DOMAIN, f"{module.config.uid}_{ZONE_BUTTON_KEY}"
        )
        if known or not hub.config.is_processor:
            async_add_entities([ZoneButtons(module)], config_subentry_id=module.subentry_id)
    for wallstation in hub.wallstations.values():
        async_add_entities(
            [WallstationButtons(wallstation)], config_subentry_id=wallstation.subentry_id
        )


class ZoneButtons(ModuleEntity, EventEntity):
    """A press of one of the four buttons on the module, which also toggles its zone."""

    _attr_device_class = EventDeviceClass.BUTTON
    _attr_translation_key = "zone_button"
    _hears_events = True

    def __init__(self, module: Module) -> None:
        """Belong to the module."""
        super().__init__(module, ZONE_BUTTON_KEY)
        self._attr_event_types = [f"zone_{int(zone)}" for zone in ZONES]

    @property
    @override
    def available(self) -> bool:
        """Whether the module is there, and its link tells of its buttons."""
        return super().available and not self.module.hub.config.is_processor

    @callback
    @override
    def heard(self, event: ModuleEvent | None) -> None:
        """Pass on a press."""
        if isinstance(event, ZoneButtonPressed):
            self._trigger_event(f"zone_{int(event.zone)}")
            self.async_write_ha_state()
        else:
            super().heard(event)


class WallstationButtons(WallstationEntity, EventEntity):
    """The buttons of a wallstation: each press, and each release where it tells of those."""

    _attr_device_class = EventDeviceClass.BUTTON
    _attr_translation_key = "wallstation_button"

    def __init__(self, wallstation: Wallstation) -> None:
        """Belong to the wallstation."""
        super().__init__(wallstation, "buttons")
        self._attr_event_types = ["pressed", "released"]

    @callback
    @override
    def heard(self, event: WallstationEvent | None) -> None:
        """Pass on a press or a release, with the number of the button."""
        match event:
            case WallstationButtonPressed(button=button):
                self._trigger_event("pressed", {"button": button})
            case WallstationButtonReleased(button=button):
                self._trigger_event("released", {"button": button})
            case None:
                pass
            case _:
                return
        self.async_write_ha_state()
