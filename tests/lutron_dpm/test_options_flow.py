"""How a link behaves, as an owner may set it."""

import pytest
from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.options_flow import LinkOptions
from dpm_core.protocol import SessionSettings

from .setting_up import shown

pytestmark = pytest.mark.requirement("H2", "H4")


async def test_options_are_shown_stored_and_used(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    step = await hass.config_entries.options.async_init(entry.entry_id)
    assert step["type"] is FlowResultType.FORM
    assert step["data_schema"]
    suggested = {
        marker.schema: marker.description["suggested_value"]
        for marker in step["data_schema"].schema
    }
    assert suggested == {"poll_interval_s": 0.1, "host_slack_ms": 30, "notice_after_min": 10}
    given = {"poll_interval_s": 0.5, "host_slack_ms": 120.0, "notice_after_min": 30.0}
    step = await hass.config_entries.options.async_configure(step["flow_id"], given)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.options == {"poll_interval_s": 0.5, "host_slack_ms": 120, "notice_after_min": 30}
    hub = entry.runtime_data
    assert hub.options == LinkOptions(poll_interval_s=0.5, host_slack_s=0.12, notice_after_s=1800.0)
    await shown(hass, "switch.hall_panel_zone_1", STATE_OFF)


@pytest.mark.parametrize(
    "bad",
    [{"poll_interval_s": 0.0}, {"host_slack_ms": 5000}, {"notice_after_min": 0}],
)
async def test_what_is_out_of_range_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, bad: dict[str, float]
) -> None:
    step = await hass.config_entries.options.async_init(entry.entry_id)
    given = {"poll_interval_s": 0.5, "host_slack_ms": 120.0, "notice_after_min": 30.0, **bad}
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(step["flow_id"], given)


def test_the_shipped_options_are_those_of_the_library() -> None:
    shipped = LinkOptions.from_options({})
    assert shipped.poll_interval_s == SessionSettings().poll_interval_s
    assert shipped.host_slack_s == SessionSettings().host_slack_s
    assert LinkOptions.from_options(shipped.as_options()) == shipped
