"""A panel is drawn to scale: modules side by side, as wide as they are."""

import pytest

from dpm_core.plan import Plan, read_plan
from dpm_core.plan.drawing.panel import DIN_MODULE_MM, draw_panel
from dpm_core.plan.drawing.svg import Picture
from tests.dpm_core.plan.drawing.pictures import boxes, looks_of, texts
from tests.dpm_core.plan.planning import plan
from tests.dpm_core.plan.test_document import WHOLE


def drawn(rest: str, bad: set[str] | None = None) -> Picture:
    planned = plan(rest, "modules: {hall: {}, attic: {}, cellar: {}}\n")
    return draw_panel(planned, planned.panels[0], bad or set())


def whole() -> tuple[Plan, Picture]:
    planned = read_plan(WHOLE)
    return planned, draw_panel(planned, planned.panels[0], set())


@pytest.mark.requirement("F3")
def test_modules_stand_side_by_side_at_their_true_width() -> None:
    picture = drawn("panels: {a: {rails: [{width_din: 30, holds: [hall, attic, cellar]}]}}\n")
    faces = boxes(picture, "face")
    assert [face.width for face in faces] == pytest.approx([161.7] * 3)
    assert [face.x - faces[0].x for face in faces] == pytest.approx([0, 161.7, 323.4], abs=0.01)
    assert len({face.y for face in faces}) == 1


@pytest.mark.requirement("F3")
def test_rail_filler_and_free_space_are_to_scale_too() -> None:
    _planned, picture = whole()
    (rail,), (filler,), (free,) = (boxes(picture, looks) for looks in ("rail", "filler", "free"))
    assert rail.width == pytest.approx(24 * DIN_MODULE_MM, abs=0.01)
    assert filler.width == pytest.approx(4.5 * DIN_MODULE_MM, abs=0.01)
    assert free.width == pytest.approx(1.5 * DIN_MODULE_MM, abs=0.01)
    assert free.x + free.width == pytest.approx(rail.x + rail.width, abs=0.02)
    assert "1.5 free" in texts(picture)


def test_every_rail_has_its_row() -> None:
    rails = "[{width_din: 9, holds: [hall]}, {width_din: 9, holds: [attic]}]"
    picture = drawn(f"panels: {{a: {{name: Cupboard, rails: {rails}}}}}\n")
    first, second = boxes(picture, "face")
    assert second.y > first.y + first.height
    assert not boxes(picture, "free")
    assert {"Cupboard", "Rail 1: 9 of 9 DIN modules", "Rail 2: 9 of 9 DIN modules"} <= set(
        texts(picture)
    )


def test_a_rail_that_holds_too_much_is_seen_in_the_picture() -> None:
    picture = drawn("panels: {a: {rails: [{width_din: 9, holds: [hall, attic]}]}}\n")
    assert looks_of(picture, "Rail 1: 18 of 9 DIN modules") == {"bad"}
    last = boxes(picture, "face")[-1]
    assert last.x + last.width < picture.width_mm


def test_a_module_with_an_error_is_framed() -> None:
    picture = drawn("panels: {a: {rails: [{width_din: 18, holds: [hall, attic]}]}}\n", {"attic"})
    assert len(boxes(picture, "face")) == len(boxes(picture, "face-bad")) == 1


def test_a_panel_without_rails_is_a_picture_too() -> None:
    assert "a" in texts(drawn("panels: {a: {rails: []}}\n"))


@pytest.mark.requirement("F5", "F2")
def test_mounting_heat_and_breakers_are_said() -> None:
    _planned, picture = whole()
    (words,) = [text for text in texts(picture) if "breakers off" in text]
    assert "NEMA Type 1 enclosure" in words
    assert "24 BTU/h" in words
