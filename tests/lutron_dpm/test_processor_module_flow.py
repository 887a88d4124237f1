"""Saying which outputs of a processor's project are a module, and moving one there and back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.forms import BadInput
from custom_components.lutron_dpm.models import ModuleConfig
from custom_components.lutron_dpm.outputs import StoredOutput
from custom_components.lutron_dpm.processor_forms import notes_from_input
from dpm_core.model import (
    CcoType,
    ContactState,
    IntegrationId,
    OverrideAction,
    Program,
    SerialNumber,
)

from .panel import HALL, STAIRS, Panel
from .processor_panel import ProcessorPanel
from .setting_up import call, link_entry, module_config, shown

pytestmark = [pytest.mark.requirement("H2", "H4", "E8"), pytest.mark.usefixtures("socket_enabled")]

Step = dict[str, Any]


@pytest.fixture
async def processor(socket_enabled: None) -> AsyncIterator[ProcessorPanel]:
    """A processor in front of two modules."""
    async with ProcessorPanel() as panel:
        yield panel


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    entry.add_to_hass(hass)
    if entry.state is ConfigEntryState.NOT_LOADED:
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def away(hass: HomeAssistant, *entries: MockConfigEntry) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def hall(hass: HomeAssistant, processor: ProcessorPanel) -> AsyncIterator[MockConfigEntry]:
    """The processor, set up with the hall's module alone."""
    entry = await set_up(hass, processor.entry(processor.module(HALL)))
    yield entry
    await away(hass, entry)


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> Step:
    step: Step = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "module"), context={"source": SOURCE_USER}
    )  # type: ignore[assignment]  # a result is a typed dictionary
    return step


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry, part: str) -> Step:
    menu = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "module"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": next(iter(entry.subentries))},
    )
    assert menu["menu_options"] == ["outputs", "loads_note"]
    return await go_on(hass, menu, {"next_step_id": part})


async def go_on(hass: HomeAssistant, step: Any, user_input: dict[str, Any]) -> Step:
    result: Step = await hass.config_entries.subentries.async_configure(step["flow_id"], user_input)  # type: ignore[assignment]  # a result is a typed dictionary
    return result


def form(
    name: str = "By hand",
    zones: dict[str, str] | None = None,
    cco: str | None = "205",
    contact: str | None = "210:1",
    **changes: Any,
) -> dict[str, Any]:
    """Return the form of a module's outputs, filled in for the stairs' module."""
    chosen = {f"zone_{n}": str(200 + n) for n in range(1, 5)} if zones is None else zones
    return {
        "name": name,
        "zones": chosen,
        "cco": {"cco_type": "momentary", "cco_pulse_s": 0.5} | ({"output": cco} if cco else {}),
        "override": {f"zone_{n}": "on" for n in range(1, 5)}
        | {"is_inverted": False}
        | ({"contact": contact} if contact else {})
        | changes,
    }


def suggested(step: Step) -> dict[str, Any]:
    """Return what a form shows when it opens, with what its sections show."""
    found: dict[str, Any] = {}
    for marker, field in step["data_schema"].schema.items():
        if hasattr(field, "schema") and hasattr(field, "options"):
            found[marker.schema] = suggested({"data_schema": field.schema})
        elif (marker.description or {}).get("suggested_value") is not None:
            found[marker.schema] = marker.description["suggested_value"]
    return found


# --- Adding ----------------------------------------------------------------------------------


async def test_a_module_that_the_project_suggests_is_added_with_a_name_of_its_own(
    hass: HomeAssistant, hall: MockConfigEntry, processor: ProcessorPanel
) -> None:
    menu = await start(hass, hall)
    assert menu["menu_options"] == ["suggested", "by_hand"]
    step = await go_on(hass, menu, {"next_step_id": "suggested"})
    (first, _) = step["data_schema"].schema.values()
    # What is set up already is not suggested again.
    assert [option["value"] for option in first.config["options"]] == ["201"]
    step = await go_on(hass, step, {"suggestion": "201", "name": "Stairs panel"})
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    await call(hass, "switch", "turn_on", "switch.stairs_panel_module_00a1b2c4_zone_4")
    await processor.relays(STAIRS, False, False, False, True)
    # Nothing is left to suggest, so only what a person knows can be added.
    step = await start(hass, hall)
    assert step["step_id"] == "by_hand"


async def test_a_suggestion_that_another_window_has_taken_is_said(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    async with ProcessorPanel((HALL, STAIRS, SerialNumber.parse("00A1B2C5"))) as processor:
        entry = await set_up(hass, processor.entry(processor.module(HALL)))
        windows = [
            await go_on(hass, await start(hass, entry), {"next_step_id": "suggested"})
            for _ in range(2)
        ]
        await go_on(hass, windows[0], {"suggestion": "201"})
        await hass.async_block_till_done(wait_background_tasks=True)
        step = await go_on(hass, windows[1], {"suggestion": "201"})
        assert step["errors"] == {"base": "suggestion_gone"}
        step = await go_on(hass, step, {"suggestion": "301"})
        assert step["type"] is FlowResultType.CREATE_ENTRY
        await away(hass, entry)


async def test_what_the_file_does_not_say_is_said_by_hand(
    hass: HomeAssistant, hall: MockConfigEntry, processor: ProcessorPanel
) -> None:
    step = await go_on(hass, await start(hass, hall), {"next_step_id": "by_hand"})
    assert step["step_id"] == "by_hand"
    # Zones in another order than in the project, one of them nowhere.
    zones = {"zone_1": "204", "zone_2": "203", "zone_3": "202"}
    step = await go_on(
        hass, step, form(zones=zones, is_inverted=False, zone_2="unaffected", zone_3="off")
    )
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert step["title"] == "By hand"
    data = step["data"]
    assert [zone and zone["id"] for zone in data["outputs"]["zones"]] == [204, 203, 202, None]
    # What the project calls them is kept, so that they are found again when ids change.
    assert data["outputs"]["zones"][0]["name"] == "Module 00A1B2C4 zone 4"
    assert data["program"]["override_actions"] == ["on", "unaffected", "off", "on"]
    await hass.async_block_till_done(wait_background_tasks=True)
    await call(hass, "switch", "turn_on", "switch.by_hand_module_00a1b2c4_zone_4")
    await processor.relays(STAIRS, False, False, False, True)
    await shown(hass, "switch.by_hand_zone_4", STATE_UNAVAILABLE)
    processor.move_cci(STAIRS, ContactState.OPEN)
    await shown(hass, "binary_sensor.by_hand_manual_override", STATE_ON)


async def test_ids_can_be_typed_where_there_is_no_project(
    hass: HomeAssistant, processor: ProcessorPanel
) -> None:
    await processor.fault("http-truncated")
    empty = processor.entry(processor.module(HALL))
    for subentry_id in list(empty.subentries):
        empty.subentries = {k: v for k, v in empty.subentries.items() if k != subentry_id}  # type: ignore[assignment]  # a mapping
    entry = await set_up(hass, empty)
    step = await start(hass, entry)
    assert step["step_id"] == "by_hand"
    step = await go_on(hass, step, form(name="Typed"))
    assert step["data"]["outputs"]["zones"][0] == {"id": 201, "name": "", "area": ""}
    await hass.async_block_till_done(wait_background_tasks=True)
    await call(hass, "switch", "turn_on", "switch.typed_zone_2")
    await processor.relays(STAIRS, False, True, False, False)
    await away(hass, entry)


@pytest.mark.parametrize(
    ("given", "error", "facts"),
    [
        ({"zones": {}}, "no_zone", {}),
        ({"zones": {"zone_1": "201", "zone_2": "201"}}, "output_twice", {"output": "201"}),
        ({"zones": {"zone_1": "205"}}, "output_twice", {"output": "205"}),
        ({"zones": {"zone_1": "101"}}, "output_taken", {"output": "101"}),
        ({"cco": "105"}, "output_taken", {"output": "105"}),
        ({"zones": {"zone_1": "lamp"}}, "invalid_output", {"output": "lamp"}),
        ({"zones": {"zone_1": "0"}}, "invalid_output", {"output": "0"}),
        ({"contact": "110"}, "invalid_contact", {"contact": "110"}),
        ({"contact": "0:1"}, "invalid_output", {"output": "0"}),
    ],
)
async def test_what_cannot_be_a_module_is_said_and_can_be_put_right(
    hass: HomeAssistant,
    hall: MockConfigEntry,
    given: dict[str, Any],
    error: str,
    facts: dict[str, str],
) -> None:
    step = await go_on(hass, await start(hass, hall), {"next_step_id": "by_hand"})
    step = await go_on(hass, step, form(**given))
    assert step["errors"] == {"base": error}
    assert facts.items() <= step["description_placeholders"].items()
    step = await go_on(hass, step, form())
    assert step["type"] is FlowResultType.CREATE_ENTRY


async def test_a_suggestion_that_was_the_last_one_leaves_the_outputs_to_be_said_by_hand(
    hass: HomeAssistant, hall: MockConfigEntry
) -> None:
    windows = [await start(hass, hall) for _ in range(2)]
    step = await go_on(hass, windows[0], {"next_step_id": "suggested"})
    await go_on(hass, step, {"suggestion": "201"})
    await hass.async_block_till_done(wait_background_tasks=True)
    step = await go_on(hass, windows[1], {"next_step_id": "suggested"})
    assert step["step_id"] == "by_hand"


def test_a_note_that_no_module_could_be_programmed_with_is_refused() -> None:
    given = form()
    given["cco"]["cco_pulse_s"] = 99
    with pytest.raises(BadInput) as refused:
        notes_from_input(given, Program())
    assert refused.value.key == "unsupported_setting"


# --- Changing --------------------------------------------------------------------------------


async def test_outputs_and_notes_are_changed_and_nothing_is_written_to_the_module(
    hass: HomeAssistant, hall: MockConfigEntry, processor: ProcessorPanel
) -> None:
    step = await reconfigure(hass, hall, "outputs")
    shown_first = suggested(step)
    assert shown_first["zones"] == {f"zone_{n}": str(100 + n) for n in range(1, 5)}
    assert shown_first["cco"] == {"output": "105", "cco_type": "momentary", "cco_pulse_s": 0.5}
    assert shown_first["override"]["contact"] == "110:1"
    changed = form(
        name="Hall cupboard",
        zones={"zone_1": "104", "zone_2": "102", "zone_3": "103", "zone_4": "101"},
        cco="105",
        contact=None,
        zone_1="off",
    )
    changed["cco"]["cco_pulse_s"] = 2
    step = await go_on(hass, step, changed)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done(wait_background_tasks=True)
    (subentry,) = hall.subentries.values()
    module = ModuleConfig.from_subentry(subentry, is_through_processor=True)
    assert (subentry.title, module.uid) == ("Hall cupboard", f"uid{HALL}")
    assert module.program.override_actions[0] is OverrideAction.OFF
    assert module.program.cco_pulse_s == 2
    await shown(hass, "binary_sensor.hall_panel_manual_override", STATE_UNKNOWN)
    # The entity of zone 1 is the same; the output behind it is another.
    await call(hass, "switch", "turn_on", "switch.hall_panel_module_00a1b2c3_zone_1")
    await processor.relays(HALL, False, False, False, True)
    assert processor.simulator.modules[HALL].state.memory.program == Program()


@pytest.mark.requirement("A6", "F4")
async def test_loads_are_a_note_and_are_checked_all_the_same(
    hass: HomeAssistant, hall: MockConfigEntry, processor: ProcessorPanel
) -> None:
    step = await reconfigure(hass, hall, "loads_note")
    assert step["step_id"] == "loads_note"
    assert "{zone_max}" not in str(step["description_placeholders"])
    assert processor.simulator.modules[HALL].state.memory.program == Program()


async def test_nothing_can_be_done_while_the_processor_is_not_running(
    hass: HomeAssistant, hall: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(hall.entry_id)
    assert (await start(hass, hall))["reason"] == "link_not_loaded"


# --- Moving ----------------------------------------------------------------------------------


@pytest.fixture
async def wired(hass: HomeAssistant, panel: Panel) -> AsyncIterator[MockConfigEntry]:
    """A link of its own, with the hall's module on it."""
    entry = await set_up(hass, link_entry(panel, modules=[module_config(HALL)]))
    yield entry
    await away(hass, entry)


def rows(hass: HomeAssistant) -> dict[str, str]:
    return {
        row.unique_id: row.entity_id
        for row in er.async_get(hass).entities.values()
        if row.unique_id.startswith(f"uid{HALL}")
    }


async def test_a_module_moves_from_its_link_to_a_processor_and_back(
    hass: HomeAssistant, wired: MockConfigEntry, processor: ProcessorPanel, panel: Panel
) -> None:
    through = await set_up(hass, processor.entry(processor.module(STAIRS)))
    zone = "switch.hall_panel_zone_1"
    await shown(hass, zone, STATE_OFF)
    before = rows(hass)
    assert f"uid{HALL}_zone_button" in before

    menu = await start(hass, through)
    assert menu["menu_options"] == ["suggested", "by_hand", "move"]
    step = await go_on(hass, menu, {"next_step_id": "move"})
    step = await go_on(hass, step, {"module": f"uid{HALL}"})
    assert (step["step_id"], step["menu_options"]) == ("move_to", ["suggested", "by_hand"])
    assert step["description_placeholders"] == {"module": "Hall panel"}
    step = await go_on(hass, step, {"next_step_id": "suggested"})
    step = await go_on(hass, step, {"suggestion": "101"})
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "module_moved")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not wired.subentries
    assert rows(hass) == before
    await call(hass, "switch", "turn_on", zone)
    await processor.relays(HALL, True, False, False, False)
    # A processor tells nothing of a module's own buttons; their history stays.
    await shown(hass, "event.hall_panel_zone_buttons", STATE_UNAVAILABLE)
    moved = next(s for s in through.subentries.values() if s.data["uid"] == f"uid{HALL}")
    assert moved.title == "Hall panel"
    assert moved.data["serial"] == str(HALL)

    step = await go_on(hass, await start(hass, wired), {"next_step_id": "move"})
    step = await go_on(hass, step, {"module": f"uid{HALL}"})
    assert step["step_id"] == "pick"
    assert suggested(step) == {"serial": str(HALL), "name": "Hall panel"}
    step = await go_on(hass, step, {"serial": str(HALL), "name": "Hall panel", "add_silent": False})
    assert step["reason"] == "module_moved"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert rows(hass) == before
    await shown(hass, "event.hall_panel_zone_buttons", STATE_UNKNOWN)
    await call(hass, "switch", "turn_on", zone)
    assert panel.zones(HALL) == [True, False, False, False]

    # Its outputs are known now: moving there again only asks whether they are still right.
    step = await go_on(hass, await start(hass, through), {"next_step_id": "move"})
    step = await go_on(hass, step, {"module": f"uid{HALL}"})
    assert step["step_id"] == "by_hand"
    assert suggested(step)["zones"] == {f"zone_{n}": str(100 + n) for n in range(1, 5)}
    step = await go_on(hass, step, form("Hall panel", suggested(step)["zones"], "105", "110:1"))
    assert step["reason"] == "module_moved"
    await away(hass, through)


@pytest.mark.parametrize("way", ["move", "suggested"])
async def test_a_processor_that_stopped_meanwhile_takes_no_module(
    hass: HomeAssistant, wired: MockConfigEntry, processor: ProcessorPanel, way: str
) -> None:
    through = await set_up(hass, processor.entry(processor.module(STAIRS)))
    menu = await start(hass, through)
    await hass.config_entries.async_unload(through.entry_id)
    step = await go_on(hass, menu, {"next_step_id": way})
    # Without its project, only what a person knows can be said.
    assert step.get("reason", step.get("step_id")) == (
        "link_not_loaded" if way == "move" else "by_hand"
    )


async def test_a_link_that_stopped_meanwhile_is_not_searched(
    hass: HomeAssistant, wired: MockConfigEntry, hall: MockConfigEntry
) -> None:
    menu = await start(hass, wired)
    await hass.config_entries.async_unload(wired.entry_id)
    step = await go_on(hass, menu, {"next_step_id": "search"})
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "link_not_loaded")


async def test_a_module_keeps_its_notes_when_it_moves_to_a_processor(
    hass: HomeAssistant, processor: ProcessorPanel
) -> None:
    outputs = processor.module(HALL).outputs
    assert outputs
    program = Program(override_actions=(OverrideAction.OFF,) * 4, cco_type=CcoType.MOMENTARY)
    moved = module_config(HALL, program).moved_to_processor(outputs, program, "")
    assert (moved.program, moved.name, moved.serial) == (program, "Hall panel", HALL)
    assert moved.unique_id == moved.uid
    back = moved.moved_to_link(HALL, None, "")
    assert (back.program, back.outputs, back.unique_id) == (program, outputs, str(HALL))
    lacking = replace(moved, lacking=frozenset({IntegrationId(101)}))
    assert lacking.address == 102
    assert lacking.reached(StoredOutput(number=IntegrationId(101))) is None


async def test_a_module_that_was_taken_away_meanwhile_is_not_moved_to_a_processor(
    hass: HomeAssistant, wired: MockConfigEntry, processor: ProcessorPanel
) -> None:
    through = await set_up(hass, processor.entry(processor.module(STAIRS)))
    step = await go_on(hass, await start(hass, through), {"next_step_id": "move"})
    step = await go_on(hass, step, {"module": f"uid{HALL}"})
    step = await go_on(hass, step, {"next_step_id": "suggested"})
    with patch(
        "custom_components.lutron_dpm.processor_module_flow.move_module", return_value=False
    ):
        step = await go_on(hass, step, {"suggestion": "101", "name": "Other"})
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "move_failed")
    await away(hass, through)
