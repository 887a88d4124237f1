"""What a module tells whoever watches it. Facts, in the order in which they happened.

The order that the link relies on:

* CCI change that enters or leaves manual override: `CciChanged`, `OverrideEntered` or
  `OverrideLeft`, then the relays, then exactly one `ZonesSettled` (cause CCI).
* Power-up: `PowerUp` when the start-up is done, `OverrideEntered` (cause POWER_UP) when the CCI
  was open, then the relays, then exactly one `ZonesSettled` (cause POWER_UP).
* Loss of power: `PowerDown`, and nothing else: no zone, override or CCO event.

House rule: an event says what is so now, never what somebody asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from dpm_core.model.contacts import ContactState
from dpm_core.model.identifiers import ZoneNumber
from dpm_core.model.override import FourActions
from dpm_core.model.zone import Cause, FourZones


@dataclass(frozen=True, slots=True)
class PowerUp:
    """The module has started: from now on it answers and acts.

    Attributes:
        was_restored: Whether it found settings from before a loss of power.
    """

    was_restored: bool


@dataclass(frozen=True, slots=True)
class PowerDown:
    """The module has lost its power: every relay, and the CCO, is open."""


@dataclass(frozen=True, slots=True)
class RelayMoved:
    """A relay's contact has moved under control; the zone follows in `ZoneSwitched`.

    Attributes:
        error_us: How far from the zero crossing it moved, in microseconds; late is positive.
    """

    zone: ZoneNumber
    is_closed: bool
    error_us: float


@dataclass(frozen=True, slots=True)
class ZoneSwitched:
    """A zone is on or off now: its relay has moved."""

    zone: ZoneNumber
    is_on: bool
    cause: Cause


@dataclass(frozen=True, slots=True)
class ZonesSettled:
    """The zones are where they belong, or have not rested for 100 ms: time to report them.

    Attributes:
        cause: What caused the latest change.
        zones: The relays as they are now.
        changed: The zones that differ from the last `ZonesSettled`.
    """

    cause: Cause
    zones: FourZones
    changed: FourZones


@dataclass(frozen=True, slots=True)
class OverrideEntered:
    """The module is in manual override now.

    Attributes:
        forced: What it does to each zone, latched until it ends.
        cause: CCI, or POWER_UP when the module powered up with its CCI open.
    """

    forced: FourActions
    cause: Cause


@dataclass(frozen=True, slots=True)
class OverrideLeft:
    """The CCI has closed: the module has left manual override."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class CciChanged:
    """The CCI has stayed open, or closed, for the debounce time."""

    contact: ContactState


@dataclass(frozen=True, slots=True)
class CcoChanged:
    """The CCO's N.O. contact has moved under control; the N.C. contact is the opposite."""

    is_closed: bool


@dataclass(frozen=True, slots=True)
class ZoneButtonPressed:
    """A zone button was pressed, and toggles its zone."""

    zone: ZoneNumber


@dataclass(frozen=True, slots=True)
class Announced:
    """The Prog. button was pressed: the module makes itself known on the link."""


@dataclass(frozen=True, slots=True)
class IdentifyStarted:
    """The module flashes its LEDs, so that a person can find it."""


@dataclass(frozen=True, slots=True)
class IdentifyEnded:
    """The module's LEDs show its state again."""


Event: TypeAlias = (
    PowerUp
    | PowerDown
    | RelayMoved
    | ZoneSwitched
    | ZonesSettled
    | OverrideEntered
    | OverrideLeft
    | CciChanged
    | CcoChanged
    | ZoneButtonPressed
    | Announced
    | IdentifyStarted
    | IdentifyEnded
)
"""Anything that a module tells."""
