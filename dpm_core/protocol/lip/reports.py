"""Everything that a processor says, as values; `line()` is what it would say again.

Lines that are documented have a class of their own, the rest of a known word an `ObjectReport`,
and whatever else comes is kept as `UnknownReport`: nothing heard is lost, and nothing guessed.

House rule: values only. How a line becomes one of them is in `parse_reports.py`.

Source: integration-protocol.md 3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from . import kinds
from .kinds import LedState, Occupancy, OutputAction, SystemAction

__all__ = [
    "AreaOccupancy",
    "DeviceAction",
    "DeviceLed",
    "ErrorReport",
    "GroupOccupancy",
    "HelpReport",
    "IntegrationIdReport",
    "LipReport",
    "MonitoringState",
    "ObjectReport",
    "OutputLevel",
    "OutputOther",
    "SystemReport",
    "SystemVariable",
    "UnknownReport",
]


class LipReport(ABC):
    """One line that a processor said."""

    __slots__ = ()

    @abstractmethod
    def line(self) -> str:
        """Return the line, without its line end."""


def _joined(*fields: object) -> str:
    return "~" + ",".join(map(str, fields))


@dataclass(frozen=True, slots=True)
class OutputLevel(LipReport):
    """An output has a level: a zone its target, a maintained CCO 100 closed and 0 open.

    Attributes:
        output: Its integration id.
        level_percent: 0 to 100; a switched zone tells nothing else than these two.

    Source: integration-protocol.md 3.1, action 1.
    """

    output: int
    level_percent: float

    @property
    def is_on(self) -> bool:
        """Whether a switched zone is on, or a maintained CCO closed."""
        return self.level_percent > 0

    def line(self) -> str:
        """Return the line, without its line end: always two decimals."""
        return f"~OUTPUT,{self.output},{OutputAction.LEVEL.value},{self.level_percent:.2f}"


@dataclass(frozen=True, slots=True)
class OutputOther(LipReport):
    """Anything else that is told of an output, such as actions 29 and 30 behind each level.

    Attributes:
        output: Its integration id.
        action: Its number.
        fields: What follows.

    Source: integration-protocol.md 3.1; 29 and 30 are not documented, and mean nothing here.
    """

    output: int
    action: int
    fields: tuple[str, ...] = ()

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("OUTPUT", self.output, self.action, *self.fields)


@dataclass(frozen=True, slots=True)
class DeviceAction(LipReport):
    """A button, a contact input or another component of a device did something.

    Attributes:
        device: The device's integration id.
        component: The component's number, of this device only.
        action: 3 pressed, closed or occupied; 4 released, open or unoccupied; others.
        fields: What follows.

    Source: integration-protocol.md 3.2.
    """

    device: int
    component: int
    action: int
    fields: tuple[str, ...] = ()

    @property
    def is_press(self) -> bool:
        """Whether a button was pressed, or a contact input has closed."""
        return self.action == kinds.PRESS

    @property
    def is_release(self) -> bool:
        """Whether a button was released, or a contact input has opened."""
        return self.action == kinds.RELEASE

    @property
    def is_contact_closed(self) -> bool | None:
        """Whether a contact input is closed; None if this line does not tell.

        How a query is answered is documented nowhere: as the report of a movement, or with the
        query's own action and 1 for closed, 0 for open; both are taken (assumed).
        Source: integration-protocol.md 3.2, action 35.
        """
        if self.action in (kinds.PRESS, kinds.RELEASE):
            return self.action == kinds.PRESS
        if self.action == kinds.CONTACT and self.fields in (("0",), ("1",)):
            return self.fields == ("1",)
        return None

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("DEVICE", self.device, self.component, self.action, *self.fields)


@dataclass(frozen=True, slots=True)
class DeviceLed(LipReport):
    """An LED of a wallstation: its programmed logic, which is not the state of a zone.

    Attributes:
        device: The wallstation's integration id.
        led: The LED's component number, mostly 80 and the button's.
        state: What it does.

    Source: integration-protocol.md 3.2 action 9, 4.
    """

    device: int
    led: int
    state: LedState

    @property
    def is_on(self) -> bool:
        """Whether it is lit, steadily or flashing."""
        return self.state is not LedState.OFF

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("DEVICE", self.device, self.led, kinds.LED, int(self.state))


@dataclass(frozen=True, slots=True)
class AreaOccupancy(LipReport):
    """Whether an area is occupied. Source: integration-protocol.md 3.4."""

    area: int
    occupancy: Occupancy

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("AREA", self.area, kinds.OCCUPANCY_OF_AREA, int(self.occupancy))


@dataclass(frozen=True, slots=True)
class GroupOccupancy(LipReport):
    """Whether an occupancy group is occupied. Source: integration-protocol.md 3.4."""

    group: int
    occupancy: Occupancy

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("GROUP", self.group, kinds.OCCUPANCY_OF_GROUP, int(self.occupancy))


@dataclass(frozen=True, slots=True)
class SystemVariable(LipReport):
    """The value of a variable of the project. Source: integration-protocol.md 3.7."""

    variable: int
    value: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("SYSVAR", self.variable, kinds.VALUE_OF_VARIABLE, self.value)


@dataclass(frozen=True, slots=True)
class ObjectReport(LipReport):
    """Anything else told of an area, a group, a shade group, a time clock and the like.

    Attributes:
        word: What kind of object, in capitals.
        number: Its integration id.
        action: Its number.
        fields: What follows.

    Source: integration-protocol.md 3.
    """

    word: str
    number: int
    action: int
    fields: tuple[str, ...] = ()

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined(self.word, self.number, self.action, *self.fields)


@dataclass(frozen=True, slots=True)
class MonitoringState(LipReport):
    """Whether this session is told a kind of thing without asking.

    Attributes:
        kind: A `MonitoringKind`, or a number that is not documented.
        is_on: Whether it is.

    Source: integration-protocol.md 3.5.
    """

    kind: int
    is_on: bool

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("MONITORING", int(self.kind), 1 if self.is_on else 2)


@dataclass(frozen=True, slots=True)
class SystemReport(LipReport):
    """What a processor tells of itself.

    Attributes:
        action: A `SystemAction`; None where the line carries none, as the answer about the
            export of the database does.
        fields: What follows.

    Source: integration-protocol.md 3.6.
    """

    action: int | None
    fields: tuple[str, ...]

    @property
    def exported(self) -> str | None:
        """When the project was exported last, in the processor's words; None if not told here.

        Another value than last time means that another project was transferred.
        """
        if self.action in (None, SystemAction.DATABASE_EXPORT) and any(self.fields):
            return " ".join(self.fields)
        return None

    def line(self) -> str:
        """Return the line, without its line end."""
        action = () if self.action is None else (int(self.action),)
        return _joined("SYSTEM", *action, *self.fields)


@dataclass(frozen=True, slots=True)
class IntegrationIdReport(LipReport):
    """What an integration id or a serial number stands for. Source: integration-protocol.md 3.7."""

    fields: tuple[str, ...]

    def line(self) -> str:
        """Return the line, without its line end."""
        return _joined("INTEGRATIONID", *self.fields)


@dataclass(frozen=True, slots=True)
class HelpReport(LipReport):
    """The first line of a help text; the others are `UnknownReport`.

    Source: integration-protocol.md 3.7.
    """

    text: str

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"~HELP,{self.text}"


@dataclass(frozen=True, slots=True)
class ErrorReport(LipReport):
    """A line of ours was refused; which one is not said.

    Attributes:
        number: Why, 1 to 6 as documented; None where the line has no number.

    Source: integration-protocol.md 3.8.
    """

    number: int | None

    def line(self) -> str:
        """Return the line, without its line end."""
        return "~ERROR" if self.number is None else f"~ERROR,{self.number}"


@dataclass(frozen=True, slots=True)
class UnknownReport(LipReport):
    """A line that is none of the others, kept as it came.

    Attributes:
        text: All of it.
    """

    text: str

    def line(self) -> str:
        """Return the line, without its line end."""
        return self.text
