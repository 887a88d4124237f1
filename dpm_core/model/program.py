"""What an installer programs into a module: names, override actions, loads, CCO, debounce.

Each value is checked once, when the program is made. Groups are kept beside it, in `power.py`:
the link programs them one by one.

Source: 3691060c, "Programming and Compatibility Requirements"; which values there are, their
ranges and factory values are decided here (requirements C3, C10, D2).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final, TypeAlias

from dpm_core.errors import UnsupportedSetting
from dpm_core.model.contacts import CcoType
from dpm_core.model.identifiers import ZONE_COUNT
from dpm_core.model.loads import NO_LOADS, CcoLoad, FourLoads, ZoneLoad
from dpm_core.model.override import ALL_ON, FourActions, OverrideAction
from dpm_core.model.steps import on_step

FourNames: TypeAlias = tuple[str, str, str, str]
"""One name for each zone, zone 1 first; empty when it has none."""

NAME_MAX_OCTETS: Final = 32
"""Longest name, in octets of UTF-8. Source: qs-link.md 5, NAME_SET."""

CCO_PULSE_MIN_S: Final = 0.1
CCO_PULSE_MAX_S: Final = 60.0
CCO_PULSE_STEP_S: Final = 0.01
CCO_PULSE_FACTORY_S: Final = 0.5
"""Length of a CCO pulse, in seconds. Source: decided here (D2); step: qs-link.md 5, CCO_SET."""

CCI_DEBOUNCE_MIN_S: Final = 0.0
CCI_DEBOUNCE_MAX_S: Final = 0.5
CCI_DEBOUNCE_STEP_S: Final = 0.001
CCI_DEBOUNCE_FACTORY_S: Final = 0.05
"""Debounce of the CCI, in seconds; 0 takes every movement for a change at once.

Source: decided here (C10); step: qs-link.md 5, IO_PROGRAM_SET.
"""

_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that no panel or list can show: controls, surrogates, line breaks."""


@dataclass(frozen=True, slots=True)
class Program:
    """One module's program, as the factory ships it unless told otherwise.

    Attributes:
        name: What the module is called; at most 32 octets of UTF-8.
        zone_names: What its zones are called; each at most 32 octets of UTF-8.
        override_actions: What manual override does to each zone; holds from the next entry.
        cco_type: Whether controls use the CCO as maintained or momentary.
        cco_pulse_s: Length of a pulse, 0.1 to 60 s in steps of 10 ms.
        cci_debounce_s: How long the CCI must rest, 0 to 0.5 s in steps of 1 ms.
        zone_loads: What each zone is wired to; None where nothing is written down.
        cco_load: What the CCO switches; None where nothing is written down.

    Raises:
        UnsupportedSetting: A value is none of those; its attributes say which and what is.
    """

    name: str = ""
    zone_names: FourNames = ("", "", "", "")
    override_actions: FourActions = ALL_ON
    cco_type: CcoType = CcoType.MOMENTARY
    cco_pulse_s: float = CCO_PULSE_FACTORY_S
    cci_debounce_s: float = CCI_DEBOUNCE_FACTORY_S
    zone_loads: FourLoads = NO_LOADS
    cco_load: CcoLoad | None = None

    def __post_init__(self) -> None:
        check_name("name", self.name)
        zone_names = _four("zone_names", self.zone_names)
        for number, zone_name in enumerate(zone_names, start=1):
            check_name(f"zone_names, zone {number}", zone_name)
        actions = _four("override_actions", self.override_actions)
        for number, action in enumerate(actions, start=1):
            if not isinstance(action, OverrideAction):
                raise UnsupportedSetting(
                    f"override_actions, zone {number}", action, "on, off or unaffected"
                )
        if not isinstance(self.cco_type, CcoType):
            raise UnsupportedSetting("cco_type", self.cco_type, "maintained or momentary")
        loads = _four("zone_loads", self.zone_loads)
        for number, load in enumerate(loads, start=1):
            if load is not None and not isinstance(load, ZoneLoad):
                raise UnsupportedSetting(f"zone_loads, zone {number}", load, "a load or none")
        if self.cco_load is not None and not isinstance(self.cco_load, CcoLoad):
            raise UnsupportedSetting("cco_load", self.cco_load, "a load of the CCO or none")
        # What is nearly a step (0.1 + 0.2) becomes that step, so that equal programs are equal.
        object.__setattr__(self, "zone_names", zone_names)
        object.__setattr__(self, "override_actions", actions)
        object.__setattr__(self, "zone_loads", loads)
        object.__setattr__(self, "cco_pulse_s", checked_pulse_s(self.cco_pulse_s))
        object.__setattr__(self, "cci_debounce_s", checked_debounce_s(self.cci_debounce_s))

    @property
    def has_loads(self) -> bool:
        """Whether anything is written down of what the module is wired to."""
        return self.cco_load is not None or any(load is not None for load in self.zone_loads)


def check_name(setting: str, name: object) -> None:
    """Refuse a name that the module cannot keep.

    Raises:
        UnsupportedSetting: It is no text, longer than 32 octets, or has a control character.
    """
    allowed = f"text of at most {NAME_MAX_OCTETS} octets of UTF-8 without control characters"
    if not isinstance(name, str):
        raise UnsupportedSetting(setting, name, allowed)
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in name):
        raise UnsupportedSetting(setting, name, allowed)
    if len(name.encode()) > NAME_MAX_OCTETS:
        raise UnsupportedSetting(setting, name, allowed)


def checked_pulse_s(pulse_s: float) -> float:
    """Return a pulse length in seconds, on its 10 ms step.

    Raises:
        UnsupportedSetting: It is not 0.1 to 60 s in steps of 10 ms.
    """
    return on_step(
        "cco_pulse_s",
        pulse_s,
        CCO_PULSE_MIN_S,
        CCO_PULSE_MAX_S,
        100,
        "0.1 to 60 seconds in steps of 10 ms",
    )


def checked_debounce_s(debounce_s: float) -> float:
    """Return a debounce time in seconds, on its 1 ms step.

    Raises:
        UnsupportedSetting: It is not 0 to 0.5 s in steps of 1 ms.
    """
    return on_step(
        "cci_debounce_s",
        debounce_s,
        CCI_DEBOUNCE_MIN_S,
        CCI_DEBOUNCE_MAX_S,
        1000,
        "0 to 0.5 seconds in steps of 1 ms",
    )


_Four: TypeAlias = tuple[object, object, object, object]


def _four(setting: str, values: object) -> _Four:
    """Return four values, one for each zone, as a tuple."""
    if not isinstance(values, tuple | list) or len(values) != ZONE_COUNT:
        raise UnsupportedSetting(setting, values, "one value for each of the four zones")
    first, second, third, fourth = values
    return (first, second, third, fourth)
