"""Whether the processor is still there: what is asked after a silence, and when it has hung.

Whatever it says is life, but an echo of ours is not. After a silence it is asked for the date of
its project, as other programs do; that is documented nowhere, so the next time it is asked for
something that is. A session is hung when

- nothing was heard for `hung_s`, and a question went unanswered meanwhile, or
- both these questions went unanswered one after the other, whatever else was heard; an answer
  that is late is one.

House rule: time and counts only; asking is done in `session.py`.

Source: integration-protocol.md 6; the rule is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .answers import answers
from .commands import QueryMonitoring, QuerySystem
from .kinds import MonitoringKind, SystemAction

if TYPE_CHECKING:
    from .command import LipCommand
    from .reports import LipReport
    from .session_settings import LipSessionSettings

__all__ = ["Heartbeat"]

_QUESTIONS: Final[tuple[LipCommand, ...]] = (
    QuerySystem(SystemAction.DATABASE_EXPORT),
    QueryMonitoring(MonitoringKind.ZONE),
)


class Heartbeat:
    """The life of one session.

    Args:
        settings: How much silence is how bad.
        now: When it began.
    """

    def __init__(self, settings: LipSessionSettings, now: float) -> None:
        self._settings = settings
        self._beats_missed = 0
        self._was_unanswered = False
        self._asks_at_once = False
        self.heard_at = now
        """When something was heard last."""

    @property
    def due_at(self) -> float:
        """When to ask, if no query is outstanding then."""
        if self._asks_at_once:
            return self.heard_at
        return self.heard_at + self._settings.heartbeat_s

    @property
    def hung_at(self) -> float | None:
        """When it has hung, if nothing is heard before; None if that cannot be said yet."""
        if self._beats_missed >= len(_QUESTIONS):
            return self.heard_at
        return self.heard_at + self._settings.hung_s if self._was_unanswered else None

    @property
    def question(self) -> LipCommand:
        """What to ask next."""
        return _QUESTIONS[self._beats_missed % len(_QUESTIONS)]

    def heard(self, now: float) -> None:
        """Know that the processor said something."""
        self.heard_at = now
        self._was_unanswered = False

    def heard_report(self, report: LipReport) -> None:
        """Know what it said: an answer that comes too late for its question is one all the same."""
        if self._beats_missed and any(answers(question, report) for question in _QUESTIONS):
            self.answered()

    def answered(self) -> None:
        """Know that it answered a question, or refused it."""
        self._beats_missed = 0
        self._asks_at_once = False

    def unanswered(self, *, is_beat: bool) -> None:
        """Know that a question was not answered in time.

        Args:
            is_beat: Whether it was one of these; after any other one they are asked at once.
        """
        self._was_unanswered = True
        self._asks_at_once = True
        if is_beat:
            self._beats_missed += 1
