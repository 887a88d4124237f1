"""What a client keeps of one module, and what follows from each thing heard.

House rule: no waiting and no sending here; a value comes from a report, never from a command.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dpm_core.client.events import (
    CciChanged,
    CcoChanged,
    ClientEvent,
    ModuleChanged,
    OverrideEntered,
    OverrideLeft,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.client.views import ModuleView
from dpm_core.model import ZONES, Cause, ContactState
from dpm_core.protocol import (
    CciReport,
    CcoReport,
    CountersReport,
    EmergencyReport,
    IdentityReport,
    IoProgramReport,
    OverrideReport,
    ReportFlag,
    ZoneReport,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dpm_core.client.views import FourCauses
    from dpm_core.model import FourZones, GroupNumber, Program, SerialNumber
    from dpm_core.protocol import Message


class ModuleRecord:
    """One module on the link, as heard.

    Args:
        serial: Which module.
        duplicate_report_s: How long a report's number tells a duplicate.
    """

    __slots__ = ("_counted", "_duplicate_report_s", "groups", "is_lost", "serial", "view")

    def __init__(self, serial: SerialNumber, duplicate_report_s: float) -> None:
        self.serial: Final = serial
        self.view = ModuleView(serial=serial)
        self.groups: dict[GroupNumber, FourZones] | None = None
        """The groups that its zones belong to; None while they are not known."""
        self.is_lost = False
        """Whether it did not answer any more and has not been read since."""
        self._duplicate_report_s = duplicate_report_s
        self._counted: tuple[int, float] | None = None

    @property
    def needs_override_report(self) -> bool:
        """Whether it is in manual override, and what returns afterwards is not known."""
        return bool(self.view.override) and self.view.saved is None

    def hear(self, message: Message, at: float) -> list[ClientEvent]:
        """Take what the module said, and return what follows from it.

        Args:
            message: From this module.
            at: When it was heard.
        """
        if isinstance(message, ZoneReport):
            return self._hear_zones(message, at)
        if isinstance(message, OverrideReport):
            saved = message.saved if message.is_active else None
            return self._become(replace(self.view, override=message.is_active, saved=saved))
        if isinstance(message, CciReport):
            return self._become(replace(self.view, cci=message.contact))
        if isinstance(message, CcoReport):
            return self._become(
                replace(self.view, cco_closed=message.is_closed, cco_type=message.cco_type)
            )
        if isinstance(message, IdentityReport):
            return self._become(replace(self.view, identity=message))
        if isinstance(message, CountersReport):
            return self._become(replace(self.view, counters=message))
        if isinstance(message, EmergencyReport):
            return self._become(replace(self.view, override_actions=message.actions))
        if isinstance(message, IoProgramReport):
            return self._become(replace(self.view, cco_type=message.cco_type))
        return []

    def set_program(self, program: Program) -> list[ClientEvent]:
        """Note what the module is programmed with, after all of it was read."""
        return self._become(replace(self.view, program=program))

    def set_presence(
        self, *, is_online: bool | None = None, is_fresh: bool | None = None
    ) -> list[ClientEvent]:
        """Note whether the module is there and its state was read; return what follows."""
        view = self.view
        return self._become(
            replace(
                view,
                is_online=view.is_online if is_online is None else is_online,
                is_fresh=view.is_fresh if is_fresh is None else is_fresh,
            )
        )

    def _hear_zones(self, report: ZoneReport, at: float) -> list[ClientEvent]:
        view = self.view
        is_override = ReportFlag.OVERRIDE_ACTIVE in report.flags
        is_new = report.cause is not Cause.QUERY and not self._is_duplicate(report, at)
        events = self._become(
            replace(
                view,
                zones=report.zones,
                zone_causes=self._causes(report),
                override=is_override,
                saved=view.saved if is_override else None,
                cci=ContactState.OPEN
                if ReportFlag.CCI_OPEN in report.flags
                else ContactState.CLOSED,
                cco_closed=ReportFlag.CCO_CLOSED in report.flags,
                was_restored=ReportFlag.RESTORED in report.flags,
            ),
            report.cause,
        )
        if is_new and report.cause is Cause.ZONE_BUTTON:
            events += [
                ZoneButtonPressed(self.serial, zone) for zone in ZONES if report.changed[zone - 1]
            ]
        return events

    def _is_duplicate(self, report: ZoneReport, at: float) -> bool:
        counted, self._counted = self._counted, (report.count, at)
        return (
            counted is not None
            and counted[0] == report.count
            and at - counted[1] < self._duplicate_report_s
        )

    def _causes(self, report: ZoneReport) -> FourCauses:
        """Return why each zone is as it is, now that this was reported."""
        first, second, third, fourth = (
            report.cause
            if changed and report.cause is not Cause.QUERY
            else (known if is_on == was_on else Cause.QUERY)
            for is_on, was_on, changed, known in zip(
                report.zones, self.view.zones, report.changed, self.view.zone_causes, strict=True
            )
        )
        return (first, second, third, fourth)

    def _become(self, view: ModuleView, cause: Cause = Cause.QUERY) -> list[ClientEvent]:
        previous = self.view
        if view == previous:
            return []
        self.view = view
        return [ModuleChanged(self.serial, view, previous), *self._differences(previous, cause)]

    def _differences(self, previous: ModuleView, cause: Cause) -> Iterator[ClientEvent]:
        """Yield what has happened; from unknown to known nothing has."""
        serial, view = self.serial, self.view
        for zone, was_on, is_on in zip(ZONES, previous.zones, view.zones, strict=True):
            if was_on is not None and is_on is not None and was_on != is_on:
                yield ZoneSwitched(serial, zone, is_on, cause)
        if previous.override is not None and view.override != previous.override:
            yield OverrideEntered(serial) if view.override else OverrideLeft(serial)
        if previous.cci is not None and view.cci is not None and view.cci is not previous.cci:
            yield CciChanged(serial, view.cci)
        was_closed, is_closed = previous.cco_closed, view.cco_closed
        if was_closed is not None and is_closed is not None and is_closed != was_closed:
            yield CcoChanged(serial, is_closed)
