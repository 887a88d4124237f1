"""A module's face shows its terminals, its buttons and LEDs, and what is wired to it."""

import pytest

from dpm_core.plan import Plan, read_plan
from dpm_core.plan.drawing.face import draw_module
from dpm_core.plan.drawing.svg import Picture
from tests.dpm_core.plan.drawing.pictures import boxes, looks_of, paths, texts
from tests.dpm_core.plan.planning import plan, with_load
from tests.dpm_core.plan.test_document import WHOLE


def face(planned: Plan, *, is_bad: bool = False) -> Picture:
    picture = Picture(200, 120, "")
    draw_module(picture, planned, planned.modules[0], 10, 10, is_bad=is_bad)
    return picture


def test_zone_names_loads_and_override_actions_are_on_it() -> None:
    shown = texts(face(read_plan(WHOLE)))
    assert {"Hall", "tungsten", "2.5 A (300 W)", "of 8 A", "override: off"} <= set(shown)
    assert {"motor", "5 A", "override: on", "override: stays as it is"} <= set(shown)
    assert {"incandescent", "(INC), plug-in", "no load planned"} <= set(shown)
    assert "Hall panel" in shown
    assert {"LQSE-4S8-120-D", "00A1B2C3"} <= set(shown)
    assert {"CCO maintained", "CCI: Fire alarm", "debounce 100 ms"} <= set(shown)
    assert {"Mains 120 V", "feed lighting"} <= set(shown)


def test_what_the_plan_leaves_open_is_said() -> None:
    shown = texts(face(plan("")))
    assert {"serial number open", "no feed planned", "no name", "CCI jumpered"} <= set(shown)
    assert "CCO momentary, 0.5 s" in shown


@pytest.mark.requirement("B3")
def test_its_leds_and_buttons_are_pictured() -> None:
    shown = texts(face(plan("")))
    assert {"Power", "Link", "Override", "Prog."} <= set(shown)
    assert {"Zone 1", "Zone 2", "Zone 3", "Zone 4"} <= set(shown)
    assert len(boxes(face(plan("")), "key")) == 4


@pytest.mark.requirement("E10")
def test_class_2_and_mains_are_apart_and_terminal_2_is_crossed_out() -> None:
    picture = face(plan(""))
    (above,), (below,) = boxes(picture, "class2"), boxes(picture, "mains")
    assert above.y + above.height < below.y
    assert paths(picture, "apart") == 1
    assert paths(picture, "no") == 2
    assert texts(picture).count("NEC Class 2") == 2
    assert {"1 COM", "2 –", "3 MUX", "4 MUX"} <= set(texts(picture))


@pytest.mark.parametrize(
    ("load", "words"),
    [
        ("type: inc, amps: 8.5", "more than 8 A"),
        ("type: receptacle, amps: 1", "not allowed"),
    ],
)
def test_a_load_above_its_rating_is_seen_in_the_picture(load: str, words: str) -> None:
    picture = face(with_load(load))
    assert looks_of(picture, words) == {"bad"}
    (track,), (fill,) = boxes(picture, "track"), boxes(picture, "fill-bad")
    assert fill.width <= track.width


def test_the_bar_is_as_long_as_the_load_is_of_its_rating() -> None:
    picture = face(with_load("type: inc, amps: 2"))
    (track,), (fill,) = boxes(picture, "track"), boxes(picture, "fill")
    assert fill.width == pytest.approx(track.width / 4, abs=0.02)
    assert not boxes(face(with_load("type: inc, amps: 0")), "fill")


def test_a_module_with_an_error_is_framed() -> None:
    assert boxes(face(plan(""), is_bad=True), "face-bad")
    assert not boxes(face(plan("")), "face-bad")
