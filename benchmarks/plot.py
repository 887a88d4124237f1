"""The two plots of docs/performance.md, as SVG that reads on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

_WIDTH: Final = 760
_STYLE: Final = """\
<style>
text { font: 12px system-ui, sans-serif; fill: #57606a; }
.title { font-weight: 600; font-size: 13px; }
.axis { stroke: #8c959f; stroke-width: 1; fill: none; }
.grid { stroke: #8c959f; stroke-width: 0.5; stroke-dasharray: 2 4; }
.aim { fill: #2da44e; } .must { fill: #bf8700; } .missed { fill: #cf222e; }
.line { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) { text { fill: #adbac7; } }
</style>
"""
_COLOURS: Final = ("#0969da", "#8250df", "#1a7f37", "#bc4c00", "#cf222e")


def rows_plot(figures: Sequence[Mapping[str, Any]]) -> str:
    """Return each figure as a bar: how much of what it may be it uses; 1 is the limit."""
    top, step, left, right = 34, 24, 430, _WIDTH - 60
    height = top + step * len(figures) + 30
    longest = 2.0
    bar = 'height="13" rx="2"'
    parts = [
        f'<text class="title" x="10" y="18">{escape("Part of the limit used: 1 is what must be reached, the dotted mark what is aimed at")}</text>'
    ]
    limit_x = left + (right - left) / longest
    for at, figure in enumerate(figures):
        y = top + step * at
        used, aim = _used(figure, "value"), _used(figure, "aim")
        width = (right - left) * min(used, longest) / longest
        aim_x = left + (right - left) * aim / longest
        what = f"{figure['row']}: {figure['what']}"
        what = what if len(what) <= 60 else what[:58] + "…"
        parts += [
            f'<text x="10" y="{y + 14}">{escape(what)}</text>',
            f'<rect class="{figure["reached"]}" x="{left}" y="{y + 4}" width="{width:.1f}" {bar}/>',
            f'<line class="grid" x1="{aim_x:.1f}" x2="{aim_x:.1f}" y1="{y + 1}" y2="{y + 20}"/>',
            f'<text x="{left + width + 5:.1f}" y="{y + 15}">{used:.2f}</text>',
        ]
    bottom = top + step * len(figures)
    parts += [
        f'<line class="axis" x1="{limit_x:.1f}" x2="{limit_x:.1f}" y1="{top}" y2="{bottom}"/>',
        f'<text x="{limit_x:.1f}" y="{bottom + 16}" text-anchor="middle">must</text>',
    ]
    return _svg(height, parts)


def _used(figure: Mapping[str, Any], what: str) -> float:
    """Return what part of its limit a figure uses."""
    if not figure["must"]:
        # Nothing is allowed: that is reached, or it is missed altogether.
        return 2.0 if figure[what] else 0.0
    used: float = figure[what] / figure["must"]
    return 1 / used if figure["more_is_better"] else used


def growth_plot(growths: Sequence[Mapping[str, Any]]) -> str:
    """Return one small plot for each kind of cost, on a logarithmic axis of modules."""
    columns, each_width, each_height = 2, _WIDTH // 2, 190
    rows = math.ceil(len(growths) / columns)
    parts = []
    for at, growth in enumerate(growths):
        x, y = each_width * (at % columns), each_height * (at // columns)
        parts.append(f'<g transform="translate({x} {y})">{_one(growth, _COLOURS[at % 5])}</g>')
    return _svg(each_height * rows + 10, parts)


def _one(growth: Mapping[str, Any], colour: str) -> str:
    left, right, top, bottom = 50, 340, 34, 160
    points = {int(count): value for count, value in growth["points"].items()}
    most = max(points.values()) * 1.15

    def place(count: int, value: float) -> tuple[float, float]:
        share = math.log(count) / math.log(max(points))
        return left + (right - left) * share, bottom - (bottom - top) * value / most

    placed = [place(count, value) for count, value in points.items()]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    parts = [
        f'<text class="title" x="10" y="16">{escape(growth["what"])}</text>',
        f'<path class="axis" d="M{left} {top}V{bottom}H{right}"/>',
        f'<polyline class="line" stroke="{colour}" points="{path}"/>',
    ]
    for (x, y), (count, value) in zip(placed, points.items(), strict=True):
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>',
            f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{value:.3g}</text>',
            f'<text x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{count}</text>',
        ]
    parts.append(f'<text x="10" y="{top - 4}">{escape(growth["unit"])}</text>')
    return "".join(parts)


def _svg(height: int, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" role="img">\n{_STYLE}{body}\n</svg>\n'
    )
