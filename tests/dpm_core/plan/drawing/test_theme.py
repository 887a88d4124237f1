"""Every look that a picture uses is in its style sheet, for light and for dark."""

import re

from dpm_core.plan import check_plan, draw_plan, read_plan
from dpm_core.plan.drawing.theme import style
from tests.dpm_core.plan.test_document import WHOLE


def contrast(one: str, other: str) -> float:
    """Contrast of two colours. Source: WCAG 2.2, "contrast ratio"."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def palettes() -> list[dict[str, str]]:
    return [
        dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", block))
        for block in re.findall(r"svg\.dpm\{([^}]*)\}", style())
    ]


def test_there_is_a_light_a_dark_and_a_printed_one() -> None:
    light, dark, printed = palettes()
    assert light.keys() == dark.keys()
    assert light != dark
    assert printed == light
    assert "prefers-color-scheme:dark" in style()


def test_letters_can_be_read_on_what_they_stand_on() -> None:
    pairs = [
        *((ink, ground) for ink in ("ink", "soft", "bad", "warn") for ground in ("card", "paper")),
        *((ink, "face") for ink in ("ink", "soft", "bad")),
        ("class2", "class2-band"),
        ("mains", "mains-band"),
        ("ink", "key"),
        ("class2", "card"),
    ]
    for palette in palettes():
        for ink, ground in pairs:
            assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)


def test_every_look_is_in_the_style_sheet() -> None:
    plan = read_plan(WHOLE)
    used = {
        look
        for name, text in draw_plan(plan, check_plan(plan)).items()
        if name.endswith(".svg")
        for looks in re.findall(r'class="([^"]*)"', text)
        for look in looks.split()
    }
    assert {f".{look}" for look in used} <= set(re.findall(r"\.[a-z][a-z0-9-]*", style()))
