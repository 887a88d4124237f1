"""The link is drawn with its lengths and its terminals."""

import itertools

import pytest

from dpm_core.plan import read_plan
from dpm_core.plan.drawing.link import draw_link
from tests.dpm_core.plan.drawing.pictures import boxes, looks_of, paths, texts
from tests.dpm_core.plan.planning import plan
from tests.dpm_core.plan.test_document import WHOLE

MODULES = "modules: {hall: {}, attic: {}}\n"


def test_everything_on_the_link_is_named() -> None:
    shown = texts(draw_link(read_plan(WHOLE)))
    assert {"Processor", "HQP6-2", "Hall panel", "attic", "Entry", "sensor"} <= set(shown)
    assert {"LQSE-4S8-120-D", "LQSE-4S1-D", "wallstation, 2 buttons"} <= set(shown)
    assert "2 devices, 1 zone" in shown
    assert "T-tap tap" in shown


@pytest.mark.requirement("E2")
def test_runs_have_their_lengths_in_the_unit_of_the_plan_and_their_cable() -> None:
    shown = texts(draw_link(read_plan(WHOLE)))
    assert {"12 m", "10 ft", "346S-500"} <= set(shown)


@pytest.mark.requirement("E2", "E10")
def test_terminals_1_3_and_4_are_named_and_2_is_not_connected() -> None:
    picture = draw_link(plan("", MODULES))
    shown = texts(picture)
    assert {"1 COM", "2 do not connect", "3 MUX", "4 MUX"} <= set(shown)
    assert any("NEC Class 2" in text for text in shown)
    assert paths(picture, "no") == 2 * (1 + 2)  # a cross is two lines: the legend, two modules


@pytest.mark.requirement("E1")
def test_devices_zones_and_cable_are_counted_against_their_limits() -> None:
    rest = "link: {cables: [{from: processor, to: hall, metres: 12}]}\n"
    shown = texts(draw_link(plan(rest, MODULES)))
    assert "3 of 100 devices, 8 of 512 zones, 12 of 610 m of cable" in shown


def test_the_cable_is_counted_in_the_unit_that_it_is_held_to() -> None:
    rest = "link: {cables: [{from: processor, to: hall, feet: 155}]}\n"
    assert any("155 of 2000 ft of cable" in text for text in texts(draw_link(plan(rest, MODULES))))


def test_a_branch_of_a_tap_goes_straight_down_to_its_row() -> None:
    rest = (
        "link: {taps: [tap], cables: [{from: processor, to: tap, feet: 9}, "
        "{from: tap, to: hall, feet: 7}, {from: tap, to: attic, feet: 8}]}\n"
    )
    picture = draw_link(plan(rest, MODULES))
    assert texts(picture).count("8 ft") == 1
    # Two ways to the right and one down; nothing is crossed, so nothing is interrupted.
    assert paths(picture, "wire") == 4
    assert paths(picture, "halo") == 0


def test_a_link_without_cable_is_dashed() -> None:
    picture = draw_link(plan("", MODULES))
    assert paths(picture, "wire") == 0
    assert paths(picture, "unplanned") == 2
    assert texts(picture).count("length open") == 2
    assert "Processor" in texts(picture)


def test_what_no_cable_reaches_is_said() -> None:
    rest = "link: {cables: [{from: processor, to: hall, metres: 12}]}\n"
    assert "no cable planned" in texts(draw_link(plan(rest, MODULES)))
    rest = rest.replace("}]", "}, {from: hall, to: attic, metres: 1}]")
    assert "no cable planned" not in texts(draw_link(plan(rest, MODULES)))


def test_a_ring_is_said() -> None:
    rest = (
        "link: {cables: [{from: processor, to: hall, metres: 1}, "
        "{from: hall, to: attic, metres: 1}, {from: attic, to: processor, metres: 1}]}\n"
    )
    picture = draw_link(plan(rest, MODULES))
    words = "Not drawn, for it closes a ring: attic to processor"
    assert looks_of(picture, words) == {"bad"}


def test_a_long_link_and_its_branches_stay_inside_the_picture() -> None:
    names = [f"m{number}" for number in range(30)]
    modules = f"modules: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n"
    runs = [("processor", "m0"), *((f"m{n // 2}", f"m{n}") for n in range(1, 20))]
    runs += [(f"m{n}", f"m{n + 1}") for n in range(19, 29)]
    cables = ", ".join(f"{{from: {start}, to: {end}, feet: 7}}" for start, end in runs)
    picture = draw_link(plan(f"link: {{taps: [], cables: [{cables}]}}\n", modules))
    nodes = boxes(picture, "node", "node-processor")
    assert len(nodes) == 31
    assert all(node.x + node.width < picture.width_mm for node in nodes)
    assert all(node.y + node.height < picture.height_mm for node in nodes)
    assert texts(picture).count("7 ft") == 30


def test_a_tap_at_the_end_of_a_row_leads_on() -> None:
    names = ["m0", "m1", "m2", "m3"]
    modules = f"modules: {{{', '.join(f'{name}: {{}}' for name in [*names, 'a', 'b'])}}}\n"
    places = ["processor", *names, "tap"]
    runs = [*itertools.pairwise(places), ("tap", "a"), ("tap", "b")]
    cables = ", ".join(f"{{from: {start}, to: {end}, metres: 3}}" for start, end in runs)
    picture = draw_link(plan(f"link: {{taps: [tap], cables: [{cables}]}}\n", modules))
    assert texts(picture).count("3 m") == 7
    assert paths(picture, "halo") == 2
