"""The form of a module's program: what the module itself keeps, in Home Assistant's fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers import selector

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import ZONES, CcoType, OverrideAction, Program

from ._vol import vol
from .forms import BadInput

CONF_ZONES: Final = "zones"
CONF_OVERRIDE: Final = "override"
CONF_CCO: Final = "cco"
CONF_CCI: Final = "cci"
CONF_CCO_TYPE: Final = "cco_type"
CONF_CCO_PULSE_S: Final = "cco_pulse_s"
CONF_CCI_DEBOUNCE_MS: Final = "cci_debounce_ms"

_COLLAPSED: Final[SectionConfig] = {"collapsed": True}
_KEYS: Final = tuple(f"zone_{zone}" for zone in ZONES)


def program_schema() -> vol.Schema:
    """Return the form of a module's program."""
    action = _choice([action.name.lower() for action in OverrideAction], "override_action")
    return vol.Schema(
        {
            vol.Required(CONF_NAME): selector.TextSelector(),
            vol.Required(CONF_ZONES): section(
                vol.Schema({vol.Optional(key): selector.TextSelector() for key in _KEYS})
            ),
            vol.Required(CONF_OVERRIDE): section(
                vol.Schema({vol.Required(key): action for key in _KEYS}), _COLLAPSED
            ),
            vol.Required(CONF_CCO): section(
                vol.Schema(
                    {
                        vol.Required(CONF_CCO_TYPE): _choice(
                            [kind.name.lower() for kind in CcoType], "cco_type"
                        ),
                        vol.Required(CONF_CCO_PULSE_S): _number(0.1, 60, 0.01, "s"),
                    }
                ),
                _COLLAPSED,
            ),
            vol.Required(CONF_CCI): section(
                vol.Schema({vol.Required(CONF_CCI_DEBOUNCE_MS): _number(0, 500, 1, "ms")}),
                _COLLAPSED,
            ),
        }
    )


def program_as_input(name: str, program: Program) -> dict[str, Any]:
    """Return what the form shows for a program; the name is the one in Home Assistant."""
    actions = (action.name.lower() for action in program.override_actions)
    return {
        CONF_NAME: name,
        CONF_ZONES: dict(zip(_KEYS, program.zone_names, strict=True)),
        CONF_OVERRIDE: dict(zip(_KEYS, actions, strict=True)),
        CONF_CCO: {
            CONF_CCO_TYPE: program.cco_type.name.lower(),
            CONF_CCO_PULSE_S: program.cco_pulse_s,
        },
        CONF_CCI: {CONF_CCI_DEBOUNCE_MS: round(program.cci_debounce_s * 1000)},
    }


def program_from_input(user_input: Mapping[str, Any], before: Program) -> Program:
    """Return a program with what was typed in; what the form does not show stays as it was.

    Raises:
        BadInput: A module cannot keep it: a name is too long, most likely.
    """
    names = [user_input[CONF_ZONES].get(key, "").strip() for key in _KEYS]
    actions = [OverrideAction[user_input[CONF_OVERRIDE][key].upper()] for key in _KEYS]
    try:
        return replace(
            before,
            name=user_input[CONF_NAME].strip(),
            zone_names=(names[0], names[1], names[2], names[3]),
            override_actions=(actions[0], actions[1], actions[2], actions[3]),
            cco_type=CcoType[user_input[CONF_CCO][CONF_CCO_TYPE].upper()],
            # The link carries whole steps of 10 ms and of 1 ms.
            cco_pulse_s=round(user_input[CONF_CCO][CONF_CCO_PULSE_S], 2),
            cci_debounce_s=round(user_input[CONF_CCI][CONF_CCI_DEBOUNCE_MS]) / 1000,
        )
    except UnsupportedSetting as error:
        raise BadInput(
            "base", "unsupported_setting", setting=error.name, allowed=error.allowed
        ) from error


def _choice(options: list[str], translation_key: str) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=options,
            mode=selector.SelectSelectorMode.DROPDOWN,
            translation_key=translation_key,
        )
    )


def _number(lowest: float, highest: float, step: float, unit: str) -> selector.NumberSelector:
    return selector.NumberSelector(
        selector.NumberSelectorConfig(
            min=lowest,
            max=highest,
            step=step,
            unit_of_measurement=unit,
            mode=selector.NumberSelectorMode.BOX,
        )
    )
