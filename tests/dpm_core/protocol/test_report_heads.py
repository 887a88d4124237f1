"""Reports whose head is known: nothing but the time they take depends on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import Cause, GroupNumber, SerialNumber
from dpm_core.protocol import Malformed, decode_message, report_heads
from dpm_core.protocol.frames import build_frame
from dpm_core.protocol.message import ObjectStart
from dpm_core.protocol.messages import OverrideReport, ZoneReport

pytestmark = pytest.mark.requirement("E4")

SERIALS = st.sampled_from([SerialNumber(0x00A1B2C3), SerialNumber(0x00A1B2C4)])


def heard(serial: int, source: int, kind: int, size: int, data: bytes) -> object:
    payload = b"\x00" + serial.to_bytes(4) + bytes((0xFE, 0x7D, kind)) + data
    frame = build_frame(0x89, 0, source.to_bytes(4), 0x00, payload, format_byte=size)
    return decode_message(frame)


@given(st.lists(st.tuples(SERIALS, st.sampled_from((2, 3)), st.binary(min_size=6, max_size=6))))
def test_a_report_is_read_the_same_however_often_its_head_was_heard(
    reports: list[tuple[SerialNumber, int, bytes]],
) -> None:
    sizes = {2: 0x0E, 3: 0x0D}
    report_heads.forget_heads()
    first = []
    for serial, kind, data in reports:
        first.append(heard(serial, serial, kind, sizes[kind], data))
        report_heads.forget_heads()
    again = [heard(serial, serial, kind, sizes[kind], data) for serial, kind, data in reports]
    assert [*map(str, first)] == [*map(str, again)]
    assert first == again


def test_what_is_read_with_a_known_head_keeps_its_values() -> None:
    module = 0x00A1B2C3
    one = heard(module, module, 2, 0x0E, bytes.fromhex("0b0200010007"))
    other = heard(module, module, 2, 0x0E, bytes.fromhex("000f00000008"))
    assert isinstance(one, ZoneReport)
    assert isinstance(other, ZoneReport)
    assert (one.zones, one.cause, one.count) == ((True, True, False, True), Cause.LINK_COMMAND, 7)
    assert (other.zones, other.cause, other.count) == ((False,) * 4, Cause.QUERY, 8)


def test_bad_data_behind_a_known_head_is_malformed() -> None:
    module = 0x00A1B2C3
    assert isinstance(heard(module, module, 2, 0x0E, bytes(6)), ZoneReport)
    bad = heard(module, module, 2, 0x0E, bytes.fromhex("100000000000"))
    assert isinstance(bad, Malformed)
    assert bad.message_name == "ZONE_REPORT"
    assert "zone bits" in bad.reason


def test_a_report_from_another_sender_makes_no_head_known() -> None:
    report_heads.forget_heads()
    for _ in range(2):
        assert isinstance(heard(0x00A1B2C3, 0x00A1B2C4, 2, 0x0E, bytes(6)), Malformed)


def test_no_more_heads_are_kept_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    report_heads.forget_heads()
    monkeypatch.setattr(report_heads, "HEADS_MAX", 2)
    for serial in (1, 2, 3, 1, 2, 3):
        message = heard(serial, serial, 3, 0x0D, bytes(6))
        assert isinstance(message, OverrideReport)
        assert message.serial == serial
        assert report_heads.head_count() <= 2


@pytest.mark.parametrize(
    ("target", "data"),
    [
        (GroupNumber(5), "000000000000"),
        (SerialNumber(5), "100000000000"),
        (SerialNumber(5), "001000000000"),
        (SerialNumber(5), "000000070000"),
    ],
)
def test_a_zone_report_that_cannot_be_is_refused(
    target: SerialNumber | GroupNumber, data: str
) -> None:
    with pytest.raises(UnsupportedSetting):
        ZoneReport.from_start(ObjectStart(target, 0x7D, 0x02, bytes.fromhex(data)))
