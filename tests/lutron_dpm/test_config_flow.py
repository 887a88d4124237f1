"""Setting up and reconfiguring a link, field by field."""

import asyncio
import errno
import os
import pty
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import ConfigEntryNotReady
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.const import DOMAIN
from dpm_core.model import ContactState, SerialNumber
from dpm_core.simulator.listen import TcpAddress
from dpm_core.simulator.tcp_server import TcpServer

from .panel import HALL, STAIRS, Panel
from .setting_up import link_entry, module_config, shown

pytestmark = pytest.mark.requirement("H2", "H4")

BOTH = {"allow_sending": True, "allow_extension": True}
NEITHER = {"allow_sending": False, "allow_extension": False}
SENDING = {"allow_sending": True, "allow_extension": False}

Step = dict[str, Any]


async def start(hass: HomeAssistant, kind: str) -> Step:
    """Choose how the link is reached."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["serial", "tcp", "processor", "simulated"]
    return await go_on(hass, menu, {"next_step_id": kind}, expect=kind)


async def go_on(
    hass: HomeAssistant, step: Any, user_input: dict[str, Any], *, expect: str | None = None
) -> Step:
    """Fill in a step; with `expect`, the next one must be that form, without errors."""
    result: Step = await hass.config_entries.flow.async_configure(step["flow_id"], user_input)  # type: ignore[assignment]  # a result is a typed dictionary
    if expect:
        assert result["type"] is FlowResultType.FORM, result
        assert result["step_id"] == expect
        assert not result["errors"]
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


def choices(step: Step, field: str) -> list[str]:
    (selector,) = (
        value for marker, value in step["data_schema"].schema.items() if marker.schema == field
    )
    return [option["value"] for option in selector.config["options"]]


def default(step: Step, field: str) -> Any:
    (marker,) = (key for key in step["data_schema"].schema if key.schema == field)
    return marker.default()


def suggested(step: Step, field: str, section: str | None = None) -> Any:
    schema = step["data_schema"].schema
    if section:
        schema = next(value for key, value in schema.items() if key.schema == section)
        schema = schema.schema.schema
    (marker,) = (key for key in schema if key.schema == field)
    return marker.description["suggested_value"]


# --- A serial port ---------------------------------------------------------------------------


async def test_a_serial_link_is_set_up_with_the_modules_that_were_picked(
    hass: HomeAssistant, panel: Panel
) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules")
    assert choices(step, "modules") == ["00A1B2C3", "00A1B2C4"]
    assert default(step, "modules") == ["00A1B2C3", "00A1B2C4"]
    step = await go_on(hass, step, {"modules": ["00A1B2C4"], "serials": [], "add_silent": False})
    entry = await finished(hass, step)
    assert entry.title == f"QS link {panel.port}"
    assert entry.data == {
        "kind": "serial",
        # As given: what it leads to may change when the adapter is plugged in again.
        "device": str(panel.port),
        "baud": 31250,
        "echo": "none",
        "allow_sending": True,
        "allow_extension": True,
    }
    (subentry,) = entry.subentries.values()
    assert (subentry.subentry_type, subentry.title) == ("module", "Module 00A1B2C4")
    assert subentry.unique_id == subentry.data["serial"] == "00A1B2C4"
    assert len(subentry.data["uid"]) == 32
    await shown(hass, "switch.module_00a1b2c4_zone_1", STATE_OFF)
    await away(hass, entry)


async def test_a_module_is_called_what_it_is_programmed_to_be_called(
    hass: HomeAssistant, panel: Panel
) -> None:
    from custom_components.lutron_dpm.link import open_link
    from custom_components.lutron_dpm.models import LinkConfig, LinkKind
    from dpm_core.model import Program

    config = LinkConfig(
        kind=LinkKind.SERIAL, device=str(panel.port), allow_sending=True, allow_extension=True
    )
    async with open_link(config) as client:
        client.add_module(HALL)
        await client.write_program(
            HALL, Program(name="Hall panel", zone_names=("Hall", "", "", ""))
        )
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules")
    step = await go_on(hass, step, {"modules": ["00A1B2C3"], "serials": [], "add_silent": False})
    entry = await finished(hass, step)
    await shown(hass, "switch.hall_panel_hall", STATE_OFF)
    await away(hass, entry)


async def test_no_module_is_fine(hass: HomeAssistant, panel: Panel) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules")
    step = await go_on(hass, step, {"modules": [], "serials": [], "add_silent": False})
    entry = await finished(hass, step)
    assert not entry.subentries
    await away(hass, entry)


@pytest.mark.requirement("E1")
async def test_more_modules_than_a_link_holds_are_refused_with_both_figures(
    hass: HomeAssistant, panel: Panel
) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, NEITHER, expect="modules_by_serial")
    step = await go_on(hass, step, {"serials": [f"{0x00B00000 + n:08X}" for n in range(100)]})
    assert step["errors"] == {"base": "link_full"}
    facts = step["description_placeholders"]
    assert (facts["devices"], facts["devices_max"]) == ("101", "100")
    assert (facts["zones"], facts["zones_max"]) == ("400", "512")
    await away(hass, await finished(hass, await go_on(hass, step, {"serials": []})))


async def test_the_advanced_part_is_kept(hass: HomeAssistant, panel: Panel) -> None:
    step = await start(hass, "serial")
    advanced = {"baud": "115200", "echo": "none"}
    step = await go_on(
        hass, step, {"device": str(panel.port), "advanced": advanced}, expect="consents"
    )
    step = await go_on(hass, step, NEITHER, expect="modules_by_serial")
    step = await go_on(hass, step, {"serials": []})
    entry = await finished(hass, step)
    assert entry.data["baud"] == 115200
    await away(hass, entry)


@pytest.mark.parametrize("baud", ["fast", "12", "-31250", "31250.5", "99999999"])
async def test_a_speed_that_cannot_be_is_refused_and_can_be_put_right(
    hass: HomeAssistant, panel: Panel, baud: str
) -> None:
    step = await start(hass, "serial")
    given = {"device": str(panel.port), "advanced": {"baud": baud, "echo": "local"}}
    step = await go_on(hass, step, given)
    assert step["errors"] == {"base": "invalid_baud"}
    assert step["description_placeholders"]["baud"] == baud
    assert suggested(step, "echo", "advanced") == "local"
    await go_on(hass, step, {"device": str(panel.port)}, expect="consents")


async def test_a_port_that_is_not_there_is_said_and_can_be_put_right(
    hass: HomeAssistant, panel: Panel, tmp_path: Path
) -> None:
    step = await start(hass, "serial")
    missing = str(tmp_path / "missing")
    step = await go_on(hass, step, {"device": missing})
    assert step["errors"] == {"base": "port_missing"}
    assert step["description_placeholders"]["link"] == missing
    assert suggested(step, "device") == missing
    step = await go_on(hass, step, {"device": "  "})
    assert step["errors"] == {"device": "port_missing"}
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, NEITHER, expect="modules_by_serial")
    await away(hass, await finished(hass, await go_on(hass, step, {"serials": []})))


async def test_what_is_no_serial_port_is_said(hass: HomeAssistant) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": "/dev/null"})
    assert step["errors"] == {"base": "port_not_serial"}


async def test_a_port_that_another_program_has_is_said(hass: HomeAssistant) -> None:
    far, near = pty.openpty()
    try:
        import fcntl
        import termios

        fcntl.ioctl(near, termios.TIOCEXCL)
        fcntl.flock(near, fcntl.LOCK_EX)
        step = await start(hass, "serial")
        step = await go_on(hass, step, {"device": os.ttyname(near)})
        assert step["errors"] == {"base": "port_in_use"}
    finally:
        os.close(far)
        os.close(near)


async def test_a_port_that_vanishes_before_the_consents_is_said_and_can_be_put_right(
    hass: HomeAssistant, panel: Panel
) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    await panel.stop()
    step = await go_on(hass, step, BOTH)
    assert step["step_id"] == "consents"
    assert step["errors"] == {"base": "port_missing"}
    assert suggested(step, "allow_extension") is True
    await panel.start()
    await go_on(hass, step, BOTH, expect="modules")


async def test_a_proxy_that_is_not_there_yet_is_said(hass: HomeAssistant, panel: Panel) -> None:
    """What opens an ESPHome proxy raises Home Assistant's own error while that is starting."""
    step = await start(hass, "serial")
    with patch(
        "custom_components.lutron_dpm.config_flow.try_port",
        side_effect=ConfigEntryNotReady("ESPHome is not ready"),
    ):
        step = await go_on(hass, step, {"device": "esphome-hass://esphome/abc?port_name=RS485"})
    assert step["errors"] == {"base": "cannot_connect"}
    assert step["description_placeholders"]["detail"] == "ESPHome is not ready"
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    with patch(
        "custom_components.lutron_dpm.config_flow.survey_link",
        side_effect=ConfigEntryNotReady("ESPHome is not ready"),
    ):
        step = await go_on(hass, step, BOTH)
    assert step["step_id"] == "consents"
    assert step["errors"] == {"base": "cannot_connect"}
    await go_on(hass, step, BOTH, expect="modules")


async def test_what_is_no_url_is_said(hass: HomeAssistant) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": "socket://nowhere"})
    assert step["errors"] == {"base": "unsupported_setting"}
    assert step["description_placeholders"]["allowed"] == "socket://host:port"


# --- Consents --------------------------------------------------------------------------------


async def test_the_projects_own_messages_need_the_consent_to_send(
    hass: HomeAssistant, panel: Panel
) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    assert suggested(step, "allow_sending") is False
    assert suggested(step, "allow_extension") is False
    step = await go_on(hass, step, {"allow_sending": False, "allow_extension": True})
    assert step["errors"] == {"allow_extension": "extension_needs_sending"}
    await go_on(hass, step, SENDING, expect="modules_by_serial")


@pytest.mark.parametrize("consents", [NEITHER, SENDING])
async def test_without_the_projects_own_messages_modules_are_typed_in(
    hass: HomeAssistant, panel: Panel, consents: dict[str, bool]
) -> None:
    sent = panel.simulator.line.add_port
    assert sent
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, consents, expect="modules_by_serial")
    assert step["description_placeholders"] == {"frames": "0", "damaged": "0"}
    assert {key.schema for key in step["data_schema"].schema} == {"serials"}
    for bad in ("A1B2C3", "00A1B2CG", "00A1B2C3F", "00000000", "FFFFFFFF"):
        step = await go_on(hass, step, {"serials": ["00A1B2C3", bad]})
        assert step["errors"] == {"serials": "invalid_serial"}
        assert step["description_placeholders"]["serial"] == bad
        assert suggested(step, "serials") == ["00A1B2C3", bad]
    step = await go_on(hass, step, {"serials": [" 00a1b2c3 ", "00A1B2C3", "", "00A1B2C9"]})
    entry = await finished(hass, step)
    assert [s.data["serial"] for s in entry.subentries.values()] == ["00A1B2C3", "00A1B2C9"]
    await away(hass, entry)


async def test_listening_counts_what_is_heard(hass: HomeAssistant, panel: Panel) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")

    async def press_while_listening(_s: float) -> None:
        await panel.press(HALL, 1)
        async with asyncio.timeout(30):
            await real_sleep(0.3)

    real_sleep = asyncio.sleep
    with patch("custom_components.lutron_dpm.survey.asyncio.sleep", press_while_listening):
        step = await go_on(hass, step, NEITHER, expect="modules_by_serial")
    assert int(step["description_placeholders"]["frames"]) >= 1


# --- Modules ---------------------------------------------------------------------------------


async def test_a_module_without_power_can_be_added_when_that_is_meant(
    hass: HomeAssistant, panel: Panel
) -> None:
    await panel.power(STAIRS, is_on=False)
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules")
    assert choices(step, "modules") == ["00A1B2C3"]
    given = {"modules": ["00A1B2C3"], "serials": ["00A1B2C4"], "add_silent": False}
    step = await go_on(hass, step, given)
    assert step["errors"] == {"serials": "module_silent"}
    assert step["description_placeholders"]["serial"] == "00A1B2C4"
    step = await go_on(hass, step, {**given, "add_silent": True})
    entry = await finished(hass, step)
    assert len(entry.subentries) == 2
    await away(hass, entry)


async def test_no_answer_is_no_error_but_said(hass: HomeAssistant, panel: Panel) -> None:
    for serial in (HALL, STAIRS):
        await panel.power(serial, is_on=False)
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules_none")
    assert {key.schema for key in step["data_schema"].schema} == {"serials", "add_silent"}
    await panel.power(HALL, is_on=True)
    step = await go_on(hass, step, {"serials": ["00A1B2C3"], "add_silent": False})
    entry = await finished(hass, step)
    assert len(entry.subentries) == 1
    await away(hass, entry)


async def test_a_link_that_is_lost_at_the_last_step_is_said(
    hass: HomeAssistant, panel: Panel
) -> None:
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules")
    await panel.stop()
    given = {"modules": ["00A1B2C3"], "serials": ["00A1B2C9"], "add_silent": True}
    step = await go_on(hass, step, given)
    assert step["errors"] == {"base": "port_missing"}
    await panel.start()
    entry = await finished(hass, await go_on(hass, step, given))
    assert len(entry.subentries) == 2
    await away(hass, entry)


async def test_a_module_is_set_up_once_on_whatever_link(
    hass: HomeAssistant, panel: Panel, tmp_path: Path
) -> None:
    other = link_entry(panel, modules=[module_config(HALL)])
    other.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        other, data={**other.data, "device": str(tmp_path / "another")}
    )
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules")
    step = await go_on(
        hass, step, {"modules": ["00A1B2C3", "00A1B2C4"], "serials": [], "add_silent": False}
    )
    assert step["errors"] == {"modules": "module_taken"}
    assert step["description_placeholders"]["owner"] == "QS link"
    step = await go_on(hass, step, {"modules": [], "serials": ["00a1b2c3"], "add_silent": False})
    assert step["errors"] == {"serials": "module_taken"}
    step = await go_on(hass, step, {"modules": ["00A1B2C4"], "serials": [], "add_silent": False})
    await away(hass, await finished(hass, step))


# --- A gateway -------------------------------------------------------------------------------


@pytest.fixture(params=["raw", "rfc2217"])
async def gateway(
    request: pytest.FixtureRequest, socket_enabled: None, panel: Panel
) -> AsyncIterator[tuple[str, int]]:
    """The panel behind a TCP port: the protocol, and the port."""
    server = TcpServer(
        panel.simulator.line, TcpAddress("127.0.0.1", 0, is_rfc2217=request.param == "rfc2217")
    )
    await server.open()
    server.publish()
    yield request.param, int(server.url.rpartition(":")[2])
    await server.close()


async def test_a_gateway_is_set_up(
    hass: HomeAssistant, gateway: tuple[str, int], panel: Panel
) -> None:
    protocol, port = gateway
    step = await start(hass, "tcp")
    given = {"host": "127.0.0.1", "port": float(port), "protocol": protocol}
    step = await go_on(hass, step, given, expect="consents")
    assert step["description_placeholders"]["link"] == f"127.0.0.1:{port}"
    step = await go_on(hass, step, BOTH, expect="modules")
    step = await go_on(hass, step, {"modules": ["00A1B2C3"], "serials": [], "add_silent": False})
    entry = await finished(hass, step)
    scheme = {"raw": "socket", "rfc2217": "rfc2217"}[protocol]
    assert entry.data["device"] == f"{scheme}://127.0.0.1:{port}"
    assert entry.title == f"QS link 127.0.0.1:{port}"
    await shown(hass, "switch.module_00a1b2c3_zone_1", STATE_OFF)

    # The same gateway, spelled in another way on another form, is the same link.
    if protocol == "raw":
        step = await start(hass, "serial")
        step = await go_on(hass, step, {"device": f"TCP://127.0.0.1:{port}/"})
        assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "already_configured")
    await away(hass, entry)


async def test_a_gateway_that_refuses_is_said(hass: HomeAssistant, socket_enabled: None) -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    step = await start(hass, "tcp")
    given = {"host": "127.0.0.1", "port": port, "protocol": "raw"}
    step = await go_on(hass, step, given)
    assert step["errors"] == {"base": "connection_refused"}
    assert suggested(step, "host") == "127.0.0.1"


@pytest.mark.parametrize("host", ["", "two words", "http://gateway"])
async def test_what_is_no_host_is_said(hass: HomeAssistant, host: str) -> None:
    step = await start(hass, "tcp")
    step = await go_on(hass, step, {"host": host, "port": 4000, "protocol": "raw"})
    assert step["errors"] == {"host": "invalid_host"}


async def test_a_port_out_of_range_is_refused(hass: HomeAssistant) -> None:
    step = await start(hass, "tcp")
    with pytest.raises(InvalidData):
        await go_on(hass, step, {"host": "gateway", "port": 65536, "protocol": "raw"})


# --- One link, one entry ---------------------------------------------------------------------


async def test_the_same_port_under_another_name_is_the_same_link(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, tmp_path: Path
) -> None:
    other = tmp_path / "by-another-name"
    other.symlink_to(panel.port)
    for device in (str(panel.port), str(other), os.path.realpath(panel.port)):
        step = await start(hass, "serial")
        step = await go_on(hass, step, {"device": device})
        assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "already_configured")


# --- The simulated link ----------------------------------------------------------------------


async def test_a_simulated_link_needs_no_hardware_and_no_consent(hass: HomeAssistant) -> None:
    step = await start(hass, "simulated")
    step = await go_on(hass, step, {"count": 2.0}, expect="modules")
    assert choices(step, "modules") == ["00A10001", "00A10002"]
    step = await go_on(
        hass, step, {"modules": ["00A10001", "00A10002"], "serials": [], "add_silent": False}
    )
    entry = await finished(hass, step)
    assert entry.title == "Simulated QS link"
    assert entry.data == {"kind": "simulated", "serials": ["00A10001", "00A10002"]}
    await shown(hass, "switch.module_00a10001_zone_1", STATE_OFF)
    await away(hass, entry)


async def test_a_second_simulated_link_has_modules_of_its_own(hass: HomeAssistant) -> None:
    for modules in (["00A10001", "00A10002"], ["00A10003"]):
        step = await start(hass, "simulated")
        step = await go_on(hass, step, {"count": len(modules)}, expect="modules")
        assert choices(step, "modules") == modules
        step = await go_on(hass, step, {"modules": modules, "serials": [], "add_silent": False})
        await finished(hass, step)
    for entry in hass.config_entries.async_entries(DOMAIN):
        await away(hass, entry)


# --- Reconfiguring ---------------------------------------------------------------------------


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> Step:
    menu = await entry.start_reconfigure_flow(hass)
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["serial", "tcp"]
    return await go_on(hass, menu, {"next_step_id": kind}, expect=kind)


async def changed(hass: HomeAssistant, entry: MockConfigEntry, step: Step) -> None:
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED


async def test_consents_and_speed_change_without_opening_the_port_twice(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel
) -> None:
    subentries = dict(entry.subentries)
    step = await reconfigure(hass, entry, "serial")
    assert suggested(step, "device") == str(panel.port)
    assert suggested(step, "baud", "advanced") == "31250"
    given = {"device": str(panel.port), "advanced": {"baud": "62500", "echo": "none"}}
    step = await go_on(hass, step, given, expect="consents")
    assert suggested(step, "allow_extension") is True
    await changed(hass, entry, await go_on(hass, step, SENDING))
    assert entry.data["baud"] == 62500
    assert entry.data["allow_extension"] is False
    assert dict(entry.subentries) == subentries
    assert entry.title == "QS link"
    assert not entry.runtime_data.config.may_extend


async def test_a_link_moves_to_another_port_and_keeps_its_modules(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, tmp_path: Path
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    async with Panel(tmp_path / "other-port", (HALL,)) as other:
        await other.press(HALL, 1)
        step = await reconfigure(hass, entry, "serial")
        step = await go_on(hass, step, {"device": str(tmp_path / "missing")})
        assert step["errors"] == {"base": "port_missing"}
        step = await go_on(hass, step, {"device": str(other.port)}, expect="consents")
        await changed(hass, entry, await go_on(hass, step, BOTH))
        await shown(hass, "switch.hall_panel_zone_1", "on")
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_title_that_was_made_for_the_port_changes_with_it(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, tmp_path: Path
) -> None:
    hass.config_entries.async_update_entry(entry, title=f"QS link {panel.port}")
    await hass.async_block_till_done(wait_background_tasks=True)
    async with Panel(tmp_path / "other-port", (HALL,)) as other:
        step = await reconfigure(hass, entry, "serial")
        step = await go_on(hass, step, {"device": str(other.port)}, expect="consents")
        await changed(hass, entry, await go_on(hass, step, BOTH))
        assert entry.title == f"QS link {other.port}"
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_link_cannot_move_to_a_port_that_another_link_has(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path
) -> None:
    async with Panel(tmp_path / "other-port", (SerialNumber(1),)) as other:
        link_entry(other).add_to_hass(hass)
        step = await reconfigure(hass, entry, "serial")
        step = await go_on(hass, step, {"device": str(other.port)})
        assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_link_moves_to_a_gateway_and_shows_it_when_reconfigured_again(
    hass: HomeAssistant, entry: MockConfigEntry, gateway: tuple[str, int]
) -> None:
    protocol, port = gateway
    step = await reconfigure(hass, entry, "tcp")
    given = {"host": "127.0.0.1", "port": port, "protocol": protocol}
    step = await go_on(hass, step, given, expect="consents")
    await changed(hass, entry, await go_on(hass, step, BOTH))
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    step = await reconfigure(hass, entry, "tcp")
    assert suggested(step, "host") == "127.0.0.1"
    assert suggested(step, "port") == port
    assert suggested(step, "protocol") == protocol
    hass.config_entries.flow.async_abort(step["flow_id"])
    await away(hass, entry)


async def test_a_simulated_link_gets_more_modules_but_loses_none(hass: HomeAssistant) -> None:
    step = await start(hass, "simulated")
    step = await go_on(hass, step, {"count": 2}, expect="modules")
    step = await go_on(hass, step, {"modules": ["00A10002"], "serials": [], "add_silent": False})
    entry = await finished(hass, step)
    step = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
    )  # type: ignore[assignment]  # a result is a typed dictionary
    assert step["step_id"] == "simulated"
    assert suggested(step, "count") == 2
    step = await go_on(hass, step, {"count": 1})
    assert step["errors"] == {"count": "too_few_modules"}
    step = await go_on(hass, step, {"count": 3})
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["serials"] == ["00A10001", "00A10002", "00A10003"]
    await away(hass, entry)


# --- Ports to choose from --------------------------------------------------------------------


async def test_where_the_release_has_a_port_selector_it_is_used(hass: HomeAssistant) -> None:
    from homeassistant.helpers import selector

    step = await start(hass, "serial")
    (field,) = (
        value for key, value in step["data_schema"].schema.items() if key.schema == "device"
    )
    own = getattr(selector, "SerialPortSelector", selector.SelectSelector)
    assert isinstance(field, own)


async def test_elsewhere_the_ports_of_the_machine_are_listed_and_others_can_be_typed(
    hass: HomeAssistant,
) -> None:
    from homeassistant.components.usb.models import USBDevice
    from homeassistant.helpers import selector

    port = USBDevice(
        device="/dev/ttyUSB7",
        vid="0403",
        pid="6001",
        serial_number="A1",
        manufacturer="FTDI",
        description="RS485",
    )
    with (
        patch.object(selector, "SerialPortSelector", None, create=True),
        patch("homeassistant.components.usb.utils.scan_serial_ports", return_value=[port]),
    ):
        step = await start(hass, "serial")
    (field,) = (
        value for key, value in step["data_schema"].schema.items() if key.schema == "device"
    )
    assert choices(step, "device") == ["/dev/ttyUSB7"]
    assert "RS485" in field.config["options"][0]["label"]
    assert field.config["custom_value"] is True


def test_the_errors_that_are_told_apart_are_those_of_opening_a_port() -> None:
    from custom_components.lutron_dpm.failures import opening_failure
    from dpm_core.errors import LinkUnavailable, NoReply

    def key(cause: BaseException) -> str:
        error = LinkUnavailable("/dev/ttyUSB0", "detail")
        error.__cause__ = cause
        return opening_failure(error).key

    import socket

    assert key(PermissionError(errno.EACCES, "no")) == "port_forbidden"
    assert key(OSError(errno.EBUSY, "no")) == "port_in_use"
    assert key(socket.gaierror(-2, "no")) == "host_unknown"
    assert key(TimeoutError()) == "link_unavailable"
    assert opening_failure(NoReply("00A1B2C3", "STATUS_QUERY", 1.5)).facts["waited"] == "1.5"


async def test_an_override_during_setup_is_no_obstacle(hass: HomeAssistant, panel: Panel) -> None:
    panel.move_cci(HALL, ContactState.OPEN)
    step = await start(hass, "serial")
    step = await go_on(hass, step, {"device": str(panel.port)}, expect="consents")
    step = await go_on(hass, step, BOTH, expect="modules")
    assert choices(step, "modules") == ["00A1B2C3", "00A1B2C4"]
