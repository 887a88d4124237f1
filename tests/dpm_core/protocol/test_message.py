"""What every message has in common: its target, its start, and the messages without either."""

from __future__ import annotations

import pytest

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import GroupNumber, SerialNumber
from dpm_core.protocol import (
    BROADCAST,
    Frame,
    LinkSource,
    Malformed,
    Target,
    UnknownMessage,
    build_frame,
    target_octets,
    target_words,
)
from dpm_core.protocol.message import ObjectStart, check_field

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)


def frame(payload: str) -> Frame:
    """Return a command with this payload."""
    return build_frame(0x91, 1, LinkSource().to_octets(), 0x21, bytes.fromhex(payload))


TARGETS = [
    (MODULE, "00a1b2c3fe", "module 00A1B2C3"),
    (GroupNumber(5), "00000005ef", "group 5"),
    (BROADCAST, "ffffffffff", "all modules"),
]


@pytest.mark.parametrize(("target", "octets", "words"), TARGETS)
def test_a_target_is_object_id_and_address_mode(target: Target, octets: str, words: str) -> None:
    assert target_octets(target).hex() == octets
    assert target_words(target) == words
    start = ObjectStart.of(frame(f"00{octets}7d0f010203"))
    assert start == ObjectStart(target, 0x7D, 0x0F, b"\x01\x02\x03")
    assert type(start.target) is type(target)


def test_what_is_no_module_of_ours_is_called_a_device() -> None:
    assert target_words(MODULE, "device") == "device 00A1B2C3"
    assert target_words(BROADCAST, "device") == "all devices"
    assert target_words(GroupNumber(5), "device") == "group 5"


def test_a_group_and_a_module_of_the_same_number_are_told_apart() -> None:
    assert target_octets(SerialNumber(5)) != target_octets(GroupNumber(5))


@pytest.mark.parametrize("octets", ["00000000fe", "fffffffffe", "0000ffffef", "00a1b2c3ff"])
def test_an_object_id_that_its_mode_cannot_have_is_refused(octets: str) -> None:
    with pytest.raises(InvalidAddress):
        ObjectStart.of(frame(f"00{octets}7d01"))


@pytest.mark.parametrize("payload", ["", "0000a1b2c3fe7d", "0100a1b2c3fe7d01", "0000a1b2c3fc7d01"])
def test_what_does_not_start_the_common_way_has_no_codes(payload: str) -> None:
    assert ObjectStart.codes(frame(payload)) is None
    unknown = UnknownMessage(frame(payload))
    assert unknown.target is unknown.message_class is unknown.message_type is None
    assert "no known layout" in unknown.words()
    malformed = Malformed(frame(payload), "SOMETHING", "it is broken.")
    assert malformed.target is malformed.message_class is malformed.message_type is None


@pytest.mark.parametrize(("value", "octets"), [(0, 1), (0xFF, 1), (0xFFFF, 2), (0xFFFFFFFF, 4)])
def test_a_number_that_fits_its_field_passes(value: int, octets: int) -> None:
    check_field("field", value, octets)


@pytest.mark.parametrize(("value", "octets"), [(-1, 1), (0x100, 1), (0x10000, 2), (1 << 32, 4)])
def test_a_number_that_does_not_fit_its_field_is_refused(value: int, octets: int) -> None:
    with pytest.raises(UnsupportedSetting) as caught:
        check_field("field", value, octets)
    assert (caught.value.name, caught.value.value) == ("field", value)
