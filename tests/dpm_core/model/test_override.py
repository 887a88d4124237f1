"""The automaton is complete, and each of its answers is the one that the rules give.

The rules are stated here once more, in other words than the table's, so that a slip in the table
does not go unnoticed. `test_every_state.py` shows that modules do what the table says.
"""

import itertools

import pytest

from dpm_core.model.override import (
    ALL_ON,
    ALL_UNAFFECTED,
    AUTOMATON,
    Effect,
    FourActions,
    Mode,
    ModeCause,
    Override,
    OverrideAction,
    zones_wanted,
)
from dpm_core.model.zone import FourZones

POWERED = set(Mode) - {Mode.UNPOWERED}
STARTED = {Mode.NORMAL, Mode.OVERRIDE}
CCI_CAUSES = {ModeCause.CCI_OPENS, ModeCause.CCI_CLOSES}
START_CAUSES = {ModeCause.STARTED_CCI_OPEN, ModeCause.STARTED_CCI_CLOSED}
ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED


def test_the_table_answers_every_cause_in_every_mode() -> None:
    assert set(AUTOMATON) == set(itertools.product(Mode, ModeCause))


@pytest.mark.parametrize("mode", Mode)
def test_what_has_no_effect_changes_no_mode(mode: Mode) -> None:
    for cause in ModeCause:
        after, effect = AUTOMATON[mode, cause]
        if effect in {Effect.NOTHING, Effect.ACT, Effect.REFUSE}:
            assert after is mode, cause


@pytest.mark.requirement("C4", "B2")
def test_controls_act_in_normal_operation_only_and_are_refused_in_override_only() -> None:
    effects = {mode: AUTOMATON[mode, ModeCause.CONTROL][1] for mode in Mode}
    assert effects == {
        Mode.UNPOWERED: Effect.NOTHING,
        Mode.STARTING: Effect.NOTHING,
        Mode.NORMAL: Effect.ACT,
        Mode.OVERRIDE: Effect.REFUSE,
    }


@pytest.mark.requirement("C4")
def test_identifying_and_programming_act_wherever_the_module_has_started() -> None:
    acting = {mode for mode in Mode if AUTOMATON[mode, ModeCause.SERVICE][1] is Effect.ACT}
    assert acting == STARTED


@pytest.mark.requirement("C1", "C5")
def test_the_cci_alone_enters_and_leaves_override() -> None:
    entries = {pair for pair, (_, effect) in AUTOMATON.items() if effect is Effect.ENTER}
    exits = {pair for pair, (_, effect) in AUTOMATON.items() if effect is Effect.LEAVE}
    assert entries == {
        (Mode.NORMAL, ModeCause.CCI_OPENS),
        (Mode.STARTING, ModeCause.STARTED_CCI_OPEN),
    }
    assert exits == {(Mode.OVERRIDE, ModeCause.CCI_CLOSES)}
    for pair, (after, effect) in AUTOMATON.items():
        assert (after is Mode.OVERRIDE and pair[0] is not Mode.OVERRIDE) is (effect is Effect.ENTER)


@pytest.mark.requirement("C6")
def test_a_module_that_powers_up_goes_by_its_cci_alone() -> None:
    assert AUTOMATON[Mode.UNPOWERED, ModeCause.MAINS_ON] == (Mode.STARTING, Effect.START_UP)
    assert AUTOMATON[Mode.STARTING, ModeCause.STARTED_CCI_OPEN] == (Mode.OVERRIDE, Effect.ENTER)
    assert AUTOMATON[Mode.STARTING, ModeCause.STARTED_CCI_CLOSED] == (Mode.NORMAL, Effect.RESTORE)
    for mode in set(Mode) - {Mode.STARTING}:
        assert all(AUTOMATON[mode, cause] == (mode, Effect.NOTHING) for cause in START_CAUSES)


@pytest.mark.requirement("D3", "A2")
@pytest.mark.parametrize("mode", POWERED)
def test_losing_power_ends_every_mode(mode: Mode) -> None:
    assert AUTOMATON[mode, ModeCause.MAINS_OFF] == (Mode.UNPOWERED, Effect.LOSE_POWER)


def test_without_power_only_power_counts() -> None:
    for cause in set(ModeCause) - {ModeCause.MAINS_ON}:
        assert AUTOMATON[Mode.UNPOWERED, cause] == (Mode.UNPOWERED, Effect.NOTHING)


def test_a_cause_that_repeats_what_is_changes_nothing() -> None:
    for mode in POWERED:
        assert AUTOMATON[mode, ModeCause.MAINS_ON] == (mode, Effect.NOTHING)
    assert AUTOMATON[Mode.OVERRIDE, ModeCause.CCI_OPENS] == (Mode.OVERRIDE, Effect.NOTHING)
    assert AUTOMATON[Mode.NORMAL, ModeCause.CCI_CLOSES] == (Mode.NORMAL, Effect.NOTHING)
    for cause in CCI_CAUSES:
        assert AUTOMATON[Mode.STARTING, cause] == (Mode.STARTING, Effect.NOTHING)


@pytest.mark.requirement("C2", "C3")
@pytest.mark.parametrize(
    ("settings", "forced", "wanted"),
    [
        ((True, False, True, False), ALL_UNAFFECTED, (True, False, True, False)),
        ((True, False, True, False), ALL_ON, (True, True, True, True)),
        ((True, False, True, False), (OFF, OFF, OFF, OFF), (False, False, False, False)),
        ((True, False, True, False), (UNAFFECTED, UNAFFECTED, OFF, ON), (True, False, False, True)),
    ],
)
def test_where_the_zones_belong(
    settings: FourZones, forced: FourActions, wanted: FourZones
) -> None:
    assert zones_wanted(settings, forced) == wanted


@pytest.mark.requirement("C3")
def test_each_zone_has_its_own_action() -> None:
    settings = (True, False, True, False)
    for forced in itertools.product(OverrideAction, OverrideAction, OverrideAction, OverrideAction):
        for is_wanted, setting, action in zip(
            zones_wanted(settings, forced), settings, forced, strict=True
        ):
            assert is_wanted is {ON: True, OFF: False, UNAFFECTED: setting}[action]


def test_the_zones_that_override_has_switched_on() -> None:
    assert Override().forced_on == (False, False, False, False)
    assert Override(True, (ON, OFF, UNAFFECTED, ON)).forced_on == (True, False, False, True)
