"""Where a simulated link can be reached: the words of `--listen`.

    pty:PATH             a serial port: PATH becomes a link to a pseudo-terminal
    tcp:HOST:PORT        raw octets over TCP, as many gateways carry them
    rfc2217:HOST:PORT    octets over Telnet with the serial port options of RFC 2217

House rule: words only; the servers are in `server.py` and `rfc2217.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dpm_core.errors import UnsupportedSetting

_ALLOWED = (
    "pty:PATH, tcp:HOST:PORT or rfc2217:HOST:PORT, with a port from 0 (any free one) to 65535"
)


@dataclass(frozen=True, slots=True)
class PtyAddress:
    """A pseudo-terminal behind a symbolic link.

    Attributes:
        path: Where the symbolic link appears.
    """

    path: Path


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A TCP port.

    Attributes:
        host: Name or address to listen at.
        port: 0 for any free one.
        is_rfc2217: Whether Telnet with RFC 2217 is spoken, instead of raw octets.
    """

    host: str
    port: int
    is_rfc2217: bool

    def url(self, port: int) -> str:
        """Return what a program opens, given the port that was found."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'rfc2217' if self.is_rfc2217 else 'socket'}://{host}:{port}"


ListenAddress = PtyAddress | TcpAddress


def parse_listen(text: str) -> ListenAddress:
    """Return the address that one `--listen` option names.

    Raises:
        UnsupportedSetting: It names none.
    """
    kind, _, rest = text.partition(":")
    if kind == "pty" and rest and "\0" not in rest:
        return PtyAddress(Path(rest))
    host, _, port = rest.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif set(host) & set(":/"):
        host = ""
    is_port = port.isascii() and port.isdigit() and int(port) <= 0xFFFF
    if kind not in ("tcp", "rfc2217") or not host or not is_port:
        raise UnsupportedSetting("listen", text, _ALLOWED)
    return TcpAddress(host, int(port), is_rfc2217=kind == "rfc2217")
