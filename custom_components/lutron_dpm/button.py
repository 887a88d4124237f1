"""Buttons: a module's momentary CCO, and a finger for each button of a wallstation."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from dpm_core.model import CcoType

from .cco import CCO_KEY
from .entity import ModuleEntity
from .hub import LutronDpmConfigEntry, Module
from .wallstation_entity import WallstationEntity
from .wallstations import Wallstation

# The client has the queue of the link, and sends what comes together in the fewest frames.
PARALLEL_UPDATES: Final = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LutronDpmConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the CCO of every module whose CCO is momentary, and what presses wallstations."""
    for module in entry.runtime_data.modules.values():
        if module.config.program.cco_type is CcoType.MOMENTARY:
            async_add_entities([CcoButton(module)], config_subentry_id=module.subentry_id)
    for wallstation in entry.runtime_data.wallstations.values():
        async_add_entities(
            [Press(wallstation, button) for button in wallstation.config.stored.buttons],
            config_subentry_id=wallstation.subentry_id,
        )


class CcoButton(ModuleEntity, ButtonEntity):
    """The CCO where it is programmed momentary: a press closes it for the programmed pulse."""

    _attr_translation_key = "cco"

    def __init__(self, module: Module) -> None:
        """Belong to the module."""
        super().__init__(module, CCO_KEY)

    @property
    @override
    def available(self) -> bool:
        """Whether the module is there, and a processor has an output for its CCO."""
        return super().available and self.module.config.has_cco

    @override
    async def async_press(self) -> None:
        """Pulse the CCO; returns when the module has confirmed it."""
        with self.explained():
            await self.module.client.pulse_cco(self.module.address)


class Press(WallstationEntity, ButtonEntity):
    """Presses a button of a wallstation and lets it go; what that does is up to the project."""

    _attr_translation_key = "press"
    # A wallstation is there to be pressed by hand.
    _attr_entity_registry_enabled_default = False

    def __init__(self, wallstation: Wallstation, button: int) -> None:
        """Belong to the wallstation."""
        super().__init__(wallstation, f"press_{button}")
        self._button = button
        self._attr_translation_placeholders = {"button": str(button)}

    @override
    async def async_press(self) -> None:
        """Press and release; returns when the processor has taken it."""
        with self.explained():
            await self.wallstation.hub.processor_client.press_button(
                self.wallstation.device, self._button
            )
