"""A link that is open: the client, and for a simulated link the modules behind it.

House rule: the only place that knows how each kind of link is opened, a HomeWorks QS processor
among them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from dpm_core.client import (
    ClientSettings,
    DpmClient,
    ModuleClient,
    OverrideContact,
    ProcessorClient,
    ProcessorModule,
    ProcessorSettings,
    parse_processor_url,
    transport_for_processor,
)
from dpm_core.errors import LinkUnavailable
from dpm_core.model import ZONES
from dpm_core.protocol import Echo as SessionEcho
from dpm_core.protocol import SessionSettings
from dpm_core.protocol.lip import Credentials, LipSessionSettings
from dpm_core.simulator import FileStore, RamStore, Simulator
from dpm_core.transport import (
    SendGate,
    Transport,
    TransportSettings,
    memory_pair,
    transport_for_url,
)

from .const import DOMAIN
from .models import LinkConfig, ModuleConfig
from .options_flow import LinkOptions
from .outputs import whole_pulse

SIMULATED_URL: Final = "simulated://"


def memory_folder(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where a simulated link keeps what its modules do not forget."""
    return Path(hass.config.path(".storage", f"{DOMAIN}.{entry_id}"))


@asynccontextmanager
async def open_link(
    config: LinkConfig,
    options: LinkOptions | None = None,
    memory: Path | None = None,
) -> AsyncIterator[DpmClient]:
    """Open a link for as long as the context lasts.

    Args:
        config: Which link, and what we may do on it.
        options: How it behaves; as shipped when left out.
        memory: Where the modules of a simulated link keep their memory; left out, they forget.

    Raises:
        LinkUnavailable: It cannot be opened.
        MemoryInUse: Something else uses the memory of the simulated link.
        MemoryDamaged: The memory of the simulated link cannot be used.
    """
    options = options or LinkOptions()
    if not config.is_simulated:
        async with DpmClient(_transport(config), _settings(config, options)) as client:
            yield client
        return
    store = FileStore(memory) if memory else RamStore()
    async with Simulator(config.serials, store=store) as simulator:
        near, far = memory_pair(SIMULATED_URL, gate=SendGate.SEND)
        await simulator.attach(far)
        async with DpmClient(near, _settings(config, options)) as client:
            yield client


@asynccontextmanager
async def open_processor(
    config: LinkConfig, options: LinkOptions | None = None
) -> AsyncIterator[ProcessorClient]:
    """Log in to a processor for as long as the context lasts.

    Raises:
        LinkUnavailable: That is not possible; its class says why.
    """
    options = options or LinkOptions()
    async with ProcessorClient(
        transport_for_processor(parse_processor_url(f"lip://{config.shown_device}")),
        Credentials(config.username, config.password),
        ProcessorSettings(
            session=LipSessionSettings(command_gap_s=options.command_spacing_s),
            poll_s=options.processor_poll_s,
            infer_override=options.infer_override,
        ),
    ) as client:
        yield client


async def try_processor(config: LinkConfig) -> None:
    """Log in to a processor and out again.

    Raises:
        LinkUnavailable: That is not possible; its class says why.
    """
    async with open_processor(config):
        pass


def add_module(client: ModuleClient, module: ModuleConfig) -> None:
    """Have the client of a link care for a module.

    Raises:
        LinkFull: The link has no room for it.
    """
    if isinstance(client, ProcessorClient):
        # One that the present project has no zone of cannot be cared for: it is not there.
        if any(module.has_zone(zone) for zone in ZONES):
            client.add_module(_processor_module(module))
    elif isinstance(client, DpmClient):
        client.add_module(module.wired_serial)


def _processor_module(module: ModuleConfig) -> ProcessorModule:
    outputs = module.outputs
    assert outputs
    one, two, three, four = (module.reached(zone) for zone in outputs.zones)
    contact = outputs.contact
    if contact and contact.device in module.lacking:
        contact = None
    return ProcessorModule(
        zones=(one, two, three, four),
        cco=module.reached(outputs.cco),
        cco_type=module.program.cco_type,
        cco_pulse_s=whole_pulse(module.program.cco_pulse_s),
        override=(
            OverrideContact(contact.device, contact.component, contact.is_inverted)
            if contact
            else None
        ),
        name=module.name,
    )


async def try_port(config: LinkConfig) -> None:
    """Open a real link and close it again, without a word on it.

    Raises:
        LinkUnavailable: It cannot be opened.
    """
    transport = _transport(config.with_consents(allow_sending=False, allow_extension=False))
    await transport.open(_Deaf())
    await transport.close()


class _Deaf:
    """Listens to nothing."""

    def octets_received(self, octets: bytes) -> None:
        """Let them pass."""

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        """Let it go."""


def _transport(config: LinkConfig) -> Transport:
    return transport_for_url(
        config.device,
        TransportSettings(baud=config.baud),
        gate=SendGate.SEND if config.may_send else SendGate.LISTEN,
    )


def _settings(config: LinkConfig, options: LinkOptions) -> ClientSettings:
    return ClientSettings(
        allow_extension=config.may_extend,
        session=SessionSettings(
            baud=config.baud,
            echo=SessionEcho(config.echo.value),
            poll_interval_s=options.poll_interval_s,
            host_slack_s=options.host_slack_s,
        ),
    )
