"""What is known of a module is what it said, and what happened is told once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.client import (
    CciChanged,
    CcoChanged,
    ModuleChanged,
    OverrideEntered,
    OverrideLeft,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.client.module_record import ModuleRecord
from dpm_core.model import (
    ALL_ON,
    Cause,
    CcoType,
    ContactState,
    OverrideAction,
    Program,
    ZoneNumber,
)
from dpm_core.protocol import (
    CciReport,
    CcoReport,
    CountersReport,
    EmergencyReport,
    IdentityReport,
    IoProgramReport,
    Message,
    NameReport,
    OverrideReport,
    ReportFlag,
    ZoneReport,
)
from tests.dpm_core.client.links import ONE

OFF = (False, False, False, False)
ON_2 = (False, True, False, False)
NONE = ReportFlag(0)
OVERRIDE = ReportFlag.OVERRIDE_ACTIVE | ReportFlag.CCI_OPEN


def zones(
    on: tuple[bool, bool, bool, bool],
    cause: Cause = Cause.QUERY,
    count: int = 1,
    changed: tuple[bool, bool, bool, bool] = OFF,
    flags: ReportFlag = NONE,
) -> ZoneReport:
    return ZoneReport(ONE, on, changed, flags, cause, count)


class Told:
    """A record, and what followed from each thing it heard."""

    def __init__(self) -> None:
        self.record: Any = ModuleRecord(ONE, 2.0)
        self.events: list[Any] = []

    def answer(self, *messages: Message, at: float = 0.0) -> list[Any]:
        return self._hear(messages, at, is_answer=True)

    def report(self, *messages: Message, at: float = 0.0) -> list[Any]:
        return self._hear(messages, at, is_answer=False)

    def _hear(self, messages: tuple[Message, ...], at: float, *, is_answer: bool) -> list[Any]:
        events: list[Any] = []
        for message in messages:
            events += self.record.hear(message, at, is_answer=is_answer)
        self.events += events
        return [event for event in events if not isinstance(event, ModuleChanged)]


def known(count: int = 1) -> Told:
    told = Told()
    told.answer(zones(OFF, count=count), CcoReport(ONE, False, CcoType.MOMENTARY))
    return told


def test_nothing_is_known_of_a_module_that_was_not_heard() -> None:
    view = Told().record.view
    assert view.zones == (None,) * 4
    assert {view.saved, view.override, view.cci, view.cco_closed, view.cco_type} == {None}
    assert {view.was_restored, view.identity, view.program, view.counters} == {None}
    assert not view.is_online
    assert not view.is_fresh


def test_from_unknown_to_known_nothing_has_happened() -> None:
    told = Told()
    flags = OVERRIDE | ReportFlag.CCO_CLOSED | ReportFlag.RESTORED
    assert told.report(zones(ON_2, Cause.POWER_UP, flags=flags)) == []
    view = told.record.view
    assert view.zones == ON_2
    assert (view.override, view.cco_closed, view.was_restored) == (True, True, True)
    assert view.cci is ContactState.OPEN


def test_each_part_of_a_state_has_its_report() -> None:
    told = Told()
    identity = IdentityReport(ONE, 0x09110104, (2, 54))
    counters = CountersReport(ONE, (1, 2, 3, 4))
    actions = (OverrideAction.OFF,) * 4
    told.answer(
        OverrideReport(ONE, True, OFF, ON_2, Cause.QUERY),
        CciReport(ONE, ContactState.OPEN, False),
        CcoReport(ONE, True, CcoType.MAINTAINED),
        EmergencyReport(ONE, actions),
        identity,
        counters,
    )
    view = told.record.view
    assert (view.override, view.saved, view.cci) == (True, ON_2, ContactState.OPEN)
    assert (view.cco_closed, view.cco_type) == (True, CcoType.MAINTAINED)
    assert (view.override_actions, view.identity, view.counters) == (actions, identity, counters)
    told.answer(IoProgramReport(ONE, CcoType.MOMENTARY, 0.5, 0.05))
    assert told.record.view.cco_type is CcoType.MOMENTARY


def test_what_is_no_part_of_a_state_changes_nothing() -> None:
    told = known()
    before = len(told.events)
    told.answer(NameReport(ONE, 1, "Hall"), EmergencyReport(ONE, ALL_ON))
    told.answer(EmergencyReport(ONE, ALL_ON))
    assert len(told.events) == before + 1


def test_a_program_is_known_after_all_of_it_was_read() -> None:
    told = known()
    assert told.record.set_program(Program(name="Hall"))
    assert told.record.view.program == Program(name="Hall")
    assert told.record.set_program(Program(name="Hall")) == []


def test_a_zone_that_changed_is_told_with_its_cause() -> None:
    told = known()
    assert told.report(zones(ON_2, Cause.GROUP, 2, ON_2)) == [
        ZoneSwitched(ONE, ZoneNumber(2), True, Cause.GROUP)
    ]
    assert told.record.view.zone_causes == (None, Cause.GROUP, None, None)


def test_a_change_that_was_not_heard_itself_has_the_cause_query() -> None:
    told = known()
    assert told.answer(zones(ON_2, count=2)) == [
        ZoneSwitched(ONE, ZoneNumber(2), True, Cause.QUERY)
    ]
    assert told.record.view.zone_causes == (None, Cause.QUERY, None, None)
    told.report(zones(ON_2, Cause.WALLSTATION, 2, ON_2))
    assert told.record.view.zone_causes == (None, Cause.WALLSTATION, None, None), "told afterwards"


def test_override_and_cci_are_told_when_they_change_and_what_returns_is_kept_meanwhile() -> None:
    told = known()
    all_on = (True,) * 4
    entered = told.report(
        zones(all_on, Cause.CCI, 2, all_on, OVERRIDE),
        CciReport(ONE, ContactState.OPEN, True),
        OverrideReport(ONE, True, all_on, ON_2, Cause.CCI),
    )
    assert [e for e in entered if isinstance(e, OverrideEntered | CciChanged)] == [
        OverrideEntered(ONE),
        CciChanged(ONE, ContactState.OPEN),
    ]
    assert told.record.view.saved == ON_2
    left = told.report(zones(ON_2, Cause.CCI, 3, (True, False, True, True)))
    assert [e for e in left if isinstance(e, OverrideLeft | CciChanged)] == [
        OverrideLeft(ONE),
        CciChanged(ONE, ContactState.CLOSED),
    ]
    assert told.record.view.saved is None


def test_in_override_without_its_report_what_returns_must_be_asked_for() -> None:
    told = known()
    assert not told.record.needs_override_report
    told.report(zones(OFF, Cause.CCI, 2, flags=OVERRIDE))
    assert told.record.needs_override_report
    told.answer(OverrideReport(ONE, True, OFF, OFF, Cause.QUERY))
    assert not told.record.needs_override_report


# --- duplicates and old reports -------------------------------------------------------------


def test_a_duplicate_is_no_second_press() -> None:
    told = known()
    press = zones(ON_2, Cause.ZONE_BUTTON, 2, ON_2)
    assert ZoneButtonPressed(ONE, ZoneNumber(2)) in told.report(press)
    assert told.report(press) == []
    assert not told.record.is_unsure


def test_a_report_that_an_answer_overtook_tells_what_happened_and_not_what_is_so() -> None:
    told = known(count=1)
    told.answer(zones(OFF, count=3))
    old = zones(ON_2, Cause.ZONE_BUTTON, 2, ON_2)
    assert told.report(old) == [ZoneButtonPressed(ONE, ZoneNumber(2))]
    assert told.record.view.zones == OFF
    new = zones(OFF, Cause.ZONE_BUTTON, 3, ON_2)
    assert told.report(new) == [ZoneButtonPressed(ONE, ZoneNumber(2))]
    assert told.record.view.zones == OFF


def test_what_goes_with_an_old_report_is_old_too_until_a_new_one_comes() -> None:
    told = known(count=1)
    told.answer(zones(OFF, count=4))
    told.report(zones((True,) * 4, Cause.CCI, 2, (True,) * 4, OVERRIDE))
    assert told.report(CciReport(ONE, ContactState.OPEN, True)) == []
    assert told.report(OverrideReport(ONE, True, OFF, OFF, Cause.CCI)) == []
    assert told.report(CcoReport(ONE, True, CcoType.MOMENTARY)) == []
    assert not told.record.view.override
    told.report(zones(OFF, Cause.CCI, 5, OFF, OVERRIDE))
    assert told.record.view.override
    told.report(OverrideReport(ONE, True, OFF, ON_2, Cause.CCI))
    assert told.record.view.saved == ON_2


def test_an_answer_ends_what_was_old() -> None:
    told = known(count=1)
    told.answer(zones(OFF, count=4))
    told.report(zones(ON_2, Cause.CCI, 2))
    told.answer(zones(OFF, count=4))
    told.report(CciReport(ONE, ContactState.OPEN, True))
    assert told.record.view.cci is ContactState.OPEN


def test_only_what_is_so_now_may_confirm_a_command() -> None:
    record: Any = known(count=5).record
    assert record.is_news(zones(OFF, count=5), is_answer=True)
    assert not record.is_news(zones(OFF, Cause.GROUP, 5), is_answer=False)
    assert not record.is_news(zones(OFF, Cause.GROUP, 4), is_answer=False)
    assert record.is_news(zones(OFF, Cause.GROUP, 6), is_answer=False)
    assert record.is_news(CciReport(ONE, ContactState.OPEN, True), is_answer=False)
    record.hear(zones(OFF, Cause.GROUP, 4), 0.0, is_answer=False)
    assert not record.is_news(CciReport(ONE, ContactState.OPEN, True), is_answer=False)
    assert record.is_news(CciReport(ONE, ContactState.OPEN, False), is_answer=True)


def test_numbers_wrap() -> None:
    told = known(count=0xFFFF)
    assert told.report(zones(ON_2, Cause.GROUP, 0, ON_2))
    assert told.report(zones(OFF, Cause.GROUP, 1, ON_2))
    assert told.record.view.zones == OFF


def test_a_module_that_counts_from_the_start_again_must_be_asked() -> None:
    told = known(count=40)
    told.report(zones(OFF, Cause.GROUP, 41))
    told.report(zones(ON_2, Cause.POWER_UP, 1, ON_2))
    assert told.record.view.zones == OFF
    assert told.record.is_unsure
    assert told.report(OverrideReport(ONE, True, OFF, OFF, Cause.POWER_UP)) == []
    told.answer(zones(ON_2, count=1))
    assert not told.record.is_unsure
    assert told.record.view.zones == ON_2
    assert ZoneButtonPressed(ONE, ZoneNumber(1)) in told.report(
        zones(OFF, Cause.ZONE_BUTTON, 2, (True, False, False, False))
    )


def test_an_answer_shows_that_a_module_counts_from_the_start_again() -> None:
    told = known(count=40)
    told.report(zones(OFF, Cause.GROUP, 41))
    told.answer(zones(OFF, count=1))
    assert told.report(zones(ON_2, Cause.ZONE_BUTTON, 2, ON_2))
    assert told.record.view.zones == ON_2


def test_an_unexpected_number_that_changes_nothing_leaves_no_doubt() -> None:
    told = known(count=40)
    told.report(zones(OFF, Cause.GROUP, 41))
    assert told.report(zones(OFF, Cause.GROUP, 7)) == []
    assert not told.record.is_unsure
    assert told.report(zones(ON_2, Cause.GROUP, 7)) == []
    assert told.record.is_unsure
    assert told.record.view.zones == OFF


def test_after_it_was_gone_a_module_may_have_any_number() -> None:
    told = known(count=40)
    told.report(zones(OFF, Cause.GROUP, 41))
    told.record.forget_numbers()
    assert told.report(zones(ON_2, Cause.POWER_UP, 1, ON_2))
    assert told.record.view.zones == ON_2


# --- the CCO, whose reports have no number --------------------------------------------------


def cco(*, is_closed: bool) -> CcoReport:
    return CcoReport(ONE, is_closed, CcoType.MOMENTARY)


CLOSED = CcoChanged(ONE, True)
OPENED = CcoChanged(ONE, False)


def test_a_pulse_that_was_reported_is_two_changes() -> None:
    told = known()
    assert told.report(cco(is_closed=True), cco(is_closed=False)) == [CLOSED, OPENED]


def test_a_change_that_an_answer_has_shown_is_not_told_again_by_its_late_report() -> None:
    told = known()
    assert told.answer(cco(is_closed=True)) == [CLOSED]
    assert told.answer(cco(is_closed=False)) == [OPENED]
    assert told.report(cco(is_closed=True), at=0.5) == []
    assert told.report(cco(is_closed=False), at=0.6) == []
    assert told.record.view.cco_closed is False
    assert told.report(cco(is_closed=True), at=0.7) == [CLOSED]


def test_a_zone_report_shows_a_change_of_the_cco_too() -> None:
    told = known()
    assert told.answer(zones(OFF, flags=ReportFlag.CCO_CLOSED)) == [CLOSED]
    assert told.report(cco(is_closed=True)) == []
    assert told.report(cco(is_closed=False)) == [OPENED]


def test_a_lost_late_report_hides_no_change() -> None:
    told = known()
    told.answer(cco(is_closed=True), cco(is_closed=False), cco(is_closed=True))
    assert told.report(cco(is_closed=False)) == [], "the first report of three was lost"
    assert told.report(cco(is_closed=True)) == []
    assert told.report(cco(is_closed=False)) == [OPENED]


def test_a_report_that_fits_nothing_shown_is_a_change() -> None:
    told = known()
    told.answer(cco(is_closed=True))
    assert told.report(cco(is_closed=False)) == [OPENED]
    assert told.report(cco(is_closed=True)) == [CLOSED]


def test_after_two_seconds_no_late_report_is_expected_any_more() -> None:
    told = known()
    told.answer(cco(is_closed=True), cco(is_closed=False), at=1.0)
    assert told.report(cco(is_closed=True), at=3.5) == [CLOSED]


# --- presence -------------------------------------------------------------------------------


def test_presence_is_told_as_a_change_of_the_module() -> None:
    told = known()
    (online,) = told.record.set_presence(is_online=True)
    assert isinstance(online, ModuleChanged)
    assert (online.previous.is_online, online.view.is_online) == (False, True)
    (fresh,) = told.record.set_presence(is_fresh=True)
    assert isinstance(fresh, ModuleChanged)
    assert told.record.set_presence(is_online=True, is_fresh=True) == []
    assert told.record.view.is_online
    assert told.record.view.is_fresh


@given(
    st.lists(
        st.tuples(
            st.tuples(*[st.booleans()] * 4),
            st.sampled_from(Cause),
            st.integers(0, 5) | st.integers(0xFFFD, 0xFFFF),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_whatever_a_module_says_an_answer_is_believed_and_events_fit_the_views(
    heard: list[tuple[Any, Cause, int, bool]],
) -> None:
    told = Told()
    for on, cause, count, is_cco in heard:
        if is_cco:
            told.report(cco(is_closed=on[0]))
        else:
            told.report(zones(on, cause, count, on))
        if cause is Cause.QUERY and not is_cco:
            assert told.record.view.zones == on
    shown: list[Any] = [None] * 4
    changes = [event for event in told.events if isinstance(event, ModuleChanged)]
    for event in changes:
        assert event.previous.zones == tuple(shown)
        shown = list(event.view.zones)
    assert told.record.view.zones == tuple(shown)
    switched = [event for event in told.events if isinstance(event, ZoneSwitched)]
    differences = sum(
        before is not None and before != after
        for event in changes
        for before, after in zip(event.previous.zones, event.view.zones, strict=True)
    )
    assert len(switched) == differences


def test_a_zone_report_that_repeats_what_is_known_changes_nothing() -> None:
    told = known()
    before = len(told.events)
    told.answer(zones(OFF, count=1))
    assert len(told.events) == before


@pytest.mark.parametrize("zone", [1, 2, 3, 4])
def test_each_button_is_told_with_its_zone(zone: int) -> None:
    on = (zone == 1, zone == 2, zone == 3, zone == 4)
    events = known().report(zones(on, Cause.ZONE_BUTTON, 2, on))
    assert ZoneButtonPressed(ONE, ZoneNumber(zone)) in events
