"""Entries as the flows make them, and waiting for what a person would wait to see."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant, State, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.const import DOMAIN, MODEL
from custom_components.lutron_dpm.models import LinkConfig, LinkKind, ModuleConfig
from dpm_core.model import Program, SerialNumber

from .panel import HALL, STAIRS, Panel

LIMIT_S = 30.0
"""Longest wait for something that takes well below a second. Machines are shared."""

NAMES = {HALL: "Hall panel", STAIRS: "Stairs panel"}


def module_config(
    serial: SerialNumber, program: Program | None = None, *, model: str = MODEL
) -> ModuleConfig:
    return ModuleConfig(
        serial=serial,
        uid=f"uid{serial}",
        name=NAMES.get(serial, f"Module {serial}"),
        program=program or Program(),
        model=model,
    )


def link_entry(
    panel: Panel,
    *,
    modules: Iterable[ModuleConfig] | None = None,
    allow_sending: bool = True,
    allow_extension: bool = True,
    options: dict[str, Any] | None = None,
) -> MockConfigEntry:
    """Return an entry for the panel's port, with all its modules unless told otherwise."""
    config = LinkConfig(
        kind=LinkKind.SERIAL,
        device=str(panel.port),
        allow_sending=allow_sending,
        allow_extension=allow_extension,
    )
    if modules is None:
        modules = [module_config(serial) for serial in panel.serials]
    return MockConfigEntry(
        domain=DOMAIN,
        title="QS link",
        data=config.as_data(),
        options=options or {},
        subentries_data=[module.as_new_subentry() for module in modules],
    )


async def until(hass: HomeAssistant, condition: Callable[[], object]) -> None:
    """Wait until something can be seen in Home Assistant's states."""
    changed = asyncio.Event()

    @callback
    def wake(_event: object) -> None:
        changed.set()

    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, wake)
    try:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                changed.clear()
                await changed.wait()
    finally:
        stop()


async def shown(hass: HomeAssistant, entity_id: str, state: str) -> State:
    """Wait until an entity shows a state, and return it."""

    def is_shown() -> bool:
        now = hass.states.get(entity_id)
        return now is not None and now.state == state

    try:
        await until(hass, is_shown)
    except TimeoutError:
        raise AssertionError(
            f"{entity_id} never showed {state}, but {hass.states.get(entity_id)}"
        ) from None
    result = hass.states.get(entity_id)
    assert result
    return result


async def call(hass: HomeAssistant, domain: str, service: str, entity_id: str) -> None:
    await hass.services.async_call(domain, service, {"entity_id": entity_id}, blocking=True)
