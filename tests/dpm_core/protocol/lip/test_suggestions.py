"""Outputs that could be one module are suggested, with a reason; a guess is not."""

import pytest

from dpm_core.protocol.lip import SuggestedModule, parse_database, suggest_modules
from dpm_core.protocol.lip.suggestions import BEFORE_CCO, COUNTED, IN_A_ROW
from tests.dpm_core.protocol.lip.databases import SAMPLE_9, SAMPLE_15, outputs, project

pytestmark = pytest.mark.requirement("E8")

ZONE = "NON_DIM"
CCO = "CCO_PULSED"


def suggested(body: str) -> list[SuggestedModule]:
    return list(suggest_modules(parse_database(project(body))))


def numbers(modules: list[SuggestedModule]) -> list[tuple[list[int], int | None]]:
    return [
        ([int(zone) for zone in module.zones], None if module.cco is None else int(module.cco))
        for module in modules
    ]


def zones(*names: str) -> list[tuple[str, str]]:
    return [(name, ZONE) for name in names]


def contact(device: str, location: str, name: str = "", number: int = 60) -> str:
    return (
        f'<DeviceGroups><DeviceGroup Name="{location}"><Devices>'
        f'<Device Name="{device}" IntegrationID="{number}" DeviceType="QS_IO_INTERFACE">'
        f'<Components><Component ComponentNumber="1" ComponentType="CCI"><CCI Name="{name}"/>'
        "</Component></Components></Device></Devices></DeviceGroup></DeviceGroups>"
    )


HALL = outputs(
    *zones("Hall zone 1", "Hall zone 2", "Hall zone 3", "Hall zone 4"), ("Hall CCO", CCO)
)


def test_four_switched_outputs_and_then_a_cco_are_a_module() -> None:
    (found,) = suggested(HALL)
    assert numbers([found]) == [([101, 102, 103, 104], 105)]
    assert (found.name, found.contact, found.reason) == ("Hall", None, BEFORE_CCO)


def test_several_in_one_area_are_told_apart() -> None:
    modules = [
        *zones("A1", "A2", "A3", "A4"),
        ("A5", CCO),
        *zones("B1", "B2", "B3", "B4"),
        ("B5", CCO),
    ]
    found = suggested(outputs(*modules))
    assert numbers(found) == [([101, 102, 103, 104], 105), ([106, 107, 108, 109], 110)]
    # Names that have nothing in common leave the area's, with a number.
    assert [module.name for module in found] == ["Panel 1", "Panel 2"]


def test_what_the_outputs_share_at_the_beginning_is_the_name() -> None:
    named = outputs(
        *zones(
            "Hall panel - Zone 1",
            "Hall panel - Zone 2",
            "Hall panel - Zone 3",
            "Hall panel - Zone 4",
        )
    )
    assert suggested(named)[0].name == "Hall panel"


def test_outputs_of_one_name_give_it_to_their_module() -> None:
    assert suggested(outputs(*zones("Hall", "Hall", "Hall", "Hall")))[0].name == "Hall"


def test_a_module_in_no_area_is_called_module() -> None:
    body = outputs(*zones("A", "B", "C", "D"))
    (found,) = suggest_modules(parse_database(f"<Project>{body}</Project>".encode()))
    assert found.name == "Module"


def test_fewer_than_four_before_a_cco_are_no_module() -> None:
    assert suggested(outputs(*zones("A", "B", "C"), ("D", CCO))) == []


def test_the_four_right_before_the_cco_are_its_module_and_whole_fours_before_them_too() -> None:
    found = suggested(outputs(*zones(*"ABCDEFGH"), ("I", CCO)))
    assert numbers(found) == [([101, 102, 103, 104], None), ([105, 106, 107, 108], 109)]
    assert [module.reason for module in found] == [IN_A_ROW, BEFORE_CCO]
    assert numbers(suggested(outputs(*zones(*"ABCDE"), ("F", CCO)))) == [
        ([102, 103, 104, 105], 106)
    ]


@pytest.mark.parametrize(("count", "modules"), [(3, 0), (4, 1), (5, 0), (8, 2), (9, 0), (12, 3)])
def test_only_a_row_of_whole_fours_is_modules(count: int, modules: int) -> None:
    assert len(suggested(outputs(*zones(*"ABCDEFGHIJKL"[:count])))) == modules


def test_outputs_that_are_numbered_1_to_4_are_a_module_among_others() -> None:
    body = outputs(
        *zones("Porch", "Hall 01", "Hall 02", "Hall 03", "Hall 04", "Attic 1", "Attic 2")
    )
    (found,) = suggested(body)
    assert numbers([found]) == [([102, 103, 104, 105], None)]
    assert (found.name, found.reason) == ("Hall", COUNTED)


def test_numbers_alone_are_numbers_too() -> None:
    (found,) = suggested(outputs(*zones("Porch", "1", "2", "3", "4")))
    assert (found.name, found.reason) == ("Panel", COUNTED)


@pytest.mark.parametrize("kind", ["ELV", "SYSTEM_SHADE", "MOTOR"])
def test_an_output_that_is_not_switched_ends_a_row(kind: str) -> None:
    body = outputs(*zones("A", "B"), ("C", kind), *zones("D", "E"), ("F", CCO))
    assert suggested(body) == []


def test_a_module_stays_in_one_area() -> None:
    body = (
        f'<Areas><Area Name="One" IntegrationID="3">{outputs(*zones("A", "B"))}</Area>'
        f'<Area Name="Two" IntegrationID="4">{outputs(*zones("C", "D"), first=201)}</Area></Areas>'
    )
    assert suggested(body) == []


@pytest.mark.parametrize(
    "body",
    [
        contact("Manual Override", "Hall"),
        contact("Hall IO", "Cellar", "Emergency"),
        contact("IO", "Cellar", "HALL override"),
    ],
)
def test_a_contact_that_is_called_an_override_and_has_the_modules_name_is_its(body: str) -> None:
    (found,) = suggested(HALL + body)
    assert found.contact == (60, 1)


@pytest.mark.parametrize(
    "body",
    [
        contact("Hall IO", "Hall", "Smoke"),
        contact("Manual Override", "Hallway"),
        contact("Manual Override", "Cellar"),
        contact("Override", "Hall") + contact("Override", "Hall", number=61),
    ],
)
def test_another_contact_is_not_suggested(body: str) -> None:
    (found,) = suggested(HALL + body)
    assert found.contact is None


def test_one_contact_may_belong_to_several_modules_by_name() -> None:
    attic = outputs(*zones("Attic 1", "Attic 2", "Attic 3", "Attic 4"), first=201)
    body = HALL + attic + contact("Emergency", "Hall and Attic")
    assert [module.contact for module in suggested(body)] == [(60, 1), (60, 1)]


def test_the_invented_samples() -> None:
    (garage,) = suggest_modules(parse_database(SAMPLE_15.encode()))
    assert numbers([garage]) == [([101, 102, 103, 104], 105)]
    assert garage.name == "Garage"
    assert suggest_modules(parse_database(SAMPLE_9.encode())) == ()
