"""The serial format and the time limits, and what is refused."""

import dataclasses
import math
from typing import Any

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.transport.settings import BAUD_CANDIDATES, TransportSettings

pytestmark = pytest.mark.requirement("E3")


def test_the_defaults_are_those_of_the_reference() -> None:
    settings = TransportSettings()
    assert (settings.baud, settings.byte_size, settings.parity, settings.stop_bits) == (
        31250,
        8,
        "none",
        1,
    )
    assert settings.baud == BAUD_CANDIDATES[0]


@pytest.mark.parametrize(
    ("settings", "bits", "microseconds"),
    [
        (TransportSettings(), 10, 320.0),
        (TransportSettings(parity="even"), 11, 352.0),
        (TransportSettings(stop_bits=2), 11, 352.0),
        (TransportSettings(baud=62500), 10, 160.0),
        (TransportSettings(baud=100000, parity="odd"), 11, 110.0),
        (TransportSettings(byte_size=7, parity="mark", stop_bits=2), 11, 352.0),
    ],
)
def test_an_octet_takes_the_time_of_the_reference(
    settings: TransportSettings, bits: int, microseconds: float
) -> None:
    # qs-link.md section 6, "us per byte"
    assert settings.bits_per_octet == bits
    assert settings.octet_time_s * 1e6 == pytest.approx(microseconds)


GOOD: list[tuple[str, Any]] = [
    *(("baud", baud) for baud in (300, *BAUD_CANDIDATES, 4_000_000)),
    *(("byte_size", size) for size in (5, 6, 7, 8)),
    *(("parity", parity) for parity in ("none", "even", "odd", "mark", "space")),
    *(("stop_bits", bits) for bits in (1, 2)),
    *((pin, level) for pin in ("dtr_on_open", "rts_on_open") for level in ("high", "low", "leave")),
    ("exclusive", False),
    ("connect_timeout_s", 0.1),
    ("write_timeout_s", 300),
    ("close_timeout_s", 1),
]

BAD: list[tuple[str, Any]] = [
    *(("baud", baud) for baud in (0, -1, 299, 4_000_001, 31250.0, "31250", True, None)),
    *(("byte_size", size) for size in (4, 9, 8.0, None)),
    *(("parity", parity) for parity in ("N", "None", None, "")),
    *(("stop_bits", bits) for bits in (0, 1.5, 3, True)),
    *(("rts_on_open", level) for level in (True, None, "HIGH")),
    ("dtr_on_open", 0),
    *(("exclusive", value) for value in (1, 0, None, "yes")),
    *(
        (name, value)
        for name in ("connect_timeout_s", "write_timeout_s", "close_timeout_s")
        for value in (0, -1, 300.1, math.inf, math.nan, "1", None, True)
    ),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_every_setting_can_be_chosen(name: str, value: Any) -> None:
    assert getattr(TransportSettings(**{name: value}), name) == value


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(UnsupportedSetting) as error:
        TransportSettings(**{name: value})
    assert error.value.name == name
    assert error.value.allowed in str(error.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TransportSettings().baud = 62500  # type: ignore[misc]  # that is the point
