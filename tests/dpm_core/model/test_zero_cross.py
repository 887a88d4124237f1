"""The controller finds each relay's delays from where its contact moved, and keeps finding them."""

import ast
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dpm_core.model.zero_cross
from dpm_core.errors import UnsupportedSetting
from dpm_core.model.identifiers import ZONES, SerialNumber
from dpm_core.model.relay import OPERATE, RELEASE, SCATTER_MAX_S, RelayMechanics
from dpm_core.model.zero_cross import (
    CONVERGENCE_OPERATIONS,
    DELAY_MAX_S,
    ERROR_BOUND_US,
    FINISH_MAX_S,
    GAIN_FLOOR,
    LearnedDelays,
    Mains,
    plan_movement,
)

pytestmark = pytest.mark.requirement("A3")

SLOWEST = RelayMechanics(
    seed=1,
    operate_new_s=OPERATE.nominal_s + OPERATE.spread_s,
    release_new_s=RELEASE.nominal_s + RELEASE.spread_s,
    wear=1.0,
    wander_phase=0.0,
)
FASTEST = RelayMechanics(
    seed=2,
    operate_new_s=OPERATE.nominal_s - OPERATE.spread_s,
    release_new_s=RELEASE.nominal_s - RELEASE.spread_s,
    wear=1.0,
    wander_phase=math.pi,
)


def errors_us(
    relay: RelayMechanics,
    mains: Mains,
    operations: range,
    *,
    learns: bool = True,
    forgets: bool = True,
) -> Iterator[float]:
    """Switch a relay on and off, and yield how far from the crossing each movement was."""
    learned = LearnedDelays()
    now = 0.0
    for operation in operations:
        is_closing = operation % 2 == 0
        plan = plan_movement(learned, mains, is_closing, now)
        moved_at = plan.coil_at + relay.delay_s(is_closing, operation)
        yield (moved_at - plan.crossing_at) * 1e6
        if learns:
            observed_s = moved_at - plan.coil_at
            if not forgets:  # the plain mean of everything, which this filter must beat
                seen = learned.closings if is_closing else learned.openings
                weight = 1 / (seen + 1) / max(1 / (seen + 1), GAIN_FLOOR)
                expected_s = learned.delay_s(is_closing)
                observed_s = expected_s + weight * (observed_s - expected_s)
            learned = learned.learn(is_closing, observed_s)
        now = moved_at + 0.0137  # no multiple of any half cycle


@pytest.mark.parametrize("relay", [SLOWEST, FASTEST], ids=["slowest", "fastest"])
@pytest.mark.parametrize("frequency_hz", [50.0, 60.0])
def test_100_000_operations_of_ageing_stay_within_the_bound(
    frequency_hz: float, relay: RelayMechanics
) -> None:
    errors = list(errors_us(relay, Mains(frequency_hz, 0.00123), range(100_000)))
    assert max(map(abs, errors[CONVERGENCE_OPERATIONS:])) < ERROR_BOUND_US
    worn_us = (relay.mean_delay_s(True, 100_000) - relay.mean_delay_s(True, 0)) * 1e6
    assert worn_us > 4 * ERROR_BOUND_US, "the relay must age, or nothing is shown"


@pytest.mark.parametrize("frequency_hz", [50.0, 60.0])
def test_every_relay_converges_within_the_stated_number_of_operations(frequency_hz: float) -> None:
    first_errors: list[float] = []
    for serial, zone in itertools.product(range(1, 60), ZONES):
        relay = RelayMechanics.built(SerialNumber(serial), zone)
        errors = list(errors_us(relay, Mains(frequency_hz, 0.004), range(60)))
        first_errors += map(abs, errors[:CONVERGENCE_OPERATIONS])
        assert max(map(abs, errors[CONVERGENCE_OPERATIONS:])) < ERROR_BOUND_US
    assert max(first_errors) > 10 * ERROR_BOUND_US, "there must be something to learn"


@pytest.mark.parametrize("frequency_hz", [50.0, 60.0])
def test_once_learned_the_error_is_little_more_than_the_relays_own_scatter(
    frequency_hz: float,
) -> None:
    errors = list(errors_us(SLOWEST, Mains(frequency_hz), range(2_000)))[16:]
    scatter_rms_us = SCATTER_MAX_S * 1e6 / math.sqrt(6)  # of the sum of two even spreads
    assert math.sqrt(sum(error**2 for error in errors) / len(errors)) < 1.2 * scatter_rms_us


def test_a_controller_that_does_not_learn_misses_by_far() -> None:
    errors = list(errors_us(SLOWEST, Mains(60.0), range(200), learns=False))
    assert min(map(abs, errors)) > 4 * ERROR_BOUND_US


def test_a_controller_that_does_not_forget_loses_an_ageing_relay() -> None:
    errors = list(errors_us(SLOWEST, Mains(60.0), range(30_000), forgets=False))
    assert max(map(abs, errors[1_000:])) > ERROR_BOUND_US


def test_the_stated_bound_is_the_one_that_the_relays_figures_give() -> None:
    """2 s + d / GAIN_FLOOR, where d is the drift between two movements of one direction."""
    drift_max_s = max(OPERATE.drift_max_s, RELEASE.drift_max_s)
    worst_us = (2 * SCATTER_MAX_S + 2 * drift_max_s / GAIN_FLOOR) * 1e6
    assert worst_us <= ERROR_BOUND_US < 1.05 * worst_us


def test_the_controller_cannot_see_the_hidden_delays() -> None:
    source = Path(dpm_core.model.zero_cross.__file__).read_text()
    imported = {
        node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)
    }
    assert imported == {"__future__", "dataclasses", "typing", "dpm_core.errors"}


@given(
    st.floats(0, 1e6),
    st.floats(0.001, 0.015),
    st.sampled_from([50.0, 60.0]),
    st.floats(0, 0.02),
    st.booleans(),
)
def test_a_movement_is_planned_for_a_crossing_within_half_a_cycle_of_the_delay(
    now: float, delay_s: float, frequency_hz: float, phase_s: float, is_closing: bool
) -> None:
    mains = Mains(frequency_hz, phase_s)
    learned = LearnedDelays(operate_s=delay_s, release_s=delay_s)
    plan = plan_movement(learned, mains, is_closing, now)
    assert plan.is_closing is is_closing
    assert now <= plan.coil_at <= now + mains.half_cycle_s + 1e-9
    assert plan.coil_at + delay_s == pytest.approx(plan.crossing_at, abs=1e-8)
    cycles = (plan.crossing_at - phase_s) / mains.half_cycle_s
    assert cycles == pytest.approx(round(cycles), abs=1e-4)


@pytest.mark.parametrize("frequency_hz", [50.0, 60.0])
def test_before_anything_is_learned_a_movement_still_ends_within_the_limit(
    frequency_hz: float,
) -> None:
    mains = Mains(frequency_hz)
    for step in range(200):
        now = step * mains.half_cycle_s / 100
        for is_closing, figures in ((True, OPERATE), (False, RELEASE)):
            plan = plan_movement(LearnedDelays(), mains, is_closing, now)
            assert plan.coil_at + figures.longest_s - now < FINISH_MAX_S


def test_the_first_movement_replaces_what_was_assumed() -> None:
    learned = LearnedDelays().learn(True, 0.0093).learn(False, 0.0031)
    assert (learned.operate_s, learned.release_s) == pytest.approx((0.0093, 0.0031))
    assert (learned.operate_us, learned.release_us) == pytest.approx((9300, 3100))
    assert (learned.closings, learned.openings) == (1, 1)


def test_one_direction_teaches_nothing_about_the_other() -> None:
    before = LearnedDelays(0.008, 0.004, 5, 5)
    after = before.learn(True, 0.009)
    assert (after.release_s, after.openings) == (0.004, 5)
    after = before.learn(False, 0.005)
    assert (after.operate_s, after.closings) == (0.008, 5)


def test_a_new_observation_never_weighs_less_than_the_floor() -> None:
    learned = LearnedDelays(0.008, 0.004, closings=10_000, openings=10_000)
    assert learned.learn(True, 0.016).operate_s == pytest.approx(0.008 + 0.008 * GAIN_FLOOR)
    assert learned.learn(False, 0.012).release_s == pytest.approx(0.004 + 0.008 * GAIN_FLOOR)


@pytest.mark.parametrize("observed_s", [0.0, -0.001, DELAY_MAX_S * 1.01, math.inf, math.nan])
def test_what_no_relay_can_do_is_not_learned_from(observed_s: float) -> None:
    learned = LearnedDelays(0.008, 0.004, 5, 5)
    assert learned.learn(True, observed_s) is learned
    assert learned.learn(False, observed_s) is learned


@pytest.mark.parametrize("frequency_hz", [0.0, 46.9, 63.1, -50.0, math.nan, math.inf])
def test_mains_is_50_or_60_hz(frequency_hz: float) -> None:
    with pytest.raises(UnsupportedSetting, match="50 or 60 Hz"):
        Mains(frequency_hz)


@pytest.mark.parametrize(("frequency_hz", "half_cycle_s"), [(50.0, 0.01), (60.0, 1 / 120)])
def test_crossings_come_every_half_cycle(frequency_hz: float, half_cycle_s: float) -> None:
    mains = Mains(frequency_hz, phase_s=0.003)
    assert mains.half_cycle_s == pytest.approx(half_cycle_s)
    assert mains.crossing_from(0.003) == pytest.approx(0.003)
    assert mains.crossing_from(0.0031) == pytest.approx(0.003 + half_cycle_s)
    assert mains.crossing_from(0.0) == pytest.approx(0.003)
