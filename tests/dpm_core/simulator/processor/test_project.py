"""Which integration id stands for what, and what a transfer changes."""

from datetime import timedelta
from itertools import pairwise

import pytest

from dpm_core.model import CcoType, Program, SerialNumber
from dpm_core.simulator import parse_modules
from dpm_core.simulator.processor.project import Project, module_ids

pytestmark = pytest.mark.requirement("G3")

ONE, TWO = parse_modules("00A1B2C3,00A1B2C4")
HALL = Program(
    name="Hall panel", zone_names=("Stairs", "", "Porch", ""), cco_type=CcoType.MAINTAINED
)
PROGRAMS = {ONE: HALL, TWO: Program()}


def test_a_modules_zones_and_then_its_cco_follow_each_other() -> None:
    one, two = Project.made_for(PROGRAMS).modules
    assert one.outputs == (101, 102, 103, 104, 105)
    assert two.outputs == (201, 202, 203, 204, 205)
    assert (one.contact, two.contact) == (110, 210)


def test_names_are_the_modules_own_where_it_has_any() -> None:
    one, two = Project.made_for(PROGRAMS).modules
    assert (one.name, two.name) == ("Hall panel", "Module 00A1B2C4")
    assert one.zone_names == ("Stairs", "Hall panel zone 2", "Porch", "Hall panel zone 4")
    assert two.zone_names[0] == "Module 00A1B2C4 zone 1"


def test_the_kind_of_the_cco_is_the_modules() -> None:
    one, two = Project.made_for(PROGRAMS).modules
    assert (one.is_cco_pulsed, two.is_cco_pulsed) == (False, True)


def test_an_id_leads_to_its_zone_to_the_cco_or_to_nothing() -> None:
    project = Project.made_for(PROGRAMS)
    one, two = project.modules
    assert project.output(103) == (one, 3)
    assert project.output(205) == (two, None)
    for number in (0, 2, 106, 110, 305):
        assert project.output(number) is None
    assert project.contact(210) is two
    assert project.contact(101) is None


def test_ids_are_one_space_for_a_full_link_however_often_they_change() -> None:
    project = Project.made_for(dict.fromkeys(parse_modules("99"), Program()))
    seen = []
    for _ in range(6):
        ids = list(project.ids)
        assert len(ids) == len(set(ids)) == 1 + 99 * 6
        assert min(ids) > 0
        seen.append(set(ids))
        project = project.transferred(
            dict.fromkeys(parse_modules("99"), Program()), changes_ids=True
        )
    assert all(before & after == {2} for before, after in pairwise(seen))


def test_a_transfer_has_a_later_date_and_takes_the_programs_of_its_day() -> None:
    first = Project.made_for({ONE: Program()})
    second = first.transferred({ONE: HALL}, changes_ids=False)
    assert second.exported - first.exported == timedelta(days=1)
    assert second.modules[0].outputs == first.modules[0].outputs
    assert second.modules[0].name == "Hall panel"


def test_without_contacts_there_is_no_id_for_one() -> None:
    project = Project(Project.made_for({ONE: Program()}).modules, has_contacts=False)
    assert project.contact(110) is None
    assert 110 not in set(project.ids)


def test_ids_in_words_that_json_can_carry() -> None:
    project = Project.made_for({SerialNumber(0x00A1B2C3): Program()})
    assert module_ids(project.modules) == {
        "00A1B2C3": {"zones": [101, 102, 103, 104], "cco": 105, "contact": 110}
    }
