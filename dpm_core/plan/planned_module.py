"""A planned module: its program, and what is wired to its zones and contacts.

Values only, as the installer wrote them; whether the specification allows them is answered in
`checks`. Each keeps the line of the document that it stands on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from dpm_core.model import (
    CCO_LOAD_VOLTS_STEP,
    LOAD_AMPS_STEP,
    LOAD_WATTS_STEP,
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    FourZones,
    GroupNumber,
    LoadType,
    ModuleRatings,
    Program,
    SerialNumber,
    ZoneLoad,
    ZoneNumber,
)


class UnratedLoad(Enum):
    """What people would wire to a zone and may not. Source: 3691060c, "Output Zone Ratings"."""

    RECEPTACLE = "receptacle"


class Neutrals(Enum):
    """How a module's load circuits return."""

    SEPARATE = "separate"
    COMMON = "common"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the installer wires to a zone.

    Attributes:
        type: What it is.
        amps: What it draws, in amperes; None when it was given in watts, or not at all.
        watts: What it draws, in watts.
        horsepower: The power of a motor, in horsepower.
        locked_rotor_amps: The current of a motor that cannot turn, in amperes.
        is_plug_in: Whether it is plugged in rather than permanently installed.
        kept_out_by: What keeps unrated loads from being plugged in.
        is_visible: Whether it can be seen from every control location; None when nobody said.
        line: Where it stands.
    """

    type: LoadType | UnratedLoad
    amps: float | None = None
    watts: float | None = None
    horsepower: float | None = None
    locked_rotor_amps: float | None = None
    is_plug_in: bool = False
    kept_out_by: str = ""
    is_visible: bool | None = None
    line: int = field(default=0, compare=False)

    def current_a(self, voltage_v: float) -> float:
        """Return what it draws in amperes; watts count at unity power factor."""
        if self.amps is not None:
            return self.amps
        return 0.0 if self.watts is None else self.watts / voltage_v

    @property
    def kept(self) -> ZoneLoad | None:
        """What its module keeps of it, on the module's steps; None where it draws nothing."""
        if not isinstance(self.type, LoadType):
            return None
        amps = None if self.amps is None else _on_step(self.amps, LOAD_AMPS_STEP)
        watts = None if self.watts is None else _on_step(self.watts, LOAD_WATTS_STEP)
        return ZoneLoad(self.type, amps=amps, watts=watts) if amps or watts else None


def _on_step(value: float, step: float) -> float:
    return round(value / step) * step


FourLoads: TypeAlias = tuple[Load | None, Load | None, Load | None, Load | None]


def kept_loads(
    loads: FourLoads,
) -> tuple[ZoneLoad | None, ZoneLoad | None, ZoneLoad | None, ZoneLoad | None]:
    """Return what a module keeps of what its zones are wired to."""
    one, two, three, four = (None if load is None else load.kept for load in loads)
    return (one, two, three, four)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCcoLoad:
    """What a module's CCO switches; volts and amperes."""

    name: str
    volts: float
    current: CcoCurrent
    amps: float
    kind: CcoLoadKind
    has_flyback_diode: bool
    line: int = field(default=0, compare=False)

    @property
    def kept(self) -> CcoLoad | None:
        """What its module keeps of it, on the module's steps; None where it draws nothing."""
        amps = _on_step(self.amps, LOAD_AMPS_STEP)
        if not amps:
            return None
        return CcoLoad(
            volts=_on_step(self.volts, CCO_LOAD_VOLTS_STEP),
            current=self.current,
            amps=amps,
            kind=self.kind,
            has_flyback_diode=self.has_flyback_diode,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """Gauges of the wires in a module's terminals, in AWG; None when nobody said."""

    mains_awg: int | None = None
    zones_awg: int | None = None
    contacts_awg: int | None = None
    contacts_together: int = 1
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlan:
    """One module: its program, and what is wired to it.

    Attributes:
        id: What the plan calls it.
        ratings: Its model.
        serial: Its serial number; None while it is not known.
        program: What it is programmed for.
        zone_lines: Where its zones stand.
        loads: What each zone is wired to, zone 1 first.
        cco_load: What its CCO switches.
        groups: The groups that its zones belong to.
        neutrals: How its load circuits return.
        wires: The gauges in its terminals.
        calibration_point_c: Temperature of its calibration point, in degrees Celsius.
        is_class_2_separated: Whether its Class 2 wiring is kept apart from mains; None when
            nobody said.
        line: Where it stands.
    """

    id: str
    ratings: ModuleRatings
    serial: SerialNumber | None
    program: Program
    zone_lines: tuple[int, int, int, int]
    loads: FourLoads
    cco_load: PlannedCcoLoad | None
    groups: tuple[tuple[GroupNumber, FourZones], ...]
    neutrals: Neutrals
    wires: Wires
    calibration_point_c: float | None
    is_class_2_separated: bool | None
    line: int = field(compare=False)

    @property
    def name(self) -> str:
        """What people call it: the name it is programmed with, else the plan's."""
        return self.program.name or self.id

    def zone_name(self, zone: ZoneNumber) -> str:
        """Return the zone as a finding names it."""
        name = self.program.zone_names[zone - 1]
        return f"module {self.id}, zone {int(zone)}" + (f" ({name})" if name else "")
