"""Every time limit of a session at a processor, in one place.

House rule: a limit of the session is a field here, with its unit in its name, and nowhere else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from dpm_core.errors import UnsupportedSetting

from .kinds import MonitoringKind

__all__ = ["LipSessionSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LipSessionSettings:
    """How a session paces, waits, and notices that nobody answers.

    Raises:
        UnsupportedSetting: A value out of its range; the error names the setting.
    """

    command_gap_s: float = 0.05
    """From one line of ours to the next at least, in seconds; 0 sends without pause. A processor
    may drop a line that comes while it reads another. Source: integration-protocol.md 6."""

    answer_wait_s: float = 5.0
    """An answer that has not come by then does not come, in seconds.
    Source: integration-protocol.md 6 (what another program waits)."""

    query_wait_s: float = 1.0
    """A query that waited this long goes before a command, in seconds, so that commands without
    end cannot starve it. Decided here."""

    heartbeat_s: float = 5.0
    """After so much silence the processor is asked whether it is there, in seconds. Other programs
    ask each minute: too seldom for a session that is to be missed within 20 s. Decided here."""

    hung_s: float = 15.0
    """Silence that makes a session a hung one, in seconds, once a question has gone unanswered.
    Decided here: 20 s at most, with what it takes to begin another."""

    late_timer_s: float = 1.0
    """If we come back later than agreed, nothing is given up for so long, in seconds: what was
    said meanwhile may still wait to be read. Decided here."""

    login_wait_s: float = 35.0
    """Longest wait for `login:`, in seconds: looking up our name can take 30 s.
    Source: integration-protocol.md 1.2; the rest is decided here."""

    password_wait_s: float = 5.0
    """Longest wait for `password:`, in seconds. Source: integration-protocol.md 1.2."""

    prompt_wait_s: float = 10.0
    """Longest wait for the first prompt, in seconds. Source: integration-protocol.md 1.2."""

    monitoring: tuple[MonitoringKind, ...] = (
        MonitoringKind.ZONE,
        MonitoringKind.EVENT,
        MonitoringKind.BUTTON,
        MonitoringKind.LED,
        MonitoringKind.OCCUPANCY,
    )
    """What the processor is asked to tell by itself, after every login, for no login's defaults
    can be relied on. Everything else is switched off, prompts too.
    Source: integration-protocol.md 3.5."""

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        for one in fields(self):
            if one.name.endswith("_s"):
                value, least = getattr(self, one.name), 0 if one.name == "command_gap_s" else 0.01
                if not (math.isfinite(value) and least <= value <= 600):
                    raise UnsupportedSetting(one.name, value, f"{least} to 600 seconds")
        if self.hung_s < self.heartbeat_s + self.answer_wait_s:
            raise UnsupportedSetting(
                "hung_s", self.hung_s, "at least heartbeat_s and answer_wait_s together"
            )
        if MonitoringKind.REPLY in self.monitoring:
            raise UnsupportedSetting("monitoring", "REPLY", "any kind but this one")
