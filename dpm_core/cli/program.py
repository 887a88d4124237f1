"""`dpm program`: what a module is programmed for, shown and changed, also as a YAML document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dpm_core.cli.arguments import read_pairs, read_serial
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output
from dpm_core.errors import UnsupportedSetting
from dpm_core.model import ZONES, CcoType, OverrideAction

if TYPE_CHECKING:
    from dpm_core.cli.program_document import ProgramDocument
    from dpm_core.client import DpmClient
    from dpm_core.model import Program, SerialNumber, ZoneNumber


@click.group("program", no_args_is_help=False)
def command() -> None:
    """Show and change what a module is programmed for.

    Names, override actions, CCO type and pulse, debounce and groups. It lives in the module and
    survives a power failure.
    """


@command.command("show")
@click.argument("serials", metavar="[SERIAL]...", type=read_serial, nargs=-1)
@link_options
def show(serials: tuple[SerialNumber, ...]) -> None:
    """Print the program of the SERIALs, or of every module found, as YAML."""
    from dpm_core.cli.link import find_modules, must_send, run_on_link
    from dpm_core.cli.program_document import program_fields, write_document

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
                output.plain(write_document(serial, program, groups))
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
    from dpm_core.cli.program_document import ProgramDocument

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
    _write(((serial, document),), "dpm program set")


@command.command("apply")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--module", "serial", type=read_serial, help="Write the one document to this module instead."
)
@link_options
def apply(file: Path, serial: SerialNumber | None) -> None:
    """Write the documents of FILE (- is standard input) to the modules that they name.

    Every document is checked before the first module is written, and only what differs is.
    """
    from dpm_core.cli.program_document import read_documents

    documents = read_documents(_read(file))
    if serial is not None and len(documents) != 1:
        raise click.UsageError(f"--module takes a file with one document, not {len(documents)}")
    targets = []
    for number, document in enumerate(documents, 1):
        target = serial or document.module
        if target is None:
            raise UnsupportedSetting(
                f"module of document {number}", "", "a serial number, there or by --module"
            )
        targets.append((target, document))
    _write(tuple(targets), "dpm program apply")


def _write(targets: tuple[tuple[SerialNumber, ProgramDocument], ...], name: str) -> None:
    from dpm_core.cli.link import must_send, run_on_link
    from dpm_core.cli.program_document import program_fields

    # A value that no module takes is refused before the link is opened.
    for _, document in targets:
        document.check()
    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, name, extension=True)

    async def job(client: DpmClient) -> None:
        written = []
        for serial, document in targets:
            client.add_module(serial)
            program = await client.read_program(serial)
            wanted = document.applied_to(program)
            changed = [] if wanted == program else _changed(program, wanted)
            if changed:
                await client.write_program(serial, wanted)
            if document.groups is not None:
                changed += await _write_groups(client, serial, document)
            groups = await client.read_groups(serial)
            if output.is_json:
                written.append(
                    {"changed": changed, "program": program_fields(serial, wanted, groups)}
                )
            else:
                what = ", ".join(changed) if changed else "nothing, it is so already"
                output.plain(f"Module {serial}: changed {what}.")
        if output.is_json:
            output.answer({"programs": written})

    serials = tuple(serial for serial, _ in targets)
    run_on_link(job, options, output, command=name, address=_words(serials))


async def _write_groups(
    client: DpmClient, serial: SerialNumber, document: ProgramDocument
) -> list[str]:
    assert document.groups is not None
    nobody = (False, False, False, False)
    now = await client.read_groups(serial)
    # Groups are left before others are joined: there is room for sixteen.
    changes = {group: nobody for group in now if group not in document.groups}
    changes |= {
        group: members
        for group, members in document.groups.items()
        if now.get(group, nobody) != members
    }
    for group, members in changes.items():
        await client.set_group(serial, group, members)
    return [f"group {int(group)}" for group in changes]


def _changed(before: Program, after: Program) -> list[str]:
    words = {
        "name": "name",
        "cco_type": "CCO type",
        "cco_pulse_s": "CCO pulse",
        "cci_debounce_s": "debounce",
    }
    changed = [
        word for field, word in words.items() if getattr(before, field) != getattr(after, field)
    ]
    for zone in ZONES:
        if before.zone_names[zone - 1] != after.zone_names[zone - 1]:
            changed.append(f"name of zone {int(zone)}")
        if before.override_actions[zone - 1] != after.override_actions[zone - 1]:
            changed.append(f"override action of zone {int(zone)}")
    return changed


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


def _read(file: Path) -> str:
    from dpm_core.cli.program_document import DOCUMENT_OCTETS_MAX

    try:
        if str(file) == "-":
            octets = sys.stdin.buffer.read(DOCUMENT_OCTETS_MAX + 1)
        else:
            with file.open("rb") as stream:
                octets = stream.read(DOCUMENT_OCTETS_MAX + 1)
        return octets.decode()
    except OSError as error:
        raise UnsupportedSetting(
            "the file", str(file), f"one that can be read ({error.strerror or error})"
        ) from error
    except UnicodeDecodeError as error:
        raise UnsupportedSetting("the file", str(file), "text in UTF-8") from error


def _words(serials: tuple[SerialNumber, ...]) -> str:
    return " ".join(str(serial) for serial in serials) or "(any)"
