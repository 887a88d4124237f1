"""Links that serialx can open: local ports, TCP and RFC 2217 gateways, ESPHome proxies.

serialx is Home Assistant's own serial library. Its errors become ours here; errors of others,
such as Home Assistant's "not ready" behind ``esphome-hass://``, pass through untouched.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import serialx
from serialx.common import UnknownUriScheme

from dpm_core.errors import LinkUnavailable
from dpm_core.transport.base import SendGate
from dpm_core.transport.connection import Connection, StreamTransport
from dpm_core.transport.failures import unknown_scheme
from dpm_core.transport.settings import Parity, PinLevel, TransportSettings

_PARITIES: Final[dict[Parity, serialx.Parity]] = {
    "none": serialx.Parity.NONE,
    "even": serialx.Parity.EVEN,
    "odd": serialx.Parity.ODD,
    "mark": serialx.Parity.MARK,
    "space": serialx.Parity.SPACE,
}

_PINS: Final[dict[PinLevel, serialx.PinState]] = {
    "high": serialx.PinState.HIGH,
    "low": serialx.PinState.LOW,
    "leave": serialx.PinState.UNDEFINED,
}


class SerialxTransport(StreamTransport):
    """A link opened by serialx, whatever scheme it has registered."""

    _failures = (OSError, TimeoutError, ValueError, serialx.SerialException)

    def __init__(
        self,
        url: str,
        settings: TransportSettings | None = None,
        *,
        gate: SendGate = SendGate.LISTEN,
    ) -> None:
        super().__init__(url, settings or TransportSettings(), gate)

    async def _connect(self, connection: Connection) -> asyncio.Transport:
        try:
            transport, _ = await serialx.create_serial_connection(
                asyncio.get_running_loop(),
                lambda: connection,
                self._url,
                **self._options(),
            )
        except UnknownUriScheme as error:
            raise LinkUnavailable(self.url, unknown_scheme(self._url)) from error
        return transport

    def _options(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "baudrate": settings.baud,
            "byte_size": settings.byte_size,
            "parity": _PARITIES[settings.parity],
            "stopbits": serialx.StopBits(settings.stop_bits),
            "exclusive": settings.exclusive,
            "dtr_on_open": _PINS[settings.dtr_on_open],
            "rts_on_open": _PINS[settings.rts_on_open],
            "write_timeout": settings.write_timeout_s,
            "close_timeout": settings.close_timeout_s,
            # Only the network backends have it; serialx leaves it out for the others.
            "connect_timeout": settings.connect_timeout_s,
        }
