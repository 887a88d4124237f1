"""Class 7D: what a module says only when it is asked: its counts, what it is, and RESULT. Ours.

House rule: one class a message, laid out as in the table of docs/protocol.md. What a
module counts may grow past its field, so a count stops at the field's top.

Source: qs-link.md 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import COMPONENT_TYPE_RELAY

from .extension import (
    TYPE_GO_TO_LEVEL,
    TYPE_IDENTIFY,
    ExtensionType,
    ResultCode,
    report_row,
)
from .extension_fields import enum_from
from .message import MessageRow, ModuleReport, ObjectStart, check_field, one_module

__all__ = ["CountersReport", "IdentityReport", "Result"]

_COUNTERS: Final = (
    ("cco_operations", 4),
    ("uptime_s", 4),
    ("cci_openings", 2),
    ("frames_good", 2),
    ("crc_errors", 2),
    ("framing_errors", 2),
    ("overruns", 2),
)
# In the order of the octets, after the four relays' counts of four octets each.


@dataclass(frozen=True, slots=True)
class CountersReport(ModuleReport):
    """What a module has counted. A count that has reached its field's top stays there.

    Attributes:
        serial: The module.
        relay_operations: For each zone, zone 1 first; at most FFFFFFFF.
        cco_operations: At most FFFFFFFF.
        uptime_s: Whole seconds since power-up, at most FFFFFFFF.
        cci_openings: At most FFFF.
        frames_good: Heard with the right CRC, at most FFFF.
        crc_errors: At most FFFF.
        framing_errors: At most FFFF.
        overruns: At most FFFF.

    Raises:
        UnsupportedSetting: A count is below 0, or there are not four relays.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.COUNTERS_REPORT,
        0x2A,
        "53 octets: zone 1-4 operations (4 x 4), CCO operations (4), uptime s (4), "
        "CCI openings (2), frames good (2), CRC errors (2), framing (2), overrun (2); "
        "each stops at its top",
    )

    relay_operations: tuple[int, int, int, int]
    cco_operations: int = 0
    uptime_s: int = 0
    cci_openings: int = 0
    frames_good: int = 0
    crc_errors: int = 0
    framing_errors: int = 0
    overruns: int = 0

    def __post_init__(self) -> None:
        if len(self.relay_operations) != 4:
            raise UnsupportedSetting("relay operations", self.relay_operations, "one for each zone")
        relays = tuple(_stopped("relay operations", count, 4) for count in self.relay_operations)
        object.__setattr__(self, "relay_operations", relays)
        for name, octets in _COUNTERS:
            object.__setattr__(self, name, _stopped(name, getattr(self, name), octets))

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return b"".join(count.to_bytes(4) for count in self.relay_operations) + b"".join(
            getattr(self, name).to_bytes(octets) for name, octets in _COUNTERS
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        first, second, third, fourth = (int.from_bytes(data[at : at + 4]) for at in range(0, 16, 4))
        counts = []
        at = 16
        for _, octets in _COUNTERS:
            counts.append(int.from_bytes(data[at : at + octets]))
            at += octets
        return cls(one_module(start), (first, second, third, fourth), *counts)

    def words(self) -> str:
        """Say it in one line of plain words."""
        relays = ", ".join(str(count) for count in self.relay_operations)
        return (
            f"Module {self.serial}: relay operations {relays}; CCO operations "
            f"{self.cco_operations}; up {self.uptime_s} s; CCI openings {self.cci_openings}; "
            f"frames good {self.frames_good}, CRC errors {self.crc_errors}, framing errors "
            f"{self.framing_errors}, overruns {self.overruns}."
        )


def _stopped(name: str, count: float, octets: int) -> int:
    if not count >= 0:
        raise UnsupportedSetting(name.replace("_", " "), count, "0 or more")
    return int(min(count, (1 << 8 * octets) - 1))


@dataclass(frozen=True, slots=True)
class IdentityReport(ModuleReport):
    """What a module is. The answer to DISCOVER.

    Attributes:
        serial: The module.
        class_word: Family, product, hardware and custom octet; 09110104 for this module.
        firmware: Major and minor version; 2 and 54 are printed 2.054.
        zone_count: 4 for this module.
        component_type: 38 for relays.

    Raises:
        UnsupportedSetting: A value does not fit its field.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.IDENTITY_REPORT,
        0x12,
        "53 octets: device class word (4), firmware major, minor, zone count, "
        "component type 38, 00 00",
    )

    class_word: int
    firmware: tuple[int, int]
    zone_count: int = 4
    component_type: int = COMPONENT_TYPE_RELAY

    def __post_init__(self) -> None:
        check_field("class word", self.class_word, 4)
        check_field("firmware major", self.firmware[0], 1)
        check_field("firmware minor", self.firmware[1], 1)
        check_field("zone count", self.zone_count, 1)
        check_field("component type", self.component_type, 1)

    @property
    def firmware_text(self) -> str:
        """The firmware's version as it is printed, 2.054."""
        return f"{self.firmware[0]}.{self.firmware[1]:03d}"

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return self.class_word.to_bytes(4) + bytes(
            (*self.firmware, self.zone_count, self.component_type, 0x00, 0x00)
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            one_module(start), int.from_bytes(data[0:4]), (data[4], data[5]), data[6], data[7]
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Module {self.serial}: class word {self.class_word:08X}, firmware "
            f"{self.firmware_text}, {self.zone_count} zones, component type "
            f"{self.component_type:02X}."
        )


@dataclass(frozen=True, slots=True)
class Result(ModuleReport):
    """What became of a command. Counts only for the command that carries its sequence.

    Attributes:
        serial: The module that answers.
        answered_type: Type octet of the command; 40 for GoToLevel, 22 for identify.
        result: Done, or why not.
        sequence: The command's.

    Raises:
        UnsupportedSetting: A value does not fit its field.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.RESULT,
        0x0B,
        "type answered (40 for GoToLevel, 22 for identify); result: 00 done, 01 refused: manual override, "
        "02 bad value, 03 unknown type, 04 busy; sequence of the command",
    )

    answered_type: int
    result: ResultCode
    sequence: int

    def __post_init__(self) -> None:
        check_field("type answered", self.answered_type, 1)
        check_field("sequence", self.sequence, 1)

    @property
    def answered_words(self) -> str:
        """What the table of messages calls the command that is answered."""
        if self.answered_type == TYPE_GO_TO_LEVEL:
            return "GO_TO_LEVEL"
        if self.answered_type == TYPE_IDENTIFY:
            return "IDENTIFY"
        if self.answered_type in tuple(ExtensionType):
            return ExtensionType(self.answered_type).name
        return f"type {self.answered_type:02X}"

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.answered_type, self.result, self.sequence))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(one_module(start), data[0], enum_from(ResultCode, "result", data[1]), data[2])

    def words(self) -> str:
        """Say it in one line of plain words."""
        result = (
            "refused: manual override"
            if self.result is ResultCode.OVERRIDE
            else self.result.name.lower().replace("_", " ")
        )
        return (
            f"Module {self.serial} answers {self.answered_words} with sequence "
            f"{self.sequence:02X}: {result}."
        )
