"""A client's session at a processor, its modules, and what it tells its subscribers.

House rule: no command here; what is done with the modules is in `client.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Self

from dpm_core.client.events import (
    ConnectionLost,
    ConnectionRestored,
    ConnectionState,
    ProjectChanged,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
)
from dpm_core.client.lip.asking import LipAsker
from dpm_core.client.lip.connection import LipConnection
from dpm_core.client.lip.modules import ProcessorModule
from dpm_core.client.lip.record import CCO_POSITION, ProcessorRecord
from dpm_core.client.lip.settings import ProcessorSettings
from dpm_core.client.lip.upkeep import LipUpkeep
from dpm_core.client.lip.wire import LipWire
from dpm_core.client.subscriptions import Subscriptions
from dpm_core.errors import BusSilent, InvalidAddress, UnknownModule, UnsupportedSetting
from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import (
    Credentials,
    DeviceAction,
    DeviceLed,
    LipSession,
    OutputLevel,
    ReportHeard,
    SystemReport,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from dpm_core.client.events import ClientEvent
    from dpm_core.client.lip.controls import LipControls
    from dpm_core.client.views import ModuleView
    from dpm_core.errors import LinkUnavailable
    from dpm_core.transport import Transport

_LOGGER = logging.getLogger(__name__)


TELNET: Final = "lip://"
_SOCKET: Final = "socket://"


def _shown(url: str) -> str:
    """Return where a transport goes, as a processor's URL."""
    if url.startswith(_SOCKET):
        return f"{TELNET}{url.removeprefix(_SOCKET)}"
    return f"lip+serial://{url}"


class ProcessorModules(Mapping[IntegrationId, "ModuleView"]):
    """What is known of each module, always as it is now."""

    def __init__(self, records: dict[IntegrationId, ProcessorRecord]) -> None:
        self._records = records

    def __getitem__(self, address: IntegrationId) -> ModuleView:
        return self._records[address].view

    def __iter__(self) -> Iterator[IntegrationId]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


class ProcessorLink:
    """A session at a processor, and what is known of the modules behind it.

    Args:
        transport: The way to the processor, not yet open.
        credentials: Who logs in.
        settings: What may be inferred, and every time limit.
    """

    _controls: LipControls

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        settings: ProcessorSettings | None = None,
    ) -> None:
        self._settings = settings or ProcessorSettings()
        self._url = _shown(transport.url)
        self._records: dict[IntegrationId, ProcessorRecord] = {}
        self._modules = ProcessorModules(self._records)
        self._outputs: dict[int, tuple[ProcessorRecord, int, IntegrationId]] = {}
        self._contacts: dict[tuple[int, int], list[ProcessorRecord]] = {}
        self._leds: dict[tuple[int, int], bool] = {}
        self._exported: str | None = None
        self._subscriptions: Subscriptions[ClientEvent] = Subscriptions()
        self._wire = LipWire(
            transport,
            LipSession(self._settings.session, credentials),
            self._url,
            self._heard,
            self._logged_in,
            self._session_ended,
            self._settings.first_word_s,
            None if self._url.startswith(TELNET) else self._settings.wake_s,
        )
        self._connection = LipConnection(
            self._wire, self._url, self._settings, self._connection_lost, self._connection_restored
        )
        self._asker = LipAsker(self._wire, self._url, self._settings)
        self._upkeep = LipUpkeep(self._asker, self._connection, self._records, self._publish)

    # --- the connection ---------------------------------------------------------------------

    async def connect(self) -> None:
        """Log in, and keep a session until `close()`.

        Raises:
            LinkUnavailable: That is not possible; its class says why. It is not tried again.
        """
        await self._connection.open()
        self._upkeep.start()

    async def close(self) -> None:
        """End the session; calls that wait for an answer raise `LinkUnavailable`."""
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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._url} {self.connection.value}>"

    @property
    def connection(self) -> ConnectionState:
        """How the connection is."""
        return self._connection.state

    @property
    def trouble(self) -> LinkUnavailable | None:
        """Why nothing can be done now: its class is the cause; None while all is well."""
        return self._connection.trouble

    @property
    def url(self) -> str:
        """Where the processor is, for people; no credentials are in it."""
        return self._url

    @property
    def settings(self) -> ProcessorSettings:
        """What may be inferred, and every time limit."""
        return self._settings

    @property
    def project_exported(self) -> str | None:
        """When the processor's project was exported, in its own words; None if it did not say."""
        return self._exported

    # --- the modules ------------------------------------------------------------------------

    @property
    def modules(self) -> Mapping[IntegrationId, ModuleView]:
        """What is known of each module that was added, always as it is now."""
        return self._modules

    @property
    def added_modules(self) -> tuple[ProcessorModule, ...]:
        """The integration ids of each module that was added, in that order."""
        return tuple(record.module for record in self._records.values())

    def add_module(self, module: ProcessorModule) -> None:
        """Care for a module: read it, poll it, tell what happens to it. Twice is as once.

        A module with the same first zone and other ids takes the place of the one before.

        Raises:
            UnsupportedSetting: One of its outputs belongs to another module already.
        """
        known = self._records.get(module.address)
        if known is not None and known.module == module:
            return
        for output in module.outputs():
            owner = self._outputs.get(output)
            if owner is not None and owner[0] is not known:
                raise UnsupportedSetting(
                    "outputs", str(output), f"one that module {owner[0].address} does not have"
                )
        if known is not None:
            self.remove_module(module.address)
        record = ProcessorRecord(module)
        self._records[module.address] = record
        for position, output_or_none in enumerate((*module.zones, module.cco)):
            if output_or_none is not None:
                self._outputs[output_or_none] = (record, position, output_or_none)
        contact = module.override
        if contact is not None:
            self._contacts.setdefault((contact.device, contact.component), []).append(record)
        if self._wire.is_ready:
            self._upkeep.read_all()

    def remove_module(self, serial: IntegrationId) -> None:
        """Care for a module no more; one that is not known stays unknown."""
        record = self._records.pop(serial, None)
        if record is None:
            return
        for output in record.module.outputs():
            del self._outputs[output]
        contact = record.module.override
        if contact is not None:
            self._contacts[contact.device, contact.component].remove(record)

    def subscribe(
        self, callback: Callable[[ClientEvent], None], serial: IntegrationId | None = None
    ) -> Callable[[], None]:
        """Be told what happens; return the function that ends that.

        Args:
            callback: Called from the event loop, in the order of what happened; must not block.
            serial: Only what happens to this module; everything if None.
        """
        return self._subscriptions.add(callback, serial)

    # --- what happens -----------------------------------------------------------------------

    def _record(self, serial: IntegrationId) -> ProcessorRecord:
        """Return a module that something is wanted of."""
        try:
            record = self._records[serial]
        except KeyError:
            raise UnknownModule(serial) from None
        self._must_work()
        return record

    def _must_work(self) -> None:
        """Refuse a command while nothing could confirm it."""
        if isinstance(self._connection.trouble, BusSilent):
            raise self._connection.trouble

    def _publish(self, events: Iterable[ClientEvent]) -> None:
        for event in events:
            self._subscriptions.tell(event, getattr(event, "serial", None))

    def _logged_in(self) -> None:
        self._upkeep.logged_in()

    def _session_ended(self) -> None:
        self._leds.clear()
        self._upkeep.session_lost()

    def _connection_lost(self, error: LinkUnavailable) -> None:
        self._publish((ConnectionLost(error),))

    def _connection_restored(self) -> None:
        self._publish((ConnectionRestored(),))

    def _heard(self, event: ReportHeard) -> None:
        report = event.report
        if type(report) is OutputLevel:
            self._heard_level(report, is_answer=event.answers is not None)
        elif isinstance(report, DeviceAction):
            self._heard_device(report)
        elif isinstance(report, DeviceLed):
            self._heard_led(report, is_answer=event.answers is not None)
        elif isinstance(report, SystemReport) and report.exported is not None:
            self._heard_export(report.exported)

    def _heard_level(self, report: OutputLevel, *, is_answer: bool) -> None:
        known = self._outputs.get(report.output)
        if known is None:
            return
        record, position, output = known
        is_on = report.is_on
        events = record.hear_level(position, is_on)
        if events:
            self._publish(events)
        if output in self._controls.watches:
            self._controls.heard(output, is_on, is_answer=is_answer)
        if position != CCO_POSITION or record.has_cco_state:
            self._upkeep.told(record, output)

    def _heard_device(self, report: DeviceAction) -> None:
        is_closed = report.is_contact_closed
        records = self._contacts.get((report.device, report.component), ())
        for record in records:
            contact = record.module.override
            if is_closed is not None and contact is not None:
                self._publish(record.hear_contact(is_closed))
                self._upkeep.told(record, contact)
        if records or not (report.is_press or report.is_release):
            return
        try:
            wallstation = IntegrationId(report.device)
        except InvalidAddress:
            return
        if report.is_press:
            self._publish((WallstationButtonPressed(wallstation, report.component),))
            self._upkeep.button_pressed()
        else:
            self._publish((WallstationButtonReleased(wallstation, report.component),))

    def _heard_led(self, report: DeviceLed, *, is_answer: bool) -> None:
        """Tell an LED that has changed; one that is read for the first time has not."""
        key, is_on = (report.device, report.led), report.is_on
        was_on = self._leds.get(key)
        self._leds[key] = is_on
        if is_on is was_on or (was_on is None and is_answer):
            return
        try:
            wallstation = IntegrationId(report.device)
        except InvalidAddress:
            return
        self._publish((WallstationLedChanged(wallstation, report.led, is_on),))

    def _heard_export(self, exported: str) -> None:
        previous, self._exported = self._exported, exported
        if previous is not None and exported != previous:
            _LOGGER.info("The processor at %s has another project, of %s.", self._url, exported)
            self._publish((ProjectChanged(exported, previous),))
