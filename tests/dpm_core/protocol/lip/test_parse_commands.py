"""Every command's line is read as that command, and what is none is refused with its error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import LipInputError
from dpm_core.protocol.lip import LipCommand, OtherCommand, parse_command
from tests.dpm_core.protocol.lip.lines import COMMANDS, OTHER_WAYS, REFUSED, CommandLine, Refused
from tests.dpm_core.protocol.lip.values import commands

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize(
    "row", [*COMMANDS, *OTHER_WAYS], ids=lambda row: f"{row.line} ({row.source})"
)
def test_a_line_is_read_as_its_command(row: CommandLine) -> None:
    assert parse_command(row.line) == row.command


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: f"{row.line} ({row.source})")
def test_a_line_is_refused_with_its_error(row: Refused) -> None:
    with pytest.raises(LipInputError) as caught:
        parse_command(row.line)
    assert caught.value.number == row.number
    assert f"error {row.number}" in str(caught.value)


@given(commands)
def test_what_is_said_is_what_is_read(command: LipCommand) -> None:
    assert parse_command(command.line()) == command


@given(commands, st.integers(0, 3))
def test_case_and_spaces_do_not_count(command: LipCommand, spaces: int) -> None:
    gap = " " * spaces
    line = command.line().replace(",", f"{gap},{gap}").lower()
    assert parse_command(f"{gap}{line}{gap}") == command


@given(st.one_of(st.text(), st.text(st.sampled_from("#?~OUTPUTDEVICE,0123456789.: "))))
def test_anything_is_read_or_refused(line: str) -> None:
    try:
        command = parse_command(line)
    except LipInputError as error:
        assert 1 <= error.number <= 6
    else:
        assert parse_command(command.line()) == command


def test_a_command_without_a_class_keeps_its_fields() -> None:
    assert parse_command("#shadegrp, 70,1, 50") == OtherCommand("#", "SHADEGRP", ("70", "1", "50"))
