"""Each LED shows what the one table says."""

import itertools
from dataclasses import replace

import pytest

from dpm_core.model import (
    ANNOUNCE_SHOWN_S,
    LED_NAMES,
    LED_TABLE,
    Cause,
    ContactState,
    LedPattern,
    Memory,
    ModuleState,
    OverrideAction,
    Program,
    ZoneNumber,
    factory_module,
    identify,
    leds,
    move_cci,
    power_off,
    power_on,
    press_prog_button,
    set_zones,
)
from tests.dpm_core.model.running import SERIAL, started

pytestmark = pytest.mark.requirement("B3")

OFF, ON = LedPattern.OFF, LedPattern.ON
SLOW, FAST, FLASH = LedPattern.SLOW_BLINK, LedPattern.FAST_BLINK, LedPattern.FLASH
ZONE_LEDS = ("zone_1", "zone_2", "zone_3", "zone_4")


def shown(state: ModuleState, now: float, *, link: bool = True) -> tuple[LedPattern, ...]:
    return tuple(leds(state, now, link).values())


def test_the_leds_have_their_names_in_order() -> None:
    assert ("power", "prog", "link", "override", *ZONE_LEDS) == LED_NAMES
    assert tuple(leds(factory_module(SERIAL), 0.0, True)) == LED_NAMES


def test_without_power_every_led_is_off() -> None:
    assert set(shown(factory_module(SERIAL), 0.0)) == {OFF}


def test_start_up_is_seen() -> None:
    state = power_on(factory_module(SERIAL), 1.0).state
    assert shown(state, 1.0) == (FAST, OFF, ON, OFF, OFF, OFF, OFF, OFF)


def test_a_zone_led_follows_its_relay_not_its_setting() -> None:
    bench = started()
    bench.take(set_zones(bench.state, {ZoneNumber(2): True}, Cause.LINK_COMMAND, bench.now))
    assert shown(bench.state, bench.now) == (ON, OFF, ON, OFF, OFF, OFF, OFF, OFF)
    bench.rest()
    assert shown(bench.state, bench.now) == (ON, OFF, ON, OFF, OFF, ON, OFF, OFF)


def test_a_silent_link_is_seen() -> None:
    bench = started()
    assert leds(bench.state, bench.now, False)["link"] is SLOW
    assert leds(bench.state, bench.now, True)["link"] is ON


def test_override_is_seen_and_so_is_what_will_return() -> None:
    forced = (
        OverrideAction.ON,
        OverrideAction.OFF,
        OverrideAction.OFF,
        OverrideAction.UNAFFECTED,
    )
    memory = Memory(settings=(False, True, False, True), program=Program(override_actions=forced))
    bench = started(memory)
    bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
    bench.rest()
    assert shown(bench.state, bench.now) == (ON, OFF, ON, ON, SLOW, FLASH, OFF, SLOW)


@pytest.mark.requirement("E7")
def test_identifying_flashes_the_zone_and_prog_leds_for_its_time() -> None:
    bench = started(Memory(settings=(True, False, True, False)))
    bench.take(identify(bench.state, 10.0, bench.now))
    assert shown(bench.state, bench.now + 9.9) == (ON, FAST, ON, OFF, FAST, FAST, FAST, FAST)
    assert shown(bench.state, bench.now + 10.0) == (ON, OFF, ON, OFF, ON, OFF, ON, OFF)


@pytest.mark.requirement("B4", "E7")
def test_the_prog_led_answers_its_button() -> None:
    bench = started()
    bench.take(press_prog_button(bench.state, bench.now))
    assert leds(bench.state, bench.now + 0.9 * ANNOUNCE_SHOWN_S, True)["prog"] is ON
    assert leds(bench.state, bench.now + ANNOUNCE_SHOWN_S, True)["prog"] is OFF
    bench.take(identify(bench.state, 10.0, bench.now))
    assert leds(bench.state, bench.now, True)["prog"] is FAST
    bench.take(power_off(bench.state, bench.now))
    bench.take(power_on(bench.state, bench.now))
    assert leds(bench.state, bench.now, True)["prog"] is OFF


def test_every_row_of_the_table_is_needed() -> None:
    """Each row is the first to hold in some state: none is dead."""
    started_states: list[ModuleState] = []
    for settings, is_open, action in itertools.product(
        [(False,) * 4, (True,) * 4], [False, True], OverrideAction
    ):
        memory = Memory(settings=settings, program=Program(override_actions=(action,) * 4))
        bench = started(memory)
        if is_open:
            bench.take(move_cci(bench.state, ContactState.OPEN, bench.now))
            bench.rest()
        started_states.append(bench.state)
    now = 2000.0
    states = [factory_module(SERIAL), power_on(factory_module(SERIAL), now).state]
    states += started_states
    states += [replace(state, identify_until=now + 1) for state in started_states]
    states += [replace(state, announced_at=now) for state in started_states]
    seen = {
        (name.split("_")[0], pattern)
        for state, link in itertools.product(states, [False, True])
        for name, pattern in leds(state, now, link).items()
    }
    assert seen == {(row.led, row.pattern) for row in LED_TABLE}


def test_the_last_row_of_each_led_always_holds() -> None:
    for led in ("power", "prog", "link", "override", "zone"):
        assert [row for row in LED_TABLE if row.led == led][-1].when.startswith("otherwise")


def test_patterns_can_be_told_apart_by_their_times() -> None:
    times = {(pattern.on_s, pattern.period_s) for pattern in LedPattern if pattern.period_s}
    assert len(times) == 3
    assert all(0 < on_s < period_s for on_s, period_s in times)
    assert (OFF.on_s, OFF.period_s, ON.on_s, ON.period_s) == (0, 0, 0, 0)
