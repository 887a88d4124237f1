"""How a client reaches the simulated link: memory, a pseudo-terminal, a TCP gateway."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from dpm_core.simulator import Fault, FaultKind, Simulator
from dpm_core.simulator.faults_servers import LinkFaults
from dpm_core.simulator.listen import TcpAddress
from dpm_core.simulator.pty_server import PtyServer
from dpm_core.simulator.tcp_server import TcpServer
from dpm_core.transport import SendGate, Transport, memory_pair, transport_for_url

WAYS: Final = ("memory", "pty", "tcp")


class Way:
    """One way to the link, and the hand on its faults.

    Args:
        name: Which; one of `WAYS`.
        simulator: The link, running.
        folder: Where a pseudo-terminal appears.
    """

    def __init__(self, name: str, simulator: Simulator, folder: Path | None) -> None:
        self.name = name
        self._simulator = simulator
        self._folder = folder
        self._ours, self._theirs = memory_pair(gate=SendGate.SEND)
        self._faults = LinkFaults(simulator.faults)
        self._url = ""

    async def open(self, stack: AsyncExitStack) -> Transport:
        """Be there; return the client's end."""
        if self.name == "memory":
            await self._simulator.attach(self._theirs)
            return self._ours
        server: PtyServer | TcpServer
        if self.name == "pty":
            assert self._folder is not None
            server = PtyServer(self._simulator.line, self._folder / "port")
        else:
            address = TcpAddress("127.0.0.1", 0, is_rfc2217=False)
            server = TcpServer(self._simulator.line, address)
        await server.open()
        stack.push_async_callback(server.close)
        server.publish()
        self._faults = LinkFaults(self._simulator.faults, (server,))
        return transport_for_url(server.url, gate=SendGate.SEND)

    async def set(self, fault: Fault) -> None:
        """Let something be wrong."""
        if self.name == "memory" and fault.kind in (FaultKind.CLOSE, FaultKind.RESET):
            self._ours.break_link("closed on purpose")
        elif self.name == "memory" and fault.kind is FaultKind.UNPLUG:
            self._ours.break_link("unplugged on purpose", until_mended=True)
        elif self.name == "memory" and fault.kind is FaultKind.HANG:
            # Its far end outlives every opening of ours, so it stays dead until it is mended.
            await self._faults.set(Fault(FaultKind.MUTE))
        else:
            await self._faults.set(fault)

    async def mend(self) -> None:
        """Let all be well."""
        self._ours.mend_link()
        await self._faults.clear()
