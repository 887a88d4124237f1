"""A module at one instant, put into messages."""

from dataclasses import replace

import pytest

from dpm_core.model import (
    Announced,
    Cause,
    CciChanged,
    CciInput,
    Cco,
    CcoChanged,
    CcoType,
    ContactState,
    IdentifyStarted,
    Mode,
    ModuleState,
    OverrideAction,
    OverrideEntered,
    OverrideLeft,
    SerialNumber,
    ZonesSettled,
    factory_module,
)
from dpm_core.protocol.messages import (
    CciReport,
    CcoReport,
    IdentityReport,
    OverrideReport,
    ReportFlag,
    StatusMask,
    ZoneReport,
)
from dpm_core.simulator.reports import (
    LinkCounts,
    counters_report,
    event_report,
    identity_report,
    name_report,
    report_flags,
    status_reports,
    zone_report,
)

ONE = SerialNumber(0x00A1B2C3)
OFF4 = (False, False, False, False)


@pytest.fixture
def state() -> ModuleState:
    return replace(factory_module(ONE), mode=Mode.NORMAL, powered_at=0.0)


def test_each_flag_is_what_it_says(state: ModuleState) -> None:
    opened = CciInput(ContactState.OPEN, ContactState.OPEN)
    bounced = CciInput(ContactState.OPEN, ContactState.CLOSED, 1.0)
    assert report_flags(state) == ReportFlag(0)
    assert report_flags(replace(state, mode=Mode.OVERRIDE)) == ReportFlag.OVERRIDE_ACTIVE
    assert report_flags(replace(state, cci=opened)) == ReportFlag.CCI_OPEN
    # Not before it has rested for the debounce time.
    assert report_flags(replace(state, cci=bounced)) == ReportFlag(0)
    assert report_flags(replace(state, cco=Cco(True))) == ReportFlag.CCO_CLOSED
    assert report_flags(replace(state, was_restored=True)) == ReportFlag.RESTORED


def test_a_report_of_zones_that_settled_says_what_was_so_then(state: ModuleState) -> None:
    zones, changed = (True, True, False, False), (True, False, False, False)
    settled = ZonesSettled(Cause.CCI, zones, changed)
    assert zone_report(state, 3, settled) == ZoneReport(
        ONE, zones, changed, ReportFlag(0), Cause.CCI, 3
    )
    assert zone_report(state, 3) == ZoneReport(ONE, OFF4, OFF4, ReportFlag(0), Cause.QUERY, 3)


def test_what_the_link_hears_of_each_event(state: ModuleState) -> None:
    on, off, stay = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED
    pulsing = replace(state, cco=Cco(True, 2.5))
    assert event_report(CciChanged(ContactState.OPEN), state, 0.0) == CciReport(
        ONE, ContactState.OPEN, is_edge=True
    )
    assert event_report(OverrideEntered((on, off, stay, on), Cause.CCI), state, 0.0) == (
        OverrideReport(ONE, True, (True, False, False, True), OFF4, Cause.CCI)
    )
    assert event_report(OverrideLeft(Cause.CCI), state, 0.0) == OverrideReport(
        ONE, False, OFF4, OFF4, Cause.CCI
    )
    assert event_report(CcoChanged(True), pulsing, 1.0) == CcoReport(
        ONE, True, CcoType.MOMENTARY, 1.5
    )
    assert event_report(CcoChanged(False), pulsing, 1.0) == CcoReport(
        ONE, False, CcoType.MOMENTARY, 0.0
    )
    assert event_report(Announced(), state, 0.0) == identity_report(state)
    assert event_report(IdentifyStarted(), state, 0.0) is None


def test_the_identity_is_that_of_the_module_in_the_specification(state: ModuleState) -> None:
    identity = identity_report(state)
    assert identity == IdentityReport(ONE, 0x09110104, (2, 54), 4, 0x38)
    assert identity.firmware_text == "2.054"


def test_counters_of_the_link_stop_at_their_top(state: ModuleState) -> None:
    counts = LinkCounts(frames_good=70_000, crc_errors=65_536, framing_errors=65_535, overruns=1)
    report = counters_report(state, counts, 12.9)
    assert report.frames_good == report.crc_errors == report.framing_errors == 0xFFFF
    assert report.overruns == 1
    assert report.uptime_s == 12


@pytest.mark.parametrize("bit", list(StatusMask))
def test_each_bit_of_a_status_query_has_its_report(state: ModuleState, bit: StatusMask) -> None:
    (report,) = status_reports(state, bit, LinkCounts(zone_reports=7), 0.0)
    assert report.serial == ONE
    assert getattr(report, "count", 7) == 7


def test_names_have_their_index(state: ModuleState) -> None:
    program = replace(state.memory.program, name="M", zone_names=("1", "2", "3", "4"))
    named = replace(state, memory=replace(state.memory, program=program))
    assert [name_report(named, index).name for index in range(5)] == ["M", "1", "2", "3", "4"]
