"""Class 7D: what an installer programs into a module, and how it is read back. All of it is ours.

House rule: one class a message, laid out as in the table of docs/protocol.md.

Source: qs-link.md 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from dpm_core.model import (
    CcoType,
    FourActions,
    FourZones,
    GroupNumber,
    zones_from_bits,
    zones_to_bits,
)
from dpm_core.model.program import check_name, checked_debounce_s, checked_pulse_s

from .extension import GUARD, ExtensionType, command_row
from .extension_fields import (
    actions_from_octets,
    actions_to_octets,
    actions_words,
    cco_type_from,
    check_guard,
    check_name_index,
    debounce_from,
    debounce_octets,
    name_from,
    name_octets,
    name_words,
    pulse_from,
    pulse_octets,
    zones_words,
)
from .message import MessageRow, ModuleCommand, ObjectStart, one_module

__all__ = [
    "EmergencySet",
    "GroupQuery",
    "GroupSet",
    "IoProgramSet",
    "NameQuery",
    "NameSet",
]


@dataclass(frozen=True, slots=True)
class EmergencySet(ModuleCommand):
    """Program what manual override does to each zone; holds from the next entry. RESULT.

    Attributes:
        serial: The module.
        actions: One for each zone, zone 1 first.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.EMERGENCY_SET,
        0x0D,
        "on bits, unaffected bits, 01, 00, A5 guard. A zone in neither is off; "
        "a zone in both gets RESULT 02",
    )

    actions: FourActions

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return actions_to_octets(self.actions) + bytes((0x01, 0x00, GUARD))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        check_guard(data[4])
        return cls(one_module(start), actions_from_octets(data[0], data[1]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Program what manual override does in module {self.serial}: "
            f"{actions_words(self.actions)}."
        )


@dataclass(frozen=True, slots=True)
class IoProgramSet(ModuleCommand):
    """Program the type and pulse of the CCO and the debounce of the CCI. Answered by RESULT.

    Attributes:
        serial: The module.
        cco_type: Maintained or momentary.
        pulse_s: Programmed pulse length in seconds, 0.1 to 60 in steps of 10 ms.
        debounce_s: How long the CCI must rest, in seconds, 0 to 0.5 in steps of 1 ms.

    Raises:
        UnsupportedSetting: A length of time is none of those.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.IO_PROGRAM_SET,
        0x0E,
        "CCO type (0 maintained, 1 momentary), pulse in 10 ms (2; 10-6000), "
        "CCI debounce in ms (2; 0-500), A5 guard",
    )

    cco_type: CcoType
    pulse_s: float
    debounce_s: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "pulse_s", checked_pulse_s(self.pulse_s))
        object.__setattr__(self, "debounce_s", checked_debounce_s(self.debounce_s))

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return (
            bytes((self.cco_type.value,))
            + pulse_octets(self.pulse_s)
            + debounce_octets(self.debounce_s)
            + bytes((GUARD,))
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        check_guard(data[5])
        return cls(
            one_module(start),
            cco_type_from(data[0]),
            pulse_from(data[1:3]),
            debounce_from(data[3:5]),
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Program module {self.serial}: CCO {self.cco_type.name.lower()}, "
            f"pulse {self.pulse_s:g} s, CCI debounce {self.debounce_s:g} s."
        )


@dataclass(frozen=True, slots=True)
class NameSet(ModuleCommand):
    """Program the name of a module or zone. Answered by RESULT.

    Attributes:
        serial: The module.
        index: 0 for the module, 1 to 4 for a zone.
        name: At most 32 octets of UTF-8 without control characters.

    Raises:
        UnsupportedSetting: The index names nothing, or the name is none of those.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.NAME_SET,
        0x29,
        "0 module, 1-4 zone; 32 octets of UTF-8, zero-padded",
    )

    index: int
    name: str

    def __post_init__(self) -> None:
        check_name_index(self.index)
        check_name("name", self.name)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.index,)) + name_octets(self.name)

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start), start.data[0], name_from(start.data[1:]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f'Name {name_words(self.index)} of module {self.serial} "{self.name}".'


@dataclass(frozen=True, slots=True)
class GroupSet(ModuleCommand):
    """Program which zones of a module are in a group. Answered by RESULT.

    Attributes:
        serial: The module.
        group: The group.
        members: Which zones are in it; none leaves the group.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.GROUP_SET,
        0x0C,
        "group (2; 0001-FFFE), member zone bits (0 leaves the group), A5 guard. "
        "At least 16 groups a module; one more gets RESULT 02",
    )

    group: GroupNumber
    members: FourZones

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return int(self.group).to_bytes(2) + bytes((zones_to_bits(self.members), GUARD))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        check_guard(data[3])
        return cls(
            one_module(start), GroupNumber(int.from_bytes(data[0:2])), zones_from_bits(data[2])
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Program group {int(self.group)} in module {self.serial}: {zones_words(self.members)}."
        )


@dataclass(frozen=True, slots=True)
class NameQuery(ModuleCommand):
    """Ask for the name of a module or zone. Answered by NAME_REPORT.

    Attributes:
        serial: The module.
        index: 0 for the module, 1 to 4 for a zone.

    Raises:
        UnsupportedSetting: The index names nothing.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.NAME_QUERY, 0x09, "0 module, 1-4 zone; answered by NAME_REPORT"
    )

    index: int

    def __post_init__(self) -> None:
        check_name_index(self.index)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.index,))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start), start.data[0])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Ask module {self.serial} for the name of {name_words(self.index)}."


@dataclass(frozen=True, slots=True)
class GroupQuery(ModuleCommand):
    """Ask for the groups of a module: one GROUP_REPORT each, then a RESULT that ends the list.

    The RESULT is ours as well: without it nobody could tell the end of the list from a
    report that was lost.

    Attributes:
        serial: The module.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.GROUP_QUERY,
        0x08,
        "none; answered by one GROUP_REPORT a group, then RESULT 00",
    )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Ask module {self.serial} for its groups."
