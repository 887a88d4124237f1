"""Class 7D is what qs-link.md 5 says it is: every message, its type, format and direction."""

from __future__ import annotations

import pytest

from dpm_core.model import Cause
from dpm_core.protocol import (
    MESSAGES,
    TYPE_GO_TO_LEVEL,
    TYPE_IDENTIFY,
    CounterMask,
    Direction,
    ExtensionType,
    ReportFlag,
    ResultCode,
    StatusMask,
)

pytestmark = pytest.mark.requirement("E4")

TO, FROM = Direction.TO_MODULE, Direction.FROM_MODULE

# Copied from the table of qs-link.md 5, row by row.
SECTION_5 = [
    (0x01, "STATUS_QUERY", TO, 0x09),
    (0x02, "ZONE_REPORT", FROM, 0x0E),
    (0x03, "OVERRIDE_REPORT", FROM, 0x0D),
    (0x04, "CCI_REPORT", FROM, 0x0A),
    (0x05, "CCO_SET", TO, 0x0C),
    (0x06, "CCO_REPORT", FROM, 0x0C),
    (0x07, "EMERGENCY_SET", TO, 0x0D),
    (0x08, "EMERGENCY_REPORT", FROM, 0x0D),
    (0x09, "COUNTERS_REPORT", FROM, 0x2A),
    (0x0A, "COUNTERS_CLEAR", TO, 0x0A),
    (0x0B, "IDENTITY_REPORT", FROM, 0x12),
    (0x0E, "DISCOVER", TO, 0x0E),
    (0x0F, "RESULT", FROM, 0x0B),
    (0x10, "IO_PROGRAM_SET", TO, 0x0E),
    (0x11, "IO_PROGRAM_REPORT", FROM, 0x0D),
    (0x12, "NAME_SET", TO, 0x29),
    (0x13, "NAME_REPORT", FROM, 0x29),
    (0x14, "GROUP_SET", TO, 0x0C),
    (0x15, "GROUP_REPORT", FROM, 0x0B),
    (0x16, "NAME_QUERY", TO, 0x09),
    (0x17, "GROUP_QUERY", TO, 0x08),
]


PROGRAMS = [
    (0x20, "PROGRAM_VERSION_QUERY", TO, 0x08),
    (0x21, "PROGRAM_VERSION_REPORT", FROM, 0x0E),
    (0x23, "PROGRAM_BEGIN", TO, 0x0A),
    (0x24, "PROGRAM_STAGE", TO, 0x0F, 0x10, 0x2B, 0x25),
    (0x25, "PROGRAM_COMMIT", TO, 0x0E),
    (0x26, "PROGRAM_ABORT", TO, 0x0A),
    (0x27, "LOADS_SET", TO, 0x23),
    (0x28, "LOADS_QUERY", TO, 0x08),
    (0x29, "LOADS_REPORT", FROM, 0x22),
]
"""What qs-link.md 5 leaves to us: loads, and a program written all or nothing."""


@pytest.mark.parametrize(
    ("kinds", "table"), [(range(0x20), SECTION_5), (range(0x20, 0x30), PROGRAMS)]
)
def test_every_message_of_section_5_is_there_and_no_other(
    kinds: range, table: list[tuple[object, ...]]
) -> None:
    rows = {row.message_types[0]: row for row in MESSAGES if row.message_class == 0x7D}
    assert [
        (kind, rows[kind].name, rows[kind].direction, *rows[kind].formats)
        for kind in sorted(rows)
        if kind in kinds
    ] == table
    named = [(kind.value, kind.name) for kind in ExtensionType if kind.value in kinds]
    assert named == [row[:2] for row in table]


def test_what_result_calls_public_commands_is_no_type_of_ours() -> None:
    assert not {TYPE_GO_TO_LEVEL, TYPE_IDENTIFY} & {kind.value for kind in ExtensionType}


def test_the_values_are_those_of_section_5() -> None:
    assert {bit.name: bit.value for bit in StatusMask} == {
        "ZONES": 0x01,
        "OVERRIDE": 0x02,
        "CCI": 0x04,
        "CCO": 0x08,
        "EMERGENCY": 0x10,
        "COUNTERS": 0x20,
        "IDENTITY": 0x40,
        "IO_PROGRAM": 0x80,
    }
    assert [bit.value for bit in ReportFlag] == [1, 2, 4, 8]
    assert [bit.value for bit in CounterMask] == [1, 2, 4, 8]
    assert [code.value for code in ResultCode] == [0, 1, 2, 3, 4]
    assert [cause.value for cause in Cause] == [0, 1, 2, 3, 4, 5, 6]
