"""Entities become unavailable when they must, and come back by themselves."""

import asyncio

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from dpm_core.model import ContactState
from dpm_core.protocol import SessionSettings
from dpm_core.transport import ReconnectPolicy

from .panel import HALL, STAIRS, Panel
from .places import ROOT
from .setting_up import call, link_entry, shown

pytestmark = pytest.mark.requirement("H4", "H6")

HALL_ENTITIES = {
    "switch.hall_panel_zone_1": STATE_OFF,
    "switch.hall_panel_zone_4": STATE_OFF,
    "binary_sensor.hall_panel_manual_override": STATE_OFF,
    "button.hall_panel_cco": STATE_UNKNOWN,
    "event.hall_panel_zone_buttons": STATE_UNKNOWN,
}


async def test_a_lost_link_takes_everything_with_it_and_returns_by_itself(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    for entity_id, state in HALL_ENTITIES.items():
        await shown(hass, entity_id, state)
    await panel.stop()
    for entity_id in HALL_ENTITIES:
        await shown(hass, entity_id, STATE_UNAVAILABLE)
    await shown(hass, "switch.stairs_panel_zone_1", STATE_UNAVAILABLE)
    await panel.start()
    for entity_id, state in HALL_ENTITIES.items():
        await shown(hass, entity_id, state)
    await shown(hass, "switch.stairs_panel_zone_1", STATE_OFF)
    await call(hass, "switch", "turn_on", "switch.hall_panel_zone_1")
    assert panel.zones(HALL) == [True, False, False, False]


async def test_what_changed_meanwhile_is_shown_after_the_return_and_nothing_older(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    zone, override = "switch.hall_panel_zone_1", "binary_sensor.hall_panel_manual_override"
    await shown(hass, zone, STATE_OFF)
    await panel.stop()
    await shown(hass, zone, STATE_UNAVAILABLE)
    seen: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: (
            seen.append(event.data["new_state"].state) if event.data["entity_id"] == zone else None
        ),
    )
    # The panel comes back in manual override: everything is on.
    await panel.simulator.start()
    panel.simulator.modules[HALL].move_cci(ContactState.OPEN)
    await panel.power(HALL, is_on=False)
    await panel.power(HALL, is_on=True)
    await panel.power(STAIRS, is_on=False)
    from dpm_core.simulator.pty_server import PtyServer

    panel._server = PtyServer(panel.simulator.line, panel.port)
    await panel._server.open()
    panel._server.publish()
    await shown(hass, override, STATE_ON)
    await shown(hass, zone, STATE_ON)
    assert seen == [STATE_ON]


async def test_a_module_without_power_is_unavailable_alone_and_returns_when_it_powers_up(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    for entity_id, state in HALL_ENTITIES.items():
        await shown(hass, entity_id, state)
    await call(hass, "switch", "turn_on", "switch.hall_panel_zone_4")
    await panel.power(HALL, is_on=False)
    for entity_id in HALL_ENTITIES:
        await shown(hass, entity_id, STATE_UNAVAILABLE)
    await shown(hass, "switch.stairs_panel_zone_1", STATE_OFF)
    await panel.power(HALL, is_on=True)
    # It returns to the level it had before the outage.
    await shown(hass, "switch.hall_panel_zone_4", STATE_ON)
    state = await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    assert state.attributes["last_cause"] in (None, "power_up", "query")


async def test_a_command_on_a_lost_link_is_not_kept_for_later(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    switch = hass.data["entity_components"]["switch"].get_entity("switch.hall_panel_zone_1")  # type: ignore[index]  # a component that is there
    assert switch
    await panel.stop()
    await shown(hass, "switch.hall_panel_zone_1", STATE_UNAVAILABLE)
    with pytest.raises(HomeAssistantError) as lost:
        await switch.async_turn_on()
    assert lost.value.translation_key == "link_unavailable"
    await panel.start()
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    assert panel.zones(HALL) == [False] * 4


async def test_an_action_in_the_moment_of_a_loss_is_refused_and_not_left_out(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    zone = "switch.hall_panel_zone_1"
    await shown(hass, zone, STATE_OFF)
    client = entry.runtime_data.client
    acted: asyncio.Future[tuple[str, asyncio.Task[object]]] = hass.loop.create_future()

    def look() -> None:
        if client.modules[HALL].is_online:
            # In each turn of the loop, so that the loss is seen before anybody is told of it.
            hass.loop.call_soon(look)
            return
        state = hass.states.get(zone)
        assert state
        action = hass.services.async_call("switch", "turn_on", {"entity_id": zone}, blocking=True)
        acted.set_result((state.state, hass.async_create_task(action)))

    look()
    await panel.stop()
    was_shown, action = await acted
    assert was_shown == STATE_OFF
    with pytest.raises(HomeAssistantError) as lost:
        await action
    assert lost.value.translation_key == "link_unavailable"
    await panel.start()
    await shown(hass, zone, STATE_OFF)
    assert panel.zones(HALL) == [False] * 4


async def test_a_module_that_is_off_when_home_assistant_starts_has_its_entities(
    hass: HomeAssistant, panel: Panel
) -> None:
    await panel.power(HALL, is_on=False)
    entry = link_entry(panel)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    for entity_id in HALL_ENTITIES:
        await shown(hass, entity_id, STATE_UNAVAILABLE)
    await shown(hass, "switch.stairs_panel_zone_1", STATE_OFF)
    await panel.power(HALL, is_on=True)
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_link_that_only_listens_is_there_while_its_port_is(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(panel, allow_sending=False, allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, "switch.hall_panel_zone_1", STATE_UNKNOWN)
    await panel.stop()
    await shown(hass, "switch.hall_panel_zone_1", STATE_UNAVAILABLE)
    await panel.start()
    await shown(hass, "switch.hall_panel_zone_1", STATE_UNKNOWN)
    await hass.config_entries.async_unload(entry.entry_id)


def test_the_bounds_that_are_stated_follow_from_the_settings_as_shipped() -> None:
    """The library proves them on a clock that is advanced."""
    session, reconnect = SessionSettings(), ReconnectPolicy()
    for modules in (1, 2, 10, 99):
        assert session.module_lost_within_s(modules) <= 2.4 + 0.1 * modules
    assert reconnect.max_delay_s == 0.5
    assert session.offline_ask_s[-1] == 5
    page = (ROOT / "docs" / "home-assistant.md").read_text()
    for words in (
        "within 2.4 s, and 0.1 s more for each module",
        "tried again at least every 0.5 s",
        "asked at least every 5 s",
        "within 14 s",
    ):
        assert words in page, words
