"""Finding a module's outputs again in a project that was changed.

Integration ids are the designer's and may be others after a transfer; a UUID is not in every
project. So an output is found by what the project calls it, and by its id only where nothing else
of the module has moved: an output that is not found is said, never guessed.

House rule: pure; from the stored outputs and a project to new ones.

Source: integration-protocol.md 5 (UUIDs are absent in software 9.4) and 8 (changed ids on
return); the rule itself is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import ProcessorProject

from .outputs import ModuleOutputs, StoredContact, StoredOutput
from .project_words import contacts_of, outputs_of, wallstations_of
from .wallstations import StoredWallstation


@dataclass(frozen=True, slots=True)
class Followed:
    """A module's outputs as the project has them now."""

    outputs: ModuleOutputs
    missing: Mapping[IntegrationId, str]
    """What of the module the project has no more: the ids and names that it had."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def area(self) -> str: ...


def follow(stored: ModuleOutputs, project: ProcessorProject) -> Followed:
    """Return a module's outputs with the ids and names that a project has for them now."""
    outputs, contacts = outputs_of(project), contacts_of(project)
    found: dict[IntegrationId, StoredOutput | None] = {
        output.number: _by_name(output, outputs) for output in (*stored.zones, stored.cco) if output
    }
    # Where another output has moved, an id that now has another name is another load.
    has_moved = any(now and now.number != number for number, now in found.items())
    by_number = {output.number: output for output in outputs}
    missing: dict[IntegrationId, str] = {}

    def now(output: StoredOutput | None) -> StoredOutput | None:
        if output is None:
            return None
        if same := found[output.number]:
            return same
        if not has_moved and (renamed := by_number.get(output.number)):
            return renamed
        missing[output.number] = output.name or str(output.number)
        return output

    zones = [now(zone) for zone in stored.zones]
    cco = now(stored.cco)
    contact = _contact(stored.contact, contacts, has_moved=has_moved)
    if stored.contact and contact is None:
        missing[stored.contact.device] = stored.contact.name or str(stored.contact.device)
    return Followed(
        ModuleOutputs(
            zones=(zones[0], zones[1], zones[2], zones[3]),
            cco=cco,
            contact=contact or stored.contact,
        ),
        missing,
    )


def follow_wallstations(
    stored: Mapping[str, StoredWallstation], project: ProcessorProject
) -> dict[str, StoredWallstation | None]:
    """Return wallstations as a project has them now; None for one that it has no more."""
    there = tuple(wallstations_of(project).values())
    found = {key: _by_name(wallstation, there) for key, wallstation in stored.items()}
    has_moved = any(now and now.device != stored[key].device for key, now in found.items())
    by_device = {wallstation.device: wallstation for wallstation in there}
    return {
        key: now or (None if has_moved else by_device.get(stored[key].device))
        for key, now in found.items()
    }


def _by_name[Stored: _Named](stored: Stored, candidates: Iterable[Stored]) -> Stored | None:
    """Return the one that is called the same in the same area; None for none or for several."""
    if not stored.name:
        return None
    same = [one for one in candidates if (one.area, one.name) == (stored.area, stored.name)]
    return same[0] if len(same) == 1 else None


def _contact(
    stored: StoredContact | None, contacts: Sequence[StoredContact], *, has_moved: bool
) -> StoredContact | None:
    if stored is None:
        return None
    found = _by_name(stored, contacts)
    if found is None and not has_moved:
        found = next(
            (
                contact
                for contact in contacts
                if (contact.device, contact.component) == (stored.device, stored.component)
            ),
            None,
        )
    return found and replace(found, is_inverted=stored.is_inverted)
