"""Which report answers which line of ours: the protocol has no numbers to tell.

House rule: pure; what waits for how long is in `session.py`. Reports have no subclasses, and every
one that is heard comes through here: so their types are compared, which is quicker.

Source: integration-protocol.md 3, 6 (one question at a time).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from . import kinds
from .commands import (
    LipCommand,
    QueryAreaLevels,
    QueryAreaOccupancy,
    QueryContact,
    QueryGroupOccupancy,
    QueryIntegrationId,
    QueryLed,
    QueryMonitoring,
    QueryOutputLevel,
    QuerySystem,
    QuerySystemVariable,
    SetLed,
    SetMonitoring,
    SetOutputLevel,
)
from .kinds import SystemAction
from .reports import (
    AreaOccupancy,
    DeviceAction,
    DeviceLed,
    GroupOccupancy,
    IntegrationIdReport,
    LipReport,
    MonitoringState,
    OutputLevel,
    SystemReport,
    SystemVariable,
    UnknownReport,
)

__all__ = ["answers", "confirms"]

_FIRMWARE_WORDS: Final = "OS FIRMWARE REVISION"
"""What is in the free text that tells the firmware. Source: integration-protocol.md 3.6."""


def answers(command: LipCommand, report: LipReport) -> bool:
    """Return whether a report is what a command is answered with.

    A command that sets something is answered by the report of what came of it, where it comes at
    all; a level counts if it agrees about on and off, for a switched zone tells 100 whatever level
    it was given. An `ErrorReport` answers nothing here: the session gives it to the oldest.
    """
    row = _ROWS.get(type(command))
    return row is not None and row(command, report)


def confirms(query: LipCommand) -> bool:
    """Return whether its answer says that everything in front of it was read.

    It does if nothing else can have caused it: what is told unasked, or follows a setting, may
    have been on its way before the query was read.
    """
    return isinstance(query, (QuerySystem, QueryIntegrationId))


def _level_set(command: SetOutputLevel, report: LipReport) -> bool:
    return (
        type(report) is OutputLevel
        and report.output == command.output
        and report.is_on is (command.level_percent > 0)
    )


def _level_asked(command: QueryOutputLevel, report: LipReport) -> bool:
    return type(report) is OutputLevel and report.output == command.output


def _area_levels_asked(_command: QueryAreaLevels, report: LipReport) -> bool:
    return type(report) is OutputLevel


def _led(command: SetLed | QueryLed, report: LipReport) -> bool:
    if type(report) is DeviceLed:
        is_same = (report.device, report.led) == (command.device, command.led)
        return is_same and (isinstance(command, QueryLed) or report.state is command.state)
    # An LED's state that is not documented is an answer, all the same.
    return (
        isinstance(command, QueryLed)
        and type(report) is DeviceAction
        and (report.device, report.component) == (command.device, command.led)
        and report.action == kinds.LED
    )


def _contact(command: QueryContact, report: LipReport) -> bool:
    return (
        type(report) is DeviceAction
        and (report.device, report.component) == (command.device, command.component)
        and (report.is_contact_closed is not None or report.action == kinds.CONTACT)
    )


def _area_occupancy(command: QueryAreaOccupancy, report: LipReport) -> bool:
    return type(report) is AreaOccupancy and report.area == command.area


def _group_occupancy(command: QueryGroupOccupancy, report: LipReport) -> bool:
    return type(report) is GroupOccupancy and report.group == command.group


def _variable(command: QuerySystemVariable, report: LipReport) -> bool:
    return type(report) is SystemVariable and report.variable == command.variable


def _monitoring_set(command: SetMonitoring, report: LipReport) -> bool:
    return (
        type(report) is MonitoringState
        and report.kind == command.kind
        and report.is_on == command.is_on
    )


def _monitoring_asked(command: QueryMonitoring, report: LipReport) -> bool:
    return type(report) is MonitoringState and report.kind == command.kind


def _system(command: QuerySystem, report: LipReport) -> bool:
    if command.action == SystemAction.FIRMWARE and type(report) is UnknownReport:
        return _FIRMWARE_WORDS in report.text.upper()
    if type(report) is not SystemReport:
        return False
    if command.action == SystemAction.DATABASE_EXPORT and report.exported is not None:
        return True
    return report.action == command.action


def _integration_id(command: QueryIntegrationId, report: LipReport) -> bool:
    if type(report) is not IntegrationIdReport or len(report.fields) < 2:
        return False
    action, number = report.fields[:2]
    return action == "3" and number.lstrip("0") == str(command.number)


_ROWS: Final[dict[type[LipCommand], Callable[..., bool]]] = {
    SetOutputLevel: _level_set,
    QueryOutputLevel: _level_asked,
    QueryAreaLevels: _area_levels_asked,
    SetLed: _led,
    QueryLed: _led,
    QueryContact: _contact,
    QueryAreaOccupancy: _area_occupancy,
    QueryGroupOccupancy: _group_occupancy,
    QuerySystemVariable: _variable,
    SetMonitoring: _monitoring_set,
    QueryMonitoring: _monitoring_asked,
    QuerySystem: _system,
    QueryIntegrationId: _integration_id,
}
