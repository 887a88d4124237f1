"""Read a plan from a file or from standard input, and write what is made of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dpm_core.errors import UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.plan import Plan


def read_plan_file(file: Path) -> Plan:
    """Return the plan in a file; - is standard input.

    Raises:
        UnsupportedSetting: The file cannot be read, or is no text in UTF-8.
        InvalidDocument: It is no plan.
    """
    from dpm_core.plan import PLAN_OCTETS_MAX, read_plan

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
    return read_plan(text, "standard input" if is_standard_input else str(file))


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
