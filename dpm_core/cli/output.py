"""What a command prints: words and tables for people, one JSON object a line for programs.

Standard output holds the answer and nothing else; remarks go to standard error. Names that came
from a module are never read as markup.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

UNKNOWN: Final = "unknown"
"""What people are shown where a value is not known; programs get null."""

_WIDTH_WITHOUT_TERMINAL: Final = 120


class Output:
    """Standard output and standard error of one command."""

    def __init__(self, *, is_json: bool) -> None:
        self.is_json = is_json
        self._console: Console | None = None

    @property
    def console(self) -> Console:
        """The console that tables are printed on; rich is loaded when it is first needed."""
        if self._console is None:
            self._console = make_console(sys.stdout)
        return self._console

    def answer(self, fields: Mapping[str, Any]) -> None:
        """Print the one JSON object that a command answers with."""
        self.object({"ok": True, **fields})

    def object(self, fields: Mapping[str, Any]) -> None:
        """Print one JSON object as one line, at once."""
        sys.stdout.write(json.dumps(fields, default=str) + "\n")
        sys.stdout.flush()

    def print(self, *renderables: RenderableType) -> None:
        """Print words or a table for people, at once."""
        # Captured first, so that a closed pipe is met by our own write below and nowhere else.
        with self.console.capture() as captured:
            for renderable in renderables:
                self.console.print(renderable)
        text = captured.get()
        if not self.console.is_terminal:
            text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        sys.stdout.write(text)
        sys.stdout.flush()

    def plain(self, text: str) -> None:
        """Print text exactly as it is, at once."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()

    def remark(self, text: str) -> None:
        """Say one line to the person who called, on standard error."""
        sys.stderr.write(f"dpm: {one_line(text)}\n")
        sys.stderr.flush()


def make_console(file: TextIO) -> Console:
    """Return a console that keeps colours and narrow lines to terminals."""
    from rich.console import Console

    is_terminal = file.isatty()
    width = None if is_terminal or "COLUMNS" in os.environ else _WIDTH_WITHOUT_TERMINAL
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)


def one_line(text: str) -> str:
    """Return the text without line breaks and other control characters."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return " ".join(words)
