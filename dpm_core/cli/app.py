"""The command `dpm` itself: it finds a command, runs it, and turns how it ended into words.

House rule: a command's module is loaded when that command is called, so that none waits for
what only another one needs. A new command is one line in `COMMANDS`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import click
from click.core import ParameterSource

from dpm_core import __version__
from dpm_core.cli.exits import ExitStatus, facts_of, hint_of, kind_of, status_of
from dpm_core.cli.options import environment_variable, root_options
from dpm_core.cli.output import one_line
from dpm_core.errors import DpmError

COMMANDS: Final = {
    "status": "dpm_core.cli.status",
    "scan": "dpm_core.cli.scan",
    "set": "dpm_core.cli.zones",
    "cco": "dpm_core.cli.cco",
    "identify": "dpm_core.cli.identify",
    "watch": "dpm_core.cli.watch",
    "panel": "dpm_core.cli.panel",
    "program": "dpm_core.cli.program",
    "processor": "dpm_core.cli.processor",
    "group": "dpm_core.cli.group",
    "counters": "dpm_core.cli.counters",
    "simulate": "dpm_core.cli.simulate",
    "control": "dpm_core.cli.control",
    "frames": "dpm_core.cli.frames",
    "probe": "dpm_core.cli.probe",
    "capture": "dpm_core.cli.capture",
    "replay": "dpm_core.cli.replay",
    "plan": "dpm_core.cli.plan",
}
"""Which module holds a command; each has one click command named `command`."""


class Commands(click.Group):
    """The commands of `dpm`, loaded when they are called, and their two quiet ends."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name; None when there is none."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; Ctrl-C and a closed pipe end it without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(ExitStatus.INTERRUPTED) from None
        except BrokenPipeError:
            raise click.exceptions.Exit(_after_broken_pipe()) from None


@click.command(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every option may also stand behind the command, or in the environment: DPM_LINK and "
    "so on. Exit status: 0 done, 2 wrong call, 3 no link, 4 no reply, 5 refused, 6 in manual "
    "override, 7 not confirmed.",
)
@root_options
@click.version_option(__version__, prog_name="dpm", message="%(prog)s %(version)s")
@click.pass_context
def dpm(ctx: click.Context) -> None:
    """Lutron LQSE-4S8-120-D switching power modules on a QS link.

    Without --link, dpm works on a simulated link of its own. A real link is only listened to
    until --allow-sending is given. Nothing here has met a real module yet.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        ctx.exit(ExitStatus.CALL)


def every_command() -> list[tuple[str, click.Command]]:
    """Return each command with its name, for the documentation."""
    with click.Context(dpm) as ctx:
        found = ((name, dpm.get_command(ctx, name)) for name in dpm.list_commands(ctx))
        return [(name, command) for name, command in found if command is not None]


def run(arguments: Sequence[str]) -> int:
    """Run `dpm` with these arguments and return the exit status; every error becomes words."""
    for stream in (sys.stdout, sys.stderr):
        # A locale without the drawing characters must not end a command.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        result = dpm.main(list(arguments), prog_name="dpm", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _after_broken_pipe()
    except click.Abort:
        return ExitStatus.INTERRUPTED
    except click.ClickException as error:
        return _fail(arguments, _words_of(error), "usage", ExitStatus.CALL, {})
    except DpmError as error:
        words = f"{error}{hint_of(error)}"
        return _fail(arguments, words, kind_of(error), status_of(error), facts_of(error))
    except Exception as error:  # the outermost loop there is
        if os.environ.get("DPM_TRACEBACK"):
            raise
        words = (
            f"This is a fault of dpm: {type(error).__name__}: {error}. Please report it; with "
            "DPM_TRACEBACK=1 in the environment it shows where."
        )
        return _fail(arguments, words, "fault", ExitStatus.FAULT, {})
    return result if isinstance(result, int) else ExitStatus.DONE


def _words_of(error: click.ClickException) -> str:
    words = error.format_message()
    if isinstance(error, click.BadParameter):
        words = f"{words.rstrip('.')}{_origin_of(error)}"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        words = f'{words.rstrip(".")}. Try "{error.ctx.command_path} --help".'
    return words


def _origin_of(error: click.BadParameter) -> str:
    parameter, ctx = error.param, error.ctx
    if parameter is None or ctx is None:
        return ""
    is_from_environment = (
        ctx.get_parameter_source(str(parameter.name)) is ParameterSource.ENVIRONMENT
    )
    return f" (from {parameter.envvar} in the environment)" if is_from_environment else ""


def _fail(
    arguments: Sequence[str],
    words: str,
    kind: str,
    status: ExitStatus,
    facts: dict[str, object],
) -> int:
    words = one_line(words)
    try:
        sys.stderr.write(f"dpm: {words}\n")
        if _wants_json(arguments):
            failure = {"ok": False, "error": words, "kind": kind, "status": int(status)}
            sys.stdout.write(json.dumps({**failure, "facts": facts}, default=str) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        return _after_broken_pipe()
    return status


def _wants_json(arguments: Sequence[str]) -> bool:
    # The call itself may be what is wrong, so the arguments are looked at as they came.
    last = [argument for argument in arguments if argument in ("--json", "--no-json")][-1:]
    if last:
        return last == ["--json"]
    wanted = os.environ.get(environment_variable("json"), "")
    return wanted.strip().lower() in ("1", "true", "t", "yes", "y", "on")


def _after_broken_pipe() -> ExitStatus:
    # What is still in the buffer would raise again when the interpreter ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitStatus.BROKEN_PIPE
