"""Fill the table of settings of docs/simulator.md from the settings type itself.

    python docs/simulator_tables.py

What stands between the markers `<!-- table NAME -->` and `<!-- end -->` is written anew; the
rest of the page is written by hand.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from dpm_core.simulator import SimulatorSettings

PAGE = Path(__file__).parent / "simulator.md"


def attributes(kind: type) -> dict[str, str]:
    """Read what a docstring in Google's style says of each attribute."""
    text = inspect.getdoc(kind) or ""
    section = text.partition("Attributes:\n")[2].partition("\n\n")[0]
    return {
        name: " ".join(words.split())
        for name, words in re.findall(r"^    (\w+): ((?:.|\n(?=        ))*)", section, re.MULTILINE)
    }


def shown(name: str, value: object) -> str:
    """Write a default as the code would be given it."""
    if name == "component_base" and isinstance(value, int):
        return f"0x{value:04X}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def settings() -> Iterator[str]:
    """Print every setting, its default and what it does."""
    yield "| Setting | Default | What it is |"
    yield "|---|---|---|"
    said = attributes(SimulatorSettings)
    for field in dataclasses.fields(SimulatorSettings):
        yield f"| `{field.name}` | {shown(field.name, field.default)} | {said[field.name]} |"


def main() -> None:
    """Write the page."""
    table = "\n".join(settings())
    page = re.sub(
        r"(<!-- table settings -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{table}\n{found[2]}",
        PAGE.read_text(),
        flags=re.DOTALL,
    )
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
