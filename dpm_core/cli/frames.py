"""`dpm frames`: what packets say, one answer for each line, as the lines come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from dpm_core.cli.options import given_options, only_options
from dpm_core.cli.output import Output
from dpm_core.errors import UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.protocol import FieldValue, PacketReport

LINE_MAX: Final = 4096
"""Longest line that is read, in octets. Decided here: the longest packet needs 53 times three."""

_HEADER: Final = "frame"
"""The field that holds what the packet's header says."""


@click.command("frames")
@click.argument(
    "files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path, allow_dash=True)
)
@only_options("json", "dialect")
def command(files: tuple[Path, ...]) -> None:
    """Read packets as hex, one a line, and say what each of them means.

    A packet goes from its type octet to its CRC; spaces between octets are allowed. They come
    from the FILEs, or from standard input. Every line that is not empty gets its answer, in
    order and at once, the bad ones too; with --json one JSON object a line.
    """
    from dpm_core.protocol import Dialect, inspect_line

    options = given_options()
    output = Output(is_json=options.json)
    dialect = Dialect[options.dialect.upper()]
    if not files and sys.stdin.isatty():
        output.remark("reading packets as hex from the terminal, one a line; Ctrl-D ends it")
    for path in files or (Path("-"),):
        with _opened(path) as stream:
            for line in read_lines(stream):
                report = inspect_line(line, dialect=dialect)
                if output.is_json:
                    output.object(report_fields(report))
                else:
                    _show(output, report)


def report_fields(report: PacketReport) -> dict[str, object]:
    """Return one packet's answer for programs; its keys are a promise (docs/cli.md)."""
    return {
        "crc_ok": report.crc_ok,
        "encoded": report.encoded,
        "meaning": report.words,
        "kind": report.kind,
        "fields": report.fields,
        "error": report.problem,
    }


def read_lines(stream: BinaryIO) -> Iterator[str]:
    """Return the lines that are not empty, each at most `LINE_MAX` long.

    The rest of a longer line is thrown away: what is left of it is no packet, and says so.
    What is not ASCII becomes a mark that is not hexadecimal, either.
    """
    while octets := stream.readline(LINE_MAX):
        rest = octets
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_MAX)
        if line := octets.decode("ascii", errors="replace").strip():
            yield line


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        # A caller that reads our answers line by line must get each at once.
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UnsupportedSetting(
            "the file", str(path), f"one that can be read ({error.strerror or error})"
        ) from error
    with stream:
        yield stream


def _show(output: Output, report: PacketReport) -> None:
    from rich.table import Table
    from rich.text import Text

    if report.crc_ok:
        verdict = Text("CRC ok", style="green")
    else:
        verdict = Text("CRC BAD" if report.encoded else "no packet", style="bold red")
    lines = Table.grid(padding=(0, 2))
    lines.add_column(width=9)
    lines.add_column()
    lines.add_row(verdict, Text(f"{report.kind}: ", style="bold") + Text(report.words, "not bold"))
    header = report.fields.get(_HEADER)
    for fields in (report.fields, header if isinstance(header, dict) else {}):
        shown = [f"{name}={_shown(value)}" for name, value in fields.items() if name != _HEADER]
        if shown:
            lines.add_row("", Text("  ".join(shown), style="dim"))
    output.print(lines)


def _shown(value: FieldValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return "(" + " ".join(f"{name}={_shown(item)}" for name, item in value.items()) + ")"
    return "-" if value in (None, "") else str(value)
