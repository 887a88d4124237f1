"""A house for the end-to-end tests: one simulated link, one Home Assistant, set up by its flow."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from scripts.hass.api import ApiError, HassApi
from scripts.hass.process import HassProcess
from scripts.hass.setup_flow import DOMAIN, entities_of, set_up_serial_link
from scripts.hass.simulated import SimulatedLink

HALL: Final = "00A1B2C3"
STUDIO: Final = "00A1B2C4"

OUTCOME_LIMIT_S: Final = 60.0
"""How long an outcome may take, in seconds: over ten times every bound that the docs state."""

_OURS: Final = re.compile(r"(?:WARNING|ERROR|CRITICAL).*(?:lutron_dpm|dpm_core)")
_UNTESTED: Final = "has not been tested by Home Assistant"
_LOST: Final = re.compile(r"dpm_core.*The link at \S+ is not available")
_BACK: Final = re.compile(r"dpm_core.*The link at \S+ is back")


def environment_path(name: str) -> Path:
    """Return a path that `scripts/test` hands down; the tests cannot run without it."""
    value = os.environ.get(name)
    assert value, f"{name} is not set: run these tests with scripts/test e2e"
    return Path(value)


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Return when the condition holds; fails with `what` was expected when it never does."""
    try:
        async with asyncio.timeout(OUTCOME_LIMIT_S):
            # Another process's state can only be asked for.
            while not await condition():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"did not happen within {OUTCOME_LIMIT_S:.0f} s: {what}") from None


@dataclass
class House:
    """Home Assistant and its modules, each seen from outside only."""

    hass: HassProcess
    link: SimulatedLink
    api: HassApi = field(init=False)
    entry_id: str = field(init=False)
    entities: dict[tuple[str, str], str] = field(init=False, default_factory=dict)

    async def build(self) -> Self:
        """Start both, onboard, and set the integration up through its flow."""
        await self.link.start()
        self.hass.prepare()
        await self.hass.start()
        self.api = await HassApi(self.hass.url).__aenter__()
        await self.api.onboard()
        self.entry_id = await set_up_serial_link(self.api, str(self.link.port))
        await self.learn_entities()
        return self

    async def tear_down(self) -> None:
        """End everything, whatever state it is in."""
        await self.api.__aexit__()
        await self.hass.stop()
        await self.link.stop()

    async def learn_entities(self) -> None:
        """Find out which entity is what of which module, by its unique id and its device."""
        devices = {row["id"]: row for row in await self.api.call("config/device_registry/list")}
        self.entities = {
            (
                devices[row["device_id"]]["serial_number"],
                row["unique_id"].split("_", 1)[1],
            ): entity_id
            for entity_id, row in (await entities_of(self.api, self.entry_id)).items()
        }

    async def settle(self) -> None:
        """Bring the house to where every test begins: all there, no override, all zones off."""
        if not self.link.is_running:
            await self.link.start()
        for serial in (HALL, STUDIO):
            await self.link.ask(serial, "power", on=True)
            await self.link.ask(serial, "cci", contact="closed")
        for serial in (HALL, STUDIO):
            await self.shows(serial, "override", "off")
            for zone in range(1, 5):
                if (await self.link.state(serial))["zones"][zone - 1]:
                    await self.link.ask(serial, "button", zone=zone)
                await self.shows(serial, f"zone_{zone}", "off")

    def entity(self, serial: str, key: str) -> str:
        """Return the entity id of one part of a module."""
        return self.entities[serial, key]

    async def state(self, serial: str, key: str) -> dict[str, Any]:
        """Return what Home Assistant shows of one part of a module."""
        return (await self.api.states())[self.entity(serial, key)]

    async def shows(self, serial: str, key: str, value: str) -> None:
        """Return when Home Assistant shows this state."""

        async def does() -> bool:
            return bool((await self.state(serial, key))["state"] == value)

        await until(does, f"{self.entity(serial, key)} shows {value}")

    async def shows_zones(self, serial: str, *values: str) -> None:
        """Return when Home Assistant shows these four zones."""
        for zone, value in enumerate(values, start=1):
            await self.shows(serial, f"zone_{zone}", value)

    async def module_has(self, serial: str, **facts: Any) -> None:
        """Return when the module itself is like this."""

        async def does() -> bool:
            state = await self.link.state(serial)
            return all(state[name] == value for name, value in facts.items())

        await until(does, f"{serial} has {facts}")

    async def refused(self, action: str, serial: str, key: str) -> ApiError:
        """Return the error with which Home Assistant refuses an action; fails when it does not."""
        try:
            await self.api.act(action, self.entity(serial, key))
        except ApiError as error:
            assert error.translation_domain == DOMAIN, error
            return error
        raise AssertionError(f"{action} on {serial} {key} was not refused")

    async def switch(self, serial: str, zone: int, *, on: bool) -> None:
        """Switch a zone as a dashboard would."""
        await self.api.act(
            "switch.turn_on" if on else "switch.turn_off", self.entity(serial, f"zone_{zone}")
        )

    def losses_and_returns(self) -> tuple[int, int]:
        """Return how often the log tells that the link was lost, and that it came back."""
        log = self.hass.log_text()
        return len(_LOST.findall(log)), len(_BACK.findall(log))

    def complaints(self) -> list[str]:
        """Return the warnings and errors about us in the log, but for those of a lost link."""
        return [
            line
            for line in self.hass.log_text().splitlines()
            if _OURS.search(line) and _UNTESTED not in line and not _LOST.search(line)
        ]
