"""Octets to and from one link: a local serial port, a gateway, or memory.

A URL picks the link, `transport_for_url()` makes the transport. Every transport begins as a
listener: `write()` refuses until `allow_sending()` was called.
"""

from __future__ import annotations

from typing import Literal, get_args

from dpm_core.errors import UnsupportedSetting
from dpm_core.transport.base import SendGate, Transport, TransportProtocol
from dpm_core.transport.memory import MemoryTransport, memory_pair
from dpm_core.transport.pyserial_asyncio import PyserialAsyncioTransport
from dpm_core.transport.reconnect import ReconnectPolicy, keep_open
from dpm_core.transport.serial import SerialxTransport
from dpm_core.transport.settings import BAUD_CANDIDATES, Parity, PinLevel, TransportSettings
from dpm_core.transport.urls import normalise_url, redacted_url, scheme_of

__all__ = [
    "BAUD_CANDIDATES",
    "Backend",
    "MemoryTransport",
    "Parity",
    "PinLevel",
    "ReconnectPolicy",
    "SendGate",
    "Transport",
    "TransportProtocol",
    "TransportSettings",
    "keep_open",
    "memory_pair",
    "normalise_url",
    "redacted_url",
    "scheme_of",
    "transport_for_url",
]

Backend = Literal["serialx", "pyserial-asyncio"]
"""Who opens the port. pyserial-asyncio needs the extra ``lutron-dpm[pyserial-asyncio]``."""


def transport_for_url(
    url: str,
    settings: TransportSettings | None = None,
    *,
    backend: Backend = "serialx",
    gate: SendGate = SendGate.LISTEN,
) -> Transport:
    """Return the transport for a link, not yet open.

    Args:
        url: A device path, ``socket://host:port`` or ``tcp://host:port`` (raw octets),
            ``rfc2217://host:port``, ``esphome://host/?port_name=NAME``, or any other URL that
            serialx can open. Kept and opened as given.
        settings: Serial format and time limits; the defaults of `TransportSettings` if None.
        backend: Who opens the port.
        gate: LISTEN, unless the owner of the link has already allowed sending.

    Raises:
        UnsupportedSetting: The URL is none, the backend is unknown or not installed, or it
            cannot open this URL or use these settings.
    """
    if backend not in get_args(Backend):
        raise UnsupportedSetting("backend", backend, " or ".join(get_args(Backend)))
    if scheme_of(url) == "memory":
        raise UnsupportedSetting("url", url, "a link outside this process; see memory_pair()")
    if backend == "pyserial-asyncio":
        return PyserialAsyncioTransport(url, settings, gate=gate)
    return SerialxTransport(url, settings, gate=gate)
