"""A database becomes a project; what is damaged is left out and said, what is hostile refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import DatabaseDamaged, DatabaseTooLarge
from dpm_core.model import CcoType, IntegrationId
from dpm_core.protocol.lip import (
    DATABASE_END,
    DATABASE_OCTETS_MAX,
    ProjectArea,
    ProjectButton,
    ProjectContact,
    ProjectOutput,
    ProjectWallstation,
    parse_database,
)
from dpm_core.protocol.lip.database import DEPTH_MAX, NAME_MAX
from tests.dpm_core.protocol.lip.databases import SAMPLE_9, SAMPLE_15, outputs, project

pytestmark = pytest.mark.requirement("E8")

GARAGE = ("Example House", "Garage")


def left_out(body: str) -> list[tuple[str, str]]:
    return [(one.what, one.reason) for one in parse_database(project(body)).left_out]


# --- Structure -------------------------------------------------------------------------------


def test_a_database_of_software_15_9_is_read_in_whole() -> None:
    found = parse_database(SAMPLE_15.encode())
    assert (found.name, found.software_version) == ("Example House", "15.9.0")
    assert found.exported == "01/31/2026 12:00:00"
    assert found.areas == (
        ProjectArea(None, ("Example House",)),
        ProjectArea(IntegrationId(5), GARAGE),
    )
    assert found.outputs[:3] == (
        ProjectOutput(IntegrationId(101), "Work Light", GARAGE, "NON_DIM", 400.0),
        ProjectOutput(IntegrationId(102), "Shelf Light", GARAGE, "NON_DIM_INC", 100.0),
        ProjectOutput(IntegrationId(103), "Tube Light", GARAGE, "NON_DIM_FLUORESCENT", 80.5),
    )
    assert found.outputs[3].watts is None
    assert found.wallstations == (
        ProjectWallstation(
            IntegrationId(30),
            "CSD 001",
            (*GARAGE, "Side Entry"),
            "SEETOUCH_KEYPAD",
            buttons=(ProjectButton(1, "Work Light"), ProjectButton(2, "Button 2")),
            leds=(81,),
            contacts=(ProjectContact(25, ""),),
        ),
        ProjectWallstation(
            IntegrationId(31),
            "Panel IO",
            GARAGE,
            "QS_IO_INTERFACE",
            contacts=(ProjectContact(1, "Alarm"),),
        ),
    )
    assert found.wallstations[1].ccis == (1,)
    assert found.skipped == 0
    assert [contact.component for _, contact in found.contacts()] == [25, 1]


def test_a_database_of_software_9_4_is_read_in_whole() -> None:
    found = parse_database(SAMPLE_9.encode())
    hall = ("Old House", "Upstairs", "Hall")
    assert [area.path for area in found.areas] == [hall[:1], hall[:2], hall]
    assert found.outputs == (
        ProjectOutput(IntegrationId(70), "Ceiling", hall, "NON_DIM_MLV", None),
    )
    assert found.wallstations == (
        ProjectWallstation(
            IntegrationId(60),
            "Phantom",
            hall,
            "",
            buttons=(ProjectButton(1, "All off"),),
            leds=(2001,),
        ),
    )
    assert not found.left_out


def test_private_data_of_the_file_is_not_kept() -> None:
    text = repr(parse_database(SAMPLE_15.encode()))
    assert "Dealer" not in text
    assert "example.net" not in text


@pytest.mark.parametrize(
    ("kind", "is_switched", "cco_type"),
    [
        ("NON_DIM", True, None),
        ("NON_DIM_INC", True, None),
        ("NON_DIM_ELV", True, None),
        ("NON_DIM_MLV", True, None),
        ("NON_DIM_FLUORESCENT", True, None),
        ("RELAY_LIGHTING", True, None),
        ("SWITCHED_MOTOR", True, None),
        ("EXHAUST_FAN_TYPE", True, None),
        ("CCO_PULSED", True, CcoType.MOMENTARY),
        ("CCO_MAINTAINED", True, CcoType.MAINTAINED),
        ("cco_pulsed", True, CcoType.MOMENTARY),
        ("CCO_OTHER", True, None),
        ("INC", False, None),
        ("MLV", False, None),
        ("ELV", False, None),
        ("AUTO_DETECT", False, None),
        ("ZERO_TO_TEN", False, None),
        ("CEILING_FAN_TYPE", False, None),
        ("MOTOR", False, None),
        ("SYSTEM_SHADE", False, None),
    ],
)
def test_the_types_of_outputs_are_told_apart(
    kind: str, is_switched: bool, cco_type: CcoType | None
) -> None:
    (found,) = parse_database(project(outputs(("A", kind)))).outputs
    assert found.is_switched is is_switched
    assert found.cco_type is cco_type
    assert found.is_cco is kind.upper().startswith("CCO_")


@pytest.mark.requirement("E9")
@pytest.mark.parametrize(
    ("version", "is_too_old"),
    [
        ("9.4.0", True),
        ("11.99", True),
        ("11", True),
        ("12", False),
        ("12.0", False),
        ("12.0.0", False),
        ("15.9.0", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_software_older_than_12_0_is_called_too_old(version: str, is_too_old: bool) -> None:
    database = f"<Project><AppVer>{version}</AppVer></Project>".encode()
    assert parse_database(database).is_software_too_old is is_too_old


def test_texts_count_only_where_they_belong_and_only_to_a_length() -> None:
    nested = f"<Connect><AppVer>9</AppVer></Connect><AppVer>{'1' * 1000}</AppVer>"
    found = parse_database(f"<Project>{nested}</Project>".encode())
    assert found.software_version == "1" * 100


# --- Damaged elements ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('OutputType="NON_DIM"', ("output 'B'", "'' is no integration id")),
        (
            'IntegrationID="x" OutputType="NON_DIM"',
            ("output 'B'", "'x' is no integration id"),
        ),
        (
            'IntegrationID="-1" OutputType="NON_DIM"',
            ("output 'B'", "'-1' is no integration id"),
        ),
        (
            'IntegrationID="99999999999" OutputType="NON_DIM"',
            ("output 'B'", "'99999999999' is no integration id"),
        ),
        ('IntegrationID="102"', ("output 'B'", "it has no type")),
        (
            'IntegrationID="101" OutputType="NON_DIM"',
            ("output 'B'", "something else has its integration id 101"),
        ),
    ],
)
def test_a_damaged_output_is_left_out_and_said_and_the_rest_is_kept(
    attributes: str, expected: tuple[str, str]
) -> None:
    body = (
        '<Outputs><Output Name="A" IntegrationID="101" OutputType="NON_DIM"/>'
        f'<Output Name="B" {attributes}/>'
        '<Output Name="C" IntegrationID="103" OutputType="NON_DIM"/></Outputs>'
    )
    assert [one.name for one in parse_database(project(body)).outputs] == ["A", "C"]
    assert left_out(body) == [expected]


@pytest.mark.parametrize("watts", ["", "many", "-1", "nan", "inf", "1e999"])
def test_watts_that_are_none_cost_only_themselves(watts: str) -> None:
    body = (
        '<Outputs><Output Name="A" IntegrationID="101" OutputType="NON_DIM" '
        f'Wattage="{watts}"/></Outputs>'
    )
    (output,) = parse_database(project(body)).outputs
    assert output.watts is None
    assert left_out(body) == [("the watts of output 'A'", f"'{watts}' is no power")]


def test_id_0_is_not_addressable_and_no_damage() -> None:
    body = (
        '<Outputs><Output Name="A" IntegrationID="0" OutputType="NON_DIM"/></Outputs>'
        '<DeviceGroups><Device Name="B" IntegrationID="0"><Components>'
        '<Component ComponentNumber="1" ComponentType="BUTTON"><Button Name="C"/></Component>'
        "</Components></Device></DeviceGroups>"
    )
    found = parse_database(project(body))
    assert (found.outputs, found.wallstations, found.left_out) == ((), (), ())


def test_an_area_without_a_readable_id_keeps_what_is_in_it() -> None:
    body = f'<Areas><Area Name="Attic" IntegrationID="x">{outputs(("A", "NON_DIM"))}</Area></Areas>'
    found = parse_database(project(body))
    assert found.outputs[0].area == ("House", "Panel", "Attic")
    assert found.areas[-1].id is None
    assert left_out(body) == [("the id of area 'Attic'", "'x' is no integration id")]


def test_a_device_whose_id_an_output_has_is_left_out() -> None:
    body = outputs(("A", "NON_DIM")) + (
        '<DeviceGroups><Device Name="B" IntegrationID="101"><Components>'
        '<Component ComponentNumber="1" ComponentType="BUTTON"><Button/></Component>'
        "</Components></Device></DeviceGroups>"
    )
    assert parse_database(project(body)).wallstations == ()
    assert left_out(body) == [("device 'B'", "something else has its integration id 101")]


@pytest.mark.parametrize("number", ["", "0", "x", "-1", "123456", "\u0662"])
def test_a_component_without_a_number_costs_only_itself(number: str) -> None:
    body = (
        '<DeviceGroups><Device Name="B" IntegrationID="30"><Components>'
        f'<Component ComponentNumber="{number}" ComponentType="BUTTON"><Button/></Component>'
        '<Component ComponentNumber="2" ComponentType="BUTTON"><Button Engraving="On"/></Component>'
        "</Components></Device></DeviceGroups>"
    )
    (found,) = parse_database(project(body)).wallstations
    assert found.buttons == (ProjectButton(2, "On"),)
    assert left_out(body) == [("a component of device 'B'", f"{number!r} is no component number")]


def test_components_of_another_type_than_their_contents_do_not_count() -> None:
    body = (
        '<DeviceGroups><Device Name="B" IntegrationID="30"><Components>'
        '<Component ComponentNumber="1" ComponentType="LED"><Button/><CCI/></Component>'
        '<Component ComponentNumber="2" ComponentType="BUTTON"><LED/></Component>'
        "<Button/><LED/><CCI/></Components></Device></DeviceGroups>"
        '<Component ComponentNumber="3" ComponentType="BUTTON"><Button/><LED/><CCI/></Component>'
    )
    assert parse_database(project(body)).wallstations == ()


def test_an_output_outside_every_area_is_kept() -> None:
    database = f"<Project>{outputs(('A', 'NON_DIM'))}</Project>".encode()
    (found,) = parse_database(database).outputs
    assert found.area == ()


def test_what_was_left_out_is_said_with_its_line() -> None:
    (skipped,) = parse_database(
        project('\n\n<Outputs><Output Name="A" OutputType="NON_DIM"/></Outputs>')
    ).left_out
    assert str(skipped) == "output 'A' (line 3): '' is no integration id"


def test_names_are_one_line_of_printable_characters_with_a_bound() -> None:
    name = "&#9;Hall\u202e\u009b31m&#10;Light " + "x" * 1000
    (found,) = parse_database(project(outputs((name, "NON_DIM")))).outputs
    assert found.name.startswith("Hall 31m Light xxx")
    assert len(found.name) == NAME_MAX


# --- Odd files that are survived -------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "behind"),
    [(b"\r\n", b""), (b" \0\n", b""), (b"", b"\r\n"), (b"", b"\0"), (b"", b"\r\nQNET> \0")],
)
def test_what_is_around_the_project_does_not_matter(before: bytes, behind: bytes) -> None:
    octets = before + SAMPLE_15.encode() + behind
    assert parse_database(octets) == parse_database(SAMPLE_15.encode())


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1", "windows-1252"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = SAMPLE_15.replace("UTF-8", encoding).replace("Garage", "Gar\u00e4ge")
    found = parse_database(text.encode(encoding))
    assert found.areas[1].path == ("Example House", "Gar\u00e4ge")


# --- Files that are refused ------------------------------------------------------------------


def refused(octets: bytes) -> DatabaseDamaged:
    with pytest.raises(DatabaseDamaged) as caught:
        parse_database(octets)
    return caught.value


@pytest.mark.parametrize("octets", [b"", b"\r\n", b"\0\0"])
def test_an_empty_file_is_refused(octets: bytes) -> None:
    assert refused(octets).reason == "it is empty"


@given(st.integers(20 + SAMPLE_15.index("<Project>"), len(SAMPLE_15) - 1))
def test_a_file_that_is_cut_off_anywhere_is_refused(length: int) -> None:
    error = refused(SAMPLE_15.encode()[:length])
    assert error.reason == "it is cut off"
    assert error.line > 1


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"<html><body/></html>", "it begins with 'html'"),
        (b"<?xml version='1.0'?>", "it is no XML (no element found)"),
        (b"not found", "it is no XML (syntax error)"),
        (b"<Project><Areas></Project>", "it is no XML (mismatched tag)"),
        (b"<Project><A x='1' x='2'/></Project>", "it is no XML (duplicate attribute)"),
        (b"<Project>\xff</Project>", "it is no XML (not well-formed (invalid token))"),
        (b"<Project>&x;</Project>", "it is no XML (undefined entity)"),
        (b"<?xml version='1.0' encoding='x-none'?><Project/>", "encoded in an unknown way"),
        (b"<?xml version='1.0' encoding='utf-7'?><Project/>", "encoded in an unknown way"),
    ],
)
def test_what_is_no_project_is_refused(octets: bytes, reason: str) -> None:
    assert reason in refused(octets).reason


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE Project>",
        "<!DOCTYPE Project SYSTEM 'http://192.0.2.1/x.dtd'>",
        "<!DOCTYPE Project [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>",
        "<!DOCTYPE Project [<!ENTITY % a SYSTEM 'http://192.0.2.1/x'> %a;]>",
    ],
)
def test_a_document_type_is_refused(head: str) -> None:
    reason = refused(f"{head}<Project>&a;</Project>".encode()).reason
    assert reason.startswith("it has a document type")


def test_entities_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY e{step} "{f"&e{step - 1};" * 10}">' for step in range(1, 12))
    bomb = f'<!DOCTYPE Project [<!ENTITY e0 "ha">{entities}]><Project>&e11;</Project>'
    assert refused(bomb.encode()).reason.startswith("it has a document type")


def test_a_file_that_is_nested_too_deeply_is_refused_and_one_that_is_just_not_is_read() -> None:
    def nested(depth: int) -> bytes:
        return b"<Project>" + b"<Areas>" * depth + b"</Areas>" * depth + b"</Project>"

    assert parse_database(nested(DEPTH_MAX - 1)).areas == ()
    assert "nested deeper than 200" in refused(nested(DEPTH_MAX)).reason


def test_a_file_that_is_too_large_is_refused_and_one_that_is_just_not_is_read() -> None:
    inner = b" " * (DATABASE_OCTETS_MAX - len(b"<Project></Project>"))
    assert parse_database(b"<Project>" + inner + DATABASE_END).outputs == ()
    with pytest.raises(DatabaseTooLarge) as caught:
        parse_database(b"<Project>" + inner + b" " + DATABASE_END)
    assert caught.value.octets == DATABASE_OCTETS_MAX + 1
    assert caught.value.octets_max == DATABASE_OCTETS_MAX


@given(st.binary(max_size=300), st.integers(0, len(SAMPLE_9)))
def test_any_garbage_ends_in_a_project_or_in_a_named_error(garbage: bytes, place: int) -> None:
    octets = SAMPLE_9.encode()
    for damaged in (garbage, octets[:place] + garbage + octets[place:]):
        try:
            parse_database(damaged)
        except DatabaseDamaged as error:
            assert str(error)
