"""What people, contacts, commands and the mains do to a module.

Each function takes a module and a cause and returns the module afterwards, with what happened:
nothing is changed in place, nothing waits, and time is always the caller's.

What a caller does with a `Transition`, in this order: write `state.memory` when it has changed,
answer, then call `advance`, which starts the relays. It calls `advance` again at `next_due`.

First of all each function lets happen what was already due. Whether a cause acts, is refused or
is lost on a module without power is looked up in the automaton (`override.py`).

Source: 3691060c, the heading named at each function; qs-link.md 5, "What a module answers" and
"Override and power".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from dpm_core.errors import UnsupportedSetting
from dpm_core.model.clockwork import START_UP_S, advance, aim_zones, catch_up, next_due
from dpm_core.model.contacts import Cco, CcoAction, ContactState
from dpm_core.model.events import (
    Announced,
    CcoChanged,
    Event,
    IdentifyEnded,
    IdentifyStarted,
    PowerDown,
    ZoneButtonPressed,
)
from dpm_core.model.identifiers import ZoneNumber
from dpm_core.model.override import ALL_UNAFFECTED, AUTOMATON, Effect, ModeCause
from dpm_core.model.power import Memory
from dpm_core.model.program import checked_pulse_s
from dpm_core.model.programming import (
    program_group,
    program_io,
    program_name,
    program_override,
)
from dpm_core.model.state import (
    ALL_RELAYS_OPEN,
    ModuleState,
    Refusal,
    Reporting,
    Transition,
    factory_module,
    with_memory,
)
from dpm_core.model.zone import Cause, FourZones

__all__ = [
    "IDENTIFY_MAX_S",
    "ModuleState",
    "Refusal",
    "Transition",
    "advance",
    "factory_module",
    "identify",
    "move_cci",
    "next_due",
    "power_off",
    "power_on",
    "press_prog_button",
    "press_zone_button",
    "program_group",
    "program_io",
    "program_name",
    "program_override",
    "set_cco",
    "set_zones",
    "with_memory",
]

IDENTIFY_MAX_S: Final = 3600.0
"""Longest that a module flashes its LEDs for one command, in seconds. Source: decided here."""

_CONTROL_CAUSES: Final = frozenset(
    {Cause.LINK_COMMAND, Cause.GROUP, Cause.WALLSTATION, Cause.ZONE_BUTTON}
)


# --- mains ------------------------------------------------------------------------------


def power_on(state: ModuleState, now: float) -> Transition:
    """Give a module its mains: it starts up, reads its CCI, then sends its relays where they belong.

    Every zone returns to its setting from before the outage; with the CCI open the module goes
    to manual override instead. The CCO stays open.

    Source: 3691060c, "Features": power failure memory; "Wiring: Manual Override Contact Closure
    Input and Contact Closure Output", note.
    """
    mode, effect = AUTOMATON[state.mode, ModeCause.MAINS_ON]
    if effect is not Effect.START_UP:
        return Transition(state)
    return Transition(
        replace(
            state,
            mode=mode,
            was_restored=state.is_memory_written or state.memory != Memory(),
            started_at=now + START_UP_S,
            powered_at=now,
        )
    )


def power_off(state: ModuleState, now: float) -> Transition:
    """Take a module's mains away: every relay opens at once, and so does the CCO.

    The relays' movements are not counted: no coil was ordered to (decided here). Only the memory
    survives, and where the CCI's contact is, which belongs to the outside.

    Source: 3691060c, "Contact Closure Output (CCO)": non-latching; "Features": power failure
    memory.
    """
    events: list[Event] = []
    state = catch_up(state, now, events)
    mode, effect = AUTOMATON[state.mode, ModeCause.MAINS_OFF]
    if effect is not Effect.LOSE_POWER:
        return Transition(state)
    return Transition(
        replace(
            state,
            mode=mode,
            forced=ALL_UNAFFECTED,
            cci=state.cci.read(),
            cco=Cco(),
            relays=ALL_RELAYS_OPEN,
            was_restored=False,
            zone_causes=(Cause.QUERY,) * 4,
            reporting=Reporting(),
            started_at=None,
            powered_at=None,
            identify_until=None,
            announced_at=None,
            attend_at=None,
            stage=None,
        ),
        (*events, PowerDown()),
    )


# --- contacts and buttons on the unit ---------------------------------------------------


def move_cci(state: ModuleState, contact: ContactState, now: float) -> Transition:
    """Open or close a module's manual override input.

    Staying open for the debounce time turns all four zones on, unless programmed otherwise, and
    locks their controls out; staying closed puts each zone back to its setting. Less than the
    debounce time is a bounce, and changes nothing. Without power the contact only moves.

    Args:
        state: The module.
        contact: Where the contact is from now on. A missing jumper reads OPEN.
        now: When it got there.

    Source: 3691060c, "Manual Override Contact Closure Input (CCI)".
    """
    events: list[Event] = []
    state = catch_up(state, now, events)
    cci = state.cci.moved(contact, now, state.memory.program.cci_debounce_s)
    if not state.is_started:
        # Nothing debounces it yet: at the end of the start-up it counts where it is.
        cci = cci.read()
    if cci is not state.cci:
        # Without a debounce time it counts at once.
        state = catch_up(replace(state, cci=cci), now, events)
    return Transition(state, tuple(events))


def press_zone_button(state: ModuleState, zone: int, now: float) -> Transition:
    """Press a zone's button on the unit: its load goes on or off.

    In manual override nothing happens, and nobody hears of it.

    Raises:
        InvalidZone: There is no such zone.

    Source: 3691060c, "Manual Mode Operation".
    """
    zone = ZoneNumber(zone)
    events: list[Event] = []
    state = catch_up(state, now, events)
    effect = AUTOMATON[state.mode, ModeCause.CONTROL][1]
    if effect is not Effect.ACT:
        return _not_done(state, events, effect)
    events.append(ZoneButtonPressed(zone))
    is_on = not state.memory.settings[zone - 1]
    state = _with_settings(state, {zone: is_on}, Cause.ZONE_BUTTON, now)
    return Transition(state, tuple(events))


def press_prog_button(state: ModuleState, now: float) -> Transition:
    """Press the Prog. button: the module announces itself on the link. It is no control.

    Source: 3691060c, "Wiring: Mains and Output Zones" (the drawing names the button); what it
    does is decided here (B4).
    """
    events: list[Event] = []
    state = catch_up(state, now, events)
    effect = AUTOMATON[state.mode, ModeCause.SERVICE][1]
    if effect is not Effect.ACT:
        return _not_done(state, events, effect)
    return Transition(replace(state, announced_at=now), (*events, Announced()))


# --- commands ---------------------------------------------------------------------------


def set_zones(
    state: ModuleState, zones: Mapping[ZoneNumber, bool], cause: Cause, now: float
) -> Transition:
    """Switch zones on or off. A zone that is already there changes nothing.

    In manual override it is refused, and not done later.

    Args:
        state: The module.
        zones: The zones to switch, True for on; the others stay as they are.
        cause: LINK_COMMAND, GROUP, WALLSTATION or ZONE_BUTTON.
        now: When the command came.

    Raises:
        InvalidZone: There is no such zone.
        UnsupportedSetting: The cause is none that switches zones by command.

    Source: 3691060c, "Manual Override Contact Closure Input (CCI)" and "Features".
    """
    checked = {ZoneNumber(zone): bool(is_on) for zone, is_on in zones.items()}
    if cause not in _CONTROL_CAUSES:
        raise UnsupportedSetting(
            "cause", cause, "a link command, group, wallstation or zone button"
        )
    events: list[Event] = []
    state = catch_up(state, now, events)
    effect = AUTOMATON[state.mode, ModeCause.CONTROL][1]
    if effect is not Effect.ACT:
        return _not_done(state, events, effect)
    return Transition(_with_settings(state, checked, cause, now), tuple(events))


def set_cco(state: ModuleState, action: CcoAction, pulse_s: float | None, now: float) -> Transition:
    """Open, close or pulse the contact closure output, whatever type is programmed.

    A pulse closes the N.O. contact and opens it again by itself; one during another restarts
    its time. Closing during a pulse keeps it closed. END_PULSE opens it only if a pulse runs.
    In manual override it is refused.

    Args:
        state: The module.
        action: What to do.
        pulse_s: Length of a pulse, 0.1 to 60 s in steps of 10 ms; None for the programmed one.
            The other actions do not look at it.
        now: When the command came.

    Source: 3691060c, "Contact Closure Output (CCO)"; qs-link.md 5, CCO_SET.
    """
    events: list[Event] = []
    state = catch_up(state, now, events)
    effect = AUTOMATON[state.mode, ModeCause.CONTROL][1]
    if effect is not Effect.ACT:
        return _not_done(state, events, effect)
    programmed_s = state.memory.program.cco_pulse_s
    try:
        length_s = programmed_s if pulse_s is None else checked_pulse_s(pulse_s)
    except UnsupportedSetting:
        return Transition(state, tuple(events), Refusal.BAD_VALUE)
    cco = state.cco.commanded(action, length_s, now)
    if cco.is_closed is not state.cco.is_closed:
        events.append(CcoChanged(cco.is_closed))
        memory = replace(state.memory, cco_operations=state.memory.cco_operations + 1)
        state = replace(state, cco=cco, memory=memory)
    elif cco != state.cco:
        state = replace(state, cco=cco)
    return Transition(state, tuple(events))


def identify(state: ModuleState, duration_s: float, now: float) -> Transition:
    """Flash a module's LEDs so that a person can find it; in manual override too.

    Args:
        state: The module.
        duration_s: How long, up to an hour; 0 stops it.
        now: When the command came.

    Source: decided here (E7); duration on the link: qs-link.md 5, "What a module answers".
    """
    events: list[Event] = []
    state = catch_up(state, now, events)
    effect = AUTOMATON[state.mode, ModeCause.SERVICE][1]
    if effect is not Effect.ACT:
        return _not_done(state, events, effect)
    if not 0 <= duration_s <= IDENTIFY_MAX_S:  # NaN fails this too
        return Transition(state, tuple(events), Refusal.BAD_VALUE)
    was_flashing = state.identify_until is not None
    if duration_s:
        if not was_flashing:
            events.append(IdentifyStarted())
        state = replace(state, identify_until=now + duration_s)
    elif was_flashing:
        events.append(IdentifyEnded())
        state = replace(state, identify_until=None)
    return Transition(state, tuple(events))


def _not_done(state: ModuleState, events: list[Event], effect: Effect) -> Transition:
    """Return what comes of a cause that does not act: refused, or lost on a dead module."""
    refusal = Refusal.OVERRIDE if effect is Effect.REFUSE else None
    return Transition(state, tuple(events), refusal)


def _with_settings(
    state: ModuleState, zones: Mapping[ZoneNumber, bool], cause: Cause, now: float
) -> ModuleState:
    """Return a module with these settings changed, its relays still to follow."""
    before = state.memory.settings
    changed = list(before)
    for zone, is_on in zones.items():
        changed[zone - 1] = is_on
    settings: FourZones = (changed[0], changed[1], changed[2], changed[3])
    if settings == before:
        return state
    memory = replace(state.memory, settings=settings)
    state = replace(state, memory=memory, was_restored=False)
    return aim_zones(state, before, cause, now)
