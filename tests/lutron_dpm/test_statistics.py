"""Long-term statistics, made by Home Assistant's own recorder."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import PropertyMock, patch

import pytest
from homeassistant.components.recorder.core import Recorder
from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
    statistics_during_period,
)

from .panel import HALL, Panel
from .setting_up import call, link_entry, module_config, shown

pytestmark = pytest.mark.requirement("A4", "H4", "H7")

SWITCH = "switch.hall_panel_zone_1"
OPERATIONS = "sensor.hall_panel_zone_1_relay_operations"

PERIOD = timedelta(minutes=5)
"""What Home Assistant makes a row of statistics of."""


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Have the recorder there before Home Assistant is, as the test plugin asks."""


@pytest.fixture
def read_at_once() -> Iterator[None]:
    """Read the counts as soon as a relay has moved."""
    with (
        patch("custom_components.lutron_dpm.relay_counts.READ_AFTER_S", 0),
        patch(
            "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
            PropertyMock(return_value=True),
        ),
    ):
        yield


def period_of(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)


@pytest.mark.usefixtures("read_at_once")
async def test_relay_operations_become_long_term_statistics(
    recorder_mock: Recorder, hass: HomeAssistant, panel: Panel
) -> None:
    begun = period_of(dt_util.utcnow())
    assert await async_setup_component(hass, "sensor", {})
    entry = link_entry(panel, modules=[module_config(HALL)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await shown(hass, OPERATIONS, "0")
    for count in range(1, 4):
        await call(hass, "switch", "turn_on" if count % 2 else "turn_off", SWITCH)
        await shown(hass, OPERATIONS, str(count))
    await call(hass, "switch", "turn_off", SWITCH)
    await shown(hass, SWITCH, STATE_OFF)
    await shown(hass, OPERATIONS, "4")
    await async_wait_recording_done(hass)
    # The test itself may run over the end of a period.
    period = begun
    while period <= dt_util.utcnow():
        do_adhoc_statistics(hass, start=period)
        period += PERIOD
    await async_wait_recording_done(hass)
    found = await recorder_mock.async_add_executor_job(
        lambda: statistics_during_period(
            hass, begun, period="5minute", statistic_ids={OPERATIONS}, types={"state", "sum"}
        )
    )
    last = found[OPERATIONS][-1]
    assert (last["state"], last["sum"]) == (4, 4)
    await hass.config_entries.async_unload(entry.entry_id)
