"""Serial numbers, zones and groups are checked once, on creation."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import InvalidAddress, InvalidZone
from dpm_core.model.identifiers import (
    GROUP_MAX,
    INTEGRATION_ID_MAX,
    SERIAL_MAX,
    ZONE_COUNT,
    ZONES,
    GroupNumber,
    IntegrationId,
    SerialNumber,
    ZoneNumber,
)

NOT_WHOLE = [True, False, 1.0, "1", None]


@pytest.mark.requirement("A1")
def test_a_module_has_exactly_the_zones_1_to_4() -> None:
    assert ZONES == (1, 2, 3, 4)
    assert len(ZONES) == ZONE_COUNT
    assert all(type(zone) is ZoneNumber for zone in ZONES)


@pytest.mark.requirement("A1")
@pytest.mark.parametrize("zone", [0, 5, -1, 100, *NOT_WHOLE])
def test_there_is_no_other_zone(zone: object) -> None:
    with pytest.raises(InvalidZone) as caught:
        ZoneNumber(zone)  # type: ignore[arg-type]  # what a careless caller passes
    assert caught.value.zone is zone


@pytest.mark.parametrize("serial", [0, -1, SERIAL_MAX + 1, 1 << 32, *NOT_WHOLE])
def test_nobody_and_everybody_are_no_serial_numbers(serial: object) -> None:
    with pytest.raises(InvalidAddress) as caught:
        SerialNumber(serial)  # type: ignore[arg-type]  # what a careless caller passes
    assert caught.value.address is serial


@pytest.mark.parametrize("group", [0, -1, GROUP_MAX + 1, 0xFFFF, *NOT_WHOLE])
def test_a_group_number_is_0001_to_fffe(group: object) -> None:
    with pytest.raises(InvalidAddress) as caught:
        GroupNumber(group)  # type: ignore[arg-type]  # what a careless caller passes
    assert caught.value.address is group


def test_the_ends_of_the_ranges_are_allowed() -> None:
    assert (SerialNumber(1), SerialNumber(SERIAL_MAX)) == (1, 0xFFFFFFFE)
    assert (GroupNumber(1), GroupNumber(GROUP_MAX)) == (1, 0xFFFE)


@given(st.integers(1, SERIAL_MAX))
def test_a_serial_number_reads_as_it_prints(value: int) -> None:
    serial = SerialNumber(value)
    assert SerialNumber.parse(str(serial)) == serial
    assert SerialNumber.parse(f"  {serial}".lower() + " ") == serial
    assert len(str(serial)) == 8


def test_a_serial_number_prints_as_on_the_label_however_it_is_printed() -> None:
    serial = SerialNumber.parse("00a1b2c3")
    assert str(serial) == f"{serial}" == "%s" % serial == "00A1B2C3"  # noqa: UP031 - this too
    assert f"{serial:x}" == "a1b2c3"
    assert repr(serial) == "SerialNumber.parse('00A1B2C3')"


@pytest.mark.parametrize(
    "text",
    ["", "A1B2C3", "00A1B2C3D", "0x00A1B2", "00A1B2CG", "00 A1 B2 C3", "-0A1B2C3", "٠٠٠٠٠٠٠١"],
)
def test_a_serial_number_is_eight_hexadecimal_digits(text: str) -> None:
    with pytest.raises(InvalidAddress, match="eight hexadecimal digits"):
        SerialNumber.parse(text)


@pytest.mark.parametrize("text", ["00000000", "FFFFFFFF"])
def test_a_serial_number_that_reads_well_may_still_be_none(text: str) -> None:
    with pytest.raises(InvalidAddress, match="00000001 to FFFFFFFE"):
        SerialNumber.parse(text)


@pytest.mark.parametrize("number", [SerialNumber(7), ZoneNumber(3), GroupNumber(9)])
def test_numbers_survive_copying(number: int) -> None:
    for twin in (copy.deepcopy(number), pickle.loads(pickle.dumps(number))):
        assert twin == number
        assert type(twin) is type(number)


@pytest.mark.parametrize("number", [0, -1, INTEGRATION_ID_MAX + 1, *NOT_WHOLE])
def test_an_integration_id_begins_at_1_because_0_marks_what_cannot_be_addressed(
    number: object,
) -> None:
    with pytest.raises(InvalidAddress) as caught:
        IntegrationId(number)  # type: ignore[arg-type]  # what a careless caller passes
    assert caught.value.address is number


@given(st.integers(1, INTEGRATION_ID_MAX))
def test_an_integration_id_reads_as_it_prints(value: int) -> None:
    number = IntegrationId(value)
    assert IntegrationId.parse(f" {number} ") == number
    assert str(number) == f"{number}" == "%s" % number == str(value)  # noqa: UP031 - this too
    assert repr(number) == f"IntegrationId({value})"
    assert pickle.loads(pickle.dumps(number)) == copy.copy(number) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", "0x10", "1 0", "12345678901", "A1", "٠١"])
def test_an_integration_id_is_decimal_digits(text: str) -> None:
    with pytest.raises(InvalidAddress, match="one to ten decimal digits"):
        IntegrationId.parse(text)


def test_an_integration_id_is_no_serial_number_and_the_other_way_round() -> None:
    assert not isinstance(IntegrationId(7), SerialNumber)
    assert not isinstance(SerialNumber(7), IntegrationId)
    with pytest.raises(InvalidAddress, match="00000001 to FFFFFFFE"):
        SerialNumber(IntegrationId(7))
    with pytest.raises(InvalidAddress, match="an integration id is"):
        IntegrationId(SerialNumber(7))
    assert IntegrationId(IntegrationId(7)) == 7
    assert SerialNumber(SerialNumber(7)) == 7
