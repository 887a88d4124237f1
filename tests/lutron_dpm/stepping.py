"""Going through the module flow, step by step, as a browser does."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

Step = dict[str, Any]


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> Step:
    step: Step = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "module"), context={"source": SOURCE_USER}
    )  # type: ignore[assignment]  # a result is a typed dictionary
    return step


async def start_reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, part: str = "program"
) -> Step:
    """Open the first module's flow, and choose a part of it where there is a choice."""
    step: Step = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "module"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": next(iter(entry.subentries))},
    )  # type: ignore[assignment]  # a result is a typed dictionary
    if step["type"] is FlowResultType.MENU:
        assert part in step["menu_options"]
        step = await go_on(hass, step, {"next_step_id": part})
    return step


async def go_on(hass: HomeAssistant, step: Step, user_input: dict[str, Any]) -> Step:
    result: Step = await hass.config_entries.subentries.async_configure(step["flow_id"], user_input)  # type: ignore[assignment]  # a result is a typed dictionary
    return result


def typed(step: Step, **changes: Any) -> dict[str, Any]:
    """Return what the form shows, with some fields typed over; a field of None is emptied."""

    def read(schema: Any) -> dict[str, Any]:
        found = {}
        for marker, value in schema.schema.items():
            if hasattr(value, "options"):
                found[marker.schema] = read(value.schema)
            elif marker.description:
                found[marker.schema] = marker.description["suggested_value"]
        return found

    return read(step["data_schema"]) | changes
