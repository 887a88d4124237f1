"""What all commands have in common: ids and numbers that are checked on creation."""

from __future__ import annotations

import pytest

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import LipCommand, PressButton, QuerySystem, SetOutputLevel
from tests.dpm_core.protocol.lip.lines import COMMANDS, CommandLine

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: f"{row.line} ({row.source})")
def test_a_command_has_its_line(row: CommandLine) -> None:
    assert row.command.line() == row.line


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.line)
def test_what_must_be_answered_is_what_asks(row: CommandLine) -> None:
    is_other = type(row.command).__name__ == "OtherCommand"
    assert row.command.is_query is (row.line.startswith("?") and not is_other)


def test_an_id_is_an_integration_id_from_its_creation_on() -> None:
    command = PressButton(30, 1)
    assert type(command.device) is IntegrationId
    assert isinstance(command, LipCommand)
    assert type(SetOutputLevel(IntegrationId(101), 100).output) is IntegrationId


@pytest.mark.parametrize("number", [0, -1, 0x80000000, "101", 1.5, True])
def test_an_id_that_cannot_be_is_refused(number: object) -> None:
    with pytest.raises(InvalidAddress):
        PressButton(number, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [-1, 0x80000000, "10", 1.5, True])
def test_a_number_that_cannot_be_is_refused(number: object) -> None:
    with pytest.raises(UnsupportedSetting, match="action"):
        QuerySystem(number)  # type: ignore[arg-type]
