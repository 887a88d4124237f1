"""The project of a processor while its link runs: read, followed when it changes, and stored.

After a transfer an id may stand for another load. So modules count as gone from the moment that a
changed project is heard of until it was read; what their outputs are called now is then stored,
which reloads the link where it makes a difference.

House rule: reading and storing only; how an output is found again is in `following.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import callback

from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import ProcessorProject

from .following import Followed, follow, follow_wallstations
from .models import ModuleConfig, modules_of
from .project_reading import ProjectUnreadable, fetch_processor_project
from .project_words import cco_type_of
from .wallstations import stored_wallstations

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

FIRST_READ_S: Final = 10.0
"""How long set-up waits for the project, in seconds. Decided here: large ones take a few; an old
one that comes later is followed then."""

AGAIN_S: Final = (0.0, 2.0, 5.0, 15.0, 30.0)
"""Waits before each attempt to read a changed project, in seconds. Decided here: a processor
serves its database a little later than its sessions."""


class ProjectWatch:
    """What is known of the project of one processor."""

    def __init__(self, hub: Hub) -> None:
        """Start with nothing known."""
        self._hub = hub
        self.project: ProcessorProject | None = None
        """The project as it was read last; None where it never could be."""

        self.is_settled = True
        """Whether the stored ids are those of the present project, as far as can be known."""

        self.missing: dict[str, Mapping[IntegrationId, str]] = {}
        """What the project has no more, of each module or wallstation by its subentry: ids and names."""

        self.why_unread: str | None = None
        """Why a changed project could not be read; None while all is well."""

        self._reading: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Read the project before the modules are added, and wait for it a moment."""
        self._read_again((0.0,))
        assert self._reading
        await asyncio.wait([self._reading], timeout=FIRST_READ_S)
        # What was found so early is in the entry already, and the modules are taken from there.
        self.is_settled = True

    @callback
    def changed(self) -> None:
        """Read the project again: the processor says that it is another one."""
        _LOGGER.info("The project of %s has changed, and is read again", self._hub.entry.title)
        self.is_settled = False
        self._read_again(AGAIN_S)

    async def stop(self) -> None:
        """Read no more."""
        reading, self._reading = self._reading, None
        if reading:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading

    @callback
    def _read_again(self, waits_s: tuple[float, ...]) -> None:
        if self._reading:
            self._reading.cancel()
        self._reading = self._hub.entry.async_create_background_task(
            self._hub.hass, self._read(waits_s), f"project of {self._hub.entry.title}"
        )

    async def _read(self, waits_s: tuple[float, ...]) -> None:
        must_know, error = not self.is_settled, None
        for wait_s in waits_s:
            await asyncio.sleep(wait_s)
            try:
                self.project = await fetch_processor_project(self._hub.hass, self._hub.config)
            except ProjectUnreadable as failure:
                error = failure
            else:
                error = None
                break
        has_stored = lacks_others = False
        if error is None:
            self.why_unread = None
            has_stored, lacks_others = self._follow()
        elif must_know:
            self.why_unread = str(error)
            _LOGGER.warning(
                "The changed project of %s cannot be read: %s", self._hub.entry.title, error
            )
        # With other ids the link starts anew; until then what runs here is out of date.
        self.is_settled = not (has_stored or lacks_others)
        self._hub.project_was_read()
        # What was stored reloads the link by itself.
        if lacks_others and not has_stored and self._hub.is_started:
            self._hub.hass.config_entries.async_schedule_reload(self._hub.entry.entry_id)

    @callback
    def _follow(self) -> tuple[bool, bool]:
        """Find every module's outputs, and every wallstation, in the project.

        Returns:
            Whether any is another one now, and was stored; and whether others are missing now.
        """
        assert self.project
        before, self.missing = self.missing, {}
        has_stored = False
        for subentry_id, module in modules_of(self._hub.entry).items():
            assert module.outputs
            found = follow(module.outputs, self.project)
            if found.missing:
                self.missing[subentry_id] = found.missing
            if found.outputs != module.outputs:
                has_stored = True
                self._store_outputs(subentry_id, module, found)
        wallstations = stored_wallstations(self._hub.entry)
        followed = follow_wallstations(
            {key: wallstation.stored for key, wallstation in wallstations.items()}, self.project
        )
        for subentry_id, wallstation in wallstations.items():
            there = followed[subentry_id]
            if there is None:
                self.missing[subentry_id] = {wallstation.stored.device: wallstation.stored.label}
            elif there != wallstation.stored:
                has_stored = True
                data = replace(wallstation, stored=there).as_data()
                self._store(subentry_id, wallstation.name, data)
        return has_stored, before != self.missing

    @callback
    def _store_outputs(self, subentry_id: str, config: ModuleConfig, found: Followed) -> None:
        """Store a module's outputs as the project has them now."""
        assert self.project
        program = config.program
        cco = found.outputs.cco
        if cco and (cco_type := cco_type_of(self.project, cco.number)):
            program = replace(program, cco_type=cco_type)
        data = replace(config, outputs=found.outputs, program=program).as_data()
        self._store(subentry_id, config.name, data)

    @callback
    def _store(self, subentry_id: str, name: str, data: Mapping[str, Any]) -> None:
        _LOGGER.info("%s has other ids or names in the changed project", name)
        entry = self._hub.entry
        self._hub.hass.config_entries.async_update_subentry(
            entry, entry.subentries[subentry_id], data=dict(data)
        )
