"""The integration's own set-up, filled in as an owner would, over the flow API."""

from __future__ import annotations

from typing import Any, Final

from .api import HassApi

DOMAIN: Final = "lutron_dpm"


class FlowRefused(Exception):
    """A step of the flow did not lead where it should."""


async def set_up_serial_link(
    api: HassApi,
    port: str,
    *,
    baud: int | None = None,
    allow_sending: bool = True,
    allow_extension: bool = True,
    serials: tuple[str, ...] = (),
) -> str:
    """Set up a link on a serial port with every module found, and return the entry's id.

    Args:
        api: A logged-in session.
        port: Path of the serial port.
        baud: Baud rate, else the integration's default.
        allow_sending: The consent to send at all.
        allow_extension: The consent to use the project's own messages.
        serials: Serial numbers to type in where discovery is not allowed.
    """
    menu = expect(await api.flow("flow", DOMAIN), "menu", "user")
    form = expect(await _next(api, menu, {"next_step_id": "serial"}), "form", "serial")
    advanced = {"advanced": {"baud": str(baud), "echo": "none"}} if baud else {}
    form = expect(await _next(api, form, {"device": port, **advanced}), "form", "consents")
    consents = {"allow_sending": allow_sending, "allow_extension": allow_extension}
    form = expect(await _next(api, form, consents), "form")
    return await _create(api, form, serials)


async def set_up_gateway_link(api: HassApi, port: int) -> str:
    """Set up a link behind a gateway on the loopback address, with every module found."""
    menu = expect(await api.flow("flow", DOMAIN), "menu", "user")
    form = expect(await _next(api, menu, {"next_step_id": "tcp"}), "form", "tcp")
    gateway = {"host": "127.0.0.1", "port": port, "protocol": "raw"}
    form = expect(await _next(api, form, gateway), "form", "consents")
    consents = {"allow_sending": True, "allow_extension": True}
    form = expect(await _next(api, form, consents), "form", "modules")
    return await _create(api, form, ())


async def set_up_simulated_link(api: HassApi, count: int) -> str:
    """Set up the simulated link that the integration starts inside, and return the entry's id."""
    menu = expect(await api.flow("flow", DOMAIN), "menu", "user")
    form = expect(await _next(api, menu, {"next_step_id": "simulated"}), "form", "simulated")
    form = expect(await _next(api, form, {"count": count}), "form", "modules")
    return await _create(api, form, ())


async def set_up_processor(
    api: HassApi, port: int, http_port: int, *, username: str, password: str
) -> str:
    """Set up a processor on the loopback address with all that its project suggests.

    Returns:
        The entry's id. Every wallstation is taken, too.
    """
    menu = expect(await api.flow("flow", DOMAIN), "menu", "user")
    form = expect(await _next(api, menu, {"next_step_id": "processor"}), "form", "processor")
    login = {
        "host": "127.0.0.1",
        "username": username,
        "password": password,
        "advanced": {"port": port, "http_port": http_port},
    }
    form = expect(await _next(api, form, login), "form", "outputs")
    chosen = {
        field["name"]: [option["value"] for option in field["selector"]["select"]["options"]]
        for field in form["data_schema"]
    }
    entry = expect(await _next(api, form, chosen), "create_entry")
    return str(entry["result"]["entry_id"])


async def entities_of(api: HassApi, entry_id: str) -> dict[str, dict[str, Any]]:
    """Return the entity registry's rows of one entry, by entity id."""
    rows = await api.call("config/entity_registry/list")
    return {row["entity_id"]: row for row in rows if row["config_entry_id"] == entry_id}


def expect(step: dict[str, Any], kind: str, step_id: str | None = None) -> dict[str, Any]:
    """Return the step when it is of this kind; raises `FlowRefused` with what came instead."""
    if step.get("type") != kind or (step_id is not None and step.get("step_id") != step_id):
        raise FlowRefused(f"expected {kind} {step_id or ''}, got {step}")
    if step.get("errors"):
        raise FlowRefused(f"{step['step_id']}: {step['errors']}")
    return step


async def _create(api: HassApi, form: dict[str, Any], serials: tuple[str, ...]) -> str:
    user_input: dict[str, Any] = {"serials": list(serials)}
    for field in form["data_schema"]:
        if field["name"] == "modules":
            user_input["modules"] = field["default"]
        elif field["name"] == "add_silent":
            user_input["add_silent"] = False
    entry = expect(await _next(api, form, user_input), "create_entry")
    return str(entry["result"]["entry_id"])


async def _next(api: HassApi, step: dict[str, Any], user_input: dict[str, Any]) -> dict[str, Any]:
    return await api.flow_step("flow", step["flow_id"], user_input)
