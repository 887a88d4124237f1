"""The repair notice of a module whose loads break its ratings."""

import asyncio

import pytest
from homeassistant.const import STATE_OFF, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.const import DOMAIN
from dpm_core.client import ClientSettings, DpmClient, ModuleChanged
from dpm_core.model import CcoCurrent, CcoLoad, FourLoads, LoadType, Program, ZoneLoad
from dpm_core.transport import SendGate, TransportSettings, transport_for_url

from .panel import HALL, Panel
from .setting_up import LIMIT_S, link_entry, module_config, shown
from .stepping import go_on, start_reconfigure, typed

pytestmark = pytest.mark.requirement("A6", "H4")

ZONE = "switch.hall_panel_zone_1"


def four(load: ZoneLoad) -> FourLoads:
    return (load, load, load, load)


TOO_MUCH = Program(zone_loads=four(ZoneLoad(LoadType.RESISTIVE, amps=4.001)))
ENOUGH = Program(zone_loads=four(ZoneLoad(LoadType.RESISTIVE, amps=4)))


def notices(issue_registry: ir.IssueRegistry) -> list[ir.IssueEntry]:
    return [
        issue
        for (domain, _), issue in issue_registry.issues.items()
        if domain == DOMAIN and issue.active
    ]


async def write(entry: MockConfigEntry, program: Program) -> None:
    """Program the module as somebody else would, until Home Assistant has heard of it."""
    client = entry.runtime_data.client
    heard = asyncio.Event()

    def listen(event: object) -> None:
        if isinstance(event, ModuleChanged) and event.view.program == program:
            heard.set()

    stop = client.subscribe(listen, HALL)
    async with asyncio.timeout(LIMIT_S):
        await client.write_program(HALL, program)
        await heard.wait()
    stop()


async def test_loads_that_break_a_rating_are_told_until_they_do_not(
    hass: HomeAssistant, hall_only: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    await shown(hass, ZONE, STATE_OFF)
    await write(hall_only, ENOUGH)
    assert not notices(issue_registry)
    await write(hall_only, TOO_MUCH)
    (notice,) = notices(issue_registry)
    assert notice.translation_key == "ratings_broken"
    assert notice.severity is ir.IssueSeverity.ERROR
    facts = notice.translation_placeholders
    assert facts
    assert facts["module"] == "Hall panel"
    assert facts["findings"].startswith(
        "- The module: its zones draw 16.004 A together, more than the 16 A"
    )
    # What is wrong now is said, and nothing that was wrong before.
    await write(hall_only, Program(cco_load=CcoLoad(volts=24, current=CcoCurrent.AC, amps=0.501)))
    (notice,) = notices(issue_registry)
    assert notice.translation_placeholders
    assert "0.501 A AC" in notice.translation_placeholders["findings"]
    assert "16 A" not in notice.translation_placeholders["findings"]
    await write(hall_only, ENOUGH)
    assert not notices(issue_registry)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.requirement("F1")
async def test_a_notice_goes_when_the_loads_are_corrected_in_the_form(
    hass: HomeAssistant, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    entry = link_entry(panel, modules=[module_config(HALL, TOO_MUCH)])
    await _program_before(panel, TOO_MUCH)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, ZONE, STATE_OFF)
    assert len(notices(issue_registry)) == 1
    step = await start_reconfigure(hass, entry, "loads")
    step = await go_on(hass, step, typed(step, load_2={"type": "none"}))
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, ZONE, STATE_OFF)
    assert not notices(issue_registry)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_module_that_is_off_is_judged_by_what_it_was_programmed_with_and_unloading_ends_it(
    hass: HomeAssistant, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    await panel.power(HALL, is_on=False)
    entry = link_entry(panel, modules=[module_config(HALL, TOO_MUCH)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, ZONE, STATE_UNAVAILABLE)
    assert len(notices(issue_registry)) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert not notices(issue_registry)


@pytest.mark.requirement("A9")
async def test_a_note_that_a_module_is_the_smaller_sister_is_no_match_for_what_it_says_itself(
    hass: HomeAssistant, panel: Panel, issue_registry: ir.IssueRegistry
) -> None:
    await _program_before(panel, ENOUGH)
    noted = module_config(HALL, ENOUGH, model="LQSE-4S1-D")
    entry = link_entry(panel, modules=[noted])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, ZONE, STATE_OFF)
    await hass.async_block_till_done(wait_background_tasks=True)
    # 4 A break the 1 A of the note, until the module has said what it is.
    assert not notices(issue_registry)
    await hass.config_entries.async_unload(entry.entry_id)


async def _program_before(panel: Panel, program: Program) -> None:
    """Have a module programmed already when Home Assistant begins."""
    transport = transport_for_url(str(panel.port), TransportSettings(), gate=SendGate.SEND)
    async with DpmClient(transport, ClientSettings(allow_extension=True)) as client:
        client.add_module(HALL)
        await client.write_program(HALL, program)
