"""Reading the project that a processor runs, from the processor itself.

House rule: getting it only; what it says is read in `dpm_core.protocol.lip`.

Source: integration-protocol.md 1.1, 5.
"""

from __future__ import annotations

import asyncio
from typing import Final

from dpm_core.client.lip.http import Place, fetch
from dpm_core.errors import DatabaseDamaged, DatabaseUnavailable
from dpm_core.protocol.lip import (
    DATABASE_END,
    DATABASE_OCTETS_MAX,
    DATABASE_PATH,
    ProcessorProject,
    parse_database,
)

HTTP_PORT: Final = 80
"""Where a processor serves its database. Source: integration-protocol.md 1.1."""

FETCH_LIMIT_S: Final = 60.0
"""Longest time for the whole file, in seconds. Source: integration-protocol.md 5."""


async def fetch_project(
    host: str, port: int = HTTP_PORT, *, limit_s: float = FETCH_LIMIT_S
) -> ProcessorProject:
    """Return the project that a processor runs. No login is asked for.

    Args:
        host: Name or address of the processor.
        port: TCP port of its web server.
        limit_s: Longest time for all of it, in seconds.

    Raises:
        NoRoute: Nobody answers there.
        DatabaseUnavailable: What answers has no such file, or sent none that can be read.
    """
    place = Place(host, port, DATABASE_PATH)
    octets = await fetch(place, end=DATABASE_END, octets_max=DATABASE_OCTETS_MAX, limit_s=limit_s)
    try:
        # A large one takes a while: everything else goes on meanwhile.
        return await asyncio.to_thread(parse_database, octets)
    except DatabaseDamaged as error:
        raise DatabaseUnavailable(place.url, f"its database is damaged: {error.reason}") from error
