"""What a module reports about itself in class 7D."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import Cause, CcoType, ContactState, SerialNumber
from dpm_core.protocol import (
    CciReport,
    CcoReport,
    Malformed,
    Message,
    OverrideReport,
    ReportFlag,
    ZoneReport,
    build_frame,
    decode_message,
)

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)
NONE = (False, False, False, False)
ALL = (True, True, True, True)
TWO = (False, True, False, False)


def heard(payload: str) -> Message:
    """Return what a report of the module with this payload says."""
    return decode_message(
        build_frame(0x89, 0, int(MODULE).to_bytes(4), 0x00, bytes.fromhex(payload))
    )


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            ZoneReport(MODULE, ALL, TWO, ReportFlag(0), Cause.LINK_COMMAND, 7),
            "Module 00A1B2C3: on all zones; changed zone 2; cause link command; report 7.",
        ),
        (
            ZoneReport(MODULE, NONE, NONE, ReportFlag.CCI_OPEN | ReportFlag.RESTORED, Cause.QUERY),
            (
                "Module 00A1B2C3: on no zone; changed no zone; cause query; "
                "cci open, restored; report 0."
            ),
        ),
        (
            OverrideReport(MODULE, True, ALL, TWO, Cause.CCI),
            "Module 00A1B2C3: in manual override, forced on all zones; set on zone 2; cause cci.",
        ),
        (
            OverrideReport(MODULE, False, NONE, TWO, Cause.QUERY),
            "Module 00A1B2C3: not in manual override; set on zone 2; cause query.",
        ),
        (
            CciReport(MODULE, ContactState.OPEN, is_edge=True),
            "Module 00A1B2C3: the CCI has just become open.",
        ),
        (
            CciReport(MODULE, ContactState.CLOSED, is_edge=False),
            "Module 00A1B2C3: the CCI is closed.",
        ),
        (
            CcoReport(MODULE, True, CcoType.MOMENTARY, 0.25),
            "Module 00A1B2C3: the CCO (momentary) is closed, 0.25 s of its pulse left.",
        ),
        (
            CcoReport(MODULE, False, CcoType.MAINTAINED),
            "Module 00A1B2C3: the CCO (maintained) is open.",
        ),
    ],
)
def test_a_report_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("0000a1b2c3fe7d0210000000 0000", "zone bits"),
        ("0000a1b2c3fe7d0200100000 0000", "zone bits"),
        ("0000a1b2c3fe7d0200000007 0000", "cause"),
        ("0000a1b2c3fe7d0302000000 00", "override active"),
        ("0000a1b2c3fe7d0300100000 00", "zone bits"),
        ("0000a1b2c3fe7d0300001000 00", "zone bits"),
        ("0000a1b2c3fe7d0300000007 00", "cause"),
        ("0000a1b2c3fe7d040200", "CCI"),
        ("0000a1b2c3fe7d040002", "edge"),
        ("0000a1b2c3fe7d0602010000", "CCO"),
        ("0000a1b2c3fe7d0600020000", "CCO type"),
    ],
)
def test_a_report_out_of_its_range_is_malformed(payload: str, reason: str) -> None:
    message = heard(payload)
    assert isinstance(message, Malformed)
    assert reason in message.reason


def test_unknown_flags_are_kept() -> None:
    message = heard("0000a1b2c3fe7d0200008100 0000")
    assert isinstance(message, ZoneReport)
    assert message.flags == ReportFlag(0x81)
    assert ReportFlag.OVERRIDE_ACTIVE in message.flags


def test_the_count_of_reports_wraps() -> None:
    assert ZoneReport(MODULE, NONE, NONE, ReportFlag(0), Cause.QUERY, 65536 + 5).count == 5


@pytest.mark.parametrize(
    ("remaining_s", "reported_s"),
    [(0.0, 0.0), (1e-9, 0.0), (0.001, 0.01), (0.25, 0.25), (0.2501, 0.26), (9999.0, 655.35)],
)
def test_the_rest_of_a_pulse_is_rounded_up_to_its_step(
    remaining_s: float, reported_s: float
) -> None:
    assert CcoReport(MODULE, True, CcoType.MOMENTARY, remaining_s).remaining_s == reported_s


@pytest.mark.parametrize("remaining_s", [-0.01, float("nan")])
def test_a_rest_that_cannot_be_is_refused(remaining_s: float) -> None:
    with pytest.raises(UnsupportedSetting):
        CcoReport(MODULE, True, CcoType.MOMENTARY, remaining_s)
