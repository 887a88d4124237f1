"""Messages that are known by name alone: where and what for, but not their data.

They are read and kept as they are. This library cannot make them: some load
firmware or take devices out of a system, and their layout is not published.

House rule: a message whose layout becomes known moves to a file of its own kind.

Source: qs-link.md 3.1, 3.3 and 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .message import Direction, Message, MessageRow, Provenance, Target, target_words

__all__ = ["RAW_ROWS", "RawMessage"]

_FIRMWARE: Final = (Provenance.FIRMWARE,)
_CAPTURE: Final = (Provenance.CAPTURE,)
_BOTH: Final = (Provenance.FIRMWARE, Provenance.CAPTURE)


def _row(
    name: str,
    message_class: int,
    message_types: tuple[int, ...],
    provenance: tuple[Provenance, ...],
    section: str,
    note: str,
) -> MessageRow:
    return MessageRow(
        name,
        message_class,
        message_types,
        (),
        Direction.TO_DEVICE,
        provenance,
        section,
        note,
        is_encoded=False,
    )


RAW_ROWS: Final = (
    _row("DEVICE_CONFIG", 0x01, (0x33,), _FIRMWARE, "3.1", "not published"),
    _row("SESSION_CONTROL", 0x02, (0x02,), _CAPTURE, "3.1", "one octet, 00 or 01 (vector 13)"),
    _row("REMOVE_DEVICE", 0x02, (0x08,), _CAPTURE, "3.1", "a serial (4)"),
    _row("KEYPAD_EVENT", 0x05, (0x05,), _FIRMWARE, "3.4", "not published"),
    _row(
        "FIRMWARE_TRANSFER",
        0x06,
        (0x00, 0x01, 0x02, 0x03),
        _CAPTURE,
        "3.1",
        "not published (vectors 1 and 2)",
    ),
    _row(
        "CAPABILITY_RECORD",
        0x06,
        (0x43, 0x52, 0x70),
        _BOTH,
        "3.1",
        "not published (vector 14)",
    ),
    _row("RAISE_OR_RECORD", 0x06, (0x50,), _BOTH, "3.1, 3.3", "2009: raise; radio: a record"),
    _row("LOWER", 0x06, (0x63,), _FIRMWARE, "3.3", "2009; length not published"),
    _row("STOP", 0x06, (0x67,), _FIRMWARE, "3.3", "2009; length not published"),
    _row(
        "PROPERTY_SET",
        0x06,
        (0x64, 0x65),
        (Provenance.FIRMWARE, Provenance.INFERRED),
        "3.3",
        "property number (2), size (1), value: order inferred",
    ),
    _row("FIRMWARE_BIND", 0x08, (0x0E,), _FIRMWARE, "3.1", "not published"),
    _row("ADDRESSING", 0x08, (0x18,), _CAPTURE, "3.1", "not published"),
    _row("SCENE_ACTIVATE", 0x09, (0x01,), _BOTH, "3.1, 3.3", "component (2), scene, length, data"),
    _row("SCENE_CLOSE", 0x09, (0x06,), _BOTH, "3.1", "00 00 closes a configuration pass"),
    _row("LINK_BUTTON", 0x0D, (0x0F, 0x10), _CAPTURE, "3.1", "not published"),
)
"""Every message of this kind."""

_NAMES: Final = {
    (row.message_class, message_type): row.name
    for row in RAW_ROWS
    for message_type in row.message_types
}


@dataclass(frozen=True, slots=True)
class RawMessage(Message):
    """A message whose purpose is known and whose data is not.

    Attributes:
        target: Whom it is for.
        message_class: The class octet.
        message_type: The type octet.
        data: What follows, as it was heard.
    """

    target: Target
    message_class: int
    message_type: int
    data: bytes

    @property
    def kind(self) -> str:
        """What the table of messages calls it."""
        return _NAMES[self.message_class, self.message_type]

    def words(self) -> str:
        """Say it in one line of plain words."""
        purpose = self.kind.lower().replace("_", " ")
        return (
            f"{purpose.capitalize()} for {target_words(self.target, 'device')}, class "
            f"{self.message_class:02X} type {self.message_type:02X}, kept raw: "
            f"{self.data.hex(' ') or 'no data'}."
        )
