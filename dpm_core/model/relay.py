"""The relays as things of iron: what really happens when a coil gets its order.

The delays in here are hidden from the controller (`zero_cross.py`), which is told only when a
contact has moved. They are a function of the relay and of how often it has moved, so that the
same history always gives the same relay: nothing is random, and nothing needs to be remembered.

Source: no figures of the module's relays are public. These are assumed, after what data sheets
of 16 A power relays commonly allow; opening a module and timing one would replace them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from dpm_core.model.identifiers import SerialNumber, ZoneNumber
from dpm_core.model.zero_cross import SwitchingPlan

SCATTER_MAX_S: Final = 60e-6
"""Most that one movement differs from the next for no reason, in seconds. Source: assumed."""

WEAR_HALF_OPERATIONS: Final = 50_000
"""Operations after which half of all wear is done. Source: assumed."""

WANDER_OPERATIONS: Final = 5_000
"""Operations in one swing of the slow wander (temperature, friction). Source: assumed."""


@dataclass(frozen=True, slots=True)
class DelayRange:
    """What the delays of one direction can be, over all relays, in seconds. Source: assumed.

    Attributes:
        nominal_s: Middle of the range of new relays.
        spread_s: How far a new relay may be from it.
        wear_max_s: Most that wear adds in the end.
        wander_s: How far the slow wander swings to each side.
    """

    nominal_s: float
    spread_s: float
    wear_max_s: float
    wander_s: float

    @property
    def longest_s(self) -> float:
        """The longest delay that any relay can come to."""
        return self.nominal_s + self.spread_s + self.wear_max_s + self.wander_s + SCATTER_MAX_S

    @property
    def drift_max_s(self) -> float:
        """The most that a delay drifts from one operation to the next."""
        wander_slope_s = self.wander_s * 2 * math.pi / WANDER_OPERATIONS
        return self.wear_max_s / WEAR_HALF_OPERATIONS + wander_slope_s


OPERATE: Final = DelayRange(nominal_s=0.008, spread_s=0.0015, wear_max_s=0.001, wander_s=0.0001)
RELEASE: Final = DelayRange(nominal_s=0.004, spread_s=0.001, wear_max_s=0.0005, wander_s=0.00005)
"""Both directions. Together with one half cycle they leave every movement within 30 ms, even one
that must wait for the relay to finish the opposite movement."""

_MASK: Final = (1 << 64) - 1


def _fraction(*parts: int) -> float:
    """Return a number from 0 to 1 that looks random and is always the same for the same parts."""
    mixed = 0x9E3779B97F4A7C15
    for part in parts:  # the finaliser of SplitMix64, once for each part
        mixed = (mixed + part * 0x9E3779B97F4A7C15) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        mixed ^= mixed >> 31
    return (mixed >> 11) / (1 << 53)


@dataclass(frozen=True, slots=True)
class RelayMechanics:
    """One relay's hidden delays.

    Attributes:
        seed: Which relay it is: equal seeds are equal relays.
        operate_new_s: Operate delay when new, in seconds.
        release_new_s: Release delay when new, in seconds.
        wear: How much of the greatest wear it comes to, 0.3 to 1.
        wander_phase: Where its wander begins, in radians.
    """

    seed: int
    operate_new_s: float
    release_new_s: float
    wear: float
    wander_phase: float

    @classmethod
    def built(cls, serial: SerialNumber, zone: ZoneNumber, relay_seed: int = 0) -> RelayMechanics:
        """Return the relay that sits in a module's zone.

        Args:
            relay_seed: Another one gives other relays to the same module.
        """
        seed = (relay_seed << 40) ^ (int(serial) << 4) ^ int(zone)

        def spread(figures: DelayRange, which: int) -> float:
            return figures.nominal_s + figures.spread_s * (2 * _fraction(seed, which) - 1)

        return cls(
            seed=seed,
            operate_new_s=spread(OPERATE, 1),
            release_new_s=spread(RELEASE, 2),
            wear=0.3 + 0.7 * _fraction(seed, 3),
            wander_phase=2 * math.pi * _fraction(seed, 4),
        )

    def mean_delay_s(self, is_closing: bool, operations: int) -> float:
        """Return the delay without its scatter after so many operations, in seconds."""
        figures, new_s = (
            (OPERATE, self.operate_new_s) if is_closing else (RELEASE, self.release_new_s)
        )
        worn = self.wear * operations / (operations + WEAR_HALF_OPERATIONS)
        swing = math.sin(self.wander_phase + 2 * math.pi * operations / WANDER_OPERATIONS)
        return new_s + figures.wear_max_s * worn + figures.wander_s * swing

    def delay_s(self, is_closing: bool, operations: int) -> float:
        """Return the delay of the next movement after so many operations, in seconds."""
        # The sum of two even spreads: mostly small, and never beyond the bound.
        scatter = _fraction(self.seed, 5, operations) + _fraction(self.seed, 6, operations) - 1
        return self.mean_delay_s(is_closing, operations) + SCATTER_MAX_S * scatter


@dataclass(frozen=True, slots=True)
class Motion:
    """A movement on its way: planned by the controller, carried out by the iron.

    Attributes:
        plan: What the controller planned.
        moves_at: When the contact really moves; nobody but time may read it.
    """

    plan: SwitchingPlan
    moves_at: float


@dataclass(frozen=True, slots=True)
class Relay:
    """One zone's relay.

    Attributes:
        is_closed: Whether the contact is closed; open is the air gap.
        motion: The movement on its way; None when it rests.
        last_error_us: How far from the zero crossing it last moved, in microseconds, late
            positive; None until it has moved since power-up.

    Source: 3691060c, "Output Zone Ratings": air gap off per output.
    """

    is_closed: bool = False
    motion: Motion | None = None
    last_error_us: float | None = None
