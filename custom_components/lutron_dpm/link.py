"""A link that is open: the client, and for a simulated link the modules behind it.

House rule: the only place that knows how each kind of link is opened. Another way to reach the
modules, such as a HomeWorks QS processor, is one more branch here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from dpm_core.client import ClientSettings, DpmClient
from dpm_core.errors import LinkUnavailable
from dpm_core.protocol import Echo as SessionEcho
from dpm_core.protocol import SessionSettings
from dpm_core.simulator import FileStore, RamStore, Simulator
from dpm_core.transport import (
    SendGate,
    Transport,
    TransportSettings,
    memory_pair,
    transport_for_url,
)

from .const import DOMAIN
from .models import LinkConfig
from .options_flow import LinkOptions

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
