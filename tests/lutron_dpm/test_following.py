"""A module's outputs are found again in a changed project, or said to be missing; never guessed."""

from dataclasses import replace

import pytest

from custom_components.lutron_dpm.following import follow
from custom_components.lutron_dpm.outputs import ModuleOutputs, StoredContact, StoredOutput
from custom_components.lutron_dpm.project_words import contacts_of, outputs_of
from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import ProcessorProject, parse_database

pytestmark = pytest.mark.requirement("H2", "E8")

OUTPUT = '<Output Name="{}" IntegrationID="{}" OutputType="{}" Wattage="0" SortOrder="{}"/>'


def project(
    outputs: list[tuple[str, int]], contact: tuple[str, int] = ("Override", 110)
) -> ProcessorProject:
    """Return a project with these outputs in one area, the last one a contact output."""
    rows = "".join(
        OUTPUT.format(name, number, "CCO_PULSED" if name == "Bell" else "NON_DIM", place)
        for place, (name, number) in enumerate(outputs)
    )
    name, number = contact
    return parse_database(
        f"""<?xml version="1.0" encoding="UTF-8"?>
        <Project><ProjectName ProjectName="House"/><AppVer>15.9.0</AppVer>
        <DbExportDate>01/31/2026</DbExportDate><DbExportTime>12:00:00</DbExportTime>
        <Areas><Area Name="House" IntegrationID="0" SortOrder="0"><Areas>
        <Area Name="Panel" IntegrationID="2" SortOrder="0">
        <DeviceGroups><DeviceGroup Name="Hall" SortOrder="0"><Devices>
        <Device Name="{name}" IntegrationID="{number}" DeviceType="QS_IO_INTERFACE"
         GangPosition="0" SortOrder="0"><Components>
        <Component ComponentNumber="1" ComponentType="CCI"><CCI><Notes/></CCI></Component>
        </Components></Device></Devices></DeviceGroup></DeviceGroups>
        <Outputs>{rows}</Outputs></Area></Areas></Area></Areas></Project>""".encode()
    )


FIRST = project([("A", 101), ("B", 102), ("C", 103), ("D", 104), ("Bell", 105)])


def stored(of: ProcessorProject = FIRST, *, has_contact: bool = True) -> ModuleOutputs:
    one, two, three, four, cco = outputs_of(of)
    (contact,) = contacts_of(of)
    return ModuleOutputs(
        zones=(one, two, three, four), cco=cco, contact=contact if has_contact else None
    )


def numbers(outputs: ModuleOutputs) -> list[int]:
    return [int(number) for number in outputs.numbers]


def test_an_unchanged_project_changes_nothing() -> None:
    found = follow(stored(), FIRST)
    assert found.outputs == stored()
    assert not found.missing


def test_outputs_with_other_ids_are_found_by_their_names() -> None:
    moved = project(
        [("D", 101), ("C", 102), ("B", 103), ("A", 204), ("Bell", 205)], ("Override", 210)
    )
    found = follow(stored(), moved)
    assert numbers(found.outputs) == [204, 103, 102, 101, 205]
    assert found.outputs.contact
    assert found.outputs.contact.device == 210
    assert not found.missing


def test_an_output_that_was_only_renamed_is_found_by_its_id() -> None:
    renamed = project([("A", 101), ("Shelf", 102), ("C", 103), ("D", 104), ("Bell", 105)])
    found = follow(stored(), renamed)
    assert numbers(found.outputs) == [101, 102, 103, 104, 105]
    assert found.outputs.zones[1]
    assert found.outputs.zones[1].name == "Shelf"
    assert not found.missing


def test_an_id_with_another_name_is_another_load_where_other_outputs_have_moved() -> None:
    moved = project([("A", 201), ("Shelf", 102), ("C", 203), ("D", 204), ("Bell", 205)])
    found = follow(stored(), moved)
    assert found.missing == {IntegrationId(102): "B"}
    # What it was called stays stored: it can be found in the next project.
    assert numbers(found.outputs) == [201, 102, 203, 204, 205]
    assert found.outputs.zones[1]
    assert found.outputs.zones[1].name == "B"


def test_what_is_gone_is_said() -> None:
    gone = project([("A", 101), ("C", 103), ("D", 104)], ("Override", 110))
    assert follow(stored(), gone).missing == {102: "B", 105: "Bell"}


def test_two_outputs_of_one_name_are_told_apart_by_their_ids() -> None:
    twins = project([("A", 101), ("A", 102), ("C", 103), ("D", 104), ("Bell", 105)])
    found = follow(stored(twins), twins)
    assert numbers(found.outputs) == [101, 102, 103, 104, 105]


def test_outputs_that_were_typed_in_take_the_names_of_the_project() -> None:
    typed = replace(
        stored(),
        zones=(StoredOutput(number=IntegrationId(101)), None, None, None),
        cco=None,
        contact=None,
    )
    found = follow(typed, FIRST)
    assert found.outputs.zones[0]
    assert found.outputs.zones[0].name == "A"
    assert not found.missing


def test_a_contact_keeps_which_way_round_it_is() -> None:
    inverted = replace(
        stored(),
        contact=StoredContact(
            device=IntegrationId(110), component=1, is_inverted=True, name="Other", area="x"
        ),
    )
    found = follow(inverted, FIRST)
    assert found.outputs.contact
    assert found.outputs.contact.is_inverted
    assert found.outputs.contact.name == contacts_of(FIRST)[0].name


def test_a_contact_that_is_gone_is_said() -> None:
    without = project([("A", 201), ("B", 202), ("C", 203), ("D", 204), ("Bell", 205)], ("X", 110))
    found = follow(stored(), without)
    assert list(found.missing) == [110]
