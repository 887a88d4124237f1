"""Wallstations of a processor's project: their buttons, their LEDs, and pressing them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigSubentry
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm import async_remove_config_entry_device
from custom_components.lutron_dpm.const import DOMAIN
from custom_components.lutron_dpm.project_words import wallstations_of
from custom_components.lutron_dpm.wallstations import StoredWallstation, WallstationConfig
from dpm_core.client import fetch_project

from .panel import HALL
from .processor_panel import ProcessorPanel
from .setting_up import call, shown
from .test_notices import keys

pytestmark = [
    pytest.mark.requirement("E5", "E8", "H4", "H7"),
    pytest.mark.usefixtures("socket_enabled"),
]

BUTTONS = "event.keypad_buttons"


@pytest.fixture
async def panel(socket_enabled: None) -> AsyncIterator[ProcessorPanel]:
    """A processor in front of two modules, with a wallstation for each."""
    async with ProcessorPanel(wallstations=2) as panel:
        yield panel


async def in_project(panel: ProcessorPanel) -> dict[str, StoredWallstation]:
    """Return the wallstations as the flow takes them from the project."""
    return wallstations_of(await fetch_project("127.0.0.1", panel.http_port))


async def entry_with(
    hass: HomeAssistant, panel: ProcessorPanel, *wallstations: StoredWallstation
) -> MockConfigEntry:
    """Return an entry that is set up with the hall's module and these wallstations."""
    entry = panel.entry(panel.module(HALL))
    entry.add_to_hass(hass)
    for stored in wallstations:
        config = replace(WallstationConfig.new(stored), name="Keypad", uid=f"key{stored.device}")
        data = config.as_new_subentry()
        hass.config_entries.async_add_subentry(entry, subentry_of(data))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def subentry_of(data: Any) -> ConfigSubentry:
    return ConfigSubentry(
        data=MappingProxyType(data["data"]),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )


async def away(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def entry(hass: HomeAssistant, panel: ProcessorPanel) -> AsyncIterator[MockConfigEntry]:
    """The hall's module and its wallstation, with every entity enabled."""
    first = next(iter((await in_project(panel)).values()))
    entry = await entry_with(hass, panel, first)
    registry = er.async_get(hass)
    for row in er.async_entries_for_config_entry(registry, entry.entry_id):
        if row.disabled_by:
            registry.async_update_entity(row.entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    await away(hass, entry)


def heard(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Collect what the event entity tells."""
    events: list[dict[str, Any]] = []

    @callback
    def take(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state and state.attributes.get("event_type"):
            events.append({k: state.attributes.get(k) for k in ("event_type", "button")})

    async_track_state_change_event(hass, BUTTONS, take)
    return events


async def test_presses_and_releases_are_events_with_the_number_of_the_button(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, BUTTONS, STATE_UNKNOWN)
    events = heard(hass)
    panel.processor.wallstations.push_button(115, 2)
    await panel.until(lambda: len(events) >= 2)
    assert events == [
        {"event_type": "pressed", "button": 2},
        {"event_type": "released", "button": 2},
    ]
    # What it does is the project's: button 2 toggles zone 2 there.
    await shown(hass, "switch.hall_panel_module_00a1b2c3_zone_2", STATE_ON)
    # Another wallstation is not this one.
    panel.processor.wallstations.push_button(215, 1)
    await panel.relays(HALL, False, True, False, False)
    assert len(events) == 2


async def test_leds_are_shown_when_they_were_heard_of_and_are_unknown_after_an_absence(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    led = "binary_sensor.keypad_led_83"
    await shown(hass, led, STATE_UNKNOWN)
    panel.processor.wallstations.push_button(115, 3)
    await shown(hass, led, STATE_ON)
    assert hass.states.get("binary_sensor.keypad_led_84").state == STATE_UNKNOWN  # type: ignore[union-attr]  # it is there
    await panel.fault("away")
    await shown(hass, led, STATE_UNAVAILABLE)
    await shown(hass, BUTTONS, STATE_UNAVAILABLE)
    await panel.well("away")
    await shown(hass, led, STATE_UNKNOWN)


async def test_a_button_can_be_pressed_from_here(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, BUTTONS, STATE_UNKNOWN)
    await call(hass, "button", "press", "button.keypad_press_button_1")
    await panel.relays(HALL, True, False, False, False)
    await shown(hass, "binary_sensor.keypad_led_81", STATE_ON)


async def test_an_led_without_a_program_can_be_lit_and_one_with_a_program_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    free, programmed = "switch.keypad_light_led_85", "switch.keypad_light_led_81"
    await shown(hass, free, STATE_UNKNOWN)
    await call(hass, "switch", "turn_on", free)
    await shown(hass, free, STATE_ON)
    await call(hass, "switch", "turn_off", free)
    await shown(hass, free, STATE_OFF)
    with pytest.raises(HomeAssistantError) as refused:
        await call(hass, "switch", "turn_on", programmed)
    assert refused.value.translation_key == "not_confirmed"


async def test_few_of_its_entities_are_enabled_as_shipped(
    hass: HomeAssistant, panel: ProcessorPanel, entity_registry: er.EntityRegistry
) -> None:
    first = next(iter((await in_project(panel)).values()))
    entry = await entry_with(hass, panel, first)
    rows = [
        row
        for row in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if row.unique_id.startswith("key115")
    ]
    assert [row.unique_id for row in rows if not row.disabled_by] == ["key115_buttons"]
    assert len(rows) == 1 + 3 * 5
    await away(hass, entry)


async def test_it_is_a_device_below_the_processor_and_stays_while_it_is_there(
    hass: HomeAssistant, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    devices = {
        next(iter(device.identifiers))[1]: device
        for device in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    }
    keypad = devices["key115"]
    assert (keypad.model, keypad.via_device_id) == ("Wallstation", devices[entry.entry_id].id)
    assert not await async_remove_config_entry_device(hass, entry, keypad)


# --- Adding ----------------------------------------------------------------------------------


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "wallstation"), context={"source": SOURCE_USER}
    )


async def test_wallstations_are_added_one_by_one_until_there_is_none_left(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = await entry_with(hass, panel)
    for device, others in (("115", ["115", "215"]), ("215", ["215"])):
        step = await start(hass, entry)
        (field,) = step["data_schema"].schema.values()
        assert [option["value"] for option in field.config["options"]] == others
        step = await hass.config_entries.subentries.async_configure(
            step["flow_id"], {"wallstation": device}
        )
        assert step["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done(wait_background_tasks=True)
    step = await start(hass, entry)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "no_wallstations")
    added = [s for s in entry.subentries.values() if s.subentry_type == "wallstation"]
    assert [subentry.data["id"] for subentry in added] == [115, 215]
    assert added[0].data["leds"] == [81, 82, 83, 84, 85]
    await away(hass, entry)
    step = await start(hass, entry)
    assert step["reason"] == "link_not_loaded"


# --- A changed project -----------------------------------------------------------------------


async def test_it_is_followed_to_its_new_id(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, BUTTONS, STATE_UNKNOWN)
    hub = entry.runtime_data
    await panel.fault("transfer=0.2s:ids")
    await panel.until(
        lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data is not hub
    )
    # The module has moved too: until both are stored, it is set up more than once.
    await hass.async_block_till_done()
    await shown(hass, BUTTONS, STATE_UNKNOWN)
    events = heard(hass)
    panel.processor.wallstations.push_button(135, 5)
    await panel.until(lambda: len(events) >= 2)
    assert events[0] == {"event_type": "pressed", "button": 5}


async def test_one_that_the_project_has_no_more_is_unavailable_and_told(
    hass: HomeAssistant, panel: ProcessorPanel, issue_registry: ir.IssueRegistry
) -> None:
    first, second = (await in_project(panel)).values()
    # The second is found at another id than was stored, so ids have moved.
    gone = replace(first, name="Sold keypad")
    moved = replace(second, device=type(second.device)(777))
    entry = await entry_with(hass, panel, gone, moved)
    await shown(hass, "event.keypad_buttons", STATE_UNAVAILABLE)
    await shown(hass, "event.keypad_buttons_2", STATE_UNKNOWN)
    assert keys(issue_registry) == {"wallstation_missing"}
    assert (DOMAIN, f"wallstation_missing_{list(entry.subentries)[1]}") in issue_registry.issues
    await away(hass, entry)
