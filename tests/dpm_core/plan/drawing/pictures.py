"""Read a picture back: what it says, and where its shapes are, in millimetres."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from dpm_core.plan.drawing.svg import UNITS_PER_MM, Picture

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture, in millimetres."""

    looks: str
    x: float
    y: float
    width: float
    height: float


def tree(picture: Picture | str) -> ET.Element:
    """Parse a picture, which has to be well-formed."""
    return ET.fromstring(picture if isinstance(picture, str) else picture.render())


def texts(picture: Picture | str) -> list[str]:
    """Every line of text in a picture."""
    return [element.text or "" for element in tree(picture).iter(f"{SVG}text")]


def looks_of(picture: Picture, text: str) -> set[str]:
    """How the lines of that text look."""
    return {
        element.attrib["class"]
        for element in tree(picture).iter(f"{SVG}text")
        if element.text == text
    }


def boxes(picture: Picture, *looks: str) -> list[Box]:
    """Every rectangle of those looks."""
    return [
        Box(
            element.attrib["class"],
            *(float(element.attrib[name]) / UNITS_PER_MM for name in ("x", "y", "width", "height")),
        )
        for element in tree(picture).iter(f"{SVG}rect")
        if element.attrib["class"] in looks
    ]


def paths(picture: Picture, looks: str) -> int:
    """How many lines look like that."""
    return sum(element.attrib["class"] == looks for element in tree(picture).iter(f"{SVG}path"))
