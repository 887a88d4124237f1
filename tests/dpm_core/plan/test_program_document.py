"""The program document says what it says, and is written as it is read."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import InvalidDocument
from dpm_core.model import (
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    CcoType,
    GroupNumber,
    LoadType,
    OverrideAction,
    Program,
    SerialNumber,
    ZoneLoad,
)
from dpm_core.plan import PROGRAM_OCTETS_MAX, read_programs, whole_document, write_program

pytestmark = pytest.mark.requirement("F1")

HEAD = "lutron_dpm_program: 2\n"
ONE = SerialNumber(0x00A1B2C3)

names = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=8)
four_names = st.tuples(names, names, names, names)
actions = st.sampled_from(list(OverrideAction))
# Small enough that no rating is in the way: 2 A in a zone, 24 V and 0.5 A on the CCO.
loads = st.one_of(
    st.none(),
    st.builds(
        ZoneLoad,
        st.sampled_from(list(LoadType)),
        amps=st.integers(1, 2000).map(lambda steps: steps / 1000),
    ),
    st.builds(
        ZoneLoad,
        st.sampled_from(list(LoadType)),
        watts=st.integers(1, 2400).map(lambda steps: steps / 10),
    ),
)
cco_loads = st.one_of(
    st.none(),
    st.builds(
        CcoLoad,
        volts=st.integers(0, 240).map(lambda steps: steps / 10),
        current=st.just(CcoCurrent.DC),
        amps=st.integers(1, 500).map(lambda steps: steps / 1000),
        kind=st.sampled_from(list(CcoLoadKind)),
        has_flyback_diode=st.just(True),
    ),
)
programs = st.builds(
    Program,
    name=names,
    zone_names=four_names,
    override_actions=st.tuples(actions, actions, actions, actions),
    cco_type=st.sampled_from(list(CcoType)),
    cco_pulse_s=st.integers(10, 6000).map(lambda steps: steps / 100),
    cci_debounce_s=st.integers(0, 500).map(lambda steps: steps / 1000),
    zone_loads=st.tuples(loads, loads, loads, loads),
    cco_load=cco_loads,
)
members = st.tuples(*[st.booleans()] * 4)
groups = st.dictionaries(st.integers(1, 0xFFFE).map(GroupNumber), members, max_size=4)
serials = st.integers(1, 0xFFFFFFFE).map(SerialNumber)


def refused(text: str) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        read_programs(text, "hall.yaml")
    assert caught.value.allowed
    assert str(caught.value).startswith(f"hall.yaml, line {caught.value.line}: ")
    return caught.value


@given(serials, programs, groups)
def test_what_is_written_is_what_is_read(
    serial: SerialNumber, program: Program, members_of: dict[GroupNumber, Any]
) -> None:
    (document,) = read_programs(write_program(serial, program, members_of))
    assert document.module == serial
    assert document.applied_to(Program()) == program
    assert document.groups == members_of
    assert document == whole_document(serial, program, members_of)


@given(programs)
def test_an_empty_document_changes_nothing(program: Program) -> None:
    (document,) = read_programs(HEAD)
    assert document.is_empty
    assert document.applied_to(program) == program
    assert document.groups is None


@given(st.text(max_size=200))
def test_no_text_does_more_than_raise(text: str) -> None:
    for document in (text, HEAD + text):
        try:
            read_programs(document)
        except InvalidDocument as error:
            assert error.allowed
            assert error.line >= 1


@pytest.mark.parametrize("serial", ["00000010", "12345678", "1E100001", "0777", "00A1B2C3"])
def test_a_serial_of_digits_is_no_number(serial: str) -> None:
    (document,) = read_programs(f"{HEAD}module: {serial.zfill(8)}\n")
    assert str(document.module) == serial.zfill(8)


@pytest.mark.parametrize("word", ["on", "off", "unaffected", "ON", "'off'"])
def test_on_and_off_are_words(word: str) -> None:
    (document,) = read_programs(f"{HEAD}zones: {{2: {{override: {word}}}}}\n")
    assert [action.name.lower() for action in document.override_actions.values()] == [
        word.lower().strip("'")
    ]


@pytest.mark.parametrize("word", ["no", "null", "1.5", "2026-11-23", "'~'"])
def test_a_name_is_the_text_that_was_written(word: str) -> None:
    (document,) = read_programs(f"{HEAD}name: {word}\n")
    assert document.applied_to(Program()).name == word.strip("'")


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
        ("groups: {5: [5]}\n", "groups.5.1"),
        ("groups: {5: [{}]}\n", "groups.5.1"),
    ],
)
def test_what_is_not_known_is_refused_by_its_place(body: str, place: str) -> None:
    error = refused(HEAD + body)
    assert (error.line, error.field) == (2, place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a remark\n",
        "- 1\n",
        "lutron_dpm_program: 3\n",
        "lutron_dpm_program: [1]\n",
        "name: x\n",
        f"{HEAD}name: a\nname: b\n",
        f"{HEAD}cco: {{pulse_s: 0.05}}\n",
        f"{HEAD}cco: {{pulse_s: 0.555}}\n",
        f"{HEAD}cci: {{debounce_s: nan}}\n",
        f"{HEAD}cci: {{debounce_s: 0.0005}}\n",
        f"{HEAD}? {{a: b}}\n: c\n",
        f"{HEAD}groups: {{5: [1], 0x5: [2]}}\n",
        HEAD + "groups: {" + ", ".join(f"{group}: [1]" for group in range(1, 18)) + "}\n",
        "[" * 5000,
        "x" * (PROGRAM_OCTETS_MAX + 1),
        "a: !!python/object/apply:os.getcwd []\n",
    ],
)
def test_what_is_no_document_is_refused(text: str) -> None:
    refused(text)


def test_a_file_may_hold_documents_for_many_modules() -> None:
    text = "".join(f"---\n{HEAD}module: 0000000{number}\n" for number in (1, 2, 3))
    assert [int(document.module or 0) for document in read_programs(text)] == [1, 2, 3]


def test_the_document_is_easy_to_read() -> None:
    program = Program(
        "Hall",
        ("Porch", "", "", ""),
        cco_type=CcoType.MAINTAINED,
        zone_loads=(ZoneLoad(LoadType.TUNGSTEN, watts=300), None, None, None),
    )
    text = write_program(ONE, program, {GroupNumber(5): (True, False, True, False)})
    assert text == (
        "---\n"
        "lutron_dpm_program: 2\n"
        "module: 00A1B2C3\n"
        "name: Hall\n"
        "zones:\n"
        "  1:\n"
        "    name: Porch\n"
        "    override: 'on'\n"
        "    load: {type: tungsten, watts: 300.0}\n"
        "  2: {name: '', override: 'on', load: none}\n"
        "  3: {name: '', override: 'on', load: none}\n"
        "  4: {name: '', override: 'on', load: none}\n"
        "cco: {type: maintained, pulse_s: 0.5, load: none}\n"
        "cci: {debounce_s: 0.05}\n"
        "groups:\n"
        "  5: [1, 3]\n"
    )


# --- versions --------------------------------------------------------------------------------


def test_an_older_document_is_read_and_leaves_loads_alone() -> None:
    text = (
        "lutron_dpm_program: 1\nmodule: 00A1B2C3\nname:\n"
        "zones: {1: {name: Hall, override: off}, 2: {name: }}\ncco: {type: maintained}\n"
    )
    (document,) = read_programs(text)
    wired = Program(
        name="Old",
        zone_names=("a", "b", "c", "d"),
        zone_loads=(ZoneLoad(LoadType.MOTOR, amps=5), None, None, None),
    )
    assert document.applied_to(wired) == replace(
        wired,
        name="",
        zone_names=("Hall", "", "c", "d"),
        override_actions=(OverrideAction.OFF, *[OverrideAction.ON] * 3),
        cco_type=CcoType.MAINTAINED,
    )


def test_an_older_document_that_is_none_is_refused_all_the_same() -> None:
    assert refused("lutron_dpm_program: 1\nzones: 4\n").field == "zones"


def test_a_newer_document_is_refused_in_clear_words() -> None:
    error = refused("# kept\nlutron_dpm_program: 3\nnew_thing: {}\n")
    assert (error.line, error.field, error.found) == (2, "lutron_dpm_program", "3")
    assert error.allowed == (
        "1 to 2: a newer version of lutron-dpm wrote this program, so update this one"
    )


# --- loads -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "field", "said"),
    [
        ("{type: led, amps: 1}", "zones.2.load.type", "tungsten"),
        ("{amps: 1}", "zones.2.load.type", "tungsten"),
        ("{type: tungsten}", "zones.2.load.amps", "amps or watts"),
        ("{type: tungsten, amps: 1, watts: 120}", "zones.2.load.watts", "not both"),
        ("{type: tungsten, amps: 0}", "zones.2.load.amps", "0.001 to 1000 A in steps of 1 mA"),
        ("{type: tungsten, amps: 0.0005}", "zones.2.load.amps", "steps of 1 mA"),
        ("{type: tungsten, amps: 1001}", "zones.2.load.amps", "0 to 1000 A"),
        ("{type: tungsten, watts: 0.01}", "zones.2.load.watts", "steps of 0.1 W"),
        ("{type: tungsten, watts: much}", "zones.2.load.watts", "240000 W"),
        ("{type: tungsten, amps: 1, name: x}", "zones.2.load.name", "type, amps or watts"),
        ("tungsten", "zones.2.load", "names with values"),
    ],
)
def test_a_load_that_is_none_is_refused_by_its_place(load: str, field: str, said: str) -> None:
    error = refused(f"{HEAD}name: Hall\nzones:\n  2:\n    load: {load}\n")
    assert (error.line, error.field) == (5, field)
    assert said in error.allowed


@pytest.mark.requirement("A6")
def test_a_receptacle_is_refused_with_what_to_use_instead() -> None:
    error = refused(f"{HEAD}zones: {{2: {{load: {{type: receptacle, amps: 1}}}}}}\n")
    assert "third-party power pack" in error.allowed


@pytest.mark.parametrize(
    ("load", "field"),
    [
        ("{current: dc, amps: 1, kind: resistive}", "cco.load.volts"),
        ("{volts: 24, amps: 1, kind: resistive}", "cco.load.current"),
        ("{volts: 24, current: dc, kind: resistive}", "cco.load.amps"),
        ("{volts: 24, current: dc, amps: 1}", "cco.load.kind"),
        ("{volts: 24.01, current: dc, amps: 1, kind: resistive}", "cco.load.volts"),
        ("{volts: 24, current: dc, amps: 0, kind: resistive}", "cco.load.amps"),
        ("{volts: 24, current: dc, amps: 1, kind: resistive, ohms: 2}", "cco.load.ohms"),
        ("{volts: 24, current: both, amps: 1, kind: resistive}", "cco.load.current"),
    ],
)
def test_a_cco_load_that_is_none_is_refused_by_its_place(load: str, field: str) -> None:
    assert refused(f"{HEAD}cco: {{load: {load}}}\n").field == field


def test_a_load_is_taken_away_by_none_and_left_alone_by_nothing() -> None:
    wired = Program(
        zone_loads=(ZoneLoad(LoadType.MOTOR, amps=5), ZoneLoad(LoadType.INC, watts=60), None, None),
        cco_load=CcoLoad(24, CcoCurrent.DC, 0.2),
    )
    (document,) = read_programs(f"{HEAD}zones: {{1: {{load: none}}, 2: {{load: }}}}\n")
    assert document.applied_to(wired) == replace(wired, zone_loads=(None, *wired.zone_loads[1:]))
    (document,) = read_programs(f"{HEAD}cco: {{load: none}}\n")
    assert document.applied_to(wired).cco_load is None
    assert not document.has_loads


@pytest.mark.requirement("A5", "A6")
@pytest.mark.parametrize(
    ("inside", "outside", "field", "said"),
    [
        (
            "zones: {2: {load: {type: tungsten, amps: 8}}}",
            "zones: {2: {load: {type: tungsten, amps: 8.001}}}",
            "zones.2.load",
            "PHPM-SW-DV-WH or GRX-TVI",
        ),
        (
            "zones: {2: {load: {type: tungsten, watts: 960}}}",
            "zones: {2: {load: {type: tungsten, watts: 960.1}}}",
            "zones.2.load",
            "8 A",
        ),
        (
            "zones: {1: {load: {type: inc, amps: 8}}, 2: {load: {type: inc, amps: 8}}}",
            (
                "zones: {1: {load: {type: inc, amps: 8}}, 2: {load: {type: inc, amps: 8}}, "
                "3: {load: {type: inc, amps: 0.001}}}"
            ),
            "zones",
            "16 A",
        ),
    ],
)
def test_loads_above_the_ratings_are_refused(
    inside: str, outside: str, field: str, said: str
) -> None:
    assert read_programs(f"{HEAD}{inside}\n")
    error = refused(f"{HEAD}{outside}\n")
    assert (error.line, error.field) == (2, field)
    assert said in error.allowed
    assert "Output Zone Ratings" in error.allowed


@pytest.mark.requirement("D4")
@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("volts: 24, current: dc, amps: 1", "volts: 24, current: dc, amps: 1.001"),
        ("volts: 24, current: ac, amps: 0.5", "volts: 24, current: ac, amps: 0.501"),
        ("volts: 24, current: dc, amps: 1", "volts: 24.1, current: dc, amps: 1"),
    ],
)
def test_a_cco_load_above_the_ratings_is_refused(inside: str, outside: str) -> None:
    load = "cco: {{load: {{kind: resistive, {}}}}}\n"
    assert read_programs(HEAD + load.format(inside))
    error = refused(HEAD + load.format(outside))
    assert error.field == "cco.load"
    assert "Contact Closure Output" in error.allowed


@pytest.mark.requirement("D4")
def test_an_inductive_cco_load_is_taken_on_dc_with_a_diode_only() -> None:
    load = "cco: {{load: {{kind: inductive, volts: 24, amps: 0.2, {}}}}}\n"
    assert read_programs(HEAD + load.format("current: dc, flyback_diode: yes"))
    assert "flyback diode" in refused(HEAD + load.format("current: dc")).allowed
    assert "DC only" in refused(HEAD + load.format("current: ac, flyback_diode: yes")).allowed


def test_what_is_in_the_module_already_counts_towards_its_rating() -> None:
    (document,) = read_programs(f"{HEAD}zones: {{2: {{load: {{type: inc, amps: 8}}}}}}\n")
    present = Program(zone_loads=(ZoneLoad(LoadType.INC, amps=8), None, None, None))
    assert document.refuse_unrated(document.applied_to(present)) == ()
    wired = replace(present, zone_loads=(*present.zone_loads[:2], ZoneLoad(LoadType.INC, 1), None))
    with pytest.raises(InvalidDocument, match="17 A together"):
        document.refuse_unrated(document.applied_to(wired))
    (other,) = read_programs(f"{HEAD}name: Hall\n")
    above = replace(wired, zone_loads=(ZoneLoad(LoadType.INC, amps=80), None, None, None))
    assert other.refuse_unrated(other.applied_to(above)) == (), "that is not what it is about"


@pytest.mark.parametrize("kind", [LoadType.INDUCTIVE, LoadType.MOTOR, LoadType.MLV])
def test_watts_of_inductive_and_motor_loads_are_a_warning(kind: LoadType) -> None:
    (document,) = read_programs(
        f"{HEAD}zones: {{2: {{load: {{type: {kind.value}, watts: 300}}}}}}\n"
    )
    (finding,) = document.refuse_unrated(document.applied_to(Program()))
    assert "300 W are taken for 2.5 A at 120 V and unity power factor" in finding.sentence
    (document,) = read_programs(
        f"{HEAD}zones: {{2: {{load: {{type: {kind.value}, amps: 2.5}}}}}}\n"
    )
    assert document.refuse_unrated(document.applied_to(Program())) == ()
