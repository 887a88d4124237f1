"""What a zone or the CCO is wired to is checked once, when it is written down."""

import math
from typing import Any

import pytest
from hypothesis import given

from dpm_core.errors import UnsupportedSetting
from dpm_core.model.loads import CcoCurrent, CcoLoad, CcoLoadKind, ZoneLoad
from dpm_core.model.ratings import LoadType
from tests.dpm_core.model.test_power import cco_loads, zone_loads

pytestmark = pytest.mark.requirement("F1")

LAMP = LoadType.TUNGSTEN


@pytest.mark.requirement("A6")
@pytest.mark.parametrize(
    ("load", "amperes", "watts"),
    [
        (ZoneLoad(LAMP, watts=960), 8.0, 960.0),
        (ZoneLoad(LAMP, watts=960.1), 960.1 / 120, 960.1),
        (ZoneLoad(LAMP, amps=8), 8.0, 960.0),
        (ZoneLoad(LoadType.MOTOR, watts=120), 1.0, 120.0),
    ],
)
def test_watts_are_amperes_at_120_volts_and_unity_power_factor(
    load: ZoneLoad, amperes: float, watts: float
) -> None:
    assert load.current_a() == pytest.approx(amperes)
    assert load.power_w() == pytest.approx(watts)


def test_another_voltage_may_be_named() -> None:
    assert ZoneLoad(LAMP, watts=240).current_a(240) == 1
    assert ZoneLoad(LAMP, amps=1).power_w(240) == 240


@pytest.mark.parametrize(
    "figures",
    [
        {"amps": 0.001},
        {"amps": 1000},
        {"watts": 0.1},
        {"watts": 240_000},
        {"watts": 7.5},
    ],
)
def test_the_ends_of_what_can_be_written_down(figures: dict[str, float]) -> None:
    load = ZoneLoad(LAMP, **figures)
    assert {"amps": load.amps, "watts": load.watts} == {"amps": None, "watts": None} | figures


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"amps": 1, "watts": 120},
        {"amps": 0},
        {"amps": -1},
        {"amps": 0.0005},
        {"amps": 1000.001},
        {"amps": True},
        {"amps": "1"},
        {"amps": math.nan},
        {"watts": 0},
        {"watts": 0.05},
        {"watts": 240_000.1},
        {"watts": math.inf},
    ],
)
def test_what_no_load_draws_is_refused(figures: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedSetting, match="load") as caught:
        ZoneLoad(LAMP, **figures)
    assert caught.value.allowed


def test_what_is_no_load_type_is_refused_with_those_there_are() -> None:
    wrong: Any = "tungsten"
    with pytest.raises(UnsupportedSetting, match="electronic-ballast"):
        ZoneLoad(wrong, amps=1)
    with pytest.raises(UnsupportedSetting, match="electronic-ballast"):
        ZoneLoad.from_fields({"type": "receptacle", "amps": 1})
    with pytest.raises(UnsupportedSetting, match="load type"):
        ZoneLoad.from_fields({"amps": 1})


@pytest.mark.parametrize(
    ("volts", "amps"), [(0, 0.001), (1000, 1000), (24, 0.5), (23.9, 1), (0.1, 1)]
)
def test_a_load_of_the_cco_within_what_can_be_written_down(volts: float, amps: float) -> None:
    load = CcoLoad(volts, CcoCurrent.AC, amps)
    assert (load.volts, load.amps) == (volts, amps)
    assert load.kind is CcoLoadKind.RESISTIVE
    assert not load.has_flyback_diode


@pytest.mark.requirement("D4")
@pytest.mark.parametrize(
    "wrong",
    [
        {"volts": -0.1},
        {"volts": 1000.1},
        {"volts": 0.05},
        {"volts": None},
        {"amps": 0},
        {"amps": 1000.001},
        {"current": "dc"},
        {"kind": "inductive"},
        {"has_flyback_diode": 1},
    ],
)
def test_what_no_load_of_the_cco_is_is_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"volts": 24, "current": CcoCurrent.DC, "amps": 0.1}
    assert CcoLoad(**right).amps == 0.1
    with pytest.raises(UnsupportedSetting, match="CCO load"):
        CcoLoad(**right | wrong)


@pytest.mark.parametrize(
    "missing", [{}, {"volts": 24}, {"volts": 24, "current": "dc"}, {"current": "dc", "amps": 1}]
)
def test_plain_values_that_lack_something_are_no_load(missing: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedSetting):
        CcoLoad.from_fields(missing)
    with pytest.raises(UnsupportedSetting):
        ZoneLoad.from_fields(missing)


@given(zone_loads, cco_loads)
def test_loads_come_back_from_their_plain_values(load: ZoneLoad | None, cco: CcoLoad) -> None:
    assert load is None or ZoneLoad.from_fields(load.as_fields()) == load
    assert CcoLoad.from_fields(cco.as_fields()) == cco
