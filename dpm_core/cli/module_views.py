"""How a module is shown: one table for people, one set of keys for programs.

What is not known is `unknown` for people and null for programs, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dpm_core.cli.output import UNKNOWN
from dpm_core.client import ModuleView
from dpm_core.model import ContactState

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text
