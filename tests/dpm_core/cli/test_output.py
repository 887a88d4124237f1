"""Standard output holds the answer, as words for people or as one JSON object a line."""

import io
import json

import pytest

from dpm_core.cli.output import Output, make_console, one_line

pytestmark = pytest.mark.requirement("G4")


def test_an_answer_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    Output(is_json=True).answer({"name": "Flur\nä", "zones": [True, None]})
    out, err = capsys.readouterr()
    assert err == ""
    (line,) = out.splitlines()
    assert json.loads(line) == {"ok": True, "name": "Flur\nä", "zones": [True, None]}


def test_words_end_their_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(is_json=False)
    output.plain("one")
    output.plain("two\n")
    assert capsys.readouterr().out == "one\ntwo\n"


def test_a_remark_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    Output(is_json=True).remark("careful:\n\x1b[31m two   lines")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "dpm: careful: [31m two lines\n")
    assert one_line("a\r\n\tb") == "a b"


def test_names_are_no_markup_and_lines_have_no_trailing_space(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from rich.table import Table

    table = Table.grid(padding=(0, 4))
    table.add_row("[red]hall[/red]", ":smile:", "")
    Output(is_json=False).print(table)
    assert capsys.readouterr().out == "[red]hall[/red]    :smile:\n"


def test_without_a_terminal_lines_are_wide_and_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert make_console(io.StringIO()).width == 120
    monkeypatch.setenv("COLUMNS", "60")
    assert make_console(io.StringIO()).width == 60
    assert make_console(io.StringIO()).color_system is None
