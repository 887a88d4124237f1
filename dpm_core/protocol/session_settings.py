"""Every time limit and count of the master's session, in one place.

House rule: a limit of the session is a field here, with its unit in its name, and nowhere else.
What both ends of the link must agree on is in `timing.py`; the defaults come from there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

from dpm_core.errors import UnsupportedSetting

from .timing import (
    ANSWER_WITHIN_S,
    BAUD_DEFAULT,
    BITS_PER_OCTET_DEFAULT,
    HOST_SLACK_S,
    SEQUENCE_FRESH_S,
    SILENCE_S,
    frame_time_s,
)

__all__ = ["Echo", "SessionSettings"]

_LONGEST_S: Final = 3600.0


class Echo(Enum):
    """Whether the adapter hears what it sends. Source: qs-link.md 5 "Arbitration"."""

    NONE = "none"
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """How the master talks: speed, waits, repeats, polls.

    Raises:
        UnsupportedSetting: A value out of its range; the error names the setting.
    """

    baud: int = BAUD_DEFAULT
    """Bits per second, for the times on the wire. The transport has its own."""

    bits_per_octet: int = BITS_PER_OCTET_DEFAULT
    """Bits of one octet on the wire, 9 to 12: start, data, parity and stop bits."""

    echo: Echo = Echo.NONE
    """Whether the adapter hears what it sends. Source: qs-link.md 5 "Arbitration" (ours)."""

    turnaround_s: float = ANSWER_WITHIN_S
    """Longest time from the end of a command to the start of its answer, in seconds.
    Source: qs-link.md 5 "Arbitration" (ours)."""

    host_slack_s: float = HOST_SLACK_S
    """Added to every wait for an answer, in seconds, for the adapter, the gateway and the
    operating system. A gateway on a slow network needs more. Source: qs-link.md 5 "Timeouts"."""

    late_timer_s: float = 0.1
    """A timer that fires late extends the wait by its lateness, by at most this, in seconds.
    Source: qs-link.md 5 "Timeouts"; the bound is decided here."""

    gap_s: float = 0.002
    """Idle time after the last octet heard before something is sent, in seconds.
    Source: qs-link.md 6.1."""

    silence_s: float = SILENCE_S
    """A silence this long ends an incomplete packet, in seconds. Source: qs-link.md 5
    "Decoder and time"."""

    line_busy_s: float = 0.25
    """Longest wait for an idle line, in seconds; after it we send all the same, so that a
    babbling device cannot silence the master. Decided here."""

    report_gap_s: float = 0.02
    """Idle time that lets every module report that wants to, in seconds: 3 ms and up to 15 ms
    more, by serial number. What nobody waits for is sent only after such a pause; 0 is no pause.
    Source: qs-link.md 5 "Arbitration"."""

    collision_gap_s: float = 0.04
    """The same after noise, until nobody has used it, in seconds: modules whose reports collided wait
    3 ms and up to 32 ms more before they try again, and with shorter pauses they might wait for long.
    Source: qs-link.md 5 "Arbitration"; 5 ms are added here, for clocks."""

    report_every_s: float = 1.0
    """At least this often such a pause is made, in seconds, however much is to be sent.
    Decided here: 2 % of the link."""

    report_pause_s: float = 0.1
    """Longest such pause, in seconds, while modules use it to report. Decided here."""

    sendings: int = 3
    """How often a command or query is sent until it is answered. Source: qs-link.md 5 rule 8."""

    sequence_rest_s: float = SEQUENCE_FRESH_S
    """How long a sequence is not used again where that is possible, in seconds.
    Source: qs-link.md 5 rule 7."""

    poll_interval_s: float = 0.1
    """From one poll to the next, round robin over the modules, in seconds; 0 polls without
    pause. Source: qs-link.md 6.1."""

    read_wait_s: float = 1.0
    """A read that waited this long goes before a command, one at a time, in seconds, so that
    commands without end cannot starve it. Decided here."""

    poll_wait_s: float = 1.0
    """The same for a poll that is due. Decided here."""

    offline_misses: int = 3
    """Unanswered sendings in a row until a module is offline. Source: qs-link.md 5 "Timeouts"."""

    offline_silence_s: float = 2.0
    """A module is not offline before this time without any frame from it, in seconds.
    Source: qs-link.md 5 "Timeouts"."""

    offline_ask_s: tuple[float, ...] = (1.0, 2.0, 4.0, 5.0)
    """Distances at which an offline module is asked, in seconds; the last one repeats.
    Source: qs-link.md 5 "Timeouts"."""

    hung_link_s: float = 8.0
    """A link on which nobody answered for this long, although somebody was asked often enough,
    is hung, in seconds. Decided here: with the distances of `offline_ask_s` it is noticed
    within 14 s, where 20 s are promised."""

    hung_sendings: int = 3
    """How many sendings must have gone unanswered by then. Decided here."""

    discover_slots: int = 16
    """Slots of the first DISCOVER, 1 to 16. Source: qs-link.md 5, 0E; the choice is ours."""

    discover_split_slots: int = 2
    """Slots of a DISCOVER with a longer prefix, 1 to 16. Decided here: fewest seconds for 99
    modules with random serial numbers at 31250."""

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        for name in (
            "turnaround_s",
            "host_slack_s",
            "late_timer_s",
            "gap_s",
            "report_gap_s",
            "collision_gap_s",
            "poll_interval_s",
        ):
            _check_time(name, getattr(self, name), 0.0)
        for name in (
            "silence_s",
            "line_busy_s",
            "sequence_rest_s",
            "report_every_s",
            "report_pause_s",
            "read_wait_s",
            "poll_wait_s",
            "offline_silence_s",
            "hung_link_s",
        ):
            _check_time(name, getattr(self, name), 0.001)
        for name, most in (
            ("sendings", 12),
            ("offline_misses", 12),
            ("hung_sendings", 12),
            ("discover_slots", 16),
            ("discover_split_slots", 16),
        ):
            _check_count(name, getattr(self, name), most)
        if not self.offline_ask_s:
            raise UnsupportedSetting("offline_ask_s", self.offline_ask_s, "at least one distance")
        for distance_s in self.offline_ask_s:
            _check_time("offline_ask_s", distance_s, 0.001)
        # Also checks the two that it needs.
        frame_time_s(5, self.baud, self.bits_per_octet)

    def frame_time_s(self, size_class: int) -> float:
        """Return how long a frame with a packet of 5, 24 or 53 octets is on the wire."""
        return frame_time_s(size_class, self.baud, self.bits_per_octet)

    def answer_wait_s(self, command_size: int, answer_size: int) -> float:
        """Return the longest wait for an answer, from giving the command to the transport."""
        return (
            self.frame_time_s(command_size)
            + self.turnaround_s
            + self.frame_time_s(answer_size)
            + self.host_slack_s
        )

    def module_lost_within_s(self, modules: int) -> float:
        """Return within how many seconds a silent module is called offline.

        One round of polls reaches it, two seconds of silence must have passed, and its last
        sendings must have gone unanswered. Commands and other dead modules come on top: each
        of them adds at most its own wait.

        Args:
            modules: How many modules are polled, the lost one among them.
        """
        wait_s = self.answer_wait_s(24, 24) + self.gap_s + self.silence_s
        round_s = modules * max(self.poll_interval_s, wait_s)
        return round_s + self.offline_silence_s + (self.offline_misses + 1) * wait_s


def _check_time(name: str, value: float, lowest: float) -> None:
    if not (math.isfinite(value) and lowest <= value <= _LONGEST_S):
        raise UnsupportedSetting(name, value, f"{lowest:g} to {_LONGEST_S:g} seconds")


def _check_count(name: str, value: object, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise UnsupportedSetting(name, value, f"a whole number from 1 to {most}")
