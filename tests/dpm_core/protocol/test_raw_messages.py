"""Messages that are known by name alone: read, never made."""

from __future__ import annotations

import pytest

from dpm_core.model import SerialNumber
from dpm_core.protocol import LinkSource, RawMessage, build_frame, decode_message, target_octets
from dpm_core.protocol.raw_messages import RAW_ROWS

pytestmark = pytest.mark.requirement("E4")

DEVICE = SerialNumber(0x06FE8020)


@pytest.mark.parametrize(
    ("name", "message_class", "message_type"),
    [
        (row.name, row.message_class, message_type)
        for row in RAW_ROWS
        for message_type in row.message_types
    ],
)
def test_each_is_known_by_class_and_type_and_kept_as_it_is(
    name: str, message_class: int, message_type: int
) -> None:
    payload = b"\x00" + target_octets(DEVICE) + bytes((message_class, message_type)) + b"\x01\x02"
    frame = build_frame(0x91, 1, LinkSource().to_octets(), 0x21, payload)
    message = decode_message(frame)
    assert message == RawMessage(DEVICE, message_class, message_type, b"\x01\x02")
    assert message.kind == name


def test_none_of_them_is_made() -> None:
    assert not any(row.is_encoded for row in RAW_ROWS)


def test_they_are_said_in_words() -> None:
    assert RawMessage(DEVICE, 0x06, 0x00, b"\x02").words() == (
        "Firmware transfer for device 06FE8020, class 06 type 00, kept raw: 02."
    )
    assert "kept raw: no data" in RawMessage(DEVICE, 0x02, 0x08, b"").words()
