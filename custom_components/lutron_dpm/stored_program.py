"""A module's program as it is stored with its subentry, and shown in diagnostics.

House rule: a key that is written here must be readable by every later version.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME

from dpm_core.model import ZONE_COUNT, CcoLoad, CcoType, OverrideAction, Program, ZoneLoad


def program_as_data(program: Program) -> dict[str, Any]:
    """Return a program as plain values, for storage and diagnostics."""
    return {
        CONF_NAME: program.name,
        "zone_names": list(program.zone_names),
        "override_actions": [action.name.lower() for action in program.override_actions],
        "cco_type": program.cco_type.name.lower(),
        "cco_pulse_s": program.cco_pulse_s,
        "cci_debounce_s": program.cci_debounce_s,
        "zone_loads": [load and load.as_fields() for load in program.zone_loads],
        "cco_load": program.cco_load and program.cco_load.as_fields(),
    }


def program_from_data(data: Mapping[str, Any]) -> Program:
    """Return the program that was stored."""
    zone_names = data["zone_names"]
    actions = [OverrideAction[name.upper()] for name in data["override_actions"]]
    # What was stored before modules kept loads has none.
    loads = [
        fields and ZoneLoad.from_fields(fields)
        for fields in data.get("zone_loads") or [None] * ZONE_COUNT
    ]
    cco_load = data.get("cco_load")
    return Program(
        name=data[CONF_NAME],
        zone_names=(zone_names[0], zone_names[1], zone_names[2], zone_names[3]),
        override_actions=(actions[0], actions[1], actions[2], actions[3]),
        cco_type=CcoType[data["cco_type"].upper()],
        cco_pulse_s=data["cco_pulse_s"],
        cci_debounce_s=data["cci_debounce_s"],
        zone_loads=(loads[0], loads[1], loads[2], loads[3]),
        cco_load=cco_load and CcoLoad.from_fields(cco_load),
    )
