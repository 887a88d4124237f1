"""The site plan's document: one YAML text for one link.

```yaml
lutron_dpm_plan: 1
name: A house
modules:
  hall:
    name: Hall panel
    zones:
      1: {name: Hall, load: {type: tungsten, watts: 300}}
feeds:
  lighting: {modules: [hall]}
```

Only the first line and one module are required; docs/plan.md explains every field. The version
says how to read the rest: what an older version of this project wrote is brought up to date, and
what a newer one wrote is refused.

Source: the fields are those of 3691060c that a plan can be checked against; the form is decided
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import yaml

from dpm_core.errors import InvalidDocument
from dpm_core.plan.fields import Section, read_root, upgraded
from dpm_core.plan.link_section import read_cable, read_device, read_processor
from dpm_core.plan.module_section import read_module
from dpm_core.plan.planned_module import ModulePlan
from dpm_core.plan.site import PROCESSOR_ID, LinkDevice, Plan
from dpm_core.plan.site_section import read_emergency_group, read_feed, read_panel

VERSION_KEY: Final = "lutron_dpm_plan"

UPGRADES: tuple[Callable[[yaml.Node], None], ...] = ()
"""Function n makes a document of version n + 2 of one of version n + 1, in place.

Version 1 is the first that was ever written, so there is nothing to bring up to date yet.
"""

PLAN_OCTETS_MAX: Final = 1024 * 1024
"""Longest document that is read. Decided here: a hundred modules need a tenth of it."""


def read_plan(text: str, file: str = "the plan") -> Plan:
    """Return the plan that a document describes.

    Args:
        text: The document.
        file: What it is called, for errors and findings.

    Raises:
        InvalidDocument: It is no plan; file, line, field, what was found and what is allowed are
            its attributes.
    """
    if len(text) > PLAN_OCTETS_MAX:
        allowed = f"a document of at most {PLAN_OCTETS_MAX} characters"
        raise InvalidDocument(file, 1, "", f"{len(text)} characters", allowed)
    root = read_root(text, file)
    root = upgraded(root, VERSION_KEY, UPGRADES, "plan")
    name = root.take("name")
    modules = {key: _module(key, value.section()) for key, value in root.part("modules").items()}
    if not modules:
        root.need("modules", "one module or more, each with a name of its own")
    link = root.part("link")
    processor = link.take("processor")
    wallstations = _devices(link.part("wallstations"), modules)
    others = _devices(link.part("others"), modules)
    _each_once(modules.values(), (*wallstations, *others), root)
    taps_value, cables_value = link.take("taps"), link.take("cables")
    taps = [] if taps_value is None else [tap.text() for tap in taps_value.values("a list")]
    places = (PROCESSOR_ID, *modules, *(one.id for one in (*wallstations, *others)), *taps)
    if len(set(places)) != len(places):
        double = next(place for place in places if places.count(place) > 1)
        raise InvalidDocument(file, link.line, "link", double, "each name once on the link")
    cables = [] if cables_value is None else cables_value.values("a list of cable runs")
    link.done()
    plan = Plan(
        file=file,
        name="" if name is None else name.text(),
        processor=None if processor is None else read_processor(processor.section()),
        modules=tuple(modules.values()),
        wallstations=wallstations,
        others=others,
        taps=tuple(taps),
        cables=tuple(read_cable(cable.section(), places) for cable in cables),
        feeds=tuple(
            read_feed(key, value.section(), modules) for key, value in root.part("feeds").items()
        ),
        panels=tuple(
            read_panel(key, value.section(), modules) for key, value in root.part("panels").items()
        ),
        emergency_groups=tuple(
            read_emergency_group(key, value.section(), modules)
            for key, value in root.part("emergency_contacts").items()
        ),
    )
    root.done()
    _in_one_place(plan)
    return plan


def _module(key: str, section: Section) -> ModulePlan:
    if key == PROCESSOR_ID:
        section.refuse(f"another name than {PROCESSOR_ID}")
    return read_module(key, section)


def _each_once(modules: Iterable[ModulePlan], devices: Iterable[LinkDevice], root: Section) -> None:
    """Refuse two things on the link with one serial number."""
    places = [("modules", module.id, module.serial, module.line) for module in modules]
    places += [("link", device.id, device.serial, device.line) for device in devices]
    by_serial: dict[int, tuple[str, str]] = {}
    for section, key, serial, line in places:
        if serial is None:
            continue
        other = by_serial.setdefault(serial, (section, key))
        if other != (section, key):
            what = "module " if other[0] == "modules" else ""
            raise InvalidDocument(
                root.file,
                line,
                f"{section}.{key}.serial",
                str(serial),
                f"each serial number once, and {what}{other[1]} has it",
            )


def _devices(section: Section, modules: Mapping[str, ModulePlan]) -> tuple[LinkDevice, ...]:
    return tuple(read_device(key, value.section(), modules) for key, value in section.items())


def _in_one_place(plan: Plan) -> None:
    """Refuse a module that is on two rails, or whose CCI two contacts hold."""
    places = [
        ("panels", [(panel.id, panel.line, panel.modules) for panel in plan.panels]),
        (
            "emergency_contacts",
            [(group.id, group.line, group.modules) for group in plan.emergency_groups],
        ),
    ]
    for kind, holders in places:
        found: dict[str, str] = {}
        for holder, line, modules in holders:
            for module in modules:
                if module.id in found:
                    raise InvalidDocument(
                        plan.file,
                        line,
                        f"{kind}.{holder}",
                        module.id,
                        f"each module once, and {found[module.id]} has it",
                    )
                found[module.id] = holder
