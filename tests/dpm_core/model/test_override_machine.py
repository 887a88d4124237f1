"""Whatever happens in whatever order: manual override gives back what it found.

A random story is told to a module and to an oracle, which is simple enough to be read in one
go: it knows no relays, no automaton and no events, only settings, contact and time.
"""

from dataclasses import replace

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dpm_core.model import (
    ALL_ON,
    ALL_UNAFFECTED,
    FINISH_MAX_S,
    START_UP_S,
    ZONES,
    Cause,
    CcoAction,
    CcoType,
    ContactState,
    FourActions,
    FourZones,
    Mains,
    ModuleState,
    OverrideAction,
    Refusal,
    Transition,
    ZoneNumber,
    advance,
    decode_memory,
    encode_memory,
    factory_module,
    identify,
    move_cci,
    power_off,
    power_on,
    press_zone_button,
    program_io,
    program_override,
    set_cco,
    set_zones,
    with_memory,
)
from tests.dpm_core.model.running import SERIAL, Bench

OPEN, CLOSED = ContactState.OPEN, ContactState.CLOSED
ONE_ACTION = st.sampled_from(OverrideAction)
DEBOUNCE_MAX_S = 0.5
"""The longest that a cause can take to count."""
WAITS_S = st.sampled_from([0.0003, 0.0013, 0.0041, 0.0093, 0.021, 0.047, 0.055, 0.2, 1.0, 100.0])


class Oracle:
    """What a module must be, without how it gets there."""

    def __init__(self) -> None:
        self.settings = [False] * 4
        self.actions: FourActions = ALL_ON
        self.debounce_s = 0.05
        self.pulse_s = 0.5
        self.contact = CLOSED
        self.accepted = CLOSED
        self.accepts_at: float | None = None
        self.forced: FourActions = ALL_UNAFFECTED
        self.runs_from: float | None = None
        self.is_running = False
        self.cco_until: float | None = None
        self.cco_is_closed = False

    @property
    def is_powered(self) -> bool:
        return self.runs_from is not None

    @property
    def in_override(self) -> bool:
        return self.is_running and self.accepted is OPEN

    @property
    def takes_controls(self) -> bool:
        return self.is_running and self.accepted is CLOSED

    def at(self, now: float) -> None:
        """Let time pass: what was due first comes first, but nothing here depends on it."""
        if self.runs_from is not None and not self.is_running and self.runs_from <= now:
            self.is_running = True
            self.accepted = self.contact
            self.forced = self.actions if self.in_override else ALL_UNAFFECTED
        if self.accepts_at is not None and self.accepts_at <= now:
            self.accepted = self.contact
            self.accepts_at = None
            self.forced = self.actions if self.in_override else ALL_UNAFFECTED
        if self.cco_until is not None and self.cco_until <= now:
            self.cco_until = None
            self.cco_is_closed = False

    def move(self, contact: ContactState, now: float) -> None:
        if contact is self.contact:
            return
        self.contact = contact
        if self.is_running:
            self.accepts_at = None if contact is self.accepted else now + self.debounce_s
            self.at(now)

    def lose_power(self) -> None:
        self.runs_from = None
        self.is_running = False
        self.accepts_at = None
        self.cco_until = None
        self.cco_is_closed = False

    def zones(self) -> FourZones:
        """Return where the zones are once they rest."""
        if not self.is_running:
            return (False, False, False, False)
        one, two, three, four = (
            setting if action is OverrideAction.UNAFFECTED else action is OverrideAction.ON
            for setting, action in zip(self.settings, self.forced, strict=True)
        )
        return (one, two, three, four)


class OverrideMachine(RuleBasedStateMachine):
    """Tells the same story to a module and to the oracle."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench(factory_module(SERIAL, mains=Mains(50.0)))
        self.oracle = Oracle()
        self.disturbed_at = self.bench.now
        self.cycles = [0] * 4

    @property
    def state(self) -> ModuleState:
        return self.bench.state

    @property
    def now(self) -> float:
        return self.bench.now

    def disturb(self, transition: Transition) -> Transition:
        self.disturbed_at = self.now
        return self.bench.take(transition)

    def control(self, transition: Transition) -> None:
        """Take what became of a control, and hold what it says."""
        before = self.state
        if not self.oracle.takes_controls:
            assert transition.state is before
            assert transition.events == ()
        refusal = Refusal.OVERRIDE if self.oracle.in_override else None
        assert self.disturb(transition).refusal is refusal

    # --- time and power ---

    @rule(duration_s=WAITS_S)
    def wait(self, duration_s: float) -> None:
        self.bench.wait(duration_s)
        self.oracle.at(self.now)

    @rule(duration_s=WAITS_S)
    def oversleep(self, duration_s: float) -> None:
        """The owner comes late, and calls once for all that was due."""
        self.bench.now += duration_s
        self.oracle.at(self.now)
        self.disturb(advance(self.state, self.now))

    @rule()
    @precondition(lambda self: not self.oracle.is_powered)
    def mains_on(self) -> None:
        self.disturb(power_on(self.state, self.now))
        self.oracle.runs_from = self.now + START_UP_S

    @rule(is_memory_reloaded=st.booleans())
    @precondition(lambda self: self.oracle.is_powered)
    def mains_off(self, is_memory_reloaded: bool) -> None:
        self.disturb(power_off(self.state, self.now))
        self.oracle.lose_power()
        if is_memory_reloaded:  # as a simulator that was ended and started again
            kept = decode_memory(SERIAL, encode_memory(SERIAL, self.state.memory))
            again = with_memory(factory_module(SERIAL, mains=Mains(50.0)), kept)
            self.bench.state = replace(again, cci=self.state.cci)

    # --- contacts and controls ---

    @rule(contact=st.sampled_from(ContactState))
    def cci(self, contact: ContactState) -> None:
        self.disturb(move_cci(self.state, contact, self.now))
        self.oracle.move(contact, self.now)

    @rule(zone=st.sampled_from(ZONES))
    def button(self, zone: ZoneNumber) -> None:
        self.control(press_zone_button(self.state, zone, self.now))
        if self.oracle.takes_controls:
            self.oracle.settings[zone - 1] = not self.oracle.settings[zone - 1]

    @rule(
        zones=st.dictionaries(st.sampled_from(ZONES), st.booleans()),
        cause=st.sampled_from([Cause.LINK_COMMAND, Cause.GROUP, Cause.WALLSTATION]),
    )
    def command(self, zones: dict[ZoneNumber, bool], cause: Cause) -> None:
        self.control(set_zones(self.state, zones, cause, self.now))
        if self.oracle.takes_controls:
            for zone, is_on in zones.items():
                self.oracle.settings[zone - 1] = is_on

    @rule(action=st.sampled_from(CcoAction), pulse_s=st.sampled_from([None, 0.1, 0.25, 60.0]))
    def cco(self, action: CcoAction, pulse_s: float | None) -> None:
        self.control(set_cco(self.state, action, pulse_s, self.now))
        if not self.oracle.takes_controls:
            return
        if action is CcoAction.PULSE:
            self.oracle.cco_is_closed = True
            self.oracle.cco_until = self.now + (self.oracle.pulse_s if pulse_s is None else pulse_s)
        elif action is CcoAction.END_PULSE:
            self.oracle.cco_is_closed &= self.oracle.cco_until is None
            self.oracle.cco_until = None
        else:
            self.oracle.cco_is_closed = action is CcoAction.CLOSE
            self.oracle.cco_until = None

    # --- programming and identifying ---

    @rule(actions=st.tuples(ONE_ACTION, ONE_ACTION, ONE_ACTION, ONE_ACTION))
    def programme_override(self, actions: FourActions) -> None:
        assert self.disturb(program_override(self.state, actions)).refusal is None
        if self.oracle.is_running:
            self.oracle.actions = actions

    @rule(
        cco_type=st.sampled_from(CcoType),
        pulse_s=st.sampled_from([0.1, 0.5, 2.0]),
        debounce_s=st.sampled_from([0.0, 0.001, 0.02, 0.05, 0.5]),
    )
    def programme_io(self, cco_type: CcoType, pulse_s: float, debounce_s: float) -> None:
        self.disturb(program_io(self.state, cco_type, pulse_s, debounce_s))
        if self.oracle.is_running:
            self.oracle.pulse_s, self.oracle.debounce_s = pulse_s, debounce_s

    @rule(duration_s=st.sampled_from([0, 0.02, 10.0]))
    def identify(self, duration_s: float) -> None:
        self.disturb(identify(self.state, duration_s, self.now))

    # --- what must always be so ---

    @invariant()
    def the_module_is_what_the_oracle_says(self) -> None:
        assert self.state.is_powered is self.oracle.is_powered
        assert self.state.is_started is self.oracle.is_running
        assert self.state.in_override is self.oracle.in_override
        assert self.state.saved == tuple(self.oracle.settings)
        assert self.state.cci.contact is self.oracle.contact
        assert self.state.cco.is_closed is self.oracle.cco_is_closed
        assert self.state.memory.program.override_actions == self.oracle.actions

    @invariant()
    def zones_rest_where_they_belong(self) -> None:
        if self.now - self.disturbed_at > DEBOUNCE_MAX_S + FINISH_MAX_S:
            assert self.state.zones == self.oracle.zones()
            assert self.state.is_settled

    @invariant()
    def operations_never_go_back(self) -> None:
        assert all(now >= then for now, then in zip(self.state.cycles, self.cycles, strict=True))
        self.cycles = list(self.state.cycles)

    def teardown(self) -> None:
        """In the end every story comes back to its settings."""
        if not self.oracle.is_powered:
            self.mains_on()
        self.wait(1.0)
        self.cci(OPEN)
        self.wait(1.0)
        self.the_module_is_what_the_oracle_says()
        self.zones_rest_where_they_belong()
        assert self.state.in_override
        self.cci(CLOSED)
        self.wait(100.0)
        assert self.state.zones == tuple(self.oracle.settings)


OverrideMachine.TestCase.settings = hypothesis_settings(stateful_step_count=60)

TestOverride = pytest.mark.requirement(
    "A4", "A8", "B2", "C1", "C2", "C3", "C4", "C5", "C6", "C10", "D2", "D3", "D5"
)(OverrideMachine.TestCase)
