"""What a message says, for people in words and for programs in fields.

House rule: no message is named here but where its fields need more than their values.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum, IntFlag
from typing import Final, TypeAlias

from dpm_core.model import CcoLoad, GroupNumber, SerialNumber, ZoneLoad

from .extension_answers import IdentityReport
from .frames import Frame
from .level_messages import GoToLevel, LevelReport, PeriodicLevelReport
from .levels import raw_to_percent
from .message import Broadcast, Message, Target
from .packet_messages import Malformed, UnknownMessage
from .preset_messages import StorePreset

__all__ = ["FieldValue", "describe", "frame_fields", "message_fields"]

FieldValue: TypeAlias = "str | int | float | bool | list[FieldValue] | dict[str, FieldValue] | None"
"""What JSON can say."""

_FOUR_OCTETS: Final = frozenset({"serial", "key_serial", "class_word", "secondary_id", "prefix"})
_CODES: Final = frozenset({"message_class", "message_type", "answered_type", "component_type"})
# Shown as the references write them, in hexadecimal.


def describe(message: Message) -> str:
    """Return what a message says, in one line of plain words."""
    return message.words()


def message_fields(message: Message) -> dict[str, FieldValue]:
    """Return what a message carries, as JSON can say it; units are in the names.

    Serial numbers, class words, classes and types are hexadecimal text; four zones are a
    list, zone 1 first; what is on in a mask is a list of names; octets are hexadecimal text.
    """
    found: dict[str, FieldValue] = {}
    for field in fields(message):  # type: ignore[arg-type]  # every message is a dataclass
        value = getattr(message, field.name)
        if isinstance(value, Frame):
            continue
        if isinstance(value, SerialNumber | GroupNumber | Broadcast):
            found |= _target_fields(value)
        else:
            found[field.name] = _json(field.name, value)
    return found | _derived(message)


def _target_fields(target: Target) -> dict[str, FieldValue]:
    if isinstance(target, SerialNumber):
        return {"module": str(target)}
    if isinstance(target, GroupNumber):
        return {"group": int(target)}
    return {"broadcast": True}


def _json(name: str, value: object) -> FieldValue:
    if isinstance(value, IntFlag):
        return [str(bit.name).lower() for bit in type(value) if bit in value]
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, tuple):
        return [_json(name, one) for one in value]
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, ZoneLoad | CcoLoad):
        return value.words
    if isinstance(value, Message):
        return value.words()
    if name in _FOUR_OCTETS and isinstance(value, int):
        return f"{value:08X}"
    if name in _CODES and isinstance(value, int):
        return f"{value:02X}"
    assert value is None or isinstance(value, str | int | float)
    return value


def _derived(message: Message) -> dict[str, FieldValue]:
    """Return what follows from the fields and is worth reading beside them."""
    match message:
        case GoToLevel():
            return {
                "zone": None if message.zone is None else int(message.zone),
                "level_percent": message.level_percent,
                "is_on": message.is_on,
            }
        case LevelReport() | PeriodicLevelReport():
            return {"level_percent": message.level_percent}
        case StorePreset():
            return {"level_percent": raw_to_percent(message.raw_level)}
        case IdentityReport():
            return {"firmware": message.firmware_text}
        case UnknownMessage() | Malformed():
            return _kept_raw(message)
    return {}


def _kept_raw(message: UnknownMessage | Malformed) -> dict[str, FieldValue]:
    found: dict[str, FieldValue] = {"payload": message.frame.payload.hex(" ")}
    if message.message_class is not None and message.message_type is not None:
        found["message_class"] = f"{message.message_class:02X}"
        found["message_type"] = f"{message.message_type:02X}"
    if message.target is not None:
        found |= _target_fields(message.target)
    return found


def frame_fields(frame: Frame) -> dict[str, FieldValue]:
    """Return what a packet's header says, as JSON can say it."""
    found: dict[str, FieldValue] = {
        "packet_type": f"{frame.packet_type:02X}",
        "size_octets": frame.size_class,
        "sequence": frame.sequence,
        "crc": f"{frame.crc:04X}",
    }
    if frame.has_header:
        found["counter"] = frame.counter
        if frame.has_serial_source:
            found["source_serial"] = frame.source_octets.hex().upper()
        else:
            found["source_link"] = str(frame.source_link)
        found["protocol"] = f"{frame.packet[6]:02X}"
        found["format"] = f"{frame.packet[7]:02X}"
        found["payload"] = frame.payload.hex(" ")
        found["tail"] = frame.tail.hex(" ")
    return found
