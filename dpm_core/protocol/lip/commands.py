"""Everything that may be said to a processor, as values; `line()` is what goes on the wire.

A value is checked once, on creation: a line that a processor would refuse for its form is never
sent. `OtherCommand` carries what is documented and has no class of its own.

House rule: values only. How a line becomes one of them is in `parse_commands.py`; what may be sent
to whom is the client's business.

Source: integration-protocol.md 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar, Final

from dpm_core.errors import UnsupportedSetting

from . import kinds
from .command import CheckedCommand, LipCommand
from .kinds import LedState, OutputAction
from .output_commands import (
    PULSE_MAX_S,
    FlashOutput,
    MoveOutput,
    PulseOutput,
    QueryOutputLevel,
    SetOutputLevel,
)

__all__ = [
    "PULSE_MAX_S",
    "EmptyLine",
    "FlashOutput",
    "LipCommand",
    "Logout",
    "MoveOutput",
    "OtherCommand",
    "PressButton",
    "PulseOutput",
    "QueryAreaLevels",
    "QueryAreaOccupancy",
    "QueryContact",
    "QueryGroupOccupancy",
    "QueryIntegrationId",
    "QueryLed",
    "QueryMonitoring",
    "QueryOutputLevel",
    "QuerySystem",
    "QuerySystemVariable",
    "ReleaseButton",
    "SetLed",
    "SetMonitoring",
    "SetOutputLevel",
    "SetSystemVariable",
]

_TEXT: Final = re.compile(r"[\x20-\x22\x24-\x2b\x2d-\x3e\x40-\x7d]*")
_WORD: Final = re.compile(r"[A-Z]{1,20}")


# --- devices --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PressButton(CheckedCommand):
    """Press a button of a wallstation. Source: integration-protocol.md 3.2, action 3."""

    _ids: ClassVar = ("device",)
    _numbers: ClassVar = ("component",)

    device: int
    component: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"#DEVICE,{self.device},{self.component},{kinds.PRESS}"


@dataclass(frozen=True, slots=True)
class ReleaseButton(CheckedCommand):
    """Release a button of a wallstation. Source: integration-protocol.md 3.2, action 4."""

    _ids: ClassVar = ("device",)
    _numbers: ClassVar = ("component",)

    device: int
    component: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"#DEVICE,{self.device},{self.component},{kinds.RELEASE}"


@dataclass(frozen=True, slots=True)
class SetLed(CheckedCommand):
    """Set an LED. A processor does it only for buttons without a program of their own, or with
    LED logic "by integration".

    Source: integration-protocol.md 3.2, action 9.
    """  # noqa: D205 - the whole sentence is the summary

    _ids: ClassVar = ("device",)
    _numbers: ClassVar = ("led",)

    device: int
    led: int
    state: LedState

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"#DEVICE,{self.device},{self.led},{kinds.LED},{int(self.state)}"


@dataclass(frozen=True, slots=True)
class QueryLed(CheckedCommand):
    """Ask for an LED. Source: integration-protocol.md 3.2, action 9."""

    _ids: ClassVar = ("device",)
    _numbers: ClassVar = ("led",)
    is_query: ClassVar = True

    device: int
    led: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?DEVICE,{self.device},{self.led},{kinds.LED}"


@dataclass(frozen=True, slots=True)
class QueryContact(CheckedCommand):
    """Ask whether a contact input is closed. Source: integration-protocol.md 3.2, action 35."""

    _ids: ClassVar = ("device",)
    _numbers: ClassVar = ("component",)
    is_query: ClassVar = True

    device: int
    component: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?DEVICE,{self.device},{self.component},{kinds.CONTACT}"


# --- areas, groups, variables ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueryAreaLevels(CheckedCommand):
    """Ask for the levels of all outputs of an area; each is told in a line of its own.

    Source: integration-protocol.md 3.4.
    """

    _ids: ClassVar = ("area",)
    is_query: ClassVar = True

    area: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?AREA,{self.area},{OutputAction.LEVEL.value}"


@dataclass(frozen=True, slots=True)
class QueryAreaOccupancy(CheckedCommand):
    """Ask whether an area is occupied. Source: integration-protocol.md 3.4."""

    _ids: ClassVar = ("area",)
    is_query: ClassVar = True

    area: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?AREA,{self.area},{kinds.OCCUPANCY_OF_AREA}"


@dataclass(frozen=True, slots=True)
class QueryGroupOccupancy(CheckedCommand):
    """Ask whether an occupancy group is occupied. Source: integration-protocol.md 3.4."""

    _ids: ClassVar = ("group",)
    is_query: ClassVar = True

    group: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?GROUP,{self.group},{kinds.OCCUPANCY_OF_GROUP}"


@dataclass(frozen=True, slots=True)
class SetSystemVariable(CheckedCommand):
    """Set a variable of the project. Source: integration-protocol.md 3.7."""

    _ids: ClassVar = ("variable",)
    _numbers: ClassVar = ("value",)

    variable: int
    value: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"#SYSVAR,{self.variable},{kinds.VALUE_OF_VARIABLE},{self.value}"


@dataclass(frozen=True, slots=True)
class QuerySystemVariable(CheckedCommand):
    """Ask for a variable of the project. Source: integration-protocol.md 3.7."""

    _ids: ClassVar = ("variable",)
    is_query: ClassVar = True

    variable: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?SYSVAR,{self.variable},{kinds.VALUE_OF_VARIABLE}"


# --- the session and the processor ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetMonitoring(CheckedCommand):
    """Be told a kind of thing without asking, or no more.

    Attributes:
        kind: A `MonitoringKind`, or another number.
        is_on: Whether to be told.

    Source: integration-protocol.md 3.5.
    """

    _numbers: ClassVar = ("kind",)

    kind: int
    is_on: bool

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"#MONITORING,{self.kind},{1 if self.is_on else 2}"


@dataclass(frozen=True, slots=True)
class QueryMonitoring(CheckedCommand):
    """Ask whether a kind of thing is told without asking. Source: integration-protocol.md 3.5."""

    _numbers: ClassVar = ("kind",)
    is_query: ClassVar = True

    kind: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?MONITORING,{self.kind}"


@dataclass(frozen=True, slots=True)
class QuerySystem(CheckedCommand):
    """Ask the processor about itself.

    Attributes:
        action: A `SystemAction`, or another number.

    Source: integration-protocol.md 3.6.
    """

    _numbers: ClassVar = ("action",)
    is_query: ClassVar = True

    action: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?SYSTEM,{self.action}"


@dataclass(frozen=True, slots=True)
class QueryIntegrationId(CheckedCommand):
    """Ask what an integration id stands for. Source: integration-protocol.md 3.7."""

    _ids: ClassVar = ("number",)
    is_query: ClassVar = True

    number: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?INTEGRATIONID,3,{self.number}"


@dataclass(frozen=True, slots=True)
class Logout(LipCommand):
    """End the session. Source: integration-protocol.md 1.2."""

    def line(self) -> str:
        """Return the line, without its line end."""
        return "LOGOUT"


@dataclass(frozen=True, slots=True)
class EmptyLine(LipCommand):
    """Nothing; with prompts on, the processor answers with one. Source: integration-protocol.md 1.2."""

    def line(self) -> str:
        """Return the line, without its line end."""
        return ""


@dataclass(frozen=True, slots=True)
class OtherCommand(LipCommand):
    """A line of the protocol that has no class of its own here.

    Attributes:
        operation: `#` or `?`.
        word: The command's word, in capitals.
        fields: What follows; printable text without the signs that begin a line, and no comma.

    Raises:
        UnsupportedSetting: A value that a line cannot carry.

    Source: integration-protocol.md 2, 3.
    """

    operation: str
    word: str
    fields: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        if self.operation not in ("#", "?"):
            raise UnsupportedSetting("operation", self.operation, "'#' or '?'")
        if _WORD.fullmatch(self.word) is None:
            raise UnsupportedSetting("word", self.word, "1 to 20 capital letters")
        for text in self.fields:
            if _TEXT.fullmatch(text) is None or text != text.strip():
                raise UnsupportedSetting(
                    "fields", text, "printable text without #, ?, ~, commas and spaces around it"
                )

    def line(self) -> str:
        """Return the line, without its line end."""
        return ",".join((self.operation + self.word, *self.fields))
