"""The dummy's relay operations, off until somebody wants them."""

from __future__ import annotations

from homeassistant.components.sensor import SensorEntity, SensorStateClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import Coordinator, DummyConfigEntry
from .entity import DummyEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DummyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add four for each module."""
    for subentry_id in entry.subentries:
        async_add_entities(
            [DummyOperations(entry.runtime_data, subentry_id, zone) for zone in range(1, 5)],
            config_subentry_id=subentry_id,
        )


class DummyOperations(DummyEntity, SensorEntity):
    """A count that nobody reads."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_translation_key = "relay_operations"

    def __init__(self, coordinator: Coordinator, subentry_id: str, zone: int) -> None:
        """Belong to the module's device."""
        super().__init__(coordinator, subentry_id, f"zone_{zone}_relay_operations")
        self._attr_translation_placeholders = {"zone": str(zone)}
