"""The connection to a processor: opened once on request, and then kept up for ever.

A processor that is away is tried again at short distances that do not grow. One that refused the
login is asked again only after minutes, by chance sooner or later, for wrong logins lock it. Each
cause has its own error; it is told and logged once when the connection is lost, once more when
the cause becomes another one, and the return once.

House rule: opening, closing and naming the cause only.

Source: requirement G2; integration-protocol.md 1.2, 6.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
from typing import TYPE_CHECKING

from dpm_core.client.events import ConnectionState
from dpm_core.errors import (
    DatabaseTransfer,
    LinkUnavailable,
    LoginRefused,
    SafeMode,
    SessionTaken,
    WrongPrompt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dpm_core.client.lip.settings import ProcessorSettings
    from dpm_core.client.lip.wire import LipWire

_LOGGER = logging.getLogger(__name__)


class LipConnection:
    """Keeps a session at a processor.

    Args:
        wire: What to open.
        url: Where it goes, for people.
        settings: Distances between attempts.
        on_lost: Told why, when the session is lost, and again when the cause is another one.
        on_restored: Told once, when there is a session again.
    """

    def __init__(
        self,
        wire: LipWire,
        url: str,
        settings: ProcessorSettings,
        on_lost: Callable[[LinkUnavailable], None],
        on_restored: Callable[[], None],
    ) -> None:
        self._wire = wire
        self._url = url
        self._settings = settings
        self._on_lost = on_lost
        self._on_restored = on_restored
        self._keeper: asyncio.Task[None] | None = None
        self._short_sessions = 0
        self._ended_at: float | None = None
        self.state = ConnectionState.CLOSED
        self.trouble: LinkUnavailable | None = None
        """Why nothing can be done now; None while all is well."""

    async def open(self) -> None:
        """Log in, and keep a session from then on.

        Raises:
            LinkUnavailable: That is not possible (its class says why), or it is open already.
        """
        if self.state is not ConnectionState.CLOSED:
            raise LinkUnavailable(self._url, "it is open already")
        self.state = ConnectionState.CONNECTING
        try:
            await self._wire.open()
        except BaseException:
            self.state = ConnectionState.CLOSED
            raise
        self.state = ConnectionState.CONNECTED
        self._keeper = asyncio.create_task(self._keep(), name=f"keep a session at {self._url}")

    async def close(self) -> None:
        """End the session for good; closing a closed one does nothing."""
        keeper, self._keeper = self._keeper, None
        self.state = ConnectionState.CLOSED
        self.trouble = None
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        await self._wire.close()

    def lost(self, error: LinkUnavailable) -> None:
        """Say that nothing can be done, and why; the same cause is said once."""
        is_new = self.trouble is None or type(self.trouble) is not type(error)
        self.trouble = error
        if self.state is ConnectionState.CLOSED or not is_new:
            return
        self.state = ConnectionState.LOST
        _LOGGER.warning("%s It is tried again until it works.", error)
        self._on_lost(error)

    def restored(self) -> None:
        """Say that all is well again."""
        if self.state is ConnectionState.LOST:
            self.trouble = None
            self.state = ConnectionState.CONNECTED
            _LOGGER.info("The processor at %s is back.", self._url)
            self._on_restored()

    # --- the task that keeps it -------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            try:
                await self._keep_once()
            except Exception:
                # A session must not die in silence, whatever a backend comes up with.
                _LOGGER.exception("Keeping the session at %s has failed; it goes on", self._url)
                await asyncio.sleep(self._settings.reconnect.max_delay_s)

    async def _keep_once(self) -> None:
        """Wait until the session is over, and get another one."""
        error = await asyncio.shield(self._wire.ended)
        await self._wire.close()
        self._count_short(error)
        is_fight = self._short_sessions >= self._settings.short_sessions
        self.lost(SessionTaken(self._url) if is_fight else error)
        await self._reopen(is_fight=is_fight)
        self.restored()

    def _count_short(self, error: LinkUnavailable) -> None:
        """Note whether the processor ended a session that had hardly begun."""
        now = asyncio.get_running_loop().time()
        self._ended_at = now
        is_short = now - self._wire.logged_in_at < self._settings.short_session_s
        is_theirs = self._wire.was_ended_by_them(error)
        self._short_sessions = self._short_sessions + 1 if is_short and is_theirs else 0

    async def _reopen(self, *, is_fight: bool) -> None:
        loop = asyncio.get_running_loop()
        refused = self._settings.refused.delays()
        delays = refused if is_fight else self._settings.reconnect.delays()
        delay_s = next(delays)
        tried_at = loop.time()
        while True:
            await asyncio.sleep(max(0.0, tried_at + delay_s - loop.time()))
            tried_at = loop.time()
            try:
                await self._wire.open()
            except LinkUnavailable as failure:
                _LOGGER.debug("%s", failure)
                self.lost(self._cause_of(failure))
                delays = self._delays_after(failure, delays, refused)
                delay_s = next(delays)
            else:
                return

    def _delays_after(
        self, failure: LinkUnavailable, delays: Iterator[float], refused: Iterator[float]
    ) -> Iterator[float]:
        """Return the distances that go on after a failure."""
        if isinstance(failure, LoginRefused):
            return refused
        if isinstance(failure, (SafeMode, WrongPrompt)):
            return iter(lambda: self._settings.not_ready_delay_s, None)
        if isinstance(failure, SessionTaken):
            return iter(lambda: self._settings.reconnect.max_delay_s, None)
        return self._settings.reconnect.delays() if delays is refused else delays

    def _cause_of(self, failure: LinkUnavailable) -> LinkUnavailable:
        """Tell a processor that takes no session for a while from one that is not there."""
        if self._ended_at is None or not _is_refusal(failure):
            return failure
        away_s = asyncio.get_running_loop().time() - self._ended_at
        if away_s > self._settings.transfer_s:
            return failure
        transfer = DatabaseTransfer(self._url)
        transfer.__cause__ = failure
        return transfer


def _is_refusal(failure: BaseException) -> bool:
    """Return whether a host is there, and nobody on it listens."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED:
            return True
        cause = cause.__cause__ or cause.__context__
    return False
