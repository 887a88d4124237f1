"""When reports agree with what a module was told."""

import pytest

from dpm_core.client import ModuleView
from dpm_core.client.agreement import CcoAgrees, ZonesAgree
from dpm_core.model import Cause, CcoAction, CcoType, ZoneNumber
from dpm_core.protocol import CcoReport, OverrideReport, ReportFlag, StatusMask, ZoneReport
from tests.dpm_core.client.links import ONE

OFF = (False, False, False, False)
ON_2 = (False, True, False, False)
NONE = ReportFlag(0)
TWO_ON = {ZoneNumber(2): True}


def zones(on: tuple[bool, bool, bool, bool], flags: ReportFlag = NONE) -> ZoneReport:
    return ZoneReport(ONE, on, OFF, flags, Cause.LINK_COMMAND, 1)


def override(saved: tuple[bool, bool, bool, bool], *, is_active: bool = True) -> OverrideReport:
    return OverrideReport(ONE, is_active, OFF, saved, Cause.QUERY)


def test_zones_agree_when_each_is_what_it_was_told() -> None:
    agreement = ZonesAgree(TWO_ON)
    agreement.begin(0.0)
    assert agreement.mask == StatusMask.ZONES
    assert agreement.look_at(zones(OFF), 0.0, is_answer=False) is False
    assert agreement.reported == "zone 2 off"
    assert agreement.look_at(zones(ON_2), 0.0, is_answer=False) is True
    both = ZonesAgree({ZoneNumber(1): False, ZoneNumber(2): True})
    assert both.look_at(zones((True, True, False, False)), 0.0, is_answer=True) is False
    assert both.reported == "zone 1 on, zone 2 on"


def test_in_override_what_returns_decides_and_only_an_answer_tells_it() -> None:
    agreement = ZonesAgree(TWO_ON)
    in_override = zones((True,) * 4, ReportFlag.OVERRIDE_ACTIVE)
    assert agreement.look_at(in_override, 0.0, is_answer=True) is None
    assert agreement.is_in_override
    assert agreement.mask == StatusMask.ZONES | StatusMask.OVERRIDE
    assert agreement.look_at(override(ON_2), 0.0, is_answer=False) is None
    assert agreement.look_at(override(OFF), 0.0, is_answer=True) is False
    assert agreement.reported == "zone 2 off when manual override ends"
    assert agreement.look_at(override(ON_2), 0.0, is_answer=True) is True
    assert agreement.look_at(override(ON_2, is_active=False), 0.0, is_answer=True) is None
    assert not agreement.is_in_override


@pytest.mark.parametrize(
    ("view", "at_once"),
    [
        (ModuleView(serial=ONE, is_fresh=True, zones=ON_2), True),
        (ModuleView(serial=ONE, is_fresh=False, zones=ON_2), False),
        (ModuleView(serial=ONE, is_fresh=True, zones=OFF), False),
        (ModuleView(serial=ONE, is_fresh=True), False),
    ],
)
def test_a_module_that_is_like_this_already_will_not_report(
    view: ModuleView, at_once: bool
) -> None:
    assert ZonesAgree(TWO_ON).asks_at_once(view) is at_once


def cco(*, is_closed: bool, remaining_s: float = 0.0) -> CcoReport:
    return CcoReport(ONE, is_closed, CcoType.MOMENTARY, remaining_s)


@pytest.mark.parametrize(
    ("action", "report", "agrees"),
    [
        (CcoAction.OPEN, cco(is_closed=False), True),
        (CcoAction.OPEN, cco(is_closed=True), False),
        (CcoAction.CLOSE, cco(is_closed=True), True),
        (CcoAction.CLOSE, cco(is_closed=False), False),
        (CcoAction.PULSE, cco(is_closed=True, remaining_s=0.3), True),
        (CcoAction.END_PULSE, cco(is_closed=True, remaining_s=0.3), False),
        (CcoAction.END_PULSE, cco(is_closed=True), True),
        (CcoAction.END_PULSE, cco(is_closed=False), True),
    ],
)
def test_the_cco_agrees_by_the_answer_to_a_question(
    action: CcoAction, report: CcoReport, agrees: bool
) -> None:
    agreement = CcoAgrees(action, None)
    agreement.begin(0.0)
    assert agreement.asks_at_once(ModuleView(serial=ONE))
    assert agreement.look_at(report, 0.0, is_answer=False) is None
    assert agreement.look_at(zones(OFF), 0.0, is_answer=True) is None
    assert agreement.look_at(report, 0.0, is_answer=True) is agrees
    assert agreement.reported == f"its CCO {'closed' if report.is_closed else 'open'}"


def test_an_output_that_is_open_after_its_pulse_agrees_unless_it_was_seen_open_before() -> None:
    late = CcoAgrees(CcoAction.PULSE, 0.5)
    late.begin(10.0)
    assert late.look_at(cco(is_closed=False), 10.6, is_answer=True) is True
    early = CcoAgrees(CcoAction.PULSE, 0.5)
    early.begin(10.0)
    assert early.look_at(cco(is_closed=False), 10.4, is_answer=True) is False
    assert early.look_at(cco(is_closed=False), 10.6, is_answer=True) is False
    unknown = CcoAgrees(CcoAction.PULSE, None)
    unknown.begin(10.0)
    assert unknown.look_at(cco(is_closed=False), 10.2, is_answer=True) is True
