"""Two modules behind a simulated processor, and how a client gets at it: three ways.

On the virtual clock a Telnet connection is two ends in memory; the processor's own code runs at
the other one. The same suite then runs over real TCP, and over a serial line to a converter.
"""

import asyncio
import os
import socket
import tty
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any, Final, Self, cast

from dpm_core.client import (
    ClientEvent,
    OverrideContact,
    ProcessorClient,
    ProcessorModule,
    ProcessorSettings,
    parse_processor_url,
    transport_for_processor,
)
from dpm_core.errors import LinkUnavailable
from dpm_core.model import CcoType, IntegrationId, SerialNumber
from dpm_core.protocol.lip import Credentials, LipSessionSettings
from dpm_core.simulator import (
    SimulatedModule,
    SimulatedProcessor,
    SimulatedProcessorSettings,
    Simulator,
    parse_processor_fault,
)
from dpm_core.simulator.processor.faults import ProcessorFaultKind
from dpm_core.transport import SendGate, Transport, TransportProtocol
from dpm_core.transport.base import GatedTransport

ONE: Final = SerialNumber(0x00A1B2C3)
TWO: Final = SerialNumber(0x00A1B2C4)
PATIENCE_S: Final = 60.0
USER: Final = "lutron"
PASSWORD: Final = "integration"


async def eventually(is_true: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so, and see that it is not much later than it is."""
    step_s = 0.005
    async with asyncio.timeout(patience_s):
        while not is_true():
            await asyncio.sleep(step_s)  # no event tells what a module is like
            step_s = min(step_s * 1.05, 0.25)


def now() -> float:
    return asyncio.get_running_loop().time()


class MemoryListener:
    """Listens nowhere: a descriptor would hold the virtual clock up at every jump."""

    def __init__(self) -> None:
        self.is_open = False
        self.url = "lip://panel:23"

    async def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False


class TelnetEnd(asyncio.Transport):
    """The processor's end of a connection in memory: what its code takes for a TCP transport."""

    def __init__(self, ours: "MemoryTelnet", handler: TransportProtocol) -> None:
        super().__init__()
        self._ours = ours
        self._handler = handler
        self._loop = asyncio.get_running_loop()
        self.program: Any = None
        self.is_over = False
        self.is_paused = False

    def write(self, data: Any) -> None:
        octets = bytes(data)
        self._ours.told.append((now(), octets))
        if not self.is_over and not self._ours.is_dropping:
            self._loop.call_soon(self._deliver, octets)

    def _deliver(self, octets: bytes) -> None:
        if not self.is_over:
            self._ours.log_received(octets)
            self._handler.octets_received(octets)

    def hear(self, octets: bytes) -> None:
        if not self.is_over and not self.is_paused and not self._ours.is_dropping:
            self.program.data_received(octets)

    def close(self) -> None:
        self._over(LinkUnavailable(self._ours.url, "the other side closed it"))

    def abort(self) -> None:
        self._over(LinkUnavailable(self._ours.url, "the other side reset it"))

    def leave(self) -> None:
        """Our own side closes."""
        self._over(None)

    def _over(self, error: LinkUnavailable | None) -> None:
        if not self.is_over:
            # What was said before it comes first.
            self._loop.call_soon(self._end, error)
            if error is None:
                self.is_over = True

    def _end(self, error: LinkUnavailable | None) -> None:
        if error is not None and self.is_over:
            return
        self.is_over = True
        self._ours.forget(self)
        self.program.connection_lost(None)
        self._handler.connection_lost(error)

    def is_closing(self) -> bool:
        return self.is_over

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self

    def setsockopt(self, *_: Any) -> None:
        """Be a socket, for who resets it."""

    def pause_reading(self) -> None:
        self.is_paused = True


class MemoryTelnet(GatedTransport):
    """The client's end of a connection in memory.

    Attributes:
        said: What the client has said, when.
        told: What the processor has said, when.
        opened_at: When it was tried to open it.
        is_dropping: Whether all octets are lost on their way.
        unreachable: Why nobody can be reached, if so.
        loses: Which lines of the client are lost on their way.
    """

    def __init__(self, processor: SimulatedProcessor) -> None:
        super().__init__("socket://panel:23", SendGate.SEND)
        self._processor = processor
        self._end: TelnetEnd | None = None
        self.said: list[tuple[float, bytes]] = []
        self.told: list[tuple[float, bytes]] = []
        self.opened_at: list[float] = []
        self.is_dropping = False
        self.unreachable: OSError | None = None
        self.loses: Callable[[bytes], bool] = lambda octets: False

    @property
    def is_open(self) -> bool:
        return self._end is not None

    async def open(self, handler: TransportProtocol) -> None:
        self.opened_at.append(now())
        error = self.unreachable
        if error is None and not cast(MemoryListener, self._processor._listeners[0]).is_open:
            error = ConnectionRefusedError(111, "Connection refused")
        if error is not None:
            raise LinkUnavailable(self.url, error.strerror) from error
        end = TelnetEnd(self, handler)
        end.program = self._processor._programs.serve()
        self._end = end
        end.program.connection_made(end)

    def write(self, octets: bytes) -> None:
        if self._end is None:
            raise LinkUnavailable(self.url, "it is not open")
        self.log_sent(octets)
        self.said.append((now(), octets))
        if not self.loses(octets):
            asyncio.get_running_loop().call_soon(self._end.hear, octets)

    async def drain(self) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        end = self._end
        if end is not None:
            # As a real one: what was written before still goes.
            await asyncio.sleep(0)
            end.leave()
            while self._end is end:
                await asyncio.sleep(0)

    def forget(self, end: TelnetEnd) -> None:
        if self._end is end:
            self._end = None

    def lines(self, since: int = 0) -> list[str]:
        """Return what the client has said, line by line."""
        return b"".join(octets for _, octets in self.said[since:]).decode().splitlines()


class SerialConverter:
    """A converter that keeps a connection to the processor, and a serial line to us."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._controller, self._worker = os.openpty()
        # Open for good, as the wires of a real line are.
        tty.setraw(self._worker)
        os.set_blocking(self._controller, False)
        self.path = os.ttyname(self._worker)
        self._socket: socket.socket | None = None
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            loop.add_reader(self._controller, self._up, writer)
            try:
                while octets := await reader.read(4096):
                    os.write(self._controller, octets)
            except ConnectionError:
                pass
            finally:
                loop.remove_reader(self._controller)
                writer.transport.abort()

    def _up(self, writer: asyncio.StreamWriter) -> None:
        with suppress(BlockingIOError):
            writer.write(os.read(self._controller, 4096))

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await asyncio.sleep(0)
        os.close(self._controller)
        os.close(self._worker)


class Panel:
    """A processor in front of two modules, reached over memory.

    Args:
        faults: What is wrong with it from the start.
        is_maintained: Whether the project has the CCO of module ONE as a maintained output.
        wallstations: How many wallstations its project has.
    """

    is_real = False

    def __init__(
        self,
        *faults: str,
        is_maintained: bool = False,
        wallstations: int = 0,
    ) -> None:
        self._faults = faults
        self._is_maintained = is_maintained
        self.simulator = Simulator((ONE, TWO))
        self.processor = SimulatedProcessor(
            self.simulator, settings=SimulatedProcessorSettings(wallstations=wallstations)
        )
        if not self.is_real:
            self.processor._listeners = [cast(Any, MemoryListener())]
        self._stack = AsyncExitStack()
        self.telnet: MemoryTelnet

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.simulator)
        await self._stack.enter_async_context(self.processor)
        if self._is_maintained:
            one, *others = self.processor.project.modules
            self.processor._transferred = replace(
                self.processor._transferred,
                modules=(replace(one, is_cco_pulsed=False), *others),
            )
        await self.fault(*self._faults)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def __getitem__(self, serial: SerialNumber) -> SimulatedModule:
        return self.simulator.modules[serial]

    async def fault(self, *words: str) -> None:
        for each in words:
            await self.processor.set_fault(parse_processor_fault(each))

    async def clear(self, *words: str) -> None:
        for each in words:
            await self.processor.clear_fault(ProcessorFaultKind(each))

    def module(
        self, serial: SerialNumber = ONE, *, contact: bool = True, **values: Any
    ) -> ProcessorModule:
        """Return what the project has of a module, as somebody would set it up."""
        one = next(each for each in self.processor.project.modules if each.serial == serial)
        first, second, third, fourth = map(IntegrationId, one.zones)
        what: dict[str, Any] = {
            "zones": (first, second, third, fourth),
            "cco": IntegrationId(one.cco),
            "cco_type": CcoType.MOMENTARY if one.is_cco_pulsed else CcoType.MAINTAINED,
            "override": OverrideContact(IntegrationId(one.contact)) if contact else None,
            "name": one.name,
        }
        return ProcessorModule(**(what | values))

    def transport(self) -> Transport:
        self.telnet = MemoryTelnet(self.processor)
        return cast(Transport, self.telnet)

    def client(
        self,
        *modules: ProcessorModule,
        settings: ProcessorSettings | None = None,
        password: str = PASSWORD,
    ) -> ProcessorClient:
        """Return a client of these modules; of both if none is named."""
        client = ProcessorClient(self.transport(), Credentials(USER, password), settings)
        for module in modules or (self.module(ONE), self.module(TWO)):
            client.add_module(module)
        return client

    def zones(self, serial: SerialNumber = ONE) -> tuple[bool, ...]:
        """Return where the zones of a module are, or are going: a processor tells no more."""
        return tuple(self[serial].state.wanted)


class TcpPanel(Panel):
    """Over real TCP."""

    is_real = True

    def transport(self) -> Transport:
        port = self.processor.url.rpartition(":")[2]
        return transport_for_processor(parse_processor_url(f"lip://{USER}@127.0.0.1:{port}"))


class SerialPanel(Panel):
    """Over a serial line, through a converter."""

    is_real = True

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._converter: SerialConverter | None = None

    async def __aexit__(self, *error: object) -> None:
        if self._converter is not None:
            await self._converter.close()
        await super().__aexit__(*error)

    def transport(self) -> Transport:
        self._converter = SerialConverter(int(self.processor.url.rpartition(":")[2]))
        return transport_for_processor(
            parse_processor_url(f"lip+serial://{USER}@{self._converter.path}")
        )


PANELS: Final = {"memory": Panel, "tcp": TcpPanel, "serial": SerialPanel}


class Diary:
    """Everything that a client tells, in order, and when."""

    def __init__(self, client: ProcessorClient) -> None:
        self.events: list[ClientEvent] = []
        self.at: list[float] = []
        client.subscribe(self._write)

    def _write(self, event: ClientEvent) -> None:
        self.events.append(event)
        self.at.append(now())

    def of(self, *kinds: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kinds)]

    def clear(self) -> None:
        self.events.clear()
        self.at.clear()


def fast(**values: Any) -> ProcessorSettings:
    """Return settings without spacing, for what is not about it."""
    return ProcessorSettings(session=LipSessionSettings(command_gap_s=0.0), **values)
