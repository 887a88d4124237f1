"""Keeps what each module says about itself where Home Assistant finds it at the next start.

Names of zones and the kind of the CCO make entities, and a module that is off when Home Assistant
starts must have its entities all the same; so the program is stored with the module's subentry.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from .models import CONF_PROGRAM
from .stored_program import program_as_data

if TYPE_CHECKING:
    from .hub import Hub, Module

SETTLE_S: Final = 1.0
"""How long a program must rest before it is stored, in seconds: it is read name by name, and
storing it reloads the link. Decided here."""


class ProgramKeeper:
    """Stores the programs of one link's modules."""

    def __init__(self, hub: Hub) -> None:
        """Start with what is stored."""
        self._hub = hub
        self._pending: dict[str, CALLBACK_TYPE] = {}
        self._held: set[str] = set()

    @callback
    def look_at(self, module: Module) -> None:
        """Store a program that differs from the stored one, once it rests."""
        if cancel := self._pending.pop(module.subentry_id, None):
            cancel()
        program = module.view.program
        if program in (None, module.config.program) or module.subentry_id in self._held:
            return

        @callback
        def store(_now: datetime) -> None:
            del self._pending[module.subentry_id]
            self._store(module)

        self._pending[module.subentry_id] = async_call_later(self._hub.hass, SETTLE_S, store)

    @contextmanager
    def held(self, subentry_id: str) -> Iterator[None]:
        """Store nothing of a module that is being programmed: the link must not reload now."""
        self._held.add(subentry_id)
        if cancel := self._pending.pop(subentry_id, None):
            cancel()
        try:
            yield
        finally:
            self._held.discard(subentry_id)
            self.look_at(self._hub.modules[subentry_id])

    @callback
    def forget(self) -> None:
        """Store nothing any more: the link is being closed."""
        for cancel in self._pending.values():
            cancel()
        self._pending.clear()

    def _store(self, module: Module) -> None:
        """Store a module's program; the update listener of the entry then reloads it."""
        program = module.view.program
        subentry = self._hub.entry.subentries.get(module.subentry_id)
        if program is None or subentry is None:
            return
        self._hub.hass.config_entries.async_update_subentry(
            self._hub.entry,
            subentry,
            data={**subentry.data, CONF_PROGRAM: program_as_data(program)},
        )
