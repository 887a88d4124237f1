"""Sensors: estimated power and energy of the loads, and how often the relays have moved."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest.mock import PropertyMock, patch

import pytest
from homeassistant.const import (
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCategory,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    mock_restore_cache_with_extra_data,
)

from dpm_core.errors import NoReply, Rejected
from dpm_core.model import FourLoads, LoadType, Program, ZoneLoad

from .panel import HALL, Panel
from .setting_up import call, link_entry, module_config, shown, until
from .stepping import go_on, start_reconfigure, typed

pytestmark = pytest.mark.requirement("H4")

LOADS: FourLoads = (
    ZoneLoad(LoadType.TUNGSTEN, watts=600),
    None,
    ZoneLoad(LoadType.MOTOR, amps=2),
    None,
)
NAMED = Program(zone_names=("", "", "Fan", ""), zone_loads=LOADS)

SWITCH = "switch.hall_panel_zone_1"
POWER = "sensor.hall_panel_zone_1_estimated_power"
ENERGY = "sensor.hall_panel_zone_1_estimated_energy"
FAN_POWER = "sensor.hall_panel_fan_estimated_power"
FAN_ENERGY = "sensor.hall_panel_fan_estimated_energy"
OPERATIONS = "sensor.hall_panel_zone_1_relay_operations"


class Clock:
    """The clock that energy is counted by."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock that stands still unless it is moved."""
    clock = Clock()
    with patch("custom_components.lutron_dpm.sensor.monotonic", clock):
        yield clock


@pytest.fixture
def all_enabled() -> Iterator[None]:
    """Enable every entity from the first, as somebody who wants it would."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        PropertyMock(return_value=True),
    ):
        yield


async def set_up(
    hass: HomeAssistant, panel: Panel, program: Program, *, allow_extension: bool = True
) -> MockConfigEntry:
    """Set up the hall's module, which is programmed so already."""
    entry = link_entry(
        panel, modules=[module_config(HALL, program)], allow_extension=allow_extension
    )
    entry.add_to_hass(hass)
    with patch("custom_components.lutron_dpm.keeper.SETTLE_S", 60):
        assert await hass.config_entries.async_setup(entry.entry_id)
        if allow_extension:
            await shown(hass, SWITCH, STATE_OFF)
            await entry.runtime_data.client.write_program(HALL, program)
    return entry


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let Home Assistant's own timers come due; the link goes on in real time."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


def estimates(registry: er.EntityRegistry, entry: MockConfigEntry) -> set[str]:
    return {
        row.entity_id
        for row in er.async_entries_for_config_entry(registry, entry.entry_id)
        if "estimated" in row.entity_id
    }


# --- Power -------------------------------------------------------------------------------------


async def test_only_what_is_written_down_is_estimated_and_only_when_somebody_wants_it(
    hass: HomeAssistant, panel: Panel, entity_registry: er.EntityRegistry
) -> None:
    entry = await set_up(hass, panel, NAMED)
    assert estimates(entity_registry, entry) == {POWER, ENERGY, FAN_POWER, FAN_ENERGY}
    for entity_id in (*estimates(entity_registry, entry), OPERATIONS):
        row = entity_registry.async_get(entity_id)
        assert row
        assert row.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        assert hass.states.get(entity_id) is None
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("all_enabled")
async def test_the_estimate_follows_the_relay_and_is_called_one(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = await set_up(hass, panel, NAMED)
    state = await shown(hass, POWER, "0.0")
    assert state.name == "Hall panel Zone 1 estimated power"
    assert state.attributes["unit_of_measurement"] == "W"
    assert state.attributes["state_class"] == "measurement"
    await call(hass, "switch", "turn_on", SWITCH)
    await shown(hass, POWER, "600.0")
    # Two amperes at 120 V; the sensor is called as the zone is.
    await panel.press(HALL, 3)
    state = await shown(hass, FAN_POWER, "240.0")
    assert state.name == "Hall panel Fan estimated power"
    await call(hass, "switch", "turn_off", SWITCH)
    await shown(hass, POWER, "0.0")
    await panel.power(HALL, is_on=False)
    await shown(hass, POWER, STATE_UNAVAILABLE)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("all_enabled")
async def test_where_nobody_knows_the_relay_nobody_knows_the_power(
    hass: HomeAssistant, panel: Panel, entity_registry: er.EntityRegistry
) -> None:
    entry = await set_up(hass, panel, NAMED, allow_extension=False)
    await shown(hass, POWER, STATE_UNKNOWN)
    # Nobody may ask the module what it has counted.
    assert entity_registry.async_get(OPERATIONS) is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_an_estimate_goes_with_its_load(
    hass: HomeAssistant, panel: Panel, entity_registry: er.EntityRegistry
) -> None:
    entry = await set_up(hass, panel, NAMED)
    step = await start_reconfigure(hass, entry, "loads")
    step = await go_on(hass, step, typed(step, load_1={"type": "none"}))
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    await shown(hass, SWITCH, STATE_OFF)
    assert estimates(entity_registry, entry) == {FAN_POWER, FAN_ENERGY}
    await hass.config_entries.async_unload(entry.entry_id)


# --- Energy ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("all_enabled")
async def test_energy_is_power_over_the_time_that_the_relay_was_seen_closed(
    hass: HomeAssistant, panel: Panel, clock: Clock
) -> None:
    entry = await set_up(hass, panel, NAMED)
    state = await shown(hass, ENERGY, "0.0")
    assert state.attributes["unit_of_measurement"] == "kWh"
    assert state.attributes["state_class"] == "total_increasing"
    # Off, it takes nothing however long.
    clock.now += 3600
    await call(hass, "switch", "turn_on", SWITCH)
    clock.now += 1800
    await pass_time(hass, 61)
    await shown(hass, ENERGY, "0.3")
    clock.now += 1800
    await call(hass, "switch", "turn_off", SWITCH)
    await shown(hass, ENERGY, "0.6")
    clock.now += 3600
    await pass_time(hass, 122)
    await shown(hass, ENERGY, "0.6")
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("all_enabled")
async def test_no_energy_is_guessed_while_the_module_cannot_be_seen(
    hass: HomeAssistant, panel: Panel, clock: Clock
) -> None:
    entry = await set_up(hass, panel, NAMED)
    await call(hass, "switch", "turn_on", SWITCH)
    await shown(hass, ENERGY, "0.0")
    clock.now += 3600
    await panel.power(HALL, is_on=False)
    await shown(hass, ENERGY, STATE_UNAVAILABLE)
    clock.now += 3600
    await panel.power(HALL, is_on=True)
    # The zone returned to on, and counts again from here.
    await shown(hass, SWITCH, STATE_ON)
    await shown(hass, ENERGY, "0.6")
    clock.now += 600
    await pass_time(hass, 61)
    await shown(hass, ENERGY, "0.7")
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(
    ("kept", "begins"), [(12.5, "12.5"), (7, "7.0"), (None, "0.0"), ("a lot", "0.0")]
)
async def test_energy_goes_on_after_a_restart(
    hass: HomeAssistant, panel: Panel, clock: Clock, kept: object, begins: str
) -> None:
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State(ENERGY, str(kept)),
                {"native_value": kept, "native_unit_of_measurement": "kWh"},
            )
        ],
    )
    entry = await set_up(hass, panel, NAMED)
    await shown(hass, ENERGY, begins)
    await call(hass, "switch", "turn_on", SWITCH)
    clock.now += 6000
    # What runs at this moment is kept for the next start too.
    component = hass.data["entity_components"]["sensor"]
    entity = component.get_entity(ENERGY)
    assert entity.extra_restore_state_data.native_value == float(begins) + 1
    await hass.config_entries.async_unload(entry.entry_id)


# --- Relay operations --------------------------------------------------------------------------


def is_shown(hass: HomeAssistant, entity_id: str, value: int) -> Callable[[], bool]:
    def check() -> bool:
        state = hass.states.get(entity_id)
        return state is not None and state.state == str(value)

    return check


@pytest.mark.requirement("A4", "H7")
@pytest.mark.usefixtures("all_enabled")
async def test_relay_operations_are_read_when_the_relay_has_moved(
    hass: HomeAssistant, panel: Panel, entity_registry: er.EntityRegistry
) -> None:
    entry = await set_up(hass, panel, Program())
    before = panel.snapshot(HALL)["cycles"][0]
    state = await shown(hass, OPERATIONS, str(before))
    assert state.attributes["state_class"] == "total_increasing"
    row = entity_registry.async_get(OPERATIONS)
    assert row
    assert row.entity_category is EntityCategory.DIAGNOSTIC
    # Several movements in a row are one question.
    asked = 0
    client = entry.runtime_data.client
    read = client.read_counters

    async def count(serial: object) -> object:
        nonlocal asked
        asked += 1
        return await read(serial)

    with patch.object(client, "read_counters", count):
        for _ in range(2):
            await call(hass, "switch", "turn_on", SWITCH)
            await call(hass, "switch", "turn_off", SWITCH)
        await shown(hass, SWITCH, STATE_OFF)
        await pass_time(hass, 6)
        await until(hass, is_shown(hass, OPERATIONS, before + 4))
        assert asked == 1
        # Nothing has moved since.
        await pass_time(hass, 3600)
        assert asked == 1
    assert panel.snapshot(HALL)["cycles"][0] == before + 4
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.requirement("A4", "H7")
@pytest.mark.usefixtures("all_enabled")
async def test_what_a_module_did_while_it_was_away_is_read_when_it_returns(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = await set_up(hass, panel, Program())
    before = panel.snapshot(HALL)["cycles"][0]
    await shown(hass, OPERATIONS, str(before))
    await call(hass, "switch", "turn_on", SWITCH)
    await panel.power(HALL, is_on=False)
    await shown(hass, OPERATIONS, STATE_UNAVAILABLE)
    await panel.power(HALL, is_on=True)
    await shown(hass, SWITCH, STATE_ON)
    await pass_time(hass, 6)
    # Once by the command, and once more when it came back.
    await until(hass, is_shown(hass, OPERATIONS, before + 2))
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.requirement("H7")
@pytest.mark.usefixtures("all_enabled")
async def test_a_count_that_was_not_read_is_asked_for_again_unless_it_was_refused(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = await set_up(hass, panel, Program())
    await shown(hass, OPERATIONS, "0")
    client = entry.runtime_data.client
    read = client.read_counters
    answers: list[Exception | None] = [
        NoReply(str(HALL), "its counters", 1.0),
        None,
        Rejected(str(HALL), "its counters", "unknown type"),
    ]

    async def answer(serial: object) -> object:
        if (error := answers.pop(0)) is not None:
            raise error
        return await read(serial)

    with patch.object(client, "read_counters", answer):
        await call(hass, "switch", "turn_on", SWITCH)
        await pass_time(hass, 6)
        assert len(answers) == 2
        await pass_time(hass, 12)
        await until(hass, is_shown(hass, OPERATIONS, 1))
        await call(hass, "switch", "turn_off", SWITCH)
        await pass_time(hass, 18)
        await pass_time(hass, 24)
        assert answers == []
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.requirement("H7")
@pytest.mark.usefixtures("all_enabled")
async def test_nothing_is_asked_any_more_when_the_link_is_closed(
    hass: HomeAssistant, panel: Panel
) -> None:
    entry = await set_up(hass, panel, Program())
    await call(hass, "switch", "turn_on", SWITCH)
    # The question that was due is dropped, or it would be a lingering timer.
    await hass.config_entries.async_unload(entry.entry_id)
    await shown(hass, OPERATIONS, STATE_UNAVAILABLE)
