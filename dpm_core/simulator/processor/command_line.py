"""What a program types, taken apart: `#OUTPUT,101,1,75,0:30` and the numbers in it.

Letter case, spaces and leading zeros do not matter. What cannot be read is told by number, as the
protocol does.

House rule: pure; what a line does is in `commands.py`.

Source: integration-protocol.md 2 and 3.8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

TIME_MAX_S: Final = 4 * 3600.0
"""Longest fade or delay. Source: integration-protocol.md 2."""

LEVEL_MAX: Final = 100.0
QUARTERS: Final = 4
"""Fractions go down to the quarter second. Source: integration-protocol.md 2, the HWQS pages."""

_LEVEL: Final = re.compile(r"\d{1,9}(\.\d{0,9})?", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)
_TIME: Final = re.compile(r"(?:(?:(\d{1,9}):)?(\d{1,9}):)?(\d{1,9}(?:\.\d{0,9})?)", re.ASCII)
_MINUTE_S: Final = 60.0


class InputError(Enum):
    """Why a line is refused: the number behind `~ERROR`. Source: integration-protocol.md 3.8."""

    COUNT = 1
    NO_OBJECT = 2
    NO_ACTION = 3
    RANGE = 4
    MALFORMED = 5
    UNSUPPORTED = 6

    @property
    def lines(self) -> list[str]:
        """The answer that tells it."""
        return [f"~ERROR,{self.value}"]


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One line, taken apart.

    Attributes:
        is_query: Whether it begins with `?` and not with `#`.
        word: The command, in capitals.
        fields: What stands behind it, between commas.
    """

    is_query: bool
    word: str
    fields: tuple[str, ...]

    def numbers(self, count: int) -> list[int] | InputError:
        """Return its first fields as whole numbers; there may be more behind them."""
        if len(self.fields) < count or not all(self.fields[:count]):
            return InputError.COUNT
        numbers = [read_number(text) for text in self.fields[:count]]
        whole = [number for number in numbers if not isinstance(number, InputError)]
        return whole if len(whole) == count else InputError.MALFORMED


def read_line(text: str) -> CommandLine | InputError:
    """Return what a line says, or that nothing begins like this."""
    squeezed = text.replace(" ", "").upper()
    if squeezed[:1] not in ("#", "?"):
        return InputError.UNSUPPORTED
    word, *fields = squeezed[1:].split(",")
    return CommandLine(squeezed[0] == "?", word, tuple(fields))


def read_number(text: str) -> int | InputError:
    """Return a whole number, leading zeros or not."""
    return int(text) if _NUMBER.fullmatch(text) else InputError.MALFORMED


def read_level(text: str) -> float | InputError:
    """Return a level, 0 to 100."""
    if not _LEVEL.fullmatch(text):
        return InputError.MALFORMED
    level = float(text)
    return level if level <= LEVEL_MAX else InputError.RANGE


def read_seconds(text: str) -> float | InputError:
    """Return a time in seconds: SS, SS.ss, MM:SS or HH:MM:SS, down to the quarter second."""
    found = _TIME.fullmatch(text)
    if found is None:
        return InputError.MALFORMED
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    total = (hours * _MINUTE_S + minutes) * _MINUTE_S + seconds
    if total > TIME_MAX_S:
        return InputError.RANGE
    return int(total * QUARTERS) / QUARTERS
