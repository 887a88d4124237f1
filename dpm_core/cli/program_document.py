"""The program document: a module's program as YAML, to keep, to compare and to write back.

```yaml
lutron_dpm_program: 1
module: 00A1B2C3
name: Hall panel
zones:
  1:
    name: Hall
    override: 'on'
cco:
  type: momentary
  pulse_s: 0.5
cci:
  debounce_s: 0.05
groups:
  5: [1, 3]
```

Only the first line is required. What a document leaves out stays as it is in the module, but a
`groups` that is there is the whole list. Every scalar is read as text and then checked here, so
that `on`, `no` or a serial of digits mean what they say and not what YAML makes of them.

Source of the ranges: `dpm_core.model.Program`, which checks them; the form is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final, TypeVar

import yaml

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import (
    ZONES,
    CcoType,
    FourZones,
    GroupNumber,
    OverrideAction,
    Program,
    SerialNumber,
    ZoneNumber,
)

VERSION: Final = 1
VERSION_KEY: Final = "lutron_dpm_program"
DOCUMENT_OCTETS_MAX: Final = 256 * 1024
"""Longest document that is read. Decided here: a hundred modules need a tenth of it."""

Groups = Mapping[GroupNumber, FourZones]
_Value = TypeVar("_Value")
_Choice = TypeVar("_Choice", bound=Enum)


@dataclass(frozen=True, slots=True)
class ProgramDocument:
    """What one document says; None and missing keys leave the module as it is."""

    module: SerialNumber | None
    fields: Mapping[str, Any]
    zone_names: Mapping[ZoneNumber, str]
    override_actions: Mapping[ZoneNumber, OverrideAction]
    groups: Groups | None

    @property
    def is_empty(self) -> bool:
        """Whether the document would change nothing in any module."""
        named = (self.fields, self.zone_names, self.override_actions)
        return not any(named) and self.groups is None

    def check(self) -> None:
        """Refuse a value that no module takes, whatever the module is programmed for now.

        Raises:
            UnsupportedSetting: There is such a value; the error names it.
        """
        self.applied_to(Program())

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
        )


def _four(
    said: Mapping[ZoneNumber, _Value], before: tuple[_Value, _Value, _Value, _Value]
) -> tuple[_Value, _Value, _Value, _Value]:
    one, two, three, four = (
        said.get(zone, value) for zone, value in zip(ZONES, before, strict=True)
    )
    return (one, two, three, four)


def program_fields(serial: SerialNumber, program: Program, groups: Groups) -> dict[str, Any]:
    """Return the document as plain values, in the order in which it is written."""
    return {
        VERSION_KEY: VERSION,
        "module": str(serial),
        "name": program.name,
        "zones": {
            int(zone): {"name": name, "override": action.name.lower()}
            for zone, name, action in zip(
                ZONES, program.zone_names, program.override_actions, strict=True
            )
        },
        "cco": {"type": program.cco_type.name.lower(), "pulse_s": program.cco_pulse_s},
        "cci": {"debounce_s": program.cci_debounce_s},
        "groups": {
            int(group): [int(zone) for zone, is_in in zip(ZONES, members, strict=True) if is_in]
            for group, members in sorted(groups.items())
        },
    }


def write_document(serial: SerialNumber, program: Program, groups: Groups) -> str:
    """Return the program of one module as a YAML document, with its start marker."""
    text: str = yaml.safe_dump(
        program_fields(serial, program, groups),
        explicit_start=True,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
    )
    return text


def read_documents(text: str) -> tuple[ProgramDocument, ...]:
    """Return the documents of a file, one per module.

    Raises:
        UnsupportedSetting: It is not YAML, says something that is not known here, or has a
            value that no module takes; the error names the place.
    """
    if len(text.encode(errors="replace")) > DOCUMENT_OCTETS_MAX:
        raise UnsupportedSetting(
            "the program document",
            f"{len(text)} characters",
            f"at most {DOCUMENT_OCTETS_MAX // 1024} KiB",
        )
    try:
        trees = [tree for tree in _load_all(text) if tree not in ("", None)]
    except (yaml.YAMLError, RecursionError) as error:
        raise UnsupportedSetting(
            "the program document", _where(error), "YAML, as `dpm program show` writes it"
        ) from error
    if not trees:
        raise UnsupportedSetting(
            "the program document", "", f"a document that begins with {VERSION_KEY}: {VERSION}"
        )
    return tuple(_document(tree) for tree in trees)


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text, and refuses a key that is there twice."""


def _mapping_without_doubles(loader: _TextLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    doubles = sorted({key for key in keys if keys.count(key) > 1})
    if doubles:
        raise yaml.constructor.ConstructorError(
            None, None, f"{doubles[0]!r} is there twice", node.start_mark
        )
    return loader.construct_mapping(node, deep=True)


_TextLoader.add_constructor("tag:yaml.org,2002:map", _mapping_without_doubles)


def _load_all(text: str) -> list[Any]:
    return list(yaml.load_all(text, _TextLoader))


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem)


def _document(tree: Any) -> ProgramDocument:
    root = _Section("", tree)
    if root.take(VERSION_KEY, _text) != str(VERSION):
        raise UnsupportedSetting(
            VERSION_KEY, tree.get(VERSION_KEY), f"{VERSION}, which says how to read the rest"
        )
    module = root.take("module", _serial)
    fields: dict[str, Any] = {}
    _keep(fields, "name", root.take("name", _text))

    zone_names: dict[ZoneNumber, str] = {}
    override_actions: dict[ZoneNumber, OverrideAction] = {}
    zones = root.section("zones")
    for zone in ZONES:
        one = zones.section(str(int(zone)))
        _keep(zone_names, zone, one.take("name", _text))
        _keep(override_actions, zone, one.take("override", _override_action))
        one.must_be_empty()
    zones.must_be_empty()

    cco = root.section("cco")
    _keep(fields, "cco_type", cco.take("type", _cco_type))
    _keep(fields, "cco_pulse_s", cco.take("pulse_s", _seconds))
    cco.must_be_empty()
    cci = root.section("cci")
    _keep(fields, "cci_debounce_s", cci.take("debounce_s", _seconds))
    cci.must_be_empty()

    groups = _groups(root.section("groups")) if root.has("groups") else None
    root.must_be_empty()
    document = ProgramDocument(module, fields, zone_names, override_actions, groups)
    document.check()
    return document


def _groups(section: _Section) -> Groups:
    return {section.convert(key, key, _group): section.take(key, _members) for key in section}


def _keep(into: dict[Any, Any], key: Any, value: Any) -> None:
    if value is not None:
        into[key] = value


class _Section:
    """One mapping of the document; what was taken is gone, what is left is unknown."""

    def __init__(self, path: str, tree: Any) -> None:
        self._path = path
        if tree == "":
            tree = {}
        if not isinstance(tree, dict):
            raise UnsupportedSetting(path or "the program document", tree, "names with values")
        self._left = {str(key): value for key, value in tree.items()}

    def __iter__(self) -> Iterator[str]:
        """Go through the names that nobody has taken yet."""
        return iter(tuple(self._left))

    def has(self, key: str) -> bool:
        """Whether there is such a name."""
        return key in self._left

    def section(self, key: str) -> _Section:
        """Take the mapping of that name; an empty one when there is none."""
        return _Section(self._path_of(key), self._left.pop(key, {}))

    def take(self, key: str, convert: Callable[[Any], Any]) -> Any:
        """Take a value through its check; None when there is none."""
        if key not in self._left:
            return None
        return self.convert(key, self._left.pop(key), convert)

    def convert(self, key: str, value: Any, convert: Callable[[Any], Any]) -> Any:
        """Return the value after its check, whose complaint names what is allowed."""
        try:
            return convert(value)
        except ValueError as error:
            raise UnsupportedSetting(self._path_of(key), value, str(error)) from error

    def must_be_empty(self) -> None:
        """Refuse what is left: nobody here knows it."""
        for key, value in self._left.items():
            raise UnsupportedSetting(
                self._path_of(key), value, "nothing, for it is not part of a program"
            )

    def _path_of(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


# Each check returns the value in its own type, or raises ValueError with what is allowed.


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("one text")


def _serial(value: Any) -> SerialNumber:
    try:
        return SerialNumber.parse(_text(value))
    except InvalidAddress as error:
        raise ValueError(error.allowed) from error


def _seconds(value: Any) -> float:
    try:
        return float(_text(value))
    except ValueError as error:
        raise ValueError("a number of seconds") from error


def _override_action(value: Any) -> OverrideAction:
    return _named(OverrideAction, value)


def _cco_type(value: Any) -> CcoType:
    return _named(CcoType, value)


def _named(choices: type[_Choice], value: Any) -> _Choice:
    by_name = {choice.name.lower(): choice for choice in choices}
    if not isinstance(value, str) or value.lower() not in by_name:
        raise ValueError(" or ".join(by_name))
    return by_name[value.lower()]


def _group(value: Any) -> GroupNumber:
    try:
        return GroupNumber(int(_text(value), 0))
    except (ValueError, InvalidAddress) as error:
        raise ValueError("a group number from 1 to 65534") from error


def _members(value: Any) -> FourZones:
    zones = value if isinstance(value, list) else None
    names = {str(int(zone)) for zone in ZONES}
    if zones is None or not all(isinstance(zone, str) and zone in names for zone in zones):
        raise ValueError("a list of zones from 1 to 4, such as [1, 3]")
    first, second, third, fourth = (str(int(zone)) in zones for zone in ZONES)
    return (first, second, third, fourth)
