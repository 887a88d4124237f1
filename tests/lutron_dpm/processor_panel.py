"""A HomeWorks QS processor to test against: simulated, behind real TCP ports of this machine."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lutron_dpm.const import DOMAIN
from custom_components.lutron_dpm.models import LinkConfig, LinkKind, ModuleConfig
from custom_components.lutron_dpm.outputs import ModuleOutputs, StoredContact, StoredOutput
from dpm_core.client import ClientSettings, DpmClient
from dpm_core.model import CcoType, ContactState, IntegrationId, Program, SerialNumber
from dpm_core.simulator import (
    ProcessorFaultKind,
    ProjectModule,
    SimulatedProcessor,
    SimulatedProcessorSettings,
    Simulator,
    parse_processor_fault,
)
from dpm_core.transport import SendGate, memory_pair

from .panel import HALL, STAIRS
from .setting_up import LIMIT_S, NAMES

USER, PASSWORD = "lutron", "integration"
AREA = "Simulated Project / Switching Panel"


class ProcessorPanel:
    """Modules on a link, and the processor in front of them."""

    def __init__(
        self,
        serials: tuple[SerialNumber, ...] = (HALL, STAIRS),
        *,
        programs: Mapping[SerialNumber, Program] | None = None,
        wallstations: int = 0,
    ) -> None:
        self.simulator = Simulator(serials)
        self.processor = SimulatedProcessor(
            self.simulator, settings=SimulatedProcessorSettings(wallstations=wallstations)
        )
        self._programs = programs or {}

    async def __aenter__(self) -> Self:
        await self.simulator.start()
        if self._programs:
            await self._write_programs()
        await self.processor.open()
        return self

    async def _write_programs(self) -> None:
        """Program modules over their link, as whoever made the project did."""
        near, far = memory_pair("panel://", gate=SendGate.SEND)
        await self.simulator.attach(far)
        async with DpmClient(near, ClientSettings(allow_extension=True)) as client:
            for serial, program in self._programs.items():
                client.add_module(serial)
                await client.write_program(serial, program)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.processor.close()
        await self.simulator.stop()

    @property
    def port(self) -> int:
        """Where it is spoken to."""
        return int(self.processor.url.rpartition(":")[2])

    @property
    def http_port(self) -> int:
        """Where it serves its database."""
        port = urlsplit(self.processor.http_url or "").port
        assert port
        return port

    @property
    def link(self) -> LinkConfig:
        """The processor as an entry has it."""
        return LinkConfig(
            kind=LinkKind.PROCESSOR,
            host="127.0.0.1",
            port=self.port,
            http_port=self.http_port,
            username=USER,
            password=PASSWORD,
        )

    @property
    def form(self) -> dict[str, Any]:
        """The processor as a person types it in."""
        return {
            "host": "127.0.0.1",
            "username": USER,
            "password": PASSWORD,
            "advanced": {"port": float(self.port), "http_port": float(self.http_port)},
        }

    async def fault(self, words: str) -> None:
        """Let something be wrong."""
        await self.processor.set_fault(parse_processor_fault(words))

    async def well(self, words: str | None = None) -> None:
        """Let it be well again."""
        await self.processor.clear_fault(ProcessorFaultKind(words) if words else None)

    def project_module(self, serial: SerialNumber) -> ProjectModule:
        """Return what the project has for a module."""
        return next(m for m in self.processor.project.modules if m.serial == serial)

    async def press(self, serial: SerialNumber, zone: int) -> None:
        """Press a zone button."""
        self.simulator.modules[serial].press_button(zone)
        await self.simulator.modules[serial].settled()

    def move_cci(self, serial: SerialNumber, contact: ContactState) -> None:
        """Open or close the manual override contact; the debounce follows."""
        self.simulator.modules[serial].move_cci(contact)

    async def relays(self, serial: SerialNumber, *zones: bool) -> None:
        """Wait until the relays are so: a processor tells a level before its module has obeyed."""
        await self.until(lambda: self.zones(serial) == list(zones))

    @staticmethod
    async def until(condition: Callable[[], object]) -> None:
        """Wait for something that no state of Home Assistant tells."""
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await asyncio.sleep(0.01)

    def zones(self, serial: SerialNumber) -> list[bool]:
        """Return where the relays are."""
        zones: list[bool] = self.snapshot(serial)["zones"]
        return zones

    def snapshot(self, serial: SerialNumber) -> dict[str, Any]:
        """Return how a module is."""
        return self.simulator.modules[serial].snapshot()

    def module(
        self, serial: SerialNumber, *, cco_type: CcoType = CcoType.MOMENTARY, **changes: Any
    ) -> ModuleConfig:
        """Return a module as the flow makes one of the project."""
        of_project = self.project_module(serial)
        zones = [
            StoredOutput(number=IntegrationId(number), name=name, area=AREA)
            for number, name in zip(of_project.zones, of_project.zone_names, strict=True)
        ]
        outputs: dict[str, Any] = {
            "zones": tuple(zones),
            "cco": StoredOutput(
                number=IntegrationId(of_project.cco), name=f"{of_project.name} CCO", area=AREA
            ),
            "contact": StoredContact(
                device=IntegrationId(of_project.contact), component=1, name="", area=AREA
            ),
        }
        return ModuleConfig(
            uid=f"uid{serial}",
            name=NAMES[serial],
            program=Program(cco_type=cco_type),
            outputs=ModuleOutputs(**(outputs | changes)),
            is_through_processor=True,
        )

    def entry(
        self,
        *modules: ModuleConfig,
        options: dict[str, Any] | None = None,
        password: str = PASSWORD,
    ) -> MockConfigEntry:
        """Return an entry for the processor, with all its modules unless told otherwise."""
        chosen = modules or tuple(self.module(serial) for serial in (HALL, STAIRS))
        return MockConfigEntry(
            domain=DOMAIN,
            title="HomeWorks QS processor",
            data=self.link.with_login(USER, password).as_data(),
            # Levels are pushed here; a quick poll and no pause keep the tests quick.
            options={"command_spacing_ms": 0, **(options or {})},
            subentries_data=[module.as_new_subentry() for module in chosen],
        )
