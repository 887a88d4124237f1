"""What somebody attaches to a report."""

import json

import pytest
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dpm_core.model import ContactState, LoadType, Program, ZoneLoad

from .panel import HALL, Panel
from .setting_up import link_entry, module_config, shown, until

pytestmark = [
    pytest.mark.requirement("H4"),
    # Diagnostics are fetched over HTTP, as a browser does.
    pytest.mark.usefixtures("socket_enabled"),
]


async def test_they_tell_how_the_link_and_its_modules_are(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
    panel: Panel,
) -> None:
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, "binary_sensor.hall_panel_manual_override", STATE_ON)
    await until(hass, lambda: entry.runtime_data.client.modules[HALL].saved)
    assert await async_setup_component(hass, "diagnostics", {})
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert isinstance(found, dict)
    assert found["connection"] == "connected"
    assert found["link"] == {
        "kind": "serial",
        "device": "**REDACTED**",
        "baud": 31250,
        "echo": "none",
        "allow_sending": True,
        "allow_extension": True,
    }
    statistics = found["statistics"]
    assert isinstance(statistics, dict)
    assert statistics["frames_sent"] > 0
    modules = found["modules"]
    assert isinstance(modules, list)
    hall = modules[0]
    assert isinstance(hall, dict)
    assert hall["is_online"] is True
    assert hall["zones"] == [True] * 4
    assert hall["saved"] == [False] * 4
    assert hall["zone_causes"] == ["cci"] * 4
    assert (hall["override"], hall["cci"], hall["cco_closed"]) == (True, "open", False)
    assert hall["stored_program"]["cco_pulse_s"] == 0.5


@pytest.mark.requirement("A6")
async def test_they_tell_what_a_module_is_wired_to_and_which_ratings_that_breaks(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, panel: Panel
) -> None:
    motor = ZoneLoad(LoadType.MOTOR, amps=9)
    program = Program(zone_loads=(None, motor, None, None))
    await panel.power(HALL, is_on=False)
    entry = link_entry(panel, modules=[module_config(HALL, program)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await async_setup_component(hass, "diagnostics", {})
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert isinstance(found, dict)
    modules = found["modules"]
    assert isinstance(modules, list)
    hall = modules[0]
    assert isinstance(hall, dict)
    assert hall["model"] == "LQSE-4S8-120-D"
    assert hall["ratings_broken"] == ["zone-current"]
    stored = {"type": "motor", "amps": 9.0}
    assert hall["stored_program"]["zone_loads"] == [None, stored, None, None]
    assert hall["program"] is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_they_hold_no_port_no_serial_number_and_no_name(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, panel: Panel
) -> None:
    program = Program(name="Secret panel", zone_names=("Secret room", "", "", ""))
    entry = link_entry(panel, modules=[module_config(HALL, program)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await async_setup_component(hass, "diagnostics", {})
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert isinstance(found, dict)
    assert found["announced_and_not_set_up"] == 0
    text = json.dumps(found)
    for private in (str(panel.port), "Secret", "00A1B2C3", "uid"):
        assert private not in text
    await hass.config_entries.async_unload(entry.entry_id)
