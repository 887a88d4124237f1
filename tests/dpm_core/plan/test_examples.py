"""The examples are complete, allowed, and suggest nothing that the specification warns of."""

import re
from pathlib import Path

import pytest

from dpm_core.plan import PAGE, Plan, UnratedLoad, check_plan, draw_plan, read_plan

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = ("house", "floor", "emergency")


def example(name: str) -> Plan:
    file = EXAMPLES / f"{name}.yaml"
    return read_plan(file.read_text(), file.name)


def test_every_example_is_tested() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_an_example_is_against_the_specification(name: str) -> None:
    assert check_plan(example(name)) == ()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_drawn_whole(name: str) -> None:
    plan = example(name)
    files = draw_plan(plan, ())
    assert len(files) == 2 + len(plan.panels) + len(plan.modules)
    assert files[PAGE].count("<svg ") == len(files) - 1


@pytest.mark.requirement("E10")
@pytest.mark.parametrize("name", NAMES)
def test_class_2_and_terminal_2_are_on_every_picture(name: str) -> None:
    for file, picture in draw_plan(example(name), ()).items():
        assert "NEC Class 2" in picture, file
        is_crossed_out = re.search(r'<path class="no"', picture) is not None
        assert is_crossed_out or "Terminal 2 of the QS link: do not connect" in picture, file


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_complete(name: str) -> None:
    plan = example(name)
    modules = {module.id for module in plan.modules}
    assert plan.processor is not None
    assert all(module.serial is not None for module in plan.modules)
    assert {module.id for feed in plan.feeds for module in feed.modules} == modules
    assert {module.id for panel in plan.panels for module in panel.modules} == modules
    ends = {end for run in plan.cables for end in (run.start, run.end)}
    assert modules | {device.id for device in plan.wallstations} <= ends
    for panel in plan.panels:
        said = (panel.mounting, panel.is_indoor, panel.is_accessible, panel.is_clicking_accepted)
        figures = (panel.room_c, panel.inside_c, panel.humidity_percent, panel.is_condensing)
        assert None not in said + figures


@pytest.mark.requirement("E1", "E2")
def test_the_floor_fills_a_link() -> None:
    plan = example("floor")
    assert (len(plan.modules), plan.device_count, plan.zone_count) == (99, 100, 396)
    assert 550 < plan.link_m <= 610


@pytest.mark.requirement("C8")
def test_the_emergency_contact_holds_as_many_ccis_as_it_may() -> None:
    (group,) = example("emergency").emergency_groups
    assert len(group.modules) == 32


def test_the_house_has_one_panel() -> None:
    plan = example("house")
    assert len(plan.panels) == 1
    assert {module.id for module in plan.panels[0].modules} == {m.id for m in plan.modules}


@pytest.mark.parametrize("name", NAMES)
def test_no_example_suggests_an_unsuitable_load(name: str) -> None:
    unsuitable = r"\b(gates?|doors?|garage|fireplaces?|heaters?|heating|microwaves?|receptacles?)\b"
    assert not re.search(unsuitable, (EXAMPLES / f"{name}.yaml").read_text(), re.IGNORECASE)
    for module in example(name).modules:
        assert not any(isinstance(load.type, UnratedLoad) for load in module.loads if load)
