"""The options that every command on a link takes: where the link is, and what may be sent on it.

They may stand before the command or after it; after it wins, and both win over the environment
variable. House rule: an option of one command only belongs into that command's file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from dpm_core.errors import UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.transport import Backend

SIMULATED_SCHEME: Final = "simulated:"
PROCESSOR_SCHEMES: Final = ("lip://", "lip+serial://")
DEFAULT_LINK: Final = f"{SIMULATED_SCHEME}2"
"""Two modules with fixed serials, inside this process. Decided here: nothing real by accident."""

_META_KEY: Final = "dpm_core.cli.options"
_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """What the options in front of or behind a command said, together with their defaults."""

    link: str = DEFAULT_LINK
    allow_sending: bool = False
    allow_extension: bool = False
    simulated_state: Path | None = None
    password_file: Path | None = None
    modules_file: str | None = None
    baud: int = 31250
    parity: str = "none"
    data_bits: int = 8
    stop_bits: int = 1
    dtr: str = "high"
    rts: str = "high"
    echo: str = "none"
    slack: float = 0.03
    backend: Backend = "serialx"
    dialect: str = "wired"
    component_base: str = "0001"
    timeout: float | None = None
    json: bool = False
    verbose: int = 0

    @property
    def is_simulated(self) -> bool:
        """Whether the link is the one inside this process."""
        return self.link.startswith(SIMULATED_SCHEME)

    @property
    def is_processor(self) -> bool:
        """Whether the link is a HomeWorks QS processor."""
        return self.link.strip().lower().startswith(PROCESSOR_SCHEMES)

    @property
    def simulated_modules(self) -> str:
        """Which modules the simulated link has, as `dpm simulate --modules` takes them."""
        return self.link.removeprefix(SIMULATED_SCHEME).strip("/") or "2"

    @property
    def may_send(self) -> bool:
        """Whether anything may be sent on this link."""
        return self.is_simulated or self.is_processor or self.allow_sending

    @property
    def may_use_extension(self) -> bool:
        """Whether everything may be asked on this link.

        By the project's own messages; or at a processor, whose protocol is made for it.
        """
        is_free = self.is_simulated or self.is_processor
        return is_free or (self.allow_sending and self.allow_extension)


def read_seconds(text: str) -> float:
    """Return a time in seconds, above zero and finite.

    Raises:
        click.BadParameter: It is none.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise click.BadParameter(f"{text!r} is not a time in seconds above zero")
    return seconds


# Name of the field in LinkOptions, declarations, and what click makes of it. The environment
# variable is DPM_ and the name in capitals. test_options.py holds the table to LinkOptions.
_TABLE: Final[dict[str, tuple[tuple[str, ...], dict[str, Any]]]] = {
    "link": (
        ("--link",),
        {
            "metavar": "URL",
            "help": "Where the link is: a device path, socket://HOST:PORT, rfc2217://HOST:PORT, "
            "esphome://HOST/?port_name=NAME, a HomeWorks QS processor as lip://USER@HOST or "
            "lip+serial:///dev/PORT, or simulated:MODULES, which is inside this process and the "
            f"default ({DEFAULT_LINK}).",
        },
    ),
    "allow_sending": (
        ("--allow-sending/--listen-only",),
        {"help": "Let dpm send on a real link; without it, dpm only listens there."},
    ),
    "allow_extension": (
        ("--allow-extension/--no-extension",),
        {
            "help": "Let dpm send this project's own messages (class 7D) too. No Lutron device is "
            "known to understand them."
        },
    ),
    "simulated_state": (
        ("--simulated-state",),
        {
            "metavar": "DIR",
            "type": click.Path(file_okay=False, path_type=Path),
            "help": "Where the simulated link keeps its modules' memory.",
        },
    ),
    "password_file": (
        ("--password-file",),
        {
            "metavar": "FILE",
            "type": click.Path(dir_okay=False, path_type=Path),
            "help": "Where the processor's password is, in the first line; else it is taken from "
            "DPM_PROCESSOR_PASSWORD, or asked for.",
        },
    ),
    "modules_file": (
        ("--modules-file",),
        {
            "metavar": "FILE|URL",
            "help": "Which integration ids are a module: a modules document, a processor's "
            "database, or http://HOST:PORT where that is; else the processor's own database "
            "and what it suggests.",
        },
    ),
    "baud": (
        ("--baud",),
        {"type": int, "metavar": "RATE", "help": "Speed of the link in bits per second (31250)."},
    ),
    "parity": (
        ("--parity",),
        {
            "type": click.Choice(["none", "even", "odd", "mark", "space"]),
            "help": "Parity bit (none).",
        },
    ),
    "data_bits": (
        ("--data-bits",),
        {"type": int, "metavar": "BITS", "help": "Data bits of an octet (8)."},
    ),
    "stop_bits": (("--stop-bits",), {"type": int, "metavar": "BITS", "help": "Stop bits (1)."}),
    "dtr": (
        ("--dtr",),
        {
            "type": click.Choice(["high", "low", "leave"]),
            "help": "DTR when a local port is opened (high).",
        },
    ),
    "rts": (
        ("--rts",),
        {
            "type": click.Choice(["high", "low", "leave"]),
            "help": "RTS when a local port is opened (high).",
        },
    ),
    "echo": (
        ("--echo",),
        {
            "type": click.Choice(["none", "local"]),
            "help": "Whether the adapter hears what it sends itself (none).",
        },
    ),
    "slack": (
        ("--slack",),
        {
            "type": read_seconds,
            "metavar": "SECONDS",
            "help": "Extra wait for each answer, for a gateway on a slow network (0.03).",
        },
    ),
    "backend": (
        ("--backend",),
        {
            "type": click.Choice(["serialx", "pyserial-asyncio"]),
            "help": "What opens a real link (serialx).",
        },
    ),
    "dialect": (
        ("--dialect",),
        {
            "type": click.Choice(["wired", "radio"]),
            "help": "How GoToLevel is written: by zone (wired) or as on the radio.",
        },
    ),
    "component_base": (
        ("--component-base",),
        {
            "type": click.Choice(["0001", "0081"]),
            "help": "Component number of zone 1 in GoToLevel (0001).",
        },
    ),
    "timeout": (
        ("--timeout",),
        {
            "type": read_seconds,
            "metavar": "SECONDS",
            "help": "Give up after this many seconds in all; without it the library's own limits "
            "hold.",
        },
    ),
    "json": (
        ("--json/--no-json",),
        {"help": "Print JSON for programs instead of words for people."},
    ),
    "verbose": (
        ("-v", "--verbose"),
        {"count": True, "help": "Log what happens to standard error; twice: every octet too."},
    ),
}

OPTION_NAMES: Final = tuple(_TABLE)


def environment_variable(name: str) -> str:
    """Return the environment variable that gives an option, such as `DPM_LINK`."""
    return f"DPM_{name.upper()}"


def option_rows() -> tuple[tuple[str, str, str], ...]:
    """Return each option with its environment variable and its meaning, for the documentation."""
    rows = []
    for name, (declarations, attributes) in _TABLE.items():
        declaration = ", ".join(declarations).replace("/", ", ")
        choice = attributes.get("type")
        if isinstance(choice, click.Choice):
            declaration += f" {'|'.join(choice.choices)}"
        elif "metavar" in attributes:
            declaration += f" {attributes['metavar']}"
        rows.append((declaration, environment_variable(name), str(attributes["help"])))
    return tuple(rows)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    assert param.name is not None
    source = ctx.get_parameter_source(param.name)
    if source in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT):
        ctx.find_root().meta.setdefault(_META_KEY, {})[param.name] = value
    return value


def _option(name: str, **extra: Any) -> Callable[[_Command], _Command]:
    declarations, attributes = _TABLE[name]
    return click.option(
        *declarations,
        name,
        default=None if not attributes.get("count") else 0,
        expose_value=False,
        callback=_remember,
        **attributes,
        **extra,
    )


def root_options(command: _Command) -> _Command:
    """Give `dpm` itself every option, from the environment too."""
    for name in reversed(OPTION_NAMES):
        command = _option(name, envvar=environment_variable(name))(command)
    return command


def link_options(command: _Command) -> _Command:
    """Give a command on a link the same options, so that they may stand behind its name."""
    for name in reversed(OPTION_NAMES):
        # In the help of each command only one of them is worth its line.
        command = _option(name, hidden=name != "json")(command)
    return command


def only_options(*names: str) -> Callable[[_Command], _Command]:
    """Give a command without a link those of the options that mean something to it."""

    def decorate(command: _Command) -> _Command:
        for name in reversed(names):
            command = _option(name)(command)
        return command

    return decorate


def given_options() -> LinkOptions:
    """Return what this call of `dpm` was given.

    Raises:
        UnsupportedSetting: The link is neither a URL nor a path.
    """
    given: dict[str, Any] = click.get_current_context().find_root().meta.get(_META_KEY, {})
    known = {field.name for field in fields(LinkOptions)}
    options = LinkOptions(**{name: value for name, value in given.items() if name in known})
    if not options.link.strip():
        raise UnsupportedSetting(
            "--link", options.link, "a device path, a URL, or simulated:MODULES"
        )
    return options
