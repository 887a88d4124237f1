"""A link with modules on it, in one event loop: for tests, demos, and without hardware for good.

As in::

    async with Simulator(parse_modules("2")) as simulator:
        ours, theirs = memory_pair()
        await simulator.attach(theirs)
        ...  # a client on `ours`
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Final, Self

from dpm_core.errors import LinkUnavailable, MemoryDamaged
from dpm_core.model import (
    ContactState,
    EmergencyContact,
    Mains,
    Memory,
    SerialNumber,
    Wallstation,
    decode_memory,
    encode_memory,
    factory_module,
    with_memory,
)
from dpm_core.protocol.frames import PROTOCOL_COMMAND, Frame
from dpm_core.protocol.message import frame_target
from dpm_core.protocol.messages import decode_message

from .emergency import EmergencyContacts, check_contacts
from .faults_set import Faults
from .line import Line
from .line_port import LinePort
from .link_processor import LinkProcessor
from .module import SimulatedModule
from .options import check_modules
from .settings import SimulatorSettings
from .store import MemoryStore, RamStore
from .wallstation import SimulatedWallstation, check_wallstations

if TYPE_CHECKING:
    # Only the type: a simulator behind its own servers need not wait for the serial libraries.
    from dpm_core.transport import Transport

_LOGGER = logging.getLogger(__name__)


class Simulator:
    """A simulated QS link.

    Args:
        modules: Serial numbers of the modules on it.
        settings: How the link behaves; the defaults of `SimulatorSettings` if None.
        store: Where the modules' memories are kept; in this object if None, so that they survive
            power cuts and restarts of the simulator, but not the end of the process.
        seed: What is left to chance follows from it: the modules' relays, waits after collisions,
            when a fault strikes.
        contacts: Emergency contacts that are wired to the modules' CCIs.
        wallstations: Wallstations on the link, and what the link's processor has them programmed
            for. With any there is a processor on the link, which is its master as long as nobody
            else commands.
        other_devices: Devices on the link that are not simulated and count towards its 100.
        other_zones: The zones that those have together, which count towards its 512.

    Attributes:
        contacts: The emergency contacts; each stays where it is over a restart.
        faults: What is wrong with the link; it lasts over a restart.

    Raises:
        UnsupportedSetting: No module, or one twice; or a contact that cannot be wired to them; or
            a wallstation that has a module's serial number, or buttons for one that is not there.
        LinkFull: More than 100 devices, the processor among them, or more than 512 zones.
    """

    def __init__(
        self,
        modules: tuple[SerialNumber, ...],
        *,
        settings: SimulatorSettings | None = None,
        store: MemoryStore | None = None,
        seed: int = 0,
        contacts: Iterable[EmergencyContact] = (),
        wallstations: Iterable[Wallstation] = (),
        other_devices: int = 0,
        other_zones: int = 0,
    ) -> None:
        self.settings: Final = settings or SimulatorSettings()
        self._serials = check_modules(tuple(modules))
        self._store = store if store is not None else RamStore()
        self._seed = seed
        self.faults: Final = Faults(seed)
        self._line: Line | None = None
        self._modules: dict[SerialNumber, SimulatedModule] = {}
        self._attached: dict[Transport, _Attachment] = {}
        self._programmed = check_wallstations(
            wallstations, self._serials, other_devices=other_devices, other_zones=other_zones
        )
        self._wallstations: dict[SerialNumber, SimulatedWallstation] = {}
        self._processor: LinkProcessor | None = None
        self.contacts: Final = EmergencyContacts(
            check_contacts(contacts, self._serials), self._modules
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def modules(self) -> Mapping[SerialNumber, SimulatedModule]:
        """The modules on the link; none before it is started."""
        return MappingProxyType(self._modules)

    @property
    def wallstations(self) -> Mapping[SerialNumber, SimulatedWallstation]:
        """The wallstations on the link; none before it is started."""
        return MappingProxyType(self._wallstations)

    @property
    def link_processor(self) -> LinkProcessor | None:
        """The processor on the link; None where there are no wallstations, or no mains."""
        return self._processor

    @property
    def is_running(self) -> bool:
        """Whether the mains is on."""
        return self._line is not None

    @property
    def line(self) -> Line:
        """The line between the modules; only while it is running."""
        assert self._line is not None, "the simulator is not running"
        return self._line

    async def start(self) -> None:
        """Switch the mains on: every module powers up with what its memory holds.

        A module with no memory gets the factory's, all zones off. Returns when every module has
        started and its relays are where they belong.

        Raises:
            MemoryInUse: Another simulator uses the store.
            MemoryDamaged: A module's memory cannot be read or written.
        """
        assert self._line is None, "the simulator is running already"
        await self._store.open()
        try:
            await self._build()
            for module in self._modules.values():
                await module.settled()
            self._add_wallstations()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Cut the mains of every module, this very moment, and take the line down."""
        for module in self._modules.values():
            module.stop()
        self._modules.clear()
        if self._processor is not None:
            self._processor.close()
            self._processor = None
        for wallstation in self._wallstations.values():
            wallstation.stop()
        self._wallstations.clear()
        for transport in tuple(self._attached):
            await self.detach(transport)
        if self._line is not None:
            self._line.close()
            self._line = None
        await self._store.close()

    async def attach(self, transport: Transport) -> None:
        """Hang an adapter on the line: what its transport receives is said on the line, and back.

        The transport is opened, and may send: its owner has agreed by calling this. Once its
        link is lost it is off the line.

        Raises:
            LinkUnavailable: It cannot be opened.
        """
        attachment = _Attachment(transport, self)
        self._attached[transport] = attachment
        transport.allow_sending()
        try:
            await transport.open(attachment)
        except BaseException:
            self._attached.pop(transport, None)
            attachment.port.close()
            raise

    async def detach(self, transport: Transport) -> None:
        """Take an adapter off the line and close its transport."""
        if transport in self._attached:
            await transport.close()
            self.forget(transport)

    def forget(self, transport: Transport) -> None:
        """Take an adapter off the line whose transport is closed."""
        attachment = self._attached.pop(transport, None)
        if attachment is not None:
            attachment.port.close()

    # --- making the modules ----------------------------------------------------------------

    async def _build(self) -> None:
        line = self._line = Line(self.settings, self._hear, random.Random(self._seed), self.faults)  # noqa: S311
        mains = Mains(self.settings.mains_hz)
        for serial in self._serials:
            state = factory_module(serial, mains=mains, relay_seed=self._seed)
            octets = await self._store.load(serial)
            if octets is None:
                written = Memory()
                await self._write_factory_memory(serial, written)
            else:
                written = decode_memory(serial, octets)
                state = with_memory(state, written)
            self._modules[serial] = SimulatedModule(state, written, self._store, line)
        for serial, module in self._modules.items():
            if self.contacts.reads(serial) is ContactState.OPEN:
                module.move_cci(ContactState.OPEN)
            module.set_power(True)

    def _add_wallstations(self) -> None:
        for programmed in self._programmed:
            wallstation = SimulatedWallstation(programmed, self.line)
            self._wallstations[wallstation.address] = wallstation
        if self._programmed:
            self._processor = LinkProcessor(self.line, self._programmed)

    async def _write_factory_memory(self, serial: SerialNumber, memory: Memory) -> None:
        saved = asyncio.get_running_loop().create_future()
        self._store.save(serial, encode_memory(serial, memory), saved.set_result)
        error = await saved
        if error is not None:
            raise MemoryDamaged(f"of module {serial}", str(error)) from error

    # --- what modules hear -----------------------------------------------------------------

    def _hear(self, frame: Frame, at: float) -> None:
        """Hand a frame to the modules that it is for."""
        if frame.protocol_byte != PROTOCOL_COMMAND:
            return
        target = frame_target(frame)
        if target is None:
            return
        if isinstance(target, SerialNumber):
            module = self._modules.get(target)
            if module is not None:
                module.device.hear(frame, decode_message(frame), target, at)
            elif target in self._wallstations:
                self._wallstations[target].hear(decode_message(frame), at)
            return
        message = decode_message(frame)
        for module in self._modules.values():
            module.device.hear(frame, message, target, at)


class _Attachment:
    """Joins a transport and a port of the line."""

    def __init__(self, transport: Transport, simulator: Simulator) -> None:
        self._transport = transport
        self._simulator = simulator
        self.port: Final[LinePort] = simulator.line.add_port(self._deliver)

    def octets_received(self, octets: bytes) -> None:
        """Say on the line what came in."""
        self.port.put(octets)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        """Come off the line."""
        if error is not None:
            _LOGGER.info("An adapter of the simulated link is gone: %s", error)
        self._simulator.forget(self._transport)

    def _deliver(self, octets: bytes) -> None:
        if self._transport.is_open:
            self._transport.write(octets)
