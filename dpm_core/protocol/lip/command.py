"""What every command to a processor has: its line, and ids and numbers that are checked on creation.

House rule: no single command is defined here, only what they are made of.

Source: integration-protocol.md 2, 3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import IntegrationId

from .fields import NUMBER_MAX

__all__ = ["CheckedCommand", "LipCommand", "checked_number"]


class LipCommand(ABC):
    """One line that is said to a processor."""

    __slots__ = ()

    is_query: ClassVar[bool] = False
    """Whether the processor must answer it with a report."""

    @abstractmethod
    def line(self) -> str:
        """Return the line, without its line end."""


def checked_number(name: str, value: object, least: int = 0) -> int:
    """Return a whole number of at least `least` that a line can carry.

    Raises:
        UnsupportedSetting: It is another value.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= NUMBER_MAX:
        raise UnsupportedSetting(name, value, f"{least} to {NUMBER_MAX}")
    return int(value)


class CheckedCommand(LipCommand):
    """A command whose ids and numbers are checked by the names of its fields."""

    __slots__ = ()

    _ids: ClassVar[tuple[str, ...]] = ()
    _numbers: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name in self._ids:
            object.__setattr__(self, name, IntegrationId(getattr(self, name)))
        for name in self._numbers:
            object.__setattr__(self, name, checked_number(name, getattr(self, name)))
