"""The zone buttons on the module."""

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from dpm_core.model import ContactState

from .panel import HALL, Panel
from .setting_up import call, shown, until

pytestmark = pytest.mark.requirement("H4")

BUTTONS = "event.hall_panel_zone_buttons"


async def test_a_press_is_an_event_with_its_zone(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    state = await shown(hass, BUTTONS, STATE_UNKNOWN)
    assert state.attributes["event_types"] == ["zone_1", "zone_2", "zone_3", "zone_4"]
    for zone in (3, 1):
        await panel.press(HALL, zone)

        def is_told(zone: int = zone) -> bool:
            state = hass.states.get(BUTTONS)
            return state is not None and state.attributes["event_type"] == f"zone_{zone}"

        await until(hass, is_told)


async def test_what_home_assistant_switches_is_no_press(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    await call(hass, "switch", "turn_on", "switch.hall_panel_zone_1")
    await shown(hass, "switch.hall_panel_zone_1", STATE_ON)
    await shown(hass, BUTTONS, STATE_UNKNOWN)


@pytest.mark.requirement("B2")
async def test_a_press_in_manual_override_does_nothing_and_is_no_event(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, "binary_sensor.hall_panel_manual_override", STATE_ON)
    await panel.press(HALL, 2)
    assert panel.zones(HALL) == [True] * 4
    panel.move_cci(HALL, ContactState.CLOSED)
    await shown(hass, "binary_sensor.hall_panel_manual_override", STATE_OFF)
    await shown(hass, "switch.hall_panel_zone_2", STATE_OFF)
    await shown(hass, BUTTONS, STATE_UNKNOWN)
