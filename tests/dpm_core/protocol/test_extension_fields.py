"""How the values of class 7D lie in octets."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import OverrideAction
from dpm_core.protocol import ResultCode, StatusMask
from dpm_core.protocol.extension_fields import (
    actions_from_octets,
    actions_to_octets,
    cco_type_from,
    check_guard,
    check_mask,
    debounce_from,
    enum_from,
    mask_words,
    name_from,
    name_octets,
    pulse_from,
    truth_from,
    zones_words,
)

pytestmark = pytest.mark.requirement("E4")

ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED


def test_a_zone_is_on_or_unaffected_or_in_neither_and_off() -> None:
    assert actions_from_octets(0x03, 0x04) == (ON, ON, UNAFFECTED, OFF)
    assert actions_to_octets((ON, ON, UNAFFECTED, OFF)) == b"\x03\x04"


@pytest.mark.parametrize(("on", "unaffected"), [(0x01, 0x01), (0x10, 0x00), (0x00, 0x80)])
def test_a_zone_in_both_or_beyond_the_four_is_refused(on: int, unaffected: int) -> None:
    with pytest.raises(UnsupportedSetting):
        actions_from_octets(on, unaffected)


@pytest.mark.parametrize("steps", [0, 9, 6001, 0xFFFF])
def test_a_pulse_of_no_programmable_length_is_refused(steps: int) -> None:
    with pytest.raises(UnsupportedSetting):
        pulse_from(steps.to_bytes(2))


@pytest.mark.parametrize(("steps", "seconds"), [(10, 0.1), (50, 0.5), (6000, 60.0)])
def test_a_pulse_counts_ten_milliseconds(steps: int, seconds: float) -> None:
    assert pulse_from(steps.to_bytes(2)) == seconds


def test_a_debounce_counts_milliseconds_up_to_half_a_second() -> None:
    assert debounce_from(b"\x00\x00") == 0.0
    assert debounce_from((500).to_bytes(2)) == 0.5
    with pytest.raises(UnsupportedSetting):
        debounce_from((501).to_bytes(2))


@pytest.mark.parametrize("octet", [2, 0xFF])
def test_an_octet_that_stands_for_nothing_is_refused(octet: int) -> None:
    with pytest.raises(UnsupportedSetting):
        cco_type_from(octet)
    with pytest.raises(UnsupportedSetting):
        truth_from("edge", octet)
    with pytest.raises(UnsupportedSetting):
        enum_from(ResultCode, "result", octet + 3)
    with pytest.raises(UnsupportedSetting):
        check_guard(octet)


@pytest.mark.parametrize("mask", [0, -1, 0x10, 0x1F])
def test_a_mask_needs_a_bit_that_stands_for_something(mask: int) -> None:
    with pytest.raises(UnsupportedSetting):
        check_mask("mask", mask, 0x0F)


def test_a_name_fills_its_place_with_zeros() -> None:
    assert name_octets("Küche") == "Küche".encode() + bytes(26)
    assert name_from(name_octets("Küche")) == "Küche"
    assert name_from(bytes(32)) == ""
    assert name_from(b"a" * 32) == "a" * 32


@pytest.mark.parametrize(
    "octets", [b"\xff", b"\xc3", b"a\x00b", b"a\nb", b"\x7f", "\u2028".encode()]
)
def test_octets_that_are_no_name_are_refused(octets: bytes) -> None:
    with pytest.raises(UnsupportedSetting):
        name_from(octets.ljust(32, b"\x00"))


@pytest.mark.parametrize(
    ("zones", "words"),
    [
        ((False, False, False, False), "no zone"),
        ((False, True, False, False), "zone 2"),
        ((True, False, True, False), "zones 1 and 3"),
        ((True, True, False, True), "zones 1, 2 and 4"),
        ((True, True, True, True), "all zones"),
    ],
)
def test_zones_are_said_as_people_say_them(
    zones: tuple[bool, bool, bool, bool], words: str
) -> None:
    assert zones_words(zones) == words


def test_a_mask_is_said_as_people_say_it() -> None:
    assert mask_words(StatusMask.ZONES | StatusMask.IO_PROGRAM) == "zones, io program"
