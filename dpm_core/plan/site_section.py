"""What a plan's document says of the building: feeds, panels, emergency contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dpm_core.plan.fields import Section, Value
from dpm_core.plan.link_section import known
from dpm_core.plan.module_section import TEMPERATURE_C
from dpm_core.plan.planned_module import ModulePlan
from dpm_core.plan.site import (
    EmergencyGroup,
    Feed,
    Filler,
    Mounting,
    Panel,
    Protection,
    Rail,
    Supply,
)

VOLTS_MAX: Final = 1000.0
HERTZ_MAX: Final = 1000.0
DIN_MAX: Final = 1000.0
HEAT_MAX_BTU_H: Final = 1_000_000.0
"""What a document may say at all. Decided here: past it somebody mistyped."""

_LIST_OF_MODULES: Final = "a list of modules of the plan, each once, such as [hall, attic]"
_RANGE: Final = "the lowest and the highest, such as [15, 30]"


def read_modules(value: Value, modules: Mapping[str, ModulePlan]) -> tuple[ModulePlan, ...]:
    """Return the modules of a list, in its order.

    Raises:
        InvalidDocument: It is no list, is empty, or names a module twice or one that is not in
            the plan.
    """
    named = [known(modules, one.text(), one) for one in value.values(_LIST_OF_MODULES)]
    if not named or len({module.id for module in named}) != len(named):
        value.refuse(_LIST_OF_MODULES)
    return tuple(named)


def read_feed(key: str, section: Section, modules: Mapping[str, ModulePlan]) -> Feed:
    """Return one feed and the modules that it is fed through to.

    Raises:
        InvalidDocument: A field is missing, unknown, or not what it may be.
    """
    volts, hertz = section.take("volts"), section.take("hertz")
    protection, supply = section.take("protection"), section.take("supply")
    feed = Feed(
        id=key,
        volts=120.0 if volts is None else volts.number(1, VOLTS_MAX, "V"),
        hertz=60.0 if hertz is None else hertz.number(1, HERTZ_MAX, "Hz"),
        protection=Protection.NONE if protection is None else protection.choice(Protection),
        supply=Supply.GROUNDED if supply is None else supply.choice(Supply),
        modules=read_modules(section.need("modules", _LIST_OF_MODULES), modules),
        line=section.line,
    )
    section.done()
    return feed


def read_panel(key: str, section: Section, modules: Mapping[str, ModulePlan]) -> Panel:
    """Return one panel with its rails and its surroundings.

    Raises:
        InvalidDocument: A field is missing, unknown, or not what it may be.
    """
    name, mounting = section.take("name"), section.take("mounting")
    humidity = section.take("humidity_percent")
    heat = section.take("heat_max_btu_h")
    room, inside = section.take("room_c"), section.take("inside_c")
    panel = Panel(
        id=key,
        name=key if name is None else name.text(),
        mounting=None if mounting is None else mounting.choice(Mounting),
        is_indoor=_flag(section.take("indoor")),
        is_accessible=_flag(section.take("accessible")),
        is_clicking_accepted=_flag(section.take("clicking_accepted")),
        room_c=None if room is None else _range_c(room),
        inside_c=None if inside is None else _range_c(inside),
        humidity_percent=None if humidity is None else humidity.number(0, 100, "%"),
        is_condensing=_flag(section.take("condensing")),
        heat_max_btu_h=None if heat is None else heat.number(0, HEAT_MAX_BTU_H, "BTU/h"),
        rails=tuple(
            _rail(rail.section(), modules)
            for rail in section.need("rails", "a list of rails").values("a list of rails")
        ),
        line=section.line,
    )
    section.done()
    return panel


def _flag(value: Value | None) -> bool | None:
    return None if value is None else value.flag()


def _range_c(value: Value) -> tuple[float, float]:
    ends = [one.number(*TEMPERATURE_C, "degrees Celsius") for one in value.values(_RANGE)]
    if len(ends) != 2 or ends[0] > ends[1]:
        value.refuse(_RANGE)
    return ends[0], ends[1]


def _rail(section: Section, modules: Mapping[str, ModulePlan]) -> Rail:
    allowed = "a list of modules of the plan, and of other things as {name: ..., din: 4}"
    width = section.need("width_din", "its width in DIN modules")
    rail = Rail(
        width_din=width.number(1, DIN_MAX, "DIN modules"),
        holds=tuple(
            _filler(one.section()) if one.is_section else known(modules, one.text(), one)
            for one in section.need("holds", allowed).values(allowed)
        ),
        line=section.line,
    )
    section.done()
    return rail


def _filler(section: Section) -> Filler:
    filler = Filler(
        name=section.need("name", "what it is called").text(),
        din_modules=section.need("din", "its width").number(0.5, DIN_MAX, "DIN modules"),
    )
    section.done()
    return filler


def read_emergency_group(
    key: str, section: Section, modules: Mapping[str, ModulePlan]
) -> EmergencyGroup:
    """Return one emergency contact and the modules whose CCIs it holds.

    Raises:
        InvalidDocument: A field is missing, unknown, or not what it may be.
    """
    name = section.take("name")
    group = EmergencyGroup(
        id=key,
        name=key if name is None else name.text(),
        modules=read_modules(section.need("modules", _LIST_OF_MODULES), modules),
        line=section.line,
    )
    section.done()
    return group
