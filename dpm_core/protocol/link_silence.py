"""Whether anybody answers on the link at all.

A gateway may hang, or a connection be half-open, without anybody being told: then nothing is
heard, whoever is asked.

House rule: the link as a whole; single modules are in `roster.py`.

Source: decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .session_events import LinkSilent

if TYPE_CHECKING:
    from .session_settings import SessionSettings

__all__ = ["LinkSilence"]


class LinkSilence:
    """Counts what nobody answered since somebody was last heard.

    Args:
        settings: How long and how often is too much.
    """

    __slots__ = ("_sendings", "_settings", "_since")

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings
        self._since: float | None = None
        self._sendings = 0

    def heard(self) -> None:
        """Note that somebody was heard, or that the count begins anew."""
        self._since = None
        self._sendings = 0

    def missed(self, now: float) -> LinkSilent | None:
        """Note a sending that nobody answered; return that it was one too many, if so."""
        if self._since is None:
            self._since = now
        self._sendings += 1
        silent_s = now - self._since
        settings = self._settings
        if silent_s < settings.hung_link_s or self._sendings < settings.hung_sendings:
            return None
        silent = LinkSilent(silent_s, self._sendings)
        self.heard()
        return silent
