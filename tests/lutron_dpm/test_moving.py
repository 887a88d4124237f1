"""Moving a module from one link to another, with everything that Home Assistant has of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.const import DOMAIN
from custom_components.lutron_dpm.models import LinkConfig, LinkKind
from custom_components.lutron_dpm.moving import move_module
from dpm_core.model import SerialNumber

from .panel import HALL, STAIRS, Panel
from .setting_up import call, link_entry, module_config, shown

pytestmark = pytest.mark.requirement("H2", "H4")

CELLAR = SerialNumber.parse("00A1B2C5")
ZONE = "switch.hall_panel_zone_1"

Step = dict[str, Any]


@pytest.fixture
async def other_panel(tmp_path: Path) -> AsyncIterator[Panel]:
    """Another link, where the module of the hall has been wired to."""
    async with Panel(tmp_path / "other-link", (HALL, CELLAR)) as panel:
        yield panel


@pytest.fixture
async def links(
    hass: HomeAssistant, panel: Panel, other_panel: Panel
) -> AsyncIterator[tuple[MockConfigEntry, MockConfigEntry]]:
    """Both links, set up: the first with both its modules, the other with the cellar's."""
    entries = (
        link_entry(panel),
        link_entry(other_panel, modules=[module_config(CELLAR)]),
    )
    for entry in entries:
        entry.add_to_hass(hass)
        if entry.state is ConfigEntryState.NOT_LOADED:
            assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entries
    await hass.async_block_till_done(wait_background_tasks=True)
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)


async def start_move(hass: HomeAssistant, target: MockConfigEntry) -> Step:
    """Choose to move, on the link to move to."""
    menu = await hass.config_entries.subentries.async_init(
        (target.entry_id, "module"), context={"source": SOURCE_USER}
    )
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["search", "move"]
    step = await go_on(hass, menu, {"next_step_id": "move"})
    assert step["step_id"] == "move"
    return step


async def go_on(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Step:
    result: Step = await hass.config_entries.subentries.async_configure(step["flow_id"], user_input)  # type: ignore[assignment]  # a result is a typed dictionary
    return result


def suggested(step: Step) -> dict[str, Any]:
    return {
        marker.schema: marker.description["suggested_value"]
        for marker in step["data_schema"].schema
        if (marker.description or {}).get("suggested_value") is not None
    }


def rows(hass: HomeAssistant) -> dict[str, str]:
    """Return the entities of the hall's module: their ids by what names them for good."""
    return {
        row.unique_id: row.entity_id
        for row in er.async_get(hass).entities.values()
        if row.unique_id.startswith(f"uid{HALL}")
    }


def device_named(hass: HomeAssistant, name: str) -> dr.DeviceEntry:
    """Return the device that an identifier names."""
    (device,) = (
        device
        for entry in hass.config_entries.async_entries(DOMAIN)
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        if (DOMAIN, name) in device.identifiers
    )
    return device


async def test_a_module_keeps_its_device_its_entities_and_their_names(
    hass: HomeAssistant,
    links: tuple[MockConfigEntry, MockConfigEntry],
    panel: Panel,
    other_panel: Panel,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    source, target = links
    await shown(hass, ZONE, STATE_OFF)
    # What a person has made of an entity is what moving must not lose.
    lamp = "switch.lamp_over_the_table"
    entity_registry.async_update_entity(ZONE, new_entity_id=lamp, name="Table", icon="mdi:lamp")
    entity_registry.async_update_entity(
        "event.hall_panel_zone_buttons", disabled_by=er.RegistryEntryDisabler.USER
    )
    device = device_named(hass, f"uid{HALL}")
    device_registry.async_update_device(device.id, name_by_user="Hall cupboard")
    before = rows(hass)
    await other_panel.press(HALL, 1)

    step = await start_move(hass, target)
    (field,) = step["data_schema"].schema.values()
    assert [(o["value"], o["label"]) for o in field.config["options"]] == [
        (f"uid{HALL}", "Hall panel (QS link)"),
        (f"uid{STAIRS}", "Stairs panel (QS link)"),
    ]
    step = await go_on(hass, step, {"module": f"uid{HALL}"})
    assert step["step_id"] == "pick"
    assert suggested(step) == {"serial": str(HALL), "name": "Hall panel"}
    step = await go_on(hass, step, {"serial": str(HALL), "name": "Hall panel", "add_silent": False})
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "module_moved")
    await hass.async_block_till_done(wait_background_tasks=True)

    await shown(hass, lamp, STATE_ON)
    assert rows(hass) == before
    row = entity_registry.async_get(lamp)
    assert row
    assert (row.name, row.icon) == ("Table", "mdi:lamp")
    assert row.config_entry_id == target.entry_id
    buttons = entity_registry.async_get("event.hall_panel_zone_buttons")
    assert buttons
    assert buttons.disabled_by is er.RegistryEntryDisabler.USER
    moved = device_registry.async_get(device.id)
    assert moved
    assert moved.name_by_user == "Hall cupboard"
    shown_below = dr.async_entries_for_config_entry(device_registry, source.entry_id)
    assert device.id not in [other.id for other in shown_below]
    assert moved.via_device_id == device_named(hass, target.entry_id).id
    assert [s.title for s in source.subentries.values()] == ["Stairs panel"]
    assert {s.title for s in target.subentries.values()} == {"Module 00A1B2C5", "Hall panel"}

    await call(hass, "switch", "turn_off", lamp)
    assert other_panel.zones(HALL) == [False] * 4
    # The link that it left goes on with what it still has.
    await call(hass, "switch", "turn_on", "switch.stairs_panel_zone_2")
    assert panel.zones(STAIRS) == [False, True, False, False]


async def test_a_new_module_can_be_added_where_others_could_be_moved(
    hass: HomeAssistant, links: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    source, target = links
    hass.config_entries.async_remove_subentry(source, next(iter(source.subentries)))
    await hass.async_block_till_done(wait_background_tasks=True)
    menu = await hass.config_entries.subentries.async_init(
        (target.entry_id, "module"), context={"source": SOURCE_USER}
    )
    step = await go_on(hass, menu, {"next_step_id": "search"})
    assert step["step_id"] == "pick"
    step = await go_on(hass, step, {"serial": str(HALL), "name": "New", "add_silent": False})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert step["data"]["uid"] != f"uid{HALL}"


async def test_a_module_of_a_simulated_link_can_become_a_real_one_of_another_serial_number(
    hass: HomeAssistant, panel: Panel
) -> None:
    serial = SerialNumber(0x00A10001)
    planned = MockConfigEntry(
        domain=DOMAIN,
        title="Plan",
        data=LinkConfig(kind=LinkKind.SIMULATED, serials=(serial,)).as_data(),
        subentries_data=[module_config(serial).as_new_subentry()],
    )
    real = link_entry(panel, modules=[])
    for entry in (planned, real):
        entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(planned.entry_id)
    await hass.async_block_till_done()
    zone = "switch.module_00a10001_zone_1"
    await shown(hass, zone, STATE_OFF)
    step = await start_move(hass, real)
    step = await go_on(hass, step, {"module": f"uid{serial}"})
    # Its serial number of the simulation is none of this link.
    assert suggested(step) == {"name": "Module 00A10001"}
    await panel.press(HALL, 1)
    step = await go_on(hass, step, {"serial": str(HALL), "name": "Hall", "add_silent": False})
    assert step["reason"] == "module_moved"
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, zone, STATE_ON)
    # Nothing is moved to a simulated link: its modules are its own.
    step = await hass.config_entries.subentries.async_init(  # type: ignore[assignment]  # a result is a typed dictionary
        (planned.entry_id, "module"), context={"source": SOURCE_USER}
    )
    assert step["step_id"] == "pick"
    for entry in (planned, real):
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_module_of_a_link_that_is_not_running_can_be_moved(
    hass: HomeAssistant, links: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    source, target = links
    await hass.config_entries.async_unload(source.entry_id)
    await shown(hass, ZONE, STATE_UNAVAILABLE)
    assert await move_module(hass, target, module_config(HALL))
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, ZONE, STATE_OFF)
    assert source.state is ConfigEntryState.NOT_LOADED


async def test_a_module_that_never_had_a_device_can_be_moved(
    hass: HomeAssistant, panel: Panel, other_panel: Panel
) -> None:
    source, target = link_entry(panel), link_entry(other_panel, modules=[])
    source.add_to_hass(hass)
    target.add_to_hass(hass)
    assert await move_module(hass, target, module_config(HALL))
    assert [subentry.title for subentry in target.subentries.values()] == ["Hall panel"]
    assert len(source.subentries) == 1


async def test_a_module_that_is_gone_meanwhile_is_not_moved(
    hass: HomeAssistant, links: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    source, target = links
    step = await start_move(hass, target)
    picking = await go_on(hass, await start_move(hass, target), {"module": f"uid{HALL}"})
    hass.config_entries.async_remove_subentry(source, next(iter(source.subentries)))
    await hass.async_block_till_done(wait_background_tasks=True)
    for waiting, user_input in (
        (step, {"module": f"uid{HALL}"}),
        (picking, {"serial": str(HALL), "name": "", "add_silent": False}),
    ):
        result = await go_on(hass, waiting, user_input)
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "move_failed")
    assert len(target.subentries) == 1


async def test_a_module_stays_where_it_is_when_its_link_cannot_be_closed(
    hass: HomeAssistant, links: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    source, target = links
    with patch.object(hass.config_entries, "async_unload", return_value=False):
        assert not await move_module(hass, target, module_config(HALL))
    assert (len(source.subentries), len(target.subentries)) == (2, 1)
    assert not await move_module(hass, source, module_config(HALL))
