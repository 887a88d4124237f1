"""Who is there and who is not, told as it is noticed: single modules, and the link as a whole.

House rule: from what was heard and missed to events; the counting is the roster's and the silence's.

Source: qs-link.md 5 "Timeouts" (ours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .link_silence import LinkSilence
from .session_events import ModuleOffline, ModuleOnline

if TYPE_CHECKING:
    from collections import deque

    from dpm_core.model import SerialNumber

    from .roster import Roster
    from .session_events import SessionEvent
    from .session_settings import SessionSettings
    from .statistics import LinkStatistics

__all__ = ["Attendance"]


class Attendance:
    """Notes who was heard and who was not.

    Args:
        settings: How long and how often is too much.
        roster: The modules that matter.
        statistics: Where losses are counted.
        events: Where it is told.
    """

    __slots__ = ("_events", "_roster", "_silence", "_statistics", "is_silent")

    def __init__(
        self,
        settings: SessionSettings,
        roster: Roster,
        statistics: LinkStatistics,
        events: deque[SessionEvent],
    ) -> None:
        self._roster = roster
        self._statistics = statistics
        self._events = events
        self._silence = LinkSilence(settings)
        self.is_silent = False
        """Whether the link was told to be silent, and nobody was heard since."""

    def begin(self) -> None:
        """Begin anew on another link."""
        self._silence.heard()

    def heard(self, serial: SerialNumber, at: float) -> None:
        """Note a frame from somebody."""
        self.is_silent = False
        self._silence.heard()
        if self._roster.heard(serial, at):
            self._events.append(ModuleOnline(serial))

    def missed(self, serial: SerialNumber, now: float) -> None:
        """Note a sending that went unanswered."""
        if self._roster.missed(serial, now):
            self._statistics.modules_lost += 1
            self._events.append(ModuleOffline(serial))
        silent = self._silence.missed(now)
        if silent is not None:
            self.is_silent = True
            self._events.append(silent)
