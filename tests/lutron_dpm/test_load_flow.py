"""Saying what a module is wired to: checked as it is typed, and written to the module."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm import load_ratings
from custom_components.lutron_dpm.const import DOMAIN
from custom_components.lutron_dpm.models import modules_of
from dpm_core.model import (
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    FourLoads,
    LoadType,
    OverrideAction,
    Program,
    ZoneLoad,
)
from dpm_core.simulator import SimulatorSettings

from .panel import HALL, Panel
from .setting_up import link_entry, module_config, shown
from .stepping import Step, go_on, start_reconfigure, typed

pytestmark = pytest.mark.requirement("H2", "H4")

NO_LOAD = {"type": "none"}
NO_CCO_LOAD = {"kind": "none", "current": "dc", "flyback_diode": False}


def load(kind: str, *, amps: float | None = None, watts: float | None = None) -> dict[str, Any]:
    figures = {"amps": amps, "watts": watts}
    return {"type": kind} | {key: value for key, value in figures.items() if value is not None}


def cco(
    kind: str, volts: float, current: str, amps: float, *, flyback_diode: bool = False
) -> dict[str, Any]:
    return {
        "kind": kind,
        "volts": volts,
        "current": current,
        "amps": amps,
        "flyback_diode": flyback_diode,
    }


async def open_loads(hass: HomeAssistant, entry: MockConfigEntry) -> Step:
    """Open the form of the first module's loads, once the module has said what it is."""
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    await hass.async_block_till_done(wait_background_tasks=True)
    return await start_reconfigure(hass, entry, "loads")


def findings(step: Step) -> str:
    said: str = step["description_placeholders"]["findings"]
    return said


@pytest.mark.requirement("F1")
async def test_loads_are_written_to_the_module_and_shown_again(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    step = await open_loads(hass, hall_only)
    assert step["step_id"] == "loads"
    assert typed(step) == dict.fromkeys((f"load_{zone}" for zone in range(1, 5)), NO_LOAD) | {
        "cco_load": NO_CCO_LOAD
    }
    given = typed(
        step,
        load_1=load("tungsten", watts=600),
        load_3=load("motor", amps=7.2),
        cco_load=cco("inductive", 24, "dc", 0.3, flyback_diode=True),
    )
    step = await go_on(hass, step, given)
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    loads: FourLoads = (
        ZoneLoad(LoadType.TUNGSTEN, watts=600),
        None,
        ZoneLoad(LoadType.MOTOR, amps=7.2),
        None,
    )
    cco_load = CcoLoad(24, CcoCurrent.DC, 0.3, CcoLoadKind.INDUCTIVE, has_flyback_diode=True)
    assert panel.program(HALL) == Program(zone_loads=loads, cco_load=cco_load)
    await hass.async_block_till_done(wait_background_tasks=True)

    step = await open_loads(hass, hall_only)
    assert typed(step) == given
    step = await go_on(hass, step, given | {"load_1": NO_LOAD, "cco_load": NO_CCO_LOAD})
    assert step["reason"] == "reconfigure_successful"
    assert panel.program(HALL) == Program(zone_loads=(None, None, loads[2], None))
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.requirement("F1")
async def test_what_somebody_else_programs_meanwhile_stays(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    step = await open_loads(hass, hall_only)
    off = (OverrideAction.OFF,) * 4
    # Storing it would reload the link, and that is another test's.
    with patch("custom_components.lutron_dpm.keeper.SETTLE_S", 60):
        await hall_only.runtime_data.client.write_program(HALL, Program(override_actions=off))
        await go_on(hass, step, typed(step, load_2=load("elv", amps=1)))
    program = Program(
        override_actions=off, zone_loads=(None, ZoneLoad(LoadType.ELV, amps=1), None, None)
    )
    assert panel.program(HALL) == program
    await hass.async_block_till_done(wait_background_tasks=True)


# --- Ratings -----------------------------------------------------------------------------------


@pytest.mark.requirement("A5", "A6", "D4")
@pytest.mark.parametrize(
    ("allowed", "forbidden", "said"),
    [
        (
            {"load_2": load("tungsten", amps=8)},
            {"load_2": load("tungsten", amps=8.001)},
            ("Zone 2: 8.001 A", "more than the 8 A", "use PHPM-SW-DV-WH or GRX-TVI"),
        ),
        (
            {"load_2": load("electronic-ballast", watts=960)},
            {"load_2": load("electronic-ballast", watts=960.1)},
            ("Zone 2: 8.000833 A", "more than the 8 A"),
        ),
        (
            {"load_4": load("motor", amps=8)},
            {"load_4": load("motor", amps=8.001)},
            ("Zone 4: 8.001 A of motor load", "more than the 8 A"),
        ),
        (
            {f"load_{zone}": load("resistive", amps=4) for zone in range(1, 5)},
            {f"load_{zone}": load("resistive", amps=4.001) for zone in range(1, 5)},
            ("The module: its zones draw 16.004 A together", "more than the 16 A"),
        ),
        (
            {"cco_load": cco("resistive", 24, "dc", 1)},
            {"cco_load": cco("resistive", 24.1, "dc", 1.001)},
            ("24.1 V DC is more than the 24 V", "1.001 A DC is more than the 1 A"),
        ),
        (
            {"cco_load": cco("resistive", 24, "ac", 0.5)},
            {"cco_load": cco("resistive", 24, "ac", 0.501)},
            ("0.501 A AC is more than the 0.5 A",),
        ),
        (
            {"cco_load": cco("inductive", 24, "dc", 0.5, flyback_diode=True)},
            {"cco_load": cco("inductive", 24, "dc", 0.5)},
            ("only with a flyback diode",),
        ),
        (
            {"cco_load": cco("resistive", 24, "ac", 0.1)},
            {"cco_load": cco("inductive", 24, "ac", 0.1, flyback_diode=True)},
            ("an inductive load on DC only",),
        ),
    ],
)
async def test_what_the_specification_forbids_is_said_with_figure_and_limit_and_not_written(
    hass: HomeAssistant,
    hall_only: MockConfigEntry,
    panel: Panel,
    allowed: dict[str, Any],
    forbidden: dict[str, Any],
    said: tuple[str, ...],
) -> None:
    step = await open_loads(hass, hall_only)
    for _ in range(2):
        # However often it is submitted.
        step = await go_on(hass, step, typed(step, **forbidden))
        # The form is long, so what is wrong is marked where it stands, too.
        marked = {key: "load_broken" for key in forbidden if len(forbidden) == 1}
        assert step["errors"] == {"base": "ratings_broken"} | marked
        for words in said:
            assert words in findings(step)
        assert panel.program(HALL) == Program()
    # What was typed is still there, to be corrected.
    given = typed(step)
    assert {key: given[key] for key in forbidden} == forbidden
    step = await go_on(hass, step, given | allowed)
    assert step["reason"] == "reconfigure_successful"
    assert panel.program(HALL).has_loads
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.requirement("A6")
async def test_every_violation_is_named_at_once(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    step = await open_loads(hass, hall_only)
    given = typed(step, load_1=load("inc", amps=9), load_4=load("elv", watts=1200))
    step = await go_on(hass, step, given)
    for words in (
        "Zone 1: 9 A of incandescent (INC) load",
        "Zone 4: 10 A of electronic low voltage (ELV) load",
        "The module: its zones draw 19 A together",
    ):
        assert words in findings(step)
    assert step["errors"] == {
        "base": "ratings_broken",
        "load_1": "load_broken",
        "load_4": "load_broken",
    }


@pytest.mark.requirement("A5", "F1")
async def test_a_doubt_is_said_once_and_written_when_it_is_submitted_again(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    step = await open_loads(hass, hall_only)
    given = typed(step, load_1=load("mlv", watts=300))
    step = await go_on(hass, step, given)
    assert step["errors"] == {"base": "loads_doubtful", "load_1": "load_doubtful"}
    assert "300 W are taken for 2.5 A at 120 V" in findings(step)
    assert "amperes of its nameplate" in findings(step)
    assert panel.program(HALL) == Program()
    # Another figure is another doubt.
    step = await go_on(hass, step, given | {"load_1": load("mlv", watts=360)})
    assert step["errors"] == {"base": "loads_doubtful", "load_1": "load_doubtful"}
    step = await go_on(hass, step, given | {"load_1": load("mlv", watts=360)})
    assert step["reason"] == "reconfigure_successful"
    assert panel.program(HALL).zone_loads[0] == ZoneLoad(LoadType.MLV, watts=360)
    await hass.async_block_till_done(wait_background_tasks=True)
    # The installer has lived with it since.
    step = await open_loads(hass, hall_only)
    step = await go_on(hass, step, typed(step, load_2=load("elv", amps=1)))
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.requirement("A9")
async def test_the_smaller_sister_has_its_own_ratings_where_the_module_does_not_say_what_it_is(
    hass: HomeAssistant,
    hall_only: MockConfigEntry,
    panel: Panel,
    device_registry: dr.DeviceRegistry,
) -> None:
    with patch.object(load_ratings, "DEVICE_CLASS_WORD", 0):
        step = await open_loads(hass, hall_only)
        assert step["description_placeholders"]["zone_max"] == "8 A"
        assert step["description_placeholders"]["motor_max"] == "8 A (1/3 HP)"
        given = typed(step)
        assert given["model"] == "LQSE-4S8-120-D"
        given |= {"model": "LQSE-4S1-D", "load_1": load("tungsten", amps=1.001)}
        step = await go_on(hass, step, given)
        assert step["errors"] == {"base": "ratings_broken", "load_1": "load_broken"}
        assert "1.001 A of tungsten load is more than the 1 A" in findings(step)
        assert step["description_placeholders"]["zone_max"] == "1 A"
        given["load_1"] = load("tungsten", amps=1)
        step = await go_on(hass, step, given)
        assert step["reason"] == "reconfigure_successful"
        assert panel.program(HALL).zone_loads[0] == ZoneLoad(LoadType.TUNGSTEN, amps=1)
        await hass.async_block_till_done(wait_background_tasks=True)

        # It is remembered, and so are its limits.
        (module,) = modules_of(hall_only).values()
        assert module.model == "LQSE-4S1-D"
        devices = dr.async_entries_for_config_entry(device_registry, hall_only.entry_id)
        (device,) = (one for one in devices if (DOMAIN, module.uid) in one.identifiers)
        assert device.model_id == "LQSE-4S1-D"
        step = await open_loads(hass, hall_only)
        assert step["description_placeholders"]["zone_max"] == "1 A"
        assert step["description_placeholders"]["motor_max"] == "1 A FLA, 6 A LRA"
        step = await go_on(hass, step, typed(step, load_2=load("elv", amps=1.5)))
        assert step["errors"] == {"base": "ratings_broken", "load_2": "load_broken"}


async def test_the_form_says_which_zone_is_which(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)
    named = Program(zone_names=("", "Stairs", "", ""))
    with patch("custom_components.lutron_dpm.keeper.SETTLE_S", 60):
        await hall_only.runtime_data.client.write_program(HALL, named)
    step = await open_loads(hass, hall_only)
    facts = step["description_placeholders"]
    assert [facts[f"name_{zone}"] for zone in range(1, 5)] == ["-", "Stairs", "-", "-"]


async def test_a_module_that_says_what_it_is_is_not_asked_about(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    step = await open_loads(hass, hall_only)
    assert "model" not in typed(step)
    assert step["description_placeholders"]["model"] == "LQSE-4S8-120-D"


# --- What cannot be a load ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "errors", "facts"),
    [
        (
            {"load_2": load("inc", amps=1, watts=120)},
            {"load_2": "load_twice"},
            {"zone": "2"},
        ),
        ({"load_3": load("inc")}, {"load_3": "load_incomplete"}, {"zone": "3"}),
        ({"load_4": load("none", watts=60)}, {"load_4": "load_incomplete"}, {"zone": "4"}),
        (
            {"load_1": load("inc", amps=0)},
            {"load_1": "unsupported_setting"},
            {"setting": "load amps", "allowed": "0.001 to 1000 A in steps of 1 mA"},
        ),
        ({"cco_load": {**NO_CCO_LOAD, "volts": 24}}, {"cco_load": "cco_load_incomplete"}, {}),
        (
            {"cco_load": {**NO_CCO_LOAD, "kind": "resistive", "volts": 24}},
            {"cco_load": "cco_load_incomplete"},
            {},
        ),
        (
            {"cco_load": cco("resistive", 24, "dc", 0)},
            {"cco_load": "unsupported_setting"},
            {"setting": "CCO load amps"},
        ),
    ],
)
async def test_what_is_no_load_is_said_where_it_stands(
    hass: HomeAssistant,
    hall_only: MockConfigEntry,
    panel: Panel,
    wrong: dict[str, Any],
    errors: dict[str, str],
    facts: dict[str, str],
) -> None:
    step = await open_loads(hass, hall_only)
    step = await go_on(hass, step, typed(step, **wrong))
    assert step["errors"] == errors
    assert facts.items() <= step["description_placeholders"].items()
    assert panel.program(HALL) == Program()


# --- Modules and links that cannot keep them ---------------------------------------------------


@pytest.fixture
async def old_panel(tmp_path: Path) -> AsyncIterator[Panel]:
    """A module that knows neither loads nor whole programs."""
    settings = SimulatorSettings(knows_programs=False)
    async with Panel(tmp_path / "qs-link", (HALL,), settings) as panel:
        yield panel


@pytest.mark.requirement("F1")
async def test_a_module_that_does_not_keep_loads_is_said_to_and_takes_the_rest(
    hass: HomeAssistant, old_panel: Panel
) -> None:
    entry = link_entry(old_panel)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await open_loads(hass, entry)
    step = await go_on(hass, step, typed(step, load_1=load("inc", amps=1)))
    assert step["errors"] == {"base": "loads_not_kept"}
    assert old_panel.program(HALL) == Program()
    # Without any there is nothing that it could not keep.
    step = await go_on(hass, step, typed(step, load_1=NO_LOAD))
    assert step["reason"] == "reconfigure_successful"
    step = await start_reconfigure(hass, entry)
    step = await go_on(hass, step, typed(step, zones={"zone_1": "Hall"}))
    assert step["reason"] == "reconfigure_successful"
    assert old_panel.program(HALL).zone_names[0] == "Hall"
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_module_that_goes_silent_while_its_loads_are_written_is_said(
    hass: HomeAssistant, hall_only: MockConfigEntry, panel: Panel
) -> None:
    step = await open_loads(hass, hall_only)
    await panel.power(HALL, is_on=False)
    given = typed(step, load_1=load("inc", amps=1))
    step = await go_on(hass, step, given)
    assert step["errors"] == {"base": "no_reply"}
    await panel.power(HALL, is_on=True)
    step = await go_on(hass, step, given)
    assert step["reason"] == "reconfigure_successful"
    assert panel.program(HALL).has_loads
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_the_loads_of_a_link_that_is_not_running_cannot_be_written(
    hass: HomeAssistant, hall_only: MockConfigEntry
) -> None:
    step = await open_loads(hass, hall_only)
    await hass.config_entries.async_unload(hall_only.entry_id)
    step = await go_on(hass, step, typed(step))
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "link_not_loaded")


@pytest.mark.requirement("A6")
async def test_where_nothing_may_be_written_loads_are_a_checked_note(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = link_entry(panel, modules=[module_config(HALL)], allow_extension=False)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    step = await start_reconfigure(hass, entry, "loads_note")
    assert step["step_id"] == "loads_note"
    # Nobody can ask the module what it is.
    assert typed(step)["model"] == "LQSE-4S8-120-D"
    step = await go_on(hass, step, typed(step, load_1=load("inc", amps=9)))
    assert step["errors"] == {"base": "ratings_broken", "load_1": "load_broken"}
    step = await go_on(hass, step, typed(step, load_1=load("inc", amps=7)))
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    (module,) = modules_of(entry).values()
    assert module.program.zone_loads[0] == ZoneLoad(LoadType.INC, amps=7)
    assert panel.program(HALL) == Program()
    step = await start_reconfigure(hass, entry, "loads_note")
    assert typed(step)["load_1"] == load("inc", amps=7)
    await hass.config_entries.async_unload(entry.entry_id)
