"""The program document says what it says, and is written as it is read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.cli.program_document import DOCUMENT_OCTETS_MAX, read_documents, write_document
from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoType, GroupNumber, OverrideAction, Program, SerialNumber

HEAD = "lutron_dpm_program: 1\n"

names = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=8)
four_names = st.tuples(names, names, names, names)
actions = st.sampled_from(list(OverrideAction))
programs = st.builds(
    Program,
    name=names,
    zone_names=four_names,
    override_actions=st.tuples(actions, actions, actions, actions),
    cco_type=st.sampled_from(list(CcoType)),
    cco_pulse_s=st.integers(10, 6000).map(lambda steps: steps / 100),
    cci_debounce_s=st.integers(0, 500).map(lambda steps: steps / 1000),
)
members = st.tuples(*[st.booleans()] * 4)
groups = st.dictionaries(st.integers(1, 0xFFFE).map(GroupNumber), members, max_size=4)
serials = st.integers(1, 0xFFFFFFFE).map(SerialNumber)


@given(serials, programs, groups)
def test_what_is_written_is_what_is_read(
    serial: SerialNumber, program: Program, members_of: dict[GroupNumber, Any]
) -> None:
    (document,) = read_documents(write_document(serial, program, members_of))
    assert document.module == serial
    assert document.applied_to(Program()) == program
    assert document.groups == members_of


@given(programs)
def test_an_empty_document_changes_nothing(program: Program) -> None:
    (document,) = read_documents(HEAD)
    assert document.is_empty
    assert document.applied_to(program) == program
    assert document.groups is None


@given(st.text(max_size=200))
def test_no_text_does_more_than_raise(text: str) -> None:
    for document in (text, HEAD + text):
        try:
            read_documents(document)
        except UnsupportedSetting as error:
            assert error.allowed


@pytest.mark.parametrize("serial", ["00000010", "12345678", "1E100001", "0777", "00A1B2C3"])
def test_a_serial_of_digits_is_no_number(serial: str) -> None:
    (document,) = read_documents(f"{HEAD}module: {serial.zfill(8)}\n")
    assert str(document.module) == serial.zfill(8)


@pytest.mark.parametrize("word", ["on", "off", "unaffected", "ON", "'off'"])
def test_on_and_off_are_words(word: str) -> None:
    (document,) = read_documents(f"{HEAD}zones: {{2: {{override: {word}}}}}\n")
    assert [action.name.lower() for action in document.override_actions.values()] == [
        word.lower().strip("'")
    ]


@pytest.mark.parametrize("word", ["no", "null", "1.5", "2026-11-23", "~"])
def test_a_name_is_the_text_that_was_written(word: str) -> None:
    (document,) = read_documents(f"{HEAD}name: {word}\n")
    assert document.applied_to(Program()).name == word


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("names: x\n", "names"),
        ("name: {a: b}\n", "name"),
        ("name: [a]\n", "name"),
        ("module: 7\n", "module"),
        ("module: 00000000\n", "module"),
        ("zones: 4\n", "zones"),
        ("zones: {0: {name: x}}\n", "zones.0"),
        ("zones: {2: x}\n", "zones.2"),
        ("zones: {2: {nam: x}}\n", "zones.2.nam"),
        ("zones: {2: {override: dim}}\n", "zones.2.override"),
        ("zones: {2: {override: [on]}}\n", "zones.2.override"),
        ("cco: {type: latching}\n", "cco.type"),
        ("cco: {pulse_s: long}\n", "cco.pulse_s"),
        ("cco: {pulse: 1}\n", "cco.pulse"),
        ("cci: {debounce_s: {}}\n", "cci.debounce_s"),
        ("cci: {bounce: 1}\n", "cci.bounce"),
        ("groups: {0: [1]}\n", "groups.0"),
        ("groups: {hall: [1]}\n", "groups.hall"),
        ("groups: {5: 1}\n", "groups.5"),
        ("groups: {5: [5]}\n", "groups.5"),
        ("groups: {5: [{}]}\n", "groups.5"),
    ],
)
def test_what_is_not_known_is_refused_by_its_place(body: str, place: str) -> None:
    with pytest.raises(UnsupportedSetting) as refused:
        read_documents(HEAD + body)
    assert refused.value.name == place
    assert refused.value.allowed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a remark\n",
        "- 1\n",
        "lutron_dpm_program: 2\n",
        "lutron_dpm_program: [1]\n",
        "name: x\n",
        "lutron_dpm_program: 1\nname: a\nname: b\n",
        "lutron_dpm_program: 1\ncco: {pulse_s: 0.05}\n",
        "lutron_dpm_program: 1\ncci: {debounce_s: nan}\n",
        "lutron_dpm_program: 1\n? {a: b}\n: c\n",
        "[" * 5000,
        "x" * (DOCUMENT_OCTETS_MAX + 1),
        "a: !!python/object/apply:os.getcwd []\n",
    ],
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedSetting):
        read_documents(text)


def test_a_file_may_hold_documents_for_many_modules() -> None:
    text = "".join(f"---\n{HEAD}module: 0000000{number}\n" for number in (1, 2, 3))
    assert [int(document.module or 0) for document in read_documents(text)] == [1, 2, 3]


def test_the_document_is_easy_to_read() -> None:
    program = Program("Hall", ("Porch", "", "", ""), cco_type=CcoType.MAINTAINED)
    text = write_document(
        SerialNumber(0x00A1B2C3), program, {GroupNumber(5): (True, False, True, False)}
    )
    assert text == (
        "---\n"
        "lutron_dpm_program: 1\n"
        "module: 00A1B2C3\n"
        "name: Hall\n"
        "zones:\n"
        "  1: {name: Porch, override: 'on'}\n"
        "  2: {name: '', override: 'on'}\n"
        "  3: {name: '', override: 'on'}\n"
        "  4: {name: '', override: 'on'}\n"
        "cco: {type: maintained, pulse_s: 0.5}\n"
        "cci: {debounce_s: 0.05}\n"
        "groups:\n"
        "  5: [1, 3]\n"
    )
