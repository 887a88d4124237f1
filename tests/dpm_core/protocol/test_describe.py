"""Fields for programs: JSON can say them, and their units are in the names."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from dpm_core.model import CcoAction, GroupNumber, SerialNumber
from dpm_core.protocol import (
    BROADCAST,
    CcoSet,
    Dialect,
    Frame,
    GoToLevel,
    Handshake,
    IdentityReport,
    LevelReport,
    LinkSource,
    Message,
    UnknownMessage,
    build_frame,
    decode_message,
    describe,
    frame_fields,
    message_fields,
)

from .strategies import messages
from .vectors import ALL

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)


@given(messages)
def test_every_message_is_said_in_one_line_and_in_fields(message: Message) -> None:
    words = describe(message)
    assert words.endswith((".", '".'))
    assert len(words.splitlines()) == 1
    found = message_fields(message)
    assert json.loads(json.dumps(found)) == found


def test_whom_a_message_is_for_has_a_name_of_its_own() -> None:
    assert message_fields(GoToLevel(MODULE, 1, 0))["module"] == "00A1B2C3"
    assert message_fields(GoToLevel(GroupNumber(5), 0, 0))["group"] == 5
    assert message_fields(GoToLevel(BROADCAST, 0, 0))["broadcast"] is True
    assert message_fields(CcoSet(MODULE, CcoAction.OPEN))["module"] == "00A1B2C3"


def test_what_follows_from_the_fields_is_given_too() -> None:
    found = message_fields(GoToLevel(MODULE, 2, 0x7F7F))
    assert found["zone"] == 2
    assert found["is_on"] is True
    assert found["level_percent"] == pytest.approx(50, abs=0.01)
    assert found["dialect"] == "wired"
    assert message_fields(GoToLevel(MODULE, 0, 1, Dialect.RADIO))["zone"] is None
    assert message_fields(LevelReport(0xFE)) == {"raw_level": 0xFE, "level_percent": 100.0}
    assert message_fields(IdentityReport(MODULE, 0x09110104, (2, 54)))["firmware"] == "2.054"


def test_what_is_not_understood_gives_what_can_be_read() -> None:
    payload = bytes.fromhex("0000a1b2c3fe7d7e01")
    frame = build_frame(0x91, 1, LinkSource().to_octets(), 0x21, payload)
    assert message_fields(decode_message(frame)) == {
        "payload": "00 00 a1 b2 c3 fe 7d 7e 01",
        "message_class": "7D",
        "message_type": "7E",
        "module": "00A1B2C3",
    }
    nobody = build_frame(0x91, 1, LinkSource().to_octets(), 0x21, b"\x01")
    assert message_fields(UnknownMessage(nobody)) == {"payload": "01"}
    malformed = build_frame(0x91, 1, LinkSource().to_octets(), 0x21, payload[:7] + b"\x01\x00")
    found = message_fields(decode_message(malformed))
    assert found["message_name"] == "STATUS_QUERY"
    assert found["module"] == "00A1B2C3"
    assert message_fields(Handshake(Frame(b"\xc1" + bytes(23)))) == {}


def test_a_header_is_given_as_the_references_write_it() -> None:
    command = Frame(ALL[21].packet)
    assert frame_fields(command) == {
        "packet_type": "91",
        "size_octets": 24,
        "sequence": 1,
        "crc": "4D64",
        "counter": 1,
        "source_link": "21 0001 00",
        "protocol": "21",
        "format": "0E",
        "payload": "00 00 a1 b2 c3 fe 40 02 00 02 fe ff 00 00",
        "tail": "",
    }
    report = Frame(ALL[24].packet)
    assert frame_fields(report)["source_serial"] == "00A1B2C3"
    assert frame_fields(Frame(ALL[20].packet)) == {
        "packet_type": "0B",
        "size_octets": 5,
        "sequence": 5,
        "crc": "2355",
    }
