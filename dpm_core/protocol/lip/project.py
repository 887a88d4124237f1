"""A processor's project, as its XML database tells it: areas, outputs, wallstations.

No project says which outputs are one module; `suggestions.py` says which could be.

House rule: values only. What the file looks like is decided in `database.py`.

Source: integration-protocol.md 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dpm_core.model import SOFTWARE_OLDEST, CcoType, IntegrationId

__all__ = [
    "ProcessorProject",
    "ProjectArea",
    "ProjectButton",
    "ProjectContact",
    "ProjectOutput",
    "ProjectWallstation",
    "Skipped",
]

_CCO_TYPES: Final = {"CCO_PULSED": CcoType.MOMENTARY, "CCO_MAINTAINED": CcoType.MAINTAINED}
_SWITCHED: Final = {"RELAY_LIGHTING", "SWITCHED_MOTOR", "EXHAUST_FAN_TYPE"}
_VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class ProjectArea:
    """An area of the building.

    Attributes:
        id: Its integration id; None where it cannot be addressed, as the project's own.
        path: Its name and those of the areas around it, outermost first.
    """

    id: IntegrationId | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectOutput:
    """One output: a zone of some module, a CCO, or something that is not switched.

    Attributes:
        id: Its integration id.
        name: What the designer calls it.
        area: The areas that it stands in, outermost first.
        type: What kind of load it is, in the project's word.
        watts: What the designer wrote down for its load; None where that is nothing.
    """

    id: IntegrationId
    name: str
    area: tuple[str, ...]
    type: str
    watts: float | None = None

    @property
    def is_cco(self) -> bool:
        """Whether it is a contact output, pulsed or maintained."""
        return self.type.startswith("CCO_")

    @property
    def is_switched(self) -> bool:
        """Whether it is only on or off: a relay, a switched load, or a contact output.

        Source: integration-protocol.md 5, "Rule for switched": inferred.
        """
        return self.is_cco or self.type.startswith("NON_DIM") or self.type in _SWITCHED

    @property
    def cco_type(self) -> CcoType | None:
        """What the project makes of a contact output; None for another output."""
        return _CCO_TYPES.get(self.type)


@dataclass(frozen=True, slots=True)
class ProjectButton:
    """A button of a wallstation.

    Attributes:
        component: Its component number.
        name: What is engraved on it; else what the designer calls it.
    """

    component: int
    name: str


@dataclass(frozen=True, slots=True)
class ProjectContact:
    """A contact input of a wallstation or an interface.

    Attributes:
        component: Its component number.
        name: What is engraved there; else what the designer calls it; often nothing.
    """

    component: int
    name: str


@dataclass(frozen=True, slots=True)
class ProjectWallstation:
    """A control with components: a wallstation, or an interface with contact inputs.

    Attributes:
        id: Its integration id.
        name: What the designer calls it; often no more than a number.
        area: The areas that it stands in, outermost first, and then its location.
        type: What it is, in the project's word; empty for a phantom one.
        buttons: Its buttons.
        leds: Component numbers of its LEDs.
        contacts: Its contact inputs.
    """

    id: IntegrationId
    name: str
    area: tuple[str, ...]
    type: str
    buttons: tuple[ProjectButton, ...] = ()
    leds: tuple[int, ...] = ()
    contacts: tuple[ProjectContact, ...] = ()

    @property
    def ccis(self) -> tuple[int, ...]:
        """Component numbers of its contact inputs."""
        return tuple(contact.component for contact in self.contacts)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the file that was left out.

    Attributes:
        line: Where it is; the whole file may be one line.
        what: Which element, with its name.
        reason: Why.
    """

    line: int
    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.what} (line {self.line}): {self.reason}"


@dataclass(frozen=True, slots=True)
class ProcessorProject:
    """What a processor was programmed with.

    Attributes:
        name: What the designer calls it.
        software_version: Of the programming software that wrote it; empty where it does not say.
        exported: When it was exported, in the processor's words; empty where it does not say.
        areas: Its areas, in the order of the file.
        outputs: Its outputs, in the order of the file.
        wallstations: What has buttons, LEDs or contact inputs.
        left_out: Damaged parts of the file, which are not in here.
    """

    name: str
    software_version: str
    exported: str
    areas: tuple[ProjectArea, ...]
    outputs: tuple[ProjectOutput, ...]
    wallstations: tuple[ProjectWallstation, ...]
    left_out: tuple[Skipped, ...] = ()

    @property
    def skipped(self) -> int:
        """How many damaged parts of the file were left out."""
        return len(self.left_out)

    @property
    def is_software_too_old(self) -> bool:
        """Whether the programming software says that it is older than this module needs.

        A version that cannot be read is not called old.
        """
        found = _VERSION.match(self.software_version)
        return found is not None and float(found[0]) < SOFTWARE_OLDEST.value

    def contacts(self) -> Iterator[tuple[ProjectWallstation, ProjectContact]]:
        """Yield every contact input with what has it."""
        for wallstation in self.wallstations:
            for contact in wallstation.contacts:
                yield wallstation, contact
