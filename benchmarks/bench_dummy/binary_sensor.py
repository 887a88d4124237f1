"""The dummy's override."""

from __future__ import annotations

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DummyConfigEntry
from .entity import DummyEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DummyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add one for each module."""
    for subentry_id in entry.subentries:
        sensor = DummySensor(entry.runtime_data, subentry_id, "override")
        async_add_entities([sensor], config_subentry_id=subentry_id)


class DummySensor(DummyEntity, BinarySensorEntity):
    """A sensor that never finds anything."""

    _attr_translation_key = "override"

    @property
    @override
    def is_on(self) -> bool:
        """Nothing is wrong."""
        return False
