"""Presets and dimming, as publicly known from radio.

Read, so that a link with keypads and dimmers on it can be understood; a switching
module has no use for them.

House rule: nothing of our own is defined here.

Source: qs-link.md 3.3 and 3.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, Self

from dpm_core.errors import UnsupportedSetting

from .levels import fade_s, raw_to_percent
from .message import (
    Direction,
    MessageRow,
    ObjectMessage,
    ObjectStart,
    Provenance,
    Target,
    check_field,
    target_words,
)

__all__ = ["DimDirection", "DimStep", "HoldStart", "PresetRecall", "StorePreset"]

_CAPTURE: Final = (Provenance.CAPTURE,)


@dataclass(frozen=True, slots=True)
class PresetRecall(ObjectMessage):
    """Recall a preset, mostly of a group. Source: qs-link.md 3.3, vector 7.

    Attributes:
        target: A group, a device or everybody.
        preset: 0 to 0xFF.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "PRESET_RECALL",
        0x40,
        (0x00,),
        (0x0B,),
        Direction.TO_DEVICE,
        (Provenance.FIRMWARE, Provenance.CAPTURE),
        "3.3",
        "preset, 00 00",
    )

    target: Target
    preset: int

    def __post_init__(self) -> None:
        check_field("preset", self.preset, 1)

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.preset, 0, 0))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(start.target, start.data[0])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Recall preset {self.preset:02X} of {target_words(self.target, 'device')}."


@dataclass(frozen=True, slots=True)
class StorePreset(ObjectMessage):
    """Store what a device does when a key of a keypad is pressed. Source: qs-link.md 3.6.

    Attributes:
        target: The device.
        key_serial: The keypad's serial number, 0 to 0xFFFFFFFF.
        preset: The key's preset, 0 to 0xFF.
        raw_level: 0 to 0xFFFF; 0xFEFF is 100 %.
        fade_quarter_s: Fade in quarter seconds.
        delay_quarter_s: Delay in quarter seconds.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "STORE_PRESET",
        0x06,
        (0x40,),
        (0x1A,),
        Direction.TO_DEVICE,
        _CAPTURE,
        "3.6",
        "key serial (4), 00, preset, 00 03 09 02, level (2), fade (2), delay (2), 00 00",
    )

    target: Target
    key_serial: int
    preset: int
    raw_level: int
    fade_quarter_s: int
    delay_quarter_s: int = 0

    def __post_init__(self) -> None:
        check_field("key serial", self.key_serial, 4)
        check_field("preset", self.preset, 1)
        check_field("raw level", self.raw_level, 2)
        check_field("fade", self.fade_quarter_s, 2)
        check_field("delay", self.delay_quarter_s, 2)

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return (
            self.key_serial.to_bytes(4)
            + bytes((0, self.preset, 0x00, 0x03, 0x09, 0x02))
            + self.raw_level.to_bytes(2)
            + self.fade_quarter_s.to_bytes(2)
            + self.delay_quarter_s.to_bytes(2)
            + b"\x00\x00"
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            start.target,
            int.from_bytes(data[0:4]),
            data[5],
            int.from_bytes(data[10:12]),
            int.from_bytes(data[12:14]),
            int.from_bytes(data[14:16]),
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Store preset {self.preset:02X} of key {self.key_serial:08X} in "
            f"{target_words(self.target, 'device')}: {raw_to_percent(self.raw_level):.4g} %, "
            f"fade {fade_s(self.fade_quarter_s):g} s, delay {fade_s(self.delay_quarter_s):g} s."
        )


class DimDirection(IntEnum):
    """Which way a held button dims. Source: qs-link.md 3.3."""

    LOWER = 0x02
    RAISE = 0x03


@dataclass(frozen=True, slots=True)
class HoldStart(ObjectMessage):
    """Start to dim for as long as a button is held. Source: qs-link.md 3.3, vector 6.

    Attributes:
        target: A device, a group or everybody.
        direction: Up or down.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "HOLD_START",
        0x42,
        (0x00,),
        (0x09,),
        Direction.TO_DEVICE,
        _CAPTURE,
        "3.3",
        "direction: 02 lower, 03 raise",
    )

    target: Target
    direction: DimDirection

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.direction,))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(start.target, _direction(start.data[0]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Start to {self.direction.name.lower()} {target_words(self.target, 'device')}."


@dataclass(frozen=True, slots=True)
class DimStep(ObjectMessage):
    """Dim by one step. Source: qs-link.md 3.3.

    Attributes:
        target: A device, a group or everybody.
        direction: Up or down.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "DIM_STEP",
        0x42,
        (0x02,),
        (0x0B,),
        Direction.TO_DEVICE,
        _CAPTURE,
        "3.3",
        "direction: 02 lower, 03 raise; 00 00",
    )

    target: Target
    direction: DimDirection

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.direction, 0, 0))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(start.target, _direction(start.data[0]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"{self.direction.name.capitalize()} {target_words(self.target, 'device')} by one step."
        )


def _direction(octet: int) -> DimDirection:
    if octet not in tuple(DimDirection):
        raise UnsupportedSetting("direction", octet, "02 to lower or 03 to raise")
    return DimDirection(octet)
