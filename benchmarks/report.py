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
            minutes=found["took_s"] / 60,
            **{key.replace(" ", "_"): value for key, value in found["machine"].items()},
            pythons=", ".join(f"{name} {version}" for name, version in found["versions"].items()),
        ),
        *([_BUSY] if _was_busy(found["machine"]) else []),
        *([_earlier(found["at"], **found["earlier"])] if "earlier" in found else []),
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


def _earlier(now: str, at: str, rows: Sequence[int | str]) -> str:
    """Say which rows are of another run."""
    named = ", ".join(str(row) for row in rows)
    return f"Of the run of {at} are: {named}. The others are of that of {now}.\n\n"


def _was_busy(machine: Mapping[str, str]) -> bool:
    """Return whether the machine had other things to do when the run began."""
    processors = int(machine["processor"].rpartition(",")[2].split()[0])
    return float(machine["load before"].split()[0]) > processors / 2


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
    if value == 0:
        return "0"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


_WHY: Final = {
    1: """\
*Row 1.* The command that goes next is made while the answer is awaited, and written before anything
is made of the answer. What is left is the way up through the event loop and the serial library and
down again, some ten microseconds, and the processor: a pseudo-terminal is emptied by a worker of the
kernel, which waits for its turn where more wants to run than there are processors.""",
    2: """\
*Row 2.* The floor reads and writes in one callback, and nothing is in between. We compare what came
with the acknowledgement that is awaited, octet by octet, and write what was made beforehand; the
serial library and our transport pass both on. Then the processor is given up once, for the kernel's
worker; on a machine that has other things to do, somebody else may take it. On a machine where raw
asyncio streams (beside it) need more than the limit themselves, who is built on them cannot reach it.""",
    3: """\
*Row 3.* A call passes what pymodbus does not have: order among the calls for one zone, priorities,
repeats that act once, a limit of time, events for whoever listens. It is some 200 calls of Python
for each command, and no single one of them stands out in a profile.""",
    4: """\
*Row 4.* The same counted in processor time: order among the calls for one zone, priorities, repeats
that act once, a limit of time and events, some 200 calls of Python for each command.""",
    7: """\
*Row 7.* Between a report and the next poll the process wakes up, reads, finds out what the report
says and tells it, chooses who is next and writes; a tenth of a millisecond of that is 2 % of a poll
at 115200.""",
    8: """\
*Row 8.* To a checked frame and to a typed message are two steps here. pymodbus's PDU is a list of
numbers; our message is a report whose address, flags and cause were each checked.""",
    9: """\
*Row 9.* The frame goes out when the call holds all 396 zones. At 115200 a frame takes 2.7 ms, so a
tenth over it is a quarter of a millisecond, of ours and of the port's.""",
    11: """\
*Row 11.* The call returns when the module has confirmed it: command, acknowledgement, the module's
own report, and the new state, where the raw round trip that it is divided by is one write and one
read. Three of those, on a machine where one takes some 25 µs, are less than the library's part alone
(row 3).""",
    13: """\
*Row 13.* Between the socket and the callback are some 100 calls of Python, and one more turn of the
event loop: a subscriber is called by the loop and not by us, so that one who fails harms nobody.""",
    14: """\
*Row 14.* Before its octets go a call takes its turn among the calls for the zone, begins to look at
what the processor tells of it, and passes the session's pacing, which is off here but asked.""",
    15: """\
*Row 15.* Each report is checked, read, held against what is awaited and known of the module, and
told as the events that follow from it.""",
    18: """\
*Row 18.* A call that ended without an error and whose command the processor never read: that is an
error in this project, and no limit of the machine.""",
}
"""Why a figure is what it is, where it is missed; true of every run."""

_HEAD: Final = """\
# How fast it is

Made by `scripts/bench --write`; nothing here is written by hand. Every figure that is not in seconds
is a ratio to something measured in the same run, taken in turns with it, and the median of
{repetitions} repetitions, or of three times as many in rows 3, 4, 8 and 10 to 15, which take seconds.
The absolute times beside them belong to this machine and this hour.

- machine: {processor}; {kernel}; load before the run {load_before}; it took {minutes:.0f} minutes
- {pythons}

No real module was near: the far end is a process that answers. What is measured is our own part.

"""

_BUSY: Final = """\
The machine was busy with other things. Who waits for a processor waits in these figures too, and
the longer the more he has to do when he gets it: rows 1 to 3, 5 to 7, 9, 11, 13 and 14.

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
  The floor of rows 1 and 2 is no lower limit: our client gives up the processor once behind each
  write, so that the kernel's worker can empty the port, and the floor does not.
- **The processors are kept from halting** in the rows that wait (1, 2, 5 to 7, 9, 13 and 14) by what
  runs only while nobody else wants to (`SCHED_IDLE`), and asks at each turn whether somebody does:
  one of a virtual machine takes a tenth of a millisecond to come back, for the floor, the peer and us
  alike, and that would be most of what is measured. The other rows compute without a pause, and go
  without: what keeps one processor awake takes a part of the other where both share a core.
- **The peer** is pymodbus's asynchronous RTU client with "write multiple registers", 31 octets
  answered by 8.
- **The aim of row 3** is stated to the floor (1.35) and shown here as what that makes of the peer.
- **Commands** of rows 1 to 4 are calls of `DpmClient` whose acknowledgement confirms them; "back to
  back" is 16 callers at once, so that a command waits whenever the line is free. The time above the
  wire is that from an answer's last octet to the next command, and the far end's own lateness.
- **Row 5** counts from the call to the far end's answer, at moments drawn at random; row 6 to the
  return of the call, and shows the worst of each run, not the median. **Row 9** ends a frame's time
  after the far end has read the one broadcast.
- **Row 8** counts processor time, the best of five passes in each repetition, once from octets to
  checked frames and once on to typed messages,
  both beside pymodbus's framer from octets to a PDU. pymodbus finds one frame in what
  it is given, so it gets its frames one by one, cut like ours. Its frames have 23 octets.
- **Rows 10 to 12** run Home Assistant's own core in one process, as its tests do, with debug off:
  the real state machine, registries, platforms and services, without the storage of registries. Our
  modules answer behind a real port. The raw round trips of row 11 are made one by one, each after a
  call of the dummy: right behind each other they are those of a process that does nothing else, and
  stand beside. Row 12 counts processor time of everything from octets to the
  last callback, the library's own part included.
- **Rows 13 to 18** have a raw process as the processor (`benchmarks/processor.py`), the same for all
  three: a login, then lines by Telnet on the loopback. The floor is an asyncio protocol that splits
  lines; the peer is pylutron, in its own thread as it comes. The aims of rows 13 and 14 are stated
  to the floor (1.2 and 1.15) and shown as what that makes of the peer. Spacing of commands is off in
  rows 13 to 18; each report of row 15 switches the zone.
- **Rows 16 to 18** are one run, with several clients of each kind met at once, and show the worst.
  Row 16 counts from the processor's listening to the first command that it reads again, of clients
  that give one after the other all the time. In row 17 a hang is a connection that stays open and
  says nothing more; dropped packets are the same, and nothing that the client sends arrives or is
  acknowledged. It counts until somebody idle has logged in again, or somebody busy has had a command
  read. Who has not after 45 s is waited for no longer. Row 18 counts, over both, calls that returned
  and whose command was never read.
- `scripts/bench` makes its environments, measures, and leaves what it found in
  `.logs/bench/`; `--quick` shows that everything works, and no figure to quote.
"""
