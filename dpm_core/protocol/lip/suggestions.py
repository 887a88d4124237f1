"""Which outputs of a project could be one module. A person looks at it before it is used.

A project does not know modules: a designer sees zones and contact outputs, in areas and in an
order. What can be seen from that is suggested, and why; where it would be a guess which four of
more outputs belong together, nothing is.

House rule: pure; a suggestion takes nothing into account that the project does not say.

Source: integration-protocol.md 5, "Power modules"; the rules are decided here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, TypeAlias

from dpm_core.model import ZONES, IntegrationId
from dpm_core.protocol.lip.project import ProcessorProject, ProjectOutput

__all__ = ["SuggestedModule", "suggest_modules"]

_Four: TypeAlias = tuple[IntegrationId, IntegrationId, IntegrationId, IntegrationId]

_COUNTED: Final = re.compile(r"(?P<stem>.*\D)?0*(?P<number>[1-4])")
_TAIL: Final = re.compile(
    r"(?:[\s\-_.,:/#(]|\b(?:zones?|outputs?|cco|contact closure output)\b)+$", re.IGNORECASE
)
_OVERRIDE: Final = re.compile(r"override|emergency", re.IGNORECASE)

BEFORE_CCO: Final = "four switched outputs and then a CCO"
COUNTED: Final = "four switched outputs that are numbered 1 to 4"
IN_A_ROW: Final = "switched outputs in a row that make whole fours"


@dataclass(frozen=True, slots=True)
class SuggestedModule:
    """Outputs that could be one module.

    Attributes:
        name: What it could be called.
        zones: The outputs of its zones, zone 1 first.
        cco: The output of its CCO; None where none belongs to it.
        contact: Device and component of a contact input that could tell of its manual override.
        reason: Why these outputs, in words for people.
    """

    name: str
    zones: _Four
    cco: IntegrationId | None
    contact: tuple[IntegrationId, int] | None
    reason: str


def suggest_modules(project: ProcessorProject) -> tuple[SuggestedModule, ...]:
    """Return the modules that a project's outputs could be, in the order of the file.

    In each area, four switched outputs right before a CCO are a module with that CCO. In a row of
    others, four that are called the same and numbered 1 to 4 are one; where none are, a row of
    four, eight, twelve is as many modules as it has fours. Other outputs belong to none.

    A contact input belongs to a module when it is called an override or an emergency, and it or
    its place has the module's name.
    """
    found = [
        module
        for area, outputs in groupby(project.outputs, lambda output: output.area)
        for module in _in_area(area, list(outputs))
    ]
    named = _each_name_once(found)
    return tuple(replace(module, contact=_contact(project, module.name)) for module in named)


def _in_area(area: Sequence[str], outputs: list[ProjectOutput]) -> Iterator[SuggestedModule]:
    """Yield the modules of one area, in the order of its outputs."""
    place = area[-1] if area else ""
    rows: list[tuple[list[ProjectOutput], ProjectOutput | None]] = [([], None)]
    for output in outputs:
        row = rows[-1][0]
        if output.is_cco:
            rows[-1] = (row, output)
            rows.append(([], None))
        elif output.is_switched:
            row.append(output)
        else:
            rows.append(([], None))
    for row, cco in rows:
        last = row[-len(ZONES) :] if cco and len(row) >= len(ZONES) else []
        rest = row[: len(row) - len(last)]
        counted = list(_counted(rest))
        if counted:
            yield from (_module(four, None, COUNTED, place) for four in counted)
        elif len(rest) % len(ZONES) == 0:
            for start in range(0, len(rest), len(ZONES)):
                yield _module(rest[start : start + len(ZONES)], None, IN_A_ROW, place)
        if last:
            yield _module(last, cco, BEFORE_CCO, place)


def _counted(row: Sequence[ProjectOutput]) -> Iterator[list[ProjectOutput]]:
    """Yield fours that are called the same and numbered 1, 2, 3, 4, in this order."""
    wanted: list[tuple[str, str]] = [
        (match["stem"] or "", match["number"])
        if (match := _COUNTED.fullmatch(output.name))
        else ("", "")
        for output in row
    ]
    for start in range(len(row) - len(ZONES) + 1):
        four = wanted[start : start + len(ZONES)]
        stem = four[0][0]
        if four == [(stem, str(int(zone))) for zone in ZONES]:
            yield list(row[start : start + len(ZONES)])


def _module(
    zones: Sequence[ProjectOutput], cco: ProjectOutput | None, reason: str, place: str
) -> SuggestedModule:
    one, two, three, four = (output.id for output in zones)
    return SuggestedModule(
        name=_name(zones, cco) or place or "Module",
        zones=(one, two, three, four),
        cco=cco.id if cco else None,
        contact=None,
        reason=reason,
    )


def _name(zones: Iterable[ProjectOutput], cco: ProjectOutput | None) -> str:
    """Return what all of a module's outputs begin with, in whole words; or nothing."""
    names = [output.name.split() for output in (*zones, *([cco] if cco else []))]
    shared: list[str] = []
    for words in zip(*names, strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return _TAIL.sub("", " ".join(shared))


def _each_name_once(modules: Sequence[SuggestedModule]) -> Iterator[SuggestedModule]:
    """Yield the modules, with a number behind a name that several would have."""
    counts = Counter(module.name for module in modules)
    numbers: Counter[str] = Counter()
    for module in modules:
        name = module.name
        if counts[name] > 1:
            numbers[name] += 1
            name = f"{name} {numbers[name]}"
        yield replace(module, name=name)


def _contact(project: ProcessorProject, name: str) -> tuple[IntegrationId, int] | None:
    """Return the one contact input that is called an override and has a module's name."""
    its_name = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    found = [
        (wallstation.id, contact.component)
        for wallstation, contact in project.contacts()
        if _OVERRIDE.search(
            words := " ".join((*wallstation.area[-1:], wallstation.name, contact.name))
        )
        and its_name.search(words)
    ]
    return found[0] if len(found) == 1 else None
