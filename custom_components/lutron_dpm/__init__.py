"""Lutron LQSE-4S8-120-D switching power modules, on a QS link or through its processor."""

from __future__ import annotations

import shutil

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers.device_registry import DeviceEntry

from dpm_core.errors import DpmError, LoginRefused

from .cco import forget_other_cco
from .const import DOMAIN, PLATFORMS
from .devices import register_devices
from .failures import opening_failure
from .hub import Hub, LutronDpmConfigEntry
from .link import memory_folder
from .module_events import fire_module_events


async def async_setup_entry(hass: HomeAssistant, entry: LutronDpmConfigEntry) -> bool:
    """Open a link and add its modules."""
    hub = Hub(hass, entry)
    try:
        await hub.start()
    except DpmError as error:
        key, facts = opening_failure(error)
        # A login that was refused is asked for again; anything else is tried again.
        why = ConfigEntryAuthFailed if isinstance(error, LoginRefused) else ConfigEntryNotReady
        raise why(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders=facts
        ) from error
    entry.runtime_data = hub
    try:
        register_devices(hass, hub)
        fire_module_events(hass, hub)
        forget_other_cco(hass, hub)
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    except BaseException:
        await hub.stop()
        raise

    async def power_down(_event: Event) -> None:
        # Home Assistant does not unload entries when it stops, and the port must be free then.
        await hub.stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, power_down))
    entry.async_on_unload(entry.add_update_listener(_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: LutronDpmConfigEntry) -> bool:
    """Close a link."""
    is_unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if is_unloaded:
        await entry.runtime_data.stop()
    return is_unloaded


async def async_remove_entry(hass: HomeAssistant, entry: LutronDpmConfigEntry) -> None:
    """Throw away what the modules of a simulated link remembered."""
    folder = memory_folder(hass, entry.entry_id)
    await hass.async_add_executor_job(lambda: shutil.rmtree(folder, ignore_errors=True))


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: LutronDpmConfigEntry, device_entry: DeviceEntry
) -> bool:
    """Let a device be deleted by hand once its module or wallstation is no longer there."""
    hub = entry.runtime_data
    uids = [module.config.uid for module in hub.modules.values()]
    uids += [wallstation.config.uid for wallstation in hub.wallstations.values()]
    present = {(DOMAIN, uid) for uid in (entry.entry_id, *uids)}
    return not device_entry.identifiers & present


async def _reload(hass: HomeAssistant, entry: LutronDpmConfigEntry) -> None:
    """Start anew with whatever was changed: link, consents, options, modules."""
    hass.config_entries.async_schedule_reload(entry.entry_id)
