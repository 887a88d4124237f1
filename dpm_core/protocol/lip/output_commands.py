"""What may be said to a processor about its outputs: zones and CCOs, as values.

House rule: as in `commands.py`, where all other commands are.

Source: integration-protocol.md 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import IntegrationId

from .command import CheckedCommand
from .fields import DELAY_MAX_S, TIME_STEP_S, checked_level, checked_time_s, level_text, time_text
from .kinds import OutputAction, OutputMove

__all__ = [
    "PULSE_MAX_S",
    "FlashOutput",
    "MoveOutput",
    "PulseOutput",
    "QueryOutputLevel",
    "SetOutputLevel",
]

PULSE_MAX_S: Final = 99.0
"""Longest pulse of a CCO that is commanded, in seconds.
Source: integration-protocol.md 3.1 (what another program allows)."""


def _delayed(fade_s: float | None, delay_s: float | None) -> str:
    """Return the two fields behind a level, as far as there are any."""
    fields = "" if fade_s is None else f",{time_text(fade_s)}"
    return fields if delay_s is None else f"{fields},{time_text(delay_s)}"


def _check_delayed(
    command: SetOutputLevel | FlashOutput | PulseOutput, first: str, least_s: float, most_s: float
) -> None:
    first_s, delay_s = getattr(command, first), command.delay_s
    if first_s is not None:
        object.__setattr__(command, first, checked_time_s(first, first_s, least_s, most_s))
    if delay_s is not None:
        if first_s is None:
            raise UnsupportedSetting("delay_s", delay_s, f"a delay together with {first}")
        object.__setattr__(command, "delay_s", checked_time_s("delay_s", delay_s, 0, DELAY_MAX_S))


@dataclass(frozen=True, slots=True)
class SetOutputLevel(CheckedCommand):
    """Give an output a level: a switched zone is on above 0, a maintained CCO closed.

    Attributes:
        output: Its integration id.
        level_percent: 0 to 100, in steps of a hundredth.
        fade_s: 0 to 14400 s; without it the processor takes 1 s, which a relay does not do.
        delay_s: 0 to 14400 s; only behind a fade.

    Raises:
        InvalidAddress, InvalidLevel, UnsupportedSetting: A value that a line cannot carry.

    Source: integration-protocol.md 3.1, action 1.
    """

    output: int
    level_percent: float
    fade_s: float | None = None
    delay_s: float | None = None

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        if type(self.output) is not IntegrationId:
            object.__setattr__(self, "output", IntegrationId(self.output))
        object.__setattr__(self, "level_percent", checked_level(self.level_percent))
        if self.fade_s is not None or self.delay_s is not None:
            _check_delayed(self, "fade_s", 0, DELAY_MAX_S)

    def line(self) -> str:
        """Return the line, without its line end."""
        return (
            f"#OUTPUT,{self.output},{OutputAction.LEVEL.value},{level_text(self.level_percent)}"
            f"{_delayed(self.fade_s, self.delay_s)}"
        )


@dataclass(frozen=True, slots=True)
class QueryOutputLevel(CheckedCommand):
    """Ask for the level of an output. Source: integration-protocol.md 3.1, action 1."""

    _ids: ClassVar = ("output",)
    is_query: ClassVar = True

    output: int

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"?OUTPUT,{self.output},{OutputAction.LEVEL.value}"


@dataclass(frozen=True, slots=True)
class MoveOutput(CheckedCommand):
    """Raise or lower an output until it is told to stop.

    What a relay makes of it is not documented: the client sends it to none.

    Source: integration-protocol.md 3.1, actions 2 to 4.
    """

    _ids: ClassVar = ("output",)

    output: int
    move: OutputMove

    def line(self) -> str:
        """Return the line, without its line end."""
        return f"#OUTPUT,{self.output},{int(self.move)}"


@dataclass(frozen=True, slots=True)
class FlashOutput(CheckedCommand):
    """Let an output flash until it is given a level. A relay should not: the client never does.

    Source: integration-protocol.md 3.1, action 5.
    """

    _ids: ClassVar = ("output",)

    output: int
    fade_s: float | None = None
    delay_s: float | None = None

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        CheckedCommand.__post_init__(self)
        _check_delayed(self, "fade_s", 0, DELAY_MAX_S)

    def line(self) -> str:
        """Return the line, without its line end."""
        action = OutputAction.FLASH.value
        return f"#OUTPUT,{self.output},{action}{_delayed(self.fade_s, self.delay_s)}"


@dataclass(frozen=True, slots=True)
class PulseOutput(CheckedCommand):
    """Pulse a pulsed CCO.

    Attributes:
        output: Its integration id.
        pulse_s: How long, 0.25 to 99 s in steps of 0.25 s; without it 1 s. Other lengths are
            refused: one page of the guide rounds them down, another up.
        delay_s: 0 to 14400 s; only behind a length.

    Raises:
        InvalidAddress, UnsupportedSetting: A value that a line cannot carry.

    Source: integration-protocol.md 2, 3.1 action 6.
    """

    _ids: ClassVar = ("output",)

    output: int
    pulse_s: float | None = None
    delay_s: float | None = None

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        CheckedCommand.__post_init__(self)
        _check_delayed(self, "pulse_s", TIME_STEP_S, PULSE_MAX_S)

    def line(self) -> str:
        """Return the line, without its line end."""
        action = OutputAction.PULSE.value
        return f"#OUTPUT,{self.output},{action}{_delayed(self.pulse_s, self.delay_s)}"
