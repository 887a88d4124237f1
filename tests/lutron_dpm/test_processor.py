"""Modules through a processor: what their entities show, and what becomes of the link."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lutron_dpm.const import DOMAIN
from dpm_core.client import ConnectionLost
from dpm_core.errors import (
    BusSilent,
    DatabaseTransfer,
    LinkUnavailable,
    LoginRefused,
    NoRoute,
    SafeMode,
    SessionHung,
    SessionTaken,
    WrongPrompt,
)
from dpm_core.model import CcoType, ContactState, Program

from .panel import HALL, STAIRS
from .processor_panel import ProcessorPanel
from .setting_up import call, shown
from .test_notices import keys, pass_time

pytestmark = [pytest.mark.requirement("E8", "H2", "H4"), pytest.mark.usefixtures("socket_enabled")]

ZONES = [f"switch.hall_panel_module_00a1b2c3_zone_{zone}" for zone in range(1, 5)]
OVERRIDE = "binary_sensor.hall_panel_manual_override"
CCO = "button.hall_panel_cco"


@pytest.fixture
async def panel(socket_enabled: None) -> AsyncIterator[ProcessorPanel]:
    """A processor in front of two modules."""
    async with ProcessorPanel() as panel:
        yield panel


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
async def entry(hass: HomeAssistant, panel: ProcessorPanel) -> AsyncIterator[MockConfigEntry]:
    """The processor, set up with both modules."""
    entry = await set_up(hass, panel.entry())
    yield entry
    await away(hass, entry)


async def away(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


# --- What the entities do --------------------------------------------------------------------


@pytest.mark.requirement("H1")
async def test_a_module_has_four_switches_an_override_sensor_and_its_cco(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    rows = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert sorted(row.unique_id for row in rows if row.unique_id.startswith(f"uid{HALL}")) == [
        f"uid{HALL}_{key}" for key in ("cco", "override", "zone_1", "zone_2", "zone_3", "zone_4")
    ]
    assert not hass.states.get(ZONES[0]).attributes.get("assumed_state")  # type: ignore[union-attr]  # it is there


async def test_switching_a_zone_moves_that_relay_and_is_shown(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, ZONES[1], STATE_OFF)
    await call(hass, "switch", "turn_on", ZONES[1])
    await panel.relays(HALL, False, True, False, False)
    await panel.relays(STAIRS, False, False, False, False)
    await shown(hass, ZONES[1], STATE_ON)
    await call(hass, "switch", "turn_off", ZONES[1])
    await panel.relays(HALL, False, False, False, False)
    await shown(hass, ZONES[1], STATE_OFF)


async def test_a_press_on_the_module_is_shown(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, ZONES[2], STATE_OFF)
    await panel.press(HALL, 3)
    await shown(hass, ZONES[2], STATE_ON)


async def test_where_levels_are_never_pushed_they_are_asked_for(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    await panel.fault("no-push")
    entry = await set_up(hass, panel.entry(options={"processor_poll_s": 0.2}))
    await shown(hass, ZONES[0], STATE_OFF)
    await call(hass, "switch", "turn_on", ZONES[0])
    await shown(hass, ZONES[0], STATE_ON)
    await panel.press(HALL, 4)
    await shown(hass, ZONES[3], STATE_ON)
    await away(hass, entry)


@pytest.mark.requirement("H1", "D2")
async def test_a_pulsed_cco_is_a_button_and_gives_one_pulse(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, CCO, STATE_UNKNOWN)
    pressing = hass.async_create_task(call(hass, "button", "press", CCO))
    await panel.until(lambda: panel.snapshot(HALL)["cco"]["closed"])
    await pressing
    await panel.until(lambda: not panel.snapshot(HALL)["cco"]["closed"])
    assert hass.states.get("switch.hall_panel_cco") is None


@pytest.mark.requirement("H1", "D2")
async def test_a_maintained_cco_is_a_switch(hass: HomeAssistant, socket_enabled: None) -> None:
    maintained = Program(cco_type=CcoType.MAINTAINED)
    async with ProcessorPanel((HALL,), programs={HALL: maintained}) as panel:
        entry = await set_up(hass, panel.entry(panel.module(HALL, cco_type=CcoType.MAINTAINED)))
        cco = "switch.hall_panel_cco"
        await shown(hass, cco, STATE_OFF)
        await call(hass, "switch", "turn_on", cco)
        await panel.until(lambda: panel.snapshot(HALL)["cco"]["closed"])
        await shown(hass, cco, STATE_ON)
        await call(hass, "switch", "turn_off", cco)
        await panel.until(lambda: not panel.snapshot(HALL)["cco"]["closed"])
        await shown(hass, cco, STATE_OFF)
        assert hass.states.get(CCO) is None
        await away(hass, entry)


@pytest.mark.requirement("C4", "H5")
async def test_manual_override_is_seen_and_a_command_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, OVERRIDE, STATE_OFF)
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, OVERRIDE, STATE_ON)
    for zone in ZONES:
        await shown(hass, zone, STATE_ON)
    with pytest.raises(HomeAssistantError) as refused:
        await call(hass, "switch", "turn_off", ZONES[0])
    assert refused.value.translation_key == "override_active"
    await panel.relays(HALL, True, True, True, True)
    await shown(hass, ZONES[0], STATE_ON)
    panel.move_cci(HALL, ContactState.CLOSED)
    await shown(hass, OVERRIDE, STATE_OFF)
    await shown(hass, ZONES[0], STATE_OFF)
    await panel.relays(HALL, False, False, False, False)


async def test_without_a_contact_manual_override_is_unknown_and_a_refused_zone_is_an_error(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = await set_up(hass, panel.entry(panel.module(HALL, contact=None)))
    await shown(hass, ZONES[0], STATE_OFF)
    assert hass.states.get(OVERRIDE).state == STATE_UNKNOWN  # type: ignore[union-attr]  # it is there
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, ZONES[0], STATE_ON)
    with pytest.raises(HomeAssistantError) as refused:
        await call(hass, "switch", "turn_off", ZONES[0])
    assert refused.value.translation_key == "not_confirmed"
    # Nothing was guessed from it.
    assert hass.states.get(OVERRIDE).state == STATE_UNKNOWN  # type: ignore[union-attr]  # it is there
    assert hass.states.get(ZONES[0]).state == STATE_ON  # type: ignore[union-attr]  # it is there
    await away(hass, entry)


async def test_manual_override_can_be_inferred_when_that_is_asked_for(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = await set_up(
        hass, panel.entry(panel.module(HALL, contact=None), options={"infer_override": True})
    )
    await shown(hass, ZONES[0], STATE_OFF)
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, ZONES[0], STATE_ON)
    with pytest.raises(HomeAssistantError):
        await call(hass, "switch", "turn_off", ZONES[0])
    await shown(hass, OVERRIDE, STATE_ON)
    await away(hass, entry)


async def test_a_zone_or_cco_without_an_output_is_unavailable(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    module = panel.module(HALL, cco=None)
    assert module.outputs
    zones = (None, *module.outputs.zones[1:])
    module = replace(module, outputs=replace(module.outputs, zones=zones))
    entry = await set_up(hass, panel.entry(module))
    await shown(hass, ZONES[1], STATE_OFF)
    await shown(hass, "switch.hall_panel_zone_1", STATE_UNAVAILABLE)
    await shown(hass, CCO, STATE_UNAVAILABLE)
    await call(hass, "switch", "turn_on", ZONES[1])
    await panel.relays(HALL, False, True, False, False)
    await away(hass, entry)


async def test_the_devices_say_what_they_are(
    hass: HomeAssistant, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    devices = {
        next(iter(device.identifiers))[1]: device
        for device in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    }
    assert devices[entry.entry_id].model == "HomeWorks QS processor"
    hall = devices[f"uid{HALL}"]
    assert (hall.model_id, hall.serial_number) == ("LQSE-4S8-120-D", None)
    assert hall.via_device_id == devices[entry.entry_id].id


# --- What becomes of the link ----------------------------------------------------------------


@pytest.mark.requirement("H6")
async def test_a_processor_that_goes_away_takes_its_modules_along_and_returns_by_itself(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    await panel.fault("away")
    for entity_id in (*ZONES, OVERRIDE, CCO):
        await shown(hass, entity_id, STATE_UNAVAILABLE)
    await panel.press(HALL, 1)
    await panel.well("away")
    await shown(hass, ZONES[0], STATE_ON)
    await shown(hass, OVERRIDE, STATE_OFF)
    await call(hass, "switch", "turn_off", ZONES[0])
    await panel.relays(HALL, False, False, False, False)


@pytest.mark.requirement("H6")
async def test_a_command_while_it_is_away_is_an_error_and_is_not_kept_for_later(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    switch = hass.data["entity_components"]["switch"].get_entity(ZONES[0])  # type: ignore[index]  # a component that is there
    assert switch
    await panel.fault("away")
    await shown(hass, ZONES[0], STATE_UNAVAILABLE)
    with pytest.raises(HomeAssistantError) as lost:
        await switch.async_turn_on()
    assert lost.value.translation_domain == DOMAIN
    await panel.well("away")
    await shown(hass, ZONES[0], STATE_OFF)
    await panel.relays(HALL, False, False, False, False)


async def test_a_processor_that_is_away_at_the_start_is_tried_again(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = panel.entry()
    await panel.fault("away")
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "no_route"
    await panel.well("away")
    await hass.config_entries.async_reload(entry.entry_id)
    await shown(hass, ZONES[0], STATE_OFF)
    await away(hass, entry)


@pytest.mark.parametrize(
    ("fault", "notice"),
    [("prompt=SAFE", "safe_mode"), ("prompt=QSE", "wrong_prompt")],
)
async def test_repair_notices_tell_the_causes_apart(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: ProcessorPanel,
    issue_registry: ir.IssueRegistry,
    fault: str,
    notice: str,
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    await panel.fault(fault)
    await panel.fault("close")
    await shown(hass, ZONES[0], STATE_UNAVAILABLE)
    hub = entry.runtime_data
    names = {"safe_mode": "SafeMode", "wrong_prompt": "WrongPrompt"}
    await panel.until(lambda: type(hub.trouble).__name__ == names[notice])
    await pass_time(hass, 590)
    assert not keys(issue_registry)
    await pass_time(hass, 610)
    assert keys(issue_registry) == {notice}
    (issue,) = (issue for (domain, _), issue in issue_registry.issues.items() if domain == DOMAIN)
    assert issue.translation_placeholders
    assert issue.translation_placeholders["minutes"] == "10"
    assert "integration" not in str(issue.translation_placeholders)
    await hass.config_entries.async_unload(entry.entry_id)
    assert not keys(issue_registry)


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (NoRoute("lip://panel", "no route"), "no_route"),
        (SessionTaken("lip://panel"), "session_taken"),
        (WrongPrompt("lip://panel", "QSE>"), "wrong_prompt"),
        (SafeMode("lip://panel"), "safe_mode"),
        (SessionHung("lip://panel", 20), "session_hung"),
        (DatabaseTransfer("lip://panel"), "database_transfer"),
        (BusSilent("lip://panel"), "bus_silent"),
        (LinkUnavailable("lip://panel", "?"), "link_gone"),
    ],
)
async def test_each_cause_has_a_notice_of_its_own(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: ProcessorPanel,
    issue_registry: ir.IssueRegistry,
    error: LinkUnavailable,
    notice: str,
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    hub = entry.runtime_data
    await panel.fault("away")
    await panel.until(lambda: not hub.is_connected)
    # Which error the library makes of which trouble is proved in the library.
    hub._heard(ConnectionLost(error))
    assert not keys(issue_registry)
    await pass_time(hass, 610)
    assert keys(issue_registry) == {notice}


async def test_a_cause_that_becomes_another_starts_to_count_anew(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: ProcessorPanel,
    issue_registry: ir.IssueRegistry,
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    hub = entry.runtime_data
    await panel.fault("away")
    await panel.until(lambda: not hub.is_connected)
    hub._heard(ConnectionLost(SafeMode("lip://panel")))
    await pass_time(hass, 610)
    assert keys(issue_registry) == {"safe_mode"}
    hub._heard(ConnectionLost(DatabaseTransfer("lip://panel")))
    assert not keys(issue_registry)
    # A refused login is asked for again at once, and that is what is told.
    hub._heard(ConnectionLost(LoginRefused("lip://panel")))
    await pass_time(hass, 1300)
    assert not keys(issue_registry)
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [
        "reauth"
    ]


async def test_a_processor_that_is_gone_for_long_is_told_until_it_returns(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: ProcessorPanel,
    issue_registry: ir.IssueRegistry,
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    await panel.fault("away")
    await shown(hass, ZONES[0], STATE_UNAVAILABLE)
    await panel.until(lambda: not entry.runtime_data.is_connected)
    await asyncio.sleep(0.2)
    await pass_time(hass, 610)
    (notice,) = keys(issue_registry)
    # The port of a host that is there is closed: it may also be starting again.
    assert notice in ("no_route", "database_transfer")
    await panel.well("away")
    await shown(hass, ZONES[0], STATE_OFF)
    assert not keys(issue_registry)


# --- A changed project -----------------------------------------------------------------------


async def test_a_changed_project_is_followed_without_a_reload_by_hand(
    hass: HomeAssistant, entry: MockConfigEntry, panel: ProcessorPanel
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    hub = entry.runtime_data
    await panel.fault("transfer=0.2s:ids")
    await shown(hass, ZONES[0], STATE_UNAVAILABLE)
    await panel.until(
        lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data is not hub
    )
    await shown(hass, ZONES[0], STATE_OFF)
    (hall, _) = entry.subentries.values()
    assert [zone["id"] for zone in hall.data["outputs"]["zones"]] == [121, 122, 123, 124]
    assert hall.data["outputs"]["cco"]["id"] == 125
    assert hall.data["outputs"]["contact"]["id"] == 130
    await call(hass, "switch", "turn_on", ZONES[0])
    await panel.relays(HALL, True, False, False, False)
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, OVERRIDE, STATE_ON)


async def test_a_project_that_changed_while_home_assistant_was_away_is_followed(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = panel.entry()
    panel.processor.transfer(0.01, changes_ids=True)
    await asyncio.sleep(0.05)
    await set_up(hass, entry)
    await shown(hass, ZONES[3], STATE_OFF)
    await call(hass, "switch", "turn_on", ZONES[3])
    await panel.relays(HALL, False, False, False, True)
    await away(hass, entry)


async def test_what_the_project_has_no_more_is_unavailable_and_told(
    hass: HomeAssistant,
    panel: ProcessorPanel,
    issue_registry: ir.IssueRegistry,
) -> None:
    module = panel.module(HALL)
    assert module.outputs
    one, *others = module.outputs.zones
    assert one
    zones = (replace(one, name="Sold lamp", number=type(one.number)(99)), *others)
    entry = await set_up(
        hass, panel.entry(replace(module, outputs=replace(module.outputs, zones=zones)))
    )
    await shown(hass, ZONES[1], STATE_OFF)
    await shown(hass, "switch.hall_panel_sold_lamp", STATE_UNAVAILABLE)
    assert keys(issue_registry) == {"outputs_missing"}
    (issue,) = (issue for (domain, _), issue in issue_registry.issues.items() if domain == DOMAIN)
    assert issue.translation_placeholders == {"module": "Hall panel", "outputs": "Sold lamp"}
    await away(hass, entry)
    assert not keys(issue_registry)


async def test_a_module_whose_zones_are_all_gone_is_unavailable_and_holds_nothing_up(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    module = panel.module(HALL)
    assert module.outputs
    gone = tuple(
        zone
        and replace(zone, name=f"Gone {zone.number}", number=type(zone.number)(zone.number + 900))
        for zone in module.outputs.zones
    )
    entry = await set_up(
        hass,
        panel.entry(
            replace(module, outputs=replace(module.outputs, zones=gone)),  # type: ignore[arg-type]  # four of them
            panel.module(STAIRS),
        ),
    )
    await shown(hass, "switch.hall_panel_gone_101", STATE_UNAVAILABLE)
    await shown(hass, "switch.stairs_panel_module_00a1b2c4_zone_1", STATE_OFF)
    await away(hass, entry)


async def test_a_changed_project_that_cannot_be_read_is_told(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    panel: ProcessorPanel,
    issue_registry: ir.IssueRegistry,
) -> None:
    await shown(hass, ZONES[0], STATE_OFF)
    await panel.fault("http-truncated")
    with patch("custom_components.lutron_dpm.project.AGAIN_S", (0.0, 0.01)):
        await panel.fault("transfer=0.2s")
        await shown(hass, ZONES[0], STATE_UNAVAILABLE)
        await panel.until(lambda: keys(issue_registry) == {"project_unread"})
    # Nobody can know better now.
    await shown(hass, ZONES[0], STATE_OFF)


@pytest.mark.requirement("E9")
async def test_software_that_is_too_old_is_told(
    hass: HomeAssistant, panel: ProcessorPanel, issue_registry: ir.IssueRegistry
) -> None:
    await panel.fault("old-software")
    entry = await set_up(hass, panel.entry())
    assert keys(issue_registry) == {"software_too_old"}
    (issue,) = (issue for (domain, _), issue in issue_registry.issues.items() if domain == DOMAIN)
    assert issue.translation_placeholders
    assert issue.translation_placeholders["version"] == "9.4.0"
    await away(hass, entry)


# --- Diagnostics -----------------------------------------------------------------------------


async def test_diagnostics_tell_of_the_project_and_keep_secrets(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert isinstance(found, dict)
    assert found["connection"] == "connected"
    assert found["trouble"] is None
    assert found["project"] == {
        "software_version": "15.9.0",
        "exported": found["project"]["exported"],  # type: ignore[index,call-overload]  # a mapping
        "outputs": {"NON_DIM": 8, "CCO_PULSED": 2},
        "wallstations": found["project"]["wallstations"],  # type: ignore[index,call-overload]  # a mapping
        "skipped": 0,
    }
    hall = found["modules"][0]  # type: ignore[index,call-overload]  # a list
    assert hall["outputs"]["zones"][0]["id"] == 101
    text = json.dumps(found)
    for private in ('lutron"', 'integration"', "127.0.0.1", "00A1B2C3", "uid", "Switching Panel"):
        assert private not in text, private
