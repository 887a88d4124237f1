"""A house for the end-to-end tests: one simulated link, set up in a Home Assistant by its flow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Self

from scripts.hass.api import ApiError, HassApi
from scripts.hass.process import HassProcess
from scripts.hass.setup_flow import (
    DOMAIN,
    entities_of,
    set_up_gateway_link,
    set_up_serial_link,
)
from scripts.hass.simulated import SimulatedLink
from tests.e2e.home import OUTCOME_LIMIT_S, UNAVAILABLE, Home, until, whole_log

HALL: Final = "00A1B2C3"
STUDIO: Final = "00A1B2C4"

ZONE_KEYS: Final = ("zone_1", "zone_2", "zone_3", "zone_4")


@dataclass
class House:
    """The modules of one link and what a Home Assistant makes of them."""

    home: Home
    link: SimulatedLink
    serials: tuple[str, ...] = field(init=False, default=())
    entry_id: str = field(init=False)
    entities: dict[tuple[str, str], str] = field(init=False, default_factory=dict)

    @property
    def hass(self) -> HassProcess:
        """The process of Home Assistant."""
        return self.home.hass

    @property
    def api(self) -> HassApi:
        """The owner's session with Home Assistant."""
        return self.home.api

    async def build(self) -> Self:
        """Start the link, and set the integration up through its flow."""
        await self.link.start()
        self.serials = tuple((await self.link.tell("modules"))["modules"])
        if self.link.gateway is None:
            self.entry_id = await set_up_serial_link(self.api, str(self.link.port))
        else:
            self.entry_id = await set_up_gateway_link(self.api, self.link.gateway)
        await self.learn_entities()
        return self

    async def tear_down(self) -> None:
        """End the link, whatever state it is in."""
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
        await self.mend()
        for contact in (await self.link.tell("contact"))["contacts"]:
            await self.link.tell("contact", name=contact["name"], contact="closed")
        await self.link.ask_each(self.serials, "power", on=True)
        await self.link.ask_each(self.serials, "cci", contact="closed")
        await until(self._no_override, "no module is in override")
        for serial, state in (await self.link.ask_each(self.serials, "state")).items():
            for zone, is_on in enumerate(state["zones"], start=1):
                if is_on:
                    await self.link.ask(serial, "button", zone=zone)
        await self.shows_the_truth()

    async def _no_override(self) -> bool:
        states = await self.link.ask_each(self.serials, "state")
        return not any(state["override"] for state in states.values())

    # --- what is wrong with the link -----------------------------------------------------------

    async def spoil(self, *faults: str) -> None:
        """Let something be wrong with the link, in the words of docs/faults.md."""
        for words in faults:
            await self.link.tell("fault", set=words)

    async def mend(self) -> None:
        """Let nothing be wrong with the link any more."""
        await self.link.tell("fault", clear="all")

    # --- what Home Assistant shows -------------------------------------------------------------

    def entity(self, serial: str, key: str) -> str:
        """Return the entity id of one part of a module."""
        return self.entities[serial, key]

    def entities_with(self, *keys: str) -> list[str]:
        """Return the entity ids of these parts of all modules."""
        return [self.entity(serial, key) for serial in self.serials for key in keys]

    async def state(self, serial: str, key: str) -> dict[str, Any]:
        """Return what Home Assistant shows of one part of a module."""
        return self.home.shown[self.entity(serial, key)]

    async def shows(self, serial: str, key: str, value: str) -> None:
        """Return when Home Assistant shows this state."""

        async def does() -> bool:
            return bool((await self.state(serial, key))["state"] == value)

        await until(does, f"{self.entity(serial, key)} shows {value}")

    async def shows_zones(self, serial: str, *values: str) -> None:
        """Return when Home Assistant shows these four zones."""
        for key, value in zip(ZONE_KEYS, values, strict=True):
            await self.shows(serial, key, value)

    async def shows_nothing(self, *, within_s: float) -> None:
        """Return when everything of every module is unavailable."""

        async def does() -> bool:
            # Buttons and events show when they were last used, but not while they are gone.
            return all(
                self.home.shown[entity_id]["state"] == UNAVAILABLE
                for entity_id in self.entities_with(*ZONE_KEYS, "override", "cco", "zone_button")
            )

        await until(does, f"everything on {self.link.place} is unavailable", within_s=within_s)

    async def differences(self) -> list[str]:
        """Return where what Home Assistant says when it is asked is not what the modules are."""
        shown = await self.api.states()
        found = []
        for serial, state in (await self.link.ask_each(self.serials, "state")).items():
            is_so = dict(zip(ZONE_KEYS, state["zones"], strict=True))
            is_so["override"] = state["override"]
            for key, is_on in is_so.items():
                said = shown[self.entity(serial, key)]["state"]
                if said != ("on" if is_on else "off"):
                    found.append(f"{serial} {key} is {is_on} and is shown {said}")
            found += [
                f"{serial} {key} is shown {UNAVAILABLE}"
                for key in ("cco", "zone_button")
                if shown[self.entity(serial, key)]["state"] == UNAVAILABLE
            ]
        return found

    async def shows_the_truth(self, *, within_s: float = OUTCOME_LIMIT_S) -> None:
        """Return when Home Assistant shows exactly what all modules are."""
        found: list[str] = []

        async def does() -> bool:
            found[:] = await self.differences()
            return not found

        every_s = 0.05 if len(self.serials) < 10 else 0.5
        try:
            await until(does, "everything is shown as it is", within_s=within_s, every_s=every_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; {found}") from None

    # --- what is done --------------------------------------------------------------------------

    async def module_has(self, serial: str, **facts: Any) -> None:
        """Return when the module itself is like this."""

        async def does() -> bool:
            state = await self.link.state(serial)
            return all(state[name] == value for name, value in facts.items())

        await until(does, f"{serial} has {facts}")

    async def every_module(self, holds: Callable[[dict[str, Any]], bool]) -> bool:
        """Return whether something is so of every module itself."""
        return all(map(holds, (await self.link.ask_each(self.serials, "state")).values()))

    async def refused(self, action: str, serial: str, key: str) -> ApiError:
        """Return the error with which Home Assistant refuses an action; fails when it does not."""
        return await self.refused_all(action, [self.entity(serial, key)])

    async def refused_all(self, action: str, entity_ids: list[str]) -> ApiError:
        """The same for one action on several entities, some of which may do it."""
        try:
            await self.api.act(action, entity_ids)
        except ApiError as error:
            assert error.translation_domain == DOMAIN, error
            return error
        raise AssertionError(f"{action} on {entity_ids} was not refused")

    async def programs(self, serial: str) -> tuple[Any, Any]:
        """Return the program that Home Assistant stores, and the one that the module told it."""
        _, body = await self.api.request("GET", f"/api/diagnostics/config_entry/{self.entry_id}")
        # Diagnostics name no module; they come in the order in which the modules were set up.
        module = body["data"]["modules"][(HALL, STUDIO).index(serial)]
        return module["stored_program"], module["program"]

    async def switch(self, serial: str, zone: int, *, on: bool) -> None:
        """Switch a zone as a dashboard would."""
        await self.api.act(
            "switch.turn_on" if on else "switch.turn_off", self.entity(serial, f"zone_{zone}")
        )

    # --- what is told of it --------------------------------------------------------------------

    async def losses_and_returns(self) -> tuple[int, int]:
        """Return how often the log tells that the link was lost, and that it came back."""
        # Home Assistant 2025.4 itself logs every error of an action, with our words in it.
        ours = rf"\[dpm_core\S*\] The link at \S*{re.escape(self.link.place)} is"
        log = await whole_log(self.hass, self.api)
        lost, back = (re.findall(f"{ours} {how}", log) for how in ("not available", "back"))
        return len(lost), len(back)

    async def loses_its_link(self, times: int, *, within_s: float) -> None:
        """Return when the log has told so often in all that the link was lost."""

        async def has() -> bool:
            return (await self.losses_and_returns())[0] == times

        what = f"the log tells that {self.link.place} was lost"
        await until(has, what, within_s=within_s, every_s=0.25)

    async def module_losses_and_returns(self) -> dict[str, tuple[int, int]]:
        """Return how often the log tells that each module fell silent, and that it answers again."""
        log = await whole_log(self.hass, self.api)
        return {
            serial: (
                log.count(f"({serial}) does not answer any more"),
                log.count(f"({serial}) answers again"),
            )
            for serial in self.serials
        }

    async def trouble(self) -> int:
        """Return how much went wrong on the link so far, as its diagnostics tell."""
        status, body = await self.api.request(
            "GET", f"/api/diagnostics/config_entry/{self.entry_id}"
        )
        assert status == 200
        counts = body["data"]["statistics"]
        mine = sum(counts[name] for name in ("missed_answers", "stray_answers"))
        names = ("noise_octets", "crc_errors", "incomplete_packets")
        return int(mine + sum(counts["heard"][name] for name in names))
