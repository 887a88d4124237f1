"""A module's own forms, opened and filled in as an owner would, over the flow API."""

from __future__ import annotations

from typing import Any

from .api import HassApi
from .setup_flow import expect

KIND = "subentries/flow"


async def open_module_form(api: HassApi, entry_id: str, serial: str, part: str) -> dict[str, Any]:
    """Open one part of a module's program; returns the form.

    Args:
        api: A logged-in session.
        entry_id: The link.
        serial: The module's serial number.
        part: What to choose in the menu, such as `program` or `loads`.
    """
    rows = await api.call("config_entries/subentries/list", entry_id=entry_id)
    subentry_id = next(row["subentry_id"] for row in rows if row["unique_id"] == serial)
    more = {"subentry_id": subentry_id}
    menu = expect(await api.flow(KIND, [entry_id, "module"], more=more), "menu", "reconfigure")
    return expect(await submit(api, menu, {"next_step_id": part}), "form", part)


async def submit(api: HassApi, step: dict[str, Any], user_input: dict[str, Any]) -> dict[str, Any]:
    """Fill in a step and return what comes next."""
    return await api.flow_step(KIND, step["flow_id"], user_input)


def shown_in(form: dict[str, Any]) -> dict[str, Any]:
    """Return what a form shows, as it would be submitted when nothing is typed."""

    def read(fields: list[dict[str, Any]]) -> dict[str, Any]:
        found = {}
        for field in fields:
            if field.get("type") == "expandable":
                found[field["name"]] = read(field["schema"])
            elif "suggested_value" in (field.get("description") or {}):
                found[field["name"]] = field["description"]["suggested_value"]
        return found

    return read(form["data_schema"])
