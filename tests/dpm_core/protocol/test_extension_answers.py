"""What a module says in class 7D only when it is asked."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    CountersReport,
    IdentityReport,
    Malformed,
    Message,
    Result,
    ResultCode,
    build_frame,
    decode_message,
)

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            CountersReport(MODULE, (1, 2, 3, 4), 5, 6, 7, 8, 9, 10, 11),
            (
                "Module 00A1B2C3: relay operations 1, 2, 3, 4; CCO operations 5; up 6 s; "
                "CCI openings 7; frames good 8, CRC errors 9, framing errors 10, overruns 11."
            ),
        ),
        (
            IdentityReport(MODULE, 0x09110104, (2, 54)),
            "Module 00A1B2C3: class word 09110104, firmware 2.054, 4 zones, component type 38.",
        ),
        (
            Result(MODULE, 0x40, ResultCode.OVERRIDE, 0x3D),
            "Module 00A1B2C3 answers GO_TO_LEVEL with sequence 3D: refused: manual override.",
        ),
        (
            Result(MODULE, 0x22, ResultCode.BUSY, 0x01),
            "Module 00A1B2C3 answers IDENTIFY with sequence 01: busy.",
        ),
        (
            Result(MODULE, 0x05, ResultCode.BAD_VALUE, 0x01),
            "Module 00A1B2C3 answers CCO_SET with sequence 01: bad value.",
        ),
        (
            Result(MODULE, 0x7F, ResultCode.UNKNOWN_TYPE, 0x01),
            "Module 00A1B2C3 answers type 7F with sequence 01: unknown type.",
        ),
    ],
)
def test_an_answer_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


def test_a_result_that_stands_for_nothing_is_malformed() -> None:
    payload = bytes.fromhex("0000a1b2c3fe7d0f050501")
    message = decode_message(build_frame(0x89, 0, int(MODULE).to_bytes(4), 0x00, payload))
    assert isinstance(message, Malformed)
    assert "result" in message.reason


def test_counters_stop_at_the_top_of_their_field() -> None:
    many = 1 << 40
    report = CountersReport(MODULE, (many, 1, 2, 3), many, many, many, many, many, many, many)
    assert report.relay_operations == (0xFFFFFFFF, 1, 2, 3)
    assert (report.cco_operations, report.uptime_s) == (0xFFFFFFFF, 0xFFFFFFFF)
    assert {
        report.cci_openings,
        report.frames_good,
        report.crc_errors,
        report.framing_errors,
        report.overruns,
    } == {0xFFFF}


def test_what_was_not_counted_is_zero() -> None:
    assert CountersReport(MODULE, (1, 2, 3, 4)) == CountersReport(
        MODULE, (1, 2, 3, 4), 0, 0, 0, 0, 0, 0, 0
    )


def test_uptime_counts_whole_seconds() -> None:
    assert CountersReport(MODULE, (0, 0, 0, 0), uptime_s=int(59.9)).uptime_s == 59


def test_counts_below_zero_or_for_other_than_four_relays_are_refused() -> None:
    with pytest.raises(UnsupportedSetting):
        CountersReport(MODULE, (0, 0, 0, -1))
    with pytest.raises(UnsupportedSetting):
        CountersReport(MODULE, (0, 0, 0, 0), crc_errors=-1)
    with pytest.raises(UnsupportedSetting):
        CountersReport(MODULE, (0, 0, 0))  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize(
    "parts",
    [
        (1 << 32, (2, 54), 4, 0x38),
        (0, (256, 0), 4, 0x38),
        (0, (0, 256), 4, 0x38),
        (0, (0, 0), 256, 0x38),
        (0, (0, 0), 4, 256),
    ],
)
def test_an_identity_that_does_not_fit_is_refused(
    parts: tuple[int, tuple[int, int], int, int],
) -> None:
    with pytest.raises(UnsupportedSetting):
        IdentityReport(MODULE, *parts)


@pytest.mark.parametrize(("answered_type", "sequence"), [(256, 0), (0, 256)])
def test_a_result_that_does_not_fit_is_refused(answered_type: int, sequence: int) -> None:
    with pytest.raises(UnsupportedSetting):
        Result(MODULE, answered_type, ResultCode.DONE, sequence)
