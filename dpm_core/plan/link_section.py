"""The link of a plan's document: processor, wallstations, other devices, taps and cable."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from dpm_core.errors import InvalidDocument, UnsupportedSetting
from dpm_core.model import (
    LINK_TERMINALS,
    LONG_CABLE,
    SHORT_CABLE,
    WALLSTATION_BUTTONS_MAX,
    ZONES,
    LedLogic,
    SerialNumber,
    WallstationAction,
)
from dpm_core.plan.fields import Section, Value, one_of
from dpm_core.plan.module_section import read_gauge
from dpm_core.plan.planned_module import ModulePlan
from dpm_core.plan.program_values import read_group, read_serial, read_zones
from dpm_core.plan.site import (
    METRES_PER_FOOT,
    PROCESSOR_ID,
    Button,
    CableRun,
    LinkDevice,
    PlannedZones,
    Processor,
)

COUNT_MAX: Final = 1000
"""Most devices or zones that one entry may count as. Decided here: past it somebody mistyped."""

LENGTH_MAX: Final = 100_000.0
"""Longest run, in metres or feet. Decided here: past it somebody mistyped."""

OTHER_CABLE: Final = "other"
CABLES: Final = (SHORT_CABLE, LONG_CABLE, OTHER_CABLE)

_SOFTWARE: Final = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.\d{1,6})*")


def read_processor(section: Section) -> Processor:
    """Return the processor of a link.

    Raises:
        InvalidDocument: A field is unknown, or not what it may be.
    """
    name, model = section.take("name"), section.take("model")
    software = section.take("software")
    processor = Processor(
        name="HomeWorks QS processor" if name is None else name.text(),
        model="" if model is None else model.text(),
        software=None if software is None else _software(software),
        line=section.line,
    )
    section.done()
    return processor


def _software(value: Value) -> tuple[int, int]:
    match = _SOFTWARE.fullmatch(value.text())
    if match is None:
        value.refuse("the version of the HomeWorks QS software, such as 12.0")
    return int(match[1]), int(match[2] or 0)


def read_device(key: str, section: Section, modules: Mapping[str, ModulePlan]) -> LinkDevice:
    """Return something on the link that is no module; a wallstation has buttons.

    Raises:
        InvalidDocument: A field is unknown, not what it may be, or names a module that is not
            in the plan.
    """
    name, serial = section.take("name"), section.take("serial")
    devices, zones = section.take("devices"), section.take("zones")
    device = LinkDevice(
        id=key,
        name=key if name is None else name.text(),
        serial=None if serial is None else read_serial(serial),
        devices=1 if devices is None else devices.whole(0, COUNT_MAX, "devices"),
        zones=0 if zones is None else zones.whole(0, COUNT_MAX, "zones"),
        buttons=tuple(
            _button(number, value, modules) for number, value in section.part("buttons").items()
        ),
        line=section.line,
    )
    section.done()
    return device


def _button(key: str, value: Value, modules: Mapping[str, ModulePlan]) -> Button:
    if not (key.isascii() and key.isdigit() and 1 <= int(key) <= WALLSTATION_BUTTONS_MAX):
        value.refuse_name(key, f"buttons numbered from 1 to {WALLSTATION_BUTTONS_MAX}")
    section = value.section()
    name, action, group = section.take("name"), section.take("does"), section.take("group")
    led = section.take("led")
    zones = _planned_zones(section.part("zones"), modules)
    button = Button(
        number=int(key),
        name="" if name is None else name.text(),
        action=WallstationAction.TOGGLE if action is None else action.choice(WallstationAction),
        group=None if group is None else read_group(group),
        led=None if led is None else led.choice(LedLogic),
        zones=zones if group is None else _grouped_zones(group, zones, modules),
        off_zones=_planned_zones(section.part("off_zones"), modules),
        line=section.line,
    )
    section.done()
    try:
        button.programmed({key: SerialNumber(n) for n, key in enumerate(modules, 1)})
    except UnsupportedSetting as error:
        raise InvalidDocument(
            value.file, value.line, value.path, error.value, f"{error.allowed} ({error.name})"
        ) from error
    return button


def _planned_zones(section: Section, modules: Mapping[str, ModulePlan]) -> PlannedZones:
    return tuple(
        (known(modules, module, zones), read_zones(zones)) for module, zones in section.items()
    )


def _grouped_zones(
    group: Value, zones: PlannedZones, modules: Mapping[str, ModulePlan]
) -> PlannedZones:
    """Return the zones that modules have in a group, which are those of a button that uses it."""
    number = read_group(group)
    found = []
    for module in modules.values():
        members = dict(module.groups).get(number, ())
        grouped = tuple(zone for zone, is_in in zip(ZONES, members, strict=False) if is_in)
        if grouped:
            found.append((module, grouped))
    if not found:
        group.refuse("a group that a module of the plan has zones in")
    by_id = {module.id: numbers for module, numbers in found}
    if zones and {module.id: numbers for module, numbers in zones} != by_id:
        said = "; ".join(f"{key}: {', '.join(map(str, each))}" for key, each in by_id.items())
        group.refuse(
            f"a group of just the button's zones, or none: this one switches more or others ({said})"
        )
    return tuple(found)


def known(modules: Mapping[str, ModulePlan], key: str, value: Value) -> ModulePlan:
    """Return the module of that name.

    Raises:
        InvalidDocument: The plan has none; the error stands where it was named.
    """
    module = modules.get(key)
    if module is None:
        value.refuse(f"a module of the plan, which {key} is not")
    return module


def read_cable(section: Section, places: Collection[str]) -> CableRun:
    """Return one run of the link's cable.

    Args:
        section: Where it stands.
        places: What a run may begin and end at.

    Raises:
        InvalidDocument: A field is missing, unknown, or not what it may be.
    """
    start, end = (_place(section.need(key, "a place"), places) for key in ("from", "to"))
    if start == end:
        section.refuse("a run between two places")
    metres, feet = section.take("metres"), section.take("feet")
    if metres is not None and feet is not None:
        feet.refuse("metres or feet, not both")
    length = feet or metres or section.need("metres", "its length: metres or feet")
    length_m = length.number(0, LENGTH_MAX, "feet" if feet else "metres")
    cable = section.take("cable")
    control, data = section.take("control_awg"), section.take("data_awg")
    twisted, shielded = section.take("twisted"), section.take("shielded")
    terminals = section.take("terminals")
    run = CableRun(
        start=start,
        end=end,
        length_m=length_m * METRES_PER_FOOT if feet else length_m,
        is_in_feet=feet is not None,
        cable="" if cable is None else _cable(cable),
        control_awg=None if control is None else read_gauge(control),
        data_awg=None if data is None else read_gauge(data),
        is_twisted=None if twisted is None else twisted.flag(),
        is_shielded=None if shielded is None else shielded.flag(),
        terminals=(1, 3, 4) if terminals is None else _terminals(terminals),
        line=section.line,
    )
    section.done()
    return run


def _place(value: Value, places: Collection[str]) -> str:
    if value.text() not in places:
        value.refuse(f"{PROCESSOR_ID}, a module, another device of the link or one of its taps")
    return value.text()


def _cable(value: Value) -> str:
    name = value.text(one_of(CABLES))
    if name not in CABLES:
        value.refuse(one_of(CABLES))
    return "" if name == OTHER_CABLE else name


def _terminals(value: Value) -> tuple[int, ...]:
    allowed = "a list of the link's terminals, such as [1, 3, 4]"
    terminals = [one.whole(1, len(LINK_TERMINALS)) for one in value.values(allowed)]
    if len(set(terminals)) != len(terminals):
        value.refuse(allowed)
    return tuple(sorted(terminals))
