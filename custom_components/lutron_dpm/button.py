"""Buttons: a module's CCO where that is programmed momentary, as from the factory."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.model import CcoType

from .cco import CCO_KEY
from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module

PARALLEL_UPDATES: Final = 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the CCO of every module whose CCO is momentary."""
    for module in entry.runtime_data.modules.values():
        if module.config.program.cco_type is CcoType.MOMENTARY:
            async_add_entities([CcoButton(module)], config_subentry_id=module.subentry_id)


class CcoButton(ModuleEntity, ButtonEntity):
    """The CCO where it is programmed momentary: a press closes it for the programmed pulse."""

    _attr_translation_key = "cco"

    def __init__(self, module: Module) -> None:
        """Belong to the module."""
        super().__init__(module, CCO_KEY)

    @override
    async def async_press(self) -> None:
        """Pulse the CCO; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.pulse_cco(self.module.serial)
