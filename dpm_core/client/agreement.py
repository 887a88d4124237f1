"""When a module's reports agree with what it was told.

House rule: no waiting here. Each agreement looks at one report after the other and says yes,
no, or nothing.

Source: qs-link.md 5 "What a module answers": a command has succeeded when the answer came and
a ZONE_REPORT or a query agrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dpm_core.model import CCO_PULSE_MIN_S, CcoAction
from dpm_core.protocol import CcoReport, OverrideReport, ReportFlag, StatusMask, ZoneReport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dpm_core.client.views import ModuleView
    from dpm_core.model import FourZones, ZoneNumber
    from dpm_core.protocol import ModuleReport


class Agreement(Protocol):
    """What a module's reports must say."""

    @property
    def mask(self) -> StatusMask:
        """What to ask for."""

    @property
    def reported(self) -> str:
        """What the module said last, in words."""

    def begin(self, now: float) -> None:
        """The module has accepted the command; what it says from now on counts."""

    def asks_at_once(self, view: ModuleView) -> bool:
        """Return whether to ask without waiting for the module's own report.

        Args:
            view: What was known when the command was accepted.
        """

    def look_at(self, message: ModuleReport, at: float, *, is_answer: bool) -> bool | None:
        """Return whether a report agrees; None where it says nothing about it.

        Args:
            message: What the module says now.
            at: When.
            is_answer: Whether it answers a question of ours.
        """


class ZonesAgree:
    """Zones are as they were told; in manual override, as they will be when it ends.

    A module refuses in manual override. So one that accepted and is in it now went there
    afterwards: what it was told is among the settings that return.

    Args:
        wanted: What each zone was told.
    """

    __slots__ = ("_is_in_override", "_reported", "_wanted")

    def __init__(self, wanted: Mapping[ZoneNumber, bool]) -> None:
        self._wanted = wanted
        self._is_in_override = False
        self._reported = "nothing about its zones"

    @property
    def mask(self) -> StatusMask:
        """The zones; what returns too, in manual override."""
        if self._is_in_override:
            return StatusMask.ZONES | StatusMask.OVERRIDE
        return StatusMask.ZONES

    @property
    def reported(self) -> str:
        """What the module said last, in words."""
        return self._reported

    @property
    def is_in_override(self) -> bool:
        """Whether the module said that it is in manual override."""
        return self._is_in_override

    def begin(self, now: float) -> None:
        """Nothing depends on when the command was accepted."""

    def asks_at_once(self, view: ModuleView) -> bool:
        """Return whether the zones were like this already: then the module reports nothing."""
        return view.is_fresh and all(
            view.zones[zone - 1] is is_on for zone, is_on in self._wanted.items()
        )

    def look_at(self, message: ModuleReport, at: float, *, is_answer: bool) -> bool | None:
        """Look at the relays, or at what returns after manual override.

        The report of an override has no number, so one that had to wait cannot be told from a
        new one: only an answer counts.
        """
        if isinstance(message, ZoneReport):
            self._is_in_override = ReportFlag.OVERRIDE_ACTIVE in message.flags
            if self._is_in_override:
                self._reported = "manual override"
                return None
            return self._compare(message.zones, "")
        if isinstance(message, OverrideReport) and is_answer:
            self._is_in_override = message.is_active
            if message.is_active:
                return self._compare(message.saved, " when manual override ends")
        return None

    def _compare(self, zones: FourZones, when: str) -> bool:
        self._reported = ", ".join(
            f"zone {zone} {'on' if zones[zone - 1] else 'off'}{when}" for zone in self._wanted
        )
        return all(zones[zone - 1] == is_on for zone, is_on in self._wanted.items())


class CcoAgrees:
    """The CCO does what it was told.

    A pulse may be over before it was asked for: an output that is open after its pulse agrees,
    unless it was seen open while the pulse should have run.

    Args:
        action: What it was told.
        pulse_s: How long its pulse is; None where that is not known.
    """

    __slots__ = ("_action", "_begun_at", "_failed", "_pulse_s", "_reported")

    def __init__(self, action: CcoAction, pulse_s: float | None) -> None:
        self._action = action
        self._pulse_s = CCO_PULSE_MIN_S if pulse_s is None else pulse_s
        self._begun_at = 0.0
        self._failed = False
        self._reported = "nothing about its CCO"

    @property
    def mask(self) -> StatusMask:
        """The CCO; with the zones, so that its answer can be told from its own report."""
        return StatusMask.ZONES | StatusMask.CCO

    @property
    def reported(self) -> str:
        """What the module said last, in words."""
        return self._reported

    def begin(self, now: float) -> None:
        """Count the pulse from here."""
        self._begun_at = now

    def asks_at_once(self, view: ModuleView) -> bool:
        """Ask: the output has no relay that waits for a zero crossing."""
        return True

    def look_at(self, message: ModuleReport, at: float, *, is_answer: bool) -> bool | None:
        """Look at the output. Its report has no number, so only an answer counts."""
        if not isinstance(message, CcoReport) or not is_answer:
            return None
        self._reported = f"its CCO {'closed' if message.is_closed else 'open'}"
        if self._action is CcoAction.OPEN:
            return not message.is_closed
        if self._action is CcoAction.END_PULSE:
            return not message.remaining_s
        if message.is_closed or self._action is CcoAction.CLOSE:
            return message.is_closed
        self._failed = self._failed or at - self._begun_at < self._pulse_s
        return not self._failed
