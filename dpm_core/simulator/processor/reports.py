"""What the processor says without being asked: levels of outputs, movements of contacts.

House rule: a line about a module is made here and nowhere else.

Source: integration-protocol.md 0.1 (levels may never be pushed), 3.1, 3.2, 3.3, 7, 8.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .faults import ProcessorFaultKind as Kind
from .faults import ProcessorFaults
from .monitoring import EVENTS, LEVELS
from .project import CONTACT_COMPONENT, ProjectModule
from .record import CCO, KnownModule
from .session import Session

PRESS: Final = 3
RELEASE: Final = 4
"""Actions of a DEVICE report: the contact has closed, has opened. Source: section 3.2."""

_CONTACT_QUERY: Final = 35


class Reports:
    """Says what is known of the modules, in the processor's words.

    Args:
        faults: How the processor misbehaves.
    """

    def __init__(self, faults: ProcessorFaults) -> None:
        self._faults = faults

    def output_id(self, module: ProjectModule, zone: int | None) -> int:
        """Return the id of a zone's output, or of the CCO's."""
        return module.cco if zone is CCO else module.zones[zone - 1]

    def level(self, module: ProjectModule, zone: int | None, known: KnownModule) -> list[str]:
        """Return the lines that tell a level."""
        is_on = known.is_on(zone)
        if zone is CCO and module.is_cco_pulsed and Kind.CCO_SILENT in self._faults:
            is_on = True
        level = "100" if is_on else "0"
        if Kind.PLAIN_LEVELS not in self._faults:
            level += ".00"
        output = self.output_id(module, zone)
        lines = [f"~OUTPUT,{output},1,{level}"]
        if Kind.EXTRA_REPORTS in self._faults:
            lines += [f"~OUTPUT,{output},29,8", f"~OUTPUT,{output},30,1,{level}"]
        return lines

    def contact(self, module: ProjectModule, known: KnownModule) -> str:
        """Return the line that tells where the contact of a module's override is."""
        action = PRESS if known.is_contact_closed else RELEASE
        return f"~DEVICE,{module.contact},{CONTACT_COMPONENT},{action}"

    def contact_answer(self, module: ProjectModule, known: KnownModule) -> str:
        """Return the line that answers a query about that contact: a report, unless `contact-35`."""
        if Kind.CONTACT_35 not in self._faults:
            return self.contact(module, known)
        state = int(known.is_contact_closed)
        return f"~DEVICE,{module.contact},{CONTACT_COMPONENT},{_CONTACT_QUERY},{state}"

    def push_level(
        self,
        sessions: Iterable[Session],
        module: ProjectModule,
        zone: int | None,
        known: KnownModule,
        commander: Session | None,
    ) -> None:
        """Tell every session that hears levels of one, as far as the faults let it."""
        faults = self._faults
        if Kind.NO_PUSH in faults or Kind.SILENT_BUS in faults:
            return
        if zone is CCO and module.is_cco_pulsed and Kind.CCO_SILENT in faults:
            return
        lines = self.level(module, zone, known)
        for session in sessions:
            if session is not commander or Kind.PUSH_OTHERS not in faults:
                session.report(LEVELS, lines)

    def push_contact(
        self, sessions: Iterable[Session], module: ProjectModule, known: KnownModule
    ) -> None:
        """Tell every session that hears events where a contact is."""
        if Kind.SILENT_BUS not in self._faults:
            for session in sessions:
                session.report(EVENTS, [self.contact(module, known)])
