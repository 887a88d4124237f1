"""The demo's dashboard: what an owner would put on the wall, made of Home Assistant's own cards."""

from __future__ import annotations

from typing import Any, Final

URL_PATH: Final = "lutron-dpm"
"""Where the dashboard is; Home Assistant wants a hyphen in it."""


def dashboard(modules: dict[str, dict[str, tuple[str, str]]]) -> dict[str, Any]:
    """Return the dashboard's configuration.

    Args:
        modules: For each module's name its entities, by what they are (`zone_1`, `cco` ...): the
            entity id, and the name that it has beside its module's.
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


def _section(name: str, entities: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "grid",
        "cards": [
            {"type": "heading", "heading": name, "icon": "mdi:electric-switch"},
            *(_zone(*entities[f"zone_{zone}"]) for zone in range(1, 5)),
            _override(*entities["override"]),
            _cco(*entities["cco"]),
            _banner(entities["override"][0], [entities[f"zone_{z}"] for z in range(1, 5)]),
        ],
    }


def _zone(entity_id: str, name: str) -> dict[str, Any]:
    return {
        "type": "tile",
        "entity": entity_id,
        "name": name,
        "color": "amber",
        "features": [{"type": "toggle"}],
        "features_position": "inline",
        "grid_options": {"columns": 12},
    }


def _override(entity_id: str, name: str) -> dict[str, Any]:
    return {"type": "tile", "entity": entity_id, "name": name, "color": "red"}


def _cco(entity_id: str, name: str) -> dict[str, Any]:
    return {
        "type": "tile",
        "entity": entity_id,
        "name": f"{name}: pulse",
        "hide_state": True,
        "tap_action": {
            "action": "perform-action",
            "perform_action": "button.press",
            "target": {"entity_id": entity_id},
        },
    }


def _banner(override: str, zones: list[tuple[str, str]]) -> dict[str, Any]:
    """Say in words what manual override means, as long as it is on."""
    returns = ", ".join(
        f"{name} {{{{ state_attr('{entity_id}', 'returns_to') }}}}" for entity_id, name in zones
    )
    return {
        "type": "markdown",
        "content": (
            '<ha-alert alert-type="error" title="The CCI is open: no control changes this module">'
            f"When it closes, the zones return to: {returns}.</ha-alert>"
        ),
        "text_only": True,
        "visibility": [{"condition": "state", "entity": override, "state": "on"}],
    }
