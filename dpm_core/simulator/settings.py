"""Every figure of the simulated link that can be turned, in one place, each with its unit.

House rule: a time limit of the simulator is a field here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol.timing import (
    BAUD_DEFAULT,
    BITS_PER_OCTET_DEFAULT,
    COLLISION_WAIT_MAX_S,
    COLLISION_WAIT_MIN_S,
    REPORT_IDLE_S,
    octet_time_s,
)

COMPONENT_BASES = (0x0001, 0x0081)
"""Component number of zone 1. Source: qs-link.md 3.7: 0001 is ours, 0081 an ESN's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """How a simulated link behaves.

    Attributes:
        baud: Bits per second on the link: the length of DISCOVER slots, and with `is_paced`
            of everything. The QS link's own rate was never confirmed; 31250 is the best there is.
        bits_per_octet: 10 for 8N1, 11 with parity or a second stop bit.
        is_paced: Whether octets take their time on the wire; without it a frame takes none.
        echo: Whether an adapter hears what it sends itself (a `local` echo).
        turnaround_s: A module answers this long after a command to it ended. Below 5 ms, by
            qs-link.md 5 "Arbitration"; decided here: 1 ms.
        report_idle_s: Idle line before a report that nobody asked for; each module adds
            (serial mod 16) ms.
        collision_wait_min_s: Shortest random wait after a collision.
        collision_wait_max_s: Longest random wait after a collision.
        link_alive_s: The link LED shows a living link for this long after the last good frame
            that the module heard. Decided here: two full polling rounds of 99 modules.
        reports_max: Reports that may wait in one module; the oldest go. Decided here.
        causes_max: What may wait in one module for its memory to be written; a command or query
            beyond that is answered with RESULT 04, busy, and not done. Decided here.
        backlog_max: Octets of one adapter that may wait for the paced line before the simulator
            stops reading from it, as a UART's transmitter would. Decided here.
        component_base: Component number of zone 1 in GoToLevel: 0x0001, or 0x0081 as on an ESN.
        mains_hz: Mains frequency of every module, 50 or 60.
        knows_programs: Whether the modules know the messages of loads and of a whole program
            (class 7D from 20 up). Without it they are as the first ones were: those messages get
            RESULT 03, unknown type.

    Raises:
        UnsupportedSetting: A value cannot be.
    """

    baud: int = BAUD_DEFAULT
    bits_per_octet: int = BITS_PER_OCTET_DEFAULT
    is_paced: bool = False
    echo: bool = False
    turnaround_s: float = 0.001
    report_idle_s: float = REPORT_IDLE_S
    collision_wait_min_s: float = COLLISION_WAIT_MIN_S
    collision_wait_max_s: float = COLLISION_WAIT_MAX_S
    link_alive_s: float = 20.0
    reports_max: int = 64
    causes_max: int = 64
    backlog_max: int = 4096
    component_base: int = COMPONENT_BASES[0]
    mains_hz: float = 60.0
    knows_programs: bool = True

    def __post_init__(self) -> None:
        octet_time_s(self.baud, self.bits_per_octet)
        for name in ("turnaround_s", "report_idle_s", "collision_wait_min_s", "link_alive_s"):
            value = getattr(self, name)
            if not 0 <= value < float("inf"):
                raise UnsupportedSetting(name, value, "0 or more seconds")
        if not self.collision_wait_min_s <= self.collision_wait_max_s < float("inf"):
            raise UnsupportedSetting(
                "collision_wait_max_s", self.collision_wait_max_s, "collision_wait_min_s or more"
            )
        for name in ("reports_max", "causes_max", "backlog_max"):
            if getattr(self, name) < 1:
                raise UnsupportedSetting(name, getattr(self, name), "1 or more")
        if self.component_base not in COMPONENT_BASES:
            raise UnsupportedSetting("component_base", self.component_base, "0x0001 or 0x0081")
        if self.mains_hz not in (50, 60):
            raise UnsupportedSetting("mains_hz", self.mains_hz, "50 or 60")
