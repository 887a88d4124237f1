"""Run every command of docs/cli.md, write what it printed, and draw docs/images/dpm-status.svg.

    python docs/cli_examples.py

The page is the script: each line that begins with `$ ` in a block of `console` is run by a shell, in
order, in one folder; a remark `<!-- meanwhile: ... -->` before a block is run while its command
watches. What differs from run to run (times, uptimes, counts of frames) is set to fixed values, so
that running it twice changes nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dpm_core.cli.app import every_command
from dpm_core.cli.exits import EXIT_STATUSES
from dpm_core.cli.options import option_rows

DOCS = Path(__file__).parent
PAGE = DOCS / "cli.md"
PICTURE = DOCS / "images" / "dpm-status.svg"
PICTURE_COMMAND = "dpm status"
WIDTH = 100
LIMIT_S = 60.0

BLOCK = re.compile(
    r"(?:<!-- meanwhile: (?P<meanwhile>.*?) -->\n)?```console\n(?P<body>.*?)```", re.DOTALL
)
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class Shell:
    """A folder, an environment, and what was left running in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[str]] = []
        programs = folder / "bin"
        programs.mkdir()
        dpm = programs / "dpm"
        dpm.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dpm_core.cli "$@"\n')
        dpm.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DPM_")}
        self.environment = {
            **kept,
            "PATH": f"{programs}{os.pathsep}{kept['PATH']}",
            "COLUMNS": str(WIDTH),
            "NO_COLOR": "1",
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def run(self, command: str, meanwhile: str | None = None) -> str:
        """Run one line and return all that it printed."""
        if command.startswith("export "):
            pairs = (pair.split("=", 1) for pair in command.split()[1:])
            self.environment.update(dict(pairs))
            return ""
        if command.endswith("&"):
            return self._leave_running(command.removesuffix("&").strip())
        process = self._start(command)
        said = ""
        if meanwhile is not None:
            assert process.stdout is not None
            said = process.stdout.readline()  # it watches now
            self.run(meanwhile)
        out, _ = process.communicate(timeout=LIMIT_S)
        return said + out

    def picture(self, command: str) -> str:
        """Run one line for a terminal with colours, and return it as a picture."""
        self.environment.pop("NO_COLOR")
        self.environment["FORCE_COLOR"] = "1"
        text = Text.from_ansi(f"$ {command}\n{self.run(command)}")
        self.environment.pop("FORCE_COLOR")
        self.environment["NO_COLOR"] = "1"
        width = max(len(line) for line in text.plain.splitlines())
        console = Console(record=True, width=width, file=io.StringIO())
        console.print(text)
        # Without the fonts that rich would fetch from elsewhere.
        return FONT_FACE.sub("", console.export_svg(title="dpm", unique_id="dpm"))

    def close(self) -> None:
        """End what was left running."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=LIMIT_S)

    def _start(self, command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - the page is ours
            ["bash", "-c", command],  # noqa: S607 - the shell of whoever builds the page
            cwd=self._folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _leave_running(self, command: str) -> str:
        process = self._start(f"exec {command}")
        self._running.append(process)
        assert process.stdout is not None
        # Each says one line when it is there.
        places = sum(
            command.count(f"{option} ")
            for option in ("--listen", "--control", "--processor", "--processor-http")
        )
        return "".join(process.stdout.readline() for _ in range(places))


@contextlib.contextmanager
def shell() -> Iterator[Shell]:
    """Return a shell in a folder of its own; both are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        opened = Shell(Path(folder))
        try:
            yield opened
        finally:
            opened.close()


def fixed(text: str) -> str:
    """Return the text with fixed values for what differs from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+\+\d\d:\d\d", "2026-11-23T12:00:00.000+00:00", text)
    text = re.sub(r"(?m)^\d\d:\d\d:\d\d\.\d{3}", "12:00:00.000", text)
    # Both in cells of a table, whose width must stay.
    text = re.sub(r"\d:\d\d:\d\d(?= │)", "0:00:42", text)
    text = re.sub(
        r"(\d+) good, (\d+ bad CRC *)", lambda found: _fitted("99 good, 0 bad CRC", found[0]), text
    )
    text = re.sub(r"within [0-9.]+ s\.", "within 0.17 s.", text)
    return re.sub(r'"waited_s": [0-9.]+', '"waited_s": 0.17', text)


def _fitted(words: str, into: str) -> str:
    return words.ljust(len(into))


def run_blocks(page: str, opened: Shell) -> tuple[str, str]:
    """Return the page with the outputs of its commands, and the picture."""
    picture = ""

    def run_block(block: re.Match[str]) -> str:
        nonlocal picture
        meanwhile = block["meanwhile"]
        lines = []
        for line in block["body"].splitlines():
            if not line.startswith("$ "):
                continue
            command = line.removeprefix("$ ")
            output = opened.run(command, meanwhile).rstrip("\n")
            lines += [line, *([fixed(output)] if output else [])]
            if command == PICTURE_COMMAND and "ACTIVE" in output:
                picture = opened.picture(command)
        before = "" if meanwhile is None else f"<!-- meanwhile: {meanwhile} -->\n"
        return "{}```console\n{}\n```".format(before, "\n".join(lines))

    return BLOCK.sub(run_block, page), picture


def between(page: str, name: str, text: str) -> str:
    """Return the page with the text between the two remarks of that name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    assert after, f"the page has no {name}"
    return f"{before}{begin}\n{text}{end}{after}"


def options_table() -> str:
    """Return the options of every command as a table."""
    rows = ""
    for declaration, variable, meaning in option_rows():
        # A table would end its cell there, even within a code span.
        shown = declaration.replace("|", "\\|")
        rows += f"| `{shown}` | `{variable}` | {meaning} |\n"
    return f"\n| option | environment | meaning |\n| --- | --- | --- |\n{rows}\n"


def statuses_table() -> str:
    """Return the exit statuses as a table."""
    rows = "".join(f"| {int(status)} | {words} |\n" for status, words in EXIT_STATUSES.items())
    return f"\n| status | meaning |\n| --- | --- |\n{rows}\n"


def commands_table(page: str) -> str:
    """Return the commands that have no section on this page as a table."""
    sections = set(re.findall(r"(?m)^## `dpm (\w+)", page))
    rows = "".join(
        f"| `dpm {name}` | {command.get_short_help_str(limit=200)} |\n"
        for name, command in every_command()
        if name not in sections
    )
    return f"\n| command | what it does |\n| --- | --- |\n{rows}\n"


def main() -> None:
    """Write the page and the picture."""
    page = PAGE.read_text()
    page = between(page, "other commands", commands_table(page))
    page = between(page, "options", options_table())
    page = between(page, "exit status", statuses_table())
    with shell() as opened:
        page, picture = run_blocks(page, opened)
    PAGE.write_text(page)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture)


if __name__ == "__main__":
    main()
