"""How long things take on the wire, and how long to wait for an answer.

Durations are seconds. No clock here: these are lengths, and the caller knows
the time. A baud rate of the QS link has never been confirmed, so every length
is worked out from the rate in use.

House rule: a length of time that two ends of the link must agree on belongs
here, once; the limits that only one end knows are in its settings.
"""

from __future__ import annotations

from typing import Final

from dpm_core.errors import UnsupportedSetting

__all__ = [
    "ANSWER_WITHIN_S",
    "BAUD_CANDIDATES",
    "BAUD_DEFAULT",
    "BITS_PER_OCTET_DEFAULT",
    "COLLISION_WAIT_MAX_S",
    "COLLISION_WAIT_MIN_S",
    "HOST_SLACK_S",
    "IDENTIFY_S",
    "REPEAT_RECOGNISED_S",
    "REPORT_IDLE_S",
    "SEQUENCE_FRESH_S",
    "SILENCE_S",
    "SLOT_MARGIN_S",
    "answer_timeout_s",
    "discover_window_s",
    "frame_time_s",
    "octet_time_s",
    "report_idle_s",
    "slot_time_s",
    "wire_octets",
]

BAUD_DEFAULT: Final = 31250
"""Bits per second. Source: qs-link.md 1, low sureness (one forum report, another product line)."""

BAUD_CANDIDATES: Final = (31250, 41667, 62500, 100000, 115200)
"""The rates that somebody has named, best evidence first. Source: qs-link.md 1."""

BITS_PER_OCTET_DEFAULT: Final = 10
"""Start, eight data and one stop bit (8N1). Source: qs-link.md 1, assumed there."""

WIRE_OVERHEAD_OCTETS: Final = 7
"""Three preamble octets, delimiter, two of sync before a packet, one F0 after it.

Source: qs-link.md 2 and 6."""

ANSWER_WITHIN_S: Final = 0.005
"""A module answers within this time of the end of a command to it. Source: qs-link.md 5 (ours)."""

HOST_SLACK_S: Final = 0.030
"""What a desktop kernel may add to an answer's way. Source: qs-link.md 5 "Timeouts" (ours)."""

REPORT_IDLE_S: Final = 0.003
"""Idle line before a report that nobody asked for. Source: qs-link.md 5 "Arbitration" (ours)."""

REPORT_SPREAD_S: Final = 0.001
"""Added to `REPORT_IDLE_S` once for each unit of `serial mod 16`.

Source: qs-link.md 5 "Arbitration" (ours)."""

REPORT_SPREAD_COUNT: Final = 16
"""How many different waits the spread has. Source: qs-link.md 5 "Arbitration" (ours)."""

COLLISION_WAIT_MIN_S: Final = 0.001
"""Shortest random wait after a collision. Source: qs-link.md 5 "Arbitration" (ours)."""

COLLISION_WAIT_MAX_S: Final = 0.032
"""Longest random wait after a collision. Source: qs-link.md 5 "Arbitration" (ours)."""

SILENCE_S: Final = 0.020
"""A silence this long ends an incomplete packet. Source: qs-link.md 5 "Decoder and time" (ours)."""

SLOT_MARGIN_S: Final = 0.003
"""What a DISCOVER slot is longer than a 53-octet frame. Source: qs-link.md 5 (ours)."""

REPEAT_RECOGNISED_S: Final = 1.0
"""A message is a repeat of the last one only within this time. Source: qs-link.md 2.2."""

SEQUENCE_FRESH_S: Final = 2.0
"""A sequence is not used again within this time. Source: qs-link.md 5 rule 7 (ours)."""

IDENTIFY_S: Final = 10.0
"""How long identify mode 01 flashes the LEDs. Source: qs-link.md 5 (ours)."""


def wire_octets(size_class: int) -> int:
    """Return the octets on the wire for a packet of 5, 24 or 53 octets. Source: qs-link.md 6."""
    return size_class + WIRE_OVERHEAD_OCTETS


def octet_time_s(baud: int, bits_per_octet: int = BITS_PER_OCTET_DEFAULT) -> float:
    """Return how long one octet is on the wire.

    Raises:
        UnsupportedSetting: The baud rate is not above 0, or the bits are not 9 to 12.
    """
    if baud <= 0:
        raise UnsupportedSetting("baud", baud, "a rate above 0 bits per second")
    if not 9 <= bits_per_octet <= 12:
        raise UnsupportedSetting(
            "bits per octet", bits_per_octet, "9 to 12, start and stop included"
        )
    return bits_per_octet / baud


def frame_time_s(size_class: int, baud: int, bits_per_octet: int = BITS_PER_OCTET_DEFAULT) -> float:
    """Return how long a frame is on the wire, from preamble to F0. Source: qs-link.md 6."""
    return wire_octets(size_class) * octet_time_s(baud, bits_per_octet)


def slot_time_s(baud: int, bits_per_octet: int = BITS_PER_OCTET_DEFAULT) -> float:
    """Return the length of one DISCOVER slot: a 53-octet frame and 3 ms.

    Slots are counted from the end of the command. Source: qs-link.md 5 (ours).
    """
    return frame_time_s(53, baud, bits_per_octet) + SLOT_MARGIN_S


def discover_window_s(
    slots: int,
    baud: int,
    bits_per_octet: int = BITS_PER_OCTET_DEFAULT,
    host_slack_s: float = HOST_SLACK_S,
) -> float:
    """Return how long to listen after a DISCOVER with this many slots, counted from its end."""
    return slots * slot_time_s(baud, bits_per_octet) + host_slack_s


def answer_timeout_s(
    size_class: int,
    baud: int,
    bits_per_octet: int = BITS_PER_OCTET_DEFAULT,
    turnaround_s: float = ANSWER_WITHIN_S,
    host_slack_s: float = HOST_SLACK_S,
) -> float:
    """Return how long to wait for an answer of this size, counted from the command's last octet.

    The answer's frame time, the module's turnaround and the host's slack.
    Source: qs-link.md 5 "Timeouts" (ours).
    """
    return frame_time_s(size_class, baud, bits_per_octet) + turnaround_s + host_slack_s


def report_idle_s(serial: int) -> float:
    """Return how long the line must be idle before this module reports unasked.

    3 ms and one more for each unit of `serial mod 16`. Source: qs-link.md 5 (ours).
    """
    return REPORT_IDLE_S + (serial % REPORT_SPREAD_COUNT) * REPORT_SPREAD_S
