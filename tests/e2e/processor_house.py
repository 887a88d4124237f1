"""A house whose modules are reached through a HomeWorks QS processor: simulated, with its own
Telnet and HTTP, in front of the same simulated link."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from scripts.hass.api import ApiError, HassApi
from scripts.hass.process import HassProcess, free_port
from scripts.hass.setup_flow import DOMAIN, entities_of, expect, set_up_processor
from scripts.hass.simulated import SimulatedLink
from tests.e2e.home import until, whole_log
from tests.e2e.house import HALL, STUDIO

USER: Final = "lutron"
WALLSTATION: Final = "wallstation"
ZONES: Final = ("zone_1", "zone_2", "zone_3", "zone_4")


@dataclass
class ProcessorHouse:
    """A fresh Home Assistant that knows its modules through a processor only."""

    hass: HassProcess
    dpm: Path
    folder: Path
    password: str = "integration"
    port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)
    api: HassApi = field(init=False)
    link: SimulatedLink = field(init=False)
    entry_id: str = field(init=False)
    entities: dict[tuple[str, str], str] = field(init=False, default_factory=dict)

    async def build(self) -> Self:
        """Start everything, and set the integration up through its flow."""
        self.link = SimulatedLink(
            dpm=self.dpm,
            folder=self.folder,
            modules=f"{HALL},{STUDIO}",
            more=(
                *("--processor", f"tcp:127.0.0.1:{self.port}"),
                *("--processor-http", f"tcp:127.0.0.1:{self.http_port}"),
                *("--processor-wallstations", "1"),
                *("--processor-password-file", str(self.folder / "password")),
            ),
        )
        (self.folder / "password").write_text(f"{self.password}\n")
        await self.link.start()
        self.hass.prepare()
        await self.hass.start()
        self.api = await HassApi(self.hass.url).__aenter__()
        await self.api.onboard()
        self.entry_id = await self.set_up()
        await self.learn_entities()
        return self

    async def tear_down(self) -> None:
        """End everything, whatever state it is in."""
        await self.api.__aexit__()
        await self.hass.stop()
        await self.link.stop()

    async def set_up(self) -> str:
        """Set the processor up through the flow, with all that its project suggests."""
        return await set_up_processor(
            self.api, self.port, self.http_port, username=USER, password=self.password
        )

    async def learn_entities(self) -> None:
        """Find out which entity is what of which module, by its device and its unique id."""
        devices = {row["id"]: row for row in await self.api.call("config/device_registry/list")}
        for entity_id, row in (await entities_of(self.api, self.entry_id)).items():
            name = devices[row["device_id"]]["name"]
            owner = next((serial for serial in (HALL, STUDIO) if serial in name), WALLSTATION)
            self.entities[owner, row["unique_id"].split("_", 1)[1]] = entity_id

    # --- the processor -------------------------------------------------------------------------

    async def tell_processor(self, **words: Any) -> dict[str, Any]:
        """Ask something of the processor, over the simulator's control socket."""
        return await self.link.tell("processor", **words)

    async def change_password(self, password: str) -> None:
        """Give the processor another password, which it keeps when it is started again."""
        self.password = password
        (self.folder / "password").write_text(f"{password}\n")
        await self.tell_processor(password=password)

    async def settle(self) -> None:
        """Bring the house to where every test begins: all there, no override, all zones off."""
        await self.tell_processor(clear="all")
        for serial in (HALL, STUDIO):
            await self.link.ask(serial, "cci", contact="closed")
            await self.shows(serial, "override", "off")
            for zone, is_on in enumerate((await self.link.state(serial))["zones"], start=1):
                if is_on:
                    await self.link.ask(serial, "button", zone=zone)
            await self.shows_zones(serial, *["off"] * 4)

    # --- what Home Assistant shows -------------------------------------------------------------

    async def state(self, owner: str, key: str) -> dict[str, Any]:
        """Return what Home Assistant shows of one part of a module."""
        return (await self.api.states())[self.entities[owner, key]]

    async def names(self) -> dict[str, str]:
        """Return what everything that is shown is called, by its entity id."""
        shown, ours = await self.api.states(), set(self.entities.values())
        return {
            entity_id: state["attributes"]["friendly_name"]
            for entity_id, state in shown.items()
            if entity_id in ours
        }

    async def shows(self, owner: str, key: str, value: str) -> None:
        """Return when Home Assistant shows this state."""

        async def does() -> bool:
            return bool((await self.state(owner, key))["state"] == value)

        await until(does, f"{self.entities[owner, key]} shows {value}")

    async def shows_zones(self, serial: str, *values: str) -> None:
        """Return when Home Assistant shows these four zones."""
        for key, value in zip(ZONES, values, strict=True):
            await self.shows(serial, key, value)

    async def shows_nothing(self) -> None:
        """Return when nothing of any module can be seen or done."""
        for serial in (HALL, STUDIO):
            for key in (*ZONES, "override", "cco"):
                await self.shows(serial, key, "unavailable")

    async def module_has(self, serial: str, **facts: Any) -> None:
        """Return when the module itself is like this."""

        async def does() -> bool:
            state = await self.link.state(serial)
            return all(state[name] == value for name, value in facts.items())

        await until(does, f"{serial} has {facts}")

    # --- what is done --------------------------------------------------------------------------

    async def switch(self, serial: str, zone: int, *, on: bool) -> None:
        """Switch a zone as a dashboard would, and see the relay move."""
        action = "switch.turn_on" if on else "switch.turn_off"
        await self.api.act(action, self.entities[serial, f"zone_{zone}"])

    async def refused(self, action: str, serial: str, key: str) -> ApiError:
        """Return the error with which Home Assistant refuses an action; fails when it does not."""
        try:
            await self.api.act(action, self.entities[serial, key])
        except ApiError as error:
            assert error.translation_domain == DOMAIN, error
            return error
        raise AssertionError(f"{action} on {serial} {key} was not refused")

    async def module_subentry(self, serial: str) -> dict[str, Any]:
        """Return the row of a module's subentry."""
        rows = await self.api.call("config_entries/subentries/list", entry_id=self.entry_id)
        return next(row for row in rows if serial in row["title"])

    async def choose_contact(self, serial: str, contact: str | None) -> str:
        """Say in the module's menu which contact tells of its override; return which one did."""
        row = await self.module_subentry(serial)
        kind, more = "subentries/flow", {"subentry_id": row["subentry_id"]}
        menu: dict[str, Any] = {}

        async def begins() -> bool:
            # After another change the processor is being set up anew.
            menu.update(await self.api.flow(kind, [self.entry_id, "module"], more=more))
            return menu["type"] == "menu"

        await until(begins, f"{row['title']} can be changed")
        step = await self.api.flow_step(kind, menu["flow_id"], {"next_step_id": "outputs"})
        filled = _as_shown(expect(step, "form", "outputs"))
        before = str(filled["override"].pop("contact", ""))
        if contact:
            filled["override"]["contact"] = contact
        step = await self.api.flow_step(kind, menu["flow_id"], filled)
        assert step["reason"] == "reconfigure_successful", step
        return before

    async def set_options(self, **changes: Any) -> None:
        """Change options of the processor."""
        kind = "options/flow"
        form = expect(await self.api.flow(kind, self.entry_id), "form", "processor")
        step = await self.api.flow_step(kind, form["flow_id"], _as_shown(form) | changes)
        expect(step, "create_entry")

    async def flow_in_progress(self, source: str) -> dict[str, Any]:
        """Return the flow that Home Assistant has begun by itself, when it has."""
        found: list[dict[str, Any]] = []

        async def has() -> bool:
            flows = await self.api.call("config_entries/flow/progress")
            found[:] = [flow for flow in flows if flow["context"]["source"] == source]
            return bool(found)

        await until(has, f"a flow of {source} has begun")
        return found[0]

    async def complaints(self) -> list[str]:
        """Return the lines of the log that are errors of ours."""
        return [
            line
            for line in (await whole_log(self.hass, self.api)).splitlines()
            if ("lutron_dpm" in line or "dpm_core" in line)
            and ("ERROR" in line or "CRITICAL" in line or "Traceback" in line)
        ]


def _as_shown(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form filled in with what it shows."""

    def values(fields: list[dict[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for row in fields:
            if "schema" in row:
                found[row["name"]] = values(row["schema"])
            elif (row.get("description") or {}).get("suggested_value") is not None:
                found[row["name"]] = row["description"]["suggested_value"]
            elif "default" in row:
                found[row["name"]] = row["default"]
        return found

    return values(form["data_schema"])
