"""What people, contacts, commands and the mains do to a module."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from dpm_core.errors import InvalidZone, UnsupportedSetting
from dpm_core.model import (
    ALL_OFF,
    ALL_ON,
    IDENTIFY_MAX_S,
    START_UP_S,
    ZONES,
    Announced,
    Cause,
    CciChanged,
    Cco,
    CcoAction,
    CcoChanged,
    CcoType,
    ContactState,
    Event,
    IdentifyEnded,
    IdentifyStarted,
    Memory,
    ModuleState,
    OverrideAction,
    OverrideEntered,
    OverrideLeft,
    PowerDown,
    PowerUp,
    Program,
    Refusal,
    Transition,
    ZoneButtonPressed,
    ZoneNumber,
    ZonesSettled,
    ZoneSwitched,
    advance,
    decode_memory,
    encode_memory,
    factory_module,
    identify,
    move_cci,
    next_due,
    power_off,
    power_on,
    press_prog_button,
    press_zone_button,
    set_cco,
    set_zones,
    with_memory,
)
from tests.dpm_core.model.running import SERIAL, Bench, started

OPEN, CLOSED = ContactState.OPEN, ContactState.CLOSED
ONE, TWO, THREE, FOUR = ZONES
MIXED = (True, False, True, False)
OVERRIDE_MIX = (
    OverrideAction.OFF,
    OverrideAction.UNAFFECTED,
    OverrideAction.UNAFFECTED,
    OverrideAction.ON,
)
UNPOWERED = factory_module(SERIAL)
STARTING = power_on(UNPOWERED, 1.0).state

Control = Callable[[ModuleState, float], Transition]
CONTROLS: dict[str, Control] = {
    "button": lambda state, now: press_zone_button(state, 2, now),
    "link": lambda state, now: set_zones(state, {TWO: True}, Cause.LINK_COMMAND, now),
    "group": lambda state, now: set_zones(state, {ONE: False}, Cause.GROUP, now),
    "wallstation": lambda state, now: set_zones(state, {THREE: False}, Cause.WALLSTATION, now),
    "cco open": lambda state, now: set_cco(state, CcoAction.OPEN, None, now),
    "cco close": lambda state, now: set_cco(state, CcoAction.CLOSE, None, now),
    "cco pulse": lambda state, now: set_cco(state, CcoAction.PULSE, 1.0, now),
    "cco end": lambda state, now: set_cco(state, CcoAction.END_PULSE, None, now),
}


def in_override(memory: Memory | None = None) -> Bench:
    bench = started(memory)
    bench.take(move_cci(bench.state, OPEN, bench.now))
    bench.rest()
    bench.told()
    return bench


def without_mechanics(events: list[Event]) -> list[Event]:
    """Leave out the single relay movements: only that they happened is told here."""
    return [event for event in events if not hasattr(event, "error_us")]


# --- zones ------------------------------------------------------------------------------


@pytest.mark.requirement("A1", "A2")
@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_is_switched_by_its_own_relay_and_off_is_open(zone: ZoneNumber) -> None:
    bench = started()
    bench.take(set_zones(bench.state, {zone: True}, Cause.LINK_COMMAND, bench.now))
    bench.rest()
    assert bench.state.zones == tuple(other == zone for other in ZONES)
    bench.take(set_zones(bench.state, {zone: False}, Cause.LINK_COMMAND, bench.now))
    bench.rest()
    assert not any(relay.is_closed for relay in bench.state.relays)


def test_several_zones_switch_together_and_are_told_once() -> None:
    bench = started(Memory(settings=MIXED))
    bench.take(set_zones(bench.state, {ONE: False, FOUR: True}, Cause.GROUP, bench.now))
    bench.rest()
    told = without_mechanics(bench.told())
    assert set(told[:2]) == {
        ZoneSwitched(ONE, False, Cause.GROUP),
        ZoneSwitched(FOUR, True, Cause.GROUP),
    }
    assert told[2:] == [
        ZonesSettled(Cause.GROUP, (False, False, True, True), (True, False, False, True))
    ]


def test_a_zone_that_is_there_already_changes_nothing() -> None:
    bench = started(Memory(settings=MIXED))
    for zones in ({ONE: True}, {TWO: False, THREE: True}, {}):
        transition = set_zones(bench.state, zones, Cause.LINK_COMMAND, bench.now)
        assert transition == Transition(bench.state)
        assert transition.state is bench.state


@pytest.mark.requirement("A1")
@pytest.mark.parametrize("zone", [0, 5, True, 1.0])
def test_there_is_no_fifth_zone_to_switch(zone: ZoneNumber) -> None:
    state = started().state
    with pytest.raises(InvalidZone):
        set_zones(state, {zone: True}, Cause.LINK_COMMAND, 1.0)
    with pytest.raises(InvalidZone):
        press_zone_button(state, zone, 1.0)


@pytest.mark.parametrize("cause", [Cause.QUERY, Cause.CCI, Cause.POWER_UP])
def test_only_what_commands_zones_may_be_the_cause_of_a_command(cause: Cause) -> None:
    with pytest.raises(UnsupportedSetting, match="cause"):
        set_zones(started().state, {ONE: True}, cause, 1.0)


def test_no_relay_moves_before_the_caller_has_written_the_memory() -> None:
    """The order that a `Transition` asks for: write, answer, then `advance`."""
    bench = started()
    transition = set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now)
    assert transition.state.memory.settings == (True, False, False, False)
    assert not transition.state.is_any_relay_moving
    assert next_due(transition.state) == bench.now
    assert advance(transition.state, bench.now).state.is_any_relay_moving


# --- zone buttons and the Prog. button --------------------------------------------------


@pytest.mark.requirement("B1")
def test_a_zone_button_toggles_its_zone_and_the_link_hears_of_it() -> None:
    bench = started()
    for is_on in (True, False, True):
        bench.take(press_zone_button(bench.state, 2, bench.now))
        bench.rest()
        zones = (False, is_on, False, False)
        assert bench.state.zones == bench.state.saved == zones
        assert without_mechanics(bench.told()) == [
            ZoneButtonPressed(TWO),
            ZoneSwitched(TWO, is_on, Cause.ZONE_BUTTON),
            ZonesSettled(Cause.ZONE_BUTTON, zones, (False, True, False, False)),
        ]


@pytest.mark.requirement("B1")
def test_two_quick_presses_come_back_to_where_it_was() -> None:
    bench = started()
    bench.take(press_zone_button(bench.state, 1, bench.now))
    bench.wait(0.012)
    bench.take(press_zone_button(bench.state, 1, bench.now))
    bench.rest()
    assert bench.state.zones == bench.state.saved == ALL_OFF


@pytest.mark.requirement("B4")
def test_the_prog_button_announces_the_module_in_override_too() -> None:
    for bench in (started(), in_override()):
        transition = press_prog_button(bench.state, bench.now)
        assert transition.events == (Announced(),)
        assert replace(transition.state, announced_at=None) == bench.state


# --- override ---------------------------------------------------------------------------


@pytest.mark.requirement("C1", "C2", "C5")
def test_opening_the_cci_switches_all_zones_on_and_closing_it_puts_them_back() -> None:
    bench = started(Memory(settings=MIXED))
    bench.take(move_cci(bench.state, OPEN, bench.now))
    bench.rest()
    told = without_mechanics(bench.told())
    assert told[:2] == [CciChanged(OPEN), OverrideEntered(ALL_ON, Cause.CCI)]
    assert set(told[2:4]) == {
        ZoneSwitched(TWO, True, Cause.CCI),
        ZoneSwitched(FOUR, True, Cause.CCI),
    }
    assert told[4:] == [ZonesSettled(Cause.CCI, (True,) * 4, (False, True, False, True))]
    assert bench.state.zones == (True,) * 4
    bench.take(move_cci(bench.state, CLOSED, bench.now))
    bench.rest()
    told = without_mechanics(bench.told())
    assert told[:2] == [CciChanged(CLOSED), OverrideLeft(Cause.CCI)]
    assert told[4:] == [ZonesSettled(Cause.CCI, MIXED, (False, True, False, True))]
    assert bench.state.zones == MIXED


@pytest.mark.requirement("C3", "C5")
def test_each_zone_does_what_it_was_programmed_to_do_in_override() -> None:
    bench = in_override(Memory(settings=MIXED, program=Program(override_actions=OVERRIDE_MIX)))
    assert bench.state.zones == (False, False, True, True)
    bench.take(move_cci(bench.state, CLOSED, bench.now))
    bench.rest()
    assert bench.state.zones == MIXED


def test_override_is_told_once_although_no_contact_has_to_move() -> None:
    bench = started(Memory(settings=(True,) * 4))
    for contact, what in (
        (OPEN, OverrideEntered(ALL_ON, Cause.CCI)),
        (CLOSED, OverrideLeft(Cause.CCI)),
    ):
        bench.take(move_cci(bench.state, contact, bench.now))
        bench.rest()
        assert bench.told() == [
            CciChanged(contact),
            what,
            ZonesSettled(Cause.CCI, (True,) * 4, ALL_OFF),
        ]


@pytest.mark.requirement("C4", "B2", "D5")
@pytest.mark.parametrize("control", CONTROLS.values(), ids=CONTROLS)
@pytest.mark.parametrize("cco", [Cco(), Cco(True), Cco(True, 1e9)], ids=["open", "closed", "pulse"])
def test_in_override_a_control_changes_nothing_at_all(control: Control, cco: Cco) -> None:
    bench = in_override(Memory(settings=MIXED))
    state = replace(bench.state, cco=cco)
    transition = control(state, bench.now)
    assert transition.state is state
    assert transition.events == ()
    assert transition.refusal is Refusal.OVERRIDE


@pytest.mark.requirement("C4", "B2")
@pytest.mark.parametrize("control", CONTROLS.values(), ids=CONTROLS)
def test_what_was_refused_in_override_is_not_done_later(control: Control) -> None:
    asked, spared = in_override(Memory(settings=MIXED)), in_override(Memory(settings=MIXED))
    for bench in (asked, spared):
        if bench is asked:
            bench.take(control(bench.state, bench.now))
        bench.take(move_cci(bench.state, CLOSED, bench.now))
        bench.rest()
    assert asked.state == spared.state
    assert asked.events == spared.events


@pytest.mark.requirement("C4")
def test_override_is_said_before_a_bad_value_is() -> None:
    bench = in_override()
    transition = set_cco(bench.state, CcoAction.PULSE, 99.0, bench.now)
    assert transition.refusal is Refusal.OVERRIDE


@pytest.mark.requirement("C4")
def test_a_control_that_comes_when_override_is_due_is_refused() -> None:
    bench = started()
    bench.take(move_cci(bench.state, OPEN, bench.now))
    late = bench.now + 0.06
    transition = bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, late))
    assert transition.refusal is Refusal.OVERRIDE
    assert transition.events == (CciChanged(OPEN), OverrideEntered(ALL_ON, Cause.CCI))
    assert bench.state.saved == ALL_OFF
    assert next_due(bench.state) <= late  # type: ignore[operator]  # the relays wait


LATE: dict[str, Control] = {
    **CONTROLS,
    "cci": lambda state, now: move_cci(state, CLOSED, now),
    "power off": power_off,
    "identify": lambda state, now: identify(state, 10.0, now),
    "Prog. button": press_prog_button,
}


@pytest.mark.parametrize("act", LATE.values(), ids=LATE)
def test_whatever_comes_finds_done_what_was_due_before(act: Control) -> None:
    bench = started()
    bench.take(move_cci(bench.state, OPEN, bench.now))
    transition = act(bench.state, bench.now + 0.06)
    assert transition.events[:2] == (CciChanged(OPEN), OverrideEntered(ALL_ON, Cause.CCI))
    assert transition.state.memory.cci_openings == 1


@pytest.mark.requirement("A4")
def test_a_contact_that_moved_before_the_power_failed_is_counted() -> None:
    bench = started()
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    moves_at = next_due(bench.state)
    assert moves_at is not None
    assert power_off(bench.state, moves_at - 1e-6).state.cycles == (0, 0, 0, 0)
    assert power_off(bench.state, moves_at).state.cycles == (1, 0, 0, 0)


@pytest.mark.requirement("C10")
@pytest.mark.parametrize("start", [CLOSED, OPEN])
def test_a_bounce_is_no_change(start: ContactState) -> None:
    bench = started() if start is CLOSED else in_override()
    other = OPEN if start is CLOSED else CLOSED
    before = bench.state
    for _ in range(5):
        bench.take(move_cci(bench.state, other, bench.now))
        bench.wait(0.049)
        bench.take(move_cci(bench.state, start, bench.now))
        bench.wait(0.2)
    assert bench.state == before
    assert bench.told() == []


@pytest.mark.requirement("C10")
def test_the_change_counts_when_the_debounce_time_is_over() -> None:
    bench = started()
    bench.take(move_cci(bench.state, OPEN, bench.now))
    assert next_due(bench.state) == bench.now + 0.05
    bench.wait(0.0501)
    assert [type(event) for event in bench.told()] == [CciChanged, OverrideEntered]


@pytest.mark.requirement("C10")
def test_without_a_debounce_time_every_change_counts_at_once() -> None:
    bench = started(Memory(program=Program(cci_debounce_s=0)))
    for contact in (OPEN, CLOSED):
        transition = bench.take(move_cci(bench.state, contact, bench.now))
        assert transition.events[0] == CciChanged(contact)
        assert transition.state.in_override is (contact is OPEN)
        bench.rest()


def test_a_contact_that_stays_where_it_is_changes_nothing() -> None:
    bench = started()
    assert move_cci(bench.state, CLOSED, bench.now).state is bench.state


def test_openings_of_the_cci_are_counted_and_remembered() -> None:
    bench = started()
    for count in (1, 2):
        bench.take(move_cci(bench.state, OPEN, bench.now))
        bench.rest()
        bench.take(move_cci(bench.state, CLOSED, bench.now))
        bench.rest()
        assert bench.state.memory.cci_openings == count


# --- CCO --------------------------------------------------------------------------------


@pytest.mark.requirement("D2")
@pytest.mark.parametrize("cco_type", CcoType)
@pytest.mark.parametrize(("pulse_s", "lasts_s"), [(None, 0.5), (0.1, 0.1), (60.0, 60.0)])
def test_a_pulse_closes_the_cco_and_opens_it_by_itself(
    cco_type: CcoType, pulse_s: float | None, lasts_s: float
) -> None:
    bench = started(Memory(program=Program(cco_type=cco_type)))
    start = bench.now
    transition = bench.take(set_cco(bench.state, CcoAction.PULSE, pulse_s, start))
    assert transition.events == (CcoChanged(True),)
    assert bench.state.cco.is_closed
    assert next_due(bench.state) == start + lasts_s
    bench.rest()
    assert bench.now == start + lasts_s
    assert bench.state.cco == Cco()
    assert bench.told() == [CcoChanged(True), CcoChanged(False)]
    assert bench.state.memory.cco_operations == 2


@pytest.mark.requirement("D2")
def test_a_pulse_during_a_pulse_restarts_its_time() -> None:
    bench = started()
    bench.take(set_cco(bench.state, CcoAction.PULSE, None, bench.now))
    bench.wait(0.4)
    bench.take(set_cco(bench.state, CcoAction.PULSE, None, bench.now))
    again = bench.now
    bench.rest()
    assert bench.now == again + 0.5
    assert bench.told() == [CcoChanged(True), CcoChanged(False)]


@pytest.mark.requirement("D2")
def test_maintained_the_cco_stays_as_told() -> None:
    bench = started()
    for action, is_closed, told in (
        (CcoAction.CLOSE, True, [CcoChanged(True)]),
        (CcoAction.CLOSE, True, []),
        (CcoAction.END_PULSE, True, []),
        (CcoAction.OPEN, False, [CcoChanged(False)]),
        (CcoAction.END_PULSE, False, []),
        (CcoAction.OPEN, False, []),
    ):
        bench.take(set_cco(bench.state, action, None, bench.now))
        bench.wait(1000.0)
        assert bench.state.cco.is_closed is is_closed
        assert bench.told() == told
    assert bench.state.memory.cco_operations == 2


@pytest.mark.requirement("D2")
def test_closing_during_a_pulse_keeps_it_closed_and_ending_the_pulse_opens_it() -> None:
    bench = started()
    bench.take(set_cco(bench.state, CcoAction.PULSE, None, bench.now))
    bench.take(set_cco(bench.state, CcoAction.CLOSE, None, bench.now))
    bench.wait(1.0)
    assert bench.state.cco == Cco(True)
    bench.take(set_cco(bench.state, CcoAction.PULSE, None, bench.now))
    bench.take(set_cco(bench.state, CcoAction.END_PULSE, None, bench.now))
    assert bench.state.cco == Cco(False)


@pytest.mark.requirement("D2")
@pytest.mark.parametrize("pulse_s", [0.0, 0.09, 60.01, 0.123, -1.0, math.nan])
def test_a_pulse_that_cannot_be_is_refused(pulse_s: float) -> None:
    bench = started()
    transition = set_cco(bench.state, CcoAction.PULSE, pulse_s, bench.now)
    assert transition == Transition(bench.state, (), Refusal.BAD_VALUE)


@pytest.mark.requirement("D5")
def test_override_leaves_the_cco_alone_and_a_running_pulse_still_ends() -> None:
    bench = started()
    bench.take(set_cco(bench.state, CcoAction.CLOSE, None, bench.now))
    bench.take(move_cci(bench.state, OPEN, bench.now))
    bench.rest()
    assert bench.state.cco == Cco(True)
    bench = started()
    bench.take(set_cco(bench.state, CcoAction.PULSE, None, bench.now))
    bench.take(move_cci(bench.state, OPEN, bench.now))
    bench.wait(0.3)
    assert bench.state.in_override
    assert bench.state.cco.is_closed
    bench.wait(0.3)
    assert bench.state.cco == Cco()
    assert bench.told()[-1] == CcoChanged(False)


# --- identify ---------------------------------------------------------------------------


@pytest.mark.requirement("E7", "C4")
def test_identify_flashes_for_its_time_in_override_too() -> None:
    for bench in (started(), in_override()):
        before, start = bench.state, bench.now
        bench.take(identify(bench.state, 10.0, bench.now))
        assert bench.told() == [IdentifyStarted()]
        bench.wait(5.0)
        bench.take(identify(bench.state, 10.0, bench.now))
        bench.rest()
        assert bench.now == pytest.approx(start + 15.0)
        assert bench.told() == [IdentifyEnded()]
        assert bench.state == before


@pytest.mark.requirement("E7")
def test_identify_stops_when_told() -> None:
    bench = started()
    before = bench.state
    bench.take(identify(bench.state, 0, bench.now))
    assert bench.told() == []
    bench.take(identify(bench.state, 10.0, bench.now))
    bench.take(identify(bench.state, 0, bench.now))
    assert bench.told() == [IdentifyStarted(), IdentifyEnded()]
    assert bench.state == before


@pytest.mark.parametrize("duration_s", [-1.0, IDENTIFY_MAX_S + 1, math.nan, math.inf])
def test_identify_lasts_an_hour_at_most(duration_s: float) -> None:
    bench = started()
    transition = identify(bench.state, duration_s, bench.now)
    assert transition == Transition(bench.state, (), Refusal.BAD_VALUE)


# --- power ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        *CONTROLS.values(),
        lambda state, now: identify(state, 10.0, now),
        press_prog_button,
    ],
)
@pytest.mark.parametrize("state", [UNPOWERED, STARTING], ids=["unpowered", "starting"])
def test_a_module_that_does_not_run_does_nothing_and_says_nothing(
    act: Control, state: ModuleState
) -> None:
    transition = act(state, 1.001)
    assert transition == Transition(state)
    assert transition.state is state


@pytest.mark.requirement("A8")
def test_a_first_power_up_is_no_restoration() -> None:
    bench = Bench(UNPOWERED)
    start = bench.now
    bench.take(power_on(bench.state, start))
    assert bench.told() == []
    assert next_due(bench.state) == start + START_UP_S
    bench.rest()
    assert bench.told() == [PowerUp(False), ZonesSettled(Cause.POWER_UP, ALL_OFF, ALL_OFF)]
    assert not bench.state.was_restored


@pytest.mark.requirement("A8", "A4")
def test_after_an_outage_the_zones_return_to_the_settings_from_before() -> None:
    bench = started()
    bench.take(set_zones(bench.state, {ONE: True, THREE: True}, Cause.GROUP, bench.now))
    bench.rest()
    assert bench.state.cycles == (1, 0, 1, 0)
    bench.told()
    bench.take(power_off(bench.state, bench.now))
    assert bench.told() == [PowerDown()]
    assert bench.state.zones == ALL_OFF
    assert bench.state.cycles == (1, 0, 1, 0), "the release by power loss is not counted"
    assert next_due(bench.state) is None
    bench.now += 3600
    bench.take(power_on(bench.state, bench.now))
    bench.rest()
    assert bench.state.zones == MIXED
    assert bench.state.cycles == (2, 0, 2, 0), "the closing at power-up is counted"
    assert bench.state.was_restored
    told = without_mechanics(bench.told())
    assert told[0] == PowerUp(True)
    assert set(told[1:3]) == {
        ZoneSwitched(ONE, True, Cause.POWER_UP),
        ZoneSwitched(THREE, True, Cause.POWER_UP),
    }
    assert told[3:] == [ZonesSettled(Cause.POWER_UP, MIXED, MIXED)]


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("memory", [Memory(), Memory(settings=MIXED)])
def test_restored_means_found_in_memory_until_something_changes(memory: Memory) -> None:
    changes: list[Control] = [
        lambda state, now: set_zones(state, {TWO: True}, Cause.LINK_COMMAND, now),
        lambda state, now: press_zone_button(state, 1, now),
        lambda state, now: move_cci(state, OPEN, now),
    ]
    for change in changes:
        bench = started(memory)
        unchanged = bench.take(set_zones(bench.state, {TWO: False}, Cause.GROUP, bench.now))
        assert unchanged.state.was_restored
        assert not power_off(bench.state, bench.now).state.was_restored
        bench.take(change(bench.state, bench.now))
        bench.rest()
        assert not bench.state.was_restored


@pytest.mark.requirement("C6")
@pytest.mark.parametrize("was_in_override", [False, True])
@pytest.mark.parametrize("contact", ContactState)
def test_a_module_powers_up_by_its_cci_alone(was_in_override: bool, contact: ContactState) -> None:
    bench = started(Memory(settings=MIXED))
    if was_in_override:
        bench.take(move_cci(bench.state, OPEN, bench.now))
        bench.rest()
    bench.take(power_off(bench.state, bench.now))
    bench.take(move_cci(bench.state, contact, bench.now + 1))
    bench.told()
    bench.take(power_on(bench.state, bench.now + 2))
    bench.rest()
    told = without_mechanics(bench.told())
    assert told[0] == PowerUp(True)
    if contact is OPEN:
        assert told[1] == OverrideEntered(ALL_ON, Cause.POWER_UP)
        assert bench.state.zones == (True,) * 4
        bench.take(move_cci(bench.state, CLOSED, bench.now))
        bench.rest()
    assert not bench.state.in_override
    assert bench.state.zones == MIXED
    assert told[-1].cause is Cause.POWER_UP  # type: ignore[union-attr]  # ZonesSettled
    assert len([event for event in told if isinstance(event, ZonesSettled)]) == 1


@pytest.mark.requirement("C6")
def test_a_cci_that_moves_during_start_up_is_read_at_its_end_without_debounce() -> None:
    bench = Bench(UNPOWERED)
    bench.take(power_on(bench.state, bench.now))
    bench.take(move_cci(bench.state, OPEN, bench.now + START_UP_S / 2))
    assert not bench.state.in_override
    bench.wait(START_UP_S * 1.01)
    assert bench.told() == [PowerUp(False), OverrideEntered(ALL_ON, Cause.POWER_UP)]


def test_without_power_the_contact_only_moves() -> None:
    transition = move_cci(UNPOWERED, OPEN, 1.0)
    assert transition.events == ()
    assert transition.state.cci.contact is OPEN
    assert next_due(transition.state) is None
    assert not transition.state.in_override
    assert move_cci(transition.state, CLOSED, 2.0).state == UNPOWERED


@pytest.mark.requirement("D3")
@pytest.mark.parametrize("action", [CcoAction.CLOSE, CcoAction.PULSE])
def test_losing_power_opens_the_cco_and_power_does_not_close_it_again(action: CcoAction) -> None:
    bench = started()
    bench.take(set_cco(bench.state, action, None, bench.now))
    bench.take(power_off(bench.state, bench.now + 0.1))
    assert bench.state.cco == Cco()
    assert bench.state.memory.cco_operations == 1
    bench.take(power_on(bench.state, bench.now + 0.2))
    bench.rest()
    assert bench.state.cco == Cco()
    assert bench.told() == [
        CcoChanged(True),
        PowerDown(),
        PowerUp(True),
        ZonesSettled(Cause.POWER_UP, ALL_OFF, ALL_OFF),
    ]


def test_power_that_is_there_cannot_come_and_power_that_is_not_cannot_go() -> None:
    bench = started()
    assert power_on(bench.state, bench.now).state is bench.state
    assert power_on(STARTING, 1.001).state is STARTING
    assert power_off(UNPOWERED, 1.0) == Transition(UNPOWERED)


@pytest.mark.requirement("A8", "A4")
@pytest.mark.parametrize("step", range(40))
def test_power_may_fail_at_any_instant_and_nothing_is_lost(step: int) -> None:
    """The memory is written before the relays start, so at each instant it is the whole truth."""
    bench = started(Memory(settings=MIXED))
    bench.take(set_zones(bench.state, {ONE: False, TWO: True}, Cause.LINK_COMMAND, bench.now))
    bench.wait(step * 0.001)
    moved = bench.state.cycles
    bench.take(power_off(bench.state, bench.now))
    kept = encode_memory(SERIAL, bench.state.memory)
    after = Bench(with_memory(factory_module(SERIAL), decode_memory(SERIAL, kept)))
    after.take(power_on(after.state, after.now))
    assert after.state.cycles == moved
    after.rest()
    assert after.state.zones == (False, True, True, False)
    assert all(later >= before for later, before in zip(after.state.cycles, moved, strict=True))
    assert after.state.was_restored


@pytest.mark.requirement("A8", "C6")
def test_power_that_fails_in_override_leaves_the_settings_from_before_it() -> None:
    bench = in_override(Memory(settings=MIXED))
    bench.take(power_off(bench.state, bench.now))
    kept = decode_memory(SERIAL, encode_memory(SERIAL, bench.state.memory))
    assert kept.settings == MIXED
    assert started(kept).state.zones == MIXED


@pytest.mark.requirement("A4")
def test_every_movement_under_control_counts_once() -> None:
    bench = in_override(Memory(settings=MIXED, relay_operations=(10, 20, 30, 40)))
    assert bench.state.cycles == (11, 21, 31, 41), "1 and 3 at power-up, 2 and 4 by override"
    bench.take(move_cci(bench.state, CLOSED, bench.now))
    bench.rest()
    assert bench.state.cycles == (11, 22, 31, 42)
    bench.take(press_zone_button(bench.state, 1, bench.now))
    bench.rest()
    assert bench.state.cycles == (12, 22, 31, 42)
