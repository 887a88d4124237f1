"""The devices of a link: the link itself, and its modules below it."""

from __future__ import annotations

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from dpm_core.client import ModuleEvent
from dpm_core.errors import DpmError

from .const import DOMAIN, MANUFACTURER
from .hub import Hub, Module
from .load_ratings import ratings_of


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
        model="HomeWorks QS processor" if hub.config.is_processor else "QS link",
        entry_type=dr.DeviceEntryType.SERVICE,
    )
    for module in hub.modules.values():
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=module.subentry_id,
            identifiers={(DOMAIN, module.config.uid)},
            name=module.config.name,
            manufacturer=MANUFACTURER,
            model="DIN switching power module",
            model_id=ratings_of(module).model,
            # A processor does not tell it; it is known of a module that was on its link once.
            serial_number=str(module.config.serial) if module.config.serial else None,
        )
        registry.async_update_device(device.id, via_device_id=link.id)
        _keep_firmware_shown(registry, hub, module, device.id)
    for wallstation in hub.wallstations.values():
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=wallstation.subentry_id,
            identifiers={(DOMAIN, wallstation.config.uid)},
            name=wallstation.config.name,
            manufacturer=MANUFACTURER,
            model="Wallstation",
        )
        registry.async_update_device(device.id, via_device_id=link.id)


def _keep_firmware_shown(
    registry: dr.DeviceRegistry, hub: Hub, module: Module, device_id: str
) -> None:
    """Ask a module once for its firmware, when it is there, and show it."""
    is_asked = False
    shown: tuple[int, int] | None = None

    async def ask() -> None:
        nonlocal is_asked
        try:
            await module.client.refresh(module.address)
        except DpmError:
            is_asked = False

    @callback
    def show(_event: ModuleEvent | None) -> None:
        nonlocal is_asked, shown
        if identity := module.view.identity:
            if identity.firmware == shown:
                return
            major, minor = shown = identity.firmware
            registry.async_update_device(device_id, sw_version=f"{major}.{minor:03}")
        elif module.is_available and hub.config.may_extend and not is_asked:
            is_asked = True
            hub.entry.async_create_background_task(hub.hass, ask(), f"firmware {module.address}")

    show(None)
    hub.entry.async_on_unload(module.listen(show))
