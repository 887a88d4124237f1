"""The modules document: which integration ids of a processor's project are which module, as YAML.

```yaml
lutron_dpm_modules: 1
modules:
  - name: Hall panel
    zones: [101, 102, 103, 104]
    cco: 105
    cco_type: momentary
    cco_pulse_s: 0.5
    override: {device: 110, component: 1, inverted: false}
```

`dpm processor show --write FILE` writes one from what a project suggests, for a person to look at. Only
`zones` is required; a zone that the project does not have is `-`. Every scalar is read as text
and then checked here.

Source: integration-protocol.md 5: the project does not say which outputs are one module. The form
is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import yaml

from dpm_core.client import OverrideContact, ProcessorModule
from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoType, IntegrationId
from dpm_core.protocol.lip import ProcessorProject, suggest_modules

VERSION_KEY: Final = "lutron_dpm_modules"
VERSION: Final = "1"
NO_ZONE: Final = "-"

DOCUMENT_OCTETS_MAX: Final = 1 << 20
"""Largest document that is read. Decided here: 99 modules have 20 KiB."""

_KEYS: Final = frozenset({"name", "zones", "cco", "cco_type", "cco_pulse_s", "override"})
_OVERRIDE_KEYS: Final = frozenset({"device", "component", "inverted"})
_TYPES: Final = {cco_type.name.lower(): cco_type for cco_type in CcoType}
_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}
_Read = TypeVar("_Read")


def modules_of(project: ProcessorProject) -> tuple[ProcessorModule, ...]:
    """Return the modules that a project suggests, for a person to look at."""
    cco_types = {output.id: output.cco_type for output in project.outputs}
    return tuple(
        ProcessorModule(
            zones=module.zones,
            cco=module.cco,
            cco_type=None if module.cco is None else cco_types[module.cco],
            override=None if module.contact is None else OverrideContact(*module.contact),
            name=module.name,
        )
        for module in suggest_modules(project)
    )


def write_modules(modules: Iterable[ProcessorModule]) -> str:
    """Return the document of these modules."""
    document = {VERSION_KEY: int(VERSION), "modules": [_tree(module) for module in modules]}
    text: str = yaml.safe_dump(
        document, sort_keys=False, allow_unicode=True, default_flow_style=None
    )
    return text


def is_modules_document(text: str) -> bool:
    """Return whether a text is meant to be such a document."""
    return text.lstrip("\ufeff \t\r\n").startswith(VERSION_KEY)


def read_modules_document(text: str) -> tuple[ProcessorModule, ...]:
    """Return the modules that a document names.

    Raises:
        UnsupportedSetting: It is not YAML, says something that is not known here, or has a value
            that no module takes; the error names the place.
        InvalidAddress: An id is none.
    """
    if len(text.encode(errors="replace")) > DOCUMENT_OCTETS_MAX:
        raise _refused("the modules document", f"{len(text)} characters", "at most 1 MiB")
    try:
        tree = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # this loader makes text only
    except (yaml.YAMLError, RecursionError) as error:
        raise _refused("the modules document", "what is there", "YAML") from error
    if not isinstance(tree, dict) or tree.get(VERSION_KEY) != VERSION:
        raise _refused(VERSION_KEY, "missing", f"{VERSION}, which says how to read the rest")
    _only_known("the modules document", tree, frozenset({VERSION_KEY, "modules"}))
    modules = tree.get("modules")
    if not isinstance(modules, list) or not modules:
        raise _refused("modules", modules, "a list of modules")
    return tuple(_module(f"modules[{place}]", each) for place, each in enumerate(modules, 1))


def _tree(module: ProcessorModule) -> dict[str, Any]:
    tree: dict[str, Any] = {"name": module.name} if module.name else {}
    tree["zones"] = [NO_ZONE if zone is None else int(zone) for zone in module.zones]
    if module.cco is not None:
        tree["cco"] = int(module.cco)
    if module.cco_type is not None:
        tree["cco_type"] = module.cco_type.name.lower()
        tree["cco_pulse_s"] = module.cco_pulse_s
    if module.override is not None:
        contact = module.override
        tree["override"] = {
            "device": int(contact.device),
            "component": contact.component,
            "inverted": contact.is_inverted,
        }
    return tree


def _module(where: str, tree: Any) -> ProcessorModule:
    if not isinstance(tree, dict):
        raise _refused(where, tree, "a module with its zones")
    _only_known(where, tree, _KEYS)
    zones = tree.get("zones")
    if not isinstance(zones, list) or len(zones) != 4:
        raise _refused(f"{where}.zones", zones, "four integration ids")
    one, two, three, four = (_zone(f"{where}.zones", zone) for zone in zones)
    cco, cco_type, override = tree.get("cco"), tree.get("cco_type"), tree.get("override")
    pulse = tree.get("cco_pulse_s", "0.5")
    return ProcessorModule(
        zones=(one, two, three, four),
        cco=None if cco is None else _id(f"{where}.cco", cco),
        cco_type=None if cco_type is None else _one_of(f"{where}.cco_type", cco_type, _TYPES),
        cco_pulse_s=_number(f"{where}.cco_pulse_s", pulse, float, "a time in seconds"),
        override=None if override is None else _contact(f"{where}.override", override),
        name=_text(f"{where}.name", tree.get("name", "")),
    )


def _contact(where: str, tree: Any) -> OverrideContact:
    if not isinstance(tree, dict):
        raise _refused(where, tree, "a device and a component")
    _only_known(where, tree, _OVERRIDE_KEYS)
    component = tree.get("component", "1")
    return OverrideContact(
        _id(f"{where}.device", tree.get("device", "")),
        _number(f"{where}.component", component, int, "a component number"),
        _one_of(f"{where}.inverted", tree.get("inverted", "false"), _TRUTH),
    )


def _zone(where: str, value: Any) -> IntegrationId | None:
    return None if value == NO_ZONE else _id(where, value)


def _id(where: str, value: Any) -> IntegrationId:
    return IntegrationId.parse(_text(where, value))


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(where, value, "one value")
    return value


def _number(where: str, value: Any, kind: Callable[[str], _Read], allowed: str) -> _Read:
    try:
        return kind(_text(where, value))
    except ValueError as error:
        raise _refused(where, value, allowed) from error


def _one_of(where: str, value: Any, words: dict[str, _Read]) -> _Read:
    word = _text(where, value).lower()
    if word not in words:
        raise _refused(where, value, " or ".join(words))
    return words[word]


def _only_known(where: str, tree: dict[str, Any], known: frozenset[str]) -> None:
    for key in tree:
        if key not in known:
            raise _refused(where, key, ", ".join(sorted(known)))


def _refused(where: str, value: object, allowed: str) -> UnsupportedSetting:
    return UnsupportedSetting(where, value, allowed)
