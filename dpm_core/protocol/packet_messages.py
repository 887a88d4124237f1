"""Messages that are known by their packet alone, and packets that say nothing we understand.

House rule: whatever keeps a frame as it was heard belongs here.

Source: qs-link.md 2.5 and 2.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .frames import Frame
from .message import Direction, Message, MessageRow, ObjectStart, Provenance, Target, frame_target

__all__ = ["PACKET_ROWS", "Acknowledge", "Handshake", "Malformed", "UnknownMessage"]

PACKET_ROWS: Final = (
    MessageRow(
        "ACKNOWLEDGE",
        None,
        (),
        (),
        Direction.FROM_MODULE,
        (Provenance.CAPTURE,),
        "2.5",
        "5 octets: 0B, sequence of the command, response: 00 accepted",
    ),
    MessageRow(
        "HANDSHAKE",
        None,
        (),
        (),
        Direction.ANY,
        (Provenance.CAPTURE,),
        "2.6",
        "24 octets, types C0 and up: radio pairing, passed through",
        is_encoded=False,
    ),
)
"""The table's rows of the messages that have no class."""


@dataclass(frozen=True, slots=True)
class Acknowledge(Message):
    """Five octets: a command was accepted. It names neither sender nor target.

    Usable only right after a command to one module, and only for the command that carries
    this sequence. Source: qs-link.md 2.5 (captures), 5 rule 7 (ours).

    Attributes:
        sequence: The command's.
        response: 00 for accepted.
    """

    sequence: int
    response: int = 0x00

    @property
    def kind(self) -> str:
        """What the table of messages calls it."""
        return "ACKNOWLEDGE"

    def words(self) -> str:
        """Say it in one line of plain words."""
        meaning = "accepted" if self.response == 0 else f"response {self.response:02X}"
        return f"Acknowledgement of the command with sequence {self.sequence:02X}: {meaning}."


@dataclass(frozen=True, slots=True)
class Handshake(Message):
    """A radio pairing handshake, types C0 and up: passed through. Source: qs-link.md 2.6.

    Attributes:
        frame: As it was heard.
    """

    frame: Frame

    @property
    def kind(self) -> str:
        """What the table of messages calls it."""
        return "HANDSHAKE"

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Radio pairing handshake, type {self.frame.packet_type:02X}, passed through."


@dataclass(frozen=True, slots=True)
class UnknownMessage(Message):
    """A frame that means nothing to us; kept as it was heard.

    Attributes:
        frame: As it was heard.
    """

    frame: Frame

    @property
    def kind(self) -> str:
        """What the table of messages calls it."""
        return "UNKNOWN"

    @property
    def target(self) -> Target | None:
        """Whom it is for, if it has the common start of messages."""
        return frame_target(self.frame)

    @property
    def message_class(self) -> int | None:
        """The class octet, if it has the common start of messages."""
        codes = ObjectStart.codes(self.frame)
        return codes[0] if codes else None

    @property
    def message_type(self) -> int | None:
        """The type octet, if it has the common start of messages."""
        codes = ObjectStart.codes(self.frame)
        return codes[1] if codes else None

    def words(self) -> str:
        """Say it in one line of plain words."""
        codes = ObjectStart.codes(self.frame)
        what = f"class {codes[0]:02X} type {codes[1]:02X}" if codes else "no known layout"
        return f"Unknown message in a packet of type {self.frame.packet_type:02X}: {what}."


@dataclass(frozen=True, slots=True)
class Malformed(Message):
    """A message that we know, with content outside what is stated for it.

    A module answers such a command with RESULT "bad value".

    Attributes:
        frame: As it was heard.
        message_name: What the table of messages calls the message it tries to be.
        reason: What is wrong with it.
    """

    frame: Frame
    message_name: str
    reason: str

    @property
    def kind(self) -> str:
        """What the table of messages calls it."""
        return "MALFORMED"

    @property
    def target(self) -> Target | None:
        """Whom it is for, if that can be read."""
        return frame_target(self.frame)

    @property
    def message_class(self) -> int | None:
        """The class octet, if it has the common start of messages."""
        codes = ObjectStart.codes(self.frame)
        return codes[0] if codes else None

    @property
    def message_type(self) -> int | None:
        """The type octet, if it has the common start of messages."""
        codes = ObjectStart.codes(self.frame)
        return codes[1] if codes else None

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"{self.message_name} that cannot be: {self.reason}"
