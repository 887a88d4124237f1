"""Frames to messages, and the table of all messages.

`MESSAGES` is the one table of what can be said on the link and how sure it is;
docs/protocol.md prints it.

House rule: only what concerns every message is here; each message is defined in
the file of its subject, and listed in a table here.

Source: qs-link.md 3 and 5.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from dpm_core.errors import CallError

from .addressing_messages import (
    AddressingBeacon,
    AddressQuery,
    Announce,
    AssignComponent,
    AssignLinkAddress,
    BeaconStage,
)
from .device_messages import (
    IDENTIFY_START,
    IDENTIFY_STOP,
    ButtonAction,
    ButtonCommand,
    ButtonEvent,
    Identify,
    Select,
)
from .encoding import encode_message
from .extension import (
    CLASS_EXTENSION,
    GUARD,
    TYPE_GO_TO_LEVEL,
    TYPE_IDENTIFY,
    CounterMask,
    ExtensionType,
    ReportFlag,
    ResultCode,
    StatusMask,
)
from .extension_answers import CountersReport, IdentityReport, Result
from .extension_commands import CcoSet, CountersClear, Discover, StatusQuery
from .extension_program_reports import EmergencyReport, GroupReport, IoProgramReport, NameReport
from .extension_programming import (
    EmergencySet,
    GroupQuery,
    GroupSet,
    IoProgramSet,
    NameQuery,
    NameSet,
)
from .extension_reports import CciReport, CcoReport, OverrideReport, ZoneReport
from .frames import (
    ACK_TYPE,
    PROTOCOL_COMMAND,
    PROTOCOL_REPORT,
    Frame,
    payload_room,
)
from .level_messages import (
    CCI_COMPONENT,
    CCO_COMPONENT,
    ZONE_COMPONENT_BASE,
    ZONE_COMPONENT_BASE_ESN,
    Dialect,
    GoToLevel,
    LevelReport,
    PeriodicLevelReport,
    component_of,
    zone_of,
)
from .levels import level_to_raw, raw_to_percent
from .message import (
    BROADCAST,
    Broadcast,
    Direction,
    Encodable,
    Message,
    MessageRow,
    ModuleCommand,
    ModuleReport,
    ObjectMessage,
    ObjectStart,
    Provenance,
    Target,
    frame_target,
    target_octets,
    target_words,
)
from .packet_messages import PACKET_ROWS, Acknowledge, Handshake, Malformed, UnknownMessage
from .preset_messages import DimDirection, DimStep, HoldStart, PresetRecall, StorePreset
from .raw_messages import RAW_ROWS, RawMessage

__all__ = [
    "BROADCAST",
    "CCI_COMPONENT",
    "CCO_COMPONENT",
    "CLASS_EXTENSION",
    "GUARD",
    "IDENTIFY_START",
    "IDENTIFY_STOP",
    "MESSAGES",
    "TYPE_GO_TO_LEVEL",
    "TYPE_IDENTIFY",
    "ZONE_COMPONENT_BASE",
    "ZONE_COMPONENT_BASE_ESN",
    "Acknowledge",
    "AddressQuery",
    "AddressingBeacon",
    "Announce",
    "AssignComponent",
    "AssignLinkAddress",
    "BeaconStage",
    "Broadcast",
    "ButtonAction",
    "ButtonCommand",
    "ButtonEvent",
    "CciReport",
    "CcoReport",
    "CcoSet",
    "Command",
    "CounterMask",
    "CountersClear",
    "CountersReport",
    "Dialect",
    "DimDirection",
    "DimStep",
    "Direction",
    "Discover",
    "EmergencyReport",
    "EmergencySet",
    "Encodable",
    "ExtensionType",
    "GoToLevel",
    "GroupQuery",
    "GroupReport",
    "GroupSet",
    "Handshake",
    "HoldStart",
    "Identify",
    "IdentityReport",
    "IoProgramReport",
    "IoProgramSet",
    "LevelReport",
    "Malformed",
    "Message",
    "MessageRow",
    "ModuleCommand",
    "ModuleReport",
    "NameQuery",
    "NameReport",
    "NameSet",
    "ObjectMessage",
    "OverrideReport",
    "PeriodicLevelReport",
    "PresetRecall",
    "Provenance",
    "RawMessage",
    "Report",
    "ReportFlag",
    "Result",
    "ResultCode",
    "Select",
    "StatusMask",
    "StatusQuery",
    "StorePreset",
    "Target",
    "UnknownMessage",
    "ZoneReport",
    "component_of",
    "decode_message",
    "encode_message",
    "frame_target",
    "level_to_raw",
    "raw_to_percent",
    "target_octets",
    "target_words",
    "zone_of",
]

Command: TypeAlias = (
    GoToLevel
    | Identify
    | StatusQuery
    | CcoSet
    | EmergencySet
    | CountersClear
    | Discover
    | IoProgramSet
    | NameSet
    | GroupSet
    | NameQuery
    | GroupQuery
)
"""What a master says to modules."""

Report: TypeAlias = (
    ZoneReport
    | OverrideReport
    | CciReport
    | CcoReport
    | EmergencyReport
    | CountersReport
    | IdentityReport
    | Result
    | IoProgramReport
    | NameReport
    | GroupReport
)
"""What modules say in class 7D."""

_OBJECT_MESSAGES: Final[tuple[type[ObjectMessage], ...]] = (
    GoToLevel,
    PresetRecall,
    StorePreset,
    HoldStart,
    DimStep,
    Identify,
    Select,
    Announce,
    AddressingBeacon,
    AssignLinkAddress,
    AssignComponent,
    AddressQuery,
    StatusQuery,
    ZoneReport,
    OverrideReport,
    CciReport,
    CcoSet,
    CcoReport,
    EmergencySet,
    EmergencyReport,
    CountersReport,
    CountersClear,
    IdentityReport,
    Discover,
    Result,
    IoProgramSet,
    IoProgramReport,
    NameSet,
    NameReport,
    GroupSet,
    GroupReport,
    NameQuery,
    GroupQuery,
)

_SHORT_MESSAGES: Final[tuple[type[Encodable], ...]] = (
    ButtonEvent,
    ButtonCommand,
    LevelReport,
    PeriodicLevelReport,
)

MESSAGES: Final[tuple[MessageRow, ...]] = (
    *PACKET_ROWS,
    *(message.ROW for message in _SHORT_MESSAGES),
    *(message.ROW for message in _OBJECT_MESSAGES),
    *RAW_ROWS,
)
"""Every message there is: its layout, and how sure it is."""

_BY_CODES: Final = {
    (message.PROTOCOL, message.ROW.message_class, message_type): message
    for message in _OBJECT_MESSAGES
    for message_type in message.ROW.message_types
}

_RAW: Final = {
    (row.message_class, message_type): row for row in RAW_ROWS for message_type in row.message_types
}

_MODULE_REPORTS: Final = frozenset(
    message for message in _OBJECT_MESSAGES if issubclass(message, ModuleReport)
)

_BUTTON_FLAG: Final = 0x03


def decode_message(frame: Frame, *, dialect: Dialect = Dialect.WIRED) -> Message:
    """Return what a frame says. Never raises.

    What we do not know comes back as `UnknownMessage`, and what we know but cannot be as
    `Malformed`; both keep the frame. The CRC is not looked at: the decoder has.

    Args:
        frame: What was heard.
        dialect: How GoToLevel is laid out on this link; nothing in a frame tells.
    """
    if not frame.has_header:
        if frame.packet_type == ACK_TYPE:
            return Acknowledge(frame.packet[1], frame.packet[2])
        return Handshake(frame) if frame.is_handshake else UnknownMessage(frame)
    codes = ObjectStart.codes(frame)
    if codes is None:
        return _decode_short(frame)
    kind = _BY_CODES.get((frame.packet[6], *codes))
    if kind is not None:
        return _decode_object(frame, kind, dialect)
    if frame.protocol_byte == PROTOCOL_COMMAND and codes in _RAW:
        return _decode_raw(frame, _RAW[codes].name)
    return _decode_short(frame)


def _decode_object(frame: Frame, kind: type[ObjectMessage], dialect: Dialect) -> Message:
    row = kind.ROW
    packet = frame.packet
    size = packet[7]
    if size > payload_room(packet[0]):
        return Malformed(frame, row.name, f"format {frame.format:02X} needs a longer packet.")
    if row.formats and size not in row.formats:
        wanted = " or ".join(f"{one:02X}" for one in row.formats)
        return Malformed(frame, row.name, f"its format is {frame.format:02X}, not {wanted}.")
    try:
        start = ObjectStart.of(frame)
        if kind is GoToLevel:
            return GoToLevel.from_start(start, dialect)
        message = kind.from_start(start)
    except CallError as error:
        return Malformed(frame, row.name, str(error))
    if kind in _MODULE_REPORTS and not (frame.has_serial_source and packet[2:6] == packet[9:13]):
        return Malformed(frame, row.name, "its sender is not the module that it reports about.")
    return message


def _decode_raw(frame: Frame, name: str) -> Message:
    try:
        start = ObjectStart.of(frame)
    except CallError as error:
        return Malformed(frame, name, str(error))
    return RawMessage(start.target, start.message_class, start.message_type, start.data)


def _decode_short(frame: Frame) -> Message:
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
