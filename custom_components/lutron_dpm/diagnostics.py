"""What a person can attach to a report: the link, its modules, and nothing that is private."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import (
    CONF_DEVICE,
    CONF_HOST,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant

from dpm_core.client import DpmClient, ModuleClient
from dpm_core.protocol.lip import ProcessorProject

from .hub import LutronDpmConfigEntry, Module
from .load_ratings import errors_of, ratings_of
from .models import CONF_PROGRAM, CONF_SERIAL, CONF_SERIALS, CONF_UID
from .outputs import CONF_AREA
from .stored_program import program_as_data

_PRIVATE: Final = {
    CONF_DEVICE,
    CONF_HOST,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_SERIAL,
    CONF_SERIALS,
    CONF_UID,
    CONF_USERNAME,
    CONF_AREA,
    "zone_names",
}
"""A port can hold an address or a key, a serial number is somebody's own, names tell of rooms."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: LutronDpmConfigEntry
) -> dict[str, Any]:
    """Return what is known of a link and its modules."""
    hub = entry.runtime_data
    return async_redact_data(
        {
            "link": {**entry.data},
            "options": hub.options.as_options(is_processor=hub.config.is_processor),
            "connection": hub.client.connection.value,
            "trouble": hub.trouble and type(hub.trouble).__name__,
            "statistics": _statistics(hub.client),
            "announced_and_not_set_up": len(
                hub.announced - {module.address for module in hub.modules.values()}
            ),
            "project": _project(hub.project.project),
            "wallstations": len(hub.wallstations),
            "modules": [_module(module) for module in hub.modules.values()],
        },
        _PRIVATE,
    )


def _statistics(client: ModuleClient) -> dict[str, Any] | None:
    """Return what was counted on the link; through a processor nothing is."""
    return asdict(client.statistics) if isinstance(client, DpmClient) else None


def _project(project: ProcessorProject | None) -> dict[str, Any] | None:
    """Return what a project is made of, without a name in it."""
    if project is None:
        return None
    return {
        "software_version": project.software_version,
        "exported": project.exported,
        "outputs": dict(Counter(output.type for output in project.outputs)),
        "wallstations": len(project.wallstations),
        "skipped": project.skipped,
    }


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
        "model": ratings_of(module).model,
        "ratings_broken": [finding.rule for finding in errors_of(module)],
        "outputs": module.config.outputs and module.config.outputs.as_data(),
        "stored_program": program_as_data(module.config.program),
        CONF_PROGRAM: view.program and program_as_data(view.program),
    }
