"""One opened connection, and the transports that sit on an asyncio transport.

The backends differ in what they call, when, and how they fail. This file turns that into the
promises of `base.py`: a bounded opening that can be cancelled, octets in order, one loss, a
bounded closing. A backend adds only how it opens its port.
"""

from __future__ import annotations

import abc
import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from dpm_core.errors import LinkUnavailable
from dpm_core.transport.base import (
    GatedTransport,
    SendGate,
    TransportProtocol,
)
from dpm_core.transport.failures import link_lost, opening_failed
from dpm_core.transport.urls import DEVICE_SCHEMES, checked_url, scheme_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dpm_core.transport.settings import TransportSettings

_GRACEFUL_SHARE: Final = 0.75
"""Part of `close_timeout_s` given to octets still unsent, before they are thrown away."""

_OPENING_SHARE: Final = 0.25
"""Part of `close_timeout_s` given to a local port that is just being opened, before that is
cancelled."""


class Connection(asyncio.Protocol):
    """From one opening to its end. asyncio calls it; it calls the handler."""

    def __init__(
        self,
        url: str,
        handler: TransportProtocol,
        abort_timeout_s: float,
        log_received: Callable[[bytes], None],
    ) -> None:
        self._url = url
        self._log_received = log_received
        self._handler = handler
        self._abort_timeout_s = abort_timeout_s
        self._backend: asyncio.Transport | None = None
        self._early = bytearray()
        self._is_live = False
        self._is_ending = False
        self._is_closed_by_us = False
        self._failure: LinkUnavailable | None = None
        self._ended = asyncio.Event()
        self._fallback: asyncio.TimerHandle | None = None
        self._taken = asyncio.Event()
        self._taken.set()
        self._handed = 0
        self._is_writing = False

    # --- our side --------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether octets can be written and received now."""
        backend = self._backend
        return (
            self._is_live
            and not self._is_ending
            and backend is not None
            and not backend.is_closing()
        )

    def attach(self, backend: asyncio.Transport) -> None:
        """Take the asyncio transport that a backend opened for this connection."""
        self._backend = backend
        if self._ended.is_set():
            return
        # From the first octet that waits: `drained()` is about all of them, not about a mark.
        # An ESPHome proxy has no such limit: it hands every write to the API connection.
        with contextlib.suppress(NotImplementedError):
            backend.set_write_buffer_limits(high=0)

    def go_live(self) -> None:
        """Begin to owe the handler its octets and its one loss.

        Raises:
            LinkUnavailable: The connection ended before its opening was complete.
        """
        if self._is_closed_by_us:
            raise closed_while_opening(self._url)
        if self._ended.is_set():
            raise self._failure or link_lost(self._url, None)
        self._is_live = True
        if self._early:
            early, self._early = bytes(self._early), bytearray()
            self._handler.octets_received(early)

    def write(self, octets: bytes) -> None:
        """Hand octets to the backend in one piece; raises what the backend raises."""
        backend = self._backend
        assert backend is not None
        self._handed += len(octets)
        self._is_writing = True
        try:
            backend.write(octets)
        finally:
            self._is_writing = False
        if backend.is_closing():
            # serialx notices some losses here and says nothing: the octets went nowhere.
            raise LinkUnavailable(self._url, "it was lost while it was written to")

    async def drained(self, stall_timeout_s: float) -> None:
        """Wait until nothing waits any more; end the connection when nothing moves."""
        while not self._taken.is_set():
            taken = self._octets_taken()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(stall_timeout_s):
                    await self._taken.wait()
            if not self._taken.is_set() and self._octets_taken() <= taken:
                detail = f"it took no octets for {stall_timeout_s:g} s"
                raise self.fail(LinkUnavailable(self._url, detail))
        if not self.is_open:
            raise LinkUnavailable(self._url, "it was lost before it took all octets")

    def take_back(self) -> None:
        """Decide that this connection is not wanted (any more): from now on it hears nothing."""
        self._is_closed_by_us = True
        self._is_ending = True

    async def close(self, timeout_s: float) -> None:
        """End the connection: unsent octets get a part of the time, then it is broken off."""
        self.take_back()
        if self._backend is None or self._ended.is_set():
            return
        self._backend.close()
        try:
            async with asyncio.timeout(timeout_s * _GRACEFUL_SHARE):
                await self._ended.wait()
        except TimeoutError:
            self._abort_timeout_s = timeout_s * (1 - _GRACEFUL_SHARE)
            self.abort()
            await self._ended.wait()
        except asyncio.CancelledError:
            self.abort()
            raise

    def fail(self, failure: LinkUnavailable) -> LinkUnavailable:
        """Break the connection off; the handler will be told `failure`, which is returned."""
        if self._failure is None and not self._is_closed_by_us:
            self._failure = failure
        self.abort()
        return failure

    def abort(self) -> None:
        """Break the connection off; it has ended within the abort time whatever happens."""
        self._is_ending = True
        if self._fallback is not None or self._ended.is_set():
            return
        loop = asyncio.get_running_loop()
        # A port whose driver will not let go must not keep us from trying again.
        self._fallback = loop.call_later(self._abort_timeout_s, self.connection_lost, None)
        # Not at once: pyserial-asyncio fails when an end that it already planned is repeated.
        loop.call_soon(self._abort_unless_ended)

    async def wait_ended(self) -> None:
        """Wait until the backend has given the port back; at once if it never had it."""
        if self._backend is not None:
            await self._ended.wait()

    def _abort_unless_ended(self) -> None:
        if self._backend is not None and not self._ended.is_set():
            self._backend.abort()

    def _octets_taken(self) -> int:
        assert self._backend is not None
        return self._handed - self._backend.get_write_buffer_size()

    # --- asyncio's side --------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Pass octets on; keep them while the opening is not complete."""
        if self._is_ending:
            return
        self._log_received(data)
        if self._is_live:
            self._handler.octets_received(bytes(data))
        else:
            self._early += data

    def pause_writing(self) -> None:
        """Learn that octets wait to be taken."""
        self._taken.clear()

    def resume_writing(self) -> None:
        """Learn that all were taken."""
        self._taken.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the handler, once, that the connection is over."""
        if self._is_writing:
            # A backend that notices the loss in write() must not surprise our caller there.
            asyncio.get_running_loop().call_soon(self.connection_lost, exc)
            return
        if self._ended.is_set():
            return
        self._is_ending = True
        self._ended.set()
        self._taken.set()
        if self._fallback is not None:
            self._fallback.cancel()
        if not self._is_closed_by_us and self._failure is None:
            self._failure = link_lost(self._url, exc)
        if self._is_live:
            self._handler.connection_lost(self._failure)


class _Hidden(bytes):
    """Octets that a backend may log, as serialx does at debug level, and nobody may read there."""

    def __repr__(self) -> str:
        return f"({len(self)} octets, not shown)"

    __str__ = __repr__


class StreamTransport(GatedTransport, abc.ABC):
    """A transport whose octets flow through an asyncio transport."""

    _failures: tuple[type[BaseException], ...] = (OSError, TimeoutError, ValueError)
    """What the backend raises when the world is unkind; anything else passes through."""

    def __init__(self, url: str, settings: TransportSettings, gate: SendGate) -> None:
        super().__init__(checked_url(url), gate)
        self._settings = settings
        self._connection: Connection | None = None
        self._opening: asyncio.Task[None] | None = None

    @abc.abstractmethod
    async def _connect(self, connection: Connection) -> asyncio.Transport:
        """Open the port for `connection`; on failure or cancellation leave nothing open."""

    @property
    def settings(self) -> TransportSettings:
        """The serial format and the time limits."""
        return self._settings

    @property
    def is_open(self) -> bool:
        """Whether octets can be written and received now."""
        return self._connection is not None and self._connection.is_open

    async def open(self, handler: TransportProtocol) -> None:
        """Open the link, within `connect_timeout_s`; see `Transport.open`."""
        if self.is_open or self._opening is not None:
            raise LinkUnavailable(self.url, "it is open already")
        connection = Connection(
            self.url, handler, self._settings.close_timeout_s, self.log_received
        )
        opening = asyncio.get_running_loop().create_task(
            self._open_for(connection, self._connection), name=f"open {self.url}"
        )
        self._opening, self._connection = opening, connection
        try:
            # A task of its own: a backend that is slow to clean up must not hold us longer.
            await asyncio.wait({opening}, timeout=self._settings.connect_timeout_s)
            self._judge(opening)
            connection.go_live()
        except BaseException:
            await self._give_up(opening, connection)
            raise
        finally:
            self._opening = None

    def write(self, octets: bytes) -> None:
        """Put octets on the link in one piece; see `Transport.write`."""
        self._refuse_while_listening()
        connection = self._open_connection()
        if not octets:
            return
        self.log_sent(octets)
        try:
            connection.write(_Hidden(octets) if self.hides_octets else bytes(octets))
        except self._failures as error:
            raise connection.fail(link_lost(self._url, error)) from error

    async def drain(self) -> None:
        """Wait until the operating system took everything; see `Transport.drain`."""
        await self._open_connection().drained(self._settings.write_timeout_s)

    async def close(self) -> None:
        """Close the link, within `close_timeout_s`; see `Transport.close`."""
        connection, opening = self._connection, self._opening
        if connection is None:
            return
        if opening is not None:
            await self._give_up(opening, connection)
        else:
            await connection.close(self._settings.close_timeout_s)

    def _open_connection(self) -> Connection:
        connection = self._connection
        if connection is None or not connection.is_open:
            raise LinkUnavailable(self.url, "it is not open")
        return connection

    async def _open_for(self, connection: Connection, previous: Connection | None) -> None:
        if previous is not None:
            # The port may still be locked by our own last connection.
            await previous.wait_ended()
        connection.attach(await self._connect(connection))

    def _judge(self, opening: asyncio.Task[None]) -> None:
        """Raise what kept an opening from succeeding."""
        if not opening.done():
            limit_s = self._settings.connect_timeout_s
            raise LinkUnavailable(self.url, f"it could not be opened within {limit_s:g} s")
        if opening.cancelled():
            raise closed_while_opening(self.url)
        error = opening.exception()
        if isinstance(error, self._failures):
            raise opening_failed(self._url, error) from error
        if error is not None:
            raise error

    async def _give_up(self, opening: asyncio.Task[None], connection: Connection) -> None:
        """Take an opening back, and wait for its port within `close_timeout_s`."""

        def abort_late(late: asyncio.Task[None]) -> None:
            if not late.cancelled() and late.exception() is None:
                connection.abort()

        timeout_s = self._settings.close_timeout_s
        connection.take_back()
        if scheme_of(self._url) in DEVICE_SCHEMES:
            # A local port opens or fails in a moment. serialx shields that, and Python 3.14
            # tells the application of every shielded failure whose waiter was cancelled.
            await asyncio.wait({opening}, timeout=_OPENING_SHARE * timeout_s)
        opening.cancel()
        opening.add_done_callback(abort_late)
        done, _ = await asyncio.wait({opening}, timeout=timeout_s)
        if done:
            await connection.close(timeout_s)


def closed_while_opening(url: str) -> LinkUnavailable:
    """Return why an opening ended that our own `close()` took back."""
    return LinkUnavailable(url, "it was closed while it was being opened")
