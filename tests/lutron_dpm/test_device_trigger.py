"""Device triggers, in a real automation."""

import pytest
from homeassistant.components.device_automation import DeviceAutomationType
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_get_device_automations,
    async_mock_service,
)

from custom_components.lutron_dpm.const import DOMAIN
from custom_components.lutron_dpm.module_events import EVENT
from dpm_core.model import ContactState

from .panel import HALL, STAIRS, Panel
from .setting_up import shown, until

pytestmark = pytest.mark.requirement("H4", "H7")

OVERRIDE = "binary_sensor.hall_panel_manual_override"
ZONE = "switch.hall_panel_zone_2"

ALL = {
    *(f"zone_{zone}_pressed" for zone in range(1, 5)),
    "override_entered",
    "override_left",
}


@pytest.fixture
def devices(
    entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> dict[str | None, dr.DeviceEntry]:
    """The link's devices, by name."""
    found = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    return {device.name: device for device in found}


@pytest.fixture
async def calls(
    hass: HomeAssistant, devices: dict[str | None, dr.DeviceEntry]
) -> list[ServiceCall]:
    """What automations do: one for each thing that can happen at the hall's module."""
    triggers = [
        {
            "platform": "device",
            "domain": DOMAIN,
            "device_id": devices["Hall panel"].id,
            "type": kind,
        }
        for kind in sorted(ALL)
    ]
    calls = async_mock_service(hass, "test", "automation")
    config = {
        "automation": [
            {
                "alias": trigger["type"],
                "trigger": trigger,
                "action": {
                    "service": "test.automation",
                    "data": {"type": trigger["type"]},
                },
            }
            for trigger in triggers
        ]
    }
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    return calls


def told(calls: list[ServiceCall]) -> list[str]:
    return [call.data["type"] for call in calls]


async def test_a_module_offers_its_buttons_and_its_override_and_a_link_nothing(
    hass: HomeAssistant, devices: dict[str | None, dr.DeviceEntry]
) -> None:
    for name, expected in {"Hall panel": ALL, "Stairs panel": ALL, "QS link": set()}.items():
        offered = await async_get_device_automations(
            hass, DeviceAutomationType.TRIGGER, devices[name].id
        )
        ours = {trigger["type"] for trigger in offered if trigger["domain"] == DOMAIN}
        assert ours == expected, name


@pytest.mark.requirement("B1")
async def test_each_press_is_an_automation_of_that_button_on_that_module(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, calls: list[ServiceCall]
) -> None:
    await shown(hass, ZONE, STATE_OFF)
    await panel.press(STAIRS, 2)
    await shown(hass, "switch.stairs_panel_zone_2", STATE_ON)
    await panel.press(HALL, 2)
    await shown(hass, ZONE, STATE_ON)
    # The same button again is a press again.
    await panel.press(HALL, 2)
    await shown(hass, ZONE, STATE_OFF)
    # A poll's answer may have shown both before the module told why.
    await until(hass, lambda: len(calls) > 1)
    assert told(calls) == ["zone_2_pressed", "zone_2_pressed"]


async def test_manual_override_begins_and_ends_for_automations_over_a_reload_of_the_link(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, calls: list[ServiceCall]
) -> None:
    await shown(hass, OVERRIDE, STATE_OFF)
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, OVERRIDE, STATE_ON)
    await hass.async_block_till_done()
    assert told(calls) == ["override_entered"]
    assert await hass.config_entries.async_reload(entry.entry_id)
    await shown(hass, OVERRIDE, STATE_ON)
    await hass.async_block_till_done()
    # It is read again, and that it began is no news.
    assert told(calls) == ["override_entered"]
    panel.move_cci(HALL, ContactState.CLOSED)
    await shown(hass, OVERRIDE, STATE_OFF)
    await until(hass, lambda: len(calls) > 1)
    assert told(calls) == ["override_entered", "override_left"]


async def test_nothing_is_told_any_more_when_the_link_is_closed(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    heard = []
    hass.bus.async_listen(EVENT, heard.append)
    await shown(hass, ZONE, STATE_OFF)
    await hass.config_entries.async_unload(entry.entry_id)
    await panel.press(HALL, 2)
    await hass.async_block_till_done()
    assert heard == []
