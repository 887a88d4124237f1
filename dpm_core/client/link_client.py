"""A client's connection, its modules, and what it tells its subscribers.

House rule: no command here; what is done with the modules is in `client.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from dpm_core.client.asking import Asker
from dpm_core.client.confirmation import Confirmer
from dpm_core.client.connection import Connection
from dpm_core.client.events import (
    ConnectionLost,
    ConnectionRestored,
    ConnectionState,
    ModuleAnnounced,
)
from dpm_core.client.module_record import ModuleRecord
from dpm_core.client.settings import ClientSettings
from dpm_core.client.subscriptions import Subscriptions
from dpm_core.client.upkeep import Upkeep
from dpm_core.client.views import ModuleView
from dpm_core.client.wire import Wire
from dpm_core.errors import InvalidAddress, UnknownModule
from dpm_core.model import SerialNumber
from dpm_core.protocol import Announce, IdentityReport, MasterSession, ModuleReport, ZoneReport
from dpm_core.protocol.session_events import (
    FrameSent,
    LinkSilent,
    MessageHeard,
    ModuleOffline,
    ModuleOnline,
    NoiseHeard,
)
from dpm_core.transport import SendGate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from dpm_core.client.events import ClientEvent
    from dpm_core.errors import LinkUnavailable
    from dpm_core.protocol import LinkStatistics
    from dpm_core.protocol.session_events import SessionEvent
    from dpm_core.transport import Transport

LinkEvent: TypeAlias = MessageHeard | NoiseHeard | FrameSent
"""What passes over the link, for who wants to watch it."""

_LINK_EVENTS: Final = (MessageHeard, NoiseHeard, FrameSent)

_ECHO_OF_SEARCH_S: Final = 1.0
"""An identity this soon after the same one is a duplicate and no announcement. Source: 2.2."""


class ModuleViews(Mapping[SerialNumber, ModuleView]):
    """What is known of each module, always as it is now."""

    def __init__(self, records: dict[SerialNumber, ModuleRecord]) -> None:
        self._records = records

    def __getitem__(self, serial: SerialNumber) -> ModuleView:
        return self._records[serial].view

    def __iter__(self) -> Iterator[SerialNumber]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


class LinkClient:
    """A connection to a link, and what is known of the modules on it.

    Args:
        transport: The link, not yet open.
        settings: What may be sent, and every time limit.
    """

    def __init__(self, transport: Transport, settings: ClientSettings | None = None) -> None:
        self._settings = settings or ClientSettings()
        self._transport = transport
        self._session = MasterSession(self._settings.session, self._settings.source)
        self._session.is_polling = self._settings.allow_extension
        self._records: dict[SerialNumber, ModuleRecord] = {}
        self._modules = ModuleViews(self._records)
        self._subscriptions: Subscriptions[ClientEvent] = Subscriptions()
        self._watchers: Subscriptions[LinkEvent] = Subscriptions()
        self._wire = Wire(
            transport, self._session, self._happened, self._link_opened, self._link_ended
        )
        self._connection = Connection(
            self._wire,
            transport.url,
            self._settings.reconnect,
            self._connection_lost,
            self._connection_restored,
        )
        self._asker = Asker(self._wire, transport, self._settings)
        self._confirmer = Confirmer(self._asker)
        self._upkeep = Upkeep(self._asker, self._session.roster, self._records, self._publish)
        self._last_identity: tuple[SerialNumber, float] | None = None
        self._adds_heard = False

    # --- the connection ---------------------------------------------------------------------

    async def connect(self) -> None:
        """Open the link, and keep it open until `close()`.

        Raises:
            LinkUnavailable: It cannot be opened. It is not tried again.
        """
        await self._connection.open()
        self._upkeep.start()

    async def close(self) -> None:
        """Close the link; calls that wait for an answer raise `LinkUnavailable`."""
        await self._upkeep.stop()
        await self._connection.close()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def connection(self) -> ConnectionState:
        """How the connection is."""
        return self._connection.state

    @property
    def url(self) -> str:
        """Where the link is, for people."""
        return self._transport.url

    @property
    def is_listening_only(self) -> bool:
        """Whether nothing may be sent."""
        return self._transport.gate is not SendGate.SEND

    @property
    def settings(self) -> ClientSettings:
        """What may be sent, and every time limit."""
        return self._settings

    @property
    def statistics(self) -> LinkStatistics:
        """What has passed over the link; counts on while it is read."""
        return self._session.statistics

    # --- the modules ------------------------------------------------------------------------

    @property
    def modules(self) -> Mapping[SerialNumber, ModuleView]:
        """What is known of each module that was added, always as it is now."""
        return self._modules

    def add_module(self, serial: SerialNumber) -> None:
        """Care for a module: read it, poll it, tell what happens to it. Twice is as once."""
        serial = SerialNumber(serial)
        if serial in self._records:
            return
        record = ModuleRecord(serial, self._settings.late_report_s)
        self._records[serial] = record
        self._session.roster.add(serial, self._now())
        if self._wire.is_open:
            self._upkeep.added(record)
            self._wire.wake()

    def add_heard_modules(self) -> None:
        """From now on, add each module that is heard; what it said first counts already.

        For a link on which nothing may be asked: there is no other way to know who is there.
        """
        self._adds_heard = True

    def remove_module(self, serial: SerialNumber) -> None:
        """Care for a module no more; one that is not known stays unknown."""
        self._records.pop(serial, None)
        self._session.roster.remove(serial)
        self._upkeep.removed(serial)

    def subscribe(
        self, callback: Callable[[ClientEvent], None], serial: SerialNumber | None = None
    ) -> Callable[[], None]:
        """Be told what happens; return the function that ends that.

        Args:
            callback: Called from the event loop, in the order of what happened; must not block.
            serial: Only what happens to this module; everything if None.
        """
        return self._subscriptions.add(callback, serial)

    def watch_link(self, callback: Callable[[LinkEvent], None]) -> Callable[[], None]:
        """Be shown each frame that is heard or sent, and all noise; return what ends that."""
        return self._watchers.add(callback)

    # --- what happens -----------------------------------------------------------------------

    def _record(self, serial: SerialNumber) -> ModuleRecord:
        try:
            return self._records[serial]
        except KeyError:
            raise UnknownModule(serial) from None

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _publish(self, events: Iterable[ClientEvent]) -> None:
        for event in events:
            self._subscriptions.tell(event, getattr(event, "serial", None))

    def _link_opened(self) -> None:
        self._upkeep.link_opened()

    def _link_ended(self, error: LinkUnavailable) -> None:
        self._confirmer.link_lost(error)
        self._upkeep.link_lost()

    def _connection_lost(self, error: LinkUnavailable) -> None:
        self._session.statistics.losses += 1
        self._publish((ConnectionLost(error),))

    def _connection_restored(self) -> None:
        self._publish((ConnectionRestored(),))

    def _happened(self, event: SessionEvent) -> None:
        if isinstance(event, _LINK_EVENTS):
            if self._watchers:
                self._watchers.tell(event)
            if isinstance(event, MessageHeard):
                self._heard(event)
        elif isinstance(event, LinkSilent):
            self._connection.hung(event.silent_s)
        elif isinstance(event, (ModuleOnline, ModuleOffline)):
            # Only of modules that were added: the session's roster holds no others.
            record = self._records[event.serial]
            if isinstance(event, ModuleOnline):
                self._upkeep.module_online(record)
            else:
                self._upkeep.module_offline(record)

    def _heard(self, event: MessageHeard) -> None:
        message = event.message
        if event.frame.has_serial_source or event.answers is not None:
            self._connection.heard()
        if not isinstance(message, ModuleReport):
            if isinstance(message, Announce):
                self._announced(message.serial)
            return
        if self._adds_heard:
            self.add_module(message.serial)
        record = self._records.get(message.serial)
        if record is not None:
            is_answer = event.answers is not None
            is_news = record.is_news(message, is_answer=is_answer)
            self._publish(record.hear(message, event.at, is_answer=is_answer))
            if is_news:
                self._confirmer.heard(message, event.at, is_answer=is_answer)
            if isinstance(message, ZoneReport):
                self._upkeep.zones_heard(record, is_answer=is_answer)
        if isinstance(message, IdentityReport):
            self._identity_heard(message.serial, event)

    def _identity_heard(self, serial: SerialNumber, event: MessageHeard) -> None:
        """Tell an identity that nobody asked for from an answer, and from its duplicate."""
        last, self._last_identity = self._last_identity, (serial, event.at)
        is_same = last is not None and last[0] == serial and event.at - last[1] < _ECHO_OF_SEARCH_S
        if event.answers is None and not is_same:
            self._announced(serial)

    def _announced(self, serial: int) -> None:
        try:
            self._publish((ModuleAnnounced(SerialNumber(serial)),))
        except InvalidAddress:
            # A device of another kind may announce any number.
            return
