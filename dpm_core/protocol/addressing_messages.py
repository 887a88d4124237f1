"""How radio devices get their addresses, as publicly known.

Read, so that a link with such devices on it can be understood. This project
addresses modules by serial number and sends none of these.

Source: qs-link.md 3.3 and 3.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import SerialNumber

from .frames import TYPE_BRIDGE, LinkSource
from .message import (
    BROADCAST,
    Direction,
    MessageRow,
    ObjectMessage,
    ObjectStart,
    Provenance,
    Target,
    bridge_bit,
    check_field,
    everybody,
    target_words,
)

__all__ = [
    "AddressQuery",
    "AddressingBeacon",
    "Announce",
    "AssignComponent",
    "AssignLinkAddress",
    "BeaconStage",
]

_FIRMWARE: Final = (Provenance.FIRMWARE,)
_CAPTURE: Final = (Provenance.CAPTURE,)


@dataclass(frozen=True, slots=True)
class Announce(ObjectMessage):
    """A device without an address says that it is there. Source: qs-link.md 3.8, vector 17.

    Attributes:
        serial: The device's serial number, 0 to 0xFFFFFFFF.
        class_word: Family, product, hardware and custom octet, 0 to 0xFFFFFFFF.
        rest: Octets of unknown meaning, at most 27.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "ANNOUNCE",
        0x08,
        (0x05,),
        (),
        Direction.FROM_DEVICE,
        _CAPTURE,
        "3.8",
        "to all: serial (4), device class word (4), more octets of unknown meaning",
    )

    serial: int
    class_word: int
    rest: bytes = b""

    def __post_init__(self) -> None:
        check_field("serial", self.serial, 4)
        check_field("class word", self.class_word, 4)
        _check_length("rest", self.rest, 27)

    def address(self) -> Target:
        """Return whom it is for: everybody."""
        return BROADCAST

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return self.serial.to_bytes(4) + self.class_word.to_bytes(4) + self.rest

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        everybody(start)
        data = start.data
        if len(data) < 8:
            raise UnsupportedSetting("length", len(data), "at least 8 octets of data")
        return cls(int.from_bytes(data[0:4]), int.from_bytes(data[4:8]), data[8:])

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """Announcements have types B8 to BB (2.2)."""
        del source
        return TYPE_BRIDGE

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Device {self.serial:08X} announces that it has no address "
            f"(class word {self.class_word:08X})."
        )


class BeaconStage(IntEnum):
    """How far the addressing of new devices is. Source: qs-link.md 3.8."""

    IDLE = 0x01
    ACTIVE = 0x02
    CLOSED = 0x04


@dataclass(frozen=True, slots=True)
class AddressingBeacon(ObjectMessage):
    """A bridge opens or closes the addressing of new devices. Source: qs-link.md 3.8.

    Attributes:
        stage: How far it is.
        rest: Octets that are only partly understood, at most 35. Vectors 16 and 20.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "ADDRESSING_BEACON",
        0x08,
        (0x01, 0x02, 0x04),
        (),
        Direction.TO_DEVICE,
        _CAPTURE,
        "3.8",
        "to all; type 01 idle, 02 active, 04 closed; octets that are only partly understood",
    )

    stage: BeaconStage
    rest: bytes = b""

    def __post_init__(self) -> None:
        _check_length("rest", self.rest, 35)

    def address(self) -> Target:
        """Return whom it is for: everybody."""
        return BROADCAST

    def codes(self) -> tuple[int, int]:
        """Return class and type."""
        return 0x08, self.stage

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return self.rest

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        everybody(start)
        return cls(BeaconStage(start.message_type), start.data)

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """Beacons have types 91 to 93 and B1 to B3 (2.2)."""
        return bridge_bit(source)

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Addressing of new devices is {self.stage.name.lower()}."


@dataclass(frozen=True, slots=True)
class AssignLinkAddress(ObjectMessage):
    """Give a radio device its link address. Source: qs-link.md 3.3, vector 15.

    Attributes:
        target: The device.
        subnet: 0 to 0xFFFF.
        address: The new link address, 0 to 0xFF.
        last: 01 or 06; its meaning is only guessed.
        message_type: 06 or 17.
        marker: 1A in all captures.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "ASSIGN_LINK_ADDRESS",
        0x08,
        (0x06, 0x17),
        (0x0D,),
        Direction.TO_DEVICE,
        _CAPTURE,
        "3.3",
        "subnet (2), 1A, address, 01 or 06 (the last octets are only guessed)",
    )

    target: Target
    subnet: int
    address_octet: int
    last: int = 0x06
    message_type: int = 0x06
    marker: int = 0x1A

    def __post_init__(self) -> None:
        check_field("subnet", self.subnet, 2)
        check_field("address", self.address_octet, 1)
        check_field("last octet", self.last, 1)
        check_field("marker", self.marker, 1)
        if self.message_type not in self.ROW.message_types:
            raise UnsupportedSetting("message type", self.message_type, "06 or 17")

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def codes(self) -> tuple[int, int]:
        """Return class and type."""
        return 0x08, self.message_type

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return self.subnet.to_bytes(2) + bytes((self.marker, self.address_octet, self.last))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            start.target,
            int.from_bytes(data[0:2]),
            data[3],
            data[4],
            start.message_type,
            data[2],
        )

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """Assignments have types 91 to 93 (2.2)."""
        return bridge_bit(source)

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Assign link address {self.address_octet:02X} of subnet {self.subnet:04X} "
            f"to {target_words(self.target, 'device')}."
        )


@dataclass(frozen=True, slots=True)
class AssignComponent(ObjectMessage):
    """Give a device its component address. Source: qs-link.md 3.3.

    Attributes:
        target: The device.
        component: 0 to 0xFFFF.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "ASSIGN_COMPONENT",
        0x08,
        (0xA3,),
        (0x0A,),
        Direction.TO_DEVICE,
        _FIRMWARE,
        "3.3",
        "component (2)",
    )

    target: Target
    component: int

    def __post_init__(self) -> None:
        check_field("component", self.component, 2)

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return self.component.to_bytes(2)

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(start.target, int.from_bytes(start.data))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Assign component {self.component:04X} to {target_words(self.target, 'device')}."


@dataclass(frozen=True, slots=True)
class AddressQuery(ObjectMessage):
    """Ask a device for its address. The reply is not known. Source: qs-link.md 3.3.

    Attributes:
        target: The device.
        secondary_id: 0 to 0xFFFFFFFF.
        addressing_type: 0 to 0xFF.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "ADDRESS_QUERY",
        0x08,
        (0xA5,),
        (0x0D,),
        Direction.TO_DEVICE,
        _FIRMWARE,
        "3.3",
        "secondary id (4), addressing type (1)",
    )

    target: Target
    secondary_id: int
    addressing_type: int

    def __post_init__(self) -> None:
        check_field("secondary id", self.secondary_id, 4)
        check_field("addressing type", self.addressing_type, 1)

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return self.secondary_id.to_bytes(4) + bytes((self.addressing_type,))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(start.target, int.from_bytes(start.data[0:4]), start.data[4])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Ask {target_words(self.target, 'device')} for its address (secondary id "
            f"{self.secondary_id:08X}, addressing type {self.addressing_type:02X})."
        )


def _check_length(name: str, octets: bytes, most: int) -> None:
    if len(octets) > most:
        raise UnsupportedSetting(name, octets.hex(" "), f"at most {most} octets")
