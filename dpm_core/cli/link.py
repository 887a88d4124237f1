"""How a command gets at its link: a real one by URL, or the simulated one inside this process."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import LinkOptions
from dpm_core.cli.output import Output
from dpm_core.client import ClientSettings, DpmClient
from dpm_core.errors import ExtensionNotAllowed, LinkUnavailable, NoReply, SendingNotAllowed
from dpm_core.transport import (
    SendGate,
    Transport,
    TransportSettings,
    memory_pair,
    redacted_url,
    transport_for_url,
)

Job = Callable[[DpmClient], Awaitable[ExitStatus | None]]

STATE_FOLDER: Final = Path("lutron-dpm") / "simulated-link"


def default_state_directory() -> Path:
    """Return where the simulated link keeps its modules' memory on this machine."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / STATE_FOLDER


def run_on_link(
    job: Job,
    options: LinkOptions,
    output: Output,
    *,
    what: str,
    address: str = "any module",
    is_limited: bool = True,
) -> ExitStatus | None:
    """Connect, do the job and close again; return what the job returned.

    Args:
        what: The command in words, for the error when `--timeout` has passed.
        address: Whom the command is for, for the same error.
        is_limited: Whether `--timeout` ends the job, too, and not only the connecting.
    """
    _start_logging(options.verbose)
    return asyncio.run(_run(job, options, output, what, address, is_limited=is_limited))


def must_send(options: LinkOptions, command: str, *, extension: bool) -> None:
    """Refuse a command that the options do not allow, before anything is opened.

    Raises:
        SendingNotAllowed: The link is listen-only.
        ExtensionNotAllowed: The command exists only in the project's own messages.
    """
    if not options.may_send:
        raise SendingNotAllowed(redacted_url(options.link))
    if extension and not options.may_use_extension:
        raise ExtensionNotAllowed(redacted_url(options.link), command)


async def _run(
    job: Job,
    options: LinkOptions,
    output: Output,
    what: str,
    address: str,
    *,
    is_limited: bool,
) -> ExitStatus | None:
    limit = asyncio.timeout(options.timeout)
    is_connected = False
    try:
        async with limit, _connected(options, output) as client:
            is_connected = True
            if not is_limited:
                limit.reschedule(None)
            return await job(client)
    except TimeoutError as error:
        if not limit.expired() or options.timeout is None:
            raise
        if not is_connected:
            detail = f"it was not open within {options.timeout:g} s"
            raise LinkUnavailable(redacted_url(options.link), detail) from error
        raise NoReply(address, what, options.timeout) from error


@asynccontextmanager
async def _connected(options: LinkOptions, output: Output) -> AsyncIterator[DpmClient]:
    async with _transport(options, output) as transport:
        async with DpmClient(transport, _client_settings(options)) as client:
            yield client


def _client_settings(options: LinkOptions) -> ClientSettings:
    raise NotImplementedError


@asynccontextmanager
async def _transport(options: LinkOptions, output: Output) -> AsyncIterator[Transport]:
    if options.is_simulated:
        async with _simulated_transport(options, output) as simulated:
            yield simulated
        return
    settings: dict[str, Any] = {
        "baud": options.baud,
        "byte_size": options.data_bits,
        "parity": options.parity,
        "stop_bits": options.stop_bits,
        "dtr_on_open": options.dtr,
        "rts_on_open": options.rts,
    }
    yield transport_for_url(
        options.link,
        TransportSettings(**settings),
        backend=options.backend,  # type: ignore[arg-type]  # click has checked the choice
        gate=SendGate.SEND if options.allow_sending else SendGate.LISTEN,
    )
