"""What a wallstation's LEDs are told, and tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    LedsReport,
    LedsSet,
    LinkSource,
    Malformed,
    decode_message,
    encode_message,
    encode_wire,
    reencode,
)
from dpm_core.protocol.frames import PROTOCOL_REPORT, build_frame
from dpm_core.protocol.requests import Answered, Priority, Request
from dpm_core.protocol.session import MasterSession
from dpm_core.protocol.session_events import RequestSettled

pytestmark = pytest.mark.requirement("E4", "E5")

KEYPAD, OTHER = SerialNumber(0x02A24C77), SerialNumber(0x02A24C78)


def test_each_led_has_its_bit() -> None:
    assert LedsSet(KEYPAD, (1,)).data() == b"\x00\x00\x00\x01"
    assert LedsSet(KEYPAD, (2, 9)).data() == b"\x00\x00\x01\x02"
    assert LedsReport(KEYPAD, (32,)).data() == b"\x80\x00\x00\x00"
    assert LedsReport(KEYPAD, ()).data() == b"\x00\x00\x00\x00"


@given(st.sets(st.integers(1, 32)))
def test_leds_are_read_as_they_were_said_in_order(leds: set[int]) -> None:
    said = LedsSet(KEYPAD, tuple(leds))
    assert said.leds == tuple(sorted(leds))
    frame = encode_message(said, counter=1, sequence=0, source=LinkSource())
    assert decode_message(frame) == said


def test_the_words_name_the_wallstation_and_its_leds() -> None:
    assert LedsSet(KEYPAD, (3, 1)).words() == "Light LEDs of wallstation 02A24C77: 1, 3."
    assert LedsReport(KEYPAD, ()).words() == "Wallstation 02A24C77: LEDs lit none."


@pytest.mark.parametrize("leds", [(0,), (33,), (2, 2)])
@pytest.mark.parametrize("kind", [LedsSet, LedsReport])
def test_there_are_32_leds_each_once(
    kind: type[LedsSet] | type[LedsReport], leds: tuple[int, ...]
) -> None:
    with pytest.raises(UnsupportedSetting):
        kind(KEYPAD, leds)


def test_a_report_of_another_wallstations_leds_is_malformed() -> None:
    payload = LedsReport(KEYPAD, (1,)).payload()
    frame = build_frame(0x89, 0, OTHER.to_bytes(4), PROTOCOL_REPORT, payload)
    assert isinstance(decode_message(frame), Malformed)
    assert reencode(frame) == frame.packet


def said(report: LedsReport) -> bytes:
    return encode_wire(encode_message(report, counter=1, sequence=0, source=report.serial))


def test_the_report_of_the_wallstation_that_was_told_answers() -> None:
    session = MasterSession()
    session.is_polling = False
    session.link_opened(0.0)
    session.submit(Request(LedsSet(KEYPAD, (1,)), Priority.READ), 1.0)
    assert session.due(1.0) is not None
    session.hear(said(LedsReport(OTHER, (1,))), 1.02)
    assert not [event for event in session.events() if isinstance(event, RequestSettled)]
    session.hear(said(LedsReport(KEYPAD, (1,))), 1.03)
    (settled,) = (event for event in session.events() if isinstance(event, RequestSettled))
    assert settled.outcome == Answered((LedsReport(KEYPAD, (1,)),))
