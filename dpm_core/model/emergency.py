"""One emergency contact that holds the CCIs of several modules.

The modules know nothing of each other: each acts on its own CCI only, and nothing goes over the
link. What they share is the wire to the contact.

Source: 3691060c, "Wiring: Manual Override Contact Closure Input and Contact Closure Output".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from dpm_core.errors import GroupFull
from dpm_core.model.contacts import ContactState
from dpm_core.model.identifiers import SerialNumber
from dpm_core.model.module import move_cci
from dpm_core.model.state import ModuleState, Transition

CONTACT_MODULES_MAX: Final = 32
"""Most modules whose CCIs one contact may hold in parallel.

Source: 3691060c, "Wiring: Manual Override Contact Closure Input and Contact Closure Output".
"""


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """A contact outside the modules, closed at rest, wired to their CCIs in parallel.

    Attributes:
        name: What it is called.
        serials: The modules whose CCIs it holds, at most 32.
        contact: Where it is.

    Raises:
        GroupFull: It would hold the CCIs of more than 32 modules.
    """

    name: str
    serials: frozenset[SerialNumber] = frozenset()
    contact: ContactState = ContactState.CLOSED

    def __post_init__(self) -> None:
        if len(self.serials) > CONTACT_MODULES_MAX:
            raise GroupFull(self.name, len(self.serials), CONTACT_MODULES_MAX)

    def wired_to(self, serial: SerialNumber) -> EmergencyContact:
        """Return the contact after one more module's CCI was wired to it.

        Raises:
            GroupFull: It holds 32 already.
        """
        return replace(self, serials=self.serials | {serial})

    def moved(
        self, contact: ContactState, modules: Mapping[SerialNumber, ModuleState], now: float
    ) -> tuple[EmergencyContact, dict[SerialNumber, Transition]]:
        """Open or close the contact: the CCIs of all its modules move together.

        Modules with the same programmed debounce enter and leave manual override at the same
        instant.

        Args:
            contact: Where it is from now on.
            modules: Modules, among them those that it is wired to; others are left alone.
            now: When it got there.

        Returns:
            The contact afterwards, and what became of each module that it is wired to.
        """
        transitions = {
            serial: move_cci(module, contact, now)
            for serial, module in modules.items()
            if serial in self.serials
        }
        return replace(self, contact=contact), transitions
