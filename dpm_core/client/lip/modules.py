"""What a module is to a processor: four outputs, one more for its CCO, and perhaps a contact.

No project says which outputs are one module, so somebody has to: a person, or
`dpm_core.protocol.lip.suggest_modules()` with a person who looks at it.

House rule: values only, each checked once, on creation.

Source: integration-protocol.md 3.3, 5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoType, IntegrationId, ZoneNumber
from dpm_core.protocol.lip import PulseOutput

FourIds: TypeAlias = tuple[
    IntegrationId | None, IntegrationId | None, IntegrationId | None, IntegrationId | None
]
"""The outputs of zones 1 to 4; None for a zone that the project does not have."""

COMPONENT_MAX: Final = 65535
"""Largest component number that is taken. Assumed: the largest seen is 65281.

Source: integration-protocol.md 4.
"""


@dataclass(frozen=True, slots=True)
class OverrideContact:
    """A contact input of the project that tells of a module's manual override.

    The module's own CCI is not told by the processor; a project can have another contact of the
    same emergency system on an interface, such as a QSE-IO.

    Attributes:
        device: Integration id of the device that has the input.
        component: Component number of the input: 1 to 5 of a QSE-IO, 25 or 26 of a keypad.
        is_inverted: Whether the input is open in override, as the CCI itself is. Without it the
            input is closed in override.

    Raises:
        UnsupportedSetting: The component is no number from 1 to 65535.
        InvalidAddress: The device is no integration id.

    Source: integration-protocol.md 3.2, 3.3; which way round is up to the project.
    """

    device: IntegrationId
    component: int = 1
    is_inverted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "device", IntegrationId(self.device))
        if isinstance(self.component, bool) or not 1 <= self.component <= COMPONENT_MAX:
            raise UnsupportedSetting("component", self.component, f"1 to {COMPONENT_MAX}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorModule:
    """Which integration ids are one module.

    Attributes:
        zones: The outputs of its zones, zone 1 first; at least one of them.
        cco: The output of its CCO; None where the project has none.
        cco_type: What the project makes of the CCO: pulsed is momentary. None where that is not
            known, and then no command moves it: a maintained output must not be pulsed, nor the
            other way round.
        cco_pulse_s: How long a pulse is where the call does not say, in seconds: 0.25 to 99, in
            quarters of a second, which is what the protocol can say.
        override: The contact that tells of its manual override; None where there is none.
        name: What people call it.

    Raises:
        UnsupportedSetting: No zone, one id twice, or a pulse that the CCO does not know.
        InvalidAddress: An id is none.
    """

    zones: FourIds
    cco: IntegrationId | None = None
    cco_type: CcoType | None = None
    cco_pulse_s: float = 0.5
    override: OverrideContact | None = None
    name: str = ""

    def __post_init__(self) -> None:
        one, two, three, four = (None if id_ is None else IntegrationId(id_) for id_ in self.zones)
        object.__setattr__(self, "zones", (one, two, three, four))
        if self.cco is not None:
            object.__setattr__(self, "cco", IntegrationId(self.cco))
        if all(output is None for output in self.zones):
            raise UnsupportedSetting("zones", "(none)", "the integration id of one zone at least")
        twice = [id_ for id_, count in Counter(self.outputs()).items() if count > 1]
        if twice:
            raise UnsupportedSetting(
                "outputs", ", ".join(map(str, twice)), "each integration id once"
            )
        PulseOutput(self.address, self.cco_pulse_s)

    @property
    def address(self) -> IntegrationId:
        """What the module is known by: the id of its first zone that there is."""
        return next(output for output in self.zones if output is not None)

    def zone(self, zone: ZoneNumber) -> IntegrationId | None:
        """Return the output of a zone."""
        return self.zones[zone - 1]

    def outputs(self) -> Iterator[IntegrationId]:
        """Yield the outputs that there are: zones, then the CCO."""
        for output in (*self.zones, self.cco):
            if output is not None:
                yield output
