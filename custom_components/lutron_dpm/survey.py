"""A look at a link that is not set up yet: can it be opened, who is there, what are they called.

House rule: nothing stays open. Whatever the outcome, the port is free again afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dpm_core.client import DpmClient
from dpm_core.errors import NoReply, Rejected
from dpm_core.model import Program, SerialNumber

from .link import open_link
from .models import LinkConfig

LISTEN_S: Final = 1.0
"""How long set-up listens before it asks, in seconds. Decided here: long enough to tell a busy
link from a silent one, short enough to wait for."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was heard and found on a link."""

    programs: dict[SerialNumber, Program | None]
    """The modules that were found, with what they are programmed with where they told us."""

    frames: int
    """Good frames that were heard."""

    damaged: int
    """Pieces of traffic that made no sense: with no good frames, a sign of a wrong speed."""


async def survey_link(config: LinkConfig) -> Survey:
    """Open a link, listen a moment, and find its modules where we may ask.

    Raises:
        LinkUnavailable: It cannot be opened, or was lost meanwhile.
    """
    async with open_link(config) as client:
        if not config.is_simulated:
            await asyncio.sleep(LISTEN_S)
        found: dict[SerialNumber, Program | None] = {}
        if config.may_extend:
            serials = [module.serial for module in await client.discover()]
            found = await _programs(client, serials)
        heard = client.statistics.heard
        return Survey(found, heard.frames, heard.crc_errors + heard.incomplete_packets)


async def read_programs(
    config: LinkConfig, serials: Iterable[SerialNumber]
) -> dict[SerialNumber, Program | None]:
    """Ask modules what they are programmed with; None for one that does not answer.

    Raises:
        LinkUnavailable: The link cannot be opened, or was lost meanwhile.
    """
    async with open_link(config) as client:
        return await _programs(client, serials)


async def _programs(
    client: DpmClient, serials: Iterable[SerialNumber]
) -> dict[SerialNumber, Program | None]:
    return {serial: await ask_program(client, serial) for serial in serials}


async def ask_program(client: DpmClient, serial: SerialNumber) -> Program | None:
    """Ask one module what it is programmed with; None where it does not say.

    Raises:
        LinkUnavailable: The link was lost.
    """
    is_stranger = serial not in client.modules
    if is_stranger:
        client.add_module(serial)
    try:
        return await client.read_program(serial)
    except (NoReply, Rejected):
        return None
    finally:
        if is_stranger:
            client.remove_module(serial)
