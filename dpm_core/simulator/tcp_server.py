"""Serial-over-TCP gateways on the simulated line: raw octets, or Telnet with RFC 2217.

Any number of programs at a time, each an adapter of its own. One that does not read loses octets
once `CLIENT_BUFFER_MAX` of them wait for it: memory is bounded, the others notice nothing.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Final, cast

from dpm_core.errors import LinkUnavailable

from .line import Line
from .line_port import LinePort
from .listen import TcpAddress
from .rfc2217 import Rfc2217Session, escape

_LOGGER = logging.getLogger(__name__)

CLIENT_BUFFER_MAX: Final = 65536
"""Octets that may wait for a program that does not read. Decided here."""


class TcpServer:
    """Puts a line behind a TCP port.

    Args:
        line: The line.
        address: Where to listen, and whether in Telnet.
    """

    def __init__(self, line: Line, address: TcpAddress) -> None:
        self._line = line
        self._address = address
        self._port = address.port
        self._server: asyncio.Server | None = None
        self._clients: set[_Client] = set()

    @property
    def url(self) -> str:
        """What a program opens."""
        return self._address.url(self._port)

    async def open(self) -> None:
        """Listen.

        Raises:
            LinkUnavailable: The port is taken, or the host is none of ours.
        """
        kind = _TelnetClient if self._address.is_rfc2217 else _Client
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: kind(self._line, self._clients), self._address.host, self._port
            )
        except OSError as error:
            raise LinkUnavailable(self.url, error.strerror or str(error)) from error
        self._port = self._server.sockets[0].getsockname()[1]

    def publish(self) -> None:
        """Do nothing: a port that listens can be found."""

    async def close(self) -> None:
        """Listen no more and drop every program."""
        server = self._server
        gone = [client.gone for client in self._clients]
        self.unplug()
        if gone:
            await asyncio.wait(gone)
        if server is not None:
            await server.wait_closed()

    # --- what can go wrong -----------------------------------------------------------------

    def unplug(self) -> None:
        """Listen no more, and drop every program."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for client in tuple(self._clients):
            client.drop()

    async def plug(self, *, is_elsewhere: bool) -> None:
        """Listen again, at the same port.

        Raises:
            LinkUnavailable: Somebody else has taken the port.
        """
        await self.open()

    async def drop(self, *, is_reset: bool) -> None:
        """End every connection, and go on listening."""
        for client in tuple(self._clients):
            client.end(is_reset=is_reset)

    def hang(self) -> None:
        """Neither read from the programs that are connected nor write to them any more."""
        for client in self._clients:
            client.hang()

    def revive(self) -> None:
        """Drop the programs that were left hanging: nothing that they said may come late."""
        for client in tuple(self._clients):
            if client.is_hung:
                client.drop()


class _Client(asyncio.Protocol):
    """One program at the other end of a raw TCP connection."""

    def __init__(self, line: Line, clients: set[_Client]) -> None:
        self.gone: Final = asyncio.get_running_loop().create_future()
        self._line = line
        self._clients = clients
        self._port: LinePort
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hang the program on the line."""
        self._transport = cast(asyncio.Transport, transport)
        self._clients.add(self)
        _LOGGER.debug("connected: %s", transport.get_extra_info("peername"))
        self._port = self._line.add_port(
            self.deliver,
            pause=self._transport.pause_reading,
            resume=self._transport.resume_reading,
        )

    def data_received(self, data: bytes) -> None:
        """Put what it sends on the line."""
        self.put(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the program off the line."""
        _LOGGER.debug("disconnected: %s", exc or "it closed")
        self._clients.discard(self)
        self._port.close()
        self.gone.set_result(None)

    def put(self, octets: bytes) -> None:
        """Put octets on the line."""
        self._port.put(octets)

    def deliver(self, octets: bytes) -> None:
        """Let the program hear octets, unless too many wait for it already."""
        self.send(octets)

    def send(self, octets: bytes) -> None:
        """Send octets to the program as they are, unless too many wait for it already."""
        if self._transport.get_write_buffer_size() + len(octets) > CLIENT_BUFFER_MAX:
            _LOGGER.debug("%d octets lost: the program does not read", len(octets))
            return
        self._transport.write(octets)

    def drop(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def end(self, *, is_reset: bool) -> None:
        """End the connection, with a FIN or with a RST."""
        if is_reset:
            linger = self._transport.get_extra_info("socket")
            linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        else:
            self._transport.close()

    @property
    def is_hung(self) -> bool:
        """Whether the program is left hanging."""
        return self._port.is_hung

    def hang(self) -> None:
        """Read nothing more, not even that the program has gone, and write nothing more."""
        self._port.is_hung = True
        self._transport.pause_reading()


class _TelnetClient(_Client):
    """One program at the other end of a Telnet connection with RFC 2217."""

    def __init__(self, line: Line, clients: set[_Client]) -> None:
        super().__init__(line, clients)
        self._session = Rfc2217Session(line.settings.baud)

    def data_received(self, data: bytes) -> None:
        """Answer what is Telnet, and put the rest on the line."""
        octets, answers = self._session.receive(data)
        if answers:
            self.send(answers)
        self.put(octets)

    def deliver(self, octets: bytes) -> None:
        """Let the program hear octets, in Telnet's dress."""
        self.send(escape(octets))
