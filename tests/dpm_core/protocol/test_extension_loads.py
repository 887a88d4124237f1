"""What the zones and the CCO are wired to, over class 7D."""

from __future__ import annotations

from typing import get_args

import pytest

from dpm_core.model import CcoCurrent, CcoLoad, CcoLoadKind, LoadType, SerialNumber, ZoneLoad
from dpm_core.protocol import LinkSource, Malformed, Message, build_frame, decode_message
from dpm_core.protocol.extension_loads import LOAD_TYPES, LOADS_OCTETS
from dpm_core.protocol.messages import Command, LoadsQuery, LoadsReport, LoadsSet, Report

pytestmark = pytest.mark.requirement("E4", "F1")

MODULE = SerialNumber(0x00A1B2C3)
START = "0000a1b2c3fe7d27"
NOTHING = "0000000000"
NO_CCO = "000000000000"


def heard(data: str) -> Message:
    """Return what a LOADS_SET with this data says."""
    payload = bytes.fromhex(START + data)
    return decode_message(build_frame(0xB1, 1, LinkSource().to_octets(), 0x21, payload))


def test_every_load_type_has_its_number() -> None:
    assert set(LOAD_TYPES) == set(LoadType)
    assert len(set(LOAD_TYPES)) == len(LOAD_TYPES)


@pytest.mark.parametrize(
    ("zone", "load"),
    [
        (NOTHING, None),
        ("01 00 000001", ZoneLoad(LoadType.TUNGSTEN, amps=0.001)),
        ("0b 00 0f4240", ZoneLoad(LoadType.ELV, amps=1000)),
        ("08 01 000001", ZoneLoad(LoadType.MOTOR, watts=0.1)),
        ("08 01 249f00", ZoneLoad(LoadType.MOTOR, watts=240_000)),
    ],
)
def test_the_load_of_a_zone_within_its_range(zone: str, load: ZoneLoad | None) -> None:
    message = heard(zone + NOTHING * 3 + NO_CCO + "a5")
    assert message == LoadsSet(MODULE, (load, None, None, None))


@pytest.mark.parametrize(
    ("zone", "reason"),
    [
        ("0000000001", "load type"),
        ("0001000000", "load type"),
        ("0c00000001", "load type"),
        ("0102000001", "load unit"),
        ("0100000000", "load amps"),
        ("01000f4241", "load amps"),
        ("0101000000", "load watts"),
        ("0101249f01", "load watts"),
    ],
)
def test_the_load_of_a_zone_out_of_its_range_is_malformed(zone: str, reason: str) -> None:
    for data in (zone + NOTHING * 3, NOTHING * 3 + zone):
        message = heard(data + NO_CCO + "a5")
        assert isinstance(message, Malformed)
        assert reason in message.reason


@pytest.mark.parametrize(
    ("cco", "load"),
    [
        ("01 0000 000001", CcoLoad(0, CcoCurrent.DC, 0.001)),
        ("03 2710 0f4240", CcoLoad(1000, CcoCurrent.AC, 1000)),
        ("05 00f0 0003e8", CcoLoad(24, CcoCurrent.DC, 1, CcoLoadKind.INDUCTIVE)),
        (
            "0f 00f1 0003e8",
            CcoLoad(24.1, CcoCurrent.AC, 1, CcoLoadKind.INDUCTIVE, has_flyback_diode=True),
        ),
    ],
)
def test_the_load_of_the_cco_within_its_range(cco: str, load: CcoLoad) -> None:
    assert heard(NOTHING * 4 + cco + "a5") == LoadsSet(MODULE, cco_load=load)


@pytest.mark.parametrize(
    ("cco", "reason"),
    [
        ("000000000001", "CCO load bits"),
        ("020000000001", "CCO load bits"),
        ("1100f0000001", "CCO load bits"),
        ("012711000001", "CCO load volts"),
        ("0100f0000000", "CCO load amps"),
        ("0100f00f4241", "CCO load amps"),
    ],
)
def test_the_load_of_the_cco_out_of_its_range_is_malformed(cco: str, reason: str) -> None:
    message = heard(NOTHING * 4 + cco + "a5")
    assert isinstance(message, Malformed)
    assert reason in message.reason


def test_without_its_guard_nothing_is_programmed() -> None:
    message = heard(NOTHING * 4 + NO_CCO + "a4")
    assert isinstance(message, Malformed)
    assert "guard" in message.reason


def test_the_loads_are_said_in_words() -> None:
    loads = (
        ZoneLoad(LoadType.TUNGSTEN, watts=300),
        ZoneLoad(LoadType.MOTOR, amps=7.999),
        None,
        ZoneLoad(LoadType.ELV, watts=7.5),
    )
    cco = CcoLoad(24, CcoCurrent.AC, 0.05)
    said = (
        "zone 1 tungsten 300 W, zone 2 motor 7.999 A, zone 3 unknown, zone 4 elv 7.5 W, "
        "CCO resistive 0.05 A at 24 V AC"
    )
    assert LoadsSet(MODULE, loads, cco).words() == f"Program the loads of module {MODULE}: {said}."
    assert LoadsReport(MODULE, loads, cco).words() == f"Module {MODULE}: {said}."
    assert LoadsReport(MODULE).words().endswith("zone 4 unknown, CCO unknown.")
    assert LoadsQuery(MODULE).words() == f"Ask module {MODULE} for its loads."


def test_they_fit_a_packet_beside_the_number_of_a_stage() -> None:
    assert 8 + 2 + LOADS_OCTETS + 1 <= 43
    assert {LoadsSet, LoadsQuery} <= set(get_args(Command))
    assert LoadsReport in get_args(Report)
