"""Who is measured over Telnet: a floor, a peer, and us, each logged in at the same far end.

House rule: each does the least that its own library allows; no options that only one has.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import Any, Final, Protocol
from unittest.mock import patch

from dpm_core.client import (
    ModuleChanged,
    ProcessorClient,
    ProcessorModule,
    ProcessorSettings,
    parse_processor_url,
    transport_for_processor,
)
from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import Credentials, LipSessionSettings

from .far_end import ROOT
from .processor import OUTPUT

HOST: Final = "127.0.0.1"
_ZONES: Final = tuple(IntegrationId(OUTPUT + zone) for zone in range(4))


class Processor:
    """The far end's process, as the measuring side holds it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until it listens."""
        self._process = process
        assert process.stdout is not None
        self.port = int(process.stdout.readline())

    async def ask(self, do: str, **how: object) -> Any:
        """Have it do something; others may be measured meanwhile."""
        return await asyncio.to_thread(self._ask, {"do": do, **how})

    def _ask(self, line: dict[str, object]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def processor() -> Iterator[Processor]:
    """Start the far end for as long as the context lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.processor"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Processor(process)
        assert process.stdin is not None
        process.stdin.close()


class Telnet(Protocol):
    """Somebody who is logged in.

    Attributes:
        told: When each report of the level was told, by the monotonic clock.
    """

    told: list[float]

    async def set_level(self, level: float) -> None:
        """Tell the output a level; raise an error if it is known not to have come through."""


Login = Callable[[Processor, str], AbstractAsyncContextManager[Telnet]]


# --- the floor -------------------------------------------------------------------------------


class _Raw(asyncio.Protocol):
    """Counts the lines that it hears, and writes from where it is called."""

    def __init__(self, user: str) -> None:
        self.told: list[float] = []
        self._user = user
        self._waiting = b""
        self.is_ready = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.is_ready.is_set():
            *lines, self._waiting = (self._waiting + data).split(b"\n")
            now = time.monotonic()
            self.told += [now for line in lines if line.startswith(b"~OUTPUT")]
            return
        self._waiting += data
        for question, answer in ((b"login: ", self._user), (b"password: ", "raw")):
            if self._waiting.endswith(question):
                self._waiting = b""
                self.transport.write(f"{answer}\r\n".encode())
        if self._waiting.endswith(b"QNET> "):
            self._waiting = b""
            self.is_ready.set()

    async def set_level(self, level: float) -> None:
        self.transport.write(f"#OUTPUT,{OUTPUT},1,{level:.2f}\r\n".encode())


@asynccontextmanager
async def raw(far: Processor, user: str) -> AsyncIterator[Telnet]:
    """Yield a raw connection."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(lambda: _Raw(user), HOST, far.port)
    try:
        await protocol.is_ready.wait()
        yield protocol
    finally:
        transport.close()


# --- the peer --------------------------------------------------------------------------------


class _Pylutron:
    """pylutron with one output; its thread is its own."""

    def __init__(self, far: Processor, user: str) -> None:
        import pylutron
        import telnetlib3

        # What it logs of an outage is not ours to show.
        logging.getLogger("pylutron").setLevel(logging.CRITICAL)

        async def connect(host: str, _port: int, **how: Any) -> Any:
            return await telnetlib3.open_connection(host, far.port, **how)

        connection = partial(pylutron.LutronConnection, connection_factory=connect)
        with patch("pylutron.LutronConnection", connection):
            self.lutron = pylutron.Lutron(HOST, user, "pylutron")
        self.told: list[float] = []
        self._output = pylutron.Output(self.lutron, "zone 1", 0, "NON_DIM", OUTPUT, "1")
        self._output.subscribe(lambda *_: self.told.append(time.monotonic()), None)

    async def set_level(self, level: float) -> None:
        self._output.set_level(level)


@asynccontextmanager
async def pylutron(far: Processor, user: str) -> AsyncIterator[Telnet]:
    """Yield pylutron."""
    peer = _Pylutron(far, user)
    await asyncio.to_thread(peer.lutron.connect)
    try:
        yield peer
    finally:
        await asyncio.to_thread(peer.lutron.disconnect)


# --- us --------------------------------------------------------------------------------------


class _Ours:
    """Our client with one module."""

    def __init__(self, far: Processor, user: str) -> None:
        url = parse_processor_url(f"lip://{user}@{HOST}:{far.port}")
        self.told: list[float] = []
        self.client = ProcessorClient(
            transport_for_processor(url),
            Credentials(user, "ours"),
            ProcessorSettings(session=LipSessionSettings(command_gap_s=0.0)),
        )
        self._module = ProcessorModule(zones=_ZONES)
        self.client.add_module(self._module)

    def begin(self) -> None:
        """Count from now on."""
        self.client.subscribe(self._told)

    def _told(self, event: object) -> None:
        # One for each report that changes something; what exactly has happened comes behind it.
        if type(event) is ModuleChanged:
            self.told.append(time.monotonic())

    async def set_level(self, level: float) -> None:
        await self.client.set_zone_level(self._module.address, 1, level)

    @property
    def is_read(self) -> bool:
        return self.client.modules[self._module.address].is_fresh


@asynccontextmanager
async def ours(far: Processor, user: str) -> AsyncIterator[Telnet]:
    """Yield our client, when it has read its module."""
    us = _Ours(far, user)
    async with us.client:
        async with asyncio.timeout(10):
            while not us.is_read:  # noqa: ASYNC110  # the same for all who are measured
                await asyncio.sleep(0.01)
        us.begin()
        yield us


async def heard(who: Telnet, count: int, limit_s: float = 30.0) -> None:
    """Wait until somebody was told so many reports."""
    async with asyncio.timeout(limit_s):
        while len(who.told) < count:  # noqa: ASYNC110  # a callback would be measured too
            await asyncio.sleep(0.01)
