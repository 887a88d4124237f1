"""The connection to the link: opened once on request, and then kept up for ever.

A lost link is tried again at short distances that do not grow, and losing and regaining it are
told and logged once each. It is regained when somebody is heard on it, or it was not lost again at
once; until then it is used all the same. A link on which nobody answers any more is closed and
opened anew; it is regained only when somebody is heard again.

House rule: opening and closing only.

Source: requirement G2; distances: `ReconnectPolicy`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from dpm_core.client.events import ConnectionState
from dpm_core.errors import LinkUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from dpm_core.client.wire import Wire
    from dpm_core.transport import ReconnectPolicy

_LOGGER = logging.getLogger(__name__)


class Connection:
    """Keeps a wire open.

    Args:
        wire: What to open.
        url: Where it goes, for people.
        policy: Distances between attempts.
        on_lost: Told once why, when the link is lost.
        on_restored: Told once, when it is there again.
    """

    def __init__(
        self,
        wire: Wire,
        url: str,
        policy: ReconnectPolicy,
        on_lost: Callable[[LinkUnavailable], None],
        on_restored: Callable[[], None],
    ) -> None:
        self._wire = wire
        self._url = url
        self._policy = policy
        self._on_lost = on_lost
        self._on_restored = on_restored
        self._keeper: asyncio.Task[None] | None = None
        self._hung: asyncio.Future[LinkUnavailable] | None = None
        self._was_hung = False
        self.state = ConnectionState.CLOSED

    async def open(self) -> None:
        """Open the link, and keep it open from then on.

        Raises:
            LinkUnavailable: It cannot be opened, or it is open already.
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
        self._was_hung = False
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self._url} open")

    async def close(self) -> None:
        """Close the link for good; closing a closed one does nothing."""
        keeper, self._keeper = self._keeper, None
        self.state = ConnectionState.CLOSED
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        await self._wire.close()

    def heard(self) -> None:
        """Note that somebody was heard: the link works."""
        if self.state is ConnectionState.LOST:
            self._restored()

    def hung(self, silent_s: float) -> None:
        """Have the link opened anew: nobody has answered for a while."""
        if self._hung is not None and not self._hung.done():
            detail = f"nobody has answered for {silent_s:.0f} s"
            self._hung.set_result(LinkUnavailable(self._url, detail))

    # --- the task that keeps it -------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            try:
                await self._keep_once()
            except Exception:
                # A link must not die in silence, whatever a backend comes up with.
                _LOGGER.exception("Keeping the link at %s open has failed; it goes on", self._url)
                await asyncio.sleep(self._policy.max_delay_s)

    async def _keep_once(self) -> None:
        """Wait until the link is lost, and open it again."""
        self._hung = None
        if self._wire.is_open:
            self._hung = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._wire.ended, self._hung), return_when=asyncio.FIRST_COMPLETED)
        error = None
        if self._wire.ended.done():
            error = self._wire.ended.result()
        elif self._hung is not None and self._hung.done():
            error = self._hung.result()
            self._was_hung = True
            self._wire.lost_because = error.detail
            await self._wire.close()
        self._lost(error or LinkUnavailable(self._url, "it was closed"))
        await self._reopen()

    async def _reopen(self) -> None:
        """Open the link until it stays open."""
        loop = asyncio.get_running_loop()
        tried_at = loop.time()
        for delay_s in self._policy.delays():
            await asyncio.sleep(max(0.0, tried_at + delay_s - loop.time()))
            tried_at = loop.time()
            try:
                await self._wire.open()
            except LinkUnavailable as failure:
                _LOGGER.debug("%s", failure)
                continue
            if not self._was_hung:
                await asyncio.wait((self._wire.ended,), timeout=self._policy.settled_s)
            if self.state is ConnectionState.CONNECTED or not self._wire.ended.done():
                break
        if self.state is ConnectionState.LOST and not self._was_hung:
            self._restored()

    def _lost(self, error: LinkUnavailable) -> None:
        if self.state is ConnectionState.CONNECTED:
            self.state = ConnectionState.LOST
            _LOGGER.warning("%s It is opened again as soon as it is back.", error)
            self._on_lost(error)

    def _restored(self) -> None:
        self._was_hung = False
        self.state = ConnectionState.CONNECTED
        _LOGGER.info("The link at %s is back.", self._url)
        self._on_restored()
