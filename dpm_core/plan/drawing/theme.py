"""The colours and letters of every picture, for light and for dark surroundings.

House rule: a colour is named here for what it means, and nowhere else. No meaning hangs on a
colour alone: each has words or a shape beside it.
"""

from __future__ import annotations

from typing import Final

FONTS: Final = "'Inter','Segoe UI','Helvetica Neue','Liberation Sans',Arial,sans-serif"

_LIGHT: Final = {
    "paper": "#f4f5f2",
    "card": "#ffffff",
    "ink": "#1b242d",
    "soft": "#5c6874",
    "line": "#c9d0d5",
    "face": "#fbfbf9",
    "edge": "#8a96a0",
    "steel": "#d8dde1",
    "class2": "#0a6f78",
    "class2-band": "#e0f1f1",
    "mains": "#a34a12",
    "mains-band": "#fbe9dc",
    "key": "#e9edf0",
    "lit": "#1d9a57",
    "bad": "#b3261e",
    "warn": "#8a5a00",
}
_DARK: Final = {
    "paper": "#12171c",
    "card": "#1a2128",
    "ink": "#e7ebee",
    "soft": "#9fabb5",
    "line": "#3a4550",
    "face": "#232c35",
    "edge": "#667481",
    "steel": "#313b45",
    "class2": "#6fd0d3",
    "class2-band": "#123539",
    "mains": "#f0a878",
    "mains-band": "#3d2617",
    "key": "#323e49",
    "lit": "#4fd48b",
    "bad": "#ff8a80",
    "warn": "#f2c14e",
}


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


_RULES: Final = (
    f"text{{font-family:{FONTS};fill:var(--ink)}}"
    ".strong{font-weight:650}.soft{fill:var(--soft)}.bad{fill:var(--bad);font-weight:650}"
    ".warn{fill:var(--warn)}.t-class2{fill:var(--class2)}.t-mains{fill:var(--mains)}"
    ".paper{fill:var(--paper)}.card{fill:var(--card);stroke:var(--line);stroke-width:1.2}"
    ".face{fill:var(--face);stroke:var(--edge);stroke-width:1.6}"
    ".face-bad{fill:var(--face);stroke:var(--bad);stroke-width:4}"
    ".rail{fill:var(--steel)}.filler{fill:var(--card);stroke:var(--line);stroke-width:1.2}"
    ".free{fill:none;stroke:var(--line);stroke-width:1.2;stroke-dasharray:6 5}"
    ".class2{fill:var(--class2-band)}.mains{fill:var(--mains-band)}"
    ".screw{fill:var(--card);stroke:var(--edge);stroke-width:1.2}"
    ".no{fill:none;stroke:var(--bad);stroke-width:2}"
    ".key{fill:var(--key);stroke:var(--edge);stroke-width:1.2}"
    ".led{fill:var(--card);stroke:var(--edge);stroke-width:1.2}"
    ".led-on{fill:var(--lit);stroke:var(--edge);stroke-width:1.2}"
    ".track{fill:var(--key)}.fill{fill:var(--lit)}.fill-bad{fill:var(--bad)}"
    ".wire{fill:none;stroke:var(--class2);stroke-width:3}"
    ".halo{fill:none;stroke:var(--card);stroke-width:9}"
    ".unplanned{fill:none;stroke:var(--soft);stroke-width:2;stroke-dasharray:7 6}"
    ".apart{fill:none;stroke:var(--mains);stroke-width:1.2;stroke-dasharray:8 4}"
    ".rule{fill:none;stroke:var(--line);stroke-width:1.2}"
    ".tap{fill:var(--class2)}.node{fill:var(--card);stroke:var(--edge);stroke-width:1.4}"
    ".node-processor{fill:var(--class2-band);stroke:var(--class2);stroke-width:2}"
)


def style(root: str = "svg.dpm") -> str:
    """Return the style sheet of a picture that stands alone, or of a page for all its pictures.

    Args:
        root: What the colours belong to.
    """
    return (
        f"{root}{{{_variables(_LIGHT)}}}"
        f"@media (prefers-color-scheme:dark){{{root}{{{_variables(_DARK)}}}}}"
        f"@media print{{{root}{{{_variables(_LIGHT)}}}}}{_RULES}"
    )
