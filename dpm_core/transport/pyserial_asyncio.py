"""The optional second backend: pyserial-asyncio, for device paths and ``socket://`` only.

For standalone users who have pyserial already. Home Assistant refuses it from 2027.2 on, so
the integration never asks for it. It closes its port inside the event loop: the kernel may
hold the loop for as long as unsent octets take on the wire.

Source: home-assistant.md 3.2 (what Home Assistant says of it).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import os
import socket
from typing import TYPE_CHECKING, Any, Final

from dpm_core.errors import UnsupportedSetting
from dpm_core.transport.base import SendGate
from dpm_core.transport.connection import Connection, StreamTransport
from dpm_core.transport.settings import Parity, PinLevel, TransportSettings
from dpm_core.transport.urls import DEVICE_SCHEME, scheme_of

if TYPE_CHECKING:
    from types import ModuleType

_SCHEMES: Final = frozenset({DEVICE_SCHEME, "socket"})

_PARITIES: Final[dict[Parity, str]] = {
    "none": "N",
    "even": "E",
    "odd": "O",
    "mark": "M",
    "space": "S",
}

_PINS: Final[dict[PinLevel, bool]] = {"high": True, "low": False}


class PyserialAsyncioTransport(StreamTransport):
    """A link opened by pyserial-asyncio.

    Raises:
        UnsupportedSetting: Another scheme, a pin to be left alone (pyserial always sets both),
            or the package is not installed.
    """

    def __init__(
        self,
        url: str,
        settings: TransportSettings | None = None,
        *,
        gate: SendGate = SendGate.LISTEN,
    ) -> None:
        settings = settings or TransportSettings()
        super().__init__(url, settings, gate)
        if scheme_of(url) not in _SCHEMES:
            raise UnsupportedSetting(
                "url",
                self.url,
                "a device path or socket://host:port with the backend pyserial-asyncio; "
                "the backend serialx opens the others",
            )
        for name, level in (
            ("dtr_on_open", settings.dtr_on_open),
            ("rts_on_open", settings.rts_on_open),
        ):
            if level not in _PINS:
                raise UnsupportedSetting(name, level, " or ".join(_PINS))
        self._serial = _installed("serial")
        self._serial_asyncio = _installed("serial_asyncio")
        self._failures = (*self._failures, *_termios_errors())

    async def _connect(self, connection: Connection) -> asyncio.Transport:
        loop = asyncio.get_running_loop()
        # pyserial opens, and for socket:// connects, in a blocking way.
        opening = loop.run_in_executor(None, self._open_port)
        try:
            port = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            # A thread cannot be stopped: the port is free only when it has come back.
            await asyncio.wait({opening})
            raise
        try:
            transport: asyncio.Transport
            transport, _ = await self._serial_asyncio.connection_for_serial(
                loop, lambda: connection, port
            )
        except BaseException:
            port.close()
            raise
        return transport

    def _open_port(self) -> Any:
        settings = self._settings
        port = self._serial.serial_for_url(
            self._url,
            do_not_open=True,
            baudrate=settings.baud,
            bytesize=settings.byte_size,
            parity=_PARITIES[settings.parity],
            stopbits=settings.stop_bits,
            exclusive=settings.exclusive,
        )
        port.dtr = _PINS[settings.dtr_on_open]
        port.rts = _PINS[settings.rts_on_open]
        port.open()
        if scheme_of(self._url) == "socket":
            _send_at_once(port.fileno())
            port.close = functools.partial(_close_socket, port)
        return port


def _installed(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UnsupportedSetting(
            "backend",
            "pyserial-asyncio",
            "serialx, unless lutron-dpm[pyserial-asyncio] is installed",
        ) from error


def _termios_errors() -> tuple[type[BaseException], ...]:
    """Return the error that pyserial lets through where a port vanishes while it is set up."""
    with contextlib.suppress(ImportError):
        return (importlib.import_module("termios").error,)
    return ()


def _send_at_once(descriptor: int) -> None:
    """Keep TCP from holding a short frame back until the last one was acknowledged."""
    with socket.socket(fileno=os.dup(descriptor)) as same_connection:
        same_connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _close_socket(port: Any) -> None:
    """Close a ``socket://`` port at once.

    pyserial's own way sleeps in the event loop, and drops a broken socket without closing it.
    """
    connected, port._socket = port._socket, None  # noqa: SLF001  # pyserial 3.5 has no other way
    port.is_open = False
    if connected is not None:
        connected.close()


def _close_unwanted(opening: asyncio.Future[Any]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
