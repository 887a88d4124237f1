"""Class 7D: how an installer's program is read back from a module. All of it is ours.

House rule: one class a message, laid out as in the table of docs/protocol.md; the
commands that write the same are in `extension_programming.py`.

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

from .extension import ExtensionType, report_row
from .extension_fields import (
    actions_from_octets,
    actions_to_octets,
    actions_words,
    cco_type_from,
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
from .message import MessageRow, ModuleReport, ObjectStart, one_module

__all__ = ["EmergencyReport", "GroupReport", "IoProgramReport", "NameReport"]


@dataclass(frozen=True, slots=True)
class EmergencyReport(ModuleReport):
    """What manual override will do to each zone.

    Attributes:
        serial: The module.
        actions: One for each zone, zone 1 first.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.EMERGENCY_REPORT, 0x0D, "on bits, unaffected bits, 01, 00, 00"
    )

    actions: FourActions

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return actions_to_octets(self.actions) + bytes((0x01, 0x00, 0x00))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start), actions_from_octets(start.data[0], start.data[1]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Module {self.serial}: in manual override {actions_words(self.actions)}."


@dataclass(frozen=True, slots=True)
class IoProgramReport(ModuleReport):
    """How the CCO and the CCI are programmed.

    Attributes:
        serial: The module.
        cco_type: Maintained or momentary.
        pulse_s: Programmed pulse length in seconds, 0.1 to 60 in steps of 10 ms.
        debounce_s: How long the CCI must rest, in seconds, 0 to 0.5 in steps of 1 ms.

    Raises:
        UnsupportedSetting: A length of time is none of those.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.IO_PROGRAM_REPORT, 0x0D, "CCO type, pulse in 10 ms (2), debounce in ms (2)"
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
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            one_module(start),
            cco_type_from(data[0]),
            pulse_from(data[1:3]),
            debounce_from(data[3:5]),
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Module {self.serial}: CCO {self.cco_type.name.lower()}, pulse {self.pulse_s:g} s, "
            f"CCI debounce {self.debounce_s:g} s."
        )


@dataclass(frozen=True, slots=True)
class NameReport(ModuleReport):
    """What a module or zone is called. The answer to NAME_QUERY.

    Attributes:
        serial: The module.
        index: 0 for the module, 1 to 4 for a zone.
        name: At most 32 octets of UTF-8 without control characters; empty when it has none.

    Raises:
        UnsupportedSetting: The index names nothing, or the name is none of those.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.NAME_REPORT,
        0x29,
        "53 octets: 0 module, 1-4 zone; 32 octets of UTF-8, zero-padded",
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
        named = f'is called "{self.name}"' if self.name else "has no name"
        return f"Module {self.serial}: {name_words(self.index)} {named}."


@dataclass(frozen=True, slots=True)
class GroupReport(ModuleReport):
    """Which zones of a module are in a group. One for each group answers GROUP_QUERY.

    Attributes:
        serial: The module.
        group: The group.
        members: Which zones are in it.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.GROUP_REPORT, 0x0B, "group (2; 0001-FFFE), member zone bits"
    )

    group: GroupNumber
    members: FourZones

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return int(self.group).to_bytes(2) + bytes((zones_to_bits(self.members),))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            one_module(start), GroupNumber(int.from_bytes(data[0:2])), zones_from_bits(data[2])
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Module {self.serial}: {zones_words(self.members)} in group {int(self.group)}."
