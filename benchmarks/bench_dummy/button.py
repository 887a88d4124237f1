"""The dummy's CCO."""

from __future__ import annotations

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import DummyConfigEntry
from .entity import DummyEntity

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DummyConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add one for each module."""
    for subentry_id in entry.subentries:
        button = DummyButton(entry.runtime_data, subentry_id, "cco")
        async_add_entities([button], config_subentry_id=subentry_id)


class DummyButton(DummyEntity, ButtonEntity):
    """A button that does nothing."""

    _attr_translation_key = "cco"

    @override
    async def async_press(self) -> None:
        """Do nothing."""
