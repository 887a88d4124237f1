"""What does not fit on a link is refused where it is added, found or heard."""

import logging

import pytest

from dpm_core.client import ClientSettings
from dpm_core.errors import LinkFull, UnsupportedSetting
from dpm_core.model import SerialNumber
from dpm_core.transport import SendGate
from tests.dpm_core.client.links import ONE, THREE, TWO, MemoryLink, eventually

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("E1")]


def serials(count: int) -> list[SerialNumber]:
    return [SerialNumber(0x00B00000 + number) for number in range(1, count + 1)]


async def test_the_hundredth_module_is_refused_and_the_others_stay(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client() as client:
        for serial in serials(99):
            client.add_module(serial)
        with pytest.raises(LinkFull) as refused:
            client.add_module(ONE)
        assert (refused.value.devices, refused.value.zones) == (101, 400)
        assert list(client.modules) == serials(99)
        client.add_module(serials(1)[0])  # once more is no more
        client.remove_module(serials(1)[0])
        client.add_module(ONE)
        assert ONE in client.modules


async def test_other_devices_and_their_zones_take_room(memory_link: MemoryLink) -> None:
    settings = ClientSettings(allow_extension=True, other_devices=97, other_zones=100)
    async with memory_link.client(ONE, TWO, settings=settings) as client:
        with pytest.raises(LinkFull) as refused:
            client.add_module(THREE)
        assert (refused.value.devices, refused.value.zones) == (101, 112)
        client.count_others(50, 501)
        with pytest.raises(LinkFull) as refused:
            client.add_module(THREE)
        assert (refused.value.devices, refused.value.zones) == (54, 513)
        client.count_others(50, 500)
        client.add_module(THREE)


async def test_others_that_do_not_fit_are_refused_and_the_count_before_holds(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        for devices, zones in ((98, 0), (1, 505)):
            with pytest.raises(LinkFull):
                client.count_others(devices, zones)
        for devices, zones in ((-1, 0), (0, -1)):
            with pytest.raises(UnsupportedSetting):
                client.count_others(devices, zones)
        for serial in serials(97):
            client.add_module(serial)
        with pytest.raises(LinkFull):
            client.add_module(THREE)


async def test_settings_that_no_link_can_have_are_refused() -> None:
    for wrong in ({"other_devices": -1}, {"other_zones": -1}):
        with pytest.raises(UnsupportedSetting):
            ClientSettings(**wrong)
    with pytest.raises(LinkFull):
        ClientSettings(other_devices=100)
    with pytest.raises(LinkFull):
        ClientSettings(other_zones=513)


@pytest.mark.requirement("E6")
async def test_a_search_that_finds_more_than_a_link_holds_is_refused_with_both_figures(
    memory_link: MemoryLink,
) -> None:
    settings = ClientSettings(allow_extension=True, other_devices=97)
    async with memory_link.client(settings=settings) as client:
        with pytest.raises(LinkFull) as refused:
            await client.discover()
        assert (refused.value.devices, refused.value.zones) == (101, 12)
        client.count_others(96)
        assert len(await client.discover()) == 3


async def test_a_module_that_is_heard_beyond_the_room_is_left_out_and_told_of_once(
    memory_link: MemoryLink, caplog: pytest.LogCaptureFixture
) -> None:
    settings = ClientSettings(other_devices=98)
    async with memory_link.client(gate=SendGate.LISTEN, settings=settings) as client:
        client.add_heard_modules()
        for serial in (ONE, TWO, THREE, TWO):
            memory_link[serial].press_button(1)
            await memory_link[serial].settled()
        await eventually(lambda: ONE in client.modules)
        with caplog.at_level(logging.WARNING):
            memory_link[TWO].press_button(2)
            memory_link[THREE].press_button(2)
            await eventually(lambda: client.statistics.frames_heard >= 6)
        assert list(client.modules) == [ONE]
    told = [record for record in caplog.records if "left out" in record.getMessage()]
    assert len(told) == 1
    assert "101 devices" in told[0].getMessage()
