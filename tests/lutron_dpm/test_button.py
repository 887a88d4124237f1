"""The momentary CCO."""

import pytest
from homeassistant.const import STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from dpm_core.model import ContactState

from .panel import HALL, STAIRS, Panel
from .setting_up import call, link_entry, shown

pytestmark = pytest.mark.requirement("H1", "H4")

CCO = "button.hall_panel_cco"


@pytest.mark.requirement("D2")
async def test_a_press_closes_the_contact_for_a_pulse(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, CCO, STATE_UNKNOWN)
    before = panel.simulator.modules[HALL].state.memory.cco_operations
    await call(hass, "button", "press", CCO)
    assert panel.simulator.modules[HALL].state.memory.cco_operations > before
    assert panel.simulator.modules[STAIRS].state.memory.cco_operations == 0


@pytest.mark.requirement("H5")
async def test_in_manual_override_a_press_is_refused_with_the_reason(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, "binary_sensor.hall_panel_manual_override", STATE_ON)
    with pytest.raises(HomeAssistantError) as refused:
        await call(hass, "button", "press", CCO)
    assert refused.value.translation_key == "override_active"
    assert str(refused.value).startswith("CCO of Hall panel is in manual override")
    assert not panel.is_cco_closed(HALL)


async def test_without_the_projects_own_messages_a_press_is_refused_with_the_reason(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(panel, allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "button", "press", CCO)
    assert refused.value.translation_key == "extension_not_allowed"
    assert not panel.is_cco_closed(HALL)
    await hass.config_entries.async_unload(entry.entry_id)
