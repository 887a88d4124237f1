"""Draw the integration's icon: a module seen from the front, its four zones lit, on its link.

    python docs/draw_brand_icon.py

Only the standard library is used, so that anybody can change a shape and draw it again. The
drawing is this project's own and has nothing of the maker's marks.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "custom_components" / "lutron_dpm" / "brand"

Colour = tuple[int, int, int]
Distance = Callable[[float, float], float]
"""How far a point is outside a shape, in units of a drawing 256 wide; negative is inside."""

LIT: Colour = (255, 193, 61)
DARK_INK: Colour = (38, 50, 61)
LIGHT_INK: Colour = (226, 232, 238)


class Shape(NamedTuple):
    """One shape of the drawing, the box that it lies in, and what it is filled with."""

    distance: Distance
    box: tuple[float, float, float, float]
    colour: Colour


def rounded(
    colour: Colour, left: float, top: float, right: float, bottom: float, radius: float
) -> Shape:
    """Return a rectangle with round corners."""
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    half_x, half_y = (right - left) / 2 - radius, (bottom - top) / 2 - radius

    def distance(x: float, y: float) -> float:
        out_x, out_y = abs(x - middle_x) - half_x, abs(y - middle_y) - half_y
        outside = math.hypot(max(out_x, 0), max(out_y, 0))
        return outside + min(max(out_x, out_y), 0) - radius

    return Shape(distance, (left, top, right, bottom), colour)


def disc(colour: Colour, middle_x: float, middle_y: float, radius: float) -> Shape:
    """Return a filled circle."""
    return Shape(
        lambda x, y: math.hypot(x - middle_x, y - middle_y) - radius,
        (middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius),
        colour,
    )


def shapes(ink: Colour, face: Colour) -> list[Shape]:
    """Return the drawing, from the back to the front."""
    drawing = [
        rounded(ink, 0, 24, 256, 232, 22),
        rounded(face, 14, 38, 242, 218, 12),
        # The DIN module's raised middle, and its row of terminals.
        rounded(ink, 28, 70, 228, 160, 10),
        *(rounded(ink, x, 178, x + 22, 200, 5) for x in range(31, 220, 34)),
    ]
    for middle in (58, 105, 151, 198):
        drawing += [disc(face, middle, 115, 17), disc(LIT, middle, 115, 12)]
    return drawing


def pixels(size: int, drawing: list[Shape]) -> bytes:
    """Return the drawing as rows of RGBA, with soft edges."""
    scale = 256 / size
    rows = bytearray()
    for row in range(size):
        rows.append(0)
        y = (row + 0.5) * scale
        # A soft edge is half a point wide.
        crossed = [one for one in drawing if one.box[1] - scale < y < one.box[3] + scale]
        for column in range(size):
            x = (column + 0.5) * scale
            red = green = blue = alpha = 0.0
            for distance, (left, _, right, _), colour in crossed:
                if not left - scale < x < right + scale:
                    continue
                cover = min(max(0.5 - distance(x, y) / scale, 0.0), 1.0)
                if not cover:
                    continue
                total = cover + alpha * (1 - cover)
                old = alpha * (1 - cover) / total
                red, green, blue = (
                    new * cover / total + had * old
                    for new, had in zip(colour, (red, green, blue), strict=True)
                )
                alpha = total
            rows += bytes(round(value) for value in (red, green, blue, alpha * 255))
    return bytes(rows)


def png(size: int, rows: bytes) -> bytes:
    """Return a PNG file of RGBA rows, each with its filter octet."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def main() -> None:
    """Write the icon for light and dark pages, in both sizes."""
    FOLDER.mkdir(exist_ok=True)
    for prefix, ink, face in (("", DARK_INK, LIGHT_INK), ("dark_", LIGHT_INK, DARK_INK)):
        drawing = shapes(ink, face)
        for suffix, size in (("", 256), ("@2x", 512)):
            path = FOLDER / f"{prefix}icon{suffix}.png"
            path.write_bytes(png(size, pixels(size, drawing)))


if __name__ == "__main__":
    main()
