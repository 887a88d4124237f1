"""When the line is free to talk on, and when it is left to the modules.

The line is half duplex: nothing is sent while a packet is being received, nor before the line was
idle for a moment. And a master that never pauses would let nobody report: once a second it leaves
the line alone for long enough, and what nobody waits for is sent only after such a pause. Noise is
mostly two modules that reported at once: they wait longer before they try again, and so do we, once.

House rule: idle times only; what is sent is the session's business.

Source: qs-link.md 5 "Arbitration", 6.1; the pauses are decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .requests import Priority

if TYPE_CHECKING:
    from .requests import Request
    from .session_settings import SessionSettings

__all__ = ["LinePacing"]

_NEVER: Final = float("-inf")


class LinePacing:
    """Knows when the line was last in use, and who waits for it since when.

    Args:
        settings: Idle times, and how long they are waited for.
    """

    __slots__ = (
        "_has_gaps",
        "_heard_at",
        "_is_noisy",
        "_paused_at",
        "_sending_until",
        "_settings",
        "_waiting",
        "_waits_since",
        "waits_until",
    )

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings
        self._has_gaps = bool(settings.gap_s or settings.report_gap_s)
        self._heard_at = self._sending_until = self._paused_at = _NEVER
        self._is_noisy = False
        self._waiting: Request | None = None
        self._waits_since = _NEVER
        self.waits_until: float | None = None
        """When whoever waits for the line may send; None while nobody does."""

    @property
    def is_free_at_once(self) -> bool:
        """Whether the line is free with the last octet that is heard: no gap is wanted."""
        return not self._has_gaps

    def opened(self, now: float) -> None:
        """Begin on a line that was opened: it is free."""
        self._heard_at = self._sending_until = now - self._settings.gap_s
        self._paused_at = now

    def heard(self, now: float) -> None:
        """Note that octets were heard."""
        self._heard_at = now

    def noise(self) -> None:
        """Note that what was heard could not be read: modules may have talked at once."""
        self._is_noisy = True

    def sending(self, until: float) -> None:
        """Note that our own octets are on the line."""
        self._sending_until = until

    def nobody_waits(self) -> None:
        """Note that nobody wants to send any more, or that it was sent."""
        self._waiting = self.waits_until = None

    def free_at(self, packet_ends_at: float | None) -> float:
        """Return when the line is free: the gap has passed, and nothing is being received.

        Args:
            packet_ends_at: When a packet that is being received is over; None if none is.
        """
        free_at = max(self._heard_at + self._settings.gap_s, self._sending_until)
        return free_at if packet_ends_at is None else max(free_at, packet_ends_at)

    def is_free(self, request: Request, now: float, packet_ends_at: float | None) -> bool:
        """Return whether a request may be sent now; if not, it waits until `waits_until`.

        Args:
            request: What is to be sent.
            now: The time.
            packet_ends_at: When a packet that is being received is over; None if none is.
        """
        if not self._has_gaps and packet_ends_at is None and now >= self._sending_until:
            self._waiting = self.waits_until = None
            return True
        if request is not self._waiting:
            self._waits_since = now
        since, settings = self._waits_since, self._settings
        at = min(self.free_at(packet_ends_at), since + settings.line_busy_s)
        gap_s = settings.report_gap_s
        if self._is_noisy and gap_s:
            # Without pauses at all there are none after noise either.
            gap_s = settings.collision_gap_s
        idle_until = max(self._heard_at, self._sending_until) + gap_s
        pause_until = min(idle_until, since + settings.report_pause_s)
        if request.priority is Priority.BACKGROUND:
            at = max(at, min(idle_until, since + settings.line_busy_s))
        elif now - self._paused_at >= settings.report_every_s:
            at = max(at, pause_until)
        if now >= pause_until:
            self._paused_at = now
        if now >= idle_until:
            # Whoever wanted to repeat anything has had the time for it.
            self._is_noisy = False
        if now >= at:
            self.nobody_waits()
            return True
        self._waiting, self.waits_until = request, at
        return False
