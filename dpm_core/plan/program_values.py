"""The values of a module's program, as a document writes them.

House rule: one function for each kind of value; which values there are is said by
`dpm_core.model`, and what a module does not take is refused where it stands.
"""

from __future__ import annotations

from typing import Final

import yaml

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import (
    ADVICE_RECEPTACLE,
    CCI_DEBOUNCE_MAX_S,
    CCI_DEBOUNCE_MIN_S,
    CCO_LOAD_VOLTS_MAX,
    CCO_PULSE_MAX_S,
    CCO_PULSE_MIN_S,
    GROUP_MAX,
    GROUP_MIN,
    LOAD_AMPS_MAX,
    LOAD_WATTS_MAX,
    ZONE_COUNT,
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    CcoType,
    GroupNumber,
    LoadType,
    SerialNumber,
    ZoneLoad,
    ZoneNumber,
    check_name,
    checked_debounce_s,
    checked_pulse_s,
)
from dpm_core.plan.fields import Section, Value, one_of

ZONES_ALLOWED: Final = "a list of zones from 1 to 4, such as [1, 3]"
RECEPTACLE: Final = "receptacle"
NO_LOAD: Final = "none"
"""What stands behind `load` where nothing is wired. Decided here."""


def read_name(value: Value) -> str:
    """Return the name of a module or a zone; it may be empty, which is no name."""
    node = value.node
    if not isinstance(node, yaml.ScalarNode):
        value.refuse("one line of text")
    name = str(node.value)
    try:
        check_name(value.path, name)
    except UnsupportedSetting as error:
        value.refuse(error.allowed)
    return name


def read_serial(value: Value) -> SerialNumber:
    """Return the serial number that is printed on a module."""
    try:
        return SerialNumber.parse(value.text())
    except InvalidAddress as error:
        value.refuse(error.allowed)


def read_cco_type(value: Value) -> CcoType:
    """Return what the CCO is used as."""
    by_word = {kind.name.lower(): kind for kind in CcoType}
    kind = by_word.get(value.text(one_of(by_word)).lower())
    if kind is None:
        value.refuse(one_of(by_word))
    return kind


def read_pulse_s(value: Value) -> float:
    """Return the length of a CCO pulse, in seconds."""
    try:
        return checked_pulse_s(value.number(CCO_PULSE_MIN_S, CCO_PULSE_MAX_S, "seconds"))
    except UnsupportedSetting as error:
        value.refuse(error.allowed)


def read_debounce_s(value: Value) -> float:
    """Return how long the CCI must rest, in seconds."""
    try:
        return checked_debounce_s(value.number(CCI_DEBOUNCE_MIN_S, CCI_DEBOUNCE_MAX_S, "seconds"))
    except UnsupportedSetting as error:
        value.refuse(error.allowed)


def read_zones(value: Value) -> tuple[ZoneNumber, ...]:
    """Return the zones of a list, each once, in their order."""
    zones = [zone.whole(1, ZONE_COUNT) for zone in value.values(ZONES_ALLOWED)]
    if not zones or len(set(zones)) != len(zones):
        value.refuse(ZONES_ALLOWED)
    return tuple(ZoneNumber(zone) for zone in sorted(zones))


def read_group(value: Value) -> GroupNumber:
    """Return a group number."""
    return GroupNumber(value.whole(GROUP_MIN, GROUP_MAX))


def read_group_name(key: str, value: Value) -> GroupNumber:
    """Return the group number that stands before a value, decimal or as 0x0005."""
    try:
        return GroupNumber(int(key, 0))
    except (ValueError, InvalidAddress):
        value.refuse_name(key, f"a group number from {GROUP_MIN} to {GROUP_MAX}")


def is_no_load(value: Value) -> bool:
    """Return whether it says that nothing is wired."""
    return isinstance(value.node, yaml.ScalarNode) and value.node.value.lower() == NO_LOAD


def read_zone_load(section: Section) -> ZoneLoad:
    """Return what a module keeps of what its zone is wired to.

    Raises:
        InvalidDocument: A field is missing, unknown, or not what it may be.
    """
    kind = section.need("type", one_of(kind.value for kind in LoadType))
    if kind.found.lower() == RECEPTACLE:
        kind.refuse(f"no general purpose receptacle: for one use {ADVICE_RECEPTACLE}")
    load_type = kind.choice(LoadType)
    amps, watts = section.take("amps"), section.take("watts")
    if amps is not None and watts is not None:
        watts.refuse("amps or watts, not both")
    figure = amps or watts or section.need("amps", "what it draws: amps or watts")
    section.done()
    try:
        if figure is watts:
            return ZoneLoad(load_type, watts=figure.number(0, LOAD_WATTS_MAX, "W"))
        return ZoneLoad(load_type, amps=figure.number(0, LOAD_AMPS_MAX, "A"))
    except UnsupportedSetting as error:
        figure.refuse(error.allowed)


def read_cco_load(section: Section) -> CcoLoad:
    """Return what a module keeps of what its CCO switches.

    Raises:
        InvalidDocument: A field is missing, unknown, or not what it may be.
    """
    diode = section.take("flyback_diode")
    volts = section.need("volts", "its voltage, in volts")
    amps = section.need("amps", "what it draws, in amperes")
    current = section.need("current", "dc or ac").choice(CcoCurrent)
    kind = section.need("kind", "resistive or inductive").choice(CcoLoadKind)
    section.done()
    drawn_a = amps.number(0, LOAD_AMPS_MAX, "A")
    try:
        return CcoLoad(
            volts=volts.number(0, CCO_LOAD_VOLTS_MAX, "V"),
            current=current,
            amps=drawn_a,
            kind=kind,
            has_flyback_diode=diode is not None and diode.flag(),
        )
    except UnsupportedSetting as error:
        (amps if error.value == drawn_a and "amps" in error.name else volts).refuse(error.allowed)
