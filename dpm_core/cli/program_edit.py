"""`dpm program edit`: a module's program in the editor of whoever calls, and back into the module."""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING, Final

import click

from dpm_core.cli.link import must_send, run_on_link
from dpm_core.cli.output import Output
from dpm_core.cli.program_writing import (
    LOAD_WARNINGS,
    Target,
    Writing,
    must_be_unchanged,
    read_writing,
    say_warnings,
    write,
    written_fields,
)
from dpm_core.errors import DpmError, InvalidDocument
from dpm_core.model import LoadType
from dpm_core.plan import ProgramDocument, read_programs, write_program

if TYPE_CHECKING:
    from dpm_core.cli.options import LinkOptions
    from dpm_core.client import DpmClient
    from dpm_core.model import SerialNumber

COMMAND: Final = "dpm program edit"
_FILE: Final = "the edited program"

_NOTHING: Final = ProgramDocument(None, {}, {}, {}, None)
"""Says nothing, so that a module is only read."""


def edit_program(serial: SerialNumber, options: LinkOptions) -> None:
    """Let a person edit a module's program, and write what differs.

    Raises:
        InvalidDocument: What was left in the editor is no program; where it is kept is said.
        Rejected: Somebody else programmed the module in the meantime.
        DpmError: Whatever else stood in the way.
    """
    output = Output(is_json=options.json)
    must_send(options, COMMAND, extension=True)
    read: list[Writing] = []

    async def read_it(client: DpmClient) -> None:
        read.append(await read_writing(client, Target(serial, _NOTHING)))

    run_on_link(read_it, options, output, command=COMMAND, address=str(serial))
    (shown,) = read
    text = _head() + write_program(serial, shown.before, shown.groups_before)
    edited = _edited(text, serial, output)
    if edited is None:
        _say(output, None, serial)
        return
    saved, document = edited

    async def write_it(client: DpmClient) -> None:
        writing = await read_writing(client, Target(serial, document))
        must_be_unchanged(shown, writing)
        say_warnings(output, (writing,))
        await write(client, writing)
        _say(output, writing, serial)

    try:
        run_on_link(write_it, options, output, command=COMMAND, address=str(serial))
    except DpmError:
        _keep(saved, output)
        raise


def _say(output: Output, writing: Writing | None, serial: SerialNumber) -> None:
    if output.is_json:
        output.answer({"programs": [] if writing is None else [written_fields(writing)]})
        return
    words = "" if writing is None else ", ".join(change.words for change in writing.changes)
    output.plain(f"Module {serial}: changed {words or 'nothing'}.")


def _edited(text: str, serial: SerialNumber, output: Output) -> tuple[str, ProgramDocument] | None:
    """Return what the person makes of a document; None if nothing was saved."""
    while True:
        saved = click.edit(text, extension=".yaml")
        if saved is None or saved == text:
            return None
        try:
            return saved, _document(saved, serial)
        except InvalidDocument as error:
            if not (sys.stdin.isatty() and _edits_again(error, output)):
                _keep(saved, output)
                raise
            text = saved


def _edits_again(error: InvalidDocument, output: Output) -> bool:
    output.remark(str(error))
    return click.confirm("Edit it again?", default=True, err=True)


def _document(text: str, serial: SerialNumber) -> ProgramDocument:
    documents = read_programs(text, _FILE)
    if len(documents) != 1:
        raise InvalidDocument(_FILE, 1, "", f"{len(documents)} documents", "one document")
    (document,) = documents
    if document.module not in (None, serial):
        raise InvalidDocument(
            _FILE, 1, "module", str(document.module), f"{serial}, which is the module you edit"
        )
    return document


def _head() -> str:
    """Return the remarks above the document, the specification's warnings among them."""
    kinds = ", ".join(kind.value for kind in LoadType)
    lines = (
        "What you save is written to the module; what you take out stays as it is.",
        "load: none, or {type: ..., amps: ...}, or watts instead of amps. Types:",
        kinds,
        *LOAD_WARNINGS,
    )
    return "".join(f"# {line}\n" for line in lines)


def _keep(text: str, output: Output) -> None:
    """Write what was edited into a file of its own, so that no work is lost."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="dpm-program-", suffix=".yaml", delete=False
    ) as file:
        file.write(text)
    output.remark(f"what you edited is kept in {file.name}")
