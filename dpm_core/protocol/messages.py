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
from .extension_loads import LoadsQuery, LoadsReport, LoadsSet
from .extension_program_reports import EmergencyReport, GroupReport, IoProgramReport, NameReport
from .extension_program_write import (
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    ProgramVersionQuery,
    ProgramVersionReport,
)
from .extension_programming import (
    EmergencySet,
    GroupQuery,
    GroupSet,
    IoProgramSet,
    NameQuery,
    NameSet,
)
from .extension_reports import CciReport, CcoReport, OverrideReport, ZoneReport
from .extension_wallstations import LedsReport, LedsSet
from .frames import (
    ACK_TYPE,
    PROTOCOL_COMMAND,
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
from .report_heads import HEAD_OCTETS, head_of, keep_head
from .short_messages import decode_short

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
    "LedsReport",
    "LedsSet",
    "LevelReport",
    "LoadsQuery",
    "LoadsReport",
    "LoadsSet",
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
    "ProgramAbort",
    "ProgramBegin",
    "ProgramCommit",
    "ProgramStage",
    "ProgramVersionQuery",
    "ProgramVersionReport",
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
    | ProgramVersionQuery
    | ProgramBegin
    | ProgramStage
    | ProgramCommit
    | ProgramAbort
    | LoadsSet
    | LoadsQuery
    | LedsSet
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
    | ProgramVersionReport
    | LoadsReport
    | LedsReport
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
    ProgramVersionQuery,
    ProgramVersionReport,
    ProgramBegin,
    ProgramStage,
    ProgramCommit,
    ProgramAbort,
    LoadsSet,
    LoadsQuery,
    LoadsReport,
    LedsSet,
    LedsReport,
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

_zone_report: Final = ZoneReport.from_octets

_MODULE_REPORTS: Final = frozenset(
    message for message in _OBJECT_MESSAGES if issubclass(message, ModuleReport)
)


def decode_message(frame: Frame, *, dialect: Dialect = Dialect.WIRED) -> Message:
    """Return what a frame says. Never raises.

    What we do not know comes back as `UnknownMessage`, and what we know but cannot be as
    `Malformed`; both keep the frame. The CRC is not looked at: the decoder has.

    Args:
        frame: What was heard.
        dialect: How GoToLevel is laid out on this link; nothing in a frame tells.
    """
    packet = frame.packet
    if (head := head_of(packet[:HEAD_OCTETS])) is not None:
        kind, start, end = head
        try:
            if kind is ZoneReport:
                # Nearly all that is heard: read where it lies. A head that is kept names one module.
                return _zone_report(start.target, packet, HEAD_OCTETS)  # type: ignore[arg-type]
            start.data = packet[HEAD_OCTETS:end]
            return kind.from_start(start)
        except CallError as error:
            return Malformed(frame, kind.ROW.name, str(error))
    if not frame.has_header:
        if packet[0] == ACK_TYPE:
            return Acknowledge(packet[1], packet[2])
        return Handshake(frame) if frame.is_handshake else UnknownMessage(frame)
    codes = ObjectStart.codes(frame)
    if codes is None:
        return decode_short(frame)
    known = _BY_CODES.get((packet[6], *codes))
    if known is not None:
        return _decode_object(frame, known, dialect)
    if frame.protocol_byte == PROTOCOL_COMMAND and codes in _RAW:
        return _decode_raw(frame, _RAW[codes].name)
    return decode_short(frame)


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
    if kind in _MODULE_REPORTS:
        if not (frame.has_serial_source and packet[2:6] == packet[9:13]):
            return Malformed(frame, row.name, "its sender is not the module that it reports about.")
        keep_head(packet[:HEAD_OCTETS], kind, start)
    return message


def _decode_raw(frame: Frame, name: str) -> Message:
    try:
        start = ObjectStart.of(frame)
    except CallError as error:
        return Malformed(frame, name, str(error))
    return RawMessage(start.target, start.message_class, start.message_type, start.data)
