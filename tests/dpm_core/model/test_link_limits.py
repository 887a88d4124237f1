"""A QS link holds 100 devices and 512 zones, whoever they belong to."""

import pytest

from dpm_core.errors import LinkFull
from dpm_core.model import LINK_DEVICES, LINK_MODULES_MAX, LINK_ZONES, check_link_limits

pytestmark = pytest.mark.requirement("E1")


def test_99_modules_beside_the_processor_fit_with_116_zones_to_spare() -> None:
    assert LINK_MODULES_MAX == 99
    check_link_limits(99)
    check_link_limits(98, other_devices=1, other_zones=512 - 98 * 4)


def test_the_101st_device_is_refused_with_both_figures() -> None:
    with pytest.raises(LinkFull, match=r"101 devices .* 400 zones") as refused:
        check_link_limits(100)
    error = refused.value
    assert (error.devices, error.devices_max) == (101, LINK_DEVICES.value)
    assert (error.zones, error.zones_max) == (400, LINK_ZONES.value)
    assert "100" in str(error)
    assert "512" in str(error)


@pytest.mark.parametrize(("modules", "devices"), [(99, 1), (1, 99), (0, 100)])
def test_other_devices_count_like_modules(modules: int, devices: int) -> None:
    check_link_limits(modules, other_devices=devices - 1)
    with pytest.raises(LinkFull) as refused:
        check_link_limits(modules, other_devices=devices)
    assert refused.value.devices == 101


@pytest.mark.parametrize(("modules", "zones"), [(0, 513), (1, 509), (99, 117)])
def test_the_513th_zone_is_refused_also_where_devices_would_fit(modules: int, zones: int) -> None:
    check_link_limits(modules, other_zones=zones - 1)
    with pytest.raises(LinkFull) as refused:
        check_link_limits(modules, other_zones=zones)
    assert refused.value.zones == 513
    assert refused.value.devices <= 100
