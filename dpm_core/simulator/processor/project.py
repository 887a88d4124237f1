"""The project that the simulated processor runs: which integration id stands for what.

Made as a designer would: one area below the project's, in it every module's zones 1 to 4 and then
its CCO, and for each module a contact interface whose first contact closes while that module's
CCI is open, so that something tells of its manual override.

House rule: values only. Numbers that a designer would choose are decided here.

Source: integration-protocol.md 2 (ids form one space; 0 is not addressable), 3.3 (a zone is one
output; which contact tells of an override is up to the project), 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from dpm_core.model import ZONES, CcoType, Program, SerialNumber

NAME: Final = "Simulated Project"
AREA_NAME: Final = "Switching Panel"
AREA_ID: Final = 2
"""The one area. Decided here."""

CONTACT_COMPONENT: Final = 1
"""The contact of an interface that tells of an override. Source: integration-protocol.md 3.3:
QSE-IO has CCIs 1 to 5; which one is decided here."""

SOFTWARE: Final = "15.9.0"
OLD_SOFTWARE: Final = "9.4.0"
"""Versions of the programming software. Source: integration-protocol.md, DB-15.9 and DB-9.4."""

FIRST_EXPORT: Final = datetime(2026, 1, 31, 12, 0, 0)  # noqa: DTZ001  # the processor tells no zone
"""When the project was exported first. Decided here; each transfer is a day later."""

_EXPORT_STEP: Final = timedelta(days=1)
_STRIDE: Final = 100
"""Ids between one module's and the next one's: the first module's zones are 101 to 104."""
_CCO_OFFSET: Final = 5
_CONTACT_OFFSET: Final = 10
_WALLSTATION_OFFSET: Final = 15
_SHIFT: Final = 20
"""How far the ids of a changed project are from those before."""
_SHIFTS: Final = 4

WALLSTATION_BUTTONS: Final = (1, 2, 3, 4, 5)
"""Buttons of a wallstation: 1 to 4 toggle the zones of its module, 5 is not programmed. Source:
integration-protocol.md 4 (a seeTouch has components 1 to 7); which there are is decided here."""

LED_OFFSET: Final = 80
"""From a button's component to its LED's. Source: integration-protocol.md 4."""


@dataclass(frozen=True, slots=True)
class ProjectModule:
    """What the project has for one module.

    Attributes:
        serial: Its serial number: the panel's, which no database tells.
        name: What the designer calls it.
        zones: Output ids of zones 1 to 4.
        zone_names: What their outputs are called.
        cco: Output id of its CCO.
        is_cco_pulsed: Whether the designer made it a pulsed output, or a maintained one.
        contact: Device id of the interface whose first contact tells of its override.
    """

    serial: SerialNumber
    name: str
    zones: tuple[int, int, int, int]
    zone_names: tuple[str, str, str, str]
    cco: int
    is_cco_pulsed: bool
    contact: int

    @property
    def outputs(self) -> tuple[int, ...]:
        """Its output ids, in the order of the database."""
        return (*self.zones, self.cco)


@dataclass(frozen=True, slots=True)
class ProjectWallstation:
    """What the project has for one wallstation.

    Attributes:
        device: Its device id.
        name: What the designer calls it.
        module: The module whose zones its buttons toggle.
    """

    device: int
    name: str
    module: SerialNumber


@dataclass(frozen=True, slots=True)
class Project:
    """One project, as it was transferred to the processor.

    Attributes:
        modules: What it has for each module, in the order of the link.
        exported: When it was exported, in the processor's own time.
        generation: How often its ids have changed.
        software: Version of the programming software.
        has_contacts: Whether contacts tell of overrides.
        wallstations: What it has for each wallstation.
    """

    modules: tuple[ProjectModule, ...]
    exported: datetime = FIRST_EXPORT
    generation: int = 0
    software: str = SOFTWARE
    has_contacts: bool = True
    wallstations: tuple[ProjectWallstation, ...] = ()

    @classmethod
    def made_for(
        cls,
        programs: Mapping[SerialNumber, Program],
        *,
        generation: int = 0,
        exported: datetime = FIRST_EXPORT,
        wallstations: int = 0,
    ) -> Project:
        """Return the project that a designer makes for these modules, by what they are called.

        Args:
            programs: The modules and what they are programmed with.
            generation: How often the ids have changed.
            exported: When it is exported.
            wallstations: How many of the modules have a wallstation of their own.
        """
        modules = tuple(
            _module(number, serial, program, generation)
            for number, (serial, program) in enumerate(programs.items(), 1)
        )
        return cls(
            modules,
            exported,
            generation,
            wallstations=tuple(
                ProjectWallstation(
                    _base(number, generation) + _WALLSTATION_OFFSET,
                    f"Wallstation {number}",
                    module.serial,
                )
                for number, module in enumerate(modules[:wallstations], 1)
            ),
        )

    def transferred(
        self, programs: Mapping[SerialNumber, Program], *, changes_ids: bool
    ) -> Project:
        """Return the next project that is transferred, as the modules are programmed by then."""
        next_one = Project.made_for(
            programs,
            generation=self.generation + changes_ids,
            exported=self.exported + _EXPORT_STEP,
            wallstations=len(self.wallstations),
        )
        return replace(next_one, software=self.software, has_contacts=self.has_contacts)

    def output(self, number: int) -> tuple[ProjectModule, int | None] | None:
        """Return whose output an id is, and which zone it is; the CCO is None. None for no output."""
        for module in self.modules:
            if number in module.zones:
                return module, ZONES[module.zones.index(number)]
            if number == module.cco:
                return module, None
        return None

    def contact(self, number: int) -> ProjectModule | None:
        """Return the module whose override the contact of this device tells of."""
        if not self.has_contacts:
            return None
        return next((module for module in self.modules if module.contact == number), None)

    def wallstation(self, number: int) -> ProjectWallstation | None:
        """Return the wallstation that has this device id."""
        return next((one for one in self.wallstations if one.device == number), None)

    @property
    def ids(self) -> Iterator[int]:
        """Every integration id of it."""
        yield AREA_ID
        for module in self.modules:
            yield from module.outputs
            if self.has_contacts:
                yield module.contact
        for wallstation in self.wallstations:
            yield wallstation.device


def module_name(serial: SerialNumber, program: Program) -> str:
    """Return what a designer calls a module: by its programmed name, else by its serial number."""
    return program.name or f"Module {serial}"


def _base(number: int, generation: int) -> int:
    return _STRIDE * number + _SHIFT * (generation % _SHIFTS)


def _module(number: int, serial: SerialNumber, program: Program, generation: int) -> ProjectModule:
    base = _base(number, generation)
    name = module_name(serial, program)
    one, two, three, four = (
        zone_name or f"{name} zone {zone}"
        for zone, zone_name in zip(ZONES, program.zone_names, strict=True)
    )
    return ProjectModule(
        serial=serial,
        name=name,
        zones=(base + 1, base + 2, base + 3, base + 4),
        zone_names=(one, two, three, four),
        cco=base + _CCO_OFFSET,
        is_cco_pulsed=program.cco_type is CcoType.MOMENTARY,
        contact=base + _CONTACT_OFFSET,
    )


def module_ids(modules: Iterable[ProjectModule]) -> dict[str, dict[str, object]]:
    """Return which ids stand for which module, as JSON can carry it: for the control socket."""
    return {
        str(module.serial): {
            "zones": list(module.zones),
            "cco": module.cco,
            "contact": module.contact,
        }
        for module in modules
    }
