"""Class 7D: the messages that this project defines itself, and the values in them.

Everything in it is **ours**. It completes the public part, so that modules can be
asked, programmed and discovered; no Lutron device is known to understand it.

The rules (qs-link.md 5): zone bits have bit 0 for zone 1 to bit 3 for zone 4, and
bits 4 to 7 zero; integers are big-endian; what writes something that lasts ends
with the guard A5. Reserved octets are sent as given and not looked at.

House rule: enumerations and the table's rows belong here; the messages are in the files
whose names begin with `extension_`.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final

from .message import Direction, MessageRow, Provenance

__all__ = [
    "CLASS_EXTENSION",
    "GUARD",
    "TYPE_GO_TO_LEVEL",
    "TYPE_IDENTIFY",
    "CounterMask",
    "ExtensionType",
    "ReportFlag",
    "ResultCode",
    "StatusMask",
]

CLASS_EXTENSION: Final = 0x7D
"""The class of all messages of our own; never seen in public captures. Source: qs-link.md 5."""

GUARD: Final = 0xA5
"""Last octet of what writes something that lasts. Source: qs-link.md 5 (ours)."""

TYPE_GO_TO_LEVEL: Final = 0x40
"""What RESULT says in place of a type when it answers GoToLevel. Source: qs-link.md 5 (ours)."""
TYPE_IDENTIFY: Final = 0x22
"""What RESULT says in place of a type when it refuses identify. Decided here."""


class ExtensionType(IntEnum):
    """The type octets of class 7D. Source: qs-link.md 5 (ours).

    22 and 40 stay unused: RESULT names identify and GoToLevel by them.
    """

    STATUS_QUERY = 0x01
    ZONE_REPORT = 0x02
    OVERRIDE_REPORT = 0x03
    CCI_REPORT = 0x04
    CCO_SET = 0x05
    CCO_REPORT = 0x06
    EMERGENCY_SET = 0x07
    EMERGENCY_REPORT = 0x08
    COUNTERS_REPORT = 0x09
    COUNTERS_CLEAR = 0x0A
    IDENTITY_REPORT = 0x0B
    DISCOVER = 0x0E
    RESULT = 0x0F
    IO_PROGRAM_SET = 0x10
    IO_PROGRAM_REPORT = 0x11
    NAME_SET = 0x12
    NAME_REPORT = 0x13
    GROUP_SET = 0x14
    GROUP_REPORT = 0x15
    NAME_QUERY = 0x16
    GROUP_QUERY = 0x17
    PROGRAM_VERSION_QUERY = 0x20
    PROGRAM_VERSION_REPORT = 0x21
    PROGRAM_BEGIN = 0x23
    PROGRAM_STAGE = 0x24
    PROGRAM_COMMIT = 0x25
    PROGRAM_ABORT = 0x26
    LOADS_SET = 0x27
    LOADS_QUERY = 0x28
    LOADS_REPORT = 0x29
    LEDS_SET = 0x30
    LEDS_REPORT = 0x31


class StatusMask(IntFlag):
    """What a STATUS_QUERY asks for, one report a bit. Source: qs-link.md 5, STATUS_QUERY (ours)."""

    ZONES = 0x01
    OVERRIDE = 0x02
    CCI = 0x04
    CCO = 0x08
    EMERGENCY = 0x10
    COUNTERS = 0x20
    IDENTITY = 0x40
    IO_PROGRAM = 0x80


class ReportFlag(IntFlag):
    """What a ZONE_REPORT says besides the zones. Source: qs-link.md 5 (ours)."""

    OVERRIDE_ACTIVE = 0x01
    CCI_OPEN = 0x02
    CCO_CLOSED = 0x04
    RESTORED = 0x08
    """Restored after power loss; until the first change after power-up."""


class CounterMask(IntFlag):
    """Counters of the link that may be cleared. Source: qs-link.md 5, COUNTERS_CLEAR (ours)."""

    FRAMES_GOOD = 0x01
    CRC_ERRORS = 0x02
    FRAMING_ERRORS = 0x04
    OVERRUNS = 0x08


class ResultCode(IntEnum):
    """What became of a command. Source: qs-link.md 5 (ours)."""

    DONE = 0x00
    OVERRIDE = 0x01
    """Refused: manual override."""
    BAD_VALUE = 0x02
    UNKNOWN_TYPE = 0x03
    BUSY = 0x04


def command_row(kind: ExtensionType, formats: int | tuple[int, ...], layout: str) -> MessageRow:
    """Return the table's row for a command or question of class 7D."""
    if isinstance(formats, int):
        formats = (formats,)
    return _row(kind, formats, Direction.TO_MODULE, layout)


def report_row(kind: ExtensionType, message_format: int, layout: str) -> MessageRow:
    """Return the table's row for a report or answer of class 7D."""
    return _row(kind, (message_format,), Direction.FROM_MODULE, layout)


def _row(
    kind: ExtensionType, formats: tuple[int, ...], direction: Direction, layout: str
) -> MessageRow:
    return MessageRow(
        kind.name,
        CLASS_EXTENSION,
        (kind.value,),
        formats,
        direction,
        (Provenance.OURS,),
        "5",
        layout,
    )
