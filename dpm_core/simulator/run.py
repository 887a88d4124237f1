"""A simulated link for other programs, from its start to the signal that ends it.

Nothing appears in the file system before everything listens: then the control socket, then the
links to the pseudo-terminals. Whatever ends the process is a power failure of every module.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dpm_core.model import SerialNumber

from .control import ControlServer
from .faults_servers import LinkFaults
from .line import Line
from .listen import ListenAddress, PtyAddress, parse_listen
from .options import ProcessorOptions, SimulateOptions
from .processor.listening import parse_processor_listen
from .processor.processor import SimulatedProcessor
from .pty_server import PtyServer
from .simulator import Simulator
from .store import FileStore, MemoryStore, RamStore
from .tcp_server import TcpServer

END_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Signals after which the simulator tidies up. Every other one ends it as it is, which the
modules' memories survive just as well."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What a running simulated link offers.

    Attributes:
        urls: Per `listen` option, in order: what a program opens, such as `/tmp/link`,
            `socket://127.0.0.1:4001` or `rfc2217://127.0.0.1:4002`.
        control: Path of the control socket.
        modules: The modules on the link.
        processor: Where the processor takes sessions, as `lip://127.0.0.1:4003`; None without it.
        processor_http: Where its database is, as `http://127.0.0.1:4004/DbXmlInfo.xml`.
        wallstations: The wallstations on the link.
    """

    urls: tuple[str, ...]
    control: Path | None
    modules: tuple[SerialNumber, ...]
    processor: str | None = None
    processor_http: str | None = None
    wallstations: tuple[SerialNumber, ...] = ()


async def run_simulator(
    options: SimulateOptions, *, on_listening: Callable[[Listening], None] | None = None
) -> None:
    """Run a simulated link until SIGTERM, SIGINT or SIGHUP ends it.

    Args:
        options: What to simulate, and where it listens.
        on_listening: Called once, when everything listens.

    Raises:
        UnsupportedSetting: A `listen` option is none.
        LinkUnavailable: One of the places to listen is taken or cannot be had.
        MemoryInUse: Another simulator uses the state directory.
        MemoryDamaged: The state directory cannot be used, or a memory in it is damaged.
    """
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in END_SIGNALS:
        loop.add_signal_handler(number, ended.set)
    try:
        async with simulated_link(options) as listening:
            if on_listening is not None:
                on_listening(listening)
            await ended.wait()
    finally:
        for number in END_SIGNALS:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def simulated_link(options: SimulateOptions) -> AsyncIterator[Listening]:
    """Run a simulated link with its servers for as long as the block lasts.

    Raises:
        As `run_simulator`.
    """
    addresses = [parse_listen(listen) for listen in options.listen]
    store: MemoryStore = RamStore() if options.state is None else FileStore(options.state)
    simulator = Simulator(
        options.modules,
        settings=options.settings,
        store=store,
        seed=options.seed,
        contacts=options.contacts,
        wallstations=options.wallstations,
        other_devices=options.other_devices,
        other_zones=options.other_zones,
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(simulator)
        servers = [_server(simulator.line, address) for address in addresses]
        faults = LinkFaults(simulator.faults, servers)
        for server in servers:
            await server.open()
            stack.push_async_callback(server.close)
        processor = await _processor(simulator, options.processor, stack)
        if options.control is not None:
            control = ControlServer(
                options.control,
                simulator.modules,
                faults,
                processor,
                simulator.contacts,
                simulator.wallstations,
            )
            await control.open()
            stack.push_async_callback(control.close)
            control.publish()
        for server in servers:
            server.publish()
        for fault in options.faults:
            await faults.set(fault)
        yield Listening(
            tuple(server.url for server in servers),
            options.control,
            options.modules,
            processor=None if processor is None else processor.url,
            processor_http=None if processor is None else processor.http_url,
            wallstations=tuple(simulator.wallstations),
        )


async def _processor(
    simulator: Simulator, options: ProcessorOptions | None, stack: AsyncExitStack
) -> SimulatedProcessor | None:
    if options is None:
        return None
    processor = SimulatedProcessor(
        simulator,
        telnet=parse_processor_listen("processor", options.telnet),
        http=None
        if options.http is None
        else parse_processor_listen("processor-http", options.http),
        settings=options.settings,
    )
    await stack.enter_async_context(processor)
    for fault in options.faults:
        await processor.set_fault(fault)
    return processor


def _server(line: Line, address: ListenAddress) -> PtyServer | TcpServer:
    if isinstance(address, PtyAddress):
        return PtyServer(line, address.path)
    return TcpServer(line, address)
