"""What all entities of a module have in common."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from dpm_core.client import ModuleChanged, ModuleEvent, ModuleView

from .const import DOMAIN
from .failures import explained
from .hub import Module


class ModuleEntity(Entity):
    """One entity of one module: shows what the module says, when it says it."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _hears_events = False
    """Whether it is told of all that happens at the module, and not of changes only."""

    def __init__(self, module: Module, key: str) -> None:
        """Belong to the module's device, under a name that no link and no title can change."""
        self.module = module
        self._attr_unique_id = f"{module.config.uid}_{key}"
        # The device itself is made with its link, in `devices.py`.
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, module.config.uid)})

    @property
    @override
    def available(self) -> bool:
        """Whether the module was there, its state read, when that was last told and shown.

        Home Assistant leaves out what is not available, without a word. So an action that comes
        when the module has just gone, before that is shown, goes to the client, whose error says it.
        """
        return self.module.is_told_available

    @override
    async def async_added_to_hass(self) -> None:
        """Hear of the module from now on."""
        self.async_on_remove(self.module.listen(self.heard, to_events=self._hears_events))

    def shown(self, view: ModuleView) -> object:
        """Return what this entity shows of a module, besides whether it is there."""
        return None

    @callback
    def heard(self, event: ModuleEvent | None) -> None:
        """Show what has become of the module, if it is anything that is shown here."""
        match event:
            case None:
                self.async_write_ha_state()
            case ModuleChanged(view=view, previous=previous):
                if (
                    view.is_online is not previous.is_online
                    or view.is_fresh is not previous.is_fresh
                    or self.shown(view) != self.shown(previous)
                ):
                    self.async_write_ha_state()

    def explained(self) -> AbstractContextManager[None]:
        """Turn the library's errors into words that name the module and this entity."""
        name = self.name
        return explained(
            module=self.module.config.name, output=name if isinstance(name, str) else ""
        )
