"""Events: the zone buttons on a module's front."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.event import EventDeviceClass, EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.client import ClientEvent, ZoneButtonPressed
from dpm_core.model import ZONES

from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module

PARALLEL_UPDATES: Final = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the zone buttons of every module."""
    for module in entry.runtime_data.modules.values():
        async_add_entities([ZoneButtons(module)], config_subentry_id=module.subentry_id)


class ZoneButtons(ModuleEntity, EventEntity):
    """A press of one of the four buttons on the module, which also toggles its zone."""

    _attr_device_class = EventDeviceClass.BUTTON
    _attr_translation_key = "zone_button"

    def __init__(self, module: Module) -> None:
        """Belong to the module."""
        super().__init__(module, "zone_button")
        self._attr_event_types = [f"zone_{int(zone)}" for zone in ZONES]

    @callback
    @override
    def heard(self, event: ClientEvent | None) -> None:
        """Pass on a press."""
        if isinstance(event, ZoneButtonPressed):
            self._trigger_event(f"zone_{int(event.zone)}")
            self.async_write_ha_state()
        else:
            super().heard(event)
