"""How a command gets at a HomeWorks QS processor: its password, its modules, and a session.

The password comes from a file, the environment or a person, never from an argument: every program
on a machine can read those. Which integration ids are a module comes from a document, or from what
the processor's own project suggests.

House rule: opening only; what is done there is in the commands.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from dpm_core.cli.link import run_limited, shown_link
from dpm_core.cli.modules_document import (
    is_modules_document,
    modules_of,
    read_modules_document,
)
from dpm_core.client import (
    HTTP_PORT,
    ModuleLost,
    ProcessorClient,
    fetch_project,
    parse_processor_url,
    transport_for_processor,
)
from dpm_core.errors import UnknownModule, UnsupportedSetting
from dpm_core.model import SOFTWARE_OLDEST, IntegrationId
from dpm_core.protocol.lip import DATABASE_OCTETS_MAX, Credentials, parse_database

if TYPE_CHECKING:
    from dpm_core.cli.exits import ExitStatus
    from dpm_core.cli.options import LinkOptions
    from dpm_core.cli.output import Output
    from dpm_core.client import ClientEvent, ProcessorModule
    from dpm_core.model import ModuleAddress
    from dpm_core.protocol.lip import ProcessorProject

PASSWORD_VARIABLE: Final = "DPM_PROCESSOR_PASSWORD"  # noqa: S105  # its name, not a password

_HTTP: Final = "http://"

Job = Callable[[ProcessorClient], Awaitable["ExitStatus | None"]]


def run_at_processor(
    job: Job,
    options: LinkOptions,
    output: Output,
    *,
    command: str,
    wanted: Sequence[str] = (),
    has_modules: bool = True,
    is_limited: bool = True,
) -> ExitStatus | None:
    """Log in, do the job and log out again; return what the job returned.

    Args:
        job: What to do with the connected client, which cares for the modules.
        options: Which processor, and what says which ids are a module.
        output: Where to warn of a project that is too old.
        command: The command in words, for the error when `--timeout` has passed.
        wanted: The modules that the command is for, by the id of their first zone; all if none.
        has_modules: Whether the command is about modules at all.
        is_limited: Whether `--timeout` ends the job, too, and not only the connecting.

    Raises:
        DpmError: Whatever stood in the way.
    """
    place = parse_processor_url(options.link)
    addresses = [IntegrationId.parse(text) for text in wanted]
    credentials = Credentials(_user(place.user), _password(options))

    @asynccontextmanager
    async def connected() -> AsyncIterator[ProcessorClient]:
        client = ProcessorClient(transport_for_processor(place), credentials)
        if has_modules:
            modules = {one.address: one for one in await read_modules(options, output)}
            for address in addresses or modules:
                if address not in modules:
                    raise UnknownModule(address)
                client.add_module(modules[address])
        async with client:
            yield client

    whom = ", ".join(wanted) or "(any)"
    return run_limited(
        connected(), job, options, command=command, address=whom, is_limited=is_limited
    )


def _user(user: str) -> str:
    if not user:
        raise UnsupportedSetting("--link", "(no user)", "lip://USER@HOST: whose login it is")
    return user


def _password(options: LinkOptions) -> str:
    """Return the password, from wherever it may come."""
    if options.password_file is not None:
        try:
            with options.password_file.open(encoding="utf-8") as lines:
                return lines.readline(1024).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise click.BadParameter(
                f"{str(options.password_file)!r} cannot be read", param_hint="--password-file"
            ) from error
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"the processor's password is not known: give --password-file, or {PASSWORD_VARIABLE} "
            "in the environment, or type it at a terminal"
        )
    password: str = click.prompt(
        f"Password for {shown_link(options)}",
        hide_input=True,
        err=True,
        default="",
        show_default=False,
    )
    return password


async def read_at_processor(client: ProcessorClient) -> None:
    """Wait until the state of each module is read, which a client does by itself after a login.

    One that the processor does not tell of has that in its view.
    """
    lost: set[ModuleAddress] = set()
    is_settled = asyncio.Event()

    def look(event: ClientEvent | None = None) -> None:
        if isinstance(event, ModuleLost):
            lost.add(event.serial)
        modules = client.modules.items()
        if client.trouble or all(view.is_fresh or address in lost for address, view in modules):
            is_settled.set()

    end = client.subscribe(look)
    look()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(client.settings.command_limit_s):
            await is_settled.wait()
    end()


async def read_modules(options: LinkOptions, output: Output) -> tuple[ProcessorModule, ...]:
    """Return the modules that the options name, or the project suggests.

    Raises:
        DpmError: What says so cannot be read.
    """
    source = options.modules_file
    if source is not None and not source.startswith(_HTTP):
        text = await asyncio.to_thread(_read_file, source)
        if is_modules_document(text.decode(errors="replace")):
            return read_modules_document(text.decode(errors="replace"))
    project = await read_project(options)
    warn_of_old_software(project, output)
    modules = modules_of(project)
    if not modules:
        output.remark(
            "the project suggests no module: `dpm processor show` lists its outputs, and "
            "--modules-file FILE names those that are one"
        )
    return modules


async def read_project(options: LinkOptions) -> ProcessorProject:
    """Return the project of a file, or of a processor's web server.

    Raises:
        DpmError: It cannot be read.
    """
    source = options.modules_file
    if source is not None and not source.startswith(_HTTP):
        return parse_database(await asyncio.to_thread(_read_file, source))
    if source is not None:
        return await fetch_project(*_web_server(source))
    if not options.is_processor:
        raise click.UsageError(
            "which project? Give --link lip://HOST, or --modules-file FILE or http://HOST:PORT"
        )
    host = parse_processor_url(options.link).host
    if host is None:
        raise UnsupportedSetting(
            "--modules-file", "(not given)", "a file: a serial line carries no project"
        )
    return await fetch_project(host)


def _web_server(url: str) -> tuple[str, int]:
    allowed = "FILE, http://HOST or http://HOST:PORT"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or HTTP_PORT
    except ValueError as error:
        raise UnsupportedSetting("--modules-file", "(not readable)", allowed) from error
    if not host or parts.username is not None:
        raise UnsupportedSetting("--modules-file", "(another URL)", allowed)
    return host, port


def _read_file(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            # One octet more than is allowed says that it is too large.
            return file.read(DATABASE_OCTETS_MAX + 1)
    except OSError as error:
        raise click.BadParameter(
            f"{name!r} cannot be read: {error.strerror}", param_hint="--modules-file"
        ) from error


def warn_of_old_software(project: ProcessorProject, output: Output) -> None:
    """Say that a project was made with software that does not know these modules."""
    if project.is_software_too_old:
        output.remark(
            f"the project was made with HomeWorks QS software {project.software_version}; this "
            f"module needs {SOFTWARE_OLDEST.value:g} or later ({SOFTWARE_OLDEST.heading})"
        )
