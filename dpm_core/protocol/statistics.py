"""What has passed over a link, counted in one object from the octets up.

House rule: counts only, each of them made where the thing happens; nothing is worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .decoder import DecoderStatistics

__all__ = ["LinkStatistics"]


@dataclass(slots=True)
class LinkStatistics:
    """Counts since the link was first used; they go on over a loss of the link.

    Attributes:
        heard: What the decoder made of the octets that were heard.
        frames_sent: Frames that we put on the link, repeats among them.
        octets_sent: Their octets, preamble and trailer included.
        repeats: Sendings after the first of the same message.
        answers: Commands and queries that were answered, refusals among them.
        missed_answers: Sendings that were not answered in time.
        refusals: Answers that said no.
        stray_answers: Acknowledgements and results that belonged to nothing outstanding.
        polls: Queries that only look after the modules.
        echo_mismatches: Sendings whose echo was not what we sent.
        modules_lost: How often a module went offline.
        connections: How often the link was opened.
        losses: How often it was lost, our own closing not counted.
    """

    heard: DecoderStatistics
    frames_sent: int = 0
    octets_sent: int = 0
    repeats: int = 0
    answers: int = 0
    missed_answers: int = 0
    refusals: int = 0
    stray_answers: int = 0
    polls: int = 0
    echo_mismatches: int = 0
    modules_lost: int = 0
    connections: int = 0
    losses: int = 0

    @property
    def frames_heard(self) -> int:
        """Frames with the right CRC that were heard."""
        return self.heard.frames

    @property
    def crc_errors(self) -> int:
        """Whole packets with a bad CRC that were heard."""
        return self.heard.crc_errors

    @property
    def noise_octets(self) -> int:
        """Octets that were no frame."""
        return self.heard.noise_octets
