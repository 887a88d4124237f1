"""What is heard on a link is counted by who said it, and no more kept than can be shown."""

import pytest

from dpm_core.cli.heard import NOTHING_HEARD, OTHERS, SENDERS_MAX, Heard, sender_words
from dpm_core.client import FrameSent, MessageHeard
from dpm_core.model import ContactState, SerialNumber
from dpm_core.protocol import (
    CciReport,
    DecoderStatistics,
    Frame,
    Identify,
    LinkSource,
    LinkStatistics,
    decode_message,
    encode_message,
)

pytestmark = pytest.mark.requirement("G4")


def statistics(**counts: int) -> LinkStatistics:
    return LinkStatistics(heard=DecoderStatistics(**counts))


def report(number: int) -> MessageHeard:
    serial = SerialNumber(number)
    message = CciReport(serial, ContactState.OPEN, is_edge=True)
    return MessageHeard(message, encode_message(message, counter=1, sequence=0, source=serial), 0.0)


def test_each_sender_has_its_count_and_what_it_said_last() -> None:
    heard = Heard()
    for number in (1, 2, 1):
        heard(report(number))
    senders = heard.fields(statistics(frames=3))["senders"]
    assert [(one["sender"], one["frames"]) for one in senders] == [("00000001", 2), ("00000002", 1)]
    assert "the CCI has just become open" in senders[0]["last"]


def test_what_we_sent_was_not_heard() -> None:
    heard = Heard()
    message = Identify(SerialNumber(1), 1)
    frame = encode_message(message, counter=1, sequence=0, source=LinkSource())
    heard(FrameSent(message, frame, 0.0, 1))
    assert heard.fields(statistics())["senders"] == []
    assert heard.table() is None


def test_more_senders_than_a_link_has_are_put_together() -> None:
    heard = Heard()
    for number in range(1, SENDERS_MAX + 11):
        heard(report(number))
    senders = heard.fields(statistics())["senders"]
    assert len(senders) == SENDERS_MAX + 1
    assert senders[-1] == {**senders[-1], "sender": OTHERS, "frames": 10}


def test_noise_is_told_from_silence() -> None:
    assert Heard().words(statistics()) == NOTHING_HEARD
    assert "7 octets of noise" in Heard().words(statistics(noise_octets=7))


@pytest.mark.parametrize(
    ("packet", "sender"),
    [
        ("8b00012c0f7c0004001b01fecccccccccccccccccccc179f", "012C0F7C"),
        (
            "81012182d7190008001b0100001b9201ccccccccccccfc19",
            "address 21, subnet 82D7, zone 19",
        ),
        ("0b05002355", "unnamed"),
    ],
)
def test_a_sender_is_named_as_far_as_it_says_so(packet: str, sender: str) -> None:
    frame = Frame(bytes.fromhex(packet))
    assert decode_message(frame) is not None
    assert sender_words(frame) == sender
