"""A picture as SVG, in millimetres of the thing it shows.

House rule: shapes and letters only; what a module or a link looks like is in the other files.
"""

from __future__ import annotations

from html import escape
from typing import Final, Literal, TypeAlias

Anchor: TypeAlias = Literal["start", "middle", "end"]

UNITS_PER_MM: Final = 4
"""Units of the picture for one millimetre: browsers round what is smaller than one of them."""

_LETTER_WIDTH: Final = 0.53
_STRONG_LETTER_WIDTH: Final = 0.58
"""Average width of a letter, for its height. Assumed, of the fonts in `theme.py`."""


class Picture:
    """A picture that is drawn from back to front.

    Args:
        width_mm: Its width.
        height_mm: Its height.
        title: What it shows, for those who cannot see it.
    """

    def __init__(self, width_mm: float, height_mm: float, title: str) -> None:
        self.width_mm: Final = width_mm
        self.height_mm: Final = height_mm
        self.title: Final = title
        self._parts: list[str] = []

    def rect(
        self, x: float, y: float, width: float, height: float, looks: str, radius: float = 0
    ) -> None:
        """Draw a rectangle."""
        rounded = f' rx="{_units(radius)}"' if radius else ""
        self._parts.append(
            f'<rect class="{looks}" x="{_units(x)}" y="{_units(y)}" width="{_units(width)}" '
            f'height="{_units(height)}"{rounded}/>'
        )

    def circle(self, x: float, y: float, radius: float, looks: str) -> None:
        """Draw a circle."""
        self._parts.append(
            f'<circle class="{looks}" cx="{_units(x)}" cy="{_units(y)}" r="{_units(radius)}"/>'
        )

    def path(self, points: list[tuple[float, float]], looks: str) -> None:
        """Draw straight lines from point to point."""
        steps = " L".join(f"{_units(x)} {_units(y)}" for x, y in points)
        self._parts.append(f'<path class="{looks}" d="M{steps}"/>')

    def cross(self, x: float, y: float, size: float, looks: str) -> None:
        """Draw an X around a point."""
        self.path([(x - size, y - size), (x + size, y + size)], looks)
        self.path([(x - size, y + size), (x + size, y - size)], looks)

    def text(
        self, x: float, y: float, text: str, size: float, looks: str, anchor: Anchor = "middle"
    ) -> None:
        """Write a line of text whose letters stand on y."""
        self._parts.append(
            f'<text class="{looks}" x="{_units(x)}" y="{_units(y)}" '
            f'font-size="{_units(size)}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def fitted(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        looks: str,
        room: float,
        anchor: Anchor = "middle",
    ) -> None:
        """Write a line of text, smaller where it would need more room."""
        letter = _letter_width(looks)
        smaller = min(size, room / (letter * max(len(text), 1)))
        if smaller < size / 2:
            smaller = size / 2
            text = text[: int(room / (letter * smaller)) - 1] + "…"
        self.text(x, y, text, smaller, looks, anchor)

    def on_two_lines(
        self, x: float, y: float, text: str, size: float, looks: str, room: float
    ) -> None:
        """Write a text on the line at y, or on that and the one below it."""
        letter = _letter_width(looks)
        lines = two_lines(text, int(room / (letter * size)))
        longest = max(len(line) for line in lines)
        size = max(min(size, room / (letter * max(longest, 1))), 0.7 * size)
        top = y if len(lines) == 2 else y + 0.6 * size
        for number, line in enumerate(lines):
            self.fitted(x, top + 1.2 * size * number, line, size, looks, room)

    def render(self, style: str = "") -> str:
        """Return the picture as SVG.

        Args:
            style: The style sheet; without one the page that it is in has it.
        """
        width, height = _units(self.width_mm), _units(self.height_mm)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="dpm" role="img" '
            f'width="{self.width_mm:g}mm" height="{self.height_mm:g}mm" '
            f'viewBox="0 0 {width} {height}"><title>{escape(self.title)}</title>'
        )
        sheet = f"<style>{style}</style>" if style else ""
        return head + sheet + "\n".join(self._parts) + "</svg>\n"


def two_lines(text: str, letters: int) -> tuple[str, ...]:
    """Return a text on one line, or on two broken at the space that leaves the shorter ones."""
    if len(text) <= letters or " " not in text:
        return (text,)
    breaks = [place for place, letter in enumerate(text) if letter == " "]
    middle = min(breaks, key=lambda place: max(place, len(text) - place - 1))
    return text[:middle], text[middle + 1 :]


def _letter_width(looks: str) -> float:
    return _STRONG_LETTER_WIDTH if "strong" in looks else _LETTER_WIDTH


def _units(mm: float) -> str:
    return f"{mm * UNITS_PER_MM:.2f}".rstrip("0").rstrip(".")
