"""Somebody who switches the zones of a house while its link is bad, and remembers what he was told.

Each module is used by one hand, which does one thing after the other: so after every action it is
known what the module must be, however the action ended.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from typing import Final

from scripts.hass.api import ApiError
from scripts.hass.setup_flow import DOMAIN
from tests.e2e.home import UNAVAILABLE
from tests.e2e.house import ZONE_KEYS, House

IN_FLIGHT_S: Final = 0.3
"""After an action has failed its frames may still be on their way for so long; no longer."""

DONE: Final = "done"
LEFT_OUT: Final = "left out"
"""Home Assistant itself leaves out what is unavailable, without an error."""


class User:
    """The use of a house.

    Args:
        house: Whose zones are switched, by nobody else meanwhile.

    Attributes:
        outcomes: How often an action was done, left out, or refused with which error.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.outcomes: Counter[str] = Counter()

    async def use(self, seconds: float, serials: Sequence[str] | None = None) -> None:
        """Switch zones of these modules, or of all, for a while; fails when a promise is broken."""
        until = asyncio.get_running_loop().time() + seconds
        async with asyncio.TaskGroup() as hands:
            for serial in self._house.serials if serials is None else serials:
                hands.create_task(self._use(serial, until))

    async def _use(self, serial: str, until: float) -> None:
        rng = random.Random(serial)
        known = await self._settings(serial)
        while asyncio.get_running_loop().time() < until:
            zone = rng.randrange(4)
            wanted = list(known)
            # Mostly something else than it is: what is so already proves little.
            wanted[zone] = not known[zone] if rng.random() < 0.8 else known[zone]
            outcome = await self._switch(serial, zone, on=wanted[zone])
            self.outcomes[outcome] += 1
            if outcome not in (DONE, LEFT_OUT):
                await asyncio.sleep(IN_FLIGHT_S)
            now = await self._settings(serial)
            assert now in ([wanted] if outcome == DONE else [known, wanted]), (
                f"{serial} was {known}, zone {zone + 1} was to be {wanted[zone]} "
                f"({outcome}), and it is {now}"
            )
            known = now
            await asyncio.sleep(0.05)
            late = await self._settings(serial)
            assert late == known, f"{serial} was {known} and has become {late} by itself"

    async def _switch(self, serial: str, zone: int, *, on: bool) -> str:
        entity_id = self._house.entity(serial, ZONE_KEYS[zone])
        home = self._house.home
        was_there = home.shown[entity_id]["state"] != UNAVAILABLE
        departures = home.departures[entity_id]
        try:
            await self._house.switch(serial, zone + 1, on=on)
        except ApiError as error:
            assert error.translation_domain == DOMAIN, error
            return str(error.translation_key)
        # What became unavailable while the action was on its way may have been left out, too.
        stayed = was_there and home.departures[entity_id] == departures
        return DONE if stayed else LEFT_OUT

    async def _settings(self, serial: str) -> list[bool]:
        settings: list[bool] = (await self._house.link.state(serial))["saved"]
        return settings
