"""Binary sensors: whether a module is in manual override."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.binary_sensor import (  # type: ignore[attr-defined,unused-ignore]  # newer releases re-export it
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.client import ModuleView

from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module

PARALLEL_UPDATES: Final = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the override sensor of every module."""
    for module in entry.runtime_data.modules.values():
        async_add_entities([OverrideSensor(module)], config_subentry_id=module.subentry_id)


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
