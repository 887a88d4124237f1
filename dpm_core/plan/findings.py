"""What a check found: one sentence about one item, with figure, limit and source.

House rule: a finding is made by a rule in `checks`; nothing here knows any figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from dpm_core.model import SPECIFICATION, Figure

TOLERANCE: Final = 1e-9
"""By how much a sum may miss its limit for no other reason than how computers add."""


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, or asks for a second look.

    Attributes:
        severity: An error breaks the specification; a warning is for the installer to judge.
        rule: The name of the rule that found it.
        item: What it is about, such as `module hall, zone 2 (Stairs)`.
        line: The line of the document that it stands on.
        words: What is wrong, in words.
        heading: The heading of the specification that says so.
        figure: What was planned; empty where it is no number.
        limit: What is allowed; empty where it is no number.
        advice: What to do instead; empty where the words say it already.
    """

    severity: Severity
    rule: str
    item: str
    line: int
    words: str
    heading: str
    figure: str = ""
    limit: str = ""
    advice: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it breaks the specification."""
        return self.severity is Severity.ERROR

    @property
    def source(self) -> str:
        """Where it is written, as people cite it."""
        return f'{SPECIFICATION}, "{self.heading}"'

    @property
    def sentence(self) -> str:
        """What was found, in one sentence or two."""
        advice = f" {self.advice}" if self.advice else ""
        return f"{self.item}: {self.words}.{advice}"

    def as_fields(self) -> dict[str, Any]:
        """Return it in a form that JSON can hold."""
        return {
            "severity": self.severity.value,
            "rule": self.rule,
            "item": self.item,
            "line": self.line,
            "words": self.words,
            "figure": self.figure,
            "limit": self.limit,
            "document": SPECIFICATION,
            "heading": self.heading,
            "advice": self.advice,
        }


def is_above(value: float, figure: Figure) -> bool:
    """Return whether a value is more than a figure allows; the figure itself is allowed."""
    return value > figure.value + TOLERANCE


def is_below(value: float, figure: Figure) -> bool:
    """Return whether a value is less than a figure allows; the figure itself is allowed."""
    return value < figure.value - TOLERANCE


def counted(count: float, word: str) -> str:
    """Return a number of things, such as `1 zone` or `2 zones`."""
    return f"{count:g} {word}{'' if count == 1 else 's'}"


def said(value: float, unit: str) -> str:
    """Return a number with its unit, precise enough to tell it from its limit."""
    return f"{round(value, 6):.10g} {unit}".strip()
