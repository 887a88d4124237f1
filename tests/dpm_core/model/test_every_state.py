"""Every state that a module can come to, with every cause, held against the requirements.

The walk starts at a module from the factory and applies each cause to each state that it finds,
until it finds no new one. Two states are the same here when they differ only in counts,
learned delays, names, exact times, and whether the LEDs identify: what is pending is kept, when it
is due is not. Time passes in half steps towards what is due next, so that causes also meet relays
in the middle of their way.

Zones 1 and 2 are commanded; zone 3 stays on and zone 4 off but for manual override and power.

The rules below are written from the requirements, not from the automaton.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import pytest

from dpm_core.model import (
    ALL_OFF,
    ALL_ON,
    ZONES,
    Cause,
    CcoAction,
    ContactState,
    Event,
    FourZones,
    Memory,
    ModuleState,
    OverrideAction,
    OverrideEntered,
    OverrideLeft,
    PowerUp,
    Program,
    Refusal,
    RelayMoved,
    Transition,
    ZoneButtonPressed,
    ZonesSettled,
    advance,
    factory_module,
    identify,
    move_cci,
    next_due,
    power_off,
    power_on,
    press_prog_button,
    press_zone_button,
    program_override,
    set_cco,
    set_zones,
    with_memory,
)
from tests.dpm_core.model.running import SERIAL, Bench

OPEN, CLOSED = ContactState.OPEN, ContactState.CLOSED
ONE, TWO, _, _ = ZONES
MIX = (
    OverrideAction.OFF,
    OverrideAction.UNAFFECTED,
    OverrideAction.OFF,
    OverrideAction.ON,
)
STATES_MIN = 2000
"""Fewer would mean that the walk no longer reaches what it is for."""

Act = Callable[[ModuleState, float], Transition]
Expect = Callable[[FourZones], FourZones]


@dataclass(frozen=True)
class ZoneControl:
    """A control that switches zones.

    Attributes:
        expected: The settings that it makes of the settings, where it acts.
    """

    act: Act
    expected: Expect
    is_button: bool = False


ZONE_CONTROLS = {
    "button 1": ZoneControl(
        lambda state, now: press_zone_button(state, 1, now),
        lambda settings: (not settings[0], *settings[1:]),
        is_button=True,
    ),
    "link: 2 on": ZoneControl(
        lambda state, now: set_zones(state, {TWO: True}, Cause.LINK_COMMAND, now),
        lambda settings: (settings[0], True, *settings[2:]),
    ),
    "group: 1 on, 2 off": ZoneControl(
        lambda state, now: set_zones(state, {ONE: True, TWO: False}, Cause.GROUP, now),
        lambda settings: (True, False, *settings[2:]),
    ),
    "wallstation: 1 off, 2 on": ZoneControl(
        lambda state, now: set_zones(state, {ONE: False, TWO: True}, Cause.WALLSTATION, now),
        lambda settings: (False, True, *settings[2:]),
    ),
}


def cco_control(action: CcoAction) -> Act:
    return lambda state, now: set_cco(state, action, None, now)


CCO_CONTROLS = {action: cco_control(action) for action in CcoAction}

SERVICES: dict[str, Act] = {
    "override: all on": lambda state, _now: program_override(state, ALL_ON),
    "override: mixed": lambda state, _now: program_override(state, MIX),
    "identify": lambda state, now: identify(state, 10.0, now),
    "identify no more": lambda state, now: identify(state, 0, now),
    "Prog. button": press_prog_button,
}


def same(state: ModuleState) -> Hashable:
    """Return what makes two states differ, for this walk."""
    return (
        state.mode,
        state.memory.settings,
        state.memory.program.override_actions,
        state.forced,
        tuple(
            (relay.is_closed, relay.motion and relay.motion.plan.is_closing)
            for relay in state.relays
        ),
        (state.cci.contact, state.cci.accepted, state.cci.accepts_at is None),
        (state.cco.is_closed, state.cco.release_at is None),
        (state.was_restored, state.attend_at is None),
        (state.reporting.is_mode_owed, state.reporting.late_at is None),
    )


def belongs(state: ModuleState) -> FourZones:
    """Return where the zones belong, reckoned here once more."""
    wanted = list(state.memory.settings)
    if state.in_override:
        for position, action in enumerate(state.override.forced):
            if action is not OverrideAction.UNAFFECTED:
                wanted[position] = action is OverrideAction.ON
    return (wanted[0], wanted[1], wanted[2], wanted[3])


# --- the rules --------------------------------------------------------------------------


def hold_always(state: ModuleState) -> None:
    """Hold a state against what is true of every state."""
    assert state.is_powered or (state.zones == ALL_OFF and not state.cco.is_closed)  # A2, D3
    assert state.is_powered or next_due(state) is None
    assert state.cco.normally_open is not state.cco.normally_closed  # D1
    assert state.in_override is (state.is_started and state.cci.accepted is OPEN)  # C1, C6
    assert state.wanted == belongs(state)  # C2, C3
    assert state.saved[2:] == (True, False)  # nothing but a control changes a setting


def hold_zone_control(before: ModuleState, control: ZoneControl, now: float) -> ModuleState:
    """Hold a control of zones against B1, B2, C4 and C5."""
    transition = control.act(before, now)
    after = transition.state
    if before.is_started and not before.in_override:
        assert transition.refusal is None
        assert after.saved == control.expected(before.saved)
        assert transition.events == ((ZoneButtonPressed(ONE),) if control.is_button else ())
        assert (after.cci, after.cco, after.zones) == (before.cci, before.cco, before.zones)
        assert not after.in_override
    else:
        assert after is before
        assert transition.events == ()
        assert transition.refusal is (Refusal.OVERRIDE if before.in_override else None)
    return after


def hold_cco_control(before: ModuleState, action: CcoAction, now: float) -> ModuleState:
    """Hold a control of the CCO against C4, D2 and D5."""
    transition = CCO_CONTROLS[action](before, now)
    after = transition.state
    if before.is_started and not before.in_override:
        assert transition.refusal is None
        is_closed = {
            CcoAction.OPEN: False,
            CcoAction.CLOSE: True,
            CcoAction.PULSE: True,
            CcoAction.END_PULSE: before.cco.is_closed and before.cco.release_at is None,
        }[action]
        assert after.cco.is_closed is is_closed
        assert (after.cco.release_at is not None) is (action is CcoAction.PULSE)
        moved = after.memory.cco_operations - before.memory.cco_operations
        assert moved == len(transition.events) == (is_closed is not before.cco.is_closed)
        assert (after.saved, after.relays, after.cci) == (before.saved, before.relays, before.cci)
    else:
        assert after is before
        assert transition.events == ()
        assert transition.refusal is (Refusal.OVERRIDE if before.in_override else None)
    return after


def hold_service(before: ModuleState, act: Act, now: float) -> ModuleState:
    """Hold reading, identifying and programming against C4: possible, and moving nothing."""
    transition = act(before, now)
    after = transition.state
    assert transition.refusal is None
    assert before.is_started or (after is before and transition.events == ())
    for name in ("mode", "forced", "cci", "cco", "relays", "reporting", "was_restored"):
        assert getattr(after, name) is getattr(before, name)
    assert after.saved == before.saved
    return after


def hold_cci(before: ModuleState, contact: ContactState, now: float) -> ModuleState:
    """Hold a movement of the CCI against C1, C6, C10 and D5."""
    transition = move_cci(before, contact, now)
    after = transition.state
    assert transition.refusal is None
    assert after.cci.contact is contact
    assert (after.saved, after.cco, after.zones) == (before.saved, before.cco, before.zones)
    is_immediate = before.is_started and before.memory.program.cci_debounce_s == 0
    if not is_immediate:
        assert transition.events == ()
        assert after.in_override is before.in_override
    if contact is before.cci.contact:
        assert after is before
    if is_immediate:
        assert after.in_override is (contact is OPEN)
    hold_entry(before, transition)
    return after


def hold_power_off(before: ModuleState, now: float) -> ModuleState:
    """Hold a loss of power against A2, A4, A8, C6 and D3."""
    transition = power_off(before, now)
    after = transition.state
    assert not after.is_powered
    assert not after.in_override
    assert after.memory is before.memory
    assert after.cci.contact is before.cci.contact
    assert len(transition.events) == before.is_powered
    return after


def hold_power_on(before: ModuleState, now: float) -> ModuleState:
    """Hold power that comes against C6 and D3."""
    transition = power_on(before, now)
    after = transition.state
    assert transition.events == ()
    assert after is before if before.is_powered else not after.is_started
    assert after.is_powered
    assert after.memory is before.memory
    assert (after.zones, after.cco) == (before.zones, before.cco)
    return after


def hold_time(before: ModuleState, now: float) -> ModuleState:
    """Hold time that passes against A3, A4, C2, C3, C5, D2 and D5."""
    transition = advance(before, now)
    after = transition.state
    assert transition.refusal is None
    assert after.saved == before.saved
    moved = [event for event in transition.events if isinstance(event, RelayMoved)]
    for position, zone in enumerate(ZONES):
        is_moved = zone in [event.zone for event in moved]
        assert after.cycles[position] - before.cycles[position] == is_moved
        assert (after.zones[position] is not before.zones[position]) is is_moved
    if after.cco != before.cco:
        assert before.cco.release_at is not None
        assert before.cco.release_at <= now
        assert not after.cco.is_closed
    hold_entry(before, transition)
    return after


def hold_entry(before: ModuleState, transition: Transition) -> None:
    """Hold an entry or an exit against C2, C3, C4 and C5, and that there was none but those."""
    after = transition.state
    entered = [event for event in transition.events if isinstance(event, OverrideEntered)]
    left = [event for event in transition.events if isinstance(event, OverrideLeft)]
    assert len(entered) == (after.in_override and not before.in_override)
    assert len(left) == (before.in_override and not after.in_override)
    if entered:
        assert after.forced == entered[0].forced == after.memory.program.override_actions
    elif after.in_override:
        assert after.forced is before.forced
    else:
        assert after.wanted == after.saved


def hold_rest(before: ModuleState, now: float) -> None:
    """Hold what a state comes to when it is left alone against all of C, D and A8."""
    bench = Bench(before, now)
    bench.rest()
    after = bench.state
    assert after.is_settled
    assert after.saved == before.saved
    if not before.is_powered:
        assert after is before
        return
    assert after.is_started
    assert after.in_override is (before.cci.contact is OPEN)
    assert after.zones == belongs(after)
    assert after.cco.is_closed is (before.cco.is_closed and before.cco.release_at is None)
    hold_reports(bench.events, is_owed=before.reporting.is_owed)


def hold_reports(events: list[Event], *, is_owed: bool) -> None:
    """Hold that each entry, exit and power-up is followed by exactly one report of the zones."""
    owed = int(is_owed)
    for event in events:
        if isinstance(event, PowerUp | OverrideLeft) or (
            isinstance(event, OverrideEntered) and event.cause is Cause.CCI
        ):
            assert owed == 0 or not isinstance(event, PowerUp)
            owed = 1
        elif isinstance(event, ZonesSettled):
            assert owed == 1
            owed = 0
        elif isinstance(event, RelayMoved):
            owed = 1
    assert owed == 0


# --- the walk ---------------------------------------------------------------------------


def followers(state: ModuleState, now: float) -> Iterator[tuple[ModuleState, float]]:
    """Apply every cause to a state, hold each, and yield what became of it."""
    for control in ZONE_CONTROLS.values():
        yield hold_zone_control(state, control, now), now
    for action in CcoAction:
        yield hold_cco_control(state, action, now), now
    for act in SERVICES.values():
        yield hold_service(state, act, now), now
    for contact in ContactState:
        yield hold_cci(state, contact, now), now
    yield hold_power_off(state, now), now
    yield hold_power_on(state, now), now
    yield hold_time(state, now), now
    due = next_due(state)
    if due is not None and due > now:
        half = (now + due) / 2
        yield hold_time(state, half), half
        yield hold_time(state, due), due


@pytest.mark.requirement(
    "A2", "A4", "A8", "B1", "B2", "C1", "C2", "C3", "C4", "C5", "C6", "C10", "D1", "D2", "D3", "D5"
)
@pytest.mark.timeout(600)  # some seconds of reckoning, many on a busy machine under coverage
@pytest.mark.parametrize("debounce_s", [0.05, 0.0])
def test_every_state_keeps_the_rules_under_every_cause(debounce_s: float) -> None:
    memory = Memory(
        settings=(False, False, True, False), program=Program(cci_debounce_s=debounce_s)
    )
    start = with_memory(factory_module(SERIAL), memory)
    seen = {same(start)}
    waiting = deque([(start, 1000.0)])
    while waiting:
        state, now = waiting.popleft()
        hold_always(state)
        hold_rest(state, now)
        for after, at in followers(state, now):
            kind = same(after)
            if kind not in seen:
                seen.add(kind)
                waiting.append((after, at))
    assert len(seen) > STATES_MIN
