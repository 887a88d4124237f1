"""A module as it leaves the factory, and what can be read from it."""

import dataclasses
from dataclasses import replace

import pytest

from dpm_core.model import (
    ALL_OFF,
    Cause,
    ContactState,
    LearnedDelays,
    Mains,
    Memory,
    ModuleState,
    Override,
    SerialNumber,
    ZoneNumber,
    factory_module,
    move_cci,
    power_off,
    power_on,
    set_zones,
    with_memory,
)
from tests.dpm_core.model.running import SERIAL, Bench, started

REMEMBERED = Memory(settings=(True, False, True, False), relay_operations=(4, 3, 2, 1))


@pytest.mark.requirement("C1", "D1", "A2")
def test_a_module_leaves_the_factory_jumpered_without_power_and_all_off() -> None:
    module = factory_module(SERIAL)
    assert module.serial == SERIAL
    assert module.cci.contact is ContactState.CLOSED
    assert (module.is_powered, module.is_started, module.in_override) == (False, False, False)
    assert module.zones == module.saved == module.wanted == ALL_OFF
    assert not module.cco.is_closed
    assert module.memory == Memory()
    assert module.is_settled


def test_a_module_cannot_be_changed_in_place() -> None:
    module = factory_module(SERIAL)
    with pytest.raises(dataclasses.FrozenInstanceError):
        module.memory = REMEMBERED  # type: ignore[misc]  # just what must not be
    assert hash(module) == hash(factory_module(SERIAL))


def test_another_seed_gives_the_same_module_other_relays() -> None:
    assert factory_module(SERIAL, relay_seed=1) != factory_module(SERIAL, relay_seed=2)
    assert factory_module(SERIAL).mechanics != factory_module(SerialNumber(1)).mechanics


def test_memory_is_put_in_without_power_only() -> None:
    module = factory_module(SERIAL)
    assert with_memory(module, REMEMBERED).memory == REMEMBERED
    assert with_memory(with_memory(module, REMEMBERED), None) == module
    powered = power_on(module, 1.0).state
    assert with_memory(powered, REMEMBERED) is powered


def progress(state: ModuleState) -> tuple[bool, bool, bool, bool]:
    return (state.is_powered, state.is_started, state.is_any_relay_moving, state.is_settled)


def test_a_module_is_settled_when_every_relay_is_where_it_belongs() -> None:
    bench = Bench(factory_module(SERIAL))
    assert progress(bench.state) == (False, False, False, True)
    bench.take(power_on(bench.state, bench.now))
    assert progress(bench.state) == (True, False, False, False)
    bench.rest()
    assert progress(bench.state) == (True, True, False, True)
    bench.take(set_zones(bench.state, {ZoneNumber(2): True}, Cause.LINK_COMMAND, bench.now))
    assert progress(bench.state) == (True, True, False, False)
    assert bench.state.wanted == bench.state.saved == (False, True, False, False)
    bench.wait(0.001)
    assert progress(bench.state) == (True, True, True, False)
    bench.rest()
    assert progress(bench.state) == (True, True, False, True)
    assert bench.state.zones == (False, True, False, False)


def test_override_is_told_apart_from_the_settings() -> None:
    bench = started(REMEMBERED)
    assert bench.state.override == Override()
    bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
    bench.rest()
    assert bench.state.override.is_active
    assert bench.state.override.forced_on == bench.state.wanted == (True, True, True, True)
    assert bench.state.saved == REMEMBERED.settings


@pytest.mark.requirement("A3")
def test_learned_delays_and_the_last_error_can_be_read_for_each_relay() -> None:
    learned = LearnedDelays(0.0085, 0.0035, 7, 7)
    module = with_memory(factory_module(SERIAL), Memory(learned=(learned,) * 4))
    for reading in module.zero_cross:
        assert (reading.operate_us, reading.release_us) == pytest.approx((8500, 3500))
        assert reading.last_error_us is None
    bench = started()
    bench.take(set_zones(bench.state, {ZoneNumber(3): True}, Cause.LINK_COMMAND, bench.now))
    bench.rest()
    moved = bench.state.zero_cross[2]
    hidden_us = bench.state.mechanics[2].delay_s(True, 0) * 1e6
    assert moved.operate_us == pytest.approx(hidden_us, abs=0.01)
    assert moved.last_error_us == pytest.approx(hidden_us - 8000, abs=0.01)
    assert [reading.last_error_us for reading in bench.state.zero_cross].count(None) == 3


@pytest.mark.requirement("A4")
def test_cycles_are_the_counted_operations() -> None:
    assert with_memory(factory_module(SERIAL), REMEMBERED).cycles == (4, 3, 2, 1)


def test_uptime_counts_from_mains_on() -> None:
    module = factory_module(SERIAL, mains=Mains(50.0))
    assert module.uptime_s(100.0) == 0.0
    module = power_on(module, 100.0).state
    assert module.uptime_s(100.0) == 0.0
    assert module.uptime_s(160.5) == 60.5
    assert module.uptime_s(99.0) == 0.0
    assert power_off(module, 170.0).state.uptime_s(171.0) == 0.0


def test_power_lost_in_override_is_no_longer_override() -> None:
    bench = started(REMEMBERED)
    bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
    bench.rest()
    lost = power_off(bench.state, bench.now).state
    assert not lost.in_override
    assert lost.override == Override()
    assert replace(lost, memory=REMEMBERED).zones == ALL_OFF
