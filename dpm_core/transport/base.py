"""What a transport is: octets to and from one link, and one gate that decides whether we may send.

House rule: a transport knows octets only. No frame, no address and no resend belongs here;
which messages may be sent, and when the line is free, is the client's business.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import Protocol

from dpm_core.errors import LinkUnavailable, SendingNotAllowed
from dpm_core.transport.urls import redacted_url

_LOGGER = logging.getLogger(__name__)


class SendGate(Enum):
    """Whether a transport may put octets on its link.

    A new transport only listens: nothing may disturb an installed link until its owner says so.
    Source: qs-link.md section 5, rule 3, and requirement E3.
    """

    LISTEN = "listen"
    SEND = "send"


class TransportProtocol(Protocol):
    """Who is told what happens on an open transport.

    Both calls come from the event loop, one at a time, and neither may raise or block.
    """

    def octets_received(self, octets: bytes) -> None:
        """Take the octets that arrived, in order, cut wherever the operating system cut them."""

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        """Learn that the transport is no longer open.

        Called exactly once for every `open()` that returned, and never from inside `write()`.

        Args:
            error: Why the link was lost, in plain words; None if our own `close()` ended it.
        """


class Transport(Protocol):
    """Octets over one link. The same object can be opened again after a loss or a `close()`."""

    @property
    def url(self) -> str:
        """Where the link is, to show to people and in logs; credentials are taken out."""

    @property
    def gate(self) -> SendGate:
        """Whether octets may be sent."""

    @property
    def is_open(self) -> bool:
        """Whether octets can be written and received now."""

    hides_octets: bool
    """Whether the log tells only how many octets pass: while credentials do. False at first."""

    def allow_sending(self) -> None:
        """Open the gate: from now on `write()` puts octets on the link."""

    async def open(self, handler: TransportProtocol) -> None:
        """Open the link; `handler` hears what arrives until the link is lost or closed.

        Cancelling gives the port back.

        Raises:
            LinkUnavailable: It could not be opened within `connect_timeout_s`, it is open
                already, or it was closed meanwhile.
        """

    def write(self, octets: bytes) -> None:
        """Put octets on the link, all of them in one call to the operating system.

        A frame given in one piece is therefore never cut by us. Whether the line is free to
        talk (it is half duplex) is for the caller to know.

        Raises:
            SendingNotAllowed: The gate is at LISTEN; nothing reached the wire.
            LinkUnavailable: The link is not open; nothing reached the wire.
        """

    async def drain(self) -> None:
        """Wait until the operating system took everything that was written.

        They may still be in its buffers then, or in a gateway's: add the time on the wire.

        Raises:
            LinkUnavailable: The link was lost before that, or took nothing for
                `write_timeout_s`, which ends the connection.
        """

    async def close(self) -> None:
        """Close the link within `close_timeout_s`; closing a closed one does nothing."""


class GatedTransport:
    """What every transport here has: a URL to show, and the gate."""

    def __init__(self, url: str, gate: SendGate) -> None:
        self._url = url
        self._shown_url = redacted_url(url)
        self._gate = gate
        self.hides_octets = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._shown_url} {self._gate.value}>"

    @property
    def url(self) -> str:
        """Where the link is, to show to people and in logs; credentials are taken out."""
        return self._shown_url

    @property
    def gate(self) -> SendGate:
        """Whether octets may be sent."""
        return self._gate

    def allow_sending(self) -> None:
        """Open the gate: from now on `write()` puts octets on the link."""
        self._gate = SendGate.SEND

    def _refuse_while_listening(self) -> None:
        if self._gate is not SendGate.SEND:
            raise SendingNotAllowed(self._shown_url)

    def log_sent(self, octets: bytes) -> None:
        """Show octets that go out, as hex, at debug level."""
        self._log("<", octets)

    def log_received(self, octets: bytes) -> None:
        """Show octets that came in, as hex, at debug level."""
        self._log(">", octets)

    def _log(self, sign: str, octets: bytes) -> None:
        if _LOGGER.isEnabledFor(logging.DEBUG):
            shown = f"({len(octets)} octets, not shown)" if self.hides_octets else octets.hex(" ")
            _LOGGER.debug("%s %s %s", self._shown_url, sign, shown)
