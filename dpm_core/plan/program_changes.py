"""What makes one module's program of another, field by field, in words and as plain values.

House rule: every field of a program has its row here, so that nothing is changed unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dpm_core.model import ZONES, CcoLoad, FourZones, Program, ZoneLoad
from dpm_core.plan.program_document import Groups

_NOBODY: FourZones = (False, False, False, False)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a program that is to be another.

    Attributes:
        field: Where it stands in a program document, such as `zones.2.load`.
        words: What it is, as people say it, such as `load of zone 2`.
        before: What it is; None where nothing is written down.
        after: What it is to be.
    """

    field: str
    words: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """Return it as one line, such as `name of zone 1: 'Hall' -> 'Porch'`."""
        return f"{self.words}: {_shown(self.before)} -> {_shown(self.after)}"

    def as_fields(self) -> dict[str, Any]:
        """Return it as plain values that JSON can hold."""
        return {
            "field": self.field,
            "what": self.words,
            "before": _plain(self.before),
            "after": _plain(self.after),
        }


def program_changes(
    before: Program, groups_before: Groups, after: Program, groups_after: Groups
) -> tuple[Change, ...]:
    """Return everything that is different between two programs, with their groups."""
    changes = (
        *_of_the_module(before, after),
        *_of_the_zones(before, after),
        *_of_the_groups(groups_before, groups_after),
    )
    return tuple(change for change in changes if change.before != change.after)


def _of_the_module(before: Program, after: Program) -> Iterator[Change]:
    yield Change("name", "name", before.name, after.name)
    yield Change("cco.type", "CCO type", before.cco_type, after.cco_type)
    yield Change("cco.pulse_s", "CCO pulse", before.cco_pulse_s, after.cco_pulse_s)
    yield Change("cco.load", "CCO load", before.cco_load, after.cco_load)
    yield Change("cci.debounce_s", "debounce", before.cci_debounce_s, after.cci_debounce_s)


def _of_the_zones(before: Program, after: Program) -> Iterator[Change]:
    for zone in ZONES:
        place, of_zone, index = f"zones.{int(zone)}", f"of zone {int(zone)}", zone - 1
        yield Change(
            f"{place}.name", f"name {of_zone}", before.zone_names[index], after.zone_names[index]
        )
        yield Change(
            f"{place}.override",
            f"override action {of_zone}",
            before.override_actions[index],
            after.override_actions[index],
        )
        yield Change(
            f"{place}.load", f"load {of_zone}", before.zone_loads[index], after.zone_loads[index]
        )


def _of_the_groups(before: Groups, after: Groups) -> Iterator[Change]:
    # Groups are left before others are joined: a module has room for sixteen.
    for group in (*sorted(before.keys() - after.keys()), *sorted(after)):
        yield Change(
            f"groups.{int(group)}",
            f"group {int(group)}",
            _members(before.get(group, _NOBODY)),
            _members(after.get(group, _NOBODY)),
        )


def _members(members: FourZones) -> list[int]:
    return [int(zone) for zone, is_in in zip(ZONES, members, strict=True) if is_in]


def _plain(value: Any) -> Any:
    if isinstance(value, ZoneLoad | CcoLoad):
        return value.as_fields()
    return value.name.lower() if isinstance(value, Enum) else value


def _shown(value: Any) -> str:
    if isinstance(value, ZoneLoad | CcoLoad):
        return value.words
    if value is None or value == []:
        return "none"
    if isinstance(value, list):
        return f"zone{'s' if len(value) > 1 else ''} {', '.join(map(str, value))}"
    if isinstance(value, float):
        return f"{value:g} s"
    return repr(value) if isinstance(value, str) else str(_plain(value))
