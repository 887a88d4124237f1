"""Setting up a HomeWorks QS processor, asking for its login again, and reconfiguring it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.const import DOMAIN
from dpm_core.model import Program

from .panel import HALL, STAIRS
from .processor_panel import ProcessorPanel
from .setting_up import LIMIT_S, shown, until

pytestmark = [pytest.mark.requirement("H2", "H4", "E8"), pytest.mark.usefixtures("socket_enabled")]

Step = dict[str, Any]

OLD_PASSWORD, NEW_PASSWORD = "first-Xq7", "second-Zk9"


@pytest.fixture
async def panel(socket_enabled: None) -> AsyncIterator[ProcessorPanel]:
    """A processor in front of two modules."""
    async with ProcessorPanel() as panel:
        yield panel


async def start(hass: HomeAssistant) -> Step:
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["menu_options"] == ["serial", "tcp", "processor", "simulated"]
    return await go_on(hass, menu, {"next_step_id": "processor"}, expect="processor")


async def go_on(
    hass: HomeAssistant, step: Any, user_input: dict[str, Any], *, expect: str | None = None
) -> Step:
    """Fill in a step; with `expect`, the next one must be that one, without errors."""
    result: Step = await hass.config_entries.flow.async_configure(step["flow_id"], user_input)  # type: ignore[assignment]  # a result is a typed dictionary
    if expect:
        assert result.get("step_id") == expect, result
        assert not result.get("errors")
    return result


async def finished(hass: HomeAssistant, step: Step) -> ConfigEntry[Any]:
    assert step["type"] is FlowResultType.CREATE_ENTRY, step
    await hass.async_block_till_done()
    entry: ConfigEntry[Any] = step["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def away(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


def labels(step: Step, field: str) -> dict[str, str]:
    (selector,) = (
        value for marker, value in step["data_schema"].schema.items() if marker.schema == field
    )
    return {option["value"]: option["label"] for option in selector.config["options"]}


def fields(step: Step) -> set[str]:
    return {marker.schema for marker in step["data_schema"].schema}


def suggested(step: Step, field: str) -> Any:
    (marker,) = (key for key in step["data_schema"].schema if key.schema == field)
    return (marker.description or {}).get("suggested_value")


# --- From the login to the modules -----------------------------------------------------------


async def test_a_processor_is_set_up_with_the_modules_that_its_project_suggests(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    step = await go_on(hass, await start(hass), panel.form, expect="outputs")
    choices = labels(step, "modules")
    assert list(choices) == ["101", "201"]
    assert choices["101"].startswith("Module 00A1B2C3: zone 1, zone 2, zone 3, zone 4 (")
    assert step["description_placeholders"] == {"outputs": "10", "skipped": "0"}
    entry = await finished(hass, await go_on(hass, step, {"modules": ["101"]}))
    assert entry.title == f"HomeWorks QS processor 127.0.0.1:{panel.port}"
    assert entry.data == {
        "kind": "processor",
        "host": "127.0.0.1",
        "port": panel.port,
        "http_port": panel.http_port,
        "username": "lutron",
        "password": "integration",
    }
    (subentry,) = entry.subentries.values()
    assert subentry.subentry_type == "module"
    # Ids change with the project: the module is not known by them.
    assert subentry.unique_id == subentry.data["uid"]
    assert [zone["id"] for zone in subentry.data["outputs"]["zones"]] == [101, 102, 103, 104]
    assert subentry.data["outputs"]["cco"]["id"] == 105
    assert subentry.data["outputs"]["contact"]["id"] == 110
    assert subentry.data["program"]["cco_type"] == "momentary"
    await shown(hass, "switch.module_00a1b2c3_zone_1", STATE_OFF)
    await shown(hass, "binary_sensor.module_00a1b2c3_manual_override", STATE_OFF)
    await shown(hass, "button.module_00a1b2c3_cco", STATE_UNKNOWN)
    await away(hass, entry)


async def test_a_project_without_a_module_says_so_and_one_can_be_added_later(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    with patch("custom_components.lutron_dpm.project_words.suggest_modules", return_value=()):
        step = await go_on(hass, await start(hass), panel.form, expect="outputs_none")
        entry = await finished(hass, await go_on(hass, step, {}))
    assert not entry.subentries
    await away(hass, entry)


# --- What can be wrong with it ---------------------------------------------------------------


async def test_a_login_that_is_refused_is_said_and_can_be_put_right(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    step = await go_on(hass, await start(hass), panel.form | {"password": "secret"})
    assert step["errors"] == {"base": "login_refused"}
    assert suggested(step, "host") == "127.0.0.1"
    # A password is never shown again.
    assert suggested(step, "password") is None
    await go_on(hass, step, panel.form, expect="outputs")


@pytest.mark.parametrize(
    ("fault", "error"),
    [("prompt=SAFE", "safe_mode"), ("prompt=QSE", "wrong_prompt")],
)
async def test_what_answers_in_another_way_is_said(
    hass: HomeAssistant, panel: ProcessorPanel, fault: str, error: str
) -> None:
    await panel.fault(fault)
    step = await go_on(hass, await start(hass), panel.form)
    assert step["errors"] == {"base": error}
    await panel.well()
    await go_on(hass, step, panel.form, expect="outputs")


async def test_a_processor_that_is_not_there_is_said(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    await panel.fault("away")
    step = await go_on(hass, await start(hass), panel.form)
    assert step["errors"] == {"base": "no_route"}
    assert str(panel.port) in step["description_placeholders"]["link"]
    assert "integration" not in str(step["description_placeholders"])


@pytest.mark.parametrize("host", ["", "two words", "http://processor"])
async def test_what_is_no_host_is_said(hass: HomeAssistant, host: str) -> None:
    step = await go_on(hass, await start(hass), {"host": host, "username": "a", "password": "b"})
    assert step["errors"] == {"host": "invalid_host"}


@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize("text", ["", "pässwort", "two\nlines"])
async def test_a_login_that_cannot_be_typed_in_one_line_is_said(
    hass: HomeAssistant, field: str, text: str
) -> None:
    given = {"host": "processor", "username": "a", "password": "b"} | {field: text}
    step = await go_on(hass, await start(hass), given)
    assert step["errors"] == {field: "invalid_credential"}


async def test_a_port_out_of_range_is_refused(hass: HomeAssistant) -> None:
    given = {"host": "processor", "username": "a", "password": "b"}
    with pytest.raises(InvalidData):
        await go_on(hass, await start(hass), given | {"advanced": {"port": 0, "http_port": 80}})


async def test_the_same_processor_is_not_set_up_twice(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    panel.entry().add_to_hass(hass)
    step = await go_on(hass, await start(hass), panel.form)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "already_configured")


# --- Its project -----------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["http-no-length", "http-lf-cr"])
async def test_odd_answers_with_the_project_are_survived(
    hass: HomeAssistant, panel: ProcessorPanel, fault: str
) -> None:
    await panel.fault(fault)
    await go_on(hass, await start(hass), panel.form, expect="outputs")


async def test_a_project_that_breaks_off_is_said_and_can_be_read_again(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    await panel.fault("http-truncated")
    menu = await go_on(hass, await start(hass), panel.form, expect="project_missing")
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["project_again", "project_file", "project_none"]
    assert menu["description_placeholders"]["detail"]
    menu = await go_on(hass, menu, {"next_step_id": "project_again"}, expect="project_missing")
    await panel.well("http-truncated")
    await go_on(hass, menu, {"next_step_id": "project_again"}, expect="outputs")


async def test_a_processor_without_its_project_is_set_up_without_modules(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    await panel.fault("http-truncated")
    menu = await go_on(hass, await start(hass), panel.form, expect="project_missing")
    entry = await finished(hass, await go_on(hass, menu, {"next_step_id": "project_none"}))
    assert not entry.subentries
    assert entry.runtime_data.project.project is None
    await away(hass, entry)


async def test_the_project_can_be_read_from_a_file(
    hass: HomeAssistant, panel: ProcessorPanel, tmp_path: Path
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", panel.http_port)
    writer.write(b"GET /DbXmlInfo.xml HTTP/1.0\r\nConnection: close\r\n\r\n")
    whole = (await reader.read()).partition(b"\r\n\r\n")[2]
    writer.close()
    await panel.fault("http-truncated")
    menu = await go_on(hass, await start(hass), panel.form, expect="project_missing")
    step = await go_on(hass, menu, {"next_step_id": "project_file"}, expect="project_file")

    async def upload(octets: bytes) -> Step:
        file = tmp_path / "DbXmlInfo.xml"
        file.write_bytes(octets)
        # An upload goes through the browser; what is read is a file on the disk all the same.
        with patch(
            "custom_components.lutron_dpm.project_reading.process_uploaded_file"
        ) as uploaded:
            uploaded.return_value.__enter__.return_value = file
            return await go_on(hass, step, {"file": "0" * 32})

    for damaged in (b"", b"<Project>", whole[: len(whole) // 2], b"<!DOCTYPE a []>" + whole):
        result = await upload(damaged)
        assert result["errors"] == {"file": "project_unreadable"}, damaged[:20]
        assert result["description_placeholders"]["detail"]
    result = await upload(whole)
    assert result["step_id"] == "outputs"
    entry = await finished(hass, await go_on(hass, result, {"modules": ["101", "201"]}))
    assert len(entry.subentries) == 2
    await away(hass, entry)


async def test_a_file_that_is_gone_is_said(hass: HomeAssistant, panel: ProcessorPanel) -> None:
    await panel.fault("http-truncated")
    menu = await go_on(hass, await start(hass), panel.form, expect="project_missing")
    step = await go_on(hass, menu, {"next_step_id": "project_file"}, expect="project_file")
    step = await go_on(hass, step, {"file": "0" * 32})
    assert step["errors"] == {"file": "project_unreadable"}


@pytest.mark.requirement("E9")
async def test_software_that_is_too_old_is_warned_of_and_needs_a_word(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    await panel.fault("old-software")
    step = await go_on(hass, await start(hass), panel.form, expect="software_too_old")
    assert step["description_placeholders"] == {"version": "9.4.0"}
    step = await go_on(hass, step, {}, expect="outputs")
    entry = await finished(hass, await go_on(hass, step, {"modules": ["101"]}))
    await away(hass, entry)


# --- The login again -------------------------------------------------------------------------


async def test_a_login_that_is_refused_at_the_start_is_asked_for_again(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    panel.processor.change_password("another")
    entry = panel.entry()
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == "reauth_confirm"
    given = {"username": "lutron", "password": "wrong"}
    step = await go_on(hass, flow, given)
    assert step["errors"] == {"base": "login_refused"}
    assert suggested(step, "password") is None
    step = await go_on(hass, step, given | {"password": "ä"})
    assert step["errors"] == {"password": "invalid_credential"}
    step = await go_on(hass, step, given | {"password": "another"})
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["password"] == "another"
    await shown(hass, "switch.hall_panel_module_00a1b2c3_zone_1", STATE_OFF)
    await away(hass, entry)


async def test_a_password_that_is_changed_while_it_runs_is_asked_for_again(
    hass: HomeAssistant, panel: ProcessorPanel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    panel.processor.change_password(OLD_PASSWORD)
    entry = panel.entry(password=OLD_PASSWORD)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    zone = "switch.hall_panel_module_00a1b2c3_zone_1"
    await shown(hass, zone, STATE_OFF)
    panel.processor.change_password(NEW_PASSWORD)
    await panel.fault("close")
    await shown(hass, zone, STATE_UNAVAILABLE)
    async with asyncio.timeout(LIMIT_S):
        while not hass.config_entries.flow.async_progress():
            await asyncio.sleep(0.01)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    step = await go_on(hass, flow, {"username": "lutron", "password": NEW_PASSWORD})
    assert step["reason"] == "reauth_successful"
    await shown(hass, zone, STATE_OFF)
    # Passwords that are no other word of a log.
    assert OLD_PASSWORD not in caplog.text
    assert NEW_PASSWORD not in caplog.text
    await away(hass, entry)


# --- Reconfiguring ---------------------------------------------------------------------------


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> Step:
    step: Step = await entry.start_reconfigure_flow(hass)  # type: ignore[assignment]  # a result is a typed dictionary
    assert step["step_id"] == "processor"
    return step


async def test_a_processor_that_moved_to_another_address_keeps_its_modules(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = panel.entry()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    zone = "switch.hall_panel_module_00a1b2c3_zone_1"
    await shown(hass, zone, STATE_OFF)
    async with ProcessorPanel() as other:
        await other.press(HALL, 1)
        step = await reconfigure(hass, entry)
        assert suggested(step, "username") == "lutron"
        assert suggested(step, "password") is None
        step = await go_on(hass, step, other.form)
        assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
        await shown(hass, zone, "on")
        assert entry.data["port"] == other.port
        assert entry.title == "HomeWorks QS processor"
        await away(hass, entry)


async def test_the_same_login_is_not_tried_beside_its_own_session(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    await panel.fault("sessions=1")
    entry = panel.entry()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await go_on(hass, await reconfigure(hass, entry), panel.form)
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, "switch.hall_panel_module_00a1b2c3_zone_1", STATE_OFF)
    await away(hass, entry)


async def test_a_processor_cannot_be_changed_to_one_that_is_set_up(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = panel.entry()
    entry.add_to_hass(hass)
    async with ProcessorPanel((STAIRS,)) as other:
        other.entry(other.module(STAIRS)).add_to_hass(hass)
        step = await go_on(hass, await reconfigure(hass, entry), other.form)
        assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_processor_has_options_of_its_own(
    hass: HomeAssistant, panel: ProcessorPanel
) -> None:
    entry = panel.entry()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await hass.config_entries.options.async_init(entry.entry_id)
    assert step["step_id"] == "processor"
    given = {
        "processor_poll_s": 45,
        "command_spacing_ms": 100,
        "infer_override": True,
        "notice_after_min": 3,
    }
    step = await hass.config_entries.options.async_configure(step["flow_id"], given)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == given
    await hass.async_block_till_done(wait_background_tasks=True)
    options = entry.runtime_data.options
    assert (options.processor_poll_s, options.command_spacing_s) == (45, 0.1)
    assert (options.infer_override, options.notice_after_s) == (True, 180)
    await away(hass, entry)


async def test_zone_names_come_from_the_project(hass: HomeAssistant, panel: ProcessorPanel) -> None:
    module = panel.simulator.modules[HALL]
    assert module.state.memory.program == Program()
    entry = panel.entry(panel.module(HALL))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, lambda: hass.states.get("switch.hall_panel_module_00a1b2c3_zone_2"))
    state = await shown(hass, "switch.hall_panel_module_00a1b2c3_zone_2", STATE_OFF)
    assert state.name == "Hall panel Module 00A1B2C3 zone 2"
    await away(hass, entry)
