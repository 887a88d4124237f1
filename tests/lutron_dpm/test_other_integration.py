"""Home Assistant's own integration `lutron`, with our simulated processor at the other end.

It stands for the programs of other people: where it finds the processor wanting, ours is wrong.
The processor is a process of its own, for that integration stops Home Assistant while it logs in.
"""

# Home Assistant stands in for the schema library, so it comes first.
import homeassistant  # noqa: F401  # isort: skip

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant

from tests.dpm_core.simulator.real import Control, Process, connected

from .other_client import Sessions, led_to
from .panel import HALL, STAIRS
from .setting_up import LIMIT_S, call, shown

pytestmark = pytest.mark.requirement("G3")


class Panel:
    """Two modules, their processor, and its places."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = (0, 0)
        self.process: Process

    @property
    def control(self) -> Path:
        return self._folder / "control.sock"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._ports[1]}"

    @property
    def port(self) -> int:
        return self._ports[0]

    async def start(self) -> None:
        """Mains on, at the same ports as before."""
        telnet, http = self._ports
        self.process = await Process.started(
            modules=f"{HALL},{STAIRS}",
            control=self.control,
            state=self._folder / "state",
            processor={"telnet": f"tcp:127.0.0.1:{telnet}", "http": f"tcp:127.0.0.1:{http}"},
        )
        lip, database = self.process.urls
        self._ports = (
            int(lip.rpartition(":")[2]),
            int(database.split(":")[2].partition("/")[0]),
        )

    async def kill(self) -> None:
        """A power failure of all of it."""
        await self.process.ended(signal.SIGKILL)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the processor be reached, and its control socket."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[tuple[Panel, Sessions]]:
    panel = Panel(tmp_path)
    await panel.start()
    with led_to(panel.port) as sessions:
        yield panel, sessions
        await panel.kill()
        sessions.end()


async def set_up(hass: HomeAssistant, panel: Panel) -> Any:
    """Go through its flow as a person does; return the entry."""
    result = await hass.config_entries.flow.async_init("lutron", context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"],
        {"host": panel.host, "username": "lutron", "password": "integration"},
    )
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    return result["result"]


async def zone_becomes(control: Control, zone: int, is_on: bool) -> None:
    async with asyncio.timeout(LIMIT_S):
        while (await control.do("state", HALL))["zones"][zone - 1] is not is_on:
            await asyncio.sleep(0.01)


# That is how the threads of the older client, which cannot be ended, are ended.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_it_finds_switches_hears_and_returns(
    hass: HomeAssistant, house: tuple[Panel, Sessions]
) -> None:
    panel, _ = house
    entry = await set_up(hass, panel)
    assert entry.state is ConfigEntryState.LOADED
    entities = {
        state.attributes["lutron_integration_id"]: state.entity_id
        for state in hass.states.async_all("switch")
    }
    assert set(entities) == {*range(101, 106), *range(201, 206)}
    zones = [entities[output] for output in (101, 102, 103, 104)]
    cco = entities[105]
    for entity in entities.values():
        await shown(hass, entity, "off")

    async with connected(panel.control) as control:
        # It switches.
        await call(hass, "switch", "turn_on", zones[1])
        await shown(hass, zones[1], "on")
        await zone_becomes(control, 2, is_on=True)
        await call(hass, "switch", "turn_off", zones[1])
        await zone_becomes(control, 2, is_on=False)

        # It hears what a hand at the panel does, and what manual override does.
        await control.do("button", HALL, zone=3)
        await shown(hass, zones[2], "on")
        await control.do("cci", HALL, contact="open")
        for entity in zones:
            await shown(hass, entity, "on")
        await control.do("cci", HALL, contact="closed")
        await shown(hass, zones[0], "off")

        # It pulses the cco, and hears its end.
        await call(hass, "switch", "turn_on", cco)
        await shown(hass, cco, "on")
        await shown(hass, cco, "off")

    # The processor is gone, and back.
    await panel.kill()
    await panel.start()
    async with connected(panel.control) as control:
        # It does not ask when it returns, and a question of the outage would block all later ones:
        # a hand toggles zone 4 until it is heard.
        async with asyncio.timeout(LIMIT_S):
            while hass.states.is_state(zones[3], "off"):
                await control.do("button", HALL, zone=4)
                await asyncio.sleep(0.1)
        await control.do("button", HALL, zone=3)
        await shown(hass, zones[2], "off")
        await call(hass, "switch", "turn_on", zones[0])
        await zone_becomes(control, 1, is_on=True)
