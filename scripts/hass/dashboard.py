"""The demo's dashboard: what an owner would put on the wall, made of Home Assistant's own cards."""

from __future__ import annotations

from typing import Any, Final

URL_PATH: Final = "lutron-dpm"
"""Where the dashboard is; Home Assistant wants a hyphen in it."""


def dashboard(modules: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return the dashboard's configuration.

    Args:
        modules: For each module's name its entities, by what they are (`zone_1`, `cco` ...).
    """
    return {
        "title": "Panels",
        "views": [
            {
                "title": "Panels",
                "path": "panels",
                "type": "sections",
                "max_columns": 2,
                "sections": [_section(name, entities) for name, entities in modules.items()],
            }
        ],
    }


def _section(name: str, entities: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "grid",
        "cards": [
            {"type": "heading", "heading": name, "icon": "mdi:electric-switch"},
            *(_zone(entities[f"zone_{zone}"]) for zone in range(1, 5)),
            {"type": "tile", "entity": entities["override"], "color": "red"},
            {
                "type": "tile",
                "entity": entities["cco"],
                "tap_action": {"action": "perform-action", **_press(entities["cco"])},
            },
        ],
    }


def _zone(entity_id: str) -> dict[str, Any]:
    return {
        "type": "tile",
        "entity": entity_id,
        "color": "amber",
        "features": [{"type": "toggle"}],
        "features_position": "inline",
    }


def _press(entity_id: str) -> dict[str, Any]:
    return {"perform_action": "button.press", "target": {"entity_id": entity_id}}
