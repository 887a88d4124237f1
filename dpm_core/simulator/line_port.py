"""An adapter on the line: what stands between it and one program.

House rule: it knows no rule of the line; what goes wrong on its way is in `faults_path.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from .faults import Direction, FaultKind
from .faults_path import FaultyPath

if TYPE_CHECKING:
    from .line import Line


class LinePort:
    """An adapter on the line, between it and one program.

    Args:
        line: The line it hangs on.
        deliver: Takes the octets that this adapter hears.
        pause: Asks the program's side to send no more for now; without it the excess is lost.
        resume: Takes that back.

    Attributes:
        free_at: When all that it has put on the line is over.
        is_hung: Whether it is dead without anybody having been told.
    """

    def __init__(
        self,
        line: Line,
        deliver: Callable[[bytes], None],
        *,
        pause: Callable[[], None] | None = None,
        resume: Callable[[], None] | None = None,
    ) -> None:
        self.free_at = float("-inf")
        self.is_hung = False
        self._line = line
        self._pause = pause
        self._resume = resume
        self._resume_timer: asyncio.TimerHandle | None = None
        faults, loop = line.faults, line.loop
        self._to_line = FaultyPath(faults, Direction.TO_MODULES, self._put, loop)
        self._from_line = FaultyPath(faults, Direction.FROM_MODULES, deliver, loop)

    @property
    def can_be_paused(self) -> bool:
        """Whether the program's side can be asked to send no more, and so loses nothing."""
        return self._pause is not None

    def put(self, octets: bytes) -> None:
        """Put a program's octets on the line, after those it put there before."""
        if octets and not self._is_dead:
            self._to_line.carry(octets)

    def hear(self, octets: bytes) -> None:
        """Let the program hear what is said on the line."""
        if not self._is_dead:
            self._from_line.carry(octets)

    def close(self) -> None:
        """Take the adapter off the line; what it has not sent is lost."""
        self._to_line.close()
        self._from_line.close()
        if self._resume_timer is not None:
            self._resume_timer.cancel()
            self._resume_timer = None
        self._line.remove_port(self)

    @property
    def _is_dead(self) -> bool:
        faults = self._line.faults
        return self.is_hung or (faults.is_any and faults.has(FaultKind.MUTE) is not None)

    def _put(self, octets: bytes) -> None:
        backlog = self._line.put(self, octets)
        is_too_much = backlog > self._line.settings.backlog_max
        if self._pause is not None and self._resume_timer is None and is_too_much:
            self._pause()
            self._wait_for_half(backlog)

    def _wait_for_half(self, backlog: float) -> None:
        excess = backlog - self._line.settings.backlog_max / 2
        self._resume_timer = self._line.loop.call_later(
            excess * self._line.octet_s, self._half_is_sent
        )

    def _half_is_sent(self) -> None:
        self._resume_timer = None
        if self._resume is not None and not self.is_hung:
            self._resume()
