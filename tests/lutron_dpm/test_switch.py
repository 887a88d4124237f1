"""The four zones, and the maintained CCO."""

import pytest
from homeassistant.const import ATTR_ASSUMED_STATE, STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from dpm_core.model import CcoType, ContactState, Program

from .panel import HALL, STAIRS, Panel
from .setting_up import call, link_entry, module_config, shown, until

pytestmark = [pytest.mark.requirement("H1", "H4")]

ZONE_2 = "switch.hall_panel_zone_2"
OVERRIDE = "binary_sensor.hall_panel_manual_override"


async def test_a_module_has_four_switches_one_override_sensor_and_a_cco_button(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    rows = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    # What the loads take and the statistics, off until somebody wants them, are in test_sensor.py.
    rows = [row for row in rows if row.domain != "sensor"]
    hall = {row.entity_id: row.unique_id for row in rows if "hall" in row.entity_id}
    assert hall == {
        **{f"switch.hall_panel_zone_{zone}": f"uid00A1B2C3_zone_{zone}" for zone in range(1, 5)},
        OVERRIDE: "uid00A1B2C3_override",
        "button.hall_panel_cco": "uid00A1B2C3_cco",
        "event.hall_panel_zone_buttons": "uid00A1B2C3_zone_button",
    }
    assert len(rows) == 2 * len(hall)


def attributes(hass: HomeAssistant, entity_id: str) -> tuple[str | None, str | None]:
    """Return why a zone is as it is, and what it returns to."""
    state = hass.states.get(entity_id)
    assert state
    return state.attributes["last_cause"], state.attributes["returns_to"]


async def test_a_zone_is_a_switch_and_never_an_outlet(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    state = await shown(hass, ZONE_2, STATE_OFF)
    assert state.attributes["device_class"] == "switch"
    assert state.attributes["friendly_name"] == "Hall panel Zone 2"


async def test_only_what_shows_a_change_is_written(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await shown(hass, ZONE_2, STATE_OFF)
    before = {state.entity_id: state.last_reported for state in hass.states.async_all()}
    await call(hass, "switch", "turn_on", ZONE_2)
    after = {state.entity_id: state.last_reported for state in hass.states.async_all()}
    assert {entity_id for entity_id, at in after.items() if at != before[entity_id]} == {ZONE_2}


async def test_switching_moves_the_relay_and_shows_why(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, ZONE_2, STATE_OFF)
    await call(hass, "switch", "turn_on", ZONE_2)
    assert panel.zones(HALL) == [False, True, False, False]
    assert panel.zones(STAIRS) == [False] * 4
    state = hass.states.get(ZONE_2)
    assert state
    assert state.state == STATE_ON
    assert state.attributes["returns_to"] is None
    # What confirmed the command may have been the answer to a question; the report says why.
    await until(hass, lambda: attributes(hass, ZONE_2)[0] == "link_command")

    await call(hass, "switch", "turn_off", ZONE_2)
    assert panel.zones(HALL) == [False] * 4
    await shown(hass, ZONE_2, STATE_OFF)


async def test_a_press_on_the_module_is_shown(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, ZONE_2, STATE_OFF)
    await panel.press(HALL, 2)
    await shown(hass, ZONE_2, STATE_ON)
    await until(hass, lambda: attributes(hass, ZONE_2)[0] == "zone_button")


@pytest.mark.requirement("H5")
async def test_in_manual_override_switches_show_the_relays_and_refuse_with_a_reason(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    zone_1 = "switch.hall_panel_zone_1"
    await shown(hass, zone_1, STATE_OFF)
    await call(hass, "switch", "turn_on", zone_1)
    await until(hass, lambda: attributes(hass, zone_1)[0] == "link_command")
    panel.move_cci(HALL, ContactState.OPEN)
    for zone in range(1, 5):
        await shown(hass, f"switch.hall_panel_zone_{zone}", STATE_ON)
    await shown(hass, OVERRIDE, STATE_ON)

    await until(hass, lambda: attributes(hass, ZONE_2) == ("cci", "off"))
    await until(hass, lambda: attributes(hass, zone_1) == ("link_command", "on"))

    for service in ("turn_off", "turn_on"):
        with pytest.raises(HomeAssistantError) as refused:
            await call(hass, "switch", service, ZONE_2)
        assert refused.value.translation_domain == "lutron_dpm"
        assert refused.value.translation_key == "override_active"
        assert str(refused.value).rstrip(".") == (
            "Zone 2 of Hall panel is in manual override (its CCI is open), so no control changes "
            "it. Close the contact and try again; nothing is kept for later"
        )
    assert panel.zones(HALL) == [True] * 4
    await shown(hass, ZONE_2, STATE_ON)

    panel.move_cci(HALL, ContactState.CLOSED)
    await shown(hass, OVERRIDE, STATE_OFF)
    state = await shown(hass, ZONE_2, STATE_OFF)
    assert state.attributes["returns_to"] is None
    await shown(hass, zone_1, STATE_ON)
    assert panel.zones(HALL) == [True, False, False, False]


@pytest.mark.requirement("C3", "H5")
async def test_what_manual_override_leaves_alone_shows_where_it_really_is(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    """Zone 4 is programmed to stay off in manual override."""
    await shown(hass, ZONE_2, STATE_OFF)
    client = entry.runtime_data.client
    from dpm_core.model import OverrideAction  # the only test that needs it

    on, off = OverrideAction.ON, OverrideAction.OFF
    await client.write_program(HALL, Program(override_actions=(on, on, on, off)))
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, OVERRIDE, STATE_ON)
    await shown(hass, ZONE_2, STATE_ON)
    await shown(hass, "switch.hall_panel_zone_4", STATE_OFF)


async def test_a_zone_has_the_name_that_is_programmed_in_its_module(
    hass: HomeAssistant, panel: Panel
) -> None:
    program = Program(zone_names=("Hall", "", "Café", ""))
    entry = link_entry(panel, modules=[module_config(HALL, program)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert {state.name for state in hass.states.async_all("switch")} == {
        "Hall panel Hall",
        "Hall panel Zone 2",
        "Hall panel Café",
        "Hall panel Zone 4",
    }
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.requirement("D2")
async def test_a_maintained_cco_is_a_switch_in_the_buttons_place(
    hass: HomeAssistant, panel: Panel, entity_registry: er.EntityRegistry
) -> None:
    program = Program(cco_type=CcoType.MAINTAINED)
    entry = link_entry(panel, modules=[module_config(HALL, program)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert not hass.states.async_all("button")
    cco = "switch.hall_panel_cco"
    await shown(hass, cco, STATE_OFF)
    await call(hass, "switch", "turn_on", cco)
    assert panel.is_cco_closed(HALL)
    await shown(hass, cco, STATE_ON)
    await call(hass, "switch", "turn_off", cco)
    assert not panel.is_cco_closed(HALL)
    await shown(hass, cco, STATE_OFF)

    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, OVERRIDE, STATE_ON)
    for service in ("turn_on", "turn_off"):
        with pytest.raises(HomeAssistantError, match="CCO of Hall panel is in manual override"):
            await call(hass, "switch", service, cco)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_listen_only_link_refuses_and_says_so(hass: HomeAssistant, panel: Panel) -> None:
    entry = link_entry(panel, allow_sending=False, allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await shown(hass, ZONE_2, STATE_UNKNOWN)
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "switch", "turn_on", ZONE_2)
    assert refused.value.translation_key == "listen_only"
    assert "Zone 2 of Hall panel was not changed: its link is listen-only" in str(refused.value)
    assert panel.zones(HALL) == [False] * 4

    # It still shows what it hears.
    await panel.press(HALL, 2)
    await shown(hass, ZONE_2, STATE_ON)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_without_the_projects_own_messages_a_zone_can_be_switched_but_not_known(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(panel, allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    state = await shown(hass, ZONE_2, STATE_UNKNOWN)
    assert state.attributes[ATTR_ASSUMED_STATE]
    await call(hass, "switch", "turn_on", ZONE_2)
    # It returns with the acknowledgement; the contact follows at its zero crossing.
    await panel.simulator.modules[HALL].settled()
    assert panel.zones(HALL) == [False, True, False, False]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_module_that_does_not_answer_is_named(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    await shown(hass, ZONE_2, STATE_OFF)
    panel.simulator.modules[HALL].set_power(False)
    with pytest.raises(HomeAssistantError) as silent:
        await call(hass, "switch", "turn_on", ZONE_2)
    assert silent.value.translation_key == "no_reply"
    assert str(silent.value).startswith("Hall panel did not answer within ")


async def test_modules_are_devices_below_their_links_device(
    hass: HomeAssistant, entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    await shown(hass, ZONE_2, STATE_OFF)
    await hass.async_block_till_done(wait_background_tasks=True)
    devices = {
        next(iter(device.identifiers))[1]: device
        for device in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    }
    assert set(devices) == {entry.entry_id, "uid00A1B2C3", "uid00A1B2C4"}
    link, hall = devices[entry.entry_id], devices["uid00A1B2C3"]
    assert hall.via_device_id == link.id
    assert (hall.name, hall.manufacturer, hall.model_id) == (
        "Hall panel",
        "Lutron",
        "LQSE-4S8-120-D",
    )
    assert hall.serial_number == "00A1B2C3"
    assert hall.sw_version == "2.054"
