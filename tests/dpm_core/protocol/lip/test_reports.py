"""Reports as values: their line, and what they say about contacts, LEDs, levels and the project."""

from __future__ import annotations

import pytest

from dpm_core.protocol.lip import (
    DeviceAction,
    DeviceLed,
    LedState,
    OutputLevel,
    SystemReport,
    UnknownReport,
)
from tests.dpm_core.protocol.lip.lines import REPORTS, ReportLine

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize("row", REPORTS, ids=lambda row: f"{row.line} ({row.source})")
def test_a_report_has_its_line(row: ReportLine) -> None:
    assert row.report.line() == row.line


def test_an_unknown_line_is_said_as_it_came() -> None:
    assert UnknownReport("OS Firmware Revision = 8.0").line() == "OS Firmware Revision = 8.0"


@pytest.mark.parametrize(("level", "is_on"), [(0.0, False), (0.01, True), (100.0, True)])
def test_any_level_above_nothing_is_on(level: float, is_on: bool) -> None:
    assert OutputLevel(101, level).is_on is is_on


@pytest.mark.parametrize(
    ("action", "fields", "is_closed"),
    [
        (3, (), True),
        (4, (), False),
        (35, ("1",), True),
        (35, ("0",), False),
        (35, ("2",), None),
        (35, (), None),
        (5, (), None),
    ],
)
def test_a_contact_is_closed_open_or_not_told(
    action: int, fields: tuple[str, ...], is_closed: bool | None
) -> None:
    assert DeviceAction(31, 1, action, fields).is_contact_closed is is_closed


def test_a_button_is_pressed_and_released() -> None:
    press, release = DeviceAction(30, 1, 3), DeviceAction(30, 1, 4)
    assert (press.is_press, press.is_release) == (True, False)
    assert (release.is_press, release.is_release) == (False, True)


@pytest.mark.parametrize("state", LedState)
def test_an_led_is_lit_unless_it_is_off(state: LedState) -> None:
    assert DeviceLed(30, 81, state).is_on is (state is not LedState.OFF)


@pytest.mark.parametrize(
    ("report", "exported"),
    [
        (SystemReport(None, ("01/31/2026", "12:00:00")), "01/31/2026 12:00:00"),
        (SystemReport(10, ("01/31/2026", "12:00:00")), "01/31/2026 12:00:00"),
        (SystemReport(10, ()), None),
        (SystemReport(10, ("",)), None),
        (SystemReport(1, ("11:05:00",)), None),
    ],
)
def test_the_date_of_the_project_comes_with_and_without_its_number(
    report: SystemReport, exported: str | None
) -> None:
    assert report.exported == exported
