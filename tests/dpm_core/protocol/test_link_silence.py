"""When nobody answers any more, whoever is asked."""

from dpm_core.protocol.link_silence import LinkSilence
from dpm_core.protocol.session_events import LinkSilent
from dpm_core.protocol.session_settings import SessionSettings


def test_eight_seconds_and_three_sendings_without_an_answer_are_silence() -> None:
    silence = LinkSilence(SessionSettings())
    assert silence.missed(10.0) is None
    assert silence.missed(17.9) is None
    assert silence.missed(18.0) == LinkSilent(8.0, 3)


def test_two_sendings_are_not_however_long_it_was() -> None:
    silence = LinkSilence(SessionSettings())
    assert silence.missed(10.0) is None
    assert silence.missed(99.0) is None


def test_anybody_who_is_heard_ends_it() -> None:
    silence = LinkSilence(SessionSettings())
    for now in (10.0, 12.0, 14.0):
        assert silence.missed(now) is None
    silence.heard()
    assert silence.missed(18.0) is None
    assert silence.missed(25.9) is None
    assert silence.missed(26.0) == LinkSilent(8.0, 3)


def test_after_it_was_told_it_counts_anew() -> None:
    silence = LinkSilence(SessionSettings(hung_link_s=1.0, hung_sendings=1))
    assert silence.missed(0.0) is None
    assert silence.missed(1.0) == LinkSilent(1.0, 2)
    assert silence.missed(1.5) is None
    assert silence.missed(2.5) == LinkSilent(1.0, 2)
