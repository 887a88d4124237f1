"""Binary sensors: whether a module is in manual override, and the LEDs of wallstations."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.binary_sensor import (  # type: ignore[attr-defined,unused-ignore]  # newer releases re-export it
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.client import ModuleView, WallstationLedChanged

from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module
from .wallstation_entity import WallstationEntity
from .wallstations import Wallstation, WallstationEvent

PARALLEL_UPDATES: Final = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the override sensor of every module, and the LEDs of every wallstation."""
    for module in entry.runtime_data.modules.values():
        async_add_entities([OverrideSensor(module)], config_subentry_id=module.subentry_id)
    for wallstation in entry.runtime_data.wallstations.values():
        async_add_entities(
            [WallstationLed(wallstation, led) for led in wallstation.config.stored.leds],
            config_subentry_id=wallstation.subentry_id,
        )


class OverrideSensor(ModuleEntity, BinarySensorEntity):
    """Whether the CCI is open, so that no control changes the module.

    The class is PROBLEM, "somebody should look": SAFETY would say that something is dangerous,
    or that something is watched over, and neither is ours to say.
    """

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_translation_key = "override"

    def __init__(self, module: Module) -> None:
        """Belong to the module."""
        super().__init__(module, "override")

    @override
    def shown(self, view: ModuleView) -> object:
        """Return whether it is in manual override."""
        return view.override

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the module is in manual override; None while nobody knows."""
        return self.module.view.override


class WallstationLed(WallstationEntity, BinarySensorEntity):
    """An LED of a wallstation. It shows what the project programs it for, not what a relay does."""

    _attr_translation_key = "led"
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    # A keypad has up to ten of them, and few people want one.
    _attr_entity_registry_enabled_default = False

    def __init__(self, wallstation: Wallstation, led: int) -> None:
        """Belong to the wallstation."""
        super().__init__(wallstation, f"led_{led}")
        self._led = led
        self._attr_translation_placeholders = {"led": str(led)}

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the LED is lit; None until it was heard of."""
        return self.wallstation.leds.get(self._led)

    @callback
    @override
    def heard(self, event: WallstationEvent | None) -> None:
        """Show a change of this LED, and the coming and going of the link."""
        if event is None or (isinstance(event, WallstationLedChanged) and event.led == self._led):
            self.async_write_ha_state()
