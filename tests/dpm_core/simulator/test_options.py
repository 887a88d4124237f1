"""What `dpm simulate` is asked for."""

import pytest

from dpm_core.errors import LinkFull, UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.simulator import SimulateOptions, parse_modules

pytestmark = pytest.mark.requirement("G3")

ONE, TWO = SerialNumber(0x00A1B2C3), SerialNumber(0x00A1B2C4)


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("00A1B2C3", (ONE,)),
        ("00a1b2c3,00A1B2C4", (ONE, TWO)),
        (" 00A1B2C4 , 00A1B2C3 ", (TWO, ONE)),
        ("12345678", (SerialNumber(0x12345678),)),
        ("1", (SerialNumber(0x00A10001),)),
        ("03", tuple(SerialNumber(0x00A10001 + number) for number in range(3))),
        ("99", tuple(SerialNumber(0x00A10001 + number) for number in range(99))),
        ("099", tuple(SerialNumber(0x00A10001 + number) for number in range(99))),
    ],
)
def test_eight_digits_are_a_serial_and_one_to_three_a_count(
    text: str, modules: tuple[SerialNumber, ...]
) -> None:
    assert parse_modules(text) == modules


@pytest.mark.parametrize(
    "text",
    ["", ",", "0", "000", "1234", "00A1B2C", "00A1B2C3,", "00A1B2C3,2", "1,2", "A", "²", "-1", "+1",
     "00A1B2G3", "00000000", "FFFFFFFF", "00A1B2C3 00A1B2C4", "00A1B2C3,00a1b2c3"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedSetting):
        parse_modules(text)


@pytest.mark.parametrize("text", ["100", "999"])
def test_a_link_holds_99_modules_beside_the_processor(text: str) -> None:
    with pytest.raises(LinkFull) as refused:
        parse_modules(text)
    assert refused.value.devices == 1 + int(text)
    assert refused.value.zones == 4 * int(text)
    assert "100" in str(refused.value)
    assert "512" in str(refused.value)


def test_options_are_checked_before_anything_is_opened() -> None:
    with pytest.raises(UnsupportedSetting, match="modules"):
        SimulateOptions(modules=())
    with pytest.raises(UnsupportedSetting, match="listen"):
        SimulateOptions(modules=(ONE,), listen=("pty:/tmp/link", "serial:/dev/ttyUSB0"))
    assert SimulateOptions(modules=(ONE,)).listen == ()
