"""Repair notices: what somebody has to go and look at."""

import asyncio
from datetime import timedelta

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.lutron_dpm.const import DOMAIN
from dpm_core.client import ConnectionState
from dpm_core.model import ContactState

from .panel import HALL, Panel
from .setting_up import LIMIT_S, link_entry, shown

pytestmark = pytest.mark.requirement("H4")

ZONE = "switch.hall_panel_zone_1"
OVERRIDE = "binary_sensor.hall_panel_manual_override"


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let Home Assistant's own timers come due; the link goes on in real time."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def lose(hass: HomeAssistant, entry: MockConfigEntry, panel: Panel) -> None:
    """Take the port away, and wait until that was noticed."""
    await shown(hass, ZONE, STATE_OFF)
    await panel.stop()
    await shown(hass, ZONE, STATE_UNAVAILABLE)
    # Modules are unavailable first, then the link is.
    lost = asyncio.Event()
    client = entry.runtime_data.client
    stop = client.subscribe(lambda _event: lost.set())
    async with asyncio.timeout(LIMIT_S):
        while client.connection is not ConnectionState.LOST:
            await lost.wait()
            lost.clear()
    stop()
    await hass.async_block_till_done()


def keys(issue_registry: ir.IssueRegistry) -> set[str | None]:
    return {
        issue.translation_key
        for (domain, _), issue in issue_registry.issues.items()
        if domain == DOMAIN and issue.active
    }


async def test_a_link_that_is_gone_for_long_is_told_until_it_returns(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    await lose(hass, entry, panel)
    await pass_time(hass, 590)
    assert not keys(issue_registry)
    await pass_time(hass, 610)
    assert keys(issue_registry) == {"link_gone"}
    issue = issue_registry.async_get_issue(DOMAIN, f"link_gone_{entry.entry_id}")
    assert issue
    assert issue.translation_placeholders == {
        "link": "QS link",
        "device": str(panel.port),
        "minutes": "10",
        "detail": entry.runtime_data.trouble.detail,
    }
    await panel.start()
    await shown(hass, ZONE, STATE_OFF)
    assert not keys(issue_registry)


async def test_how_long_is_an_option(
    hass: HomeAssistant, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    entry = link_entry(panel, options={"notice_after_min": 2})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await lose(hass, entry, panel)
    await pass_time(hass, 125)
    assert keys(issue_registry) == {"link_gone"}
    # Closing the link takes the notice back: it is not tried any more.
    await hass.config_entries.async_unload(entry.entry_id)
    assert not keys(issue_registry)


async def test_a_link_that_returns_in_time_is_not_told(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    await lose(hass, entry, panel)
    await panel.start()
    await shown(hass, ZONE, STATE_OFF)
    await pass_time(hass, 3600)
    assert not keys(issue_registry)


@pytest.mark.requirement("C1")
async def test_a_cci_that_was_open_from_the_first_is_asked_about(
    hass: HomeAssistant, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    panel.move_cci(HALL, ContactState.OPEN)
    await panel.power(HALL, is_on=False)
    await panel.power(HALL, is_on=True)
    entry = link_entry(panel)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, OVERRIDE, STATE_ON)
    await pass_time(hass, 290)
    assert not keys(issue_registry)
    await pass_time(hass, 310)
    assert keys(issue_registry) == {"jumper_missing"}
    (issue,) = (issue for (domain, _), issue in issue_registry.issues.items() if domain == DOMAIN)
    assert issue.translation_placeholders == {"module": "Hall panel", "serial": "00A1B2C3"}
    panel.move_cci(HALL, ContactState.CLOSED)
    await shown(hass, OVERRIDE, STATE_OFF)
    assert not keys(issue_registry)
    # From now on an open CCI is what it is for.
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, OVERRIDE, STATE_ON)
    await pass_time(hass, 3600)
    assert not keys(issue_registry)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_manual_override_that_begins_later_is_no_missing_jumper(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    await shown(hass, OVERRIDE, STATE_OFF)
    panel.move_cci(HALL, ContactState.OPEN)
    await shown(hass, OVERRIDE, STATE_ON)
    await pass_time(hass, 3600)
    assert not keys(issue_registry)
