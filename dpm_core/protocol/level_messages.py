"""Levels: how zones are switched, and how radio devices report theirs; as publicly known.

None of these has been seen on a wired QS link, of which no capture is public.
GoToLevel is the one that this project switches zones with.

House rule: nothing of our own is defined here but the component numbers, which
qs-link.md 3.7 marks as ours.

Source: qs-link.md 3.2, 3.5 and 3.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import ZONES, SerialNumber, ZoneNumber

from .frames import PROTOCOL_REPORT, LinkSource
from .levels import fade_s, raw_8_to_percent, raw_to_percent
from .message import (
    Direction,
    Encodable,
    MessageRow,
    ObjectMessage,
    ObjectStart,
    Provenance,
    Target,
    bridge_bit,
    check_field,
    target_words,
)

__all__ = [
    "CCI_COMPONENT",
    "CCO_COMPONENT",
    "ZONE_COMPONENT_BASE",
    "ZONE_COMPONENT_BASE_ESN",
    "Dialect",
    "GoToLevel",
    "LevelReport",
    "PeriodicLevelReport",
    "component_of",
    "zone_of",
]

_BOTH: Final = (Provenance.FIRMWARE, Provenance.CAPTURE)
_CAPTURE: Final = (Provenance.CAPTURE,)

ZONE_COMPONENT_BASE: Final = 0x0001
"""Component number of zone 1. Source: qs-link.md 3.7 (ours)."""

ZONE_COMPONENT_BASE_ESN: Final = 0x0081
"""Component number of loop 1 of an Energi Savr Node, the alternative. Source: qs-link.md 3.7."""

CCI_COMPONENT: Final = 0x0011
"""Component number of the CCI. Source: qs-link.md 3.7 (ours)."""

CCO_COMPONENT: Final = 0x0021
"""Component number of the CCO. Source: qs-link.md 3.7 (ours)."""


def component_of(zone: ZoneNumber, base: int = ZONE_COMPONENT_BASE) -> int:
    """Return the component number of a zone. Source: qs-link.md 3.7 (ours)."""
    return base + zone - 1


def zone_of(component: int, base: int = ZONE_COMPONENT_BASE) -> ZoneNumber | None:
    """Return the zone with this component number, or `None` if it is no zone's."""
    number = component - base + 1
    return ZoneNumber(number) if number in ZONES else None


class Dialect(Enum):
    """Two layouts of GoToLevel that nothing in a frame tells apart. Source: qs-link.md 3.2."""

    WIRED = "wired"
    """Component, then level, as read from firmware of a wired device."""

    RADIO = "radio"
    """Level, then fade, as captured on radio."""


@dataclass(frozen=True, slots=True)
class GoToLevel(ObjectMessage):
    """Set the level of a zone, of a whole module, of a group, or of everything.

    On this module any level above 0 is on and 0 is off; a fade is ignored.

    ::

        wired:  component (2)  level (2)  00 00
        radio:  level (2)      fade (2)   00 00

    Attributes:
        target: A module, a group or everybody.
        component: 0001 to 0004 for zones 1 to 4 (a `ZoneNumber` will do); 0000 for all zones of
            a group or broadcast. The radio dialect has none.
        raw_level: 0 to 0xFFFF; 0xFEFF is 100 %.
        dialect: How it is laid out; said by the link's settings, never guessed from a frame.
        fade_quarter_s: Fade in quarter seconds; radio only.

    Raises:
        UnsupportedSetting: A value does not fit, or the dialect has no place for it.

    Source: qs-link.md 3.2.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "GO_TO_LEVEL",
        0x40,
        (0x02,),
        (0x0E,),
        Direction.TO_MODULE,
        _BOTH,
        "3.2",
        "wired: component (2), level (2), 00 00; radio: level (2), fade (2), 00 00",
    )

    target: Target
    component: int
    raw_level: int
    dialect: Dialect = Dialect.WIRED
    fade_quarter_s: int = 0

    def __post_init__(self) -> None:
        check_field("component", self.component, 2)
        check_field("raw level", self.raw_level, 2)
        check_field("fade", self.fade_quarter_s, 2)
        if self.dialect is Dialect.WIRED and self.fade_quarter_s:
            raise UnsupportedSetting("fade", self.fade_quarter_s, "0 in the wired dialect")
        if self.dialect is Dialect.RADIO and self.component:
            raise UnsupportedSetting("component", self.component, "0 in the radio dialect")

    @property
    def zone(self) -> ZoneNumber | None:
        """The zone that the component is, counted from component 0001."""
        return zone_of(self.component)

    @property
    def level_percent(self) -> float:
        """The level in percent, at most 100."""
        return raw_to_percent(self.raw_level)

    @property
    def is_on(self) -> bool:
        """Whether a relay is on at this level."""
        return self.raw_level > 0

    def address(self) -> Target:
        """Return whom it is for."""
        return self.target

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        level = self.raw_level.to_bytes(2)
        if self.dialect is Dialect.WIRED:
            return self.component.to_bytes(2) + level + b"\x00\x00"
        return level + self.fade_quarter_s.to_bytes(2) + b"\x00\x00"

    @classmethod
    def from_start(cls, start: ObjectStart, dialect: Dialect = Dialect.WIRED) -> Self:
        """Return the message that a frame carries, read in a dialect."""
        first, second = int.from_bytes(start.data[0:2]), int.from_bytes(start.data[2:4])
        if dialect is Dialect.WIRED:
            return cls(start.target, first, second, dialect)
        return cls(start.target, 0, first, dialect, second)

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """Wired commands have types 91 to 93 (5 rule 4); radio captures show 81 to 83."""
        return bridge_bit(source) if self.dialect is Dialect.WIRED else 0

    def words(self) -> str:
        """Say it in one line of plain words."""
        who = target_words(self.target)
        if self.zone is not None:
            what = f"zone {int(self.zone)} of {who}"
        elif self.component:
            what = f"component {self.component:04X} of {who}"
        elif self.dialect is Dialect.WIRED:
            what = f"all zones of {who}"
        else:
            what = who
        fade = f" with a fade of {fade_s(self.fade_quarter_s):g} s" if self.fade_quarter_s else ""
        return f"Set {what} to {self.level_percent:.4g} %{fade} ({self.dialect.value} dialect)."


@dataclass(frozen=True, slots=True)
class LevelReport(Encodable):
    """A radio device says its level. The sender is the frame's source.

    Attributes:
        raw_level: 0 to 0xFF; 0xFE is 100 %.

    Source: qs-link.md 3.5, vectors 8 and 9.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "LEVEL_REPORT",
        None,
        (),
        (0x04,),
        Direction.FROM_DEVICE,
        _CAPTURE,
        "3.5",
        "whole payload: 00 1B 01, level",
    )
    PROTOCOL: ClassVar[int] = PROTOCOL_REPORT
    START: ClassVar[bytes] = b"\x00\x1b\x01"

    raw_level: int

    def __post_init__(self) -> None:
        check_field("raw level", self.raw_level, 1)

    @property
    def level_percent(self) -> float:
        """The level in percent, at most 100."""
        return raw_8_to_percent(self.raw_level)

    def payload(self) -> bytes:
        """Return the payload: the octets behind the header."""
        return self.START + bytes((self.raw_level,))

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        """Return the message with this payload."""
        return cls(payload[3])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Level is {self.level_percent:.4g} %."


@dataclass(frozen=True, slots=True)
class PeriodicLevelReport(Encodable):
    """A radio device's level, told from time to time. The sender is the frame's source.

    Attributes:
        raw_level: 0 to 0xFF; 0xFE is 100 %.
        second: An octet of unknown meaning; the slider's position, says one note.

    Source: qs-link.md 3.5, vector 10.
    """

    ROW: ClassVar[MessageRow] = MessageRow(
        "PERIODIC_LEVEL_REPORT",
        None,
        (),
        (0x08,),
        Direction.FROM_DEVICE,
        _CAPTURE,
        "3.5",
        "whole payload: 00 1B 01, level, 00 1B 92, an octet of unknown meaning",
    )
    PROTOCOL: ClassVar[int] = PROTOCOL_REPORT
    MIDDLE: ClassVar[bytes] = b"\x00\x1b\x92"

    raw_level: int
    second: int

    def __post_init__(self) -> None:
        check_field("raw level", self.raw_level, 1)
        check_field("second octet", self.second, 1)

    @property
    def level_percent(self) -> float:
        """The level in percent, at most 100."""
        return raw_8_to_percent(self.raw_level)

    def payload(self) -> bytes:
        """Return the payload: the octets behind the header."""
        return LevelReport.START + bytes((self.raw_level,)) + self.MIDDLE + bytes((self.second,))

    @classmethod
    def from_payload(cls, payload: bytes) -> Self:
        """Return the message with this payload."""
        return cls(payload[3], payload[7])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Level is {self.level_percent:.4g} % (periodic; second octet {self.second:02X})."
