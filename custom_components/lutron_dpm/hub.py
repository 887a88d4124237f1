"""One link that is set up, and its modules, as the entities see them.

House rule: maps and passes on, never decides. What a module does, when it is lost and when its
state is fresh again is the library's business.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
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
    ModuleChanged,
    ModuleClient,
    ModuleEvent,
    ModuleLost,
    ModuleReturned,
    ModuleView,
    ProcessorClient,
    ProjectChanged,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
    ZoneSwitched,
)
from dpm_core.errors import LinkUnavailable, LoginRefused
from dpm_core.model import ModuleAddress

from .keeper import ProgramKeeper
from .link import add_module, memory_folder, open_link, open_processor
from .load_notices import LoadNotices
from .models import LinkConfig, ModuleConfig, modules_of
from .notices import Notices
from .options_flow import LinkOptions
from .project import ProjectWatch
from .wallstations import Wallstation, WallstationEvent, stored_wallstations

type LutronDpmConfigEntry = ConfigEntry[Hub]

type ModuleListener = Callable[[ModuleEvent | None], None]
"""Told of changes or events of a module, and of None when the link itself came or went."""

type WallstationListener = Callable[[WallstationEvent | None], None]
"""Told of each event of a wallstation, and of None when the link itself came or went."""


_LOGGER = logging.getLogger(__name__)

FIRST_LOOK_S: Final = 2.0
"""How long set-up waits for modules to answer, in seconds. Decided here: 99 of them do at 31250;
a module that does not is unavailable until it does, and holds nothing up."""


class Hub:
    """One link: its client, its modules, and who wants to hear of them."""

    client: ModuleClient

    def __init__(self, hass: HomeAssistant, entry: LutronDpmConfigEntry) -> None:
        """Take what is stored about the link; nothing is opened yet."""
        self.hass = hass
        self.entry = entry
        self.config = LinkConfig.from_data(entry.data)
        self.options = LinkOptions.from_options(entry.options)
        self.announced: set[ModuleAddress] = set()
        """Modules whose Prog. button was pressed, set up or not."""
        self.trouble: LinkUnavailable | None = None
        """Why the link is gone; None while it is there."""
        self.project = ProjectWatch(self)
        self._take_what_is_stored()
        self.keeper = ProgramKeeper(self)
        self._wallstation_listeners: dict[ModuleAddress, list[WallstationListener]] = {}
        self._notices = Notices(self)
        self._load_notices = LoadNotices(hass)
        self._open = AsyncExitStack()
        self.is_started = False
        self._news = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether the link is open now."""
        return self.client.connection is ConnectionState.CONNECTED

    @property
    def link_client(self) -> DpmClient:
        """The client, where the modules are on their own link: it can do more there."""
        assert isinstance(self.client, DpmClient)
        return self.client

    @property
    def processor_client(self) -> ProcessorClient:
        """The client, where a processor is in between: it knows wallstations."""
        assert isinstance(self.client, ProcessorClient)
        return self.client

    def _take_what_is_stored(self) -> None:
        """Take modules and wallstations as they are stored, and as the project has them."""
        self.modules = {
            subentry_id: Module(
                self,
                subentry_id,
                replace(config, lacking=frozenset(self.project.missing.get(subentry_id, ()))),
            )
            for subentry_id, config in modules_of(self.entry).items()
        }
        self._by_address: dict[ModuleAddress, Module] = {
            module.address: module for module in self.modules.values()
        }
        self.wallstations = {
            subentry_id: Wallstation(self, subentry_id, wallstation)
            for subentry_id, wallstation in stored_wallstations(self.entry).items()
        }
        self._by_device: dict[ModuleAddress, Wallstation] = {
            one.device: one for one in self.wallstations.values()
        }

    async def start(self) -> None:
        """Open the link and begin to listen.

        Raises:
            LinkError: It cannot be opened; nothing is left open.
        """
        async with AsyncExitStack() as opening:
            if self.config.is_processor:
                self.client = await opening.enter_async_context(
                    open_processor(self.config, self.options)
                )
                opening.push_async_callback(self.project.stop)
                await self.project.begin()
                self._take_what_is_stored()
            else:
                memory = memory_folder(self.hass, self.entry.entry_id)
                self.client = await opening.enter_async_context(
                    open_link(self.config, self.options, memory)
                )
            for module in self.modules.values():
                add_module(self.client, module.config)
            opening.callback(self.keeper.forget)
            opening.callback(self._notices.withdraw)
            opening.callback(self._load_notices.withdraw)
            opening.callback(self.client.subscribe(self._heard))
            self.is_started = True
            self._notices.look_at_project()
            for module in self.modules.values():
                self._look_at(module)
            for wallstation in self.wallstations.values():
                wallstation.is_told_available = wallstation.is_available
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
    def listen_to_wallstation(
        self, device: ModuleAddress, listener: WallstationListener
    ) -> CALLBACK_TYPE:
        """Call a listener for every event of a wallstation; return what ends that."""
        listeners = self._wallstation_listeners.setdefault(device, [])
        listeners.append(listener)

        @callback
        def stop_listening() -> None:
            listeners.remove(listener)

        return stop_listening

    @callback
    def _heard(self, event: ClientEvent) -> None:
        self._news.set()
        match event:
            # What comes most often goes first: every command is followed by both.
            case ModuleChanged() | ZoneSwitched():
                self._of_module(event)
            case ConnectionLost(error=error):
                self.trouble = error
                # Nobody tells what an LED was switched to meanwhile.
                for one in self.wallstations.values():
                    one.leds.clear()
                if isinstance(error, LoginRefused):
                    self.entry.async_start_reauth(self.hass)
                self._link_came_or_went()
            case ConnectionRestored():
                self.trouble = None
                self._link_came_or_went()
            case ProjectChanged():
                self.project.changed()
                self._link_came_or_went()
            case ModuleAnnounced(serial=serial):
                self.announced.add(serial)
            case (
                WallstationButtonPressed(wallstation=device)
                | WallstationButtonReleased(wallstation=device)
                | WallstationLedChanged(wallstation=device)
            ):
                if wallstation := self._by_device.get(device):
                    wallstation.learn(event)
                    for listener in tuple(self._wallstation_listeners.get(device, ())):
                        listener(event)
            case _:
                self._of_module(event)

    def _of_module(self, event: ModuleEvent) -> None:
        module = self._by_address.get(event.serial)
        if module is None:
            return
        # Any other event comes behind the change of the view that it tells of.
        if isinstance(event, ModuleChanged):
            self._look_at(module, event)
        module.tell(event)

    @callback
    def project_was_read(self) -> None:
        """Show what has become of the modules in a project that was read again."""
        if self.is_started:
            self._link_came_or_went()

    @callback
    def _link_came_or_went(self) -> None:
        self._notices.look_at_link()
        self._notices.look_at_project()
        for module in self.modules.values():
            self._look_at(module)
            module.tell(None)
        for wallstation in self.wallstations.values():
            wallstation.is_told_available = wallstation.is_available
        for listeners in self._wallstation_listeners.values():
            for listener in tuple(listeners):
                listener(None)

    def _look_at(self, module: Module, change: ModuleChanged | None = None) -> None:
        module.is_told_available = module.is_available
        if change is not None and _shows_the_same(change.view, change.previous):
            return
        self._notices.look_at(module)
        self._load_notices.look_at(module)
        self.keeper.look_at(module)


def _shows_the_same(view: ModuleView, previous: ModuleView) -> bool:
    """Return whether nothing has changed that notices and stored programs are made of."""
    return (
        view.program is previous.program
        and view.cci is previous.cci
        and view.identity is previous.identity
        and view.is_online is previous.is_online
        and view.is_fresh is previous.is_fresh
    )


class Module:
    """One module of a link that is set up."""

    def __init__(self, hub: Hub, subentry_id: str, config: ModuleConfig) -> None:
        """Take what is stored about the module."""
        self.hub = hub
        self.subentry_id = subentry_id
        self.config = config
        self.address = config.address
        self.is_told_available = False
        """Whether it was available when that was last told, which is what entities show."""
        self._listeners: list[ModuleListener] = []
        self._event_listeners: list[ModuleListener] = []

    @callback
    def listen(self, listener: ModuleListener, *, to_events: bool = False) -> CALLBACK_TYPE:
        """Call a listener for every change of the module; return what ends that.

        With `to_events` it is called for everything else that happens there, too.
        """
        kinds = [self._listeners, self._event_listeners] if to_events else [self._listeners]
        for listeners in kinds:
            listeners.append(listener)

        @callback
        def stop_listening() -> None:
            for listeners in kinds:
                listeners.remove(listener)

        return stop_listening

    @callback
    def tell(self, event: ModuleEvent | None) -> None:
        """Tell who listens what has happened; None is that the link came or went."""
        is_change = event is None or isinstance(event, ModuleChanged)
        for listener in tuple(self._listeners if is_change else self._event_listeners):
            listener(event)
        if not is_change:
            self._log(event)

    def _log(self, event: ModuleEvent | None) -> None:
        """Say once that the module is gone, and once that it is back; a link says so itself."""
        if isinstance(event, ModuleLost):
            _LOGGER.info("%s (%s) does not answer any more", self.config.name, self.address)
        elif isinstance(event, ModuleReturned):
            _LOGGER.info("%s (%s) answers again", self.config.name, self.address)

    @property
    def client(self) -> ModuleClient:
        """The client of its link."""
        return self.hub.client

    @property
    def view(self) -> ModuleView:
        """What is known of the module now."""
        try:
            return self.client.modules[self.address]
        except KeyError:
            # The present project of a processor may have no zone of it any more.
            return ModuleView(serial=self.address)

    @property
    def is_available(self) -> bool:
        """Whether what is known of the module is true now.

        Without the project's own messages nobody can ask a module anything, so there its
        entities are there as long as it is not known to be gone.
        """
        hub, view = self.hub, self.view
        if not (view.is_online and hub.is_connected and hub.project.is_settled):
            return False
        return view.is_fresh or not hub.config.may_ask
