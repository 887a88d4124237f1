"""One Home Assistant for the end-to-end tests, seen from outside only."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from scripts.hass.api import HassApi
from scripts.hass.process import HassProcess

OUTCOME_LIMIT_S: Final = 60.0
"""How long an outcome may take, in seconds: a machine that runs all the tests is a slow one."""

UNAVAILABLE: Final = "unavailable"

_OURS: Final = re.compile(r"(?:WARNING|ERROR|CRITICAL).*(?:lutron_dpm|dpm_core)")
_UNTESTED: Final = "has not been tested by Home Assistant"
_LOST: Final = re.compile(r"\[dpm_core\S*\] The link at \S+ is not available")


def environment_path(name: str) -> Path:
    """Return a path that `scripts/test` hands down; the tests cannot run without it."""
    value = os.environ.get(name)
    assert value, f"{name} is not set: run these tests with scripts/test e2e"
    return Path(value)


async def until(
    condition: Callable[[], Awaitable[bool]],
    what: str,
    *,
    within_s: float = OUTCOME_LIMIT_S,
    every_s: float = 0.05,
) -> None:
    """Return when the condition holds; fails with `what` was expected when it never does."""
    try:
        async with asyncio.timeout(within_s):
            # Another process's state can only be asked for.
            while not await condition():
                await asyncio.sleep(every_s)
    except TimeoutError:
        raise AssertionError(f"did not happen within {within_s:.0f} s: {what}") from None


async def whole_log(hass: HassProcess, api: HassApi) -> str:
    """Return all that a Home Assistant has logged until now.

    A thread of its own writes the log, in its order and when it has time, so a line of ours goes
    the same way and is waited for.
    """
    mark = f"The tests have come to {uuid4()}."
    await api.call(
        "call_service",
        domain="system_log",
        service="write",
        service_data={"message": mark, "level": "warning", "logger": "tests"},
    )

    async def is_there() -> bool:
        return mark in hass.log_text()

    await until(is_there, "the log has what was logged", every_s=0.02)
    return hass.log_text()


@dataclass
class Home:
    """A Home Assistant without any link yet, and what it has shown.

    Attributes:
        hass: Its process.
        api: The owner's session with it.
        shown: Every state, as a dashboard hears of it.
        departures: How often each entity has become unavailable.
    """

    hass: HassProcess
    api: HassApi = field(init=False)
    shown: dict[str, dict[str, Any]] = field(init=False, default_factory=dict)
    departures: Counter[str] = field(init=False, default_factory=Counter)

    async def build(self) -> Self:
        """Start it, and become its owner."""
        self.hass.prepare()
        await self.hass.start()
        self.api = await HassApi(self.hass.url).__aenter__()
        await self.api.onboard()
        await self._look()
        return self

    async def tear_down(self) -> None:
        """End it, whatever state it is in."""
        await self.api.__aexit__()
        await self.hass.stop()

    async def start_again(self) -> None:
        """Start it after it was stopped."""
        await self.hass.start()
        await self.api.log_in_again()
        await self._look()

    async def _look(self) -> None:
        """Follow every state from now on."""
        self.shown.clear()
        await self.api.subscribe_states(self._told)
        for entity_id, state in (await self.api.states()).items():
            # What was told meanwhile is newer.
            self.shown.setdefault(entity_id, state)

    def _told(self, entity_id: str, state: dict[str, Any] | None) -> None:
        if state is None:
            self.shown.pop(entity_id, None)
            return
        if state["state"] == UNAVAILABLE:
            self.departures[entity_id] += 1
        self.shown[entity_id] = state

    async def complaints(self) -> list[str]:
        """Return the warnings and errors about us in the log, but for those of a lost link."""
        return [
            line
            for line in (await whole_log(self.hass, self.api)).splitlines()
            if _OURS.search(line) and _UNTESTED not in line and not _LOST.search(line)
        ]
