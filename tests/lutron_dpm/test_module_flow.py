"""Adding and programming modules on a link that is running."""

import asyncio
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.models import modules_of
from dpm_core.errors import NoReply
from dpm_core.model import (
    CcoType,
    ContactState,
    LoadType,
    OverrideAction,
    Program,
    SerialNumber,
    ZoneLoad,
)

from .panel import HALL, STAIRS, Panel
from .setting_up import LIMIT_S, link_entry, module_config, shown
from .stepping import go_on, start, start_reconfigure, typed

pytestmark = pytest.mark.requirement("H2", "H4")


# --- Adding ----------------------------------------------------------------------------------


async def test_a_module_that_answers_can_be_picked_and_appears_without_a_restart(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    step = await start(hass, hall_only)
    assert step["step_id"] == "pick"
    (serial,) = (v for k, v in step["data_schema"].schema.items() if k.schema == "serial")
    assert [option["value"] for option in serial.config["options"]] == ["00A1B2C4"]
    step = await go_on(
        hass, step, {"serial": "00A1B2C4", "name": "Stairs panel", "add_silent": False}
    )
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(hall_only.subentries) == 2
    await shown(hass, "switch.stairs_panel_zone_1", STATE_OFF)


async def test_a_module_without_a_name_takes_its_own(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    await hall_only.runtime_data.client.discover()
    hall_only.runtime_data.client.add_module(STAIRS)
    await hall_only.runtime_data.client.write_program(STAIRS, Program(name="Stairs"))
    hall_only.runtime_data.client.remove_module(STAIRS)
    step = await start(hass, hall_only)
    step = await go_on(hass, step, {"serial": "00A1B2C4", "add_silent": False})
    assert step["title"] == "Stairs"
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, "switch.stairs_zone_1", STATE_OFF)


async def test_when_all_that_answer_are_set_up_one_can_be_typed_in(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    step = await start(hass, entry)
    assert step["step_id"] == "none_found"
    step = await go_on(hass, step, {"serial": "twelve", "add_silent": False})
    assert step["errors"] == {"serial": "invalid_serial"}
    step = await go_on(hass, step, {"serial": "00a1b2c3", "add_silent": True})
    assert step["errors"] == {"serial": "module_taken"}
    assert step["description_placeholders"] == {"serial": "00A1B2C3", "owner": "QS link"}
    step = await go_on(hass, step, {"serial": "00A1B2C9", "add_silent": False})
    assert step["errors"] == {"serial": "module_silent"}
    step = await go_on(hass, step, {"serial": "00A1B2C9", "add_silent": True})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert step["title"] == "Module 00A1B2C9"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_where_modules_may_not_be_looked_for_one_is_typed_in(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(panel, modules=[], allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await start(hass, entry)
    assert step["step_id"] == "by_serial"
    assert {key.schema for key in step["data_schema"].schema} == {"serial", "name"}
    step = await go_on(hass, step, {"serial": "00A1B2C3"})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, "switch.module_00a1b2c3_zone_1", STATE_UNKNOWN)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.requirement("E1")
async def test_the_hundredth_module_of_a_link_is_refused_with_both_figures(
    hass: HomeAssistant, panel: Panel
) -> None:
    strangers = [SerialNumber(0x00B00000 + number) for number in range(98)]
    modules = [module_config(serial) for serial in (HALL, *strangers)]
    entry = link_entry(panel, modules=modules, allow_extension=False)
    entry.add_to_hass(hass)
    # What is refused is refused before there would be an entity of it.
    with patch("custom_components.lutron_dpm.PLATFORMS", ()):
        assert await hass.config_entries.async_setup(entry.entry_id)
        step = await start(hass, entry)
        step = await go_on(hass, step, {"serial": str(STAIRS)})
        assert step["errors"] == {"base": "link_full"}
        facts = step["description_placeholders"]
        assert (facts["devices"], facts["devices_max"]) == ("101", "100")
        assert (facts["zones"], facts["zones_max"]) == ("400", "512")
        assert len(entry.subentries) == 99
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.requirement("B4")
async def test_a_module_whose_prog_button_was_pressed_can_be_picked_where_none_may_be_looked_for(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(
        panel, modules=[module_config(HALL)], allow_sending=False, allow_extension=False
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    hub = entry.runtime_data
    heard = asyncio.Event()
    stop = hub.client.subscribe(lambda _event: heard.set())
    for serial in (HALL, STAIRS):
        panel.simulator.modules[serial].press_prog()
    async with asyncio.timeout(LIMIT_S):
        while hub.announced != {HALL, STAIRS}:
            await heard.wait()
            heard.clear()
    stop()
    step = await start(hass, entry)
    assert step["step_id"] == "by_serial"
    (serial_field,) = (v for k, v in step["data_schema"].schema.items() if k.schema == "serial")
    assert [option["value"] for option in serial_field.config["options"]] == ["00A1B2C4"]
    step = await go_on(hass, step, {"serial": "00A1B2C4"})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_search_that_fails_is_said(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    await panel.stop()
    await shown(hass, "switch.hall_panel_zone_1", "unavailable")
    step = await start(hass, hall_only)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "discovery_failed")
    assert "is not available" in step["description_placeholders"]["error"]


async def test_a_link_that_is_lost_while_a_module_is_added_is_said(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    step = await start(hass, hall_only)
    await panel.stop()
    await shown(hass, "switch.hall_panel_zone_1", "unavailable")
    step = await go_on(hass, step, {"serial": "00A1B2C4", "add_silent": True})
    assert step["errors"] == {"base": "link_unavailable"}


async def test_a_link_that_is_not_running_cannot_be_added_to(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    picking = await start(hass, hall_only)
    programming = await start_reconfigure(hass, hall_only)
    await hass.config_entries.async_unload(hall_only.entry_id)
    for step in (
        await start(hass, hall_only),
        await start_reconfigure(hass, hall_only),
        await go_on(hass, picking, {"serial": "00A1B2C4", "add_silent": True}),
        await go_on(hass, programming, typed(programming)),
    ):
        assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "link_not_loaded")


# --- Programming -----------------------------------------------------------------------------


@pytest.mark.requirement("C3", "D2")
async def test_a_module_is_programmed_over_the_link_that_is_running(
    hass: HomeAssistant,
    hall_only: MockConfigEntry,
    panel: Panel,
    entity_registry: er.EntityRegistry,
) -> None:
    await shown(hass, "button.hall_panel_cco", STATE_UNKNOWN)
    step = await start_reconfigure(hass, hall_only)
    assert step["step_id"] == "program"
    given = typed(step)
    assert given == {
        "name": "Hall panel",
        "zones": {f"zone_{zone}": "" for zone in range(1, 5)},
        "override": {f"zone_{zone}": "on" for zone in range(1, 5)},
        "cco": {"cco_type": "momentary", "cco_pulse_s": 0.5},
        "cci": {"cci_debounce_ms": 50},
    }
    given = {
        "name": "Hall panel",
        "zones": {"zone_1": "Hall", "zone_3": "Café"},
        "override": {"zone_1": "on", "zone_2": "off", "zone_3": "unaffected", "zone_4": "on"},
        "cco": {"cco_type": "maintained", "cco_pulse_s": 1.25},
        "cci": {"cci_debounce_ms": 100.0},
    }
    step = await go_on(hass, step, given)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    on, off = OverrideAction.ON, OverrideAction.OFF
    program = Program(
        name="Hall panel",
        zone_names=("Hall", "", "Café", ""),
        override_actions=(on, off, OverrideAction.UNAFFECTED, on),
        cco_type=CcoType.MAINTAINED,
        cco_pulse_s=1.25,
        cci_debounce_s=0.1,
    )
    assert panel.program(HALL) == program
    assert panel.program(STAIRS) == Program()

    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, "switch.hall_panel_cco", STATE_OFF)
    assert not entity_registry.async_get("button.hall_panel_cco")
    # An entity keeps its id; its name is the module's.
    state = await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    assert state.name == "Hall panel Hall"

    # And back again: the button takes the switch's place.
    step = await start_reconfigure(hass, hall_only)
    given = typed(step)
    assert given["zones"]["zone_3"] == "Café"
    given["cco"]["cco_type"] = "momentary"
    await go_on(hass, step, given)
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, "button.hall_panel_cco", STATE_UNKNOWN)
    assert not entity_registry.async_get("switch.hall_panel_cco")


@pytest.mark.requirement("F1")
async def test_what_the_form_does_not_show_stays_in_the_module(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    client = hall_only.runtime_data.client
    loads = (ZoneLoad(LoadType.TUNGSTEN, watts=600), None, None, ZoneLoad(LoadType.ELV, amps=1.5))
    await client.write_program(HALL, Program(zone_loads=loads))
    step = await start_reconfigure(hass, hall_only)
    await go_on(hass, step, typed(step, name="Main panel"))
    assert panel.program(HALL) == Program(name="Main panel", zone_loads=loads)
    # It is stored with the entry, or it would be stored again and again.
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    stored = next(iter(modules_of(hall_only).values())).program
    assert stored == panel.program(HALL)


@pytest.mark.requirement("C4")
async def test_programming_is_possible_in_manual_override(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, "binary_sensor.hall_panel_manual_override", STATE_ON)
    step = await start_reconfigure(hass, hall_only)
    step = await go_on(hass, step, typed(step, name="Main panel"))
    assert step["reason"] == "reconfigure_successful"
    assert panel.program(HALL).name == "Main panel"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_name_that_is_too_long_is_said_and_nothing_is_written(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    step = await start_reconfigure(hass, hall_only)
    given = typed(step, zones={"zone_2": "é" * 17})
    step = await go_on(hass, step, given)
    assert step["errors"] == {"base": "unsupported_setting"}
    assert step["description_placeholders"]["setting"] == "zone_names, zone 2"
    assert panel.program(HALL) == Program()
    step = await go_on(hass, step, given | {"zones": {"zone_2": "é" * 16}})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_module_that_goes_silent_while_it_is_programmed_is_said(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    step = await start_reconfigure(hass, hall_only)
    await panel.power(HALL, is_on=False)
    given = typed(step, name="Main panel")
    step = await go_on(hass, step, given)
    assert step["errors"] == {"base": "no_reply"}
    assert float(step["description_placeholders"]["waited"]) > 0
    await panel.power(HALL, is_on=True)
    step = await go_on(hass, step, given)
    assert step["reason"] == "reconfigure_successful"
    assert panel.program(HALL).name == "Main panel"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_module_that_does_not_answer_can_only_be_renamed_here(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    await panel.power(HALL, is_on=False)
    step = await start_reconfigure(hass, hall_only)
    assert step["step_id"] == "rename_offline"
    step = await go_on(hass, step, {"name": " Old panel "})
    assert step["reason"] == "reconfigure_successful"
    assert next(iter(hall_only.subentries.values())).title == "Old panel"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_module_on_a_lost_link_can_only_be_renamed_here(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    await panel.stop()
    await shown(hass, "switch.hall_panel_zone_1", "unavailable")
    step = await start_reconfigure(hass, hall_only)
    assert step["step_id"] == "rename_offline"


async def test_where_nothing_may_be_asked_a_module_can_only_be_renamed_here(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(panel, modules=[module_config(HALL)], allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await start_reconfigure(hass, entry, "rename_only")
    assert step["step_id"] == "rename_only"
    step = await go_on(hass, step, {"name": "Main panel"})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert panel.program(HALL).name == ""
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_same_module_added_by_two_windows_is_added_once(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    first, second = await start(hass, hall_only), await start(hass, hall_only)
    step = await go_on(hass, first, {"serial": "00A1B2C4", "add_silent": False})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    step = await go_on(hass, second, {"serial": "00A1B2C4", "add_silent": False})
    assert step["errors"] == {"serial": "module_taken"}


async def test_the_link_is_not_reloaded_while_a_module_is_programmed(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    hub = hall_only.runtime_data
    client = hub.client
    step = await start_reconfigure(hass, hall_only)

    async def write_half(serial: Any, program: Any) -> None:
        await real_write(serial, Program(zone_names=("Half", "", "", "")))
        raise NoReply("00A1B2C3", "NAME_SET", 1.0)

    real_write = client.write_program
    with (
        patch.object(client, "write_program", write_half),
        patch("custom_components.lutron_dpm.keeper.SETTLE_S", 0),
    ):
        step = await go_on(hass, step, typed(step, zones={"zone_1": "Whole"}))
        assert step["errors"] == {"base": "no_reply"}
        assert hall_only.runtime_data is hub
        # What was written is true, so it is shown.
        await hass.async_block_till_done(wait_background_tasks=True)
        state = await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    assert state.name in ("Hall panel Zone 1", "Hall panel Half")
