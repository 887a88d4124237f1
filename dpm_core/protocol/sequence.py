"""Which sequence the master gives a message: one that no late answer can be mistaken for.

An acknowledgement names neither sender nor target, only the sequence of the command it
answers. So a start value rests for 2 s after its use; when a fast link has used up all 72,
one whose every sending was answered is safe too, because no answer to it is on its way.

House rule: sequences only; whose answer it is, the session knows.

Source: qs-link.md 2.4, 5 rule 7 (ours).
"""

from __future__ import annotations

from typing import Final

from .frames import SEQUENCE_COUNT, repeat_sequence
from .timing import SEQUENCE_FRESH_S

__all__ = ["FIRST_SEQUENCE", "Sequences"]

FIRST_SEQUENCE: Final = 0x01
"""The first message of a master starts here, as bridges do. Source: qs-link.md 2.4, 5.1."""

_NEVER: Final = float("-inf")


class Sequences:
    """Hands out sequences, the longest unused first.

    Args:
        rest_s: How long a value rests after its use, in seconds.
    """

    __slots__ = ("_open", "_rest_s", "_unanswered_at", "_used_at")

    def __init__(self, rest_s: float = SEQUENCE_FRESH_S) -> None:
        self._rest_s = rest_s
        # In order of use, oldest first: a value that is used goes to the end.
        self._used_at = {
            (FIRST_SEQUENCE + step) % SEQUENCE_COUNT: _NEVER for step in range(SEQUENCE_COUNT)
        }
        self._open: set[int] = set()
        self._unanswered_at: dict[int, float] = {}

    def start(self, now: float) -> int:
        """Return the sequence for the first sending of a new message, and note its use."""
        oldest = next(iter(self._used_at))
        if now - self._used_at[oldest] < self._rest_s:
            for value in self._used_at:
                if self._is_safe(value, now):
                    oldest = value
                    break
        self._use(oldest, now)
        return oldest

    def repeat(self, sequence: int, now: float) -> int:
        """Return the sequence for sending a message once more, 6 above its last, and note it."""
        sequence = repeat_sequence(sequence)
        self._use(sequence, now)
        return sequence

    def answered(self, sequence: int) -> None:
        """Note that the last sending with this sequence has its answer, or expects none."""
        self._open.discard(sequence)

    def _use(self, sequence: int, now: float) -> None:
        used_at = self._used_at.pop(sequence)
        if sequence in self._open:
            self._unanswered_at[sequence] = used_at
        self._used_at[sequence] = now
        self._open.add(sequence)

    def _is_safe(self, sequence: int, now: float) -> bool:
        if sequence in self._open:
            return False
        return now - self._unanswered_at.get(sequence, _NEVER) >= self._rest_s
