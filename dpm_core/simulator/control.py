"""The hand at the simulated modules' fronts: a Unix socket that speaks JSON, one object a line.

    {"module": "00A1B2C3", "do": "state"}                      how it is
    {"module": "00A1B2C3", "do": "button", "zone": 2}          press a zone button
    {"module": "00A1B2C3", "do": "prog"}                       press the Prog. button
    {"module": "00A1B2C3", "do": "cci", "contact": "open"}     move the override contact ("closed")
    {"module": "00A1B2C3", "do": "power", "on": false}         cut its mains, or give it (true)
    {"do": "modules"}                                          which modules there are
    {"do": "fault"}                                            what is wrong with the link
    {"do": "fault", "set": "lose:0.01"}                        let something be wrong
    {"do": "fault", "clear": "lose"}                           let it be well again ("all")
    {"do": "contact"}                                          where the emergency contacts are
    {"do": "contact", "name": "fire", "contact": "open"}       move one of them ("closed")
    {"do": "wallstations"}                                     how the wallstations are
    {"wallstation": "02A24C77", "do": "tap", "button": 1}      press a button and let it go
    {"wallstation": "02A24C77", "do": "press", "button": 1}    press it and hold it ("release")
    {"wallstation": "02A24C77", "do": "state"}                 its buttons and its LEDs
    {"do": "processor"}                                        how the processor is
    {"do": "processor", "set": "no-push"}                      let it misbehave
    {"do": "processor", "clear": "no-push"}                    let it be well again ("all")
    {"do": "processor", "password": "..."}                     give it another password
    {"do": "processor", "press": [115, 1]}                     press a wallstation's button

Each is answered by one line, in order: `{"ok": true, ...}`, or `{"ok": false, "error": "..."}`.
`state`, `button` and `power` are answered when no relay is in motion and everything is written;
the others at once. Whatever a line holds, the connection stays.

House rule: a new request is one more row of `_REQUESTS`; what it does belongs to the module.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import socket
import stat
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from dpm_core.errors import CallError, LinkUnavailable, UnsupportedSetting
from dpm_core.model import ContactState, SerialNumber

from .emergency import EmergencyContacts, ask_contact
from .faults import parse_fault, parse_kind
from .faults_servers import LinkFaults
from .module import SimulatedModule
from .processor.faults import parse_processor_fault, parse_processor_kind
from .processor.processor import SimulatedProcessor
from .wallstation import SimulatedWallstation
from .wallstation_words import ask_wallstation

_LOGGER = logging.getLogger(__name__)

LINE_MAX: Final = 4096
"""Octets of the longest request. Decided here: the longest useful one has about 60."""

PATH_MAX: Final = 107
"""Octets of the longest path that a program can connect to. Source: unix(7), sun_path."""

_READ_MAX: Final = 4096
_SHOWN_MAX: Final = 60

Modules = Mapping[SerialNumber, SimulatedModule]
Wallstations = Mapping[SerialNumber, SimulatedWallstation]
_Answer = dict[str, Any]


class ControlServer:
    """Serves the control socket.

    Args:
        path: Where the socket appears.
        modules: The modules on the link.
        faults: What is wrong with the link; nothing can be, if None.
        processor: The processor in front of the link; none without it.
        contacts: The emergency contacts; no request can be about them, if None.
        wallstations: The wallstations on the link.
    """

    def __init__(
        self,
        path: Path,
        modules: Modules,
        faults: LinkFaults | None = None,
        processor: SimulatedProcessor | None = None,
        contacts: EmergencyContacts | None = None,
        wallstations: Wallstations = MappingProxyType({}),
    ) -> None:
        self.path: Final = path
        self._modules = modules
        self._faults = faults
        self._processor = processor
        self._contacts = contacts
        self._wallstations = wallstations
        self._server: asyncio.Server | None = None
        self._hidden: Path | None = None
        self._inode: int | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen under a hidden name; the socket appears in its place with `publish`.

        Raises:
            LinkUnavailable: The path is taken by something that lives, or cannot be had.
        """
        try:
            await _refuse_what_lives(self.path)
            self._hidden = self.path.with_name(f".{secrets.token_hex(4)}")
            self._server = await asyncio.start_unix_server(self._serve, self._hidden)
        except OSError as error:
            raise LinkUnavailable(str(self.path), error.strerror or str(error)) from error

    def publish(self) -> None:
        """Let the socket appear, in place of one that a dead simulator left.

        Raises:
            LinkUnavailable: It cannot be put there.
        """
        assert self._hidden is not None
        try:
            self._inode = self._hidden.stat().st_ino
            self._hidden.replace(self.path)
        except OSError as error:
            raise LinkUnavailable(str(self.path), error.strerror or str(error)) from error
        self._hidden = None

    async def close(self) -> None:
        """Take the socket away and drop every connection."""
        for place in (self._hidden, self.path if self._inode is not None else None):
            if place is not None:
                with suppress(OSError):
                    if self._inode is None or place.stat().st_ino == self._inode:
                        place.unlink()
        self._hidden = self._inode = None
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections)
        await self._server.wait_closed()
        self._server = None

    # --- one connection --------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            # Cancelled only by `close`, which waits for the end of this task.
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer line after line; the next is not read before the last is answered."""
        held = b""
        is_too_long = False
        while octets := await reader.read(_READ_MAX):
            *lines, held = (held + octets).split(b"\n")
            for line in lines:
                await self._reply(writer, None if is_too_long else line)
                is_too_long = False
            if len(held) > LINE_MAX:
                held, is_too_long = b"", True
        if held or is_too_long:
            await self._reply(writer, None if is_too_long else held)

    async def _reply(self, writer: asyncio.StreamWriter, line: bytes | None) -> None:
        if line is not None and not line.strip():
            return
        try:
            answer = {"ok": True, **await self._do(_parsed(line))}
        except (CallError, LinkUnavailable) as error:
            answer = {"ok": False, "error": str(error)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()

    async def _do(self, request: dict[str, Any]) -> _Answer:
        do = request.get("do")
        if "wallstation" in request:
            return ask_wallstation(self._wallstations, request)
        if do == "wallstations":
            return {"wallstations": [each.snapshot() for each in self._wallstations.values()]}
        if do == "modules":
            return {"modules": [str(serial) for serial in self._modules]}
        if do == "fault" and self._faults is not None:
            return await _fault(self._faults, request)
        if do == "contact" and self._contacts is not None:
            return ask_contact(self._contacts, request)
        if do == "processor" and self._processor is not None:
            return await _ask_processor(self._processor, request)
        row = _REQUESTS.get(do) if isinstance(do, str) else None
        if row is None:
            others = [one for one in _OF_THE_LINK if one != "processor" or self._processor]
            raise UnsupportedSetting("do", do, ", ".join([*_REQUESTS, *others]))
        return await row(self._module(request.get("module")), request)

    def _module(self, name: object) -> SimulatedModule:
        if not isinstance(name, str):
            raise UnsupportedSetting("module", name, "a serial number of eight hexadecimal digits")
        module = self._modules.get(SerialNumber.parse(name))
        if module is None:
            raise UnsupportedSetting(
                "module", name, 'a module of this link; {"do": "modules"} tells which there are'
            )
        return module


def _parsed(line: bytes | None) -> dict[str, Any]:
    """Return the request that a line holds; None stands for a line that was too long."""
    if line is None or len(line) > LINE_MAX:
        raise UnsupportedSetting("request", "a longer line", f"a line of {LINE_MAX} octets")
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        shown = line[:_SHOWN_MAX].decode(errors="replace")
        raise UnsupportedSetting("request", shown, "one JSON object a line") from error
    if not isinstance(request, dict):
        raise UnsupportedSetting("request", request, "one JSON object a line")
    return request


async def _fault(faults: LinkFaults, request: dict[str, Any]) -> _Answer:
    if "set" in request:
        await faults.set(parse_fault(str(request["set"])))
    elif (kind := request.get("clear")) is not None:
        await faults.clear(None if kind == "all" else parse_kind(str(kind)))
    return {"faults": faults.words}


async def _ask_processor(processor: SimulatedProcessor, request: dict[str, Any]) -> _Answer:
    if "set" in request:
        await processor.set_fault(parse_processor_fault(str(request["set"])))
    elif (kind := request.get("clear")) is not None:
        await processor.clear_fault(None if kind == "all" else parse_processor_kind(str(kind)))
    elif "password" in request:
        processor.change_password(str(request["password"]))
    elif "press" in request:
        processor.wallstations.push_button(*_device_and_button(request["press"]))
    return processor.snapshot()


def _device_and_button(place: object) -> tuple[int, int]:
    match place:
        case [int(device), int(button)]:
            return device, button
        case _:
            raise UnsupportedSetting("press", place, "[a device id, a button]")


# --- the requests ---------------------------------------------------------------------------


async def _state(module: SimulatedModule, _request: dict[str, Any]) -> _Answer:
    await module.settled()
    return module.snapshot()


async def _button(module: SimulatedModule, request: dict[str, Any]) -> _Answer:
    module.press_button(request.get("zone"))  # type: ignore[arg-type]  # it refuses what is none
    await module.settled()
    return {}


async def _prog(module: SimulatedModule, _request: dict[str, Any]) -> _Answer:
    module.press_prog()
    return {}


async def _cci(module: SimulatedModule, request: dict[str, Any]) -> _Answer:
    contacts = {contact.value: contact for contact in ContactState}
    contact = request.get("contact")
    if not isinstance(contact, str) or contact not in contacts:
        raise UnsupportedSetting("contact", contact, '"open" or "closed"')
    module.move_cci(contacts[contact])
    return {}


async def _power(module: SimulatedModule, request: dict[str, Any]) -> _Answer:
    is_on = request.get("on")
    if not isinstance(is_on, bool):
        raise UnsupportedSetting("on", is_on, "true or false")
    module.set_power(is_on)
    await module.settled()
    return {}


_REQUESTS: Final[dict[str, Callable[[SimulatedModule, dict[str, Any]], Awaitable[_Answer]]]] = {
    "state": _state,
    "button": _button,
    "cci": _cci,
    "power": _power,
    "prog": _prog,
}

_OF_THE_LINK: Final = ("modules", "wallstations", "fault", "contact", "processor")
"""The requests that are not about one module; those about one wallstation are its own."""


async def _refuse_what_lives(path: Path) -> None:
    """Leave alone whatever is not the left-over socket of a dead simulator.

    Raises:
        OSError: Something else is there, or somebody listens; or no socket could be there.
    """
    if len(os.fsencode(path)) > PATH_MAX:
        raise OSError(f"a Unix socket's path has at most {PATH_MAX} octets")
    if not _is_socket(path):
        return
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with probe:
        probe.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(probe, str(path))
        except ConnectionRefusedError:
            return
    raise FileExistsError("another simulator has it; end that one first, or choose another path")


def _is_socket(path: Path) -> bool:
    """Return whether there is a socket; False when there is nothing.

    Raises:
        OSError: Something else is there.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISSOCK(mode):
        raise FileExistsError("something else is there already")
    return True
