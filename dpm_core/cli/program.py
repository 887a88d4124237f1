"""`dpm program`: what a module is programmed for, shown and changed, also as a YAML document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dpm_core.cli.arguments import read_pairs, read_serial
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output
from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoType, OverrideAction

if TYPE_CHECKING:
    from dpm_core.cli.program_writing import Target
    from dpm_core.client import DpmClient
    from dpm_core.model import SerialNumber, ZoneNumber

DIFFERENT: Final = 1
"""Exit status of a comparison that found differences."""

_FILE: Final = click.argument(
    "file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True)
)
_MODULE: Final = click.option(
    "--module", "serial", type=read_serial, help="Take the one document for this module instead."
)


@click.group("program", no_args_is_help=False)
def command() -> None:
    """Show and change what a module is programmed for.

    Names, loads, override actions, CCO type and pulse, debounce and groups. It lives in the module
    and survives a power failure.
    """


@command.command("show")
@click.argument("serials", metavar="[SERIAL]...", type=read_serial, nargs=-1)
@link_options
def show(serials: tuple[SerialNumber, ...]) -> None:
    """Print the program of the SERIALs, or of every module found, as YAML."""
    from dpm_core.cli.link import find_modules, must_send, run_on_link
    from dpm_core.plan import program_fields, write_program

    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, "dpm program show", extension=True)

    async def job(client: DpmClient) -> None:
        shown = []
        for serial in sorted(set(serials)) or await find_modules(client):
            client.add_module(serial)
            program = await client.read_program(serial)
            groups = await client.read_groups(serial)
            if output.is_json:
                shown.append(program_fields(serial, program, groups))
            else:
                output.plain(write_program(serial, program, groups))
        if output.is_json:
            output.answer({"programs": shown})

    run_on_link(job, options, output, command="dpm program show", address=_words(serials))


@command.command("set")
@click.argument("serial", metavar="SERIAL", type=read_serial)
@click.option("--name", help="What the module is called; at most 32 octets.")
@click.option(
    "--zone-name", multiple=True, metavar="ZONE=NAME", help="What a zone is called, as 1=Hall."
)
@click.option(
    "--override-action",
    multiple=True,
    metavar="ZONE=on|off|unaffected",
    help="What manual override does to a zone, from its next entry; all=on is the factory's.",
)
@click.option(
    "--cco-type",
    type=click.Choice([kind.name.lower() for kind in CcoType]),
    help="What the CCO is used as.",
)
@click.option(
    "--cco-pulse", type=read_seconds, metavar="SECONDS", help="Length of a pulse, 0.1 to 60."
)
@click.option(
    "--debounce", type=float, metavar="SECONDS", help="How long the CCI must rest, 0 to 0.5."
)
@link_options
def set_(
    serial: SerialNumber,
    name: str | None,
    zone_name: tuple[str, ...],
    override_action: tuple[str, ...],
    cco_type: str | None,
    cco_pulse: float | None,
    debounce: float | None,
) -> None:
    """Change what is named of the program of SERIAL; the rest stays as it is."""
    from dpm_core.cli.program_writing import Target
    from dpm_core.plan import ProgramDocument

    fields: dict[str, Any] = {
        "name": name,
        "cco_type": None if cco_type is None else CcoType[cco_type.upper()],
        "cco_pulse_s": cco_pulse,
        "cci_debounce_s": debounce,
    }
    document = ProgramDocument(
        module=serial,
        fields={field: value for field, value in fields.items() if value is not None},
        zone_names=read_pairs(zone_name, "--zone-name"),
        override_actions=_actions(read_pairs(override_action, "--override-action")),
        groups=None,
    )
    if document.is_empty:
        raise click.UsageError("nothing to change was named")
    _write((Target(serial, document),), "dpm program set")


@command.command("apply")
@_FILE
@_MODULE
@link_options
def apply(file: Path, serial: SerialNumber | None) -> None:
    """Write the documents of FILE (- is standard input) to the modules that they name.

    Every document is checked, and every module read, before the first is written. Only what
    differs is written: the program of a module all or nothing, then its groups.
    """
    _write(_targets(file, serial), "dpm program apply")


@command.command(
    "diff",
    epilog="Exit status: 0 the same, 1 different; 2 and above as everywhere.",
)
@_FILE
@_MODULE
@link_options
@click.pass_context
def diff(ctx: click.Context, file: Path, serial: SerialNumber | None) -> None:
    """Say what `apply` would change in the modules, field by field, and change nothing."""
    from dpm_core.cli.link import must_send, run_on_link
    from dpm_core.cli.program_writing import read_writings, say_differences, say_warnings

    targets = _targets(file, serial)
    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, "dpm program diff", extension=True)
    is_different = False

    async def job(client: DpmClient) -> None:
        nonlocal is_different
        writings = await read_writings(client, targets)
        is_different = any(writing.changes for writing in writings)
        say_warnings(output, writings)
        if output.is_json:
            output.answer(
                {
                    "different": is_different,
                    "programs": [writing.as_fields() for writing in writings],
                }
            )
            return
        for writing in writings:
            say_differences(output, writing)

    run_on_link(job, options, output, command="dpm program diff", address=_words(_serials(targets)))
    if is_different:
        ctx.exit(DIFFERENT)


@command.command("edit")
@click.argument("serial", metavar="SERIAL", type=read_serial)
@link_options
def edit(serial: SerialNumber) -> None:
    """Open the program of SERIAL in your editor (VISUAL, EDITOR), and write what you make of it.

    The link is closed while you edit. What is no program is shown with its line, and can be
    edited again; nothing is written unless all of it is right.
    """
    from dpm_core.cli.program_edit import edit_program

    edit_program(serial, given_options())


def _targets(file: Path, serial: SerialNumber | None) -> tuple[Target, ...]:
    from dpm_core.cli.documents import read_program_file
    from dpm_core.cli.program_writing import Target

    documents = read_program_file(file)
    if serial is not None and len(documents) != 1:
        raise click.UsageError(f"--module takes a file with one document, not {len(documents)}")
    targets = []
    for number, document in enumerate(documents, 1):
        target = serial or document.module
        if target is None:
            raise UnsupportedSetting(
                f"module of document {number}", "", "a serial number, there or by --module"
            )
        targets.append(Target(target, document))
    return tuple(targets)


def _write(targets: tuple[Target, ...], name: str) -> None:
    from dpm_core.cli.link import must_send, run_on_link
    from dpm_core.cli.program_writing import read_writings, say_warnings, write, written_fields

    # A value that no module takes is refused before the link is opened.
    for target in targets:
        target.document.check()
    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, name, extension=True)

    async def job(client: DpmClient) -> None:
        writings = await read_writings(client, targets)
        say_warnings(output, writings)
        for writing in writings:
            await write(client, writing)
            if not output.is_json:
                words = ", ".join(change.words for change in writing.changes)
                output.plain(
                    f"Module {writing.serial}: changed {words or 'nothing, it is so already'}."
                )
        if output.is_json:
            output.answer({"programs": [written_fields(writing) for writing in writings]})

    run_on_link(job, options, output, command=name, address=_words(_serials(targets)))


def _serials(
    targets: tuple[Target, ...],
) -> tuple[SerialNumber, ...]:
    return tuple(target.serial for target in targets)


def _actions(pairs: dict[ZoneNumber, str]) -> dict[ZoneNumber, OverrideAction]:
    actions = {}
    for zone, text in pairs.items():
        try:
            actions[zone] = OverrideAction[text.strip().upper()]
        except KeyError as error:
            raise UnsupportedSetting(
                f"the override action of zone {int(zone)}", text, "on, off or unaffected"
            ) from error
    return actions


def _words(serials: tuple[SerialNumber, ...]) -> str:
    return " ".join(str(serial) for serial in serials) or "(any)"
