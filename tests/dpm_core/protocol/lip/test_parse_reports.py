"""Every line of a processor becomes its report, and what is not certain is kept as it came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol.lip import LipReport, UnknownReport, parse_report
from tests.dpm_core.protocol.lip.lines import HEARD_OTHERWISE, REPORTS, UNKNOWN, ReportLine
from tests.dpm_core.protocol.lip.values import reports

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize(
    "row", [*REPORTS, *HEARD_OTHERWISE], ids=lambda row: f"{row.line} ({row.source})"
)
def test_a_line_becomes_its_report(row: ReportLine) -> None:
    assert parse_report(row.line) == row.report


@pytest.mark.parametrize("line", UNKNOWN)
def test_what_is_not_certain_is_kept(line: str) -> None:
    assert parse_report(line) == UnknownReport(line)


@given(reports)
def test_what_is_said_is_what_is_heard(report: LipReport) -> None:
    assert parse_report(report.line()) == report


@given(st.one_of(st.text(), st.text(st.sampled_from("~OUTPUTDEVICE,0123456789.: "))))
def test_anything_at_all_is_some_report(line: str) -> None:
    report = parse_report(line)
    assert parse_report(report.line()) == report
