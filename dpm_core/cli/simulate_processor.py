"""What `dpm simulate` takes for the processor in front of its link.

A password comes from a file or from the environment, never from an argument, which everybody on
the machine could read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from dpm_core.errors import UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.simulator import Listening, ProcessorOptions

PASSWORD_VARIABLE: Final = "DPM_PROCESSOR_PASSWORD"  # noqa: S105  # its name, not its value
"""The environment variable that may hold the processor's password."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS: Final = (
    click.option(
        "--processor",
        metavar="tcp:HOST:PORT",
        help="Put a simulated HomeWorks QS processor in front of the link: Telnet at this address "
        "(port 0 for any free one).",
    ),
    click.option(
        "--processor-http",
        metavar="tcp:HOST:PORT",
        help="Where that processor serves its database, as /DbXmlInfo.xml.",
    ),
    click.option(
        "--processor-user",
        metavar="USER",
        help="Who may log in to it; lutron, if not said.",
    ),
    click.option(
        "--processor-password-file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"File whose first line is the password. Without it {PASSWORD_VARIABLE} of the "
        "environment, else integration.",
    ),
    click.option(
        "--processor-wallstations",
        type=click.IntRange(0, 99),
        metavar="N",
        help="How many of the modules have a wallstation in its project; none, if not said.",
    ),
    click.option(
        "--processor-fault",
        "processor_faults",
        multiple=True,
        metavar="FAULT",
        help="How that processor misbehaves, such as no-push or prompt=SAFE; see docs/faults.md. "
        "May be given more than once.",
    ),
)


def processor_options(command: _Command) -> _Command:
    """Let a command take the options of the simulated processor."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def asked_processor(
    *,
    processor: str | None,
    processor_http: str | None,
    processor_user: str | None,
    processor_password_file: Path | None,
    processor_wallstations: int | None,
    processor_faults: tuple[str, ...],
) -> ProcessorOptions | None:
    """Return the processor that the options ask for; None if they ask for none.

    Raises:
        UnsupportedSetting: There are options for a processor that nobody asked for, or one is wrong.
    """
    from dpm_core.simulator import (
        ProcessorOptions,
        SimulatedProcessorSettings,
        parse_processor_fault,
    )

    if processor is None:
        given = {
            "--processor-http": processor_http,
            "--processor-user": processor_user,
            "--processor-password-file": processor_password_file,
            "--processor-wallstations": processor_wallstations,
            "--processor-fault": ", ".join(processor_faults),
        }
        for option, value in given.items():
            if value:
                raise UnsupportedSetting(option, str(value), "something only with --processor")
        return None
    login: dict[str, Any] = {
        "user": processor_user,
        "password": _password(processor_password_file),
        "wallstations": processor_wallstations,
    }
    return ProcessorOptions(
        telnet=processor,
        http=processor_http,
        settings=SimulatedProcessorSettings(
            **{name: value for name, value in login.items() if value is not None}
        ),
        faults=tuple(parse_processor_fault(words) for words in processor_faults),
    )


def _password(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get(PASSWORD_VARIABLE)
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or "it is no text"
        raise UnsupportedSetting(
            "--processor-password-file", str(file), f"a file with a password ({detail})"
        ) from error


def processor_places(listening: Listening) -> dict[str, str]:
    """Return where the processor and its database are, by what each is called."""
    places = {
        "processor": listening.processor,
        "processor_http": listening.processor_http,
    }
    return {what: url for what, url in places.items() if url is not None}
