"""Reports of which all but the data was heard before.

A module says the same kind of thing in the same way each time: the first sixteen octets of its
packet are header, object id, class and type, and all that they mean was checked when they came
first. What is left to read is the data behind them.

House rule: nothing is decided here that the octets of the head alone do not decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from .message import ObjectMessage, ObjectStart

__all__ = ["HEADS_MAX", "HEAD_OCTETS", "Head", "head_of", "keep_head"]

HEADS_MAX: Final = 4096
"""Heads that are kept: 99 modules, a few kinds of report, three counters. Decided here."""

HEAD_OCTETS: Final = 16
"""Header, flags, object id, address mode, class and type. Source: qs-link.md 2.3, 3.1."""

Head: TypeAlias = "tuple[type[ObjectMessage], ObjectStart, int]"
"""What a report is, its common start (with the data of the last one), and where its data ends."""

_heads: Final[dict[bytes, Head]] = {}

head_of: Final = _heads.get
"""Return what is known of the first octets of a packet; None if they were not heard before."""


def keep_head(octets: bytes, kind: type[ObjectMessage], start: ObjectStart) -> None:
    """Remember the first octets of a report that is as it must be."""
    if len(_heads) >= HEADS_MAX:
        _heads.clear()
    _heads[octets] = (kind, start, HEAD_OCTETS + len(start.data))


def forget_heads() -> None:
    """Begin as at the start of the process."""
    _heads.clear()


def head_count() -> int:
    """Return how many heads are kept."""
    return len(_heads)
