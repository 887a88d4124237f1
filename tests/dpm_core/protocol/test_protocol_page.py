"""docs/protocol.md is true: its tables are those of the library, its packets and example work."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
from pathlib import Path
from types import ModuleType

import pytest

from dpm_core.protocol import MESSAGES, Direction, inspect_line

pytestmark = pytest.mark.requirement("E4")

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "protocol.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    """The script that fills the tables."""
    spec = importlib.util.spec_from_file_location("protocol_tables", DOCS / "protocol_tables.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_tables_are_up_to_date(tables: ModuleType) -> None:
    assert tables.fill(PAGE) == PAGE, "run scripts/docs"


def test_every_message_is_in_a_table_with_its_provenance() -> None:
    for row in MESSAGES:
        lines = [line for line in PAGE.splitlines() if f"| {row.name} |" in line]
        assert any(row.layout in line for line in lines), row.name
        if row.message_class != 0x7D:
            sureness = " + ".join(one.value for one in row.provenance)
            assert any(f"| {sureness} |" in line for line in lines), row.name


def test_every_message_between_master_and_module_has_an_example(tables: ModuleType) -> None:
    shown = {message.kind for message in tables.EXAMPLES}
    assert shown == {
        row.name
        for row in MESSAGES
        if row.direction in (Direction.TO_MODULE, Direction.FROM_MODULE)
    }


def test_every_packet_of_the_page_is_one() -> None:
    packets = re.findall(r"`((?:[0-9a-f]{2} ){4,}[0-9a-f]{2})`", PAGE)
    assert len(packets) > 20
    for packet in packets:
        assert inspect_line(packet).crc_ok, packet


def test_the_example_says_what_the_page_says() -> None:
    code, said = re.findall(r"```(?:python|text)\n(.*?)```", PAGE, flags=re.DOTALL)[:2]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "docs/protocol.md", "exec"), {})
    assert out.getvalue() == said
