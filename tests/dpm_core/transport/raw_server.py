"""One client of a gateway that passes raw octets."""

import asyncio
from collections.abc import Callable


class RawSession(asyncio.Protocol):
    """Passes on what arrives, and gets noticed whenever it comes or talks."""

    def __init__(
        self,
        received: Callable[[bytes], None],
        noticed: Callable[["RawSession"], None],
    ) -> None:
        self.transport: asyncio.Transport | None = None
        self._received = received
        self._noticed = noticed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._noticed(self)

    def data_received(self, data: bytes) -> None:
        self._noticed(self)
        self._received(data)

    def send(self, octets: bytes) -> None:
        assert self.transport is not None
        self.transport.write(octets)
