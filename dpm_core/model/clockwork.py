"""What a module does by itself as time passes.

Everything that is due is done in the order of its time, however late the caller comes: a call
at the end gives what calls at each instant would have given. One thing is left to `advance`
alone: giving a relay's coil its order. So the caller can write the memory first, and a power
failure between the two finds settings that no contact has run ahead of.

House rule: times are kept as they will be compared, never computed twice, so that
`advance(state, next_due(state))` always gets on.

Source: 3691060c, "Manual Override Contact Closure Input (CCI)", "Contact Closure Output (CCO)"
and "Features"; qs-link.md 5, "Override and power".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from dpm_core.model.contacts import Cco, ContactState
from dpm_core.model.events import (
    CciChanged,
    CcoChanged,
    Event,
    IdentifyEnded,
    OverrideEntered,
    OverrideLeft,
    PowerUp,
    RelayMoved,
    ZonesSettled,
    ZoneSwitched,
)
from dpm_core.model.identifiers import ZONES
from dpm_core.model.override import ALL_UNAFFECTED, AUTOMATON, Effect, FourActions, ModeCause
from dpm_core.model.relay import Motion, Relay
from dpm_core.model.state import FourCauses, FourRelays, ModuleState, Reporting, Transition
from dpm_core.model.zero_cross import plan_movement
from dpm_core.model.zone import Cause, FourZones

START_UP_S: Final = 0.005
"""From mains on until the module acts, in seconds; less than the 20 ms that are allowed, and so
little that the relays too are within 30 ms of mains on.

Source: decided here; the limit: issue "The main job, end to end", fixed interface 1.
"""

REPORT_LATEST_S: Final = 0.100
"""Longest that a switched zone goes unreported because others keep moving, in seconds.

Source: decided here.
"""

_Events: TypeAlias = list[Event]
_Handler: TypeAlias = Callable[[ModuleState, float, _Events], ModuleState]


def advance(state: ModuleState, now: float) -> Transition:
    """Let a module do everything that is due by now, and start the relays that are to move.

    Returns the same state when nothing was due.
    """
    events: _Events = []
    state = settle(start_relays(catch_up(state, now, events), now), events)
    if state.attend_at is not None:
        state = replace(state, attend_at=None)
    return Transition(state, tuple(events))


def next_due(state: ModuleState) -> float | None:
    """Return when `advance` is next needed; None when nothing will happen by itself.

    A time that has passed means at once.
    """
    due = _earliest(state)
    at = None if due is None else due[0]
    if state.attend_at is not None and (at is None or state.attend_at < at):
        return state.attend_at
    return at


def catch_up(state: ModuleState, now: float, events: _Events) -> ModuleState:
    """Return the module after all that is due by now, except for orders to relay coils."""
    while (due := _earliest(state)) is not None and due[0] <= now:
        at, handler = due
        state = settle(handler(state, at, events), events)
    return state


def settle(state: ModuleState, events: _Events) -> ModuleState:
    """Return the module after it has told of its zones, if that is owed and they rest."""
    if state.reporting.is_owed and state.is_settled:
        return tell_zones(state, events)
    return state


def tell_zones(state: ModuleState, events: _Events) -> ModuleState:
    """Return the module after it has told of its zones as they are now."""
    told = state.reporting.told
    zones = state.zones
    changed = (
        zones[0] is not told[0],
        zones[1] is not told[1],
        zones[2] is not told[2],
        zones[3] is not told[3],
    )
    events.append(ZonesSettled(state.reporting.cause, zones, changed))
    return replace(state, reporting=Reporting(told=zones, cause=state.reporting.cause))


def aim_zones(state: ModuleState, before: FourZones, cause: Cause, at: float) -> ModuleState:
    """Return the module after the place where its zones belong has changed.

    A movement whose coil has its order already goes on to its end. One whose coil still waits for
    it is dropped: it would lead to where the zone belonged.

    Args:
        state: The module, its settings or latched actions changed.
        before: Where the zones belonged.
        cause: What changed it.
        at: When.
    """
    wanted = state.wanted
    causes = list(state.zone_causes)
    relays = list(state.relays)
    for position, (is_on, was_on) in enumerate(zip(wanted, before, strict=True)):
        if is_on is was_on:
            continue
        causes[position] = cause
        motion = relays[position].motion
        if motion is not None and at < motion.plan.coil_at:
            relays[position] = replace(relays[position], motion=None)
    return replace(
        state,
        relays=_four_relays(relays),
        zone_causes=_four_causes(causes),
        reporting=replace(state.reporting, cause=cause),
        attend_at=at,
    )


def start_relays(state: ModuleState, now: float) -> ModuleState:
    """Return the module after each resting relay that is to move has been planned to.

    Source: 3691060c, "Features": adaptive zero-cross switching.
    """
    if not state.is_started or (state.zones == state.wanted):
        return state
    relays = list(state.relays)
    for position, is_on in enumerate(state.wanted):
        relay = relays[position]
        if relay.motion is not None or relay.is_closed is is_on:
            continue
        plan = plan_movement(state.memory.learned[position], state.mains, is_on, now)
        operations = state.memory.relay_operations[position]
        delay_s = state.mechanics[position].delay_s(is_on, operations)
        relays[position] = replace(relay, motion=Motion(plan, plan.coil_at + delay_s))
    return replace(state, relays=_four_relays(relays))


# --- what becomes due -------------------------------------------------------------------


def _earliest(state: ModuleState) -> tuple[float, _Handler] | None:
    """Return what is due first, and when."""
    due: tuple[float, _Handler] | None = None
    if state.started_at is not None:
        due = (state.started_at, _finish_start_up)
    for relay in state.relays:
        if relay.motion is not None and (due is None or relay.motion.moves_at < due[0]):
            due = (relay.motion.moves_at, _move_relays)
    for at, handler in (
        (state.cci.accepts_at, _accept_cci),
        (state.cco.release_at, _release_cco),
        (state.identify_until, _end_identify),
        (state.reporting.late_at, _tell_late),
    ):
        if at is not None and (due is None or at < due[0]):
            due = (at, handler)
    return due


def _finish_start_up(state: ModuleState, at: float, events: _Events) -> ModuleState:
    """Go by the CCI, which until now was read without debounce, and send the relays there."""
    is_open = state.cci.accepted is ContactState.OPEN
    cause = ModeCause.STARTED_CCI_OPEN if is_open else ModeCause.STARTED_CCI_CLOSED
    mode, effect = AUTOMATON[state.mode, cause]
    events.append(PowerUp(state.was_restored))
    forced = ALL_UNAFFECTED
    if effect is Effect.ENTER:
        forced = state.memory.program.override_actions
        events.append(OverrideEntered(forced, Cause.POWER_UP))
    return replace(
        state,
        mode=mode,
        forced=forced,
        started_at=None,
        zone_causes=(Cause.POWER_UP,) * 4,
        reporting=replace(state.reporting, cause=Cause.POWER_UP, is_mode_owed=True),
        attend_at=at,
    )


def _accept_cci(state: ModuleState, at: float, events: _Events) -> ModuleState:
    """Take the CCI for where it has rested, and enter or leave manual override."""
    cci = state.cci.read()
    is_open = cci.accepted is ContactState.OPEN
    mode, effect = AUTOMATON[state.mode, ModeCause.CCI_OPENS if is_open else ModeCause.CCI_CLOSES]
    if state.reporting.is_mode_owed:
        # An entry and an exit in one breath still get one report each.
        state = tell_zones(state, events)
    memory = state.memory
    events.append(CciChanged(cci.accepted))
    forced: FourActions = ALL_UNAFFECTED
    if effect is Effect.ENTER:
        forced = memory.program.override_actions
        memory = replace(memory, cci_openings=memory.cci_openings + 1)
        events.append(OverrideEntered(forced, Cause.CCI))
    else:
        events.append(OverrideLeft(Cause.CCI))
    before = state.wanted
    state = replace(
        state,
        cci=cci,
        mode=mode,
        forced=forced,
        memory=memory,
        was_restored=False,
        reporting=replace(state.reporting, is_mode_owed=True),
    )
    return aim_zones(state, before, Cause.CCI, at)


def _move_relays(state: ModuleState, at: float, events: _Events) -> ModuleState:
    """Move every contact that is due, count it, and learn from when it moved."""
    relays = list(state.relays)
    operations = list(state.memory.relay_operations)
    learned = list(state.memory.learned)
    for position, zone in enumerate(ZONES):
        motion = relays[position].motion
        if motion is None or motion.moves_at > at:
            continue
        plan = motion.plan
        error_us = (motion.moves_at - plan.crossing_at) * 1e6
        relays[position] = Relay(plan.is_closing, None, error_us)
        operations[position] += 1
        observed_s = motion.moves_at - plan.coil_at
        learned[position] = learned[position].learn(plan.is_closing, observed_s)
        events.append(RelayMoved(zone, plan.is_closing, error_us))
        events.append(ZoneSwitched(zone, plan.is_closing, state.zone_causes[position]))
    reporting = state.reporting
    if reporting.late_at is None:
        reporting = replace(reporting, late_at=at + REPORT_LATEST_S)
    return replace(
        state,
        relays=_four_relays(relays),
        memory=replace(
            state.memory,
            relay_operations=(operations[0], operations[1], operations[2], operations[3]),
            learned=(learned[0], learned[1], learned[2], learned[3]),
        ),
        reporting=reporting,
        # A zone that belongs elsewhere by now waits for its next order.
        attend_at=at,
    )


def _release_cco(state: ModuleState, _at: float, events: _Events) -> ModuleState:
    """End a pulse: the N.O. contact opens by itself, in manual override too."""
    events.append(CcoChanged(is_closed=False))
    memory = replace(state.memory, cco_operations=state.memory.cco_operations + 1)
    return replace(state, cco=Cco(), memory=memory)


def _end_identify(state: ModuleState, _at: float, events: _Events) -> ModuleState:
    """Stop flashing the LEDs."""
    events.append(IdentifyEnded())
    return replace(state, identify_until=None)


def _tell_late(state: ModuleState, _at: float, events: _Events) -> ModuleState:
    """Tell of the zones although they do not rest."""
    return tell_zones(state, events)


def _four_relays(relays: list[Relay]) -> FourRelays:
    return (relays[0], relays[1], relays[2], relays[3])


def _four_causes(causes: list[Cause]) -> FourCauses:
    return (causes[0], causes[1], causes[2], causes[3])
