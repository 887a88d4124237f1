"""Switches: the four zones of a module, and its CCO where that is programmed maintained."""

from __future__ import annotations

from typing import Any, Final, override

from homeassistant.components.switch import (  # type: ignore[attr-defined,unused-ignore]  # newer releases re-export it
    SwitchDeviceClass,
    SwitchEntity,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.client import ModuleView
from dpm_core.model import ZONES, CcoType, ZoneNumber

from .cco import CCO_KEY
from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module

PARALLEL_UPDATES: Final = 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of every module."""
    for module in entry.runtime_data.modules.values():
        switches: list[SwitchEntity] = [ZoneSwitch(module, zone) for zone in ZONES]
        if module.config.program.cco_type is CcoType.MAINTAINED:
            switches.append(CcoSwitch(module))
        async_add_entities(switches, config_subentry_id=module.subentry_id)


class ZoneSwitch(ModuleEntity, SwitchEntity):
    """One zone: shows where its relay is, in manual override too."""

    # Never OUTLET: the zones may not feed general purpose receptacles (3691060c, "Output Zone
    # Ratings").
    _attr_device_class = SwitchDeviceClass.SWITCH
    _attr_translation_key = "zone"

    def __init__(self, module: Module, zone: ZoneNumber) -> None:
        """Take the name that the module has for its zone, if it has one."""
        super().__init__(module, f"zone_{zone}")
        self._zone = zone
        self._attr_translation_placeholders = {"zone": str(int(zone))}
        if name := module.config.program.zone_names[zone - 1]:
            self._attr_name = name
        # Without the project's own messages a module cannot be asked.
        self._attr_assumed_state = not module.hub.config.may_extend

    @override
    def shown(self, view: ModuleView) -> object:
        """Return what the zone is, why, and what it will return to."""
        at = self._zone - 1
        return view.zones[at], view.zone_causes[at], view.override, view.saved

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the relay is closed; None while nobody knows."""
        return self.module.view.zones[self._zone - 1]

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Why the zone is as it is, and in manual override what it will return to."""
        view = self.module.view
        cause = view.zone_causes[self._zone - 1]
        saved = view.saved[self._zone - 1] if view.override and view.saved else None
        return {
            "last_cause": None if cause is None else cause.name.lower(),
            "returns_to": None if saved is None else ("on" if saved else "off"),
        }

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch the zone on; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.turn_zone_on(self.module.serial, self._zone)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch the zone off; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.turn_zone_off(self.module.serial, self._zone)


class CcoSwitch(ModuleEntity, SwitchEntity):
    """The CCO where it is programmed maintained: on is the N.O. contact closed."""

    _attr_device_class = SwitchDeviceClass.SWITCH
    _attr_translation_key = "cco"

    def __init__(self, module: Module) -> None:
        """Take the place of the button, under the same name."""
        super().__init__(module, CCO_KEY)

    @override
    def shown(self, view: ModuleView) -> object:
        """Return whether the N.O. contact is closed."""
        return view.cco_closed

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the N.O. contact is closed; None while nobody knows."""
        return self.module.view.cco_closed

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Close the N.O. contact; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.close_cco(self.module.serial)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Open the N.O. contact; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.open_cco(self.module.serial)
