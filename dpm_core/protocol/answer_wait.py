"""How long an answer is awaited.

The wait follows from the baud rate and the sizes of command and answer. It is fair: a timer that
fires late extends it, for then the answer may be late for the same reason; and an answer that has
begun may end. Both are bounded, so that neither a slow machine nor a babbling device holds us.

House rule: one wait at a time, and nothing about who is awaited.

Source: qs-link.md 5 "Timeouts" (ours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .timing import slot_time_s

if TYPE_CHECKING:
    from .session_settings import SessionSettings

__all__ = ["AnswerWait"]

_LATE_S: Final = 0.001
"""A timer this late is punctual: event loops round to a millisecond. Decided here."""


class AnswerWait:
    """The wait for an answer that is under way.

    Args:
        settings: Speed, turnaround and slack.
    """

    __slots__ = (
        "_frame_s",
        "_packet_limit",
        "_packet_s",
        "_settings",
        "_slot_s",
        "_wait_s",
        "_was_late",
        "until",
    )

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings
        self._frame_s = {size: settings.frame_time_s(size) for size in (5, 24, 53)}
        self._wait_s = {
            size: settings.turnaround_s + frame_s + settings.host_slack_s
            for size, frame_s in self._frame_s.items()
        }
        self._packet_s = self._frame_s[53] + settings.silence_s
        self._slot_s = slot_time_s(settings.baud, settings.bits_per_octet)
        self._packet_limit = 0.0
        self._was_late = False
        self.until = 0.0
        """When the wait is over."""

    def frame_s(self, size: int) -> float:
        """Return how long a frame with a packet of this size is on the wire."""
        return self._frame_s[size]

    def begin(self, now: float, answer_size: int) -> None:
        """Wait for an answer of this size to what ends now, or for more of it."""
        self.until = until = now + self._wait_s[answer_size]
        self._packet_limit = until + self._packet_s
        self._was_late = False

    def begin_slots(self, now: float, slots: int) -> None:
        """Wait for the slots of a DISCOVER that ends now."""
        settings = self._settings
        self.until = now + settings.turnaround_s + slots * self._slot_s + settings.host_slack_s
        self._packet_limit = self.until + self._packet_s
        self._was_late = False

    def is_over(self, now: float, packet_ends_at: float | None) -> bool:
        """Return whether the wait is over; if not, `until` says when to look again.

        Args:
            now: The time.
            packet_ends_at: When a packet that is being received is over; None if none is.
        """
        if now < self.until:
            return False
        until = now
        lateness = now - self.until
        if lateness > _LATE_S and not self._was_late:
            self._was_late = True
            until += min(lateness, self._settings.late_timer_s)
        if packet_ends_at is not None:
            until = max(until, min(packet_ends_at, self._packet_limit))
        if until <= now:
            return True
        self.until = until
        return False
