"""What answers a message, and what does not.

A command is answered by an acknowledgement or a RESULT that carries its sequence; a query by
its reports. Nothing answers a group or broadcast command, and a DISCOVER is answered by
whoever is there, each in its slot.

House rule: which message answers which, nothing about time.

Source: qs-link.md 5, rules 6 to 8 and "What a module answers" (ours).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from dpm_core.model import Cause, SerialNumber

from .message import ModuleReport
from .messages import (
    TYPE_GO_TO_LEVEL,
    Acknowledge,
    CciReport,
    CcoReport,
    CountersReport,
    Discover,
    EmergencyReport,
    GoToLevel,
    GroupQuery,
    GroupReport,
    Identify,
    IdentityReport,
    IoProgramReport,
    LedsReport,
    LedsSet,
    LoadsQuery,
    LoadsReport,
    NameQuery,
    NameReport,
    OverrideReport,
    ProgramVersionQuery,
    ProgramVersionReport,
    Result,
    ResultCode,
    StatusMask,
    StatusQuery,
    ZoneReport,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from .messages import Message, ObjectMessage

__all__ = ["Expectation", "Hearing", "Refused", "SlotsExpected", "expectation_of"]


@dataclass(frozen=True, slots=True)
class Refused:
    """The module answered that it will not.

    Attributes:
        code: Why; the plain octet where it is none that we know.
    """

    code: ResultCode | int


class Hearing(Enum):
    """What a message means to the request that is outstanding."""

    NOTHING = "nothing"
    PART = "part"
    WHOLE = "whole"


class Expectation:
    """What answers a message. This one: nothing does, it is done when it was sent."""

    __slots__ = ("heard", "serial")

    is_open_ended = False
    """Whether the answer ends by time and not by a last message."""

    def __init__(self, serial: SerialNumber | None) -> None:
        self.serial = serial
        self.heard: list[Message] = []

    @property
    def answer_size(self) -> int:
        """Size of the next packet that is expected: 5, 24, 53, or 0 for none."""
        return 0

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Say what a message means for this one."""
        return Hearing.NOTHING

    def remaining(self, message: ObjectMessage) -> ObjectMessage:
        """Return what to ask when a part of the answer is missing."""
        return message


class AcknowledgeExpected(Expectation):
    """The five octets with our sequence, or a RESULT in their place."""

    __slots__ = ("_answered_type",)

    def __init__(self, serial: SerialNumber, answered_type: int) -> None:
        # Not by way of the base: every command and every query comes by here.
        self.serial = serial
        self.heard = []
        self._answered_type = answered_type

    @property
    def answer_size(self) -> int:
        """RESULT is the longer one, and may come in the place of the acknowledgement."""
        return 24

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Take the acknowledgement or the RESULT that carries one of our sequences."""
        if type(message) is Acknowledge:
            if message.sequence not in sequences:
                return Hearing.NOTHING
            if message.response:
                return Refused(message.response)
            self.heard.append(message)
            return Hearing.WHOLE
        return self._hear_result(message, sequences)

    def _hear_result(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        if (
            type(message) is not Result
            or message.serial != self.serial
            or message.sequence not in sequences
            or message.answered_type != self._answered_type
        ):
            return Hearing.NOTHING
        if message.result != ResultCode.DONE:
            return Refused(message.result)
        self.heard.append(message)
        return Hearing.WHOLE


class ResultExpected(AcknowledgeExpected):
    """A RESULT with our sequence."""

    __slots__ = ()

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Take the RESULT that carries one of our sequences."""
        return self._hear_result(message, sequences)


_REPORT_OF_BIT: Final[dict[int, type[ModuleReport]]] = {
    StatusMask.ZONES.value: ZoneReport,
    StatusMask.OVERRIDE.value: OverrideReport,
    StatusMask.CCI.value: CciReport,
    StatusMask.CCO.value: CcoReport,
    StatusMask.EMERGENCY.value: EmergencyReport,
    StatusMask.COUNTERS.value: CountersReport,
    StatusMask.IDENTITY.value: IdentityReport,
    StatusMask.IO_PROGRAM.value: IoProgramReport,
}

_LONG_REPORTS: Final[frozenset[type[ModuleReport]]] = frozenset(
    {CountersReport, IdentityReport, LoadsReport, NameReport}
)


class ReportsExpected(ResultExpected):
    """One report for each bit of a STATUS_QUERY.

    Nothing in a report of the CCO says whether it answers or came by itself. But answers go by
    mask bit, one right behind the other: asked for together with the zones, it answers when it
    comes after them.
    """

    __slots__ = ("_is_under_way", "_mask", "_missing")

    def __init__(self, serial: SerialNumber, mask: StatusMask, answered_type: int) -> None:
        super().__init__(serial, answered_type)
        self._mask = mask
        self._is_under_way = False
        # Plain numbers, because flags are slow and a poll comes by here every time.
        asked = int(mask)
        self._missing = {report: bit for bit, report in _REPORT_OF_BIT.items() if bit & asked}

    @property
    def answer_size(self) -> int:
        """By mask bit, lowest first."""
        return 53 if next(iter(self._missing)) in _LONG_REPORTS else 24

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Take the reports that this query asked for, not those that came by themselves."""
        if not isinstance(message, ModuleReport) or type(message) not in self._missing:
            return self._hear_result(message, sequences)
        if message.serial != self.serial or self._came_by_itself(message):
            return Hearing.NOTHING
        self._is_under_way = True
        self.heard.append(message)
        del self._missing[type(message)]
        return Hearing.PART if self._missing else Hearing.WHOLE

    def _came_by_itself(self, report: ModuleReport) -> bool:
        """Return whether a report tells of a change, which answers no question."""
        if isinstance(report, ZoneReport | OverrideReport):
            return report.cause is not Cause.QUERY
        if isinstance(report, CcoReport):
            return StatusMask.ZONES in self._mask and not self._is_under_way
        return isinstance(report, CciReport) and report.is_edge

    def remaining(self, message: ObjectMessage) -> ObjectMessage:
        """Ask only for the reports that are missing."""
        assert type(message) is StatusQuery
        self._is_under_way = False
        if CcoReport in self._missing and StatusMask.ZONES in self._mask:
            self._missing = {ZoneReport: StatusMask.ZONES, **self._missing}
        mask = StatusMask(0)
        for bit in self._missing.values():
            mask |= bit
        return StatusQuery(message.serial, mask)


class NameExpected(ResultExpected):
    """The report of one name."""

    __slots__ = ("_index",)

    def __init__(self, serial: SerialNumber, index: int, answered_type: int) -> None:
        super().__init__(serial, answered_type)
        self._index = index

    @property
    def answer_size(self) -> int:
        """A name needs the long packet."""
        return 53

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Take the name that was asked for."""
        if type(message) is NameReport:
            if message.serial != self.serial or message.index != self._index:
                return Hearing.NOTHING
            self.heard.append(message)
            return Hearing.WHOLE
        return self._hear_result(message, sequences)


class ReportExpected(ResultExpected):
    """One report of a kind that nobody sends unasked."""

    __slots__ = ("_report",)

    def __init__(
        self, serial: SerialNumber, report: type[ModuleReport], answered_type: int
    ) -> None:
        super().__init__(serial, answered_type)
        self._report = report

    @property
    def answer_size(self) -> int:
        """By the report that is asked for."""
        return 53 if self._report in _LONG_REPORTS else 24

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Take the report that was asked for."""
        if isinstance(message, self._report):
            if message.serial != self.serial:
                return Hearing.NOTHING
            self.heard.append(message)
            return Hearing.WHOLE
        return self._hear_result(message, sequences)


class GroupsExpected(ResultExpected):
    """Any number of group reports, none among them; silence ends them."""

    __slots__ = ()

    is_open_ended = True

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Take each report of a group."""
        if type(message) is GroupReport and message.serial == self.serial:
            self.heard.append(message)
            return Hearing.PART
        return self._hear_result(message, sequences)


class SlotsExpected(Expectation):
    """The identity of whoever is there, until the last slot has passed."""

    __slots__ = ("slots",)

    is_open_ended = True

    def __init__(self, slots: int) -> None:
        super().__init__(None)
        self.slots = slots

    def hear(self, message: Message, sequences: Collection[int]) -> Hearing | Refused:
        """Take every identity that is heard."""
        if type(message) is not IdentityReport:
            return Hearing.NOTHING
        self.heard.append(message)
        return Hearing.PART


def expectation_of(message: ObjectMessage) -> Expectation:
    """Return what answers a message.

    Source: qs-link.md 5 "What a module answers" (ours).
    """
    if type(message) is GoToLevel and type(message.target) is SerialNumber:
        return AcknowledgeExpected(message.target, TYPE_GO_TO_LEVEL)
    if type(message) is Discover:
        return SlotsExpected(message.slots)
    serial = message.address()
    if not isinstance(serial, SerialNumber):
        return Expectation(None)
    answered_type = message.codes()[1]
    if type(message) is StatusQuery:
        return ReportsExpected(serial, message.mask, answered_type)
    if type(message) is Identify:
        return AcknowledgeExpected(serial, answered_type)
    if isinstance(message, NameQuery):
        return NameExpected(serial, message.index, answered_type)
    if isinstance(message, LoadsQuery):
        return ReportExpected(serial, LoadsReport, answered_type)
    if isinstance(message, ProgramVersionQuery):
        return ReportExpected(serial, ProgramVersionReport, answered_type)
    if isinstance(message, GroupQuery):
        return GroupsExpected(serial, answered_type)
    if isinstance(message, LedsSet):
        return ReportExpected(serial, LedsReport, answered_type)
    return ResultExpected(serial, answered_type)
