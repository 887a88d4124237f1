"""Identify, select and buttons."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    IDENTIFY_START,
    IDENTIFY_STOP,
    ButtonAction,
    ButtonCommand,
    ButtonEvent,
    Identify,
    Message,
    Select,
)

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (Identify(MODULE, IDENTIFY_START), "Flash the LEDs of module 00A1B2C3 for 10 s."),
        (Identify(MODULE, IDENTIFY_STOP), "Stop the flashing LEDs of module 00A1B2C3."),
        (Identify(MODULE, 0x07), "Identify module 00A1B2C3, mode 07."),
        (Select(MODULE), "Select device 00A1B2C3, parameter 0D."),
        (ButtonEvent(2, ButtonAction.RELEASE), "Button 02: release."),
        (
            ButtonCommand(4, 0x02A24C77, 0x40, 0x00, b"\x22\x00\x00"),
            "Button 04 of 02A24C77: class 40 type 00, data 22 00 00.",
        ),
        (
            ButtonCommand(5, 0x02A24C77, 0x42, 0x00, b""),
            "Button 05 of 02A24C77: class 42 type 00, data none.",
        ),
    ],
)
def test_a_message_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


def test_an_identify_flashes_unless_told_otherwise() -> None:
    assert Identify(MODULE).mode == IDENTIFY_START


@pytest.mark.parametrize("value", [-1, 256])
def test_one_octet_is_all_there_is_room_for(value: int) -> None:
    with pytest.raises(UnsupportedSetting):
        Identify(MODULE, value)
    with pytest.raises(UnsupportedSetting):
        Select(MODULE, value)
    with pytest.raises(UnsupportedSetting):
        ButtonEvent(value, ButtonAction.PRESS)


@pytest.mark.parametrize(
    "parts",
    [
        (256, 0, 0, 0, b""),
        (0, 1 << 32, 0, 0, b""),
        (0, 0, 256, 0, b""),
        (0, 0, 0, 256, b""),
        (0, 0, 0, 0, b"1234"),
    ],
)
def test_a_button_command_that_does_not_fit_is_refused(
    parts: tuple[int, int, int, int, bytes],
) -> None:
    with pytest.raises(UnsupportedSetting):
        ButtonCommand(*parts)


def test_a_held_dim_button_carries_one_octet() -> None:
    held = ButtonCommand(5, 0x02A24C77, 0x42, 0x00, b"\x03")
    assert held.payload().hex(" ") == "03 00 05 01 02 a2 4c 77 00 42 00 03"
