"""A field says where it stands, what was found and what is allowed."""

from enum import Enum

import pytest
import yaml

from dpm_core.errors import InvalidDocument
from dpm_core.plan.fields import Section, Value, is_nothing, one_of, read_root


class Colour(Enum):
    """Something to choose."""

    RED = "red"
    BLUE = "blue"


def root(text: str) -> Section:
    return read_root(text, "a.yaml")


def value(text: str) -> Value:
    return root(f"\n\nfield: {text}\n").need("field", "something")


def test_a_value_knows_its_place() -> None:
    here = value("5")
    assert (here.file, here.line, here.path, here.found) == ("a.yaml", 3, "field", "5")


def test_a_block_begins_where_its_name_stands() -> None:
    section = root("a: 1\nblock:\n  b: 2\nlist:\n  - 3\n")
    assert section.part("block").line == 2
    assert section.need("list", "a list").line == 4


def test_an_error_names_file_line_field_what_was_found_and_what_is_allowed() -> None:
    with pytest.raises(InvalidDocument) as caught:
        value("17").number(0, 8, "A")
    error = caught.value
    assert (error.file, error.line, error.field, error.found, error.allowed) == (
        "a.yaml",
        3,
        "field",
        "17",
        "a number from 0 to 8 A",
    )
    assert str(error) == (
        "a.yaml, line 3: field cannot be '17': allowed is a number from 0 to 8 A."
    )


def test_a_number_may_be_either_end() -> None:
    assert value("0").number(0, 8, "") == 0
    assert value("8.0").number(0, 8, "") == 8


@pytest.mark.parametrize("text", ["-0.1", "8.1", "nan", "inf", "x", "''", "[1]", "{a: 1}"])
def test_what_is_no_number_or_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument, match="a number from 0 to 8"):
        value(text).number(0, 8, "")


def test_a_whole_number_may_be_either_end() -> None:
    assert value("1").whole(1, 40) == 1
    assert value("40").whole(1, 40) == 40


@pytest.mark.parametrize("text", ["0", "41", "1.5", "-1", "²", "yes", "9" * 5000])
def test_what_is_no_whole_number_or_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument, match="a whole number from 1 to 40 AWG"):
        value(text).whole(1, 40, "AWG")


@pytest.mark.parametrize(
    ("text", "says"),
    [("yes", True), ("on", True), ("TRUE", True), ("no", False), ("Off", False), ("false", False)],
)
def test_yes_and_no_are_what_they_say(text: str, says: bool) -> None:
    assert value(text).flag() is says


@pytest.mark.parametrize("text", ["1", "maybe", "[yes]"])
def test_anything_else_is_neither_yes_nor_no(text: str) -> None:
    with pytest.raises(InvalidDocument, match="yes or no"):
        value(text).flag()


def test_a_choice_is_one_of_the_words() -> None:
    assert value("RED").choice(Colour) is Colour.RED
    with pytest.raises(InvalidDocument, match="red or blue"):
        value("green").choice(Colour)


def test_a_list_gives_its_values_with_their_numbers() -> None:
    assert [(one.path, one.text()) for one in value("[a, b]").values("a list")] == [
        ("field.1", "a"),
        ("field.2", "b"),
    ]
    with pytest.raises(InvalidDocument, match="a list"):
        value("a").values("a list")


def test_what_stands_there_is_told_in_short() -> None:
    assert value("[a]").found == "several values"
    assert value("{a: b}").found == "names with values"
    assert value("x" * 100).found == "x" * 60 + "..."


def test_a_name_that_nobody_takes_is_refused_with_those_that_are_known() -> None:
    section = root("colour: red\nsize: 3\n")
    section.take("colour")
    section.take("shape")
    with pytest.raises(InvalidDocument) as caught:
        section.done()
    assert (caught.value.line, caught.value.field, caught.value.found) == (2, "size", "size")
    assert caught.value.allowed == "colour or shape"


def test_a_section_that_was_taken_whole_is_done() -> None:
    section = root("a: 1\nb: 2\n")
    assert [(name, one.text()) for name, one in section.items()] == [("a", "1"), ("b", "2")]
    section.done()


def test_a_name_with_nothing_behind_it_is_as_if_it_were_not_there() -> None:
    section = root("a:\nb: ~\nc: ''\n")
    assert section.take("a") is None
    assert section.take("b") is None
    quoted = section.take("c")
    assert quoted is not None
    assert not is_nothing(quoted.node)


def test_what_has_to_be_there_is_missed_by_name() -> None:
    with pytest.raises(InvalidDocument) as caught:
        root("a: {b: 1}\n").part("a").need("c", "a number")
    assert (caught.value.field, caught.value.found) == ("a.c", "missing")


def test_a_part_that_is_not_there_is_empty() -> None:
    part = root("a: 1\n").part("b")
    assert (part.path, list(part.items())) == ("b", [])
    assert root("a: {b: 1}\n").part("a").part("c").path == "a.c"


def test_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="each name once") as caught:
        root("a: 1\na: 2\n")
    assert caught.value.line == 2


def test_a_section_is_names_with_values() -> None:
    assert value("{a: 1}").is_section
    assert not value("5").is_section
    with pytest.raises(InvalidDocument, match="names with values"):
        value("5").section()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\nb: 2\n", 2),
        ("a: 1\n  b: 2\n", 2),
        ("a: \x07", 1),
        ("a: *nobody", 1),
        ("[" * 5000, 1),
        ("a: 1\n---\nb: 2\n", 1),
        ("", 1),
    ],
)
def test_what_is_no_single_yaml_document_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InvalidDocument) as caught:
        root(text)
    assert caught.value.line == line


def test_words_are_listed_as_people_do() -> None:
    assert one_of(["a"]) == "a"
    assert one_of(["a", "b", "c"]) == "a, b or c"


def test_a_text_is_one_value_that_is_not_empty() -> None:
    assert value("'00A1'").text() == "00A1"
    with pytest.raises(InvalidDocument, match="one line of text"):
        value("''").text()


def test_an_error_without_a_place_in_the_text_is_one_on_the_first_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_text: str, _loader: object) -> object:
        raise yaml.MarkedYAMLError

    monkeypatch.setattr(yaml, "compose_all", fail)
    with pytest.raises(InvalidDocument) as caught:
        root("a: 1")
    assert caught.value.line == 1


@pytest.mark.parametrize("text", ['"a\\nb"', '"\\x07"', '"\\e[2J"', "[a]"])
def test_a_text_is_one_line_that_prints(text: str) -> None:
    with pytest.raises(InvalidDocument, match="one line of text"):
        value(text).text()


@pytest.mark.parametrize("name", ["../up", "a b", "é", "a" * 41])
def test_a_chosen_name_can_be_a_part_of_a_files_name(name: str) -> None:
    section = root(f"fine-1_A: 1\n{name}: 2\n")
    names = section.items()
    assert next(names)[0] == "fine-1_A"
    with pytest.raises(InvalidDocument, match="letters, digits") as caught:
        next(names)
    assert caught.value.line == 2
