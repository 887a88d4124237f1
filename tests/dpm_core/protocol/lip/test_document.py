"""docs/processor.md is true of the protocol: its tables are the library's, its example works."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from dpm_core.protocol.lip import (
    EmptyLine,
    LipCommand,
    LipReport,
    LipSessionSettings,
    ObjectReport,
    OtherCommand,
    UnknownReport,
    parse_command,
    parse_report,
)
from dpm_core.protocol.lip.command import CheckedCommand

pytestmark = pytest.mark.requirement("E8")

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "processor.md").read_text(encoding="utf-8")
PROTOCOL = PAGE.partition("## Protocol\n")[2].partition("\n## Client")[0]


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    """The script that fills the tables."""
    spec = importlib.util.spec_from_file_location("processor_tables", DOCS / "processor_tables.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_tables_are_up_to_date(tables: ModuleType) -> None:
    assert tables.fill(PAGE) == PAGE, "run scripts/docs"


def names(*kinds: type) -> set[str]:
    """Return what these are called: a class with slots is made twice, and both may be listed."""
    return {kind.__name__ for kind in kinds}


def test_every_command_and_report_is_shown(tables: ModuleType) -> None:
    commands = names(*LipCommand.__subclasses__(), *CheckedCommand.__subclasses__())
    commands -= names(CheckedCommand, OtherCommand, EmptyLine)
    assert names(*(type(row[0]) for row in tables.SAID)) == commands
    reports = names(*LipReport.__subclasses__()) - names(ObjectReport, UnknownReport)
    assert names(*(type(row[0]) for row in tables.HEARD)) == reports


def test_every_line_that_is_shown_is_one(tables: ModuleType) -> None:
    for command, _, _ in tables.SAID:
        assert parse_command(command.line()) == command
    for report, _, _ in tables.HEARD:
        assert parse_report(report.line()) == report


def test_every_limit_is_shown() -> None:
    for name in LipSessionSettings.__dataclass_fields__:
        assert name == "monitoring" or f"| `{name}` |" in PROTOCOL


def test_the_example_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PROTOCOL, flags=re.DOTALL)
    exec(compile(code, "docs/processor.md", "exec"), {})  # what a reader would run
