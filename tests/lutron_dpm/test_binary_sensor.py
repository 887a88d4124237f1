"""Manual override, as an entity."""

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from dpm_core.model import ContactState

from .panel import HALL, Panel
from .setting_up import link_entry, shown

pytestmark = pytest.mark.requirement("H1", "H4")

HALL_OVERRIDE = "binary_sensor.hall_panel_manual_override"
STAIRS_OVERRIDE = "binary_sensor.stairs_panel_manual_override"


@pytest.mark.requirement("C7")
async def test_it_is_on_while_the_cci_of_its_own_module_is_open(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    state = await shown(hass, HALL_OVERRIDE, STATE_OFF)
    assert state.attributes["device_class"] == "problem"
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, HALL_OVERRIDE, STATE_ON)
    await shown(hass, STAIRS_OVERRIDE, STATE_OFF)
    panel.move_cci(HALL, ContactState.CLOSED)
    await shown(hass, HALL_OVERRIDE, STATE_OFF)


async def test_a_module_found_in_manual_override_shows_it_at_once(
    hass: HomeAssistant, panel: Panel
) -> None:
    panel.move_cci(HALL, ContactState.OPEN)
    await panel.power(HALL, is_on=False)
    await panel.power(HALL, is_on=True)
    entry = link_entry(panel)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, HALL_OVERRIDE, STATE_ON)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_where_nothing_may_be_asked_it_is_unknown(hass: HomeAssistant, panel: Panel) -> None:
    entry = link_entry(panel, allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, HALL_OVERRIDE, STATE_UNKNOWN)
    await hass.config_entries.async_unload(entry.entry_id)
