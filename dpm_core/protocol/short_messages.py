"""What a payload without the common start says: buttons, and levels as radio devices report them.

House rule: telling them apart only; each is defined in the file of its subject.

Source: qs-link.md 3.4, 3.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dpm_core.errors import CallError

from .device_messages import ButtonCommand, ButtonEvent
from .frames import PROTOCOL_COMMAND, PROTOCOL_REPORT
from .level_messages import LevelReport, PeriodicLevelReport
from .packet_messages import Malformed, UnknownMessage

if TYPE_CHECKING:
    from .frames import Frame
    from .message import Message

__all__ = ["decode_short"]

_BUTTON_FLAG: Final = 0x03


def decode_short(frame: Frame) -> Message:
    """Return what a payload without the common start says."""
    payload = frame.payload
    size = len(payload)
    if size != frame.format or size < 4:
        return UnknownMessage(frame)
    if frame.protocol_byte == PROTOCOL_REPORT and payload.startswith(LevelReport.START):
        if size == 4:
            return LevelReport.from_payload(payload)
        if size == 8 and payload[4:7] == PeriodicLevelReport.MIDDLE:
            return PeriodicLevelReport.from_payload(payload)
    if frame.protocol_byte == PROTOCOL_COMMAND and payload[:2] == bytes((_BUTTON_FLAG, 0x00)):
        if size == 4:
            try:
                return ButtonEvent.from_payload(payload)
            except CallError as error:
                return Malformed(frame, ButtonEvent.ROW.name, str(error))
        if size in ButtonCommand.ROW.formats and payload[3] == 0x01 and payload[8] == 0x00:
            return ButtonCommand.from_payload(payload)
    return UnknownMessage(frame)
