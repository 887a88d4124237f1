"""`dpm probe`: listen to an unknown link at every speed, and say what is there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from dpm_core.cli.options import LinkOptions, given_options, only_options, read_seconds
from dpm_core.cli.output import Output
from dpm_core.errors import LinkUnavailable

if TYPE_CHECKING:
    from rich.table import Table

    from dpm_core.protocol import CharacterFormat, ProbeTally, ProbeVerdict

SETTLE_S: Final = 0.05
"""Octets this soon after opening do not count: a port may still hold some that were received at
the last speed. Decided here: three times the latency of a usual USB adapter."""

PARITIES: Final = ("even", "odd")
"""What a second round tries, when the first heard octets but no frames."""


@click.command("probe")
@click.option(
    "--seconds",
    type=read_seconds,
    default=5.0,
    show_default=True,
    help="Longest time to listen at each speed; less where enough was heard.",
)
@click.option(
    "--baud", "bauds", type=click.IntRange(1), multiple=True, metavar="RATE",
    help="Speed to listen at; may be given more than once. Without it, every speed that somebody "
    "has named for a QS link.",
)  # fmt: skip
@only_options("link", "dtr", "rts", "backend", "json", "verbose")
@click.pass_context
def command(ctx: click.Context, seconds: float, bauds: tuple[int, ...]) -> None:
    """Listen to a link that nobody knows, and say what is there. Sends nothing, ever.

    Each speed is listened at in turn with 8N1, and, where octets but no frames were heard, with a
    parity bit. What was found is said in words, with what to do next. A second stop bit cannot be
    heard, and a pseudo-terminal has no speed.
    """
    from dpm_core.cli.link import shown_link
    from dpm_core.cli.listening import must_be_real, sets_its_own_speed
    from dpm_core.protocol import BAUD_CANDIDATES, ProbeFinding, judge_probe

    options = given_options()
    output = Output(is_json=options.json)
    must_be_real(options, "dpm probe")
    if not bauds and ctx.find_root().get_parameter_source("baud") is ParameterSource.COMMANDLINE:
        # `dpm --baud 62500 probe`: said in front of the command, and meant all the same.
        bauds = (options.baud,)
    is_speed_ours = not sets_its_own_speed(options.link)
    chosen = tuple(dict.fromkeys(bauds)) or BAUD_CANDIDATES
    if not is_speed_ours:
        chosen = chosen[:1]
        output.remark("this gateway cannot be told a speed: it is listened to as it is set")
    if _is_pseudo_terminal(options.link):
        output.remark("this is a pseudo-terminal, which has no wire and no speed of its own")
    tallies = asyncio.run(_probe(options, output, chosen, seconds, has_parity=is_speed_ours))
    verdict = judge_probe(tallies, is_speed_ours=is_speed_ours)
    if verdict.finding is ProbeFinding.NOT_OPENED:
        problems = [tally.problem for tally in tallies if tally.problem]
        raise LinkUnavailable(shown_link(options), problems[0])
    if output.is_json:
        output.answer(_fields(options, tallies, verdict))
    else:
        _show(output, tallies, verdict)


def _is_pseudo_terminal(link: str) -> bool:
    try:
        return str(Path(link).resolve()).startswith("/dev/pts/")
    except (OSError, ValueError):
        return False


async def _probe(
    options: LinkOptions,
    output: Output,
    bauds: tuple[int, ...],
    seconds: float,
    *,
    has_parity: bool,
) -> list[ProbeTally]:
    from dpm_core.protocol import probe_formats

    tallies = await _round(options, output, probe_formats(bauds), seconds)
    heard = [tally.statistics for tally in tallies]
    if has_parity and any(s.octets for s in heard) and not any(s.frames for s in heard):
        output.remark("octets but no frames: once more, with a parity bit")
        tallies += await _round(options, output, probe_formats(bauds, PARITIES), seconds)
    return tallies


async def _round(
    options: LinkOptions, output: Output, formats: Iterable[CharacterFormat], seconds: float
) -> list[ProbeTally]:
    tallies = []
    for line in formats:
        tally = await listen_at(options, line, seconds)
        output.remark(f"{line}: {_heard_words(tally)}")
        tallies.append(tally)
    return tallies


def _heard_words(tally: ProbeTally) -> str:
    found = tally.statistics
    words = f"{found.octets} octets, {found.frames} frames, {found.crc_errors} with a bad CRC"
    return (
        f"{words} (then it was lost or never opened: {tally.problem})" if tally.problem else words
    )


async def listen_at(options: LinkOptions, line: CharacterFormat, seconds: float) -> ProbeTally:
    """Return what is heard at one character format.

    Args:
        options: Which link.
        line: The format.
        seconds: Longest time; it ends sooner when the tally is settled or the link is lost.

    Raises:
        UnsupportedSetting: There can be no such link, or no such format.
    """
    from dpm_core.cli.listening import listening_transport
    from dpm_core.protocol import ProbeTally

    tally = ProbeTally(line)
    transport = listening_transport(
        options, baud=line.baud, byte_size=8, parity=line.parity, stop_bits=line.stop_bits
    )
    ear = _Ear(tally)
    try:
        await transport.open(ear)
    except LinkUnavailable as error:
        tally.problem = error.detail
        return tally
    try:
        await asyncio.sleep(SETTLE_S)
        ear.begin()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ear.done.wait()
    finally:
        await transport.close()
    tally.end()
    return tally


class _Ear:
    """Takes what is heard to a tally, from `begin` on."""

    def __init__(self, tally: ProbeTally) -> None:
        self.done: Final = asyncio.Event()
        self._tally = tally
        self._has_begun = False

    def begin(self) -> None:
        self._has_begun = True

    def octets_received(self, octets: bytes) -> None:
        if not self._has_begun:
            return
        self._tally.hear(octets, asyncio.get_running_loop().time())
        if self._tally.is_settled:
            self.done.set()

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        if error is not None:
            self._tally.problem = error.detail
            self.done.set()


def _fields(
    options: LinkOptions, tallies: list[ProbeTally], verdict: ProbeVerdict
) -> dict[str, Any]:
    from dpm_core.cli.link import shown_link

    best = verdict.best
    return {
        "link": shown_link(options),
        "is_pseudo_terminal": _is_pseudo_terminal(options.link),
        "finding": verdict.finding.value,
        "meaning": verdict.words,
        "next": list(verdict.next_steps),
        "best": None if best is None else {"baud": best.baud, "character": best.character},
        "heard": [_tally_fields(tally) for tally in tallies],
    }


def _tally_fields(tally: ProbeTally) -> dict[str, Any]:
    found = tally.statistics
    return {
        "baud": tally.line.baud,
        "character": tally.line.character,
        "octets": found.octets,
        "frames": found.frames,
        "crc_errors": found.crc_errors,
        "incomplete": found.incomplete_packets,
        "noise_octets": found.noise_octets,
        "kinds": tally.kinds,
        "senders": [
            {
                "sender": sender.name,
                "serial": None if sender.serial is None else str(sender.serial),
                "frames": sender.frames,
                "is_module": sender.is_module,
            }
            for sender in tally.senders.values()
        ],
        "problem": tally.problem,
    }


def _show(output: Output, tallies: list[ProbeTally], verdict: ProbeVerdict) -> None:
    output.print(_table(tallies, verdict.best))
    with_frames = [tally for tally in tallies if tally.senders]
    if with_frames:
        output.print(_senders(max(with_frames, key=lambda tally: tally.statistics.frames)))
    output.print("", verdict.words, "")
    for step in verdict.next_steps:
        output.print(f"- {step}")


def _table(tallies: list[ProbeTally], best: CharacterFormat | None) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.ROUNDED)
    table.add_column("Speed", no_wrap=True)
    for name in ("Octets", "Frames", "Bad CRC", "Noise"):
        table.add_column(name, justify="right")
    table.add_column("")
    for tally in tallies:
        found = tally.statistics
        numbers = (found.octets, found.frames, found.crc_errors, found.noise_octets)
        mark = "lost, or not opened" if tally.problem else "this one" if tally.line == best else ""
        table.add_row(str(tally.line), *map(str, numbers), mark)
    return table


def _senders(tally: ProbeTally) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title="Who was heard", title_justify="left", box=box.ROUNDED)
    table.add_column("Sender", no_wrap=True)
    table.add_column("Frames", justify="right")
    table.add_column("What it says it is")
    for sender in sorted(tally.senders.values(), key=lambda each: each.name):
        told = "" if sender.class_word is None else f"device class {sender.class_word:08X}"
        table.add_row(
            sender.name, str(sender.frames), "LQSE-4S8-120-D" if sender.is_module else told
        )
    return table
