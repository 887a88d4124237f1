"""Read a document of wallstations from a file or from standard input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dpm_core.cli.documents import read_text

if TYPE_CHECKING:
    from dpm_core.model import Wallstation


def read_wallstations_file(file: Path) -> tuple[Wallstation, ...]:
    """Return the wallstations in a file; - is standard input.

    Raises:
        UnsupportedSetting: The file cannot be read, or is no text in UTF-8.
        InvalidDocument: It describes no wallstations.
    """
    from dpm_core.plan import read_wallstations

    return read_wallstations(*read_text(file))
