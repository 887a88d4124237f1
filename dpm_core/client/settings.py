"""How a client behaves: what it may send, and every time limit.

House rule: a time limit of the client is a field here, in seconds, and nowhere else; those of
the session are in `dpm_core.protocol.SessionSettings`, those of the transport in
`dpm_core.transport.TransportSettings`. docs/client.md lists all three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import check_link_limits
from dpm_core.protocol import Dialect, LinkSource, SessionSettings
from dpm_core.transport import ReconnectPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """What a client may send, and how long it waits.

    Raises:
        UnsupportedSetting: A value out of its range; the error names the setting.
        LinkFull: The other devices alone are more than a link holds, or their zones.
    """

    allow_extension: bool = False
    """Whether this project's own messages (class 7D) may be sent. Without them nothing can be
    asked: states are unknown, and a module's acknowledgement is all that confirms a command.
    Source: qs-link.md 5 rule 3."""

    dialect: Dialect = Dialect.WIRED
    """How GoToLevel is laid out. The radio dialect can address no single zone.
    Source: qs-link.md 3.2."""

    component_base: int = 0x0001
    """Component number of zone 1; 0x0081 as on an Energi Savr Node. Source: qs-link.md 3.7."""

    source: LinkSource = field(default_factory=LinkSource)
    """Where on the link we are. Source: qs-link.md 5.1."""

    session: SessionSettings = field(default_factory=SessionSettings)
    """Speed, waits, repeats and polls on the wire."""

    reconnect: ReconnectPolicy = field(default_factory=ReconnectPolicy)
    """Distances between attempts to open a lost link."""

    other_devices: int = 0
    """Devices on the link beside its modules and its processor, such as wallstations: they count
    towards its 100. Source: 3691060c, "QS Link Limits"."""

    other_zones: int = 0
    """Zones that those devices have together: they count towards the link's 512.
    Source: 3691060c, "QS Link Limits"."""

    command_limit_s: float = 15.0
    """Longest call that switches, asks or identifies, in seconds. A dead module is known much
    sooner; this is for many calls at once: 396 of them take 10 s at 31250. Decided here."""

    program_limit_s: float = 30.0
    """Longest call that reads or writes a program or the groups of a module, in seconds.
    Decided here."""

    discover_limit_s: float = 120.0
    """Longest search for modules, in seconds: 99 of them take 20 s at 31250. Decided here."""

    report_wait_s: float = 0.06
    """After a command is accepted, wait this long for the module's report before asking for it,
    in seconds: its relays need 30 ms, its turn on the line 18 ms. Source: qs-link.md 5; the sum
    is decided here."""

    confirm_limit_s: float = 0.5
    """A module that says otherwise this long after it accepted a command has not done it, in
    seconds. Decided here: its relays are where they belong within 30 ms."""

    late_report_s: float = 2.0
    """How long a module's own report of its CCO may come behind an answer that showed the same,
    in seconds, and is then no second change. Decided here: it waits for the line, and at least
    each second there is a pause for it."""

    press_fresh_s: float = 2.0
    """A press of a wallstation's button that waited longer for those before it is dropped, in
    seconds. Decided here: nobody expects a lamp to go on that late."""

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        for name in (
            "command_limit_s",
            "program_limit_s",
            "discover_limit_s",
            "report_wait_s",
            "confirm_limit_s",
            "late_report_s",
            "press_fresh_s",
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 < value <= 3600):
                raise UnsupportedSetting(name, value, "more than 0 to 3600 seconds")
        for name in ("other_devices", "other_zones"):
            if getattr(self, name) < 0:
                raise UnsupportedSetting(name, getattr(self, name), "0 or more")
        check_link_limits(0, other_devices=self.other_devices, other_zones=self.other_zones)
