"""The LEDs on the front: what each shows, and when.

`LED_TABLE` is all of it, read from top to bottom: for each LED the first row whose condition
holds gives the pattern. docs/model.md prints this table.

Source: 3691060c, "Features": LEDs provide diagnostic information; the drawings name the zone
and Prog. LEDs. The patterns, and the LEDs for power, link and override, are decided here (B3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from dpm_core.model.override import Mode
from dpm_core.model.state import ModuleState

ANNOUNCE_SHOWN_S: Final = 1.0
"""How long the Prog. LED answers a press of its button, in seconds. Source: decided here."""


class LedPattern(Enum):
    """What an LED does; the value is the word for it."""

    OFF = "off"
    ON = "on"
    SLOW_BLINK = "slow blink"
    FAST_BLINK = "fast blink"
    FLASH = "flash"

    @property
    def on_s(self) -> float:
        """How long it is lit in each period, in seconds; 0 for OFF and ON, which do not change."""
        return _LIT_AND_PERIOD_S[self][0]

    @property
    def period_s(self) -> float:
        """How long one period is, in seconds; 0 for OFF and ON, which do not change."""
        return _LIT_AND_PERIOD_S[self][1]


_LIT_AND_PERIOD_S: Final = {
    LedPattern.OFF: (0.0, 0.0),
    LedPattern.ON: (0.0, 0.0),
    LedPattern.SLOW_BLINK: (0.5, 1.0),
    LedPattern.FAST_BLINK: (0.125, 0.25),
    LedPattern.FLASH: (0.1, 2.0),
}
"""Source: decided here."""


@dataclass(frozen=True, slots=True)
class LedMoment:
    """All that an LED depends on.

    Attributes:
        state: The module.
        now: The time.
        link_is_alive: Whether the module has heard a good frame lately.
        position: Which zone the LED belongs to, counted from 0; 0 for the others.
    """

    state: ModuleState
    now: float
    link_is_alive: bool
    position: int


_Condition: TypeAlias = Callable[[LedMoment], bool]


@dataclass(frozen=True, slots=True)
class LedRow:
    """One row of the table.

    Attributes:
        led: Which LED; "zone" stands for each of the four.
        when: When the row holds, in words.
        pattern: What the LED then does.
        applies: When the row holds.
    """

    led: str
    when: str
    pattern: LedPattern
    applies: _Condition


def _has_no_power(moment: LedMoment) -> bool:
    return not moment.state.is_powered


def _is_starting(moment: LedMoment) -> bool:
    return moment.state.mode is Mode.STARTING


def _is_identifying(moment: LedMoment) -> bool:
    until = moment.state.identify_until
    return until is not None and moment.now < until


def _was_announced(moment: LedMoment) -> bool:
    at = moment.state.announced_at
    return at is not None and moment.now < at + ANNOUNCE_SHOWN_S


def _link_is_alive(moment: LedMoment) -> bool:
    return moment.link_is_alive


def _is_in_override(moment: LedMoment) -> bool:
    return moment.state.in_override


def _relay_is_closed(moment: LedMoment) -> bool:
    return moment.state.relays[moment.position].is_closed


def _is_locked_on(moment: LedMoment) -> bool:
    return moment.state.in_override and _relay_is_closed(moment)


def _will_return(moment: LedMoment) -> bool:
    return moment.state.in_override and moment.state.saved[moment.position]


def _always(_moment: LedMoment) -> bool:
    return True


LED_TABLE: Final[tuple[LedRow, ...]] = (
    LedRow("power", "no mains", LedPattern.OFF, _has_no_power),
    LedRow("power", "starting up", LedPattern.FAST_BLINK, _is_starting),
    LedRow("power", "otherwise", LedPattern.ON, _always),
    LedRow("prog", "no mains", LedPattern.OFF, _has_no_power),
    LedRow("prog", "identifying", LedPattern.FAST_BLINK, _is_identifying),
    LedRow("prog", "Prog. button pressed in the last second", LedPattern.ON, _was_announced),
    LedRow("prog", "otherwise", LedPattern.OFF, _always),
    LedRow("link", "no mains", LedPattern.OFF, _has_no_power),
    LedRow("link", "frames are heard on the link", LedPattern.ON, _link_is_alive),
    LedRow("link", "otherwise: nothing is heard", LedPattern.SLOW_BLINK, _always),
    LedRow("override", "manual override", LedPattern.ON, _is_in_override),
    LedRow("override", "otherwise", LedPattern.OFF, _always),
    LedRow("zone", "no mains", LedPattern.OFF, _has_no_power),
    LedRow("zone", "identifying", LedPattern.FAST_BLINK, _is_identifying),
    LedRow("zone", "manual override, relay closed", LedPattern.SLOW_BLINK, _is_locked_on),
    LedRow("zone", "manual override, relay open, setting on", LedPattern.FLASH, _will_return),
    LedRow("zone", "otherwise, relay closed", LedPattern.ON, _relay_is_closed),
    LedRow("zone", "otherwise, relay open", LedPattern.OFF, _always),
)
"""Every LED and what it shows. For each LED the first row that holds counts."""

_LED_ROWS: Final = tuple(
    (name, position, tuple(row for row in LED_TABLE if row.led == led))
    for led, named in (
        ("power", ("power",)),
        ("prog", ("prog",)),
        ("link", ("link",)),
        ("override", ("override",)),
        ("zone", ("zone_1", "zone_2", "zone_3", "zone_4")),
    )
    for position, name in enumerate(named)
)

LED_NAMES: Final = tuple(name for name, _position, _rows in _LED_ROWS)
"""The LEDs: power, prog, link, override, zone_1 to zone_4."""


def leds(state: ModuleState, now: float, link_is_alive: bool) -> dict[str, LedPattern]:
    """Return what every LED shows: name to pattern.

    Args:
        state: The module.
        now: The time.
        link_is_alive: Whether the module has heard a good frame lately.
    """
    shown: dict[str, LedPattern] = {}
    for name, position, rows in _LED_ROWS:
        moment = LedMoment(state, now, link_is_alive, position)
        shown[name] = next(row.pattern for row in rows if row.applies(moment))
    return shown
