"""What all entities of a wallstation have in common."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from .const import DOMAIN
from .failures import explained
from .wallstations import Wallstation, WallstationEvent


class WallstationEntity(Entity):
    """One entity of one wallstation: shows what the link tells of it."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, wallstation: Wallstation, key: str) -> None:
        """Belong to the wallstation's device."""
        self.wallstation = wallstation
        self._attr_unique_id = f"{wallstation.config.uid}_{key}"
        # The device itself is made with its link, in `devices.py`.
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, wallstation.config.uid)})

    @property
    @override
    def available(self) -> bool:
        """Whether the link told of the wallstation when that was last shown, as with modules."""
        return self.wallstation.is_told_available

    @override
    async def async_added_to_hass(self) -> None:
        """Hear of the wallstation from now on."""
        self.async_on_remove(
            self.wallstation.hub.listen_to_wallstation(self.wallstation.device, self.heard)
        )

    def explained(self) -> AbstractContextManager[None]:
        """Turn the library's errors into words that name the wallstation and this entity."""
        name = self.name
        return explained(
            module=self.wallstation.config.name, output=name if isinstance(name, str) else ""
        )

    @callback
    def heard(self, event: WallstationEvent | None) -> None:
        """Show what has become of the wallstation; None when the link came or went."""
        self.async_write_ha_state()
