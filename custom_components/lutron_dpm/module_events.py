"""What happens at a module, on Home Assistant's event bus, for automations by device.

A press is a moment and no state, so a device trigger cannot be made of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeassistant.const import CONF_DEVICE_ID, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from dpm_core.client import ModuleEvent, OverrideEntered, OverrideLeft, ZoneButtonPressed
from dpm_core.model import ZONES

from .const import DOMAIN

if TYPE_CHECKING:
    from .hub import Hub, Module

EVENT: Final = f"{DOMAIN}_event"
"""Its data: the device's id, and the type of what happened there."""

OVERRIDE_ENTERED: Final = "override_entered"
OVERRIDE_LEFT: Final = "override_left"

TYPES: Final = (*(f"zone_{zone}_pressed" for zone in ZONES), OVERRIDE_ENTERED, OVERRIDE_LEFT)
"""What can happen at a module."""


@callback
def fire_module_events(hass: HomeAssistant, hub: Hub) -> None:
    """Put on the bus what happens at the modules of a link, for as long as it runs."""
    registry = dr.async_get(hass)
    devices = {
        identifier: device.id
        for device in dr.async_entries_for_config_entry(registry, hub.entry.entry_id)
        for identifier in device.identifiers
    }
    for module in hub.modules.values():
        _listen(hass, module, devices[DOMAIN, module.config.uid])


def _listen(hass: HomeAssistant, module: Module, device_id: str) -> None:
    @callback
    def heard(event: ModuleEvent | None) -> None:
        if kind := _type_of(event):
            hass.bus.async_fire(EVENT, {CONF_DEVICE_ID: device_id, CONF_TYPE: kind})

    module.hub.entry.async_on_unload(module.listen(heard, to_events=True))


def _type_of(event: ModuleEvent | None) -> str | None:
    match event:
        case ZoneButtonPressed(zone=zone):
            return f"zone_{int(zone)}_pressed"
        case OverrideEntered():
            return OVERRIDE_ENTERED
        case OverrideLeft():
            return OVERRIDE_LEFT
        case _:
            return None
