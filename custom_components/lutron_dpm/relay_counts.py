"""What a module's relays have counted, read when they have moved.

A module does not report its counts by itself, and nothing is polled: they are read when somebody
follows them and the module is there, and again a moment after each movement.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from dpm_core.client import ModuleChanged, ModuleEvent
from dpm_core.errors import DpmError, NoReply

if TYPE_CHECKING:
    from .hub import Module

_LOGGER = logging.getLogger(__name__)

READ_AFTER_S: Final = 5.0
"""How long after a movement the counts are read, in seconds. Decided here: several movements in a
row are one question."""


class RelayCounts:
    """Reads the counts of one module for as long as anybody follows them."""

    _stop_listening: CALLBACK_TYPE

    def __init__(self, module: Module) -> None:
        """Belong to a module; nothing is read yet."""
        self._module = module
        self._followers = 0
        self._pending: CALLBACK_TYPE | None = None
        self._was_available = False

    @callback
    def follow(self) -> CALLBACK_TYPE:
        """Read the counts from now on; return what ends that."""
        self._followers += 1
        if self._followers == 1:
            self._stop_listening = self._module.listen(self._heard)
            self._was_available = self._module.is_available
            if self._was_available:
                self._ask()
        return self._leave

    @callback
    def _leave(self) -> None:
        self._followers -= 1
        if self._followers:
            return
        self._stop_listening()
        if self._pending:
            self._pending()
            self._pending = None

    @callback
    def _heard(self, event: ModuleEvent | None) -> None:
        is_available = self._module.is_available
        has_moved = isinstance(event, ModuleChanged) and event.view.zones != event.previous.zones
        if is_available and (has_moved or not self._was_available):
            self._ask_soon()
        self._was_available = is_available

    @callback
    def _ask_soon(self) -> None:
        if self._pending is None:
            self._pending = async_call_later(self._module.hub.hass, READ_AFTER_S, self._ask)

    @callback
    def _ask(self, _now: datetime | None = None) -> None:
        self._pending = None
        hub = self._module.hub
        hub.entry.async_create_background_task(
            hub.hass, self._read(), f"relay operations {self._module.address}"
        )

    async def _read(self) -> None:
        """Read them; the view that the entities show then has them."""
        try:
            client, serial = self._module.hub.link_client, self._module.config.wired_serial
            await client.read_counters(serial)
        except DpmError as error:
            _LOGGER.debug("The counts of %s were not read: %s", self._module.address, error)
            # A module that is gone is read again when it returns.
            if isinstance(error, NoReply) and self._followers and self._module.is_available:
                self._ask_soon()
