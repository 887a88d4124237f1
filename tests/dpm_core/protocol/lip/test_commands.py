"""What has no class of its own is still a line that a processor can read."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol.lip import OtherCommand

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize("operation", ["", "~", "#?"])
def test_a_line_begins_with_one_of_two_signs(operation: str) -> None:
    with pytest.raises(UnsupportedSetting, match="operation"):
        OtherCommand(operation, "AREA")


@pytest.mark.parametrize("word", ["", "area", "AREA1", "A" * 21, "A A"])
def test_a_word_is_of_capital_letters(word: str) -> None:
    with pytest.raises(UnsupportedSetting, match="word"):
        OtherCommand("#", word)


@pytest.mark.parametrize(
    "field", ["1,2", "#", "a?", "~", " 1", "1 ", "\r\n#RESET,0", "\xe9", "\x7f"]
)
def test_a_field_cannot_smuggle_in_another_line(field: str) -> None:
    with pytest.raises(UnsupportedSetting, match="fields"):
        OtherCommand("#", "AREA", ("5", field))


def test_a_field_may_have_spaces_inside() -> None:
    assert OtherCommand("?", "HELP", ("a b",)).line() == "?HELP,a b"
