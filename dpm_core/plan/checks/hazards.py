"""The entrapment hazard: what these modules must not control, and the words that say so.

Source: 3691060c, "Output Zone Ratings", its warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dpm_core.model import LINK_TERMINALS, LoadType
from dpm_core.plan.checks.loads import OUTPUTS, loads_of
from dpm_core.plan.findings import Finding, Severity
from dpm_core.plan.site import Plan

ENTRAPMENT: Final = (
    "Entrapment hazard: to avoid entrapment, serious injury or death, these controls must not "
    "control equipment that is not visible from every control location, or that could be "
    "dangerous when it is operated by accident or by a malfunction. The installer answers for "
    "connecting suitable loads only."
)
"""The warning, in short. Source: 3691060c, "Output Zone Ratings"."""

REMINDERS: Final[tuple[str, ...]] = (
    ENTRAPMENT,
    (
        "Loads are permanently installed lighting within the ratings; loads outside them may damage "
        "the module."
    ),
    (
        "QS link, CCI and CCO wiring is NEC Class 2: keep it apart from mains, as local and national "
        "codes ask."
    ),
    f"Terminal 2 of the QS link: {LINK_TERMINALS[2].lower()}.",
    (
        "Mount each module where it can be reached and where clicking relays are acceptable, in a "
        "Lutron DIN panel or a NEMA Type 1 enclosure with a DIN rail."
    ),
    "Turn off all breakers that feed a module before you service it.",
)
"""What no check can see, and every check and every picture therefore says.

Source: 3691060c, "Output Zone Ratings", "Mounting", "Mains Wiring and NEC Class 2 Separation",
"Wiring: QS Link".
"""

_NAMED: Final = re.compile(
    r"\b(gates?|(?:garage|industrial) doors?|microwaves?|heating pads?|fireplaces?|(?:space )?heaters?|"
    r"receptacles?|outlets?)\b",
    re.IGNORECASE,
)
"""Equipment that the warning names, and what is plugged in where nobody looks.

Source: 3691060c, "Output Zone Ratings".
"""


def visibility(plan: Plan) -> Iterator[Finding]:
    """Every load is visible from every control location."""
    for module, zone, load in loads_of(plan):
        if load.is_visible is False:
            yield Finding(
                severity=Severity.ERROR,
                rule="visibility",
                item=module.zone_name(zone),
                line=load.line,
                words="this load cannot be seen from every control location",
                heading=OUTPUTS,
                advice=ENTRAPMENT,
            )


def moving_equipment(plan: Plan) -> Iterator[Finding]:
    """A motor, or a zone named for equipment that the warning names, asks for a second look."""
    for module, zone, load in loads_of(plan):
        named = _NAMED.search(module.program.zone_names[zone - 1])
        if load.type is not LoadType.MOTOR and named is None:
            continue
        words = "a motor" if named is None else f'named for "{named[0]}"'
        yield Finding(
            severity=Severity.WARNING,
            rule="entrapment",
            item=module.zone_name(zone),
            line=load.line,
            words=f"{words}: make sure that it is a suitable load",
            heading=OUTPUTS,
            advice=ENTRAPMENT,
        )
