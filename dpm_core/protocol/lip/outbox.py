"""What waits to be said to a processor, and what goes next.

Commands go before queries, for somebody waits for them; but a query that has waited long goes
before. No query overtakes a command that was given before it, unless both are about outputs and
about different ones: else its answer would tell what was before, or confirm what was never said.

House rule: order only; when something may go is in `session.py`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from .output_commands import (
    FlashOutput,
    MoveOutput,
    PulseOutput,
    QueryOutputLevel,
    SetOutputLevel,
)

if TYPE_CHECKING:
    from .command import LipCommand
    from .session_events import RequestId

__all__ = ["Outbox", "Request"]


@dataclass(slots=True, eq=False)
class Request:
    """A command or query on its way.

    Attributes:
        command: What.
        number: Its number; None for the session's own, of which nobody is told.
        at: When it was given, and once it was said, when.
        is_beat: Whether it is a question of the heartbeat.
        order: Its place among all that were given.
    """

    command: LipCommand
    number: RequestId | None
    at: float
    is_beat: bool = False
    order: int = 0


class Outbox:
    """What waits.

    Args:
        query_wait_s: After so long a query goes before commands, in seconds.
    """

    def __init__(self, query_wait_s: float) -> None:
        self._query_wait_s = query_wait_s
        self._commands: deque[Request] = deque()
        self._queries: deque[Request] = deque()
        self._order = count()

    def __len__(self) -> int:
        return len(self._commands) + len(self._queries)

    def add(self, request: Request) -> None:
        """Put a request in line."""
        request.order = next(self._order)
        (self._queries if request.command.is_query else self._commands).append(request)

    def withdraw(self, number: RequestId) -> None:
        """Forget a request that has not gone."""
        for line in (self._commands, self._queries):
            for request in line:
                if request.number == number:
                    line.remove(request)
                    return

    def may_go(self, *, may_ask: bool) -> bool:
        """Return whether anything may go.

        Args:
            may_ask: Whether a query may: one is outstanding at a time.
        """
        return bool(self._commands) or (may_ask and bool(self._queries))

    def take(self, now: float, *, may_ask: bool) -> Request | None:
        """Return what goes next, and take it out of the line."""
        if may_ask and self._queries and self._is_before_commands(self._queries[0], now):
            return self._queries.popleft()
        return self._commands.popleft() if self._commands else None

    def _is_before_commands(self, query: Request, now: float) -> bool:
        if not self._commands:
            return True
        if now < query.at + self._query_wait_s:
            return False
        output = _output_of(query)
        for command in self._commands:
            if command.order > query.order:
                break
            if output is None or _output_of(command) in (None, output):
                return False
        return True


def _output_of(request: Request) -> int | None:
    """Return the only output that a request is about; None if it may be about any."""
    command = request.command
    return command.output if isinstance(command, _OF_AN_OUTPUT) else None


_OF_AN_OUTPUT = (FlashOutput, MoveOutput, PulseOutput, QueryOutputLevel, SetOutputLevel)
