"""The dummy's zone buttons."""

from __future__ import annotations

from homeassistant.components.event import EventDeviceClass, EventEntity
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
        buttons = DummyButtons(entry.runtime_data, subentry_id, "zone_button")
        async_add_entities([buttons], config_subentry_id=subentry_id)


class DummyButtons(DummyEntity, EventEntity):
    """Buttons that nobody presses."""

    _attr_device_class = EventDeviceClass.BUTTON
    _attr_translation_key = "zone_button"
    _attr_event_types = ["zone_1", "zone_2", "zone_3", "zone_4"]  # noqa: RUF012  # as Home Assistant declares it
