"""Shapes and letters are where they were drawn, and whatever a name is, the picture is whole."""

import pytest

from dpm_core.plan.drawing.svg import Picture, two_lines
from tests.dpm_core.plan.drawing.pictures import SVG, boxes, texts, tree


def test_a_picture_is_as_large_as_what_it_shows() -> None:
    root = tree(Picture(161.7, 90, "A module"))
    assert (root.attrib["width"], root.attrib["height"]) == ("161.7mm", "90mm")
    assert root.attrib["viewBox"] == "0 0 646.8 360"
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "A module"


def test_its_style_is_in_it_only_when_it_stands_alone() -> None:
    picture = Picture(1, 1, "")
    assert tree(picture).find(f"{SVG}style") is None
    style = tree(picture.render(".a{fill:red}")).find(f"{SVG}style")
    assert style is not None
    assert style.text == ".a{fill:red}"


def test_no_name_breaks_the_picture() -> None:
    picture = Picture(10, 10, 'a < b & "c"')
    picture.text(1, 1, '<script>&"', 3, "strong")
    assert texts(picture) == ['<script>&"']


def test_shapes_keep_their_millimetres() -> None:
    picture = Picture(100, 100, "")
    picture.rect(1, 2.5, 30, 4, "face", 2)
    assert [(one.x, one.y, one.width, one.height) for one in boxes(picture, "face")] == [
        (1, 2.5, 30, 4)
    ]


@pytest.mark.parametrize(
    ("text", "size", "shown"),
    [
        ("short", "16", "short"),
        ("a little longer than that", "10.85", "a little longer than that"),
        ("x" * 60, "8", "x" * 32 + "…"),
    ],
)
def test_a_text_that_needs_more_room_is_smaller_and_then_shorter(
    text: str, size: str, shown: str
) -> None:
    picture = Picture(100, 100, "")
    picture.fitted(0, 0, text, 4, "soft", 36)
    (element,) = tree(picture).iter(f"{SVG}text")
    assert element.text == shown
    assert float(element.attrib["font-size"]) == pytest.approx(float(size), abs=0.05)


def test_a_long_name_is_broken_at_the_space_that_leaves_the_shorter_lines() -> None:
    assert two_lines("Dining room coves", 10) == ("Dining", "room coves")
    assert two_lines("Hall", 10) == ("Hall",)
    assert two_lines("Conservatory", 5) == ("Conservatory",)


def test_two_lines_stand_below_each_other_and_are_as_large() -> None:
    picture = Picture(100, 100, "")
    picture.on_two_lines(10, 10, "Conservatory ceiling", 4, "soft", 25)
    first, second = tree(picture).iter(f"{SVG}text")
    assert (first.text, second.text) == ("Conservatory", "ceiling")
    assert first.attrib["font-size"] == second.attrib["font-size"]
    assert float(first.attrib["y"]) < float(second.attrib["y"])
