"""The CCO is a button or a switch, whichever its module is programmed for, never both."""

from __future__ import annotations

from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from dpm_core.model import CcoType

from .const import DOMAIN
from .hub import Hub

CCO_KEY: Final = "cco"

_OTHER: Final = {CcoType.MOMENTARY: Platform.SWITCH, CcoType.MAINTAINED: Platform.BUTTON}


@callback
def forget_other_cco(hass: HomeAssistant, hub: Hub) -> None:
    """Remove the entity of each CCO that was programmed for the other kind since last time."""
    registry = er.async_get(hass)
    for module in hub.modules.values():
        entity_id = registry.async_get_entity_id(
            _OTHER[module.config.program.cco_type], DOMAIN, f"{module.config.uid}_{CCO_KEY}"
        )
        if entity_id:
            registry.async_remove(entity_id)
