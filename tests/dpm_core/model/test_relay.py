"""The hidden relays: each is itself, ages slowly, and scatters within its bound."""

import itertools

import pytest

from dpm_core.model.identifiers import ZONES, SerialNumber
from dpm_core.model.relay import OPERATE, RELEASE, SCATTER_MAX_S, RelayMechanics
from dpm_core.model.zero_cross import FINISH_MAX_S, MAINS_MIN_HZ

RELAYS = [
    RelayMechanics.built(SerialNumber(serial), zone)
    for serial, zone in itertools.product((1, 0x00A1B2C3, 0x00A1B2C4, 0xFFFFFFFE), ZONES)
]
AGES = [*range(200), *range(1_000, 110_000, 997)]


def test_no_two_relays_are_the_same() -> None:
    delays = {(relay.operate_new_s, relay.release_new_s) for relay in RELAYS}
    assert len(delays) == len(RELAYS)
    serial = SerialNumber(0x00A1B2C3)
    assert RelayMechanics.built(serial, ZONES[0], 1) != RelayMechanics.built(serial, ZONES[0], 0)


def test_the_same_relay_always_does_the_same() -> None:
    again = RelayMechanics.built(SerialNumber(1), ZONES[0])
    assert again == RELAYS[0]
    assert again.delay_s(True, 17) == RELAYS[0].delay_s(True, 17)


@pytest.mark.parametrize("is_closing", [False, True])
def test_every_delay_is_in_its_range(is_closing: bool) -> None:
    figures = OPERATE if is_closing else RELEASE
    for relay, age in itertools.product(RELAYS, AGES):
        delay_s = relay.delay_s(is_closing, age)
        assert figures.nominal_s - figures.spread_s - figures.wander_s - SCATTER_MAX_S < delay_s
        assert delay_s < figures.longest_s
        assert abs(delay_s - relay.mean_delay_s(is_closing, age)) <= SCATTER_MAX_S


@pytest.mark.parametrize("is_closing", [False, True])
def test_a_relay_drifts_slowly_and_far(is_closing: bool) -> None:
    figures = OPERATE if is_closing else RELEASE
    for relay in RELAYS:
        means = [relay.mean_delay_s(is_closing, age) for age in range(3000)]
        steps = [abs(later - earlier) for earlier, later in itertools.pairwise(means)]
        assert 0 < max(steps) <= figures.drift_max_s
        worn = relay.mean_delay_s(is_closing, 100_000) - relay.mean_delay_s(is_closing, 0)
        assert worn > 3 * SCATTER_MAX_S if is_closing else worn > SCATTER_MAX_S


@pytest.mark.parametrize("is_closing", [False, True])
def test_a_relay_scatters_to_both_sides(is_closing: bool) -> None:
    for relay in RELAYS:
        scatter = [
            relay.delay_s(is_closing, age) - relay.mean_delay_s(is_closing, age)
            for age in range(1000)
        ]
        assert min(scatter) < -0.7 * SCATTER_MAX_S
        assert max(scatter) > 0.7 * SCATTER_MAX_S
        assert abs(sum(scatter) / len(scatter)) < 0.05 * SCATTER_MAX_S


@pytest.mark.requirement("A3")
def test_even_a_movement_that_waits_for_the_opposite_one_is_within_the_limit() -> None:
    assert OPERATE.longest_s + 0.5 / MAINS_MIN_HZ + RELEASE.longest_s < FINISH_MAX_S
