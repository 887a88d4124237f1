"""The devices of a link: the link itself, and its modules below it."""

from __future__ import annotations

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN, MANUFACTURER, MODEL
from .hub import Hub


@callback
def register_devices(hass: HomeAssistant, hub: Hub) -> None:
    """Make the link's device and hang one device for each module below it.

    Done here and not by the entities, because how a device names the one above it differs
    between releases; `async_update_device` takes the same argument in all of them.
    """
    registry = dr.async_get(hass)
    entry = hub.entry
    link = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        model="QS link",
        entry_type=dr.DeviceEntryType.SERVICE,
    )
    for module in hub.modules.values():
        identity = module.view.identity
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=module.subentry_id,
            identifiers={(DOMAIN, module.config.uid)},
            name=module.config.name,
            manufacturer=MANUFACTURER,
            model="DIN switching power module",
            model_id=MODEL,
            serial_number=str(module.serial),
            sw_version=identity.firmware_text if identity else None,
        )
        registry.async_update_device(device.id, via_device_id=link.id)
