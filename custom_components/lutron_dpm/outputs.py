"""Which outputs of a HomeWorks QS project are one module, as it is stored.

A processor knows no modules: a zone is one output of its project, and so is the CCO. Beside each
integration id stands what the project called it, so that it can be found again in a changed one.

House rule: values only; how they are found again is in `following.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from dpm_core.model import IntegrationId

CONF_ID: Final = "id"
CONF_OUTPUT_NAME: Final = "name"
CONF_AREA: Final = "area"
CONF_ZONES: Final = "zones"
CONF_CCO: Final = "cco"
CONF_CONTACT: Final = "contact"
CONF_COMPONENT: Final = "component"
CONF_IS_INVERTED: Final = "is_inverted"

PULSE_STEP_S: Final = 0.25
"""Source: integration-protocol.md 2: a processor's times go by quarters of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutput:
    """One output of the project."""

    number: IntegrationId
    name: str = ""
    """What the project calls it; empty where its id was typed in."""

    area: str = ""
    """The areas that it is in, outermost first."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the output that was stored."""
        return cls(
            number=IntegrationId(data[CONF_ID]),
            name=data.get(CONF_OUTPUT_NAME, ""),
            area=data.get(CONF_AREA, ""),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what is stored."""
        return {CONF_ID: int(self.number), CONF_OUTPUT_NAME: self.name, CONF_AREA: self.area}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContact:
    """The contact that tells of the module's manual override, where the project programs one."""

    device: IntegrationId
    component: int
    is_inverted: bool = False
    """Whether the contact closes while the module works as usual, and opens in manual override."""

    name: str = ""
    area: str = ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the contact that was stored."""
        return cls(
            device=IntegrationId(data[CONF_ID]),
            component=data[CONF_COMPONENT],
            is_inverted=data.get(CONF_IS_INVERTED, False),
            name=data.get(CONF_OUTPUT_NAME, ""),
            area=data.get(CONF_AREA, ""),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            CONF_ID: int(self.device),
            CONF_COMPONENT: self.component,
            CONF_IS_INVERTED: self.is_inverted,
            CONF_OUTPUT_NAME: self.name,
            CONF_AREA: self.area,
        }


type FourOutputs = tuple[
    StoredOutput | None, StoredOutput | None, StoredOutput | None, StoredOutput | None
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleOutputs:
    """The outputs that are one module; at least one zone has one."""

    zones: FourOutputs
    cco: StoredOutput | None = None
    contact: StoredContact | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the outputs that were stored."""
        zones = [zone and StoredOutput.from_data(zone) for zone in data[CONF_ZONES]]
        cco, contact = data.get(CONF_CCO), data.get(CONF_CONTACT)
        return cls(
            zones=(zones[0], zones[1], zones[2], zones[3]),
            cco=cco and StoredOutput.from_data(cco),
            contact=contact and StoredContact.from_data(contact),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            CONF_ZONES: [zone and zone.as_data() for zone in self.zones],
            CONF_CCO: self.cco and self.cco.as_data(),
            CONF_CONTACT: self.contact and self.contact.as_data(),
        }

    @property
    def address(self) -> IntegrationId:
        """What the library knows the module by: the id of its first zone."""
        return next(zone.number for zone in self.zones if zone)

    @property
    def numbers(self) -> tuple[IntegrationId, ...]:
        """Every output id of the module, zone 1 first and the CCO last."""
        return tuple(output.number for output in (*self.zones, self.cco) if output)


def whole_pulse(pulse_s: float) -> float:
    """Return the pulse that a processor can give and that comes nearest: 0.25 s at least."""
    return max(1, round(pulse_s / PULSE_STEP_S)) * PULSE_STEP_S
