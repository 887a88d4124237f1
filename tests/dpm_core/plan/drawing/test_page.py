"""One page has it all."""

import re

import pytest

from dpm_core.model import LED_TABLE
from dpm_core.plan import PAGE, REMINDERS, check_plan, draw_plan, read_plan
from tests.dpm_core.plan.drawing.pictures import tree
from tests.dpm_core.plan.planning import plan, with_load
from tests.dpm_core.plan.test_document import WHOLE


def page(text: str = WHOLE) -> str:
    planned = read_plan(text)
    return draw_plan(planned, check_plan(planned))[PAGE]


def test_every_picture_is_a_file_and_on_the_page() -> None:
    planned = read_plan(WHOLE)
    files = draw_plan(planned, check_plan(planned))
    assert set(files) == {
        PAGE,
        "link.svg",
        "panel-cupboard.svg",
        "label-hall.svg",
        "label-attic.svg",
    }
    for name, text in files.items():
        if name.endswith(".svg"):
            tree(text)
    assert files[PAGE].count("<svg ") == 4
    assert {"panel-cupboard", "label-hall", "label-attic"} <= set(
        re.findall(r'id="([^"]*)"', files[PAGE])
    )


def test_the_pictures_on_the_page_are_well_formed() -> None:
    for picture in re.findall(r"<svg .*?</svg>", page(), re.DOTALL):
        tree(picture)


def test_findings_are_on_it_with_their_source_and_words_are_never_markup() -> None:
    planned = with_load("type: inc, amps: 8.5")
    shown = draw_plan(planned, check_plan(planned))[PAGE]
    assert "✗ error" in shown
    assert "more than the 8 A" in shown
    assert "3691060c, &quot;Output Zone Ratings&quot;" in shown
    named = WHOLE.replace("name: A house", "name: <b>A house</b>")
    assert "<b>A house" not in page(named)


def test_a_module_with_an_error_is_framed_and_no_other() -> None:
    text = WHOLE.replace("watts: 300", "amps: 9")
    assert page(text).count('class="face-bad"') == 1
    assert page().count('class="face-bad"') == 0


def test_a_warning_is_no_error() -> None:
    assert "! warning" in page()


def test_a_plan_with_nothing_wrong_and_no_panel_says_so() -> None:
    planned = plan("")
    shown = draw_plan(planned, check_plan(planned))[PAGE]
    assert "Nothing is against the specification" in shown
    assert 'id="panels"' not in shown
    assert 'href="#panels"' not in shown
    assert "<h1>plan.yaml</h1>" in shown


@pytest.mark.requirement("F4", "F5", "E10")
def test_what_no_check_can_see_is_on_it() -> None:
    shown = page()
    assert all(words in shown for words in REMINDERS)


@pytest.mark.requirement("B3")
def test_what_the_leds_show_is_on_it() -> None:
    shown = page()
    for row in LED_TABLE:
        assert f"<td>{row.when}</td><td>{row.pattern.value}</td>" in shown


def test_it_is_light_dark_and_printed() -> None:
    shown = page()
    assert "prefers-color-scheme:dark" in shown
    assert "@media print" in shown
    assert '<html lang="en">' in shown
