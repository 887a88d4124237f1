"""A link's life: set up, reloaded, unloaded, removed."""

import logging
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm import async_remove_config_entry_device
from custom_components.lutron_dpm.const import DOMAIN
from custom_components.lutron_dpm.link import memory_folder
from custom_components.lutron_dpm.models import LinkConfig, LinkKind
from dpm_core.client import ConnectionState
from dpm_core.model import CcoType, Program, SerialNumber

from .panel import HALL, STAIRS, Panel
from .setting_up import call, link_entry, module_config, shown, until

pytestmark = pytest.mark.requirement("H4")

SIMULATED = SerialNumber(0x00A10001)


def simulated_entry(count: int = 1) -> MockConfigEntry:
    serials = tuple(SerialNumber(SIMULATED + number) for number in range(count))
    return MockConfigEntry(
        domain=DOMAIN,
        title="Simulated QS link",
        data=LinkConfig(kind=LinkKind.SIMULATED, serials=serials).as_data(),
        subentries_data=[module_config(serial).as_new_subentry() for serial in serials],
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_a_link_that_cannot_be_opened_is_tried_again_later(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    panel = Panel(tmp_path / "qs-link", (HALL,))
    entry = link_entry(panel)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "port_missing"
    assert entry.error_reason_translation_placeholders
    assert entry.error_reason_translation_placeholders["link"] == str(panel.port)
    async with panel:
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_set_up_that_fails_later_gives_the_port_back(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(panel)
    entry.add_to_hass(hass)
    with patch.object(
        hass.config_entries, "async_forward_entry_setups", side_effect=RuntimeError("broken")
    ):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert await hass.config_entries.async_reload(entry.entry_id)
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_unloading_gives_the_port_back(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    client = entry.runtime_data.client
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert client.connection is ConnectionState.CLOSED
    await shown(hass, "switch.hall_panel_zone_1", STATE_UNAVAILABLE)
    # The port can be opened again, which it could not be twice.
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)


async def test_a_link_whose_entities_cannot_be_unloaded_stays_open(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    with patch.object(hass.config_entries, "async_unload_platforms", return_value=False):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    assert entry.runtime_data.is_connected
    # Home Assistant would have to be restarted now; a test tidies up.
    entry.mock_state(hass, ConfigEntryState.LOADED)


async def test_stopping_home_assistant_gives_the_port_back(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    client = entry.runtime_data.client
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert client.connection is ConnectionState.CLOSED


async def test_a_module_that_is_removed_takes_its_device_and_entities_with_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    hall, stairs = entry.subentries
    assert hass.config_entries.async_remove_subentry(entry, stairs)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert list(entry.runtime_data.modules) == [hall]
    devices = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert {next(iter(device.identifiers))[1] for device in devices} == {
        entry.entry_id,
        "uid00A1B2C3",
    }
    rows = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert not [row for row in rows if "stairs" in row.entity_id]


async def test_only_a_device_that_is_nobodys_any_more_can_be_deleted_by_hand(
    hass: HomeAssistant, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    for device in dr.async_entries_for_config_entry(device_registry, entry.entry_id):
        assert not await async_remove_config_entry_device(hass, entry, device)
    left_over = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "gone")}
    )
    assert await async_remove_config_entry_device(hass, entry, left_over)


async def test_names_and_history_outlive_a_module_that_is_renamed(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    before = {
        row.unique_id for row in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    }
    subentry = next(iter(entry.subentries.values()))
    hass.config_entries.async_update_subentry(entry, subentry, title="Renamed")
    await hass.async_block_till_done(wait_background_tasks=True)
    rows = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert {row.unique_id for row in rows} == before
    assert (await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)).name == "Renamed Zone 1"


async def test_a_program_that_was_changed_elsewhere_is_shown_and_stored(
    hass: HomeAssistant, panel: Panel
) -> None:
    """What is stored says momentary; the module says maintained, and has a name for its zone."""
    entry = link_entry(panel, modules=[module_config(HALL)])
    with patch("custom_components.lutron_dpm.keeper.SETTLE_S", 0.01):
        await set_up(hass, entry)
        client = entry.runtime_data.client
        await client.write_program(
            HALL, Program(zone_names=("", "Hall", "", ""), cco_type=CcoType.MAINTAINED)
        )
        await until(hass, lambda: hass.states.get("switch.hall_panel_cco"))
        await hass.async_block_till_done(wait_background_tasks=True)
        (subentry,) = entry.subentries.values()
        assert subentry.data["program"]["cco_type"] == "maintained"
        state = await shown(hass, "switch.hall_panel_zone_2", STATE_OFF)
        assert state.name == "Hall panel Hall"
        assert entry.runtime_data.client is not client
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


async def test_a_module_that_is_being_removed_is_not_stored_any_more(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hub = entry.runtime_data
    stairs = next(m for m in hub.modules.values() if m.address == STAIRS)
    hass.config_entries.async_remove_subentry(entry, stairs.subentry_id)
    hub.keeper._store(stairs)
    assert stairs.subentry_id not in entry.subentries
    await hass.async_block_till_done(wait_background_tasks=True)


# --- The simulated link ----------------------------------------------------------------------


@pytest.mark.requirement("A8", "H1", "H2")
async def test_a_simulated_link_remembers_over_a_restart(hass: HomeAssistant) -> None:
    entry = simulated_entry()
    await set_up(hass, entry)
    zone = "switch.module_00a10001_zone_3"
    await shown(hass, zone, STATE_OFF)
    await call(hass, "switch", "turn_on", zone)
    await call(hass, "button", "press", "button.module_00a10001_cco")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, zone, STATE_ON)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_simulated_link_keeps_its_memory_in_the_configuration_folder_while_it_is_there(
    hass: HomeAssistant,
) -> None:
    entry = simulated_entry()
    await set_up(hass, entry)
    folder = memory_folder(hass, entry.entry_id)
    assert folder.is_relative_to(hass.config.config_dir)
    assert any(folder.iterdir())
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not folder.exists()


async def test_a_simulated_link_whose_memory_is_in_use_says_so(hass: HomeAssistant) -> None:
    from dpm_core.simulator import FileStore

    entry = simulated_entry()
    store = FileStore(memory_folder(hass, entry.entry_id))
    await store.open()
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "unexpected"
    await store.close()
    await hass.config_entries.async_remove(entry.entry_id)


async def test_a_lost_link_and_its_return_are_logged_once_each(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: Panel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    zone = "switch.hall_panel_zone_1"
    await shown(hass, zone, STATE_OFF)
    caplog.clear()
    await panel.stop()
    await shown(hass, zone, STATE_UNAVAILABLE)
    await panel.start()
    await shown(hass, zone, STATE_OFF)
    said: list[Any] = [
        record
        for record in caplog.records
        if record.levelno >= logging.INFO
        and record.name.startswith(("dpm_core", "custom_components.lutron_dpm"))
        and str(panel.port) in record.getMessage()
        and "simulator" not in record.name
    ]
    assert len(said) == 2, [record.getMessage() for record in said]


async def test_a_module_that_is_gone_and_its_return_are_logged_once_each(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: Panel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    zone = "switch.hall_panel_zone_1"
    await shown(hass, zone, STATE_OFF)
    await panel.power(HALL, is_on=False)
    await shown(hass, zone, STATE_UNAVAILABLE)
    await panel.power(HALL, is_on=True)
    await shown(hass, zone, STATE_OFF)
    await until(hass, lambda: "Hall panel (00A1B2C3) answers again" in caplog.text)
    said = [record.getMessage() for record in caplog.records if "00A1B2C3" in record.getMessage()]
    assert [text for text in said if "does not answer any more" in text] == [
        "Hall panel (00A1B2C3) does not answer any more"
    ]
    assert len([text for text in said if "answers again" in text]) == 1


async def test_the_stairs_stay_when_the_hall_is_gone(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    assert STAIRS in panel.serials
    await shown(hass, "switch.stairs_panel_zone_1", STATE_OFF)
    await panel.power(HALL, is_on=False)
    await shown(hass, "switch.hall_panel_zone_1", STATE_UNAVAILABLE)
    await shown(hass, "switch.stairs_panel_zone_1", STATE_OFF)
