"""Read documents from a file or from standard input, and write what is made of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dpm_core.errors import UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.plan import Plan, ProgramDocument


def read_plan_file(file: Path) -> Plan:
    """Return the plan in a file; - is standard input.

    Raises:
        UnsupportedSetting: The file cannot be read, or is no text in UTF-8.
        InvalidDocument: It is no plan.
    """
    from dpm_core.plan import read_plan

    return read_plan(*read_text(file))


def read_program_file(file: Path) -> tuple[ProgramDocument, ...]:
    """Return the program documents in a file; - is standard input.

    Raises:
        UnsupportedSetting: The file cannot be read, or is no text in UTF-8.
        InvalidDocument: It holds no program documents.
    """
    from dpm_core.plan import read_programs

    return read_programs(*read_text(file))


def read_text(file: Path) -> tuple[str, str]:
    """Return the text of a file and what it is called; - is standard input.

    Of a longer text than any document has, one character too many is enough to refuse it.

    Raises:
        UnsupportedSetting: The file cannot be read, or is no text in UTF-8.
    """
    from dpm_core.plan import PLAN_OCTETS_MAX

    is_standard_input = str(file) == "-"
    try:
        if is_standard_input:
            octets = sys.stdin.buffer.read(PLAN_OCTETS_MAX + 1)
        else:
            with file.open("rb") as stream:
                octets = stream.read(PLAN_OCTETS_MAX + 1)
        text = octets.decode("utf-8-sig")
    except OSError as error:
        raise UnsupportedSetting(
            "the file", str(file), f"one that can be read ({error.strerror or error})"
        ) from error
    except UnicodeDecodeError as error:
        raise UnsupportedSetting("the file", str(file), "text in UTF-8") from error
    return text, "standard input" if is_standard_input else str(file)


def write_files(directory: Path, texts: Mapping[str, str]) -> None:
    """Write texts into a directory, which is made if it is not there.

    Raises:
        UnsupportedSetting: It cannot be made or written to.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnsupportedSetting(
            "--out", str(directory), f"a directory to write to ({error.strerror or error})"
        ) from error
