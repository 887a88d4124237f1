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
from dpm_core.client.link_room import LinkRoom
from dpm_core.client.module_record import ModuleRecord
from dpm_core.client.settings import ClientSettings
from dpm_core.client.subscriptions import Subscriptions
from dpm_core.client.upkeep import Upkeep
from dpm_core.client.views import ModuleView
from dpm_core.client.wallstations import WallstationEars
from dpm_core.client.whole_link import WholeLink
from dpm_core.client.wire import Wire
from dpm_core.errors import InvalidAddress, LinkFull, UnknownModule
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    Acknowledge,
    Announce,
    ButtonEvent,
    IdentityReport,
    LedsReport,
    MasterSession,
    ModuleReport,
    ZoneReport,
)
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
        self._session.is_watched = False
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
        self._ears = WallstationEars()
        self._last_identity: tuple[SerialNumber, float] | None = None
        self._adds_heard = False
        self._room = LinkRoom(self._settings.other_devices, self._settings.other_zones)
        self._whole_link = WholeLink(self._records, self._room)

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
        """Care for a module: read it, poll it, tell what happens to it. Twice is as once.

        Raises:
            InvalidAddress: It is no serial number.
            LinkFull: It would be the 101st device of the link or have its 513th zone, with the
                processor and what `count_others()` says counted.
        """
        serial = SerialNumber(serial)
        if serial in self._records:
            return
        self._room.check(len(self._records) + 1)
        record = ModuleRecord(serial, self._settings.late_report_s)
        self._records[serial] = record
        self._session.roster.add(serial, self._now())
        if self._wire.is_open:
            self._upkeep.added(record)
            self._wire.wake()

    def count_others(self, devices: int, zones: int = 0) -> None:
        """Say what else is on the link, beside its modules and its processor.

        Nobody can be asked how many wallstations and other modules there are, and they count
        towards the 100 devices and 512 zones of a link. Without this call
        `ClientSettings.other_devices` and `other_zones` hold.

        Args:
            devices: How many.
            zones: How many zones they have together.

        Raises:
            UnsupportedSetting: A negative count.
            LinkFull: They do not fit beside the modules that were added.

        Source: 3691060c, "QS Link Limits".
        """
        self._room.count_others(devices, zones, len(self._records))

    def add_heard_modules(self) -> None:
        """From now on, add each module that is heard; what it said first counts already.

        For a link on which nothing may be asked: there is no other way to know who is there. One
        for which the link has no room is left out, and the log says so once.
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
            serial: Only what happens to this module or wallstation; everything if None.
        """
        return self._subscriptions.add(callback, serial)

    def watch_link(self, callback: Callable[[LinkEvent], None]) -> Callable[[], None]:
        """Be shown each frame that is heard or sent, and all noise; return what ends that."""
        unsubscribe = self._watchers.add(callback)
        self._session.is_watched = True

        def unwatch() -> None:
            unsubscribe()
            self._session.is_watched = bool(self._watchers)

        return unwatch

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
            subject = getattr(event, "serial", None) or getattr(event, "wallstation", None)
            self._subscriptions.tell(event, subject)

    def _link_opened(self) -> None:
        self._upkeep.link_opened()

    def _link_ended(self, error: LinkUnavailable) -> None:
        self._confirmer.link_lost(error)
        self._upkeep.link_lost()
        self._ears.leds.forget()

    def _connection_lost(self, error: LinkUnavailable) -> None:
        self._session.statistics.losses += 1
        self._publish((ConnectionLost(error),))

    def _connection_restored(self) -> None:
        self._publish((ConnectionRestored(),))

    def _happened(self, event: SessionEvent) -> None:
        if isinstance(event, _LINK_EVENTS):
            if self._watchers:
                self._watchers.tell(event)
            if type(event) is MessageHeard:
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
        if event.answers is not None or event.frame.has_serial_source:
            self._connection.heard()
        if type(message) is Acknowledge:
            return
        if not isinstance(message, ModuleReport) or type(message) is LedsReport:
            self._heard_no_module(event)
            return
        record = self._records.get(message.serial)
        if record is None and self._adds_heard:
            record = self._add_heard(message.serial)
        if record is None:
            self._whole_link.heard(message.serial)
        else:
            is_answer = event.answers is not None
            is_news = record.is_news(message, is_answer=is_answer)
            self._publish(record.hear(message, event.at, is_answer=is_answer))
            if is_news:
                self._confirmer.heard(message, event.at, is_answer=is_answer)
            if isinstance(message, ZoneReport):
                self._upkeep.zones_heard(record, is_answer=is_answer)
        if isinstance(message, IdentityReport):
            self._identity_heard(message.serial, event)

    def _heard_no_module(self, event: MessageHeard) -> None:
        message = event.message
        if isinstance(message, Announce):
            self._announced(message.serial)
        elif isinstance(message, ButtonEvent):
            self._publish(self._ears.button(message, event.frame, event.at))
        elif isinstance(message, LedsReport):
            self._publish(self._ears.lit(message))

    def _add_heard(self, serial: SerialNumber) -> ModuleRecord | None:
        try:
            self.add_module(serial)
        except LinkFull as error:
            self._room.refuse_heard(error)
        return self._records.get(serial)

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
