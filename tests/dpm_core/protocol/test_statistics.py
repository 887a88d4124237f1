"""One object with all counts, from the octets up."""

import pytest

from dpm_core.model import ZoneNumber
from dpm_core.protocol.messages import GoToLevel
from tests.dpm_core.protocol.session_link import ONE, SessionLink, ack, acknowledge


@pytest.mark.requirement("G2")
def test_what_the_decoder_counts_and_what_the_session_counts_are_one_object() -> None:
    link = SessionLink(answers=acknowledge)
    statistics = link.session.statistics
    link.submit(GoToLevel(ONE, ZoneNumber(1), 0))
    link.hear_later(0.5, ack(1)[:-3] + b"\x00\x00\xf0")
    link.hear_later(0.6, b"\x01\x02\x03")
    link.run(1.0)
    assert (statistics.frames_sent, statistics.octets_sent) == (1, 31)
    assert (statistics.frames_heard, statistics.answers) == (1, 1)
    assert statistics.crc_errors == statistics.heard.crc_errors == 1
    assert statistics.noise_octets == statistics.heard.noise_octets >= 3
