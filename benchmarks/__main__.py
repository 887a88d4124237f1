"""Measure the rows that this environment can measure, and print what was found as JSON.

`python -m benchmarks link` needs the environment `bench`, `python -m benchmarks home` one with Home
Assistant. `scripts/bench` runs both.
"""

# Not even to find out which it is may anything here be imported before Home Assistant.
import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from .awake import kept_awake
from .far_end import FarEnd, far_end
from .measuring import Effort, Figure, Growth, as_json

Rows = Callable[[FarEnd, Effort], Awaitable[Sequence[Figure] | Sequence[Growth]]]

WAITING = {"1,2", "5", "6", "7", "9", "13,14"}
"""What is paced by a wire or comes one by one: between two events there is nothing to do."""


def link_rows() -> dict[str, Rows]:
    """Return what is measured without Home Assistant, by the rows it makes."""
    from . import rows_commands, rows_decoding, rows_growth, rows_telnet, rows_waiting

    return {
        "1,2": rows_commands.paced,
        "3,4": rows_commands.unpaced,
        "5": rows_waiting.among_polls,
        "6": rows_waiting.beside_a_dead_module,
        "7": rows_waiting.rounds_of_polls,
        "8": rows_decoding.decoding,
        "9": rows_waiting.all_zones,
        "13,14": rows_telnet.latencies,
        "15": rows_telnet.flood,
        "16,17,18": rows_telnet.outages,
        "growth": rows_growth.growth,
    }


def home_rows() -> dict[str, Rows]:
    """Return what is measured in Home Assistant."""
    from . import rows_home

    rows_home.quiet()
    return {
        "10": rows_home.setting_up,
        "11": rows_home.service_calls,
        "12": rows_home.unchanged_reports,
        "growth": rows_home.growth,
    }


async def measure(
    rows: Mapping[str, Rows], wanted: Sequence[str], effort: Effort
) -> tuple[list[Figure], list[Growth]]:
    """Measure what is wanted; everything if nothing is named."""
    figures: list[Figure] = []
    growth: list[Growth] = []
    with far_end() as far:
        for numbers, make in rows.items():
            if wanted and not set(numbers.split(",")) & set(wanted):
                continue
            print(f"measuring {numbers}", end="", file=sys.stderr, flush=True)
            begun = time.monotonic()
            with kept_awake() if numbers in WAITING else nullcontext():
                found: Sequence[Any] = await make(far, effort)
            print(f": {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
            figures += [one for one in found if isinstance(one, Figure)]
            growth += [one for one in found if isinstance(one, Growth)]
    return figures, growth


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", choices=("link", "home"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("rows", nargs="*", metavar="ROW")
    options = parser.parse_args()
    rows = link_rows() if options.place == "link" else home_rows()
    effort = Effort.quick() if options.quick else Effort()
    print(as_json(*asyncio.run(measure(rows, options.rows, effort))))


if __name__ == "__main__":
    main()
