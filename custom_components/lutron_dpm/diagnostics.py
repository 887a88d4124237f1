"""What a person can attach to a report: the link, its modules, and nothing that is private."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_DEVICE, CONF_NAME
from homeassistant.core import HomeAssistant

from .hub import LutronDpmConfigEntry, Module
from .models import CONF_PROGRAM, CONF_SERIAL, CONF_SERIALS, CONF_UID, program_as_data

_PRIVATE: Final = {CONF_DEVICE, CONF_NAME, CONF_SERIAL, CONF_SERIALS, CONF_UID, "zone_names"}
"""A port can hold an address or a key, a serial number is somebody's own, names tell of rooms."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: LutronDpmConfigEntry
) -> dict[str, Any]:
    """Return what is known of a link and its modules."""
    hub = entry.runtime_data
    return async_redact_data(
        {
            "link": {**entry.data},
            "options": hub.options.as_options(),
            "connection": hub.client.connection.value,
            "statistics": asdict(hub.client.statistics),
            "announced_and_not_set_up": len(
                hub.announced - {module.serial for module in hub.modules.values()}
            ),
            "modules": [_module(module) for module in hub.modules.values()],
        },
        _PRIVATE,
    )


def _module(module: Module) -> dict[str, Any]:
    view = module.view
    return {
        "is_online": view.is_online,
        "is_fresh": view.is_fresh,
        "zones": list(view.zones),
        "zone_causes": [cause and cause.name.lower() for cause in view.zone_causes],
        "saved": view.saved and list(view.saved),
        "override": view.override,
        "cci": view.cci and view.cci.value,
        "cco_closed": view.cco_closed,
        "was_restored": view.was_restored,
        "firmware": view.identity and list(view.identity.firmware),
        "stored_program": program_as_data(module.config.program),
        CONF_PROGRAM: view.program and program_as_data(view.program),
    }
