"""Times on the wire, held to the reference's table."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    BAUD_CANDIDATES,
    BAUD_DEFAULT,
    answer_timeout_s,
    discover_window_s,
    frame_time_s,
    octet_time_s,
    report_idle_s,
    slot_time_s,
    wire_octets,
)

pytestmark = pytest.mark.requirement("E4")

# qs-link.md 6, the first column of each cell is 10 bits an octet, the second 11.
TABLE = [
    (31250, 320.0, 3.84, 9.92, 19.20, 352.0, 4.22, 10.91, 21.12),
    (41667, 240.0, 2.88, 7.44, 14.40, 264.0, 3.17, 8.18, 15.84),
    (62500, 160.0, 1.92, 4.96, 9.60, 176.0, 2.11, 5.46, 10.56),
    (100000, 100.0, 1.20, 3.10, 6.00, 110.0, 1.32, 3.41, 6.60),
    (115200, 86.8, 1.04, 2.69, 5.21, 95.5, 1.15, 2.96, 5.73),
]


def test_the_candidate_rates_are_those_of_the_table_and_the_default_is_the_first() -> None:
    assert tuple(row[0] for row in TABLE) == BAUD_CANDIDATES
    assert BAUD_CANDIDATES[0] == BAUD_DEFAULT


def test_each_size_class_has_seven_octets_around_it() -> None:
    assert [wire_octets(size) for size in (5, 24, 53)] == [12, 31, 60]


@pytest.mark.parametrize("row", TABLE, ids=[str(row[0]) for row in TABLE])
@pytest.mark.parametrize("bits", [10, 11])
def test_times_on_the_wire_are_those_of_the_table(row: tuple[float, ...], bits: int) -> None:
    baud = int(row[0])
    octet_us, *frames_ms = row[1:5] if bits == 10 else row[5:9]
    assert octet_time_s(baud, bits) * 1e6 == pytest.approx(octet_us, abs=0.06)
    for size, frame_ms in zip((5, 24, 53), frames_ms, strict=True):
        assert frame_time_s(size, baud, bits) * 1e3 == pytest.approx(frame_ms, abs=0.006)


def test_a_discover_slot_is_a_long_frame_and_three_milliseconds() -> None:
    assert slot_time_s(31250) == pytest.approx(0.0192 + 0.003)
    assert discover_window_s(16, 31250, host_slack_s=0.03) == pytest.approx(16 * 0.0222 + 0.03)


def test_an_answer_is_waited_for_as_long_as_it_may_take() -> None:
    assert answer_timeout_s(24, 31250) == pytest.approx(0.00992 + 0.005 + 0.030)
    assert answer_timeout_s(5, 31250, 11, turnaround_s=0.001, host_slack_s=0) == pytest.approx(
        12 * 11 / 31250 + 0.001
    )


def test_reports_are_spread_by_the_serial_number() -> None:
    waits = {round(report_idle_s(SerialNumber(serial)) * 1e3) for serial in range(0x20, 0x30)}
    assert waits == set(range(3, 19))


@pytest.mark.parametrize("bits", [9, 12])
def test_an_octet_may_have_nine_to_twelve_bits(bits: int) -> None:
    assert octet_time_s(1, bits) == bits


@pytest.mark.parametrize("baud", [0, -31250])
def test_a_rate_that_cannot_be_is_refused(baud: int) -> None:
    with pytest.raises(UnsupportedSetting, match="baud"):
        octet_time_s(baud)


@pytest.mark.parametrize("bits", [8, 13])
def test_an_octet_that_cannot_be_is_refused(bits: int) -> None:
    with pytest.raises(UnsupportedSetting, match="bits per octet"):
        octet_time_s(31250, bits)
