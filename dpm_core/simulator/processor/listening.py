"""Where the processor can be reached, and how a listener of it comes and goes.

    tcp:HOST:PORT        for Telnet and for HTTP alike; port 0 for any free one

House rule: what is spoken there is in `telnet_server.py` and `http_server.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from dpm_core.errors import LinkUnavailable, UnsupportedSetting
from dpm_core.simulator.listen import TcpAddress, parse_listen


def parse_processor_listen(option: str, text: str) -> TcpAddress:
    """Return the address that `--processor` or `--processor-http` names.

    Raises:
        UnsupportedSetting: It names none.
    """
    allowed = "tcp:HOST:PORT, with a port from 0 (any free one) to 65535"
    try:
        address = parse_listen(text)
    except UnsupportedSetting as error:
        raise UnsupportedSetting(option, text, allowed) from error
    if not isinstance(address, TcpAddress) or address.is_rfc2217:
        raise UnsupportedSetting(option, text, allowed)
    return address


class Listener:
    """One TCP port that can be left and taken again.

    Args:
        scheme: What its address is shown with.
        address: Where to listen.
        serve: Makes what speaks with one program.
    """

    def __init__(
        self, scheme: str, address: TcpAddress, serve: Callable[[], asyncio.Protocol]
    ) -> None:
        self._scheme: Final = scheme
        self._host = address.host
        self._port = address.port
        self._serve = serve
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where a program finds it."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{self._scheme}://{host}:{self._port}"

    async def open(self) -> None:
        """Listen; at the same port as before.

        Raises:
            LinkUnavailable: The port is taken, or the host is none of ours.
        """
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._serve, self._host, self._port)
        except OSError as error:
            raise LinkUnavailable(self.url, error.strerror or str(error)) from error
        self._port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
