"""The dummy's zones."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import Coordinator, DummyConfigEntry
from .entity import DummyEntity

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DummyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add four zones for each module."""
    for subentry_id in entry.subentries:
        zones = [DummyZone(entry.runtime_data, subentry_id, zone) for zone in (1, 2, 3, 4)]
        async_add_entities(zones, config_subentry_id=subentry_id)


class DummyZone(DummyEntity, SwitchEntity):
    """A zone that is at once what it was told."""

    _attr_translation_key = "zone"

    def __init__(self, coordinator: Coordinator, subentry_id: str, zone: int) -> None:
        """Take a name by number."""
        super().__init__(coordinator, subentry_id, f"zone_{zone}")
        self._zone = zone
        self._attr_translation_placeholders = {"zone": str(zone)}

    @property
    @override
    def is_on(self) -> bool:
        """Whether it is on."""
        return self.coordinator.data[self.subentry_id][self._zone - 1]

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """As many as ours has."""
        return {"last_cause": None, "returns_to": None}

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Be on."""
        self.coordinator.data[self.subentry_id][self._zone - 1] = True
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Be off."""
        self.coordinator.data[self.subentry_id][self._zone - 1] = False
        self.async_write_ha_state()
