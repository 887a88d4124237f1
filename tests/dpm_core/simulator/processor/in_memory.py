"""Connections to a simulated processor without sockets: quick, and good in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from dpm_core.model import SerialNumber
from dpm_core.simulator import (
    RamStore,
    SimulatedProcessor,
    SimulatedProcessorSettings,
    Simulator,
    SimulatorSettings,
)

ONE = SerialNumber(0x00A1B2C3)


class Connection:
    """A program's connection to a server.

    Args:
        server: What speaks with it.
        heard: Told what the server says.
    """

    def __init__(
        self, server: asyncio.Protocol, heard: Callable[[bytes], None] | None = None
    ) -> None:
        self.octets = b""
        self.is_over = False
        self._server = server
        self._heard = heard
        server.connection_made(cast(asyncio.Transport, self))

    def say(self, octets: bytes) -> None:
        """Send the server something, if it still listens."""
        if not self.is_over:
            self._server.data_received(octets)

    # --- what the server does with it -------------------------------------------------------

    def write(self, octets: bytes) -> None:
        self.octets += octets
        if self._heard is not None:
            asyncio.get_running_loop().call_soon(self._heard, octets)

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> None:
        assert name == "peername"

    def is_closing(self) -> bool:
        return self.is_over

    def pause_reading(self) -> None:
        """Hear nothing more: what is said is lost."""

    def close(self) -> None:
        if not self.is_over:
            self.is_over = True
            asyncio.get_running_loop().call_soon(self._server.connection_lost, None)

    abort = close


class InMemoryProcessor(SimulatedProcessor):
    """A processor that listens nowhere."""

    def __init__(
        self, simulator: Simulator, settings: SimulatedProcessorSettings | None = None
    ) -> None:
        super().__init__(simulator, http=None, settings=settings)
        self._listeners.clear()

    def connect(self, heard: Callable[[bytes], None] | None = None) -> Connection:
        """Return a new connection to it."""
        return Connection(self._programs.serve(), heard)


@asynccontextmanager
async def processor_in_memory(
    settings: SimulatedProcessorSettings | None = None,
) -> AsyncIterator[InMemoryProcessor]:
    """Run one in front of one module."""
    simulator = Simulator((ONE,), settings=SimulatorSettings(), store=RamStore(), seed=1)
    async with simulator, InMemoryProcessor(simulator, settings) as processor:
        yield processor
