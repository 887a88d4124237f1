"""Simulated links for the client: behind memory, a pseudo-terminal and TCP, and broken at will."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final, Self

from dpm_core.client import ClientEvent, ClientSettings, DpmClient
from dpm_core.errors import LinkUnavailable
from dpm_core.model import SerialNumber, Wallstation
from dpm_core.protocol import (
    Decoder,
    Frame,
    FrameHeard,
    Message,
    ObjectMessage,
    decode_message,
    encode_wire,
)
from dpm_core.simulator import SimulatedModule, Simulator, SimulatorSettings
from dpm_core.simulator.listen import TcpAddress
from dpm_core.simulator.pty_server import PtyServer
from dpm_core.simulator.tcp_server import TcpServer
from dpm_core.transport import (
    SendGate,
    Transport,
    TransportProtocol,
    memory_pair,
    transport_for_url,
)

ONE: Final = SerialNumber(0x00A1B2C3)
TWO: Final = SerialNumber(0x00A1B2C4)
THREE: Final = SerialNumber(0x00A1B2C5)

PATIENCE_S: Final = 30.0
"""How long a test waits for something real before it fails."""


async def eventually(is_true: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(patience_s):
        while not is_true():
            await asyncio.sleep(0.001)  # no event tells what a module is like


def now() -> float:
    return asyncio.get_running_loop().time()


class FaultyTransport:
    """A transport whose octets can be lost, doubled or delayed on their way.

    Attributes:
        to_us: Given each frame on its way to the client; returns those that arrive.
        from_us: Given each frame that the client sends; returns those that arrive.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.to_us: Callable[[Frame, Message], Iterable[Frame]] = pass_frame
        self.from_us: Callable[[Frame, Message], Iterable[Frame]] = pass_frame
        self.sent: list[tuple[float, Message]] = []
        self.opened = 0
        self._incoming = Decoder()
        self._outgoing = Decoder()
        self._handler: TransportProtocol | None = None

    @property
    def url(self) -> str:
        return str(self.inner.url)

    @property
    def gate(self) -> SendGate:
        gate: SendGate = self.inner.gate
        return gate

    @property
    def is_open(self) -> bool:
        return bool(self.inner.is_open)

    def allow_sending(self) -> None:
        self.inner.allow_sending()

    async def open(self, handler: TransportProtocol) -> None:
        self._handler = handler
        self.opened += 1
        await self.inner.open(self)

    def write(self, octets: bytes) -> None:
        self._outgoing.feed(octets, 0.0)
        passed = b""
        for event in self._outgoing.events():
            assert isinstance(event, FrameHeard), "the client sends whole frames"
            message = decode_message(event.frame)
            self.sent.append((now(), message))
            passed += b"".join(map(encode_wire, self.from_us(event.frame, message)))
        if passed:
            self.put(passed)

    def put(self, octets: bytes) -> None:
        """Put octets on the link, unless it is lost."""
        if self.inner.is_open:
            self.inner.write(octets)

    async def drain(self) -> None:
        await self.inner.drain()

    async def close(self) -> None:
        await self.inner.close()

    def octets_received(self, octets: bytes) -> None:
        self._incoming.feed(octets, 0.0)
        for event in self._incoming.events():
            if isinstance(event, FrameHeard):
                for frame in self.to_us(event.frame, decode_message(event.frame)):
                    self.deliver(encode_wire(frame))
            else:
                self.deliver(event.octets)

    def deliver(self, octets: bytes) -> None:
        if self.inner.is_open and self._handler is not None:
            self._handler.octets_received(octets)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        assert self._handler is not None
        self._handler.connection_lost(error)

    # --- ready-made faults ------------------------------------------------------------------

    def hang(self) -> None:
        """Let nothing through any more, either way, without being lost."""
        self.to_us = self.from_us = lose_frame

    def mend(self) -> None:
        """Let everything through again."""
        self.to_us = self.from_us = pass_frame

    def messages(self, kind: type[ObjectMessage]) -> list[Any]:
        """Return what was sent of one kind."""
        return [message for _, message in self.sent if isinstance(message, kind)]


def pass_frame(frame: Frame, message: Message) -> Iterable[Frame]:
    return (frame,)


def lose_frame(frame: Frame, message: Message) -> Iterable[Frame]:
    return ()


def lose_first(kind: type[Message], count: int = 1) -> Callable[[Frame, Message], Iterable[Frame]]:
    """Return a fault that loses the first few of one kind."""
    lost = 0

    def fault(frame: Frame, message: Message) -> Iterable[Frame]:
        nonlocal lost
        if isinstance(message, kind) and lost < count:
            lost += 1
            return ()
        return (frame,)

    return fault


def lose_all(
    *kinds: type[Message], of: SerialNumber | None = None
) -> Callable[[Frame, Message], Iterable[Frame]]:
    """Return a fault that loses everything of some kinds, of one module or of all."""

    def fault(frame: Frame, message: Message) -> Iterable[Frame]:
        is_meant = isinstance(message, kinds) and (of is None or frame.source_serial == of)
        return () if is_meant else (frame,)

    return fault


def double(frame: Frame, message: Message) -> Iterable[Frame]:
    return (frame, frame)


class SimulatedLink:
    """Modules on a simulated line, and how a client gets at them."""

    def __init__(
        self,
        folder: Path,
        serials: tuple[SerialNumber, ...] = (ONE, TWO, THREE),
        settings: SimulatorSettings | None = None,
        wallstations: tuple[Wallstation, ...] = (),
    ) -> None:
        self.folder = folder
        self.simulator = Simulator(serials, settings=settings, wallstations=wallstations)
        self.faults: FaultyTransport | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.simulator)
        await self.appear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.vanish()
        await self._stack.aclose()

    def __getitem__(self, serial: SerialNumber) -> SimulatedModule:
        return self.simulator.modules[serial]

    async def appear(self) -> None:
        """Be there for a client to open."""
        raise NotImplementedError

    async def vanish(self) -> None:
        """Be lost, and cannot be opened."""
        raise NotImplementedError

    def transport(self, gate: SendGate = SendGate.SEND) -> Transport:
        """Return the client's end, behind a `FaultyTransport`."""
        self.faults = FaultyTransport(self._transport(gate))
        return self.faults

    def _transport(self, gate: SendGate) -> Transport:
        raise NotImplementedError

    def client(
        self,
        *modules: SerialNumber,
        gate: SendGate = SendGate.SEND,
        settings: ClientSettings | None = None,
    ) -> DpmClient:
        """Return a client of these modules that may do everything, unless told otherwise."""
        client = DpmClient(self.transport(gate), settings or ClientSettings(allow_extension=True))
        for serial in modules:
            client.add_module(serial)
        return client

    @property
    def line(self) -> FaultyTransport:
        """What the last client's octets pass through."""
        assert self.faults is not None
        return self.faults


class MemoryLink(SimulatedLink):
    """On the virtual clock."""

    def __init__(self, folder: Path, *args: Any, **more: Any) -> None:
        super().__init__(folder, *args, **more)
        self._near, self._far = memory_pair(gate=SendGate.SEND)
        self._listening: Any = None

    async def appear(self) -> None:
        if not self._far.is_open:
            await self.simulator.attach(self._far)
        self._near.mend_link()

    async def vanish(self) -> None:
        self._near.break_link("unplugged", until_mended=True)

    def _transport(self, gate: SendGate) -> Transport:
        if gate is SendGate.SEND:
            return self._near
        near, _ = memory_pair()
        near.join(self._far)
        self._far.join(near)
        return near


class PtyLink(SimulatedLink):
    """Behind a pseudo-terminal."""

    def __init__(self, folder: Path, *args: Any, **more: Any) -> None:
        super().__init__(folder, *args, **more)
        self._server: PtyServer | None = None

    async def appear(self) -> None:
        if self._server is None:
            self._server = PtyServer(self.simulator.line, self.folder / "port")
            await self._server.open()
            self._server.publish()

    async def vanish(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.close()

    def _transport(self, gate: SendGate) -> Transport:
        return transport_for_url(str(self.folder / "port"), gate=gate)


class TcpLink(SimulatedLink):
    """Behind a TCP port."""

    def __init__(self, folder: Path, *args: Any, **more: Any) -> None:
        super().__init__(folder, *args, **more)
        self._server: TcpServer | None = None
        self._port = 0

    async def appear(self) -> None:
        if self._server is None:
            self._server = TcpServer(
                self.simulator.line, TcpAddress("127.0.0.1", self._port, is_rfc2217=False)
            )
            await self._server.open()
            self._port = int(self._server.url.rpartition(":")[2])

    async def vanish(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.close()

    def _transport(self, gate: SendGate) -> Transport:
        return transport_for_url(f"socket://127.0.0.1:{self._port}", gate=gate)


class Diary:
    """Everything that a client tells, in order."""

    def __init__(self, client: DpmClient) -> None:
        self.events: list[ClientEvent] = []
        client.subscribe(self.events.append)

    def of(self, *kinds: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kinds)]

    def clear(self) -> None:
        self.events.clear()
