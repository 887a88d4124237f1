"""Adaptive zero-cross switching: when to energise a relay so that its contact moves at a crossing.

A relay's contact moves some milliseconds after its coil is energised (operate delay) or released
(release delay). Both differ from relay to relay and change as it ages. The controller here knows
neither: it is told when it gave the coil its order and when the contact moved, and keeps an
average that follows. `relay.py` holds the delays that it must not see; this file must not
import it.

How well it does, and why:

* A learned delay is a weighted mean of what was observed. The first movement replaces the
  nominal delay; the weight of a new observation then falls as 1/n, which is the mean of all,
  and stays at `GAIN_FLOOR`, which forgets: about the last 1 / GAIN_FLOOR movements count.
* With a scatter of at most s from one movement to the next and a drift of at most d between two
  movements of the same direction, the error is at most 2 s + d / GAIN_FLOOR: the scatter of the
  movement itself, that of the mean, and the mean's lag. For the relays of `relay.py` that is
  2 x 60 us + 8 x 0.3 us = 122.4 us, which `ERROR_BOUND_US` rounds up.
* At 125 us from the crossing, 120 V~ at 60 Hz stands at 8 V, 5 % of its peak.
* A direction that rests while the other one moves (every opening left to power failures)
  goes on ageing unseen: its next movement may be off by that drift, once.

Source: 3691060c, "Features": adaptive zero-cross switching maximizes relay life. The method and
the figures are decided here: no public source has the manufacturer's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from dpm_core.errors import UnsupportedSetting

MAINS_MIN_HZ: Final = 47.0
MAINS_MAX_HZ: Final = 63.0
"""Mains frequencies that are followed, around the rated 50 and 60 Hz.

Source: rated values 3691060c, "Power"; the margin is assumed, as for any mains supply.
"""

OPERATE_NOMINAL_S: Final = 0.008
RELEASE_NOMINAL_S: Final = 0.004
"""Delays assumed of a relay that was never seen to move, in seconds. Source: assumed."""

DELAY_MAX_S: Final = 0.1
"""No relay is as slow as this, in seconds; what was observed beyond it is no delay.

Source: assumed.
"""

GAIN_FLOOR: Final = 1 / 8
"""Least weight of a new observation. Source: decided here, as reasoned above."""

CONVERGENCE_OPERATIONS: Final = 2
"""Operations after which a relay keeps `ERROR_BOUND_US`: one closing and one opening."""

ERROR_BOUND_US: Final = 125.0
"""Largest switching error once a relay has converged, in microseconds, at 50 and at 60 Hz."""

FINISH_MAX_S: Final = 0.030
"""Longest time from a cause until the last contact has moved, learned or not, in seconds.

Source: issue "The main job, end to end", fixed interface 1.
"""


@dataclass(frozen=True, slots=True)
class Mains:
    """The supply, as far as its zero crossings go.

    Attributes:
        frequency_hz: 50 or 60, or what a real supply makes of it (47 to 63).
        phase_s: The time of one zero crossing, in seconds.

    Raises:
        UnsupportedSetting: No such mains.

    Source: 3691060c, "Power": 120 V~ 50/60 Hz.
    """

    frequency_hz: float = 60.0
    phase_s: float = 0.0

    def __post_init__(self) -> None:
        if not MAINS_MIN_HZ <= self.frequency_hz <= MAINS_MAX_HZ:
            raise UnsupportedSetting("mains frequency", self.frequency_hz, "50 or 60 Hz")

    @property
    def half_cycle_s(self) -> float:
        """Time from one zero crossing to the next, in seconds."""
        return 0.5 / self.frequency_hz

    def crossing_from(self, instant: float) -> float:
        """Return the first zero crossing at an instant or after it."""
        half_cycle_s = self.half_cycle_s
        return self.phase_s + math.ceil((instant - self.phase_s) / half_cycle_s) * half_cycle_s


@dataclass(frozen=True, slots=True)
class LearnedDelays:
    """What the controller believes of one relay, from where its contact moved.

    Attributes:
        operate_s: Delay from energising to closed, in seconds.
        release_s: Delay from releasing to open, in seconds.
        closings: Closings that it was learned from.
        openings: Openings that it was learned from.
    """

    operate_s: float = OPERATE_NOMINAL_S
    release_s: float = RELEASE_NOMINAL_S
    closings: int = 0
    openings: int = 0

    @property
    def operate_us(self) -> float:
        """Delay from energising to closed, in microseconds."""
        return self.operate_s * 1e6

    @property
    def release_us(self) -> float:
        """Delay from releasing to open, in microseconds."""
        return self.release_s * 1e6

    def delay_s(self, is_closing: bool) -> float:
        """Return the delay to expect of the next movement, in seconds."""
        return self.operate_s if is_closing else self.release_s

    def learn(self, is_closing: bool, observed_s: float) -> LearnedDelays:
        """Return what is believed after a contact was seen to move.

        Args:
            is_closing: Which of the two delays was seen.
            observed_s: Time from the order to the coil until the contact moved, in seconds. What
                no relay can do is not learned from.
        """
        if not 0 < observed_s <= DELAY_MAX_S:
            return self
        if is_closing:
            gain = max(1 / (self.closings + 1), GAIN_FLOOR)
            operate_s = self.operate_s + gain * (observed_s - self.operate_s)
            return replace(self, operate_s=operate_s, closings=self.closings + 1)
        gain = max(1 / (self.openings + 1), GAIN_FLOOR)
        release_s = self.release_s + gain * (observed_s - self.release_s)
        return replace(self, release_s=release_s, openings=self.openings + 1)


@dataclass(frozen=True, slots=True)
class SwitchingPlan:
    """One movement as the controller has planned it.

    Attributes:
        is_closing: Whether the contact is to close.
        coil_at: When the coil gets its order.
        crossing_at: The zero crossing at which the contact ought to move.
    """

    is_closing: bool
    coil_at: float
    crossing_at: float


def plan_movement(
    learned: LearnedDelays, mains: Mains, is_closing: bool, now: float
) -> SwitchingPlan:
    """Return when to give the coil its order, for the next crossing that can be reached.

    The order comes within half a cycle from now.
    """
    delay_s = learned.delay_s(is_closing)
    crossing_at = mains.crossing_from(now + delay_s)
    # Rounding may put the order a hair before now, and the past cannot be ordered.
    return SwitchingPlan(is_closing, max(now, crossing_at - delay_s), crossing_at)


@dataclass(frozen=True, slots=True)
class ZeroCrossReading:
    """What a module tells of one relay's switching.

    Attributes:
        operate_us: Learned delay from energising to closed, in microseconds.
        release_us: Learned delay from releasing to open, in microseconds.
        last_error_us: How far from the crossing the contact last moved, in microseconds, late
            positive; None until it has moved since power-up.
    """

    operate_us: float
    release_us: float
    last_error_us: float | None
