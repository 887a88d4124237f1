"""The floor for Home Assistant: as many entities, devices and subentries, and nothing behind them.

House rule: what an integration must at least do, by Home Assistant's own means: a coordinator that
reads nothing, and entities that show it.
"""

from __future__ import annotations

import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

DOMAIN = "bench_dummy"
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
]

Zones = dict[str, list[bool]]
"""For each subentry, whether its four zones are on."""


class Coordinator(DataUpdateCoordinator[Zones]):
    """Reads nothing, and finds what there was."""

    async def _async_update_data(self) -> Zones:
        return self.data


DummyConfigEntry = ConfigEntry[Coordinator]


async def async_setup_entry(hass: HomeAssistant, entry: DummyConfigEntry) -> bool:
    """Make the devices, and the entities on them."""
    coordinator = Coordinator(hass, logging.getLogger(__name__), config_entry=entry, name=DOMAIN)
    coordinator.data = {subentry_id: [False] * 4 for subentry_id in entry.subentries}
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    registry = dr.async_get(hass)
    link = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        model="Link",
        entry_type=dr.DeviceEntryType.SERVICE,
    )
    for subentry_id, subentry in entry.subentries.items():
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry_id,
            identifiers={(DOMAIN, subentry_id)},
            name=subentry.title,
            manufacturer="Nobody",
            model="Module",
            model_id="Dummy",
            serial_number=subentry.unique_id,
        )
        registry.async_update_device(device.id, via_device_id=link.id)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: DummyConfigEntry) -> bool:
    """Take the entities away."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
