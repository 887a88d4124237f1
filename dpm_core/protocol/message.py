"""What every message has: a row in the table of messages, an address, octets and words.

Most messages start the same way (qs-link.md 3.1)::

    flags  object id    mode  class  type  data ...
     00    4 octets     FE     7D     01
                        FE: the serial of one module or device
                        EF: a group number
                        FF: everybody, object id FFFFFFFF

House rule: no single message is defined here, only what they are made of.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final, Self

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import GroupNumber, SerialNumber

from .frames import PROTOCOL_COMMAND, PROTOCOL_REPORT, TYPE_BRIDGE, Frame, LinkSource

__all__ = [
    "BROADCAST",
    "Broadcast",
    "Direction",
    "Encodable",
    "Message",
    "MessageRow",
    "ModuleCommand",
    "ModuleReport",
    "ObjectMessage",
    "ObjectStart",
    "Provenance",
    "Target",
    "frame_target",
    "target_octets",
    "target_words",
]


class Provenance(Enum):
    """How sure a message is. Source: qs-link.md, the table at its top."""

    SPEC = "P-spec"
    """Printed by Lutron."""

    FIRMWARE = "P-fw"
    """Read by others from Lutron firmware."""

    CAPTURE = "P-cap"
    """Seen in public captures of the radio sibling."""

    INFERRED = "inferred"
    """Follows from the above, not seen on a wired link."""

    OURS = "ours"
    """This project's own choice; no Lutron device is known to understand it."""


class Direction(Enum):
    """Which way a message goes."""

    TO_MODULE = "to module"
    FROM_MODULE = "from module"
    TO_DEVICE = "to device"
    FROM_DEVICE = "from device"
    ANY = "any"


class Broadcast(Enum):
    """Everybody on the link, as a target."""

    ALL = 0xFFFFFFFF


BROADCAST: Final = Broadcast.ALL
"""Everybody on the link."""

Target = SerialNumber | GroupNumber | Broadcast
"""Whom a message is for: one module, a group, or everybody.

A serial number and a group number of the same value compare equal, as numbers do;
`target_octets` tells them apart."""

_MODE_SERIAL: Final = 0xFE
_MODE_GROUP: Final = 0xEF
_MODE_BROADCAST: Final = 0xFF
_MODES: Final = (_MODE_SERIAL, _MODE_GROUP, _MODE_BROADCAST)
_SERIAL_OCTET, _GROUP_OCTET, _BROADCAST_OCTET = (bytes((mode,)) for mode in _MODES)

_START_OCTETS: Final = 8
_DATA_AT: Final = 16
"""Where in a packet the data behind the common start begins."""


def target_octets(target: Target) -> bytes:
    """Return object id and address mode, five octets that name one target and no other."""
    if isinstance(target, Broadcast):
        return target.value.to_bytes(4) + _BROADCAST_OCTET
    return target.to_bytes(4) + (
        _SERIAL_OCTET if isinstance(target, SerialNumber) else _GROUP_OCTET
    )


def _target_from_octets(octets: bytes) -> Target:
    object_id = int.from_bytes(octets[:4])
    if octets[4] == _MODE_BROADCAST:
        if object_id != BROADCAST.value:
            raise InvalidAddress(f"{object_id:08X}", "a broadcast has object id FFFFFFFF")
        return BROADCAST
    return (SerialNumber if octets[4] == _MODE_SERIAL else GroupNumber)(object_id)


def target_words(target: Target, device: str = "module") -> str:
    """Return how people call a target; `device` is what one of them is."""
    if isinstance(target, Broadcast):
        return f"all {device}s"
    return f"{device} {target}" if isinstance(target, SerialNumber) else f"group {int(target)}"


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One row of the table of messages: what a message is, and how we know.

    Attributes:
        name: As section 5 writes it, or after what the public notes call it.
        message_class: The class octet; `None` where the message has no common start.
        message_types: The type octets it goes by.
        formats: Payload lengths it may have; empty where the length varies.
        direction: Which way it goes.
        provenance: How sure it is.
        section: Where it is described, in qs-link.md or this project's docs/protocol.md.
        layout: The data behind class and type, or the whole payload where there is no class.
        is_encoded: Whether this library can make one.
    """

    name: str
    message_class: int | None
    message_types: tuple[int, ...]
    formats: tuple[int, ...]
    direction: Direction
    provenance: tuple[Provenance, ...]
    section: str
    layout: str
    is_encoded: bool = True


class Message(ABC):
    """Something that was said on the link."""

    __slots__ = ()

    @property
    @abstractmethod
    def kind(self) -> str:
        """What the table of messages calls it."""

    @abstractmethod
    def words(self) -> str:
        """Say it in one line of plain words."""


@dataclass(slots=True)
class ObjectStart:
    """The common start of a payload, taken apart.

    Not frozen, which would cost more than all the rest of it: nobody keeps one.

    Attributes:
        target: Whom it is for; in a report, who reports.
        message_class: The class octet.
        message_type: The type octet.
        data: What follows.
    """

    target: Target
    message_class: int
    message_type: int
    data: bytes

    @staticmethod
    def codes(frame: Frame) -> tuple[int, int] | None:
        """Return class and type of a frame, or `None` if it has no common start.

        Flags other than 00 and address modes other than FE, EF and FF start other things.
        """
        packet = frame.packet
        if (
            len(packet) < _DATA_AT
            or not frame.has_header
            or packet[7] < _START_OCTETS
            or packet[8] != 0x00
            or packet[13] not in _MODES
        ):
            return None
        return packet[14], packet[15]

    @classmethod
    def of(cls, frame: Frame) -> ObjectStart:
        """Return the common start of a frame that has `codes`.

        Raises:
            InvalidAddress: The object id cannot be what the address mode says.
        """
        packet = frame.packet
        target = _target_from_octets(packet[9:14])
        return cls(target, packet[14], packet[15], frame.payload[_START_OCTETS:])


class Encodable(Message):
    """A message that this library can make."""

    __slots__ = ()

    ROW: ClassVar[MessageRow]
    PROTOCOL: ClassVar[int] = PROTOCOL_COMMAND

    @property
    def kind(self) -> str:
        """What the table of messages calls it."""
        return self.ROW.name

    @abstractmethod
    def payload(self) -> bytes:
        """Return the payload: the octets behind the header."""

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """Return which bits of the type octet a sender sets for this message, besides 3 and 5."""
        del source
        return 0


class ObjectMessage(Encodable):
    """A message with the common start."""

    __slots__ = ()

    @abstractmethod
    def address(self) -> Target:
        """Return whom it is for; in a report, who reports."""

    @abstractmethod
    def data(self) -> bytes:
        """Return the octets behind class and type."""

    @classmethod
    @abstractmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame with this common start carries.

        Raises:
            CallError: The data is outside its stated range.
        """

    def codes(self) -> tuple[int, int]:
        """Return class and type."""
        assert self.ROW.message_class is not None
        return self.ROW.message_class, self.ROW.message_types[0]

    def payload(self) -> bytes:
        """Return the payload: the octets behind the header."""
        return b"\x00" + target_octets(self.address()) + bytes(self.codes()) + self.data()


def one_module(start: ObjectStart) -> SerialNumber:
    """Return the serial number that a message to or from one module names.

    Raises:
        UnsupportedSetting: It names a group or everybody.
    """
    if not isinstance(start.target, SerialNumber):
        raise UnsupportedSetting("target", target_words(start.target), "one module")
    return start.target


def everybody(start: ObjectStart) -> None:
    """Refuse a message that is for everybody but names somebody.

    Raises:
        UnsupportedSetting: It names a module or a group.
    """
    if start.target is not BROADCAST:
        raise UnsupportedSetting("target", target_words(start.target), "everybody")


def check_field(name: str, value: int, octets: int) -> None:
    """Refuse a number that does not fit its field.

    Raises:
        UnsupportedSetting: It is below 0 or needs more octets.
    """
    most = (1 << 8 * octets) - 1
    if not 0 <= value <= most:
        raise UnsupportedSetting(name, value, f"0 to {most:#x}")


@dataclass(frozen=True, slots=True)
class ModuleCommand(ObjectMessage):
    """A command or question of section 5 to one module.

    Attributes:
        serial: The module.
    """

    serial: SerialNumber

    def address(self) -> Target:
        """Return the module it is for."""
        return self.serial

    def data(self) -> bytes:
        """Return the octets behind class and type: none, unless a command says otherwise."""
        return b""

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """Commands of section 5 have types 91 to 93 and B1 to B3 (rule 4)."""
        return bridge_bit(source)


@dataclass(frozen=True, slots=True)
class ModuleReport(ObjectMessage):
    """A report or answer of section 5 from one module.

    Attributes:
        serial: The module that reports.
    """

    PROTOCOL: ClassVar[int] = PROTOCOL_REPORT

    serial: SerialNumber

    def address(self) -> Target:
        """Return the module that reports."""
        return self.serial


def bridge_bit(source: SerialNumber | LinkSource) -> int:
    """Return type bit 4 for a command: set by a master, which is named by its place on the link."""
    return TYPE_BRIDGE if isinstance(source, LinkSource) else 0


def frame_target(frame: Frame) -> Target | None:
    """Return whom a frame is for, or `None` if it does not say so in the common way."""
    if ObjectStart.codes(frame) is None:
        return None
    try:
        return ObjectStart.of(frame).target
    except InvalidAddress:
        return None
