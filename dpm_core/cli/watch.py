"""`dpm watch`: what happens on the link, as it happens."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output
from dpm_core.errors import NoReply
from dpm_core.model import SerialNumber

if TYPE_CHECKING:
    from dpm_core.cli.options import LinkOptions
    from dpm_core.client import ClientEvent, DpmClient, LinkEvent, ProcessorClient
    from dpm_core.model import ModuleAddress


@click.command("watch")
@click.argument("modules", metavar="[MODULE]...", nargs=-1)
@click.option("--frames", is_flag=True, help="Show every frame that passes, and all noise, too.")
@click.option(
    "--for", "watch_s", type=read_seconds, metavar="SECONDS", help="End after this many seconds."
)
@click.option(
    "--wallstations",
    "wallstations_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Take the place of the link's processor for the wallstations of this YAML document: do "
    "what their buttons are programmed for, and tell their LEDs.",
)
@click.option("--count", type=click.IntRange(1), help="End after this many lines.")
@link_options
def command(
    modules: tuple[str, ...],
    frames: bool,
    watch_s: float | None,
    wallstations_file: Path | None,
    count: int | None,
) -> ExitStatus | None:
    """Say what happens on the link until Ctrl-C: zones, buttons, manual override, losses.

    With MODULEs (serial numbers; at a processor integration ids of first zones) only what happens
    to them; frames are shown all the same, for they are the link's. On a listen-only link dpm
    tells what it hears.

    A link has one master. With sending and the extension allowed that is dpm while it watches, so
    wallstations do nothing then unless it is told what they are programmed for.
    """
    from dpm_core.cli.link import find_modules, run_on_link, shown_link
    from dpm_core.cli.wallstations_file import read_wallstations_file

    options = given_options()
    output = Output(is_json=options.json)
    if options.is_processor:
        if frames or wallstations_file is not None:
            raise click.UsageError(
                "--frames and --wallstations are for the QS link: a processor tells no frame, and "
                "knows its wallstations itself"
            )
        return _watch_processor(modules, watch_s, count, options, output)
    wallstations = () if wallstations_file is None else read_wallstations_file(wallstations_file)
    serials = tuple(map(read_serial, modules))
    watcher = Watcher(output, frozenset(serials), count)

    def listen(client: DpmClient) -> None:
        client.add_heard_modules()
        if frames:
            client.watch_link(watcher.frame)

    async def job(client: DpmClient) -> None:
        found = sorted(set(serials))
        if options.may_use_extension and not found:
            found = await find_modules(client)
        controlled = {serial for each in wallstations for serial in each.modules}
        # Of a wallstation from a document all modules go by their serial numbers.
        found = sorted({*found, *(SerialNumber(serial) for serial in controlled)})
        for serial in found:
            client.add_module(serial)
            if options.may_use_extension:
                # What is known before watching begins is not told as if it had just happened.
                try:
                    await client.refresh(serial)
                except NoReply as error:
                    output.remark(str(error))
        for wallstation in wallstations:
            client.add_wallstation(wallstation)
        client.subscribe(watcher.event)
        whom = ", ".join(str(serial) for serial in found) or "whoever is heard"
        output.remark(f"watching {whom} on {shown_link(options)}; Ctrl-C ends it")
        await watcher.ended(watch_s)

    return run_on_link(job, options, output, command="dpm watch", is_limited=False, prepare=listen)


def _watch_processor(
    modules: tuple[str, ...],
    watch_s: float | None,
    count: int | None,
    options: LinkOptions,
    output: Output,
) -> ExitStatus | None:
    from dpm_core.cli.link import shown_link
    from dpm_core.cli.processor_link import read_at_processor, run_at_processor

    async def job(client: ProcessorClient) -> None:
        await read_at_processor(client)
        watcher = Watcher(output, frozenset(client.modules) if modules else frozenset(), count)
        client.subscribe(watcher.event)
        whom = ", ".join(map(str, client.modules)) or "whatever is told"
        output.remark(f"watching {whom} at {shown_link(options)}; Ctrl-C ends it")
        await watcher.ended(watch_s)

    return run_at_processor(
        job, options, output, command="dpm watch", wanted=modules, is_limited=False
    )


class Watcher:
    """Says one line for each thing that happens.

    Args:
        output: Where to say it.
        serials: Whose events to tell; everybody's when empty.
        count: After how many lines it is done; never if None.
    """

    def __init__(
        self, output: Output, serials: frozenset[ModuleAddress], count: int | None
    ) -> None:
        self._output = output
        self._serials = serials
        self._left = count
        self._failure: BrokenPipeError | None = None
        self._done = asyncio.Event()

    async def ended(self, watch_s: float | None) -> None:
        """Wait until the lines or the time are over.

        Raises:
            BrokenPipeError: Nobody reads the lines any more.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(watch_s):
                await self._done.wait()
        if self._failure is not None:
            raise self._failure

    def event(self, event: ClientEvent) -> None:
        """Say what happened, if it is worth a line."""
        from dpm_core.cli.event_words import event_fields, event_words

        serial = getattr(event, "serial", None) or getattr(event, "wallstation", None)
        if self._serials and serial is not None and serial not in self._serials:
            return
        words = event_words(event)
        if words is not None:
            self._say(words, event_fields(event))

    def frame(self, event: LinkEvent) -> None:
        """Say what passed over the link."""
        from dpm_core.cli.event_words import frame_event_fields, frame_event_words

        self._say(frame_event_words(event), frame_event_fields(event))

    def _say(self, words: str, fields: dict[str, Any]) -> None:
        # Called from the event loop, which would only log what is raised here.
        if self._done.is_set():
            return
        now = datetime.now().astimezone()
        try:
            if self._output.is_json:
                self._output.object({"at": now.isoformat(timespec="milliseconds"), **fields})
            else:
                self._output.plain(f"{now:%H:%M:%S}.{now.microsecond // 1000:03}  {words}")
        except BrokenPipeError as error:
            self._failure = error
            self._done.set()
            return
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._done.set()
