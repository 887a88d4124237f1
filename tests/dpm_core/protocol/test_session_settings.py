"""One settings type for every limit of the session, each checked on creation."""

from dataclasses import fields
from typing import Any

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol.session_settings import Echo, SessionSettings


def test_the_defaults_are_those_of_the_reference() -> None:
    settings = SessionSettings()
    assert settings.baud == 31250
    assert settings.echo is Echo.NONE
    assert settings.turnaround_s == 0.005
    assert settings.host_slack_s == 0.030
    assert settings.silence_s == 0.020
    assert settings.sendings == 3
    assert settings.sequence_rest_s == 2.0
    assert settings.poll_interval_s == 0.1
    assert (settings.offline_misses, settings.offline_silence_s) == (3, 2.0)
    assert settings.offline_ask_s == (1.0, 2.0, 4.0, 5.0)


def test_every_duration_names_its_unit() -> None:
    units = {"baud", "bits_per_octet", "echo"}
    counts = {"sendings", "offline_misses", "hung_sendings"}
    counts |= {"discover_slots", "discover_split_slots"}
    others = {each.name for each in fields(SessionSettings)} - units - counts
    assert all(name.endswith("_s") for name in others)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("turnaround_s", -0.001),
        ("turnaround_s", float("nan")),
        ("host_slack_s", float("inf")),
        ("gap_s", 3601.0),
        ("silence_s", 0.0),
        ("offline_silence_s", 0.0),
        ("sendings", 0),
        ("sendings", True),
        ("sendings", 1.5),
        ("offline_misses", 13),
        ("discover_slots", 17),
        ("discover_split_slots", 0),
        ("offline_ask_s", ()),
        ("offline_ask_s", (1.0, 0.0)),
        ("baud", 0),
        ("bits_per_octet", 13),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(UnsupportedSetting) as refused:
        SessionSettings(**{name: value})
    assert refused.value.name.replace(" ", "_") == name


def test_pauses_may_be_none() -> None:
    settings = SessionSettings(
        turnaround_s=0.0, gap_s=0.0, poll_interval_s=0.0, host_slack_s=0.0, report_gap_s=0.0
    )
    assert settings.answer_wait_s(24, 5) == pytest.approx(43 * 320e-6)


def test_the_wait_for_an_answer_follows_from_baud_rate_and_frame_sizes() -> None:
    slow = SessionSettings()
    assert slow.answer_wait_s(24, 24) == pytest.approx(0.00992 + 0.005 + 0.00992 + 0.030)
    fast = SessionSettings(baud=115200)
    assert fast.answer_wait_s(24, 53) == pytest.approx(
        0.002691 + 0.005 + 0.005208 + 0.030, abs=1e-6
    )


def test_a_lost_module_is_noticed_within_a_round_and_two_seconds() -> None:
    settings = SessionSettings()
    assert 2.0 < settings.module_lost_within_s(1) < 2.6
    assert 11.0 < settings.module_lost_within_s(99) < 12.5
