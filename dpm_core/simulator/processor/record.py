"""What the processor knows of the modules: what each said last.

A module without power says nothing, so what is known of it stays: the protocol has no word for a
module that is lost. Zones count by where they are going, not by where a relay is in its few
milliseconds of motion.

House rule: it only compares and remembers; who is told is in `reports.py`.

Source: integration-protocol.md 3.1 ("zones report the target at once"); that the record stays
while a module is silent is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dpm_core.model import ALL_OFF, ContactState, FourZones, ModuleState, SerialNumber

CCO: Final = None
"""Stands for the CCO where a zone number could be."""


@dataclass(slots=True)
class KnownModule:
    """What is known of one module.

    Attributes:
        zones: Where each zone is, or is going.
        is_cco_closed: Whether the N.O. contact is closed.
        is_contact_closed: Whether the contact that tells of its override is: the CCI is open.
    """

    zones: FourZones = ALL_OFF
    is_cco_closed: bool = False
    is_contact_closed: bool = False

    def is_on(self, zone: int | None) -> bool:
        """Return whether a zone is on, or the CCO closed."""
        return self.is_cco_closed if zone is CCO else self.zones[zone - 1]

    def learn(self, state: ModuleState) -> tuple[list[int | None], bool]:
        """Take what a module is now; return which outputs have changed, and whether the contact has.

        The contact is the building's own and needs no power of the module's.
        """
        changed: list[int | None] = []
        if state.is_started:
            wanted = state.wanted
            changed += [
                zone
                for zone, (was_on, is_on) in enumerate(zip(self.zones, wanted, strict=True), 1)
                if was_on is not is_on
            ]
            self.zones = wanted
            if state.cco.is_closed is not self.is_cco_closed:
                self.is_cco_closed = state.cco.is_closed
                changed.append(CCO)
        is_closed = state.cci.accepted is ContactState.OPEN
        has_moved = is_closed is not self.is_contact_closed
        self.is_contact_closed = is_closed
        return changed, has_moved


class Record:
    """What is known of every module.

    Args:
        serials: The modules that the project has.
    """

    def __init__(self, serials: Iterable[SerialNumber]) -> None:
        self._known: Final = {serial: KnownModule() for serial in serials}

    def __getitem__(self, serial: SerialNumber) -> KnownModule:
        return self._known[serial]
