"""Fill the diagram and the tables of docs/model.md from the model.

    python docs/model_tables.py

What stands between the markers `<!-- table NAME -->` and `<!-- end -->` is written anew; the
rest of the page is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from dpm_core.model import AUTOMATON, LED_TABLE, Effect, LedPattern, Mode, ModeCause, Program

PAGE = Path(__file__).parent / "model.md"


def diagram() -> Iterator[str]:
    """Draw the automaton: what has an effect, from mode to mode."""
    names = {mode: mode.name.capitalize() for mode in Mode}
    yield "```mermaid"
    yield "stateDiagram-v2"
    for mode, name in names.items():
        yield f'    state "{mode.value}" as {name}'
    yield f"    [*] --> {names[Mode.UNPOWERED]}"
    # Of several arrows between the same two modes, a renderer may draw the last one only.
    labels: dict[tuple[Mode, Mode], list[str]] = {}
    for (mode, cause), (after, effect) in AUTOMATON.items():
        if effect is not Effect.NOTHING:
            labels.setdefault((mode, after), []).append(f"{cause.value} / {effect.value}")
    for (mode, after), words in labels.items():
        yield f"    {names[mode]} --> {names[after]} : {'<br/>'.join(words)}"
    yield "```"


def automaton() -> Iterator[str]:
    """Print the automaton whole: a row for each cause, a column for each mode."""
    yield "| Cause | " + " | ".join(mode.value for mode in Mode) + " |"
    yield "|---" * (len(Mode) + 1) + "|"
    for cause in ModeCause:
        cells = []
        for mode in Mode:
            after, effect = AUTOMATON[mode, cause]
            if effect is Effect.NOTHING:
                cells.append("-")
            elif after is mode:
                cells.append(effect.value)
            else:
                cells.append(f"{effect.value}: **{after.value}**")
        yield f"| {cause.value} | " + " | ".join(cells) + " |"


def leds() -> Iterator[str]:
    """Print what each LED shows."""
    yield "| LED | When (the first row that holds counts) | Pattern |"
    yield "|---|---|---|"
    for row in LED_TABLE:
        yield f"| {row.led} | {row.when} | {row.pattern.value} |"


def patterns() -> Iterator[str]:
    """Print the patterns and their times."""
    yield "| Pattern | Lit | Period |"
    yield "|---|---|---|"
    for pattern in LedPattern:
        if pattern.period_s:
            yield f"| {pattern.value} | {pattern.on_s:g} s | {pattern.period_s:g} s |"
        else:
            yield f"| {pattern.value} | {'always' if pattern is LedPattern.ON else 'never'} | - |"


def program() -> Iterator[str]:
    """Print what the factory programs."""
    factory = Program()
    yield "| Setting | From the factory | May be |"
    yield "|---|---|---|"
    for name, value, allowed in (
        ("name, zone names", "none", "32 octets of UTF-8 each"),
        ("override actions", factory.override_actions[0].value, "on, off or unaffected, each zone"),
        ("CCO type", factory.cco_type.name.lower(), "maintained or momentary"),
        ("CCO pulse", f"{factory.cco_pulse_s:g} s", "0.1 to 60 s in steps of 10 ms"),
        ("CCI debounce", f"{factory.cci_debounce_s:g} s", "0 to 0.5 s in steps of 1 ms"),
    ):
        yield f"| {name} | {value} | {allowed} |"


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    table.__name__: table for table in (diagram, automaton, leds, patterns, program)
}
_MARKED = re.compile(r"(<!-- table (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Return the page with every marked table written anew."""
    return _MARKED.sub(
        lambda found: f"{found[1]}{chr(10).join(TABLES[found[2]]())}\n{found[3]}", page
    )


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text()))
