"""How radio devices get their addresses: read, and said in words."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    AddressingBeacon,
    AddressQuery,
    Announce,
    AssignComponent,
    AssignLinkAddress,
    BeaconStage,
    LinkSource,
    Message,
    encode_message,
)

pytestmark = pytest.mark.requirement("E4")

DEVICE = SerialNumber(0x06FE43B1)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            Announce(0x012C0F7C, 0x04340301),
            "Device 012C0F7C announces that it has no address (class word 04340301).",
        ),
        (AddressingBeacon(BeaconStage.CLOSED), "Addressing of new devices is closed."),
        (
            AssignLinkAddress(DEVICE, 0x902C, 0x04),
            "Assign link address 04 of subnet 902C to device 06FE43B1.",
        ),
        (AssignComponent(DEVICE, 0x82), "Assign component 0082 to device 06FE43B1."),
        (
            AddressQuery(DEVICE, 0x01020304, 5),
            "Ask device 06FE43B1 for its address (secondary id 01020304, addressing type 05).",
        ),
    ],
)
def test_an_addressing_message_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


def test_an_announcement_is_sent_as_a_device_does() -> None:
    frame = encode_message(
        Announce(int(DEVICE), 0x04340301), counter=0, sequence=0x86, source=DEVICE
    )
    assert frame.packet_type == 0xB8
    from_a_place = encode_message(
        Announce(int(DEVICE), 0x04340301), counter=0, sequence=0, source=LinkSource()
    )
    assert from_a_place.packet_type == 0xB0


@pytest.mark.parametrize("stage", list(BeaconStage))
def test_the_stage_is_the_type(stage: BeaconStage) -> None:
    assert AddressingBeacon(stage).codes() == (0x08, stage.value)


@pytest.mark.parametrize(
    ("serial", "class_word", "rest"), [(1 << 32, 0, b""), (0, 1 << 32, b""), (0, 0, bytes(28))]
)
def test_an_announcement_that_does_not_fit_is_refused(
    serial: int, class_word: int, rest: bytes
) -> None:
    with pytest.raises(UnsupportedSetting):
        Announce(serial, class_word, rest)


def test_a_beacon_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UnsupportedSetting):
        AddressingBeacon(BeaconStage.IDLE, bytes(36))


@pytest.mark.parametrize(
    "parts",
    [
        (0x10000, 0, 0, 6, 0),
        (0, 256, 0, 6, 0),
        (0, 0, 256, 6, 0),
        (0, 0, 0, 7, 0),
        (0, 0, 0, 6, 256),
    ],
)
def test_an_assignment_that_does_not_fit_is_refused(
    parts: tuple[int, int, int, int, int],
) -> None:
    with pytest.raises(UnsupportedSetting):
        AssignLinkAddress(DEVICE, *parts)


def test_a_component_and_a_query_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UnsupportedSetting):
        AssignComponent(DEVICE, 0x10000)
    with pytest.raises(UnsupportedSetting):
        AddressQuery(DEVICE, 1 << 32, 0)
    with pytest.raises(UnsupportedSetting):
        AddressQuery(DEVICE, 0, 256)
