"""Class 7D: what an installer wired to a module's zones and to its CCO. All of it is ours.

All four zones and the CCO go in one message, 26 octets::

    zone 1 .. 4, five octets each        CCO, six octets
    type  unit  figure                   kind  volts    mA
     01    01   00 0B B8                  0D   00 F0    00 00 FA
     |     |    steps of the unit         |    in 0.1 V
     |     00 mA, 01 steps of 0.1 W       01 known, 02 AC, 04 inductive, 08 flyback diode
     00 nothing is written down, 01 tungsten ... 0B ELV

House rule: one class a message, laid out as in the table of docs/protocol.md.

Source: decided here (requirement F1); qs-link.md 5 keeps the types from 20 up for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import ClassVar, Final, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import (
    NO_LOADS,
    ZONE_COUNT,
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    FourLoads,
    LoadType,
    ZoneLoad,
)

from .extension import GUARD, ExtensionType, command_row, report_row
from .extension_fields import check_guard
from .message import MessageRow, ModuleCommand, ModuleReport, ObjectStart, one_module

__all__ = ["LOADS_OCTETS", "LoadsQuery", "LoadsReport", "LoadsSet", "loads_octets"]

LOAD_TYPES: Final[tuple[LoadType, ...]] = (
    LoadType.TUNGSTEN,
    LoadType.GENERAL_USE,
    LoadType.DISCHARGE_LAMP,
    LoadType.ELECTRONIC_BALLAST,
    LoadType.RESISTIVE,
    LoadType.INDUCTIVE,
    LoadType.CAPACITIVE,
    LoadType.MOTOR,
    LoadType.INC,
    LoadType.MLV,
    LoadType.ELV,
)
"""The load types by their number on the link, from 01. A new one goes to the end. Ours."""

_ZONE_OCTETS: Final = 5
_CCO_OCTETS: Final = 6
LOADS_OCTETS: Final = ZONE_COUNT * _ZONE_OCTETS + _CCO_OCTETS
"""How many octets the four zones and the CCO take. Ours."""

_IN_AMPS, _IN_WATTS = 0, 1
_STEPS_PER_A: Final = 1000
_STEPS_PER_W: Final = 10
_STEPS_PER_V: Final = 10
_NO_ZONE: Final = bytes(_ZONE_OCTETS)
_NO_CCO: Final = bytes(_CCO_OCTETS)

_LAYOUT: Final = (
    "53 octets: zone 1-4, each load type (00 nothing written down, 01 tungsten, 02 general use, "
    "03 discharge lamp, 04 electronic ballast, 05 resistive, 06 inductive, 07 capacitive, "
    "08 motor, 09 INC, 0A MLV, 0B ELV), unit (00 mA, 01 steps of 0.1 W), figure (3); CCO bits "
    "(01 written down, 02 AC, 04 inductive, 08 flyback diode), steps of 0.1 V (2), mA (3)"
)


class _CcoBits(IntFlag):
    """The first octet of the CCO's load."""

    KNOWN = 0x01
    AC = 0x02
    INDUCTIVE = 0x04
    FLYBACK_DIODE = 0x08


def loads_octets(zone_loads: FourLoads, cco_load: CcoLoad | None) -> bytes:
    """Return what the zones and the CCO are wired to, as the link carries it."""
    return b"".join(_zone_octets(load) for load in zone_loads) + _cco_octets(cco_load)


def _zone_octets(load: ZoneLoad | None) -> bytes:
    if load is None:
        return _NO_ZONE
    if load.amps is not None:
        unit, steps = _IN_AMPS, round(load.amps * _STEPS_PER_A)
    else:
        assert load.watts is not None
        unit, steps = _IN_WATTS, round(load.watts * _STEPS_PER_W)
    return bytes((LOAD_TYPES.index(load.type) + 1, unit)) + steps.to_bytes(3)


def _cco_octets(load: CcoLoad | None) -> bytes:
    if load is None:
        return _NO_CCO
    bits = _CcoBits.KNOWN
    if load.current is CcoCurrent.AC:
        bits |= _CcoBits.AC
    if load.kind is CcoLoadKind.INDUCTIVE:
        bits |= _CcoBits.INDUCTIVE
    if load.has_flyback_diode:
        bits |= _CcoBits.FLYBACK_DIODE
    volts, amps = round(load.volts * _STEPS_PER_V), round(load.amps * _STEPS_PER_A)
    return bytes((bits,)) + volts.to_bytes(2) + amps.to_bytes(3)


def _loads_from(octets: bytes) -> tuple[FourLoads, CcoLoad | None]:
    """Return the loads that the octets say.

    Raises:
        UnsupportedSetting: They say what no load is.
    """
    one, two, three, four = (
        _zone_from(octets[at : at + _ZONE_OCTETS])
        for at in range(0, ZONE_COUNT * _ZONE_OCTETS, _ZONE_OCTETS)
    )
    return (one, two, three, four), _cco_from(octets[ZONE_COUNT * _ZONE_OCTETS : LOADS_OCTETS])


def _zone_from(octets: bytes) -> ZoneLoad | None:
    if octets == _NO_ZONE:
        return None
    number, unit, steps = octets[0], octets[1], int.from_bytes(octets[2:])
    if not 1 <= number <= len(LOAD_TYPES):
        raise UnsupportedSetting("load type", number, f"01 to {len(LOAD_TYPES):02X}, or all zero")
    kind = LOAD_TYPES[number - 1]
    if unit == _IN_AMPS:
        return ZoneLoad(kind, amps=steps / _STEPS_PER_A)
    if unit == _IN_WATTS:
        return ZoneLoad(kind, watts=steps / _STEPS_PER_W)
    raise UnsupportedSetting("load unit", unit, "00 mA or 01 steps of 0.1 W")


def _cco_from(octets: bytes) -> CcoLoad | None:
    if octets == _NO_CCO:
        return None
    if not octets[0] & _CcoBits.KNOWN or octets[0] > 0x0F:
        raise UnsupportedSetting("CCO load bits", octets[0], "01 and bits of 0E, or all zero")
    bits = _CcoBits(octets[0])
    return CcoLoad(
        volts=int.from_bytes(octets[1:3]) / _STEPS_PER_V,
        current=CcoCurrent.AC if _CcoBits.AC in bits else CcoCurrent.DC,
        amps=int.from_bytes(octets[3:6]) / _STEPS_PER_A,
        kind=CcoLoadKind.INDUCTIVE if _CcoBits.INDUCTIVE in bits else CcoLoadKind.RESISTIVE,
        has_flyback_diode=_CcoBits.FLYBACK_DIODE in bits,
    )


def loads_words(zone_loads: FourLoads, cco_load: CcoLoad | None) -> str:
    """Return what the zones and the CCO are wired to, as people say it."""
    said = [f"zone {number} {_zone_words(load)}" for number, load in enumerate(zone_loads, start=1)]
    return ", ".join((*said, f"CCO {_cco_words(cco_load)}"))


def _zone_words(load: ZoneLoad | None) -> str:
    return "unknown" if load is None else load.words


def _cco_words(load: CcoLoad | None) -> str:
    return "unknown" if load is None else load.words


@dataclass(frozen=True, slots=True)
class LoadsSet(ModuleCommand):
    """Program what a module's zones and CCO are wired to, all of it. Answered by RESULT.

    Attributes:
        serial: The module.
        zone_loads: For each zone, zone 1 first; None where nothing is written down.
        cco_load: Of the CCO; None where nothing is written down.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.LOADS_SET, 8 + LOADS_OCTETS + 1, f"{_LAYOUT}; A5 guard"
    )

    zone_loads: FourLoads = NO_LOADS
    cco_load: CcoLoad | None = None

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return loads_octets(self.zone_loads, self.cco_load) + bytes((GUARD,))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        check_guard(start.data[LOADS_OCTETS])
        return cls(one_module(start), *_loads_from(start.data))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Program the loads of module {self.serial}: "
            f"{loads_words(self.zone_loads, self.cco_load)}."
        )


@dataclass(frozen=True, slots=True)
class LoadsQuery(ModuleCommand):
    """Ask what a module's zones and CCO are wired to. Answered by LOADS_REPORT.

    Attributes:
        serial: The module.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.LOADS_QUERY, 0x08, "none; answered by LOADS_REPORT"
    )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Ask module {self.serial} for its loads."


@dataclass(frozen=True, slots=True)
class LoadsReport(ModuleReport):
    """What a module's zones and CCO are wired to. The answer to LOADS_QUERY.

    Attributes:
        serial: The module.
        zone_loads: For each zone, zone 1 first; None where nothing is written down.
        cco_load: Of the CCO; None where nothing is written down.
    """

    ROW: ClassVar[MessageRow] = report_row(ExtensionType.LOADS_REPORT, 8 + LOADS_OCTETS, _LAYOUT)

    zone_loads: FourLoads = NO_LOADS
    cco_load: CcoLoad | None = None

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return loads_octets(self.zone_loads, self.cco_load)

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start), *_loads_from(start.data))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Module {self.serial}: {loads_words(self.zone_loads, self.cco_load)}."
