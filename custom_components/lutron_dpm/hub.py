"""One link that is set up, and its modules, as the entities see them.

House rule: maps and passes on, never decides. What a module does, when it is lost and when its
state is fresh again is the library's business.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from dpm_core.client import (
    ClientEvent,
    ConnectionLost,
    ConnectionRestored,
    ConnectionState,
    DpmClient,
    ModuleAnnounced,
    ModuleLost,
    ModuleReturned,
    ModuleView,
)
from dpm_core.model import SerialNumber

from .keeper import ProgramKeeper
from .link import memory_folder, open_link
from .models import LinkConfig, ModuleConfig, modules_of
from .notices import Notices
from .options_flow import LinkOptions

type LutronDpmConfigEntry = ConfigEntry[Hub]

type ModuleListener = Callable[[ClientEvent | None], None]
"""Told of each event of a module, and of None when the link itself came or went."""


_LOGGER = logging.getLogger(__name__)

FIRST_LOOK_S: Final = 2.0
"""How long set-up waits for modules to answer, in seconds. Decided here: 99 of them do at 31250;
a module that does not is unavailable until it does, and holds nothing up."""


class Hub:
    """One link: its client, its modules, and who wants to hear of them."""

    client: DpmClient

    def __init__(self, hass: HomeAssistant, entry: LutronDpmConfigEntry) -> None:
        """Take what is stored about the link; nothing is opened yet."""
        self.hass = hass
        self.entry = entry
        self.config = LinkConfig.from_data(entry.data)
        self.options = LinkOptions.from_options(entry.options)
        self.modules = {
            subentry_id: Module(self, subentry_id, config)
            for subentry_id, config in modules_of(entry).items()
        }
        self.announced: set[SerialNumber] = set()
        """Modules whose Prog. button was pressed, set up or not."""
        # A subentry's unique ID is the serial number, so there is one module of each.
        self._by_serial = {module.serial: module for module in self.modules.values()}
        self.keeper = ProgramKeeper(self)
        self._listeners: dict[SerialNumber, list[ModuleListener]] = {}
        self._notices = Notices(self)
        self._open = AsyncExitStack()
        self._news = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether the link is open now."""
        return self.client.connection is ConnectionState.CONNECTED

    async def start(self) -> None:
        """Open the link and begin to listen.

        Raises:
            LinkError: It cannot be opened; nothing is left open.
        """
        async with AsyncExitStack() as opening:
            memory = memory_folder(self.hass, self.entry.entry_id)
            self.client = await opening.enter_async_context(
                open_link(self.config, self.options, memory)
            )
            for module in self.modules.values():
                self.client.add_module(module.serial)
            opening.callback(self.keeper.forget)
            opening.callback(self._notices.withdraw)
            opening.callback(self.client.subscribe(self._heard))
            for module in self.modules.values():
                self._look_at(module)
            await self._first_look()
            self._open = opening.pop_all()

    async def _first_look(self) -> None:
        """Wait a moment until every module was read, so that entities begin with a state."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_S):
                while not all(module.is_available for module in self.modules.values()):
                    self._news.clear()
                    await self._news.wait()

    async def stop(self) -> None:
        """Close the link; with a simulated one, that is a power failure of its modules."""
        await self._open.aclose()

    @callback
    def listen(self, serial: SerialNumber, listener: ModuleListener) -> CALLBACK_TYPE:
        """Call a listener for every event of a module; return what ends that."""
        listeners = self._listeners.setdefault(serial, [])
        listeners.append(listener)

        @callback
        def stop_listening() -> None:
            listeners.remove(listener)

        return stop_listening

    @callback
    def _heard(self, event: ClientEvent) -> None:
        self._news.set()
        match event:
            case ConnectionLost() | ConnectionRestored():
                self._notices.look_at_link()
                for module in self.modules.values():
                    self._pass_on(module, None)
            case ModuleAnnounced(serial=serial):
                self.announced.add(serial)
            case _:
                if concerned := self._by_serial.get(event.serial):
                    concerned.log(event)
                    self._pass_on(concerned, event)

    def _pass_on(self, module: Module, event: ClientEvent | None) -> None:
        self._look_at(module)
        for listener in tuple(self._listeners.get(module.serial, ())):
            listener(event)

    def _look_at(self, module: Module) -> None:
        self._notices.look_at(module)
        self.keeper.look_at(module)


class Module:
    """One module of a link that is set up."""

    def __init__(self, hub: Hub, subentry_id: str, config: ModuleConfig) -> None:
        """Take what is stored about the module."""
        self.hub = hub
        self.subentry_id = subentry_id
        self.config = config
        self.serial = config.serial

    def log(self, event: ClientEvent) -> None:
        """Say once that the module is gone, and once that it is back; a link says so itself."""
        if isinstance(event, ModuleLost):
            _LOGGER.info("%s (%s) does not answer any more", self.config.name, self.serial)
        elif isinstance(event, ModuleReturned):
            _LOGGER.info("%s (%s) answers again", self.config.name, self.serial)

    @property
    def client(self) -> DpmClient:
        """The client of its link."""
        return self.hub.client

    @property
    def view(self) -> ModuleView:
        """What is known of the module now."""
        return self.client.modules[self.serial]

    @property
    def is_available(self) -> bool:
        """Whether what is known of the module is true now.

        Without the project's own messages nobody can ask a module anything, so there its
        entities are there as long as it is not known to be gone.
        """
        if not (self.hub.is_connected and self.view.is_online):
            return False
        return self.view.is_fresh or not self.hub.config.may_extend
