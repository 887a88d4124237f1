"""How a command gets at its link: a real one by URL, or the simulated one inside this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.logs import start_logging
from dpm_core.cli.options import DEFAULT_LINK, LinkOptions
from dpm_core.cli.output import Output
from dpm_core.client import ClientSettings, DpmClient, parse_processor_url
from dpm_core.errors import (
    ExtensionNotAllowed,
    LinkUnavailable,
    NoReply,
    NotThroughProcessor,
    SendingNotAllowed,
)
from dpm_core.model import SerialNumber
from dpm_core.protocol import Dialect, Echo, SessionSettings
from dpm_core.transport import (
    SendGate,
    Transport,
    TransportSettings,
    memory_pair,
    redacted_url,
    transport_for_url,
)

if TYPE_CHECKING:
    from dpm_core.simulator import Simulator

Job = Callable[[DpmClient], Awaitable[ExitStatus | None]]
_Client = TypeVar("_Client")

STATE_FOLDER: Final = Path("lutron-dpm") / "simulated-link"


def default_state_directory() -> Path:
    """Return where the simulated link keeps its modules' memory on this machine."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / STATE_FOLDER


def shown_link(options: LinkOptions) -> str:
    """Return the link as people and programs are shown it: without user names and keys."""
    if options.is_processor:
        return str(parse_processor_url(options.link))
    return options.link if options.is_simulated else redacted_url(options.link)


def must_send(options: LinkOptions, command: str, *, extension: bool) -> None:
    """Refuse a command that the options do not allow, before anything is opened.

    Raises:
        SendingNotAllowed: The link is listen-only.
        ExtensionNotAllowed: The command exists only in the project's own messages.
    """
    if not options.may_send:
        raise SendingNotAllowed(shown_link(options))
    if extension and not options.may_use_extension:
        raise ExtensionNotAllowed(shown_link(options), command)


def run_on_link(
    job: Job,
    options: LinkOptions,
    output: Output,
    *,
    command: str,
    address: str = "(any)",
    is_limited: bool = True,
    prepare: Callable[[DpmClient], None] | None = None,
    on_simulator: Callable[[Simulator], None] | None = None,
) -> ExitStatus | None:
    """Connect, do the job and close again; return what the job returned.

    Args:
        job: What to do with the connected client.
        options: Which link, and what may be sent on it.
        output: Where to say that the link is a simulated one.
        command: The command in words, for the error when `--timeout` has passed.
        address: Whom the command is for, for the same error.
        is_limited: Whether `--timeout` ends the job, too, and not only the connecting.
        prepare: Called with the client before it is connected, to miss nothing.
        on_simulator: Called with the simulated link inside this process, if it is one.

    Raises:
        NotThroughProcessor: The link is a processor, whose protocol has no word for it.
        DpmError: Whatever else stood in the way.
    """
    if options.is_processor:
        raise NotThroughProcessor(shown_link(options), command)
    connected = _connected(options, output, prepare, on_simulator)
    return run_limited(
        connected, job, options, command=command, address=address, is_limited=is_limited
    )


def run_limited(
    connected: AbstractAsyncContextManager[_Client],
    job: Callable[[_Client], Awaitable[ExitStatus | None]],
    options: LinkOptions,
    *,
    command: str,
    address: str = "(any)",
    is_limited: bool = True,
) -> ExitStatus | None:
    """Connect, do the job and close again, in no more time than `--timeout` gives.

    Args:
        connected: Connects, and closes at its end.
        job: What to do with the connected client.
        options: Which link, and how long.
        command: The command in words, for the error when `--timeout` has passed.
        address: Whom the command is for, for the same error.
        is_limited: Whether `--timeout` ends the job, too, and not only the connecting.

    Raises:
        DpmError: Whatever stood in the way.
    """
    start_logging(options.verbose)

    async def limited() -> ExitStatus | None:
        limit = asyncio.timeout(options.timeout)
        is_connected = False
        try:
            async with limit, connected as client:
                is_connected = True
                if not is_limited:
                    limit.reschedule(None)
                return await job(client)
        except TimeoutError as error:
            if options.timeout is None or not limit.expired():
                raise
            if is_connected:
                raise NoReply(address, command, options.timeout) from error
            detail = f"it was not open within {options.timeout:g} s"
            raise LinkUnavailable(shown_link(options), detail) from error

    return asyncio.run(limited())


async def find_modules(client: DpmClient) -> list[SerialNumber]:
    """Return the serial numbers of all modules on the link, ascending, and add them."""
    serials = sorted(module.serial for module in await client.discover())
    for serial in serials:
        client.add_module(serial)
    return serials


async def read_modules(client: DpmClient) -> None:
    """Find all modules and read the state of each.

    Only for a module that is known to be in manual override can a command to many say that it
    was refused; one that no longer answers gets its say when the command has been sent.
    """
    for serial in await find_modules(client):
        with contextlib.suppress(NoReply):
            await client.refresh(serial)


@asynccontextmanager
async def _connected(
    options: LinkOptions,
    output: Output,
    prepare: Callable[[DpmClient], None] | None,
    on_simulator: Callable[[Simulator], None] | None,
) -> AsyncIterator[DpmClient]:
    settings = TransportSettings(**_transport_settings(options))
    client_settings = ClientSettings(
        allow_extension=options.may_use_extension,
        dialect=Dialect[options.dialect.upper()],
        component_base=int(options.component_base, 16),
        session=SessionSettings(
            baud=options.baud,
            bits_per_octet=settings.bits_per_octet,
            echo=Echo(options.echo),
            host_slack_s=options.slack,
        ),
    )
    async with AsyncExitStack() as stack:
        if options.is_simulated:
            transport = await stack.enter_async_context(
                _simulated_link(options, output, on_simulator)
            )
        else:
            transport = transport_for_url(
                options.link,
                settings,
                backend=options.backend,
                gate=SendGate.SEND if options.allow_sending else SendGate.LISTEN,
            )
        client = DpmClient(transport, client_settings)
        if prepare is not None:
            prepare(client)
        yield await stack.enter_async_context(client)


def _transport_settings(options: LinkOptions) -> dict[str, Any]:
    return {
        "baud": options.baud,
        "byte_size": options.data_bits,
        "parity": options.parity,
        "stop_bits": options.stop_bits,
        "dtr_on_open": options.dtr,
        "rts_on_open": options.rts,
    }


@asynccontextmanager
async def _simulated_link(
    options: LinkOptions, output: Output, on_simulator: Callable[[Simulator], None] | None
) -> AsyncIterator[Transport]:
    from dpm_core.simulator import FileStore, Simulator, SimulatorSettings, parse_modules

    modules = parse_modules(options.simulated_modules)
    directory = options.simulated_state or default_state_directory()
    ours, theirs = memory_pair(options.link, gate=SendGate.SEND)
    simulator = Simulator(
        modules,
        settings=SimulatorSettings(
            baud=options.baud,
            echo=options.echo == "local",
            component_base=int(options.component_base, 16),
        ),
        store=FileStore(directory),
    )
    await simulator.start()
    try:
        await simulator.attach(theirs)
        if on_simulator is not None:
            on_simulator(simulator)
        count = "one module" if len(modules) == 1 else f"{len(modules)} modules"
        output.remark(
            f"no --link given: a simulated link with {count}, no hardware"
            if options.link == DEFAULT_LINK
            else f"simulated link with {count}, no hardware"
        )
        yield ours
        for module in simulator.modules.values():
            # What a relay has just counted is in its memory then.
            await module.settled()
    finally:
        await simulator.stop()
