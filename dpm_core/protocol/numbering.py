"""Frames of what the master says: each message numbered, so that its answer can be told from others.

A message has a counter, which goes 1, 2, 3, 1 for each target, and a sequence that no late answer
can be mistaken for. A message that was made and not sent after all gives both back.

House rule: numbers and octets; what is sent when, the session knows.

Source: qs-link.md 2.2, 2.4, 5 rules 6 and 7 (ours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from .forms import Forms
from .message import target_octets
from .sequence import Sequences

if TYPE_CHECKING:
    from dpm_core.model import SerialNumber

    from .frames import Frame, LinkSource
    from .requests import Request

__all__ = ["Numbering", "Prepared"]

_COUNTERS: Final = 3
"""The message counter of a target goes 1, 2, 3, 1. Source: qs-link.md 2.2, 5 rule 6."""


class Prepared(NamedTuple):
    """A sending that was made, and not sent yet.

    Attributes:
        request: What it sends.
        frame: How.
        octets: The same on the wire, from preamble to F0.
    """

    request: Request
    frame: Frame
    octets: bytes


class Numbering:
    """Makes the frames of one master.

    Args:
        source: Where on the link we are.
        rest_s: How long a sequence rests after its use, in seconds.
    """

    __slots__ = ("_counters", "_forms", "_sequences")

    def __init__(self, source: LinkSource, rest_s: float) -> None:
        self._forms = Forms(source)
        self._sequences = Sequences(rest_s)
        self._counters: dict[SerialNumber | bytes, int] = {}

    def prepare(self, request: Request, now: float) -> Prepared:
        """Make the next sending of a request: its first, or a repeat with the next sequence."""
        request.sendings += 1
        if request.sendings == 1:
            target = _target_of(request)
            request.counter = self._counters.get(target, 0) % _COUNTERS + 1
            self._counters[target] = request.counter
            sequence = self._sequences.start(now)
        else:
            request.message = request.expectation.remaining(request.message)
            sequence = self._sequences.repeat(request.sequences[-1], now)
        request.sequences.append(sequence)
        return Prepared(request, *self._forms.make(request.message, request.counter, sequence))

    def take_back(self, request: Request) -> None:
        """Undo the first sending of a request, which was made and never sent."""
        request.sendings -= 1
        self._sequences.answered(request.sequences.pop())
        # 0 comes before 1 as well as 3 does.
        self._counters[_target_of(request)] = request.counter - 1

    def answered(self, sequence: int) -> None:
        """Note that the last sending with this sequence has its answer, or expects none."""
        self._sequences.answered(sequence)


def _target_of(request: Request) -> SerialNumber | bytes:
    """Return what tells one target from all others: a group may have the number of a module."""
    serial = request.serial
    return target_octets(request.message.address()) if serial is None else serial
