"""Moving a module from one link to another, with its device, entities, names and history.

A module's device and entities are named by its own uid and not by its link, so they can go with
it: what Home Assistant keeps under an entity's id stays where it is.

House rule: only the registries and the two entries; what a module is on its new link was decided
before.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN, SUBENTRY_MODULE
from .models import LinkConfig, ModuleConfig, modules_of


@dataclass(frozen=True, slots=True)
class Found:
    """A module with what holds it."""

    entry: ConfigEntry[Any]
    subentry: ConfigSubentry
    module: ModuleConfig


def modules_elsewhere(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, str]:
    """Return the modules of all other links, as choices: by uid, with what they are called."""
    return {
        module.uid: f"{module.name} ({other.title})"
        for other in hass.config_entries.async_entries(DOMAIN)
        if other.entry_id != entry.entry_id
        for module in modules_of(other).values()
    }


def find_module(hass: HomeAssistant, uid: str) -> Found | None:
    """Return a module with the entry and the subentry that hold it; None where it is gone."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry_id, module in modules_of(entry).items():
            if module.uid == uid:
                return Found(entry, entry.subentries[subentry_id], module)
    return None


async def move_module(hass: HomeAssistant, target: ConfigEntry[Any], module: ModuleConfig) -> bool:
    """Move a module to a link, and let both links start anew.

    Args:
        hass: Home Assistant.
        target: The link to move it to.
        module: The module as it is from now on; its uid says which it was.

    Returns:
        Whether it was moved; not when it is gone, or when its link cannot be closed.
    """
    found = find_module(hass, module.uid)
    if found is None or found.entry.entry_id == target.entry_id:
        return False
    source, left = found.entry, found.subentry
    was_running = source.state in (ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY)
    # Its entities must not be alive while they change hands.
    if was_running and not await hass.config_entries.async_unload(source.entry_id):
        return False
    subentry = ConfigSubentry(
        data=MappingProxyType(module.as_data()),
        subentry_type=SUBENTRY_MODULE,
        title=module.name,
        unique_id=module.unique_id,
    )
    # The update listener of the target reloads it; that comes after what follows here.
    hass.config_entries.async_add_subentry(target, subentry)
    _hand_over(hass, module.uid, source, target, subentry)
    hass.config_entries.async_remove_subentry(source, left.subentry_id)
    if was_running:
        hass.config_entries.async_schedule_reload(source.entry_id)
    return True


@callback
def _hand_over(
    hass: HomeAssistant,
    uid: str,
    source: ConfigEntry[Any],
    target: ConfigEntry[Any],
    subentry: ConfigSubentry,
) -> None:
    """Give the module's device and entities to the other entry, while both know them."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    device = next(
        (
            device
            for device in dr.async_entries_for_config_entry(devices, source.entry_id)
            if (DOMAIN, uid) in device.identifiers
        ),
        None,
    )
    if device is None:
        return
    takes_one_entry = _device_has_one_entry()
    if not takes_one_entry:
        devices.async_update_device(
            device.id,
            add_config_entry_id=target.entry_id,
            add_config_subentry_id=subentry.subentry_id,
        )
    for row in er.async_entries_for_device(entities, device.id, include_disabled_entities=True):
        if row.config_entry_id == source.entry_id:
            entities.async_update_entity(
                row.entity_id,
                config_entry_id=target.entry_id,
                config_subentry_id=subentry.subentry_id,
            )
    if takes_one_entry:
        # The arguments' names are spelled out here for a checker that knows the older release.
        there: dict[str, Any] = {
            "new_config_entry_id": target.entry_id,
            "new_config_subentry_id": subentry.subentry_id,
        }
        devices.async_update_device(device.id, **there)
    else:
        devices.async_update_device(device.id, remove_config_entry_id=source.entry_id)


def _device_has_one_entry() -> bool:
    """Whether a device belongs to one entry, as in newer releases, and is moved by its name."""
    names = dr.DeviceRegistry.async_update_device.__annotations__
    return "new_config_entry_id" in names


def can_hold(target: LinkConfig) -> bool:
    """Whether modules can be moved to a link: not to a simulated one, whose modules are its own."""
    return not target.is_simulated
