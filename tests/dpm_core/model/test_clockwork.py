"""What a module does by itself: in order, however late it is called, and always getting on."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.model import (
    ALL_OFF,
    ERROR_BOUND_US,
    FINISH_MAX_S,
    REPORT_LATEST_S,
    START_UP_S,
    ZONES,
    Cause,
    CciChanged,
    CcoAction,
    ContactState,
    Event,
    Mains,
    Memory,
    OverrideEntered,
    OverrideLeft,
    Program,
    RelayMoved,
    SerialNumber,
    ZonesSettled,
    ZoneSwitched,
    advance,
    factory_module,
    identify,
    move_cci,
    next_due,
    power_on,
    press_zone_button,
    set_cco,
    set_zones,
    with_memory,
)
from tests.dpm_core.model.running import SERIAL, Bench, started

OPEN, CLOSED = ContactState.OPEN, ContactState.CLOSED
ONE, TWO, THREE, FOUR = ZONES
ALL_ZONES_ON = dict.fromkeys(ZONES, True)
ALL_ZONES_OFF = dict.fromkeys(ZONES, False)
BOTH_MAINS = [Mains(50.0, 0.0031), Mains(60.0, 0.0017)]


def reports(events: list[Event]) -> list[ZonesSettled]:
    return [event for event in events if isinstance(event, ZonesSettled)]


def test_a_module_that_rests_has_nothing_due_and_does_nothing() -> None:
    bench = started()
    assert next_due(bench.state) is None
    transition = advance(bench.state, bench.now + 1e6)
    assert transition.state is bench.state
    assert transition.events == ()
    unpowered = factory_module(SERIAL)
    assert next_due(unpowered) is None
    assert advance(unpowered, 1.0).state is unpowered


@pytest.mark.requirement("A3")
@pytest.mark.parametrize("mains", BOTH_MAINS, ids=["50 Hz", "60 Hz"])
@pytest.mark.parametrize("is_aged", [False, True])
def test_all_relays_finish_within_the_limit_learned_or_not(mains: Mains, is_aged: bool) -> None:
    memory = Memory(relay_operations=(10**6,) * 4 if is_aged else (0,) * 4)
    for serial, step in itertools.product((1, 0x00A1B2C3, 99), range(25)):
        bench = started(memory, mains=mains, serial=SerialNumber(serial))
        bench.wait(step * 0.0005)
        for zones in (ALL_ZONES_ON, ALL_ZONES_OFF, ALL_ZONES_ON):
            cause_at = bench.now
            bench.take(set_zones(bench.state, zones, Cause.GROUP, bench.now))
            bench.rest()
            assert bench.now - cause_at < FINISH_MAX_S
            bench.wait(0.0023)


@pytest.mark.requirement("A3")
@pytest.mark.parametrize("mains", BOTH_MAINS, ids=["50 Hz", "60 Hz"])
def test_a_cause_that_meets_a_relay_in_motion_is_done_within_the_limit_too(mains: Mains) -> None:
    for first, step in itertools.product((True, False), range(60)):
        bench = started(Memory(settings=(not first,) * 4), mains=mains)
        bench.take(set_zones(bench.state, dict.fromkeys(ZONES, first), Cause.GROUP, bench.now))
        bench.wait(step * 0.0004)
        cause_at = bench.now
        bench.take(set_zones(bench.state, dict.fromkeys(ZONES, not first), Cause.GROUP, cause_at))
        bench.rest()
        assert bench.now - cause_at < FINISH_MAX_S
        assert bench.state.zones == (not first,) * 4


@pytest.mark.requirement("A3", "A8")
@pytest.mark.parametrize("mains", BOTH_MAINS, ids=["50 Hz", "60 Hz"])
def test_power_up_is_done_within_the_limit_too(mains: Mains) -> None:
    for step in range(50):
        module = factory_module(SERIAL, mains=mains)
        bench = Bench(with_memory(module, Memory(settings=(True,) * 4)))
        bench.now += step * 0.0005
        start = bench.now
        bench.take(power_on(bench.state, start))
        bench.rest()
        assert bench.now - start < FINISH_MAX_S
    assert START_UP_S < 0.020


@pytest.mark.requirement("A3")
@pytest.mark.parametrize("mains", BOTH_MAINS, ids=["50 Hz", "60 Hz"])
def test_a_module_learns_its_relays_and_keeps_what_it_learned(mains: Mains) -> None:
    bench = started(mains=mains)
    errors: list[float] = []
    for press in range(40):
        bench.take(press_zone_button(bench.state, 1 + press % 4, bench.now))
        bench.rest()
        bench.wait(0.123)
        errors += [event.error_us for event in bench.told() if isinstance(event, RelayMoved)]
    assert max(map(abs, errors[:4])) > 2 * ERROR_BOUND_US
    assert max(map(abs, errors[8:])) < ERROR_BOUND_US
    again = started(bench.state.memory, mains=mains)
    again.take(set_zones(again.state, ALL_ZONES_ON, Cause.GROUP, again.now))
    again.rest()
    for reading in again.state.zero_cross:
        assert reading.last_error_us is not None
        assert abs(reading.last_error_us) < ERROR_BOUND_US


@pytest.mark.requirement("A3")
def test_the_plan_depends_on_what_was_learned_and_on_nothing_hidden() -> None:
    plans = set()
    for seed in range(5):
        bench = started(relay_seed=seed)
        bench.take(set_zones(bench.state, {ONE: True}, Cause.GROUP, 2000.0))
        motion = advance(bench.state, 2000.0).state.relays[0].motion
        assert motion is not None
        plans.add((motion.plan, motion.moves_at))
    assert len({plan for plan, _ in plans}) == 1
    assert len({moves_at for _, moves_at in plans}) == 5


def test_a_movement_whose_coil_has_no_order_yet_can_be_taken_back() -> None:
    bench = started()
    bench.take(set_zones(bench.state, ALL_ZONES_ON, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    coils = [relay.motion.plan.coil_at for relay in bench.state.relays if relay.motion]
    bench.wait((min(coils) - bench.now) / 2)
    bench.take(set_zones(bench.state, ALL_ZONES_OFF, Cause.LINK_COMMAND, bench.now))
    assert not bench.state.is_any_relay_moving
    bench.rest()
    assert bench.state.cycles == (0, 0, 0, 0)
    assert bench.told() == []


def test_a_movement_whose_coil_has_its_order_goes_on_and_is_then_undone() -> None:
    bench = started()
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    motion = bench.state.relays[0].motion
    assert motion is not None
    bench.wait(motion.plan.coil_at - bench.now + 0.0001)
    bench.take(press_zone_button(bench.state, 1, bench.now))
    bench.rest()
    switched = [event for event in bench.told() if isinstance(event, ZoneSwitched)]
    assert [event.is_on for event in switched] == [True, False]
    assert bench.state.cycles == (2, 0, 0, 0)
    assert bench.state.zones == ALL_OFF


def test_back_and_forth_is_told_with_nothing_changed() -> None:
    bench = started()
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    motion = bench.state.relays[0].motion
    assert motion is not None
    bench.wait(motion.plan.coil_at - bench.now + 0.0001)
    bench.take(set_zones(bench.state, {ONE: False}, Cause.GROUP, bench.now))
    assert bench.state.zones == bench.state.wanted
    assert not bench.state.is_settled, "the contact is still on its way"
    bench.rest()
    assert reports(bench.told()) == [ZonesSettled(Cause.GROUP, ALL_OFF, ALL_OFF)]


def test_a_movement_that_already_goes_the_right_way_is_left_alone() -> None:
    bench = started(Memory(program=Program(cci_debounce_s=0)))
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    planned = bench.state.relays[0]
    bench.take(move_cci(bench.state, OPEN, bench.now))
    assert bench.state.relays[0] == planned
    bench.rest()
    assert bench.state.cycles == (1, 1, 1, 1)


def test_a_waiting_movement_that_override_wants_otherwise_comes_back_when_it_ends() -> None:
    """On, off by override before the coil has its order, on again in time: one movement."""
    bench = started(Memory(program=Program(cci_debounce_s=0)))
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.rest()
    bench.take(press_zone_button(bench.state, 1, bench.now))
    bench.take(advance(bench.state, bench.now))
    bench.take(move_cci(bench.state, OPEN, bench.now))
    assert bench.state.relays[0].motion is None
    bench.rest()
    assert bench.state.zones == (True,) * 4
    assert bench.state.cycles == (1, 1, 1, 1)


def test_zones_that_never_rest_are_told_after_100_ms_all_the_same() -> None:
    bench = started()
    moved_first: float | None = None
    while not reports(bench.events):
        for zone in (ONE, TWO):  # one of the two is always in motion
            if bench.state.relays[zone - 1].motion is None:
                bench.take(press_zone_button(bench.state, zone, bench.now))
                bench.take(advance(bench.state, bench.now))
        due = next_due(bench.state)
        assert due is not None
        bench.now = due
        bench.take(advance(bench.state, due))
        if moved_first is None and any(isinstance(event, RelayMoved) for event in bench.events):
            moved_first = due
    assert moved_first is not None
    assert bench.now == moved_first + REPORT_LATEST_S
    assert bench.state.is_any_relay_moving
    bench.told()
    bench.rest()
    assert len(reports(bench.told())) == 1


def test_what_changed_is_reckoned_from_what_was_told_last() -> None:
    bench = started()
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.rest()
    bench.take(set_zones(bench.state, {TWO: True}, Cause.WALLSTATION, bench.now))
    bench.rest()
    assert [report.changed for report in reports(bench.told())] == [
        (True, False, False, False),
        (False, True, False, False),
    ]


def test_an_entry_and_an_exit_in_one_breath_get_one_report_each() -> None:
    bench = started(Memory(program=Program(cci_debounce_s=0)))
    bench.take(move_cci(bench.state, OPEN, bench.now))
    bench.wait(0.001)
    bench.take(move_cci(bench.state, CLOSED, bench.now))
    bench.rest()
    told = [event for event in bench.told() if not isinstance(event, RelayMoved | ZoneSwitched)]
    assert [type(event) for event in told] == [
        CciChanged,
        OverrideEntered,
        ZonesSettled,
        CciChanged,
        OverrideLeft,
        ZonesSettled,
    ]
    assert bench.state.zones == ALL_OFF


def test_a_late_call_does_everything_in_the_order_of_its_time() -> None:
    bench = started()
    bench.take(identify(bench.state, 0.07, bench.now))
    bench.take(set_cco(bench.state, CcoAction.PULSE, 0.3, bench.now))
    bench.take(move_cci(bench.state, OPEN, bench.now))
    bench.told()
    bench.take(advance(bench.state, bench.now + 5.0))
    assert [type(event).__name__ for event in bench.told()] == [
        "CciChanged",
        "OverrideEntered",
        "IdentifyEnded",
        "CcoChanged",
    ]
    assert bench.state.is_any_relay_moving, "but no coil was given its order in the past"
    due = next_due(bench.state)
    assert due is not None
    assert due > bench.now + 5.0


def test_a_late_call_tells_of_zones_that_rested_before_something_else_came() -> None:
    bench = started()
    bench.take(move_cci(bench.state, OPEN, bench.now))
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    bench.told()
    bench.take(advance(bench.state, bench.now + 0.06))
    told = bench.told()
    settled = ZonesSettled(Cause.LINK_COMMAND, (True, False, False, False), (True, *ALL_OFF[1:]))
    assert told.index(settled) < told.index(CciChanged(OPEN))


def test_a_command_is_due_at_once_whatever_else_is_due_later() -> None:
    bench = started()
    bench.take(set_cco(bench.state, CcoAction.PULSE, 60.0, bench.now))
    assert next_due(bench.state) == bench.now + 60.0
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    assert next_due(bench.state) == bench.now
    bench.wait(0.03)
    assert bench.state.zones == (True, False, False, False)


def test_a_relay_that_must_turn_back_is_not_forgotten_when_a_command_comes_first() -> None:
    bench = started()
    bench.take(set_zones(bench.state, {ONE: True}, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    motion = bench.state.relays[0].motion
    assert motion is not None
    bench.now = motion.plan.coil_at
    bench.take(set_zones(bench.state, {ONE: False}, Cause.LINK_COMMAND, bench.now))
    bench.take(advance(bench.state, bench.now))
    bench.now = motion.moves_at
    bench.take(set_cco(bench.state, CcoAction.CLOSE, None, bench.now))
    assert bench.state.zones == (True, False, False, False)
    assert next_due(bench.state) == bench.now
    bench.rest()
    assert bench.state.zones == ALL_OFF


def test_relays_that_move_at_one_instant_are_all_told() -> None:
    bench = started()
    twin = bench.state.mechanics[0]
    bench.state = replace(bench.state, mechanics=(twin,) * 4)
    bench.take(set_zones(bench.state, ALL_ZONES_ON, Cause.GROUP, bench.now))
    bench.rest()
    moved = [event.zone for event in bench.told() if isinstance(event, RelayMoved)]
    assert moved == list(ZONES)
    assert bench.state.cycles == (1, 1, 1, 1)


ACTS = st.lists(st.sampled_from(["open", "close", "on", "off", "button", "pulse", "identify"]))


@given(
    st.floats(0, 1e300),
    ACTS,
    st.sampled_from([0.0, 0.001, 0.05]),
    st.sampled_from(BOTH_MAINS),
)
def test_advancing_to_what_is_due_next_always_gets_on(
    now: float, acts: list[str], debounce_s: float, mains: Mains
) -> None:
    """However coarse the clock: at 1e300 s no time that can be added changes it any more."""
    memory = Memory(program=Program(cci_debounce_s=debounce_s))
    bench = Bench(with_memory(factory_module(SERIAL, mains=mains), memory), now=now)
    bench.take(power_on(bench.state, now))
    for act in acts:
        if act in {"open", "close"}:
            bench.take(move_cci(bench.state, OPEN if act == "open" else CLOSED, now))
        elif act in {"on", "off"}:
            bench.take(set_zones(bench.state, dict.fromkeys(ZONES, act == "on"), Cause.GROUP, now))
        elif act == "button":
            bench.take(press_zone_button(bench.state, 3, now))
        elif act == "pulse":
            bench.take(set_cco(bench.state, CcoAction.PULSE, 0.1, now))
        else:
            bench.take(identify(bench.state, 1.0, now))
        bench.take(advance(bench.state, now))
    bench.rest()
    assert bench.state.is_settled
    assert bench.state.in_override is (bench.state.cci.contact is OPEN)


@given(
    st.lists(
        st.tuples(st.integers(0, 120), st.sampled_from(["open", "close", "all", "none", "pulse"])),
        max_size=12,
    )
)
def test_after_advance_nothing_that_is_due_is_left(acts: list[tuple[int, str]]) -> None:
    bench = started()
    for wait_ms, act in acts:
        bench.now += wait_ms / 1000
        bench.take(advance(bench.state, bench.now))
        due = next_due(bench.state)
        assert due is None or due > bench.now
        if act in {"open", "close"}:
            contact = OPEN if act == "open" else CLOSED
            bench.take(move_cci(bench.state, contact, bench.now))
        elif act == "pulse":
            bench.take(set_cco(bench.state, CcoAction.PULSE, 0.1, bench.now))
        else:
            zones = dict.fromkeys(ZONES, act == "all")
            bench.take(set_zones(bench.state, zones, Cause.LINK_COMMAND, bench.now))
