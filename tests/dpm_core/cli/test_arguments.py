"""What people type is read as they mean it, or refused."""

import pytest

from dpm_core.cli.arguments import (
    is_all,
    read_group,
    read_level,
    read_pairs,
    read_serial,
    read_zones,
)
from dpm_core.errors import DpmError, InvalidAddress, InvalidLevel, InvalidZone

pytestmark = pytest.mark.requirement("G4")


def test_a_serial_is_what_the_label_says() -> None:
    assert str(read_serial(" 00a1b2c3 ")) == "00A1B2C3"
    assert is_all(" ALL ")
    assert not is_all("00A1B2C3")
    for text in ("", "all", "A1B2C3", "00000000", "FFFFFFFF"):
        with pytest.raises(InvalidAddress):
            read_serial(text)


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("0x4B", 0x4B), ("65534", 0xFFFE)])
def test_a_group_is_decimal_or_hexadecimal(text: str, number: int) -> None:
    assert read_group(text) == number


@pytest.mark.parametrize("text", ["0", "65535", "0xFFFF", "x", "", "1.5"])
def test_what_is_no_group_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        read_group(text)


@pytest.mark.parametrize(
    ("text", "zones"), [("2", [2]), ("3,1", [1, 3]), ("1, 1", [1]), ("All", [1, 2, 3, 4])]
)
def test_zones_are_numbers_or_all(text: str, zones: list[int]) -> None:
    assert list(read_zones(text)) == zones


@pytest.mark.parametrize("text", ["0", "5", "", "1,", "x", "1-3", "1.0"])
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(InvalidZone):
        read_zones(text)


@pytest.mark.parametrize(
    ("text", "level"),
    [("on", 100), ("OFF", 0), ("0", 0), ("40", 40), ("40%", 40), ("0.5", 0.5), ("100", 100)],
)
def test_a_level_is_a_percentage_or_a_word(text: str, level: float) -> None:
    assert read_level(text) == level


@pytest.mark.parametrize("text", ["-1", "100.1", "nan", "inf", "", "dim", "%"])
def test_what_is_no_level_is_refused(text: str) -> None:
    with pytest.raises(InvalidLevel):
        read_level(text)


def test_pairs_are_zone_and_value_and_the_last_wins() -> None:
    assert read_pairs(("1=Hall", "3=", "2=a=b", "1=Porch"), "--zone-name") == {
        1: "Porch",
        2: "a=b",
        3: "",
    }
    assert read_pairs(("all=on", "2=off"), "-") == {1: "on", 2: "off", 3: "on", 4: "on"}
    with pytest.raises(DpmError):
        read_pairs(("7=x",), "--zone-name")
