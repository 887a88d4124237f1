"""What is known of a module: only what was heard from it, and None where nothing was.

House rule: values only; what changes them is in `module_record.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from dpm_core.model import (
        Cause,
        CcoType,
        ContactState,
        FourActions,
        ModuleAddress,
        Program,
        SerialNumber,
    )
    from dpm_core.protocol import CountersReport, IdentityReport

FourMaybe: TypeAlias = tuple[bool | None, bool | None, bool | None, bool | None]
"""One truth value for each zone, zone 1 first; None where it is not known."""

FourCauses: TypeAlias = "tuple[Cause | None, Cause | None, Cause | None, Cause | None]"
"""Why each zone is as it is, zone 1 first; None where nothing was heard."""

UNKNOWN_ZONES: FourMaybe = (None, None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleView:
    """One module as it was last heard. A new one is made for every change.

    After a loss the last known values stay, and `is_online` and `is_fresh` say that they are
    old.

    Attributes:
        serial: Which module: its serial number on a link; through a processor the integration id
            of its first zone.
        is_online: Whether it can be reached, as far as is known. Where nothing may be asked, a
            module is online while the link is, until it leaves a command unanswered.
        is_fresh: Whether its state (zones, saved, override, CCI, CCO) was read since the link
            or the module came back. Never true where nothing may be asked.
        zones: Which relays are closed, in manual override too.
        saved: In manual override, the settings that return when it ends; else None.
        override: Whether it is in manual override.
        cci: Where the manual override input is, after its debounce.
        cco_closed: Whether the N.O. contact of the CCO is closed.
        cco_type: What the CCO is programmed for.
        was_restored: Whether nothing has changed since it restored its zones after a power loss.
        zone_causes: Why each zone changed last; `QUERY` where the change itself was not heard.
        override_actions: What manual override is programmed to do to each zone.
        identity: What it says it is.
        program: What it is programmed with; read with `read_program()`, and in the pauses.
        counters: Its counters, as read last with `read_counters()`.
    """

    serial: ModuleAddress
    is_online: bool = False
    is_fresh: bool = False
    zones: FourMaybe = UNKNOWN_ZONES
    saved: FourMaybe | None = None
    override: bool | None = None
    cci: ContactState | None = None
    cco_closed: bool | None = None
    cco_type: CcoType | None = None
    was_restored: bool | None = None
    zone_causes: FourCauses = (None, None, None, None)
    override_actions: FourActions | None = None
    identity: IdentityReport | None = None
    program: Program | None = None
    counters: CountersReport | None = None


@dataclass(frozen=True, slots=True)
class DiscoveredModule:
    """A module that answered a search.

    Attributes:
        serial: Its serial number.
        identity: What it says it is.
    """

    serial: SerialNumber
    identity: IdentityReport
