"""Which ids are one module is checked once, when it is said."""

from typing import Any

import pytest

from dpm_core.client.lip.modules import OverrideContact, ProcessorModule
from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import CcoType, IntegrationId, ZoneNumber

pytestmark = pytest.mark.requirement("E8")

ZONES = (IntegrationId(101), IntegrationId(102), IntegrationId(103), IntegrationId(104))


def test_a_module_is_known_by_its_first_zone() -> None:
    module = ProcessorModule(zones=ZONES, cco=IntegrationId(105), cco_type=CcoType.MOMENTARY)
    assert module.address == 101
    assert list(module.outputs()) == [101, 102, 103, 104, 105]
    assert module.zone(ZoneNumber(3)) == 103


def test_a_zone_that_the_project_does_not_have_stays_out() -> None:
    module = ProcessorModule(zones=(None, ZONES[1], None, ZONES[3]))
    assert module.address == 102
    assert list(module.outputs()) == [102, 104]
    assert module.zone(ZoneNumber(1)) is None


def test_plain_numbers_become_integration_ids() -> None:
    zones: Any = (1, 2, 3, 4)
    module = ProcessorModule(zones=zones, cco=IntegrationId(5))
    assert [type(output) for output in module.outputs()] == [IntegrationId] * 5


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"zones": (None,) * 4}, UnsupportedSetting),
        ({"zones": (1, 2, 2, 4)}, UnsupportedSetting),
        ({"zones": (1, 2, 3, 4), "cco": 4}, UnsupportedSetting),
        ({"zones": (0, 2, 3, 4)}, InvalidAddress),
        ({"zones": (1, 2, 3, 4), "cco": -5}, InvalidAddress),
        ({"zones": (1, 2, 3, 4), "cco_pulse_s": 0.01}, UnsupportedSetting),
    ],
)
def test_what_cannot_be_one_module_is_refused(fields: dict[str, Any], error: type) -> None:
    with pytest.raises(error):
        ProcessorModule(**fields)


@pytest.mark.parametrize("component", [0, -1, 65536, True])
def test_a_component_is_a_number_from_1(component: int) -> None:
    with pytest.raises(UnsupportedSetting):
        OverrideContact(IntegrationId(31), component)


def test_a_contact_needs_a_device() -> None:
    device: Any = 0
    with pytest.raises(InvalidAddress):
        OverrideContact(device)
