"""Every limit of a session has its range."""

from __future__ import annotations

import math
from dataclasses import fields

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol.lip import LipSessionSettings, MonitoringKind

pytestmark = pytest.mark.requirement("E8")

LIMITS = [one.name for one in fields(LipSessionSettings) if one.name != "monitoring"]


def test_every_limit_tells_its_unit() -> None:
    assert all(name.endswith("_s") for name in LIMITS)


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", [-1.0, 601.0, math.inf, math.nan])
def test_a_limit_out_of_its_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(UnsupportedSetting, match=name):
        LipSessionSettings(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LIMITS)
def test_only_the_distance_of_commands_may_be_nothing(name: str) -> None:
    if name == "command_gap_s":
        assert LipSessionSettings(command_gap_s=0).command_gap_s == 0
    else:
        with pytest.raises(UnsupportedSetting, match=name):
            LipSessionSettings(**{name: 0.0})  # type: ignore[arg-type]


def test_commands_are_50_ms_apart_by_default() -> None:
    assert LipSessionSettings().command_gap_s == 0.05


@pytest.mark.requirement("G2")
def test_a_hung_session_cannot_be_noticed_before_it_was_asked() -> None:
    settings = LipSessionSettings(heartbeat_s=5, answer_wait_s=5, hung_s=10)
    assert settings.hung_s == 10
    with pytest.raises(UnsupportedSetting, match="hung_s"):
        LipSessionSettings(heartbeat_s=5, answer_wait_s=5, hung_s=9.9)


def test_a_login_may_take_the_half_minute_that_some_do() -> None:
    assert LipSessionSettings().login_wait_s > 30


def test_replies_cannot_be_switched_off() -> None:
    with pytest.raises(UnsupportedSetting, match="monitoring"):
        LipSessionSettings(monitoring=(MonitoringKind.ZONE, MonitoringKind.REPLY))
