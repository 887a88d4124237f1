"""`dpm capture`: what a link says, to a file, octet by octet with its times."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from dpm_core.cli.options import LinkOptions, given_options, only_options, read_seconds
from dpm_core.cli.output import Output
from dpm_core.errors import UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.cli.recorder import Recorder
    from dpm_core.transport import Transport

STANDARD_OUTPUT: Final = "-"

_OPTIONS: Final = (
    "link", "baud", "parity", "data_bits", "stop_bits", "dtr", "rts", "backend", "json", "verbose",
)  # fmt: skip
# Those that mean something where a real link is opened and only listened to.


@click.command("capture")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--seconds", type=read_seconds, metavar="SECONDS", help="End after so many seconds.")
@click.option(
    "--pcapng",
    "is_pcapng",
    is_flag=True,
    help="Write a pcapng file, for Wireshark, instead of a capture; only to a new file.",
)
@only_options(*_OPTIONS)
def command(file: Path, seconds: float | None, is_pcapng: bool) -> None:
    """Record what the link says to FILE until Ctrl-C. Sends nothing, ever.

    A capture that is there already is gone on with: nothing in it is changed. FILE may be - for
    standard output, for example into wireshark -k -i - with --pcapng. A link that is lost is
    opened again as soon as it is back.
    """
    from dpm_core.cli.listening import listening_transport, must_be_real

    options = given_options()
    output = Output(is_json=options.json)
    must_be_real(options, "dpm capture")
    is_to_stdout = str(file) == STANDARD_OUTPUT
    if is_to_stdout and options.json:
        raise UnsupportedSetting("FILE", "-", "a file where --json is given: both would be mixed")
    transport = listening_transport(options)
    with opened_for(file, is_pcapng=is_pcapng) as stream:
        recorder, took_s = asyncio.run(
            _record(transport, options, output, stream, seconds, is_pcapng)
        )
    if isinstance(recorder.failure, BrokenPipeError):
        raise recorder.failure
    if recorder.failure is not None:
        raise _cannot_write(file, recorder.failure) from recorder.failure
    found = recorder.statistics
    if output.is_json:
        output.answer(
            {
                "file": str(file),
                "seconds": round(took_s, 3),
                "octets": found.octets,
                "frames": found.frames,
                "crc_errors": found.crc_errors,
                "noise_octets": found.noise_octets,
                "losses": recorder.losses,
            }
        )
        return
    words = (
        f"{file}: {found.octets} octets in {took_s:.1f} s, {found.frames} frames, "
        f"{found.crc_errors} with a bad CRC, {found.noise_octets} octets of noise."
    )
    if not found.octets:
        words += " Nothing was heard: `dpm probe` looks for the reason."
    elif not found.frames:
        words += " No frame was heard: `dpm probe` looks for the reason."
    (output.remark if is_to_stdout else output.plain)(words)


async def _record(
    transport: Transport,
    options: LinkOptions,
    output: Output,
    stream: BinaryIO,
    seconds: float | None,
    is_pcapng: bool,
) -> tuple[Recorder, float]:
    from dpm_core.cli.recorder import Recorder

    character = f"{options.data_bits}{options.parity[0].upper()}{options.stop_bits}"
    loop = asyncio.get_running_loop()
    recorder = Recorder(
        stream.write,
        link=transport.url,
        baud=options.baud,
        character=character,
        is_pcapng=is_pcapng,
    )
    began_at = loop.time()
    async with _signals(recorder.ended.set), _listening(transport, recorder, output):
        output.remark(f"recording {transport.url} at {options.baud} {character}; Ctrl-C ends it")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await recorder.ended.wait()
    recorder.end()
    return recorder, loop.time() - began_at


@asynccontextmanager
async def _listening(
    transport: Transport, recorder: Recorder, output: Output
) -> AsyncIterator[None]:
    """Keep the link open for as long as the block lasts; only the first opening may fail."""
    # The header comes first: octets may wait in the port when it is opened.
    recorder.begin()
    await transport.open(recorder)
    again = asyncio.create_task(_come_back(transport, recorder, output))
    try:
        yield
    finally:
        again.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await again
        await transport.close()


async def _come_back(transport: Transport, recorder: Recorder, output: Output) -> None:
    from dpm_core.transport import keep_open

    def is_back() -> None:
        recorder.begin()
        output.remark("the link is back")

    def is_lost() -> None:
        output.remark(f"the link at {transport.url} is lost; it is opened again when it is back")

    await recorder.lost.wait()
    is_lost()
    await keep_open(transport, recorder, opened=is_back)


@asynccontextmanager
async def _signals(end: Callable[[], None]) -> AsyncIterator[None]:
    """Let Ctrl-C and a polite kill end the recording with its last words."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


@contextmanager
def opened_for(file: Path, *, is_pcapng: bool) -> Iterator[BinaryIO]:
    """Open a file to record to, without a buffer; a capture is gone on with.

    Raises:
        UnsupportedSetting: It cannot be written, or something else is in it.
    """
    from dpm_core.protocol import CAPTURE_MAGIC, continuation, is_capture

    if str(file) == STANDARD_OUTPUT:
        with open(sys.stdout.fileno(), "wb", buffering=0, closefd=False) as stream:
            yield stream
        return
    try:
        with file.open("xb" if is_pcapng else "a+b", buffering=0) as stream:
            if stream.tell() > 0:
                stream.seek(0)
                if not is_capture(stream.read(len(CAPTURE_MAGIC))):
                    raise UnsupportedSetting(
                        "FILE", str(file), "a capture, or a file that is not there yet"
                    )
                stream.seek(-1, 2)
                stream.write(continuation(stream.read(1)))
            yield stream
    except FileExistsError as error:
        raise UnsupportedSetting(
            "FILE", str(file), "a file that is not there yet: pcapng cannot be gone on with"
        ) from error
    except OSError as error:
        raise _cannot_write(file, error) from error


def _cannot_write(file: Path, error: OSError) -> UnsupportedSetting:
    reason = error.strerror or str(error)
    return UnsupportedSetting("FILE", str(file), f"one that can be written ({reason})")
