"""What all entities of the dummy have in common."""

from __future__ import annotations

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from . import DOMAIN, Coordinator


class DummyEntity(CoordinatorEntity[Coordinator]):
    """One entity of one dummy module."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: Coordinator, subentry_id: str, key: str) -> None:
        """Belong to the module's device."""
        super().__init__(coordinator)
        self.subentry_id = subentry_id
        self._attr_unique_id = f"{subentry_id}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, subentry_id)})
