"""The answer that most commands get, made beforehand: five octets, accepted, one for each sequence.

An acknowledgement says nothing but the sequence that it answers. So a session knows to the octet
what it waits for, and what is heard need only be compared with it.

House rule: values only; who waits for which of them, the session knows.

Source: qs-link.md 2.5 (captures), 5 rule 7 (ours).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .frames import Frame, ack_frame, encode_wire
from .packet_messages import Acknowledge
from .requests import Answered

__all__ = ["ACCEPTED", "Accepted"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """One acknowledgement with response 00.

    Attributes:
        octets: What is on the link, from preamble to F0.
        frame: Its packet.
        message: What it says.
        outcome: What it makes of the command that it answers.
    """

    octets: bytes
    frame: Frame
    message: Acknowledge
    outcome: Answered


def _accepted(sequence: int) -> Accepted:
    frame = ack_frame(sequence)
    message = Acknowledge(sequence)
    return Accepted(encode_wire(frame), frame, message, Answered((message,)))


ACCEPTED: Final = tuple(_accepted(sequence) for sequence in range(0x100))
"""By sequence."""
