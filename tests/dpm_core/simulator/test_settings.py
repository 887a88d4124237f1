"""Every figure of the simulated link, and what it may be."""

from typing import Any

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol.timing import ANSWER_WITHIN_S
from dpm_core.simulator import SimulatorSettings


def test_the_defaults_are_those_of_the_protocol() -> None:
    settings = SimulatorSettings()
    assert settings.baud == 31250
    assert settings.turnaround_s < ANSWER_WITHIN_S
    assert not settings.is_paced
    assert not settings.echo


@pytest.mark.parametrize(
    "wrong",
    [
        {"baud": 0},
        {"baud": -1},
        {"bits_per_octet": 8},
        {"bits_per_octet": 13},
        {"turnaround_s": -0.001},
        {"turnaround_s": float("nan")},
        {"report_idle_s": float("inf")},
        {"collision_wait_min_s": -1},
        {"collision_wait_min_s": 0.2, "collision_wait_max_s": 0.1},
        {"collision_wait_max_s": float("inf")},
        {"link_alive_s": -1},
        {"reports_max": 0},
        {"causes_max": 0},
        {"backlog_max": 0},
        {"component_base": 2},
        {"mains_hz": 55},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedSetting) as refused:
        SimulatorSettings(**wrong)
    assert refused.value.name.replace(" ", "_") in str(wrong)
