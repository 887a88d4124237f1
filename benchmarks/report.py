"""What was measured, as a table for the terminal and as docs/performance.md.

House rule: no figure is written here by hand; what the page says about one it says for all runs.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from .plot import growth_plot, rows_plot

PAGE: Final = Path("docs/performance.md")
ROWS_PLOT: Final = Path("docs/images/performance-rows.svg")
GROWTH_PLOT: Final = Path("docs/images/performance-growth.svg")

_REACHED: Final = {"aim": "aim reached", "must": "must reached", "missed": "**missed**"}


def machine() -> dict[str, str]:
    """Return what the figures depend on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    load = os.getloadavg()
    return {
        "processor": f"{model}, {os.cpu_count()} processors",
        "kernel": f"{platform.system()} {platform.release()}",
        "load before": " ".join(f"{part:.2f}" for part in load),
    }


def table(found: Mapping[str, Any]) -> str:
    """Return the figures for a terminal."""
    lines = []
    for figure in found["figures"]:
        lines.append(
            f"{figure['row']:>3}  {figure['what']}\n"
            f"     {_number(figure['value'])} {figure['unit']}"
            f"   (must {_number(figure['must'])}, aim {_number(figure['aim'])}): "
            f"{_REACHED[figure['reached']].strip('*')}"
        )
        lines += [f"       {name}: {value}" for name, value in figure["beside"].items()]
    for growth in found["growth"]:
        points = ", ".join(f"{count}: {value:.3g}" for count, value in growth["points"].items())
        lines.append(f"     {growth['what']}, {growth['unit']}: {points}")
    return "\n".join(lines)


def write_page(root: Path, found: Mapping[str, Any]) -> None:
    """Write docs/performance.md and its plots."""
    figures: Sequence[Mapping[str, Any]] = found["figures"]
    (root / ROWS_PLOT).parent.mkdir(parents=True, exist_ok=True)
    (root / ROWS_PLOT).write_text(rows_plot(figures))
    (root / GROWTH_PLOT).write_text(growth_plot(found["growth"]))
    (root / PAGE).write_text(_page(found))


def _page(found: Mapping[str, Any]) -> str:
    figures: Sequence[Mapping[str, Any]] = found["figures"]
    missed = [figure for figure in figures if figure["reached"] == "missed"]
    only_must = [figure for figure in figures if figure["reached"] == "must"]
    parts = [
        _HEAD.format(
            repetitions=found["repetitions"],
            **{key.replace(" ", "_"): value for key, value in found["machine"].items()},
            pythons=", ".join(f"{name} {version}" for name, version in found["versions"].items()),
        ),
        _markdown_table(figures),
        f"\n![Each figure as a part of what it must reach](images/{ROWS_PLOT.name})\n",
        "\n## What was measured beside each figure\n",
        *(_beside(figure) for figure in figures),
        "\n## The misses\n",
        *(_miss(figure) for figure in missed),
        *(f"\n{_WHY[row]}\n" for row in sorted({f["row"] for f in missed} & _WHY.keys())),
        *([] if missed else ["\nEvery figure reaches what it must.\n"]),
    ]
    if only_must:
        parts.append("\nThese reach what they must, and not what they aim at:\n\n")
        parts += [
            f"- row {figure['row']}, {figure['what']}: {_number(figure['value'])}"
            f" where {_number(figure['aim'])} is aimed at\n"
            for figure in only_must
        ]
    parts.append("\n## How cost grows\n")
    parts.append(_growth_table(found["growth"]))
    parts.append(f"\n![Cost by number of modules](images/{GROWTH_PLOT.name})\n")
    parts.append(_METHOD)
    return "".join(parts)


def _markdown_table(figures: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| row | what | figure | must | aim | |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [
        f"| {figure['row']} | {figure['what']} | {_number(figure['value'])} {figure['unit']}"
        f" | {_number(figure['must'])} | {_number(figure['aim'])} | {_REACHED[figure['reached']]} |"
        for figure in figures
    ]
    return "\n".join(lines) + "\n"


def _beside(figure: Mapping[str, Any]) -> str:
    said = "; ".join(f"{name} {value}" for name, value in figure["beside"].items())
    return f"\n- **{figure['row']}, {figure['what']}:** {said}.\n"


def _miss(figure: Mapping[str, Any]) -> str:
    return (
        f"\n- row {figure['row']}, {figure['what']}: {_number(figure['value'])} {figure['unit']},"
        f" and it must be {_number(figure['must'])}.\n"
    )


def _growth_table(growths: Sequence[Mapping[str, Any]]) -> str:
    counts = list(growths[0]["points"]) if growths else []
    lines = [
        f"\n| | {' | '.join(f'{count} modules' for count in counts)} |",
        f"| --- |{' --- |' * len(counts)}",
    ]
    for growth in growths:
        values = " | ".join(f"{growth['points'][count]:.3g}" for count in counts)
        lines.append(f"| {growth['what']}, {growth['unit']} | {values} |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


_WHY: Final = {
    1: """\
*Row 1.* Between an answer and the next command the process wakes up, reads, decides and writes. On
an idle machine that is about a tenth of a millisecond: 2 to 3 % of a transaction at 115200, less
than 1 % at 31250. A part of it is the pseudo-terminal's: the kernel hands octets over by a worker
that has to wait for the processor on which we go on to tell the callers.""",
    2: """\
*Row 2.* The floor writes the next command from the callback that has read the answer, in a few
microseconds. We decode the answer, hold it against what was asked, choose what goes next and build
it in between. Raw asyncio streams do none of that and are above the limit as well.""",
    3: """\
*Row 3.* A call passes what pymodbus does not have: order among the calls for one zone, priorities,
repeats that act once, a limit of time, events for whoever listens. It is some 300 calls of Python
for each command, and no single one of them stands out in a profile.""",
    4: """\
*Row 4.* As row 3: the same calls, counted in processor time.""",
    8: """\
*Row 8.* To a checked frame and to a typed message are two steps here. pymodbus's PDU is a list of
numbers; our message is a report whose address, flags and cause were each checked.""",
    11: """\
*Row 11.* The call returns when the module has confirmed it: command, acknowledgement, the module's
own report, and the new state, where the raw round trip that it is divided by is one write and one
read on a warm processor.""",
}
"""Why a figure is what it is, where it is missed; true of every run."""

_HEAD: Final = """\
# How fast it is

Made by `scripts/bench --write`; nothing here is written by hand. Every figure is a ratio to
something measured in the same run, taken in turns with it, and the median of {repetitions}
repetitions. The absolute times beside them belong to this machine and this hour.

- machine: {processor}; {kernel}; load before the run {load_before}
- {pythons}

No real module was near: the far end is a process that answers. What is measured is our own part.

"""

_METHOD: Final = """
## How it is measured

- **The far end** is one process behind a pseudo-terminal (`benchmarks/responder.py`), the same for
  the floor, the peer and us. It answers from tables, in one piece, and notes when each request came
  and when its answer went. Paced, it holds an answer back for as long as both take on the wire, 10
  bits an octet, preamble, sync and trailer included: 31 + 12 octets for a command and its
  acknowledgement, 31 + 31 for a poll. Turnaround and gaps are 0; the defaults' figure stands beside.
- **The floors:** a raw `add_reader` callback that writes the next command itself, with the same
  octets; raw asyncio streams; and in Home Assistant a dummy integration
  (`benchmarks/bench_dummy`) with the same entities, devices and subentries and a coordinator.
- **The peer** is pymodbus's asynchronous RTU client with "write multiple registers", 31 octets
  answered by 8.
- **The aim of row 3** is stated to the floor (1.35) and shown here as what that makes of the peer.
- **Commands** of rows 1 to 4 are calls of `DpmClient` whose acknowledgement confirms them; "back to
  back" is 16 callers at once, so that a command waits whenever the line is free. The time above the
  wire is that from an answer's last octet to the next command, and the far end's own lateness.
- **Row 5** counts from the call to the far end's answer, at moments drawn at random; row 6 to the
  return of the call, and shows the worst of each run, not the median. **Row 9** ends a frame's time
  after the far end has read the one broadcast.
- **Row 8** counts processor time, once from octets to checked frames and once on to typed messages,
  both beside pymodbus's framer from octets to a PDU. pymodbus finds one frame in what
  it is given, so it gets its frames one by one, cut like ours. Its frames have 23 octets.
- **Rows 10 to 12** run Home Assistant's own core in one process, as its tests do, with debug off:
  the real state machine, registries, platforms and services, without the storage of registries. Our
  modules answer behind a real port. Row 12 counts processor time of everything from octets to the
  last callback, the library's own part included.
- `scripts/bench` makes its environments, measures, and leaves what it found in
  `.logs/bench/`; `--quick` shows that everything works, and no figure to quote.
"""
