"""One link that is set up, and its modules, as the entities see them.

House rule: maps and passes on, never decides. What a module does, when it is lost and when its
state is fresh again is the library's business.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from dpm_core.client import ClientEvent, ConnectionState, DpmClient, ModuleView
from dpm_core.model import SerialNumber

from .link import memory_folder, open_link
from .models import CONF_PROGRAM, LinkConfig, ModuleConfig, modules_of, program_as_data
from .notices import Notices
from .options_flow import LinkOptions

type LutronDpmConfigEntry = ConfigEntry[Hub]

type ModuleListener = Callable[[ClientEvent | None], None]
"""Told of each event of a module, and of None when the link itself came or went."""


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
        self._listeners: dict[SerialNumber, list[ModuleListener]] = {}
        self._notices = Notices(self)
        self._open = AsyncExitStack()

    @property
    def is_connected(self) -> bool:
        """Whether the link is open now."""
        return self.client.connection is ConnectionState.CONNECTED

    async def start(self) -> None:
        """Open the link and begin to listen.

        Raises:
            LinkUnavailable: It cannot be opened; nothing is left open.
        """
        async with AsyncExitStack() as opening:
            memory = memory_folder(self.hass, self.entry.entry_id)
            self.client = await opening.enter_async_context(
                open_link(self.hass, self.config, self.options, memory)
            )
            for module in self.modules.values():
                self.client.add_module(module.serial)
            opening.callback(self.client.subscribe(self._heard))
            opening.callback(self._notices.withdraw)
            self._open = opening.pop_all()

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
        serial = getattr(event, "serial", None)
        for module in self.modules.values():
            if serial is None or module.serial == serial:
                self._notices.look_at(module)
                self._remember_program(module)
        self._notices.look_at_link()
        if serial is None:
            for listeners in self._listeners.values():
                for listener in list(listeners):
                    listener(None)
        else:
            for listener in list(self._listeners.get(serial, ())):
                listener(event)

    def _remember_program(self, module: Module) -> None:
        """Store what a module says it is programmed with: entities are made from it.

        A change reloads the entry, since names and the kind of the CCO may be other ones.
        """
        program = module.view.program
        if program is None or program == module.config.program:
            return
        subentry = self.entry.subentries[module.subentry_id]
        self.hass.config_entries.async_update_subentry(
            self.entry,
            subentry,
            data={**subentry.data, CONF_PROGRAM: program_as_data(program)},
        )


class Module:
    """One module of a link that is set up."""

    def __init__(self, hub: Hub, subentry_id: str, config: ModuleConfig) -> None:
        """Take what is stored about the module."""
        self.hub = hub
        self.subentry_id = subentry_id
        self.config = config
        self.serial = config.serial

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
        entities are there as long as the link is.
        """
        if not self.hub.is_connected:
            return False
        return self.view.is_online and (self.view.is_fresh or not self.hub.config.may_extend)
