"""Class 7D: what a module reports when it changes. All of it is ours.

A report goes once for each change, and on query; its sender and its object id are
both the module.

House rule: one class a message, laid out as in the table of docs/protocol.md.

Source: qs-link.md 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from struct import Struct
from typing import Any, ClassVar, Final, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import (
    Cause,
    CcoType,
    ContactState,
    FourZones,
    SerialNumber,
    zones_from_bits,
    zones_to_bits,
)

from .extension import (
    ExtensionType,
    ReportFlag,
    report_row,
)
from .extension_fields import (
    cco_type_from,
    enum_from,
    mask_words,
    truth_from,
    zones_words,
)
from .message import MessageRow, ModuleReport, ObjectStart, one_module

__all__ = [
    "CciReport",
    "CcoReport",
    "OverrideReport",
    "ZoneReport",
]

_REMAINING_STEPS_PER_S: Final = 100
_REMAINING_STEPS_MAX: Final = 0xFFFF

_ZONE_DATA: Final = Struct(">4BH").unpack_from
_FLAGS: Final = tuple(ReportFlag(flags) for flags in range(0x100))
_CAUSES: Final = tuple(Cause)
_CAUSE_MAX: Final = max(Cause)
_ZONE_BITS: Final = 0x0F
_ZONES: Final = tuple(zones_from_bits(bits) for bits in range(_ZONE_BITS + 1))
_new: Final = object.__new__


@dataclass(frozen=True, slots=True)
class ZoneReport(ModuleReport):
    """Which zones are on: the relays as they are, in manual override too.

    Attributes:
        serial: The module.
        zones: Which relays are closed.
        changed: Which differ from the last report.
        flags: Override, CCI, CCO, restored.
        cause: Why they changed; `QUERY` in the answer to one.
        count: How many of these reports the module has sent, modulo 65536.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.ZONE_REPORT,
        0x0E,
        "on bits (the relays as they are), changed bits, "
        "flags: 01 override active, 02 CCI open, 04 CCO closed, 08 restored after power loss; "
        "cause: 00 query, 01 link command, 02 CCI, 03 zone button, 04 power-up, "
        "05 group or broadcast, 06 wallstation; report count (2, wraps)",
    )

    zones: FourZones
    changed: FourZones
    flags: ReportFlag
    cause: Cause
    count: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", self.count & 0xFFFF)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes(
            (
                zones_to_bits(self.zones),
                zones_to_bits(self.changed),
                self.flags,
                self.cause,
                self.count >> 8,
                self.count & 0xFF,
            )
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls.from_octets(one_module(start), start.data, 0)

    @classmethod
    def from_octets(cls, serial: SerialNumber, octets: bytes, at: int) -> Self:
        """Return the message whose data begin in these octets at this place.

        Raises:
            CallError: The data is outside its stated range.
        """
        zones, changed, flags, cause, count = _ZONE_DATA(octets, at)
        if (zones | changed) > _ZONE_BITS or cause > _CAUSE_MAX:
            zones_from_bits(zones)
            zones_from_bits(changed)
            enum_from(Cause, "cause", cause)
        # Past the freezing, which costs more than all the rest: every poll ends here.
        report: Any = _new(_Unfrozen)
        report.serial = serial
        report.zones = _ZONES[zones]
        report.changed = _ZONES[changed]
        report.flags = _FLAGS[flags]
        report.cause = _CAUSES[cause]
        report.count = count
        report.__class__ = cls
        made: Self = report
        return made

    def words(self) -> str:
        """Say it in one line of plain words."""
        flags = f"; {mask_words(self.flags)}" if self.flags else ""
        return (
            f"Module {self.serial}: on {zones_words(self.zones)}; changed "
            f"{zones_words(self.changed)}; cause {_said(self.cause)}{flags}; report {self.count}."
        )


class _Unfrozen(ZoneReport):
    """A zone report while it is made, with the same fields in the same places."""

    __slots__ = ()
    # Both: with only one of them replaced, Python looks it up for each field.
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


@dataclass(frozen=True, slots=True)
class OverrideReport(ModuleReport):
    """Whether a module is in manual override, and what it does to the zones.

    Attributes:
        serial: The module.
        is_active: Whether it is in manual override.
        forced: Which zones it has switched on.
        saved: The settings that return when it ends.
        cause: Why it changed; `QUERY` in the answer to one.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.OVERRIDE_REPORT,
        0x0D,
        "active 0/1, forced-on bits, saved bits (the settings that return), cause, 00",
    )

    is_active: bool
    forced: FourZones
    saved: FourZones
    cause: Cause

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes(
            (
                self.is_active,
                zones_to_bits(self.forced),
                zones_to_bits(self.saved),
                self.cause,
                0x00,
            )
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            one_module(start),
            truth_from("override active", data[0]),
            zones_from_bits(data[1]),
            zones_from_bits(data[2]),
            enum_from(Cause, "cause", data[3]),
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        mode = (
            f"in manual override, forced on {zones_words(self.forced)}"
            if self.is_active
            else "not in manual override"
        )
        return (
            f"Module {self.serial}: {mode}; set on {zones_words(self.saved)}; "
            f"cause {_said(self.cause)}."
        )


@dataclass(frozen=True, slots=True)
class CciReport(ModuleReport):
    """Where the manual override input is, after its debounce.

    Attributes:
        serial: The module.
        contact: Open or closed.
        is_edge: Whether it has just changed; False in the answer to a query.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.CCI_REPORT, 0x0A, "0 closed / 1 open, 0 answer / 1 edge"
    )

    contact: ContactState
    is_edge: bool

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.contact is ContactState.OPEN, self.is_edge))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        is_open = truth_from("CCI", data[0])
        return cls(
            one_module(start),
            ContactState.OPEN if is_open else ContactState.CLOSED,
            truth_from("edge", data[1]),
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        how = "has just become" if self.is_edge else "is"
        return f"Module {self.serial}: the CCI {how} {self.contact.value}."


@dataclass(frozen=True, slots=True)
class CcoReport(ModuleReport):
    """Where the contact closure output is.

    Attributes:
        serial: The module.
        is_closed: Whether the N.O. contact is closed.
        cco_type: What it is programmed for.
        remaining_s: How long a pulse still lasts, in seconds, rounded up to 10 ms; 0 when none
            runs, at most 655.35.

    Raises:
        UnsupportedSetting: The remaining time is negative.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.CCO_REPORT,
        0x0C,
        "N.O. closed 0/1, type 0 maintained / 1 momentary, remaining 10 ms (2)",
    )

    is_closed: bool
    cco_type: CcoType
    remaining_s: float = 0.0

    def __post_init__(self) -> None:
        if not self.remaining_s >= 0:
            raise UnsupportedSetting("remaining_s", self.remaining_s, "0 seconds or more")
        # A microsecond is no step: what was read from the link must not grow by rounding.
        steps = ceil(min(_REMAINING_STEPS_MAX, self.remaining_s * _REMAINING_STEPS_PER_S) - 1e-4)
        object.__setattr__(self, "remaining_s", steps / _REMAINING_STEPS_PER_S)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        steps = round(self.remaining_s * _REMAINING_STEPS_PER_S)
        return bytes((self.is_closed, self.cco_type.value)) + steps.to_bytes(2)

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            one_module(start),
            truth_from("CCO", data[0]),
            cco_type_from(data[1]),
            int.from_bytes(data[2:4]) / _REMAINING_STEPS_PER_S,
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        contact = "closed" if self.is_closed else "open"
        pulse = f", {self.remaining_s:g} s of its pulse left" if self.remaining_s else ""
        return f"Module {self.serial}: the CCO ({self.cco_type.name.lower()}) is {contact}{pulse}."


def _said(cause: Cause) -> str:
    return cause.name.lower().replace("_", " ")
