"""What `scripts/demo` runs: two simulated modules on a serial line, and a Home Assistant.

What is typed into the terminal happens at the modules, as a person at the panel would do it; what
Home Assistant makes of it is seen in the browser.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shutil
import signal
import sys
from pathlib import Path
from typing import Final

from .api import OWNER, ApiError, HassApi
from .dashboard import URL_PATH, dashboard
from .process import HassFailed, HassProcess, free_port, is_free
from .setup_flow import FlowRefused, entities_of, set_up_serial_link
from .simulated import SimulatedLink, SimulatorFailed

MODULES: Final = {"hall": "00A1B2C3", "studio": "00A1B2C4"}

PROGRAMS: Final = {
    "hall": ("Hall panel", ("Entrance", "Corridor", "Stairs", "Gallery")),
    "studio": ("Studio panel", ("Ceiling", "Wall wash", "Display cases", "Desk lights")),
}

HELP: Final = """\
What a person at the panel would do, typed here (modules: hall, studio):
  button hall 2      press zone button 2 on the module
  cci hall open      open its manual override contact; cci hall closed ends it
  power hall off     cut its mains; power hall on
  state hall         what the module itself is
  help, quit"""


USUAL_PORT: Final = 8123
"""Home Assistant's own."""


def choose_port(wanted: int | None) -> int:
    """Return the port that is wanted, any free one for 0, and without a wish the usual one.

    Who tries the demo may well have a Home Assistant on the usual port already: then any free one.
    """
    if wanted is None and is_free(USUAL_PORT):
        return USUAL_PORT
    return wanted or free_port()


class Demo:
    """The running demo.

    Args:
        options: What `scripts/demo` found: python, dpm, wheels, folder, port.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._dpm: Path = options.dpm
        self._link = SimulatedLink(
            dpm=options.dpm, folder=options.folder / "link", modules=",".join(MODULES.values())
        )
        self._hass = HassProcess(
            python=options.python,
            config=options.folder / "config",
            wheels=options.wheels,
            port=choose_port(options.port),
        )

    async def start(self) -> None:
        """Bring everything up to the point where somebody can look at it."""
        print("starting the simulated link ...", flush=True)
        await self._link.start()
        for key, (name, zones) in PROGRAMS.items():
            await self._program(MODULES[key], name, zones)
        print("starting Home Assistant ...", flush=True)
        self._hass.prepare()
        await self._hass.start()
        print("setting up the integration ...", flush=True)
        async with HassApi(self._hass.url) as api:
            await api.onboard()
            # Newer releases have a notice about the address and port that we give them.
            await api.ignore_issues_of("http")
            entry_id = await set_up_serial_link(api, str(self._link.port))
            await self._show(api, entry_id)

    async def run(self) -> None:
        """Do what is typed, until somebody ends it."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signum, ended.set)
        print(
            f"\n  {self._hass.url}/{URL_PATH}/panels\n"
            f"  user name {OWNER['username']}, password {OWNER['password']}\n\n"
            f"serial line {self._link.port}, control socket {self._link.control}\n"
            "Ctrl-C ends it.\n",
            flush=True,
        )
        typing = asyncio.create_task(self._type(ended)) if sys.stdin.isatty() else None
        await ended.wait()
        if typing:
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)

    async def stop(self) -> None:
        """End everything in good order."""
        print("stopping ...", flush=True)
        await self._hass.stop()
        await self._link.stop()

    async def _program(self, serial: str, name: str, zones: tuple[str, ...]) -> None:
        """Program names with the command line, as an installer would."""
        zone_names = [f"--zone-name={number}={zone}" for number, zone in enumerate(zones, 1)]
        process = await asyncio.create_subprocess_exec(
            *(str(self._dpm), "--link", str(self._link.port)),
            *("--allow-sending", "--allow-extension"),
            *("program", "set", serial, f"--name={name}", *zone_names),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await process.wait() != 0:
            raise SimulatorFailed(f"module {serial} could not be programmed")

    async def _show(self, api: HassApi, entry_id: str) -> None:
        """Make the dashboard."""
        devices = {row["id"]: row for row in await api.call("config/device_registry/list")}
        modules: dict[str, dict[str, tuple[str, str]]] = {}
        for entity_id, row in (await entities_of(api, entry_id)).items():
            entities = modules.setdefault(devices[row["device_id"]]["name"], {})
            entities[row["unique_id"].split("_", 1)[1]] = (entity_id, row["original_name"])
        await api.call(
            "lovelace/dashboards/create",
            url_path=URL_PATH,
            title="Panels",
            icon="mdi:electric-switch",
            show_in_sidebar=True,
            require_admin=False,
            mode="storage",
        )
        await api.call("lovelace/config/save", url_path=URL_PATH, config=dashboard(modules))

    async def _type(self, ended: asyncio.Event) -> None:
        """Read lines from the terminal without a thread that nobody could stop."""
        print(HELP, flush=True)
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        try:
            while not ended.is_set():
                line = await reader.readline()
                words = line.decode(errors="replace").split()
                if not line or words[:1] == ["quit"]:
                    ended.set()
                elif words:
                    print(await self._do(words), flush=True)
        finally:
            transport.close()

    async def _do(self, words: list[str]) -> str:
        """Do one typed line at a module and return what to print."""
        match words:
            case [do, name, *rest] if name in MODULES:
                serial = MODULES[name]
            case _:
                return HELP
        try:
            match do, rest:
                case "button", [zone] if zone.isdecimal():
                    await self._link.ask(serial, "button", zone=int(zone))
                case "cci", [contact]:
                    await self._link.ask(serial, "cci", contact=contact)
                case "power", ["on" | "off" as how]:
                    await self._link.ask(serial, "power", on=how == "on")
                case "state", []:
                    return json.dumps(await self._link.state(serial), indent=2)
                case _:
                    return HELP
        except (SimulatorFailed, OSError) as error:
            return str(error)
        return "done"


async def main(options: argparse.Namespace) -> int:
    """Run the demo until it is ended; 1 when it could not start."""
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    demo = Demo(options)
    this = asyncio.current_task()
    assert this
    # Ended while it starts, it must not leave the other processes behind.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    try:
        await demo.start()
        await demo.run()
    except (ApiError, FlowRefused, HassFailed, SimulatorFailed) as error:
        print(f"the demo could not start: {error}", file=sys.stderr)
        return 1
    finally:
        await demo.stop()
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--dpm", type=Path, required=True)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(asyncio.run(main(parser.parse_args())))
