"""`dpm replay`: what a capture says, decoded, or as a pcapng file for Wireshark."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from dpm_core.cli.options import given_options, only_options
from dpm_core.cli.output import Output
from dpm_core.errors import UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.protocol import (
        CaptureDamage,
        CaptureHeader,
        Dialect,
        Replayed,
        TimedDecoder,
        TimedEvent,
    )

_CHUNK: Final = 65536
_STANDARD: Final = "-"


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--realtime", is_flag=True, help="Take as long as it took; without it, at once.")
@click.option(
    "--to-pcapng",
    "pcapng_file",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    metavar="OUT",
    help="Write a pcapng file, for Wireshark, instead of showing what was said.",
)
@only_options("json", "dialect")
def command(file: Path, realtime: bool, pcapng_file: Path | None) -> None:
    """Say what was said in FILE, a capture made by `dpm capture`, or - for standard input.

    One line for each frame and each run of noise, with the time at which it was heard, and a sum
    at the end. A damaged line is told and passed over.
    """
    from dpm_core.protocol import Dialect, TimedDecoder, read_capture, replay

    options = given_options()
    output = Output(is_json=options.json)
    decoder = TimedDecoder()
    with _capture(file) as stream:
        events = replay(read_capture(_chunks(stream)), decoder)
        if realtime:
            events = _in_real_time(events)
        if pcapng_file is None:
            damaged = _show(output, events, Dialect[options.dialect.upper()])
            _sum(output, decoder, damaged)
        else:
            damaged = _export(events, pcapng_file, str(file))
            remarks = Output(is_json=False) if str(pcapng_file) == _STANDARD else output
            _sum(remarks, decoder, damaged, is_remark=str(pcapng_file) == _STANDARD)


@contextmanager
def _capture(file: Path) -> Iterator[BinaryIO]:
    if str(file) == _STANDARD:
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
    except OSError as error:
        raise UnsupportedSetting(
            "FILE", str(file), f"one that can be read ({error.strerror or error})"
        ) from error
    with stream:
        yield stream


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a capture's octets.

    Raises:
        UnsupportedSetting: It is none from its first octet on.
    """
    from dpm_core.protocol import PCAPNG_MAGIC, is_capture

    first = stream.read(_CHUNK)
    if first.startswith(PCAPNG_MAGIC):
        raise UnsupportedSetting("FILE", "pcapng", "a capture; Wireshark opens a pcapng file")
    if not is_capture(first):
        raise UnsupportedSetting(
            "FILE", first[:20].decode(errors="replace"), "a capture made by `dpm capture`"
        )
    while first:
        yield first
        first = stream.read(_CHUNK)


def _in_real_time(events: Iterator[Replayed]) -> Iterator[Replayed]:
    """Yield what was said when it was said, counted from the first of each part."""
    from dpm_core.protocol import CaptureHeader, TimedEvent

    began: tuple[float, float] | None = None
    for event in events:
        if isinstance(event, CaptureHeader):
            began = (event.started_at, time.monotonic())
        if isinstance(event, TimedEvent) and began is not None:
            time.sleep(max(0.0, event.at - began[0] - (time.monotonic() - began[1])))
        yield event


def _show(output: Output, events: Iterator[Replayed], dialect: Dialect) -> int:
    from dpm_core.protocol import CaptureDamage, CaptureHeader

    damaged = 0
    for event in events:
        if isinstance(event, CaptureHeader):
            _tell_header(output, event)
        elif isinstance(event, CaptureDamage):
            damaged += 1
            _tell_damage(output, event)
        else:
            _tell_event(output, event, dialect)
    return damaged


def _tell_header(output: Output, header: CaptureHeader) -> None:
    if output.is_json:
        fields = {"link": header.link, "baud": header.baud, "character": header.character}
        output.object({"at": _iso(header.started_at), "event": "capture_started", **fields})
    else:
        words = f"{header.link} at {header.baud} {header.character}"
        output.plain(f"{_local(header.started_at)}  -- {words}")


def _tell_damage(output: Output, damage: CaptureDamage) -> None:
    if output.is_json:
        output.object({"event": "damage", "line": damage.line, "reason": damage.reason})
    else:
        output.plain(f"-- line {damage.line} is damaged: {damage.reason}")


def _tell_event(output: Output, timed: TimedEvent, dialect: Dialect) -> None:
    from dpm_core.cli.event_words import frame_event_fields, frame_event_words
    from dpm_core.client import MessageHeard, NoiseHeard
    from dpm_core.protocol import FrameHeard, decode_message

    event = timed.event
    said: MessageHeard | NoiseHeard
    if isinstance(event, FrameHeard):
        said = MessageHeard(decode_message(event.frame, dialect=dialect), event.frame, timed.at)
    else:
        said = NoiseHeard(event, timed.at)
    if output.is_json:
        output.object({"at": _iso(timed.at), **frame_event_fields(said)})
    else:
        output.plain(f"{_local(timed.at)}  {frame_event_words(said)}")


def _sum(output: Output, decoder: TimedDecoder, damaged: int, *, is_remark: bool = False) -> None:
    found = decoder.statistics
    counts: dict[str, Any] = {
        "octets": found.octets,
        "frames": found.frames,
        "crc_errors": found.crc_errors,
        "incomplete": found.incomplete_packets,
        "noise_octets": found.noise_octets,
        "damaged_lines": damaged,
    }
    if output.is_json:
        output.object({"event": "end", **counts})
        return
    words = (
        f"{found.octets} octets: {found.frames} frames, {found.crc_errors} with a bad CRC, "
        f"{found.incomplete_packets} cut off, {found.noise_octets} octets of noise."
    )
    if damaged:
        words += f" {damaged} lines of the capture are damaged."
    (output.remark if is_remark else output.plain)(words)


def _export(events: Iterator[Replayed], file: Path, name: str) -> int:
    from dpm_core.cli.capture import opened_for
    from dpm_core.cli.recorder import APPLICATION
    from dpm_core.protocol import CaptureDamage, CaptureHeader, pcapng_packet, pcapng_section

    damaged = 0
    with opened_for(file, is_pcapng=True) as stream:
        for event in events:
            if isinstance(event, CaptureHeader):
                # A section each: the link or its speed may be another one from here on.
                stream.write(pcapng_section(event.link or name, event.baud, APPLICATION))
            elif isinstance(event, CaptureDamage):
                damaged += 1
            else:
                stream.write(pcapng_packet(event))
    return damaged


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


def _local(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")
