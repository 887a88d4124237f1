"""The form of what a module is wired to: one load for each zone, and that of the CCO.

House rule: no step and no text; only schemas, and functions from input to typed values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import CONF_MODEL, CONF_TYPE
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers import selector

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import (
    CCO_LOAD_VOLTS_MAX,
    FAMILY,
    LOAD_AMPS_MAX,
    LOAD_WATTS_MAX,
    ZONES,
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    FourLoads,
    LoadType,
    Program,
    ZoneLoad,
)

from ._vol import vol
from .forms import BadInput

CONF_CCO_LOAD: Final = "cco_load"
CONF_AMPS: Final = "amps"
CONF_WATTS: Final = "watts"
CONF_KIND: Final = "kind"
CONF_VOLTS: Final = "volts"
CONF_CURRENT: Final = "current"
CONF_FLYBACK_DIODE: Final = "flyback_diode"

NO_LOAD: Final = "none"
"""The choice that says: nothing is wired there, or nobody wrote down what."""

_OPEN: Final[SectionConfig] = {"collapsed": False}
_COLLAPSED: Final[SectionConfig] = {"collapsed": True}
_ZONE_KEYS: Final = {f"load_{zone}": zone for zone in ZONES}


def loads_schema(*, asks_model: bool) -> vol.Schema:
    """Return the form of a module's loads.

    Args:
        asks_model: Whether to ask which model it is, because it does not say so itself.
    """
    fields: dict[Any, Any] = {}
    if asks_model:
        fields[vol.Required(CONF_MODEL)] = selector.SelectSelector(
            selector.SelectSelectorConfig(
                options=list(FAMILY), mode=selector.SelectSelectorMode.DROPDOWN
            )
        )
    for key in _ZONE_KEYS:
        fields[vol.Required(key)] = section(
            vol.Schema(
                {
                    vol.Required(CONF_TYPE, default=NO_LOAD): _choice(
                        [NO_LOAD, *(kind.value for kind in LoadType)], "load_type"
                    ),
                    vol.Optional(CONF_AMPS): _number(LOAD_AMPS_MAX, 0.001, "A"),
                    vol.Optional(CONF_WATTS): _number(LOAD_WATTS_MAX, 0.1, "W"),
                }
            ),
            _OPEN,
        )
    fields[vol.Required(CONF_CCO_LOAD)] = section(
        vol.Schema(
            {
                vol.Required(CONF_KIND, default=NO_LOAD): _choice(
                    [NO_LOAD, *(kind.value for kind in CcoLoadKind)], "cco_load_kind"
                ),
                vol.Optional(CONF_VOLTS): _number(CCO_LOAD_VOLTS_MAX, 0.1, "V"),
                vol.Required(CONF_CURRENT, default=CcoCurrent.DC.value): _choice(
                    [current.value for current in CcoCurrent], "cco_current"
                ),
                vol.Optional(CONF_AMPS): _number(LOAD_AMPS_MAX, 0.001, "A"),
                vol.Required(CONF_FLYBACK_DIODE, default=False): selector.BooleanSelector(),
            }
        ),
        _COLLAPSED,
    )
    return vol.Schema(fields)


def loads_as_input(model: str, program: Program) -> dict[str, Any]:
    """Return what the form shows for a module."""
    shown: dict[str, Any] = {CONF_MODEL: model}
    for key, load in zip(_ZONE_KEYS, program.zone_loads, strict=True):
        shown[key] = load.as_fields() if load else {CONF_TYPE: NO_LOAD}
    shown[CONF_CCO_LOAD] = (
        program.cco_load.as_fields()
        if program.cco_load
        else {CONF_KIND: NO_LOAD, CONF_CURRENT: CcoCurrent.DC.value, CONF_FLYBACK_DIODE: False}
    )
    return shown


def loads_from_input(user_input: Mapping[str, Any]) -> tuple[FourLoads, CcoLoad | None]:
    """Return the loads that were typed in.

    Raises:
        BadInput: One of them is none: its field says which, and its key what is missing.
    """
    one, two, three, four = (
        _zone_load(key, int(zone), user_input[key]) for key, zone in _ZONE_KEYS.items()
    )
    return (one, two, three, four), _cco_load(user_input[CONF_CCO_LOAD])


def _zone_load(key: str, zone: int, typed: Mapping[str, Any]) -> ZoneLoad | None:
    amps, watts = typed.get(CONF_AMPS), typed.get(CONF_WATTS)
    has_type = typed[CONF_TYPE] != NO_LOAD
    if not has_type and amps is None and watts is None:
        return None
    if amps is not None and watts is not None:
        raise BadInput(key, "load_twice", zone=str(zone))
    if not has_type or (amps is None and watts is None):
        raise BadInput(key, "load_incomplete", zone=str(zone))
    try:
        return ZoneLoad(LoadType(typed[CONF_TYPE]), amps, watts)
    except UnsupportedSetting as error:
        raise _unsupported(key, error) from error


def _cco_load(typed: Mapping[str, Any]) -> CcoLoad | None:
    volts, amps = typed.get(CONF_VOLTS), typed.get(CONF_AMPS)
    has_kind = typed[CONF_KIND] != NO_LOAD
    if not has_kind and volts is None and amps is None:
        return None
    if not has_kind or volts is None or amps is None:
        raise BadInput(CONF_CCO_LOAD, "cco_load_incomplete")
    try:
        return CcoLoad(
            volts,
            CcoCurrent(typed[CONF_CURRENT]),
            amps,
            CcoLoadKind(typed[CONF_KIND]),
            has_flyback_diode=typed[CONF_FLYBACK_DIODE],
        )
    except UnsupportedSetting as error:
        raise _unsupported(CONF_CCO_LOAD, error) from error


def _unsupported(field: str, error: UnsupportedSetting) -> BadInput:
    return BadInput(field, "unsupported_setting", setting=error.name, allowed=error.allowed)


def _choice(options: list[str], translation_key: str) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=options,
            mode=selector.SelectSelectorMode.DROPDOWN,
            translation_key=translation_key,
        )
    )


def _number(highest: float, step: float, unit: str) -> selector.NumberSelector:
    # What is allowed is the specification's business, and said in words: see `load_ratings.py`.
    return selector.NumberSelector(
        selector.NumberSelectorConfig(
            min=0,
            max=highest,
            step=step,
            unit_of_measurement=unit,
            mode=selector.NumberSelectorMode.BOX,
        )
    )
