"""Presets and dimming: read, and said in words."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import GroupNumber, SerialNumber
from dpm_core.protocol import DimDirection, DimStep, HoldStart, Message, PresetRecall, StorePreset

pytestmark = pytest.mark.requirement("E4")

DEVICE = SerialNumber(0x012C0F7C)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (PresetRecall(GroupNumber(0xC50), 0x20), "Recall preset 20 of group 3152."),
        (
            StorePreset(DEVICE, 0x02A24C77, 0x22, 0xFEFF, 8, 4),
            "Store preset 22 of key 02A24C77 in device 012C0F7C: 100 %, fade 2 s, delay 1 s.",
        ),
        (HoldStart(DEVICE, DimDirection.RAISE), "Start to raise device 012C0F7C."),
        (DimStep(DEVICE, DimDirection.LOWER), "Lower device 012C0F7C by one step."),
    ],
)
def test_a_preset_or_dimming_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


@pytest.mark.parametrize("preset", [-1, 256])
def test_a_preset_is_one_octet(preset: int) -> None:
    with pytest.raises(UnsupportedSetting):
        PresetRecall(DEVICE, preset)


@pytest.mark.parametrize(
    "parts",
    [
        (-1, 0, 0, 0, 0),
        (0, 256, 0, 0, 0),
        (0, 0, 0x10000, 0, 0),
        (0, 0, 0, 0x10000, 0),
        (0, 0, 0, 0, 0x10000),
    ],
)
def test_a_stored_preset_that_does_not_fit_is_refused(
    parts: tuple[int, int, int, int, int],
) -> None:
    with pytest.raises(UnsupportedSetting):
        StorePreset(DEVICE, *parts)
