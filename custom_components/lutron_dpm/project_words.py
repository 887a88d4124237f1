"""What a processor's project says, in the values that are stored and shown here.

House rule: pure; the only place that knows how the library spells a project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dpm_core.model import CcoType, IntegrationId, Program
from dpm_core.protocol.lip import ProcessorProject, SuggestedModule, suggest_modules

from .models import ModuleConfig
from .outputs import ModuleOutputs, StoredContact, StoredOutput
from .wallstations import StoredWallstation

_BETWEEN: Final = " / "


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A module that the project suggests."""

    module: ModuleConfig
    label: str
    """Its name, its zones and why these outputs seem to be one module."""


def outputs_of(project: ProcessorProject) -> tuple[StoredOutput, ...]:
    """Return every output of the project."""
    return tuple(
        StoredOutput(number=output.id, name=output.name, area=_BETWEEN.join(output.area))
        for output in project.outputs
    )


def contacts_of(project: ProcessorProject) -> tuple[StoredContact, ...]:
    """Return every contact input of the project."""
    return tuple(
        StoredContact(
            device=device.id,
            component=component,
            name=device.name,
            area=_BETWEEN.join(device.area),
        )
        for device in project.wallstations
        for component in device.ccis
    )


def zone_labels(project: ProcessorProject | None) -> dict[str, str]:
    """Return what may be a zone, by its id: the switched outputs."""
    return {
        str(output.id): _label(output.area, output.name, output.id)
        for output in (project.outputs if project else ())
        if output.is_switched and not output.is_cco
    }


def cco_labels(project: ProcessorProject | None) -> dict[str, str]:
    """Return what may be a CCO, by its id."""
    return {
        str(output.id): _label(output.area, output.name, output.id)
        for output in (project.outputs if project else ())
        if output.is_cco
    }


def contact_labels(project: ProcessorProject | None) -> dict[str, str]:
    """Return what may tell of a manual override, by device and component."""
    return {
        f"{contact.device}:{contact.component}": (
            f"{contact.area}{_BETWEEN}{contact.name}, CCI {contact.component} ({contact.device})"
        )
        for contact in (contacts_of(project) if project else ())
    }


def cco_type_of(project: ProcessorProject, number: IntegrationId) -> CcoType | None:
    """Return what the project makes of a contact output; None where it does not say."""
    return next((output.cco_type for output in project.outputs if output.id == number), None)


def wallstations_of(project: ProcessorProject) -> dict[str, StoredWallstation]:
    """Return the wallstations with buttons, by their id."""
    return {
        str(device.id): StoredWallstation(
            device=device.id,
            name=device.name,
            area=_BETWEEN.join(device.area),
            buttons=tuple(button.component for button in device.buttons),
            leds=tuple(device.leds),
        )
        for device in project.wallstations
        if device.buttons
    }


def suggested_modules(
    project: ProcessorProject, taken: frozenset[IntegrationId] = frozenset()
) -> dict[str, Suggestion]:
    """Return the modules that the project suggests, by the id of their first zone.

    Args:
        project: The project.
        taken: Output ids that belong to modules already.
    """
    suggestions = (_suggestion(suggested, project) for suggested in suggest_modules(project))
    return {
        str(suggestion.module.address): suggestion
        for suggestion in suggestions
        if suggestion.module.outputs and not taken & set(suggestion.module.outputs.numbers)
    }


def _suggestion(suggested: SuggestedModule, project: ProcessorProject) -> Suggestion:
    by_number: Mapping[int, StoredOutput] = {o.number: o for o in outputs_of(project)}
    by_contact = {(c.device, c.component): c for c in contacts_of(project)}
    zones = [by_number[number] for number in suggested.zones]
    cco = None if suggested.cco is None else by_number[suggested.cco]
    contact = suggested.contact
    cco_type = None if cco is None else cco_type_of(project, cco.number)
    outputs = ModuleOutputs(
        zones=(zones[0], zones[1], zones[2], zones[3]),
        cco=cco,
        contact=contact and by_contact[contact],
    )
    module = ModuleConfig.through_processor(
        outputs, Program(cco_type=cco_type or CcoType.MOMENTARY), suggested.name
    )
    # What they all begin with is said once.
    names = ", ".join(zone.name.removeprefix(suggested.name).strip() or zone.name for zone in zones)
    return Suggestion(module, f"{suggested.name}: {names} ({suggested.reason})")


def _label(area: tuple[str, ...], name: str, number: IntegrationId) -> str:
    return f"{_BETWEEN.join((*area, name))} ({number})"
