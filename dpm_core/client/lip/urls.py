"""Where a processor is, as a URL, and the transport that leads there.

    lip://lutron@192.168.1.10          by Telnet, port 23
    lip://lutron@panel.example:8023    through a serial server, or another port
    lip+serial:///dev/ttyUSB0          at a serial line

A password never stands in a URL: it would be in histories, logs and process lists.

House rule: what a URL means is decided here and nowhere else.

Source: integration-protocol.md 1.1, 1.3; the schemes are decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from dpm_core.errors import UnsupportedSetting
from dpm_core.transport import SendGate, Transport, TransportSettings, transport_for_url

TELNET_SCHEME: Final = "lip"
SERIAL_SCHEME: Final = "lip+serial"
TELNET_PORT: Final = 23
"""Source: integration-protocol.md 1.1."""

SERIAL_BAUD: Final = 9600
"""Bits per second of a serial line. Source: integration-protocol.md 1.3: not verified."""

CONNECT_TIMEOUT_S: Final = 3.0
"""Longest attempt to reach a processor by TCP, in seconds. Decided here: it is on the same subnet,
and an attempt that hangs keeps the next one waiting."""

_EXPECTED: Final = "lip://USER@HOST, lip://USER@HOST:PORT or lip+serial:///dev/PORT"


def is_processor_url(url: str) -> bool:
    """Return whether a URL leads to a processor."""
    return url.strip().lower().startswith((f"{TELNET_SCHEME}://", f"{SERIAL_SCHEME}://"))


@dataclass(frozen=True, slots=True)
class ProcessorUrl:
    """Where a processor is.

    Attributes:
        user: Who logs in; empty where the URL does not say.
        host: Name or address; None at a serial line.
        port: TCP port, or 0.
        device: Path of the serial port, or what serialx can open; None by Telnet.
    """

    user: str
    host: str | None
    port: int
    device: str | None

    def __str__(self) -> str:
        if self.host is None:
            return f"{SERIAL_SCHEME}://{self.device}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{TELNET_SCHEME}://{host}" + (f":{self.port}" if self.port != TELNET_PORT else "")

    @property
    def link_url(self) -> str:
        """What the transport opens."""
        if self.host is None:
            return str(self.device)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"socket://{host}:{self.port}"


def parse_processor_url(url: str) -> ProcessorUrl:
    """Return what a URL says.

    Raises:
        UnsupportedSetting: It leads to no processor, or has a password in it; the password is not
            in the error.
    """
    text = url.strip()
    scheme, _, rest = text.partition("://")
    user = ""
    if scheme.lower() == SERIAL_SCHEME:
        user, at, device = rest.rpartition("@")
        if ":" in user and at:
            raise _has_password()
        if not device or not device.isprintable():
            raise UnsupportedSetting("url", _EXPECTED if at else text, _EXPECTED)
        return ProcessorUrl(unquote(user), None, 0, device)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnsupportedSetting("url", "(not readable)", _EXPECTED) from error
    if parts.password is not None:
        raise _has_password()
    if (
        scheme.lower() != TELNET_SCHEME
        or not host
        or parts.path.strip("/")
        or not text.isprintable()
    ):
        raise UnsupportedSetting("url", "(another)" if "@" in rest else text, _EXPECTED)
    return ProcessorUrl(unquote(parts.username or ""), host, port or TELNET_PORT, None)


def transport_for_processor(
    place: ProcessorUrl, settings: TransportSettings | None = None
) -> Transport:
    """Return the transport to a processor, not yet open.

    It may send from the start: nothing works without a login, and the protocol is made for it.

    Args:
        place: Where the processor is.
        settings: Serial format and time limits; 9600 8N1 and `CONNECT_TIMEOUT_S` if None.

    Raises:
        UnsupportedSetting: Nothing here can open it.
    """
    if settings is None:
        settings = TransportSettings(baud=SERIAL_BAUD, connect_timeout_s=CONNECT_TIMEOUT_S)
    return transport_for_url(place.link_url, settings, gate=SendGate.SEND)


def _has_password() -> UnsupportedSetting:
    return UnsupportedSetting(
        "url", "(one with a password)", f"{_EXPECTED}, without a password: it would be seen"
    )
