"""Manual override, and everything else that decides whether a module does what it is told.

`AUTOMATON` is the whole of it: for each mode and each cause the mode that follows and what
the module does about it. The other files of the model look the answer up here; none of them
decides it again. docs/model.md draws the picture from this table.

The rules:

* A module has power or has none. With none, nothing acts on it; contacts may still move.
* Mains on begins the start-up. Controls do nothing until it is done.
* At the end of the start-up the CCI is read, without debounce. Open: manual override.
  Closed: normal, whatever was before the power failed (C6).
* In normal operation, controls act. The CCI opening enters manual override.
* In manual override every control is refused and not kept for later (C4). What only reads,
  identifies or programs is no control and stays possible.
* The CCI closing leaves manual override, and each zone returns to its setting (C5).
* A cause that repeats what already is changes nothing.
* Mains off ends every mode.

What manual override does to each zone is latched when it is entered: a zone's action that is
programmed meanwhile holds from the next entry (decided here).

Source: 3691060c, "Manual Override Contact Closure Input (CCI)" and "Wiring: Manual Override
Contact Closure Input and Contact Closure Output".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias

from dpm_core.model.zone import FourZones


class OverrideAction(Enum):
    """What manual override does to a zone. Source: decided here, after requirement C3."""

    ON = "on"
    OFF = "off"
    UNAFFECTED = "unaffected"


FourActions: TypeAlias = tuple[OverrideAction, OverrideAction, OverrideAction, OverrideAction]
"""One override action for each zone, zone 1 first."""

ALL_UNAFFECTED: Final[FourActions] = (OverrideAction.UNAFFECTED,) * 4
"""What is latched outside manual override: every zone follows its setting."""

ALL_ON: Final[FourActions] = (OverrideAction.ON,) * 4
"""The factory's override actions.

Source: 3691060c, "Manual Override Contact Closure Input (CCI)": turns on all loads.
"""


class Mode(Enum):
    """What a module is doing as a whole."""

    UNPOWERED = "unpowered"
    STARTING = "starting"
    NORMAL = "normal"
    OVERRIDE = "manual override"


class ModeCause(Enum):
    """What can happen to a module, as far as its mode is concerned."""

    MAINS_ON = "mains on"
    STARTED_CCI_CLOSED = "start-up done, CCI closed"
    STARTED_CCI_OPEN = "start-up done, CCI open"
    CCI_OPENS = "CCI opens"
    CCI_CLOSES = "CCI closes"
    CONTROL = "control (zone button, link, wallstation, CCO)"
    SERVICE = "identify or program"
    MAINS_OFF = "mains off"


class Effect(Enum):
    """What a module does about a cause."""

    NOTHING = "nothing"
    START_UP = "start up"
    RESTORE = "zones to their settings"
    ENTER = "latch the override actions, zones follow them"
    LEAVE = "zones back to their settings"
    ACT = "do it"
    REFUSE = "refuse it"
    LOSE_POWER = "all contacts open"


AUTOMATON: Final[Mapping[tuple[Mode, ModeCause], tuple[Mode, Effect]]] = MappingProxyType(
    {
        (Mode.UNPOWERED, ModeCause.MAINS_ON): (Mode.STARTING, Effect.START_UP),
        (Mode.UNPOWERED, ModeCause.STARTED_CCI_CLOSED): (Mode.UNPOWERED, Effect.NOTHING),
        (Mode.UNPOWERED, ModeCause.STARTED_CCI_OPEN): (Mode.UNPOWERED, Effect.NOTHING),
        (Mode.UNPOWERED, ModeCause.CCI_OPENS): (Mode.UNPOWERED, Effect.NOTHING),
        (Mode.UNPOWERED, ModeCause.CCI_CLOSES): (Mode.UNPOWERED, Effect.NOTHING),
        (Mode.UNPOWERED, ModeCause.CONTROL): (Mode.UNPOWERED, Effect.NOTHING),
        (Mode.UNPOWERED, ModeCause.SERVICE): (Mode.UNPOWERED, Effect.NOTHING),
        (Mode.UNPOWERED, ModeCause.MAINS_OFF): (Mode.UNPOWERED, Effect.NOTHING),
        (Mode.STARTING, ModeCause.MAINS_ON): (Mode.STARTING, Effect.NOTHING),
        (Mode.STARTING, ModeCause.STARTED_CCI_CLOSED): (Mode.NORMAL, Effect.RESTORE),
        (Mode.STARTING, ModeCause.STARTED_CCI_OPEN): (Mode.OVERRIDE, Effect.ENTER),
        (Mode.STARTING, ModeCause.CCI_OPENS): (Mode.STARTING, Effect.NOTHING),
        (Mode.STARTING, ModeCause.CCI_CLOSES): (Mode.STARTING, Effect.NOTHING),
        (Mode.STARTING, ModeCause.CONTROL): (Mode.STARTING, Effect.NOTHING),
        (Mode.STARTING, ModeCause.SERVICE): (Mode.STARTING, Effect.NOTHING),
        (Mode.STARTING, ModeCause.MAINS_OFF): (Mode.UNPOWERED, Effect.LOSE_POWER),
        (Mode.NORMAL, ModeCause.MAINS_ON): (Mode.NORMAL, Effect.NOTHING),
        (Mode.NORMAL, ModeCause.STARTED_CCI_CLOSED): (Mode.NORMAL, Effect.NOTHING),
        (Mode.NORMAL, ModeCause.STARTED_CCI_OPEN): (Mode.NORMAL, Effect.NOTHING),
        (Mode.NORMAL, ModeCause.CCI_OPENS): (Mode.OVERRIDE, Effect.ENTER),
        (Mode.NORMAL, ModeCause.CCI_CLOSES): (Mode.NORMAL, Effect.NOTHING),
        (Mode.NORMAL, ModeCause.CONTROL): (Mode.NORMAL, Effect.ACT),
        (Mode.NORMAL, ModeCause.SERVICE): (Mode.NORMAL, Effect.ACT),
        (Mode.NORMAL, ModeCause.MAINS_OFF): (Mode.UNPOWERED, Effect.LOSE_POWER),
        (Mode.OVERRIDE, ModeCause.MAINS_ON): (Mode.OVERRIDE, Effect.NOTHING),
        (Mode.OVERRIDE, ModeCause.STARTED_CCI_CLOSED): (Mode.OVERRIDE, Effect.NOTHING),
        (Mode.OVERRIDE, ModeCause.STARTED_CCI_OPEN): (Mode.OVERRIDE, Effect.NOTHING),
        (Mode.OVERRIDE, ModeCause.CCI_OPENS): (Mode.OVERRIDE, Effect.NOTHING),
        (Mode.OVERRIDE, ModeCause.CCI_CLOSES): (Mode.NORMAL, Effect.LEAVE),
        (Mode.OVERRIDE, ModeCause.CONTROL): (Mode.OVERRIDE, Effect.REFUSE),
        (Mode.OVERRIDE, ModeCause.SERVICE): (Mode.OVERRIDE, Effect.ACT),
        (Mode.OVERRIDE, ModeCause.MAINS_OFF): (Mode.UNPOWERED, Effect.LOSE_POWER),
    }
)
"""(mode, cause) to (the mode that follows, what the module does). Complete: every pair is in it."""


@dataclass(frozen=True, slots=True)
class Override:
    """Manual override as it is now.

    Attributes:
        is_active: Whether the module is in manual override.
        forced: The actions latched at entry; all UNAFFECTED outside manual override.
    """

    is_active: bool = False
    forced: FourActions = ALL_UNAFFECTED

    @property
    def forced_on(self) -> FourZones:
        """The zones that manual override has switched on."""
        first, second, third, fourth = self.forced
        on = OverrideAction.ON
        return (first is on, second is on, third is on, fourth is on)


def zones_wanted(settings: FourZones, forced: FourActions) -> FourZones:
    """Return where the zones belong: as forced, or by their settings where unaffected."""
    if forced is ALL_UNAFFECTED:
        return settings
    first, second, third, fourth = (
        setting if action is OverrideAction.UNAFFECTED else action is OverrideAction.ON
        for setting, action in zip(settings, forced, strict=True)
    )
    return (first, second, third, fourth)
