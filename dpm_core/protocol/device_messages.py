"""Messages to single devices and from their buttons, as publicly known.

House rule: nothing of our own is defined here but the modes of identify, whose
public values are unknown.

Source: qs-link.md 3.3 and 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber

from .frames import LinkSource
from .message import (
    Direction,
    Encodable,
    MessageRow,
    ObjectMessage,
    ObjectStart,
    Provenance,
    Target,
    bridge_bit,
    check_field,
    target_words,
)

__all__ = [
    "IDENTIFY_START",
    "IDENTIFY_STOP",
    "ButtonAction",
    "ButtonCommand",
    "ButtonEvent",
    "Identify",
    "Select",
]

IDENTIFY_STOP: Final = 0x00
"""Identify mode: stop. Source: qs-link.md 5 (ours; public mode values are unknown)."""

IDENTIFY_START: Final = 0x01
"""Identify mode: flash for 10 s. Source: qs-link.md 5 (ours; public mode values are unknown)."""


@dataclass(frozen=True, slots=True)
class Identify(ObjectMessage):
    """Make a module flash its LEDs, or stop.

    Attributes:
        target: The module.
        mode: `IDENTIFY_START` for 10 s, `IDENTIFY_STOP`; 0 to 0xFF.
        is_component: Whether it is the component form, which a 0A follows.

    Source: qs-link.md 3.3 (layout, firmware), 5 (mode values, ours).
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "IDENTIFY",
        0x01,
        (0x22,),
        (0x09, 0x0A),
        Direction.TO_MODULE,
        (Provenance.FIRMWARE, Provenance.OURS),
        "3.3, 5",
        "mode: 01 for 10 s, 00 stop (mode values ours); component form: mode, 0A",
    )

    target: Target
    mode: int = IDENTIFY_START
    is_component: bool = False

    def __post_init__(self) -> None:
        check_field("identify mode", self.mode, 1)

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.mode, 0x0A)) if self.is_component else bytes((self.mode,))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(start.target, start.data[0], len(start.data) > 1)

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """A command of section 5 (rule 4)."""
        return bridge_bit(source)

    def words(self) -> str:
        """Say it in one line of plain words."""
        who = target_words(self.target)
        if self.mode == IDENTIFY_STOP:
            return f"Stop the flashing LEDs of {who}."
        if self.mode == IDENTIFY_START:
            return f"Flash the LEDs of {who} for 10 s."
        return f"Identify {who}, mode {self.mode:02X}."


@dataclass(frozen=True, slots=True)
class Select(ObjectMessage):
    """Select a device. The reply is not known. Source: qs-link.md 3.3.

    Attributes:
        target: The device.
        parameter: 0D is all that has been seen; 0 to 0xFF.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "SELECT",
        0x03,
        (0x02,),
        (0x09,),
        Direction.TO_DEVICE,
        (Provenance.FIRMWARE,),
        "3.3",
        "parameter 0D",
    )

    target: Target
    parameter: int = 0x0D

    def __post_init__(self) -> None:
        check_field("parameter", self.parameter, 1)

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.parameter,))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(start.target, start.data[0])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Select {target_words(self.target, 'device')}, parameter {self.parameter:02X}."


class ButtonAction(IntEnum):
    """What happened to a button. Source: qs-link.md 3.4."""

    PRESS = 0x00
    RELEASE = 0x01
    SAVE = 0x03


@dataclass(frozen=True, slots=True)
class ButtonEvent(Encodable):
    """A keypad's button was pressed, released or held to save. Source: qs-link.md 3.4, vector 11.

    The sender is the frame's source.

    Attributes:
        button: 0 to 0xFF.
        action: What happened.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "BUTTON_EVENT",
        None,
        (),
        (0x04,),
        Direction.FROM_DEVICE,
        (Provenance.CAPTURE,),
        "3.4",
        "whole payload: 03 00, button, action: 00 press, 01 release, 03 save",
    )

    button: int
    action: ButtonAction

    def __post_init__(self) -> None:
        check_field("button", self.button, 1)

    def payload(self) -> bytes:
        """Return the payload: the octets behind the header."""
        return bytes((0x03, 0x00, self.button, self.action))

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        """Return the message with this payload."""
        if payload[3] not in tuple(ButtonAction):
            raise UnsupportedSetting("button action", payload[3], "00, 01 or 03")
        return cls(payload[2], ButtonAction(payload[3]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Button {self.button:02X}: {self.action.name.lower()}."


@dataclass(frozen=True, slots=True)
class ButtonCommand(Encodable):
    """A keypad's button with the command it stands for. Source: qs-link.md 3.4, vector 12.

    Attributes:
        button: 0 to 0xFF.
        serial: The embedded serial number, 0 to 0xFFFFFFFF.
        message_class: Class of the embedded command.
        message_type: Type of the embedded command.
        data: What follows, at most three octets.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "BUTTON_COMMAND",
        None,
        (),
        (0x0B, 0x0C, 0x0D, 0x0E),
        Direction.FROM_DEVICE,
        (Provenance.CAPTURE,),
        "3.4",
        "whole payload: 03 00, button, 01, serial (4), 00, class, type, data (3; dim hold 1)",
    )

    button: int
    serial: int
    message_class: int
    message_type: int
    data: bytes

    def __post_init__(self) -> None:
        check_field("button", self.button, 1)
        check_field("serial", self.serial, 4)
        check_field("class", self.message_class, 1)
        check_field("type", self.message_type, 1)
        if len(self.data) > 3:
            raise UnsupportedSetting("data", self.data.hex(" "), "at most three octets")

    def payload(self) -> bytes:
        """Return the payload: the octets behind the header."""
        return (
            bytes((0x03, 0x00, self.button, 0x01))
            + self.serial.to_bytes(4)
            + bytes((0, self.message_class, self.message_type))
            + self.data
        )

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        """Return the message with this payload."""
        return cls(payload[2], int.from_bytes(payload[4:8]), payload[9], payload[10], payload[11:])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Button {self.button:02X} of {self.serial:08X}: class {self.message_class:02X} "
            f"type {self.message_type:02X}, data {self.data.hex(' ') or 'none'}."
        )
