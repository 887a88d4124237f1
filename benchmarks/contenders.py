"""Who is measured: two floors, a peer, and us, each on the same port with the same far end.

A contender does transactions one after the other and keeps how long each took.

House rule: each does the least that its own library allows; no options that only one has.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dpm_core.client import ClientSettings, DpmClient
from dpm_core.protocol import (
    GoToLevel,
    LinkSource,
    SessionSettings,
    encode_message,
    encode_wire,
)
from dpm_core.transport import SendGate, TransportSettings, transport_for_url

from .responder import serials

if TYPE_CHECKING:
    from dpm_core.model import SerialNumber

COMMAND_OCTETS: Final = 31
ACKNOWLEDGE_OCTETS: Final = 12
POLL_OCTETS: Final = 31 + 31
TRANSACTION_OCTETS: Final = COMMAND_OCTETS + ACKNOWLEDGE_OCTETS
"""A command and its acknowledgement on the wire. Source: qs-link.md 6."""

PEER_REGISTERS: Final = 11
PEER_OCTETS: Final = 9 + 2 * PEER_REGISTERS + 8
"""pymodbus's "write multiple registers" with as many octets as our command (31), answered by 8."""

Transactions = Callable[[int], Awaitable[list[float]]]
"""Do so many transactions; return how long each took, in seconds, where that is known."""


def command_octets() -> bytes:
    """Return one command as it is on the wire."""
    message = GoToLevel(serials(1)[0], 1, 0xFEFF)
    return encode_wire(encode_message(message, counter=1, sequence=0, source=LinkSource()))


# --- floors ----------------------------------------------------------------------------------


class PingPong:
    """The floor: a reader on the port that writes the next command from its own callback."""

    def __init__(self, path: str) -> None:
        """Open the port."""
        self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._octets = command_octets()

    def close(self) -> None:
        """Close the port."""
        os.close(self._fd)

    async def __call__(self, count: int) -> list[float]:
        """Do transactions; see `Transactions`."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        took: list[float] = []
        fd, octets, clock = self._fd, self._octets, time.perf_counter
        heard = 0
        begun = 0.0

        def send() -> None:
            nonlocal begun
            begun = clock()
            os.write(fd, octets)

        def readable() -> None:
            nonlocal heard
            heard += len(os.read(fd, 4096))
            if heard < ACKNOWLEDGE_OCTETS:
                return
            heard = 0
            took.append(clock() - begun)
            if len(took) < count:
                send()
            else:
                done.set_result(None)

        loop.add_reader(fd, readable)
        send()
        try:
            await done
        finally:
            loop.remove_reader(fd)
        return took


@asynccontextmanager
async def floor(path: str) -> AsyncIterator[Transactions]:
    """Yield the raw ping-pong."""
    ping_pong = PingPong(path)
    try:
        yield ping_pong
    finally:
        ping_pong.close()


@asynccontextmanager
async def streams(path: str) -> AsyncIterator[Transactions]:
    """Yield raw asyncio streams on the port."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    near = open(path, "rb", buffering=0)  # noqa: ASYNC230, PTH123, SIM115  # closed by its transport
    far = open(path, "wb", buffering=0)  # noqa: ASYNC230, PTH123, SIM115  # closed by its transport
    read_transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), near
    )
    write_transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, far)
    writer = asyncio.StreamWriter(write_transport, protocol, None, loop)
    octets = command_octets()

    async def run(count: int) -> list[float]:
        took = []
        for _ in range(count):
            begun = time.perf_counter()
            writer.write(octets)
            await reader.readexactly(ACKNOWLEDGE_OCTETS)
            took.append(time.perf_counter() - begun)
        return took

    try:
        yield run
    finally:
        writer.close()
        read_transport.close()
        # They close their files one turn of the loop later.
        await asyncio.sleep(0)


# --- the peer --------------------------------------------------------------------------------


@asynccontextmanager
async def pymodbus(path: str) -> AsyncIterator[Transactions]:
    """Yield pymodbus's own asynchronous RTU client."""
    from pymodbus import FramerType
    from pymodbus.client import AsyncModbusSerialClient

    client = AsyncModbusSerialClient(path, framer=FramerType.RTU, baudrate=115200, retries=0)
    assert await client.connect()
    registers = list(range(PEER_REGISTERS))

    async def run(count: int) -> list[float]:
        took = []
        for _ in range(count):
            begun = time.perf_counter()
            await client.write_registers(0, registers, device_id=1)
            took.append(time.perf_counter() - begun)
        return took

    try:
        yield run
    finally:
        client.close()


# --- us --------------------------------------------------------------------------------------


def without_gaps(settings: SessionSettings) -> SessionSettings:
    """Return settings with turnaround and gaps of 0."""
    return replace(settings, turnaround_s=0.0, gap_s=0.0, report_gap_s=0.0)


def session_settings(baud: int, *, with_gaps: bool) -> SessionSettings:
    """Return settings for this speed, with the defaults' turnaround and gaps or without any."""
    settings = SessionSettings(baud=baud)
    return settings if with_gaps else without_gaps(settings)


@asynccontextmanager
async def client_on(
    path: str,
    *,
    modules: int = 1,
    extension: bool = False,
    baud: int = 115200,
    with_gaps: bool = False,
    poll_interval_s: float = 3600.0,
) -> AsyncIterator[DpmClient]:
    """Yield our client on the port, as anybody would make it.

    Args:
        path: The port.
        modules: How many modules it cares for.
        extension: Whether it may ask; without it an acknowledgement is all that confirms.
        baud: For what it waits.
        with_gaps: Whether turnaround and gaps are those of the defaults, and not 0.
        poll_interval_s: From one poll to the next.
    """
    settings = ClientSettings(
        allow_extension=extension,
        session=replace(
            session_settings(baud, with_gaps=with_gaps), poll_interval_s=poll_interval_s
        ),
    )
    transport = transport_for_url(path, TransportSettings(baud=baud), gate=SendGate.SEND)
    async with DpmClient(transport, settings) as client:
        for serial in serials(modules):
            client.add_module(serial)
        yield client


async def all_read(client: DpmClient) -> None:
    """Wait until everything was read, so that nothing but polls is left to do."""
    is_read = asyncio.Event()

    def look(_event: object) -> None:
        views = client.modules.values()
        if all(view.is_fresh and view.program is not None for view in views):
            is_read.set()

    unsubscribe = client.subscribe(look)
    look(None)
    async with asyncio.timeout(60):
        await is_read.wait()
    unsubscribe()


@asynccontextmanager
async def ours_one_by_one(path: str) -> AsyncIterator[Transactions]:
    """Yield our client: a command, and the next when the call has returned."""
    async with client_on(path) as client:
        serial = serials(1)[0]

        async def run(count: int) -> list[float]:
            took = []
            for _ in range(count):
                begun = time.perf_counter()
                await client.turn_zone_on(serial, 1)
                took.append(time.perf_counter() - begun)
            return took

        yield run


@asynccontextmanager
async def ours_back_to_back(
    path: str, *, callers: int = 16, baud: int = 115200, with_gaps: bool = False
) -> AsyncIterator[Transactions]:
    """Yield our client with as many callers as keep a command waiting at any time."""
    async with client_on(path, modules=callers, baud=baud, with_gaps=with_gaps) as client:

        async def caller(serial: SerialNumber, count: int) -> None:
            for _ in range(count):
                await client.turn_zone_on(serial, 1)

        async def run(count: int) -> list[float]:
            each = max(1, count // callers)
            await asyncio.gather(*(caller(serial, each) for serial in serials(callers)))
            return []

        yield run
