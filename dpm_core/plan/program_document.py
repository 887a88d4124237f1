"""The program document: a module's program as YAML, to keep, to compare and to write back.

```yaml
lutron_dpm_program: 2
module: 00A1B2C3
name: Hall panel
zones:
  1:
    name: Hall
    override: on
    load: {type: tungsten, watts: 300}
  2:
    load: none
cco:
  type: momentary
  pulse_s: 0.5
  load: {volts: 24, current: dc, amps: 0.2, kind: inductive, flyback_diode: yes}
cci:
  debounce_s: 0.05
groups:
  5: [1, 3]
```

Only the first line is required. What a document leaves out, or has nothing behind, stays as it is
in the module; `load: none` takes a load away, and a `groups` that is there is the whole list.

Source of the ranges: `dpm_core.model.Program`, which checks them; the form is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import yaml

from dpm_core.errors import InvalidDocument
from dpm_core.model import (
    GROUPS_MAX,
    LQSE_4S8_120_D,
    MAINS_VOLTAGE_V,
    ZONES,
    FourZones,
    GroupNumber,
    LoadFinding,
    ModuleRatings,
    OverrideAction,
    Program,
    SerialNumber,
    ZoneLoad,
    ZoneNumber,
    check_loads,
)
from dpm_core.plan.fields import Section, Value, is_nothing, read_roots, upgraded
from dpm_core.plan.program_values import (
    NO_LOAD,
    is_no_load,
    read_cco_load,
    read_cco_type,
    read_debounce_s,
    read_group_name,
    read_name,
    read_pulse_s,
    read_serial,
    read_zone_load,
    read_zones,
)

PROGRAM_VERSION_KEY: Final = "lutron_dpm_program"
PROGRAM_OCTETS_MAX: Final = 256 * 1024
"""Longest document that is read. Decided here: a hundred modules need a fifth of it."""

Groups = Mapping[GroupNumber, FourZones]
_Value = TypeVar("_Value")

_NOBODY: Final = (False, False, False, False)


def _from_1(node: yaml.Node) -> None:
    """Let a name with nothing behind it be the empty name, as it was before there were loads."""
    for name, value in _pairs(node):
        if name == "name" and isinstance(value, yaml.ScalarNode) and is_nothing(value):
            value.style = "'"
        if name == "zones":
            for _, zone in _pairs(value):
                _from_1(zone)


def _pairs(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield str(key.value), value


PROGRAM_UPGRADES: Final[tuple[Callable[[yaml.Node], None], ...]] = (_from_1,)
"""Function n makes a document of version n + 2 of one of version n + 1, in place."""

PROGRAM_VERSION: Final = len(PROGRAM_UPGRADES) + 1


@dataclass(frozen=True, slots=True)
class ProgramDocument:
    """What one document says; missing keys, and None for module and groups, change nothing.

    Attributes:
        module: Which module it is for.
        fields: Fields of `Program` that are not said zone by zone.
        zone_names: What zones are called.
        override_actions: What manual override does to zones.
        groups: The whole list of the module's groups.
        zone_loads: What zones are wired to; None takes a load away.
        file: What the document is called, for errors.
        load_lines: Where the loads stand, by zone; None is the CCO's.
    """

    module: SerialNumber | None
    fields: Mapping[str, Any]
    zone_names: Mapping[ZoneNumber, str]
    override_actions: Mapping[ZoneNumber, OverrideAction]
    groups: Groups | None
    zone_loads: Mapping[ZoneNumber, ZoneLoad | None] = field(default_factory=dict)
    file: str = field(default="the program document", compare=False)
    load_lines: Mapping[ZoneNumber | None, int] = field(default_factory=dict, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether the document would change nothing in any module."""
        named = (self.fields, self.zone_names, self.override_actions, self.zone_loads)
        return not any(named) and self.groups is None

    @property
    def has_loads(self) -> bool:
        """Whether it says that anything is wired to the module."""
        return any(self.zone_loads.values()) or self.fields.get("cco_load") is not None

    def check(self) -> None:
        """Refuse a value that no module takes, whatever the module is programmed for now.

        Raises:
            UnsupportedSetting: There is such a value; the error names it.
            InvalidDocument: Its loads are more than the specification allows.
        """
        self.refuse_unrated(self.applied_to(Program()))

    def applied_to(self, program: Program) -> Program:
        """Return the program with what the document says, and the rest as it was.

        Raises:
            UnsupportedSetting: A value that no module takes; the error names it.
        """
        return replace(
            program,
            **self.fields,
            zone_names=_four(self.zone_names, program.zone_names),
            override_actions=_four(self.override_actions, program.override_actions),
            zone_loads=_four(self.zone_loads, program.zone_loads),
        )

    def refuse_unrated(
        self,
        wanted: Program,
        ratings: ModuleRatings = LQSE_4S8_120_D,
        voltage_v: float = MAINS_VOLTAGE_V,
    ) -> tuple[LoadFinding, ...]:
        """Return what is for the installer to judge of a program that this document makes.

        Nothing is said of loads that the document leaves alone.

        Raises:
            InvalidDocument: Its loads are more than the specification allows; the error says
                where the load stands, the limit, and what to use instead.
        """
        if not self.has_loads:
            return ()
        findings = check_loads(wanted, ratings, voltage_v)
        for finding in findings:
            if finding.is_error:
                self._refuse(finding, wanted)
        return findings

    def _refuse(self, finding: LoadFinding, wanted: Program) -> None:
        if finding.zone is not None:
            place, found = f"zones.{int(finding.zone)}.load", finding.figure
        elif finding.rule == "module-current":
            place, found = "zones", f"{finding.figure} together"
        else:
            assert wanted.cco_load is not None
            place, found = "cco.load", finding.figure or wanted.cco_load.words
        line = self.load_lines.get(finding.zone, min(self.load_lines.values(), default=1))
        allowed = f"{finding.limit} " if finding.limit else ""
        advice = f" {finding.advice}" if finding.advice else ""
        allowed = f'{allowed}(3691060c, "{finding.heading}"): {finding.words}.{advice}'
        raise InvalidDocument(self.file, line, place, found, allowed.removesuffix("."))


def whole_document(
    module: SerialNumber, program: Program, groups: Groups, file: str = ""
) -> ProgramDocument:
    """Return the document that makes a module's program exactly this one."""
    return ProgramDocument(
        module=module,
        fields={
            "name": program.name,
            "cco_type": program.cco_type,
            "cco_pulse_s": program.cco_pulse_s,
            "cci_debounce_s": program.cci_debounce_s,
            "cco_load": program.cco_load,
        },
        zone_names=dict(zip(ZONES, program.zone_names, strict=True)),
        override_actions=dict(zip(ZONES, program.override_actions, strict=True)),
        zone_loads=dict(zip(ZONES, program.zone_loads, strict=True)),
        groups=groups,
        file=file,
    )


def _four(
    said: Mapping[ZoneNumber, _Value], before: tuple[_Value, _Value, _Value, _Value]
) -> tuple[_Value, _Value, _Value, _Value]:
    one, two, three, four = (
        said.get(zone, value) for zone, value in zip(ZONES, before, strict=True)
    )
    return (one, two, three, four)


# --- writing ---------------------------------------------------------------------------------


def program_fields(serial: SerialNumber, program: Program, groups: Groups) -> dict[str, Any]:
    """Return the document as plain values, in the order in which it is written."""
    return {
        PROGRAM_VERSION_KEY: PROGRAM_VERSION,
        "module": str(serial),
        "name": program.name,
        "zones": {
            int(zone): {
                "name": program.zone_names[zone - 1],
                "override": program.override_actions[zone - 1].name.lower(),
                "load": _load_fields(program.zone_loads[zone - 1]),
            }
            for zone in ZONES
        },
        "cco": {
            "type": program.cco_type.name.lower(),
            "pulse_s": program.cco_pulse_s,
            "load": NO_LOAD if program.cco_load is None else program.cco_load.as_fields(),
        },
        "cci": {"debounce_s": program.cci_debounce_s},
        "groups": {
            int(group): [int(zone) for zone, is_in in zip(ZONES, members, strict=True) if is_in]
            for group, members in sorted(groups.items())
        },
    }


def _load_fields(load: ZoneLoad | None) -> Any:
    return NO_LOAD if load is None else load.as_fields()


def write_program(serial: SerialNumber, program: Program, groups: Groups) -> str:
    """Return the program of one module as a YAML document, with its start marker."""
    text: str = yaml.safe_dump(
        program_fields(serial, program, groups),
        explicit_start=True,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
    )
    return text


# --- reading ---------------------------------------------------------------------------------


def read_programs(text: str, file: str = "the program document") -> tuple[ProgramDocument, ...]:
    """Return the documents of a file, one per module.

    Args:
        text: The documents.
        file: What they are called, for errors.

    Raises:
        InvalidDocument: It is not YAML, says something that is not known here, or has a value
            that no module takes; file, line, field, what was found and what is allowed are its
            attributes.
    """
    if len(text.encode(errors="replace")) > PROGRAM_OCTETS_MAX:
        allowed = f"a document of at most {PROGRAM_OCTETS_MAX // 1024} KiB"
        raise InvalidDocument(file, 1, "", f"{len(text)} characters", allowed)
    roots = read_roots(text, file)
    if not roots:
        allowed = f"a document that begins with {PROGRAM_VERSION_KEY}: {PROGRAM_VERSION}"
        raise InvalidDocument(file, 1, "", "nothing", allowed)
    return tuple(_document(root) for root in roots)


def _document(root: Section) -> ProgramDocument:
    root = upgraded(root, PROGRAM_VERSION_KEY, PROGRAM_UPGRADES, "program")
    module = root.take("module")
    fields: dict[str, Any] = {}
    _keep(fields, "name", root.take("name"), read_name)

    zone_names: dict[ZoneNumber, str] = {}
    override_actions: dict[ZoneNumber, OverrideAction] = {}
    zone_loads: dict[ZoneNumber, ZoneLoad | None] = {}
    lines: dict[ZoneNumber | None, int] = {}
    zones = root.part("zones")
    for zone in ZONES:
        one = zones.part(str(int(zone)))
        _keep(zone_names, zone, one.take("name"), read_name)
        _keep(override_actions, zone, one.take("override"), _override_action)
        load = one.take("load")
        if load is not None:
            zone_loads[zone] = None if is_no_load(load) else read_zone_load(load.section())
            lines[zone] = load.line
        one.done()
    zones.done()

    cco = root.part("cco")
    _keep(fields, "cco_type", cco.take("type"), read_cco_type)
    _keep(fields, "cco_pulse_s", cco.take("pulse_s"), read_pulse_s)
    cco_load = cco.take("load")
    if cco_load is not None:
        fields["cco_load"] = None if is_no_load(cco_load) else read_cco_load(cco_load.section())
        lines[None] = cco_load.line
    cco.done()
    cci = root.part("cci")
    _keep(fields, "cci_debounce_s", cci.take("debounce_s"), read_debounce_s)
    cci.done()

    groups = root.take("groups")
    document = ProgramDocument(
        module=None if module is None else read_serial(module),
        fields=fields,
        zone_names=zone_names,
        override_actions=override_actions,
        groups=None if groups is None else _groups(groups.section()),
        zone_loads=zone_loads,
        file=root.file,
        load_lines=lines,
    )
    root.done()
    document.check()
    return document


def _keep(
    into: dict[Any, Any], key: Any, value: Value | None, read: Callable[[Value], Any]
) -> None:
    if value is not None:
        into[key] = read(value)


def _override_action(value: Value) -> OverrideAction:
    return value.choice(OverrideAction)


def _groups(section: Section) -> Groups:
    groups: dict[GroupNumber, FourZones] = {}
    for key, value in section.items():
        group = read_group_name(key, value)
        if group in groups:
            value.refuse_name(key, "each group once")
        groups[group] = _members(value)
    if len(groups) > GROUPS_MAX:
        section.refuse(f"at most {GROUPS_MAX} groups")
    return groups


def _members(value: Value) -> FourZones:
    if isinstance(value.node, yaml.SequenceNode) and not value.node.value:
        return _NOBODY
    zones = read_zones(value)
    first, second, third, fourth = (zone in zones for zone in ZONES)
    return (first, second, third, fourth)
