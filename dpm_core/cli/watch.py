"""`dpm watch`: what happens on the link, as it happens."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output
from dpm_core.errors import NoReply

if TYPE_CHECKING:
    from dpm_core.client import ClientEvent, DpmClient, LinkEvent
    from dpm_core.model import SerialNumber


@click.command("watch")
@click.argument("serials", metavar="[SERIAL]...", type=read_serial, nargs=-1)
@click.option("--frames", is_flag=True, help="Show every frame that passes, and all noise, too.")
@click.option(
    "--for", "watch_s", type=read_seconds, metavar="SECONDS", help="End after this many seconds."
)
@click.option("--count", type=click.IntRange(1), help="End after this many lines.")
@link_options
def command(
    serials: tuple[SerialNumber, ...], frames: bool, watch_s: float | None, count: int | None
) -> ExitStatus | None:
    """Say what happens on the link until Ctrl-C: zones, buttons, manual override, losses.

    With SERIALs only what happens to them; frames are shown all the same, for they are the
    link's. On a listen-only link dpm tells what it hears.
    """
    from dpm_core.cli.link import find_modules, run_on_link, shown_link

    options = given_options()
    output = Output(is_json=options.json)

    watcher = Watcher(output, frozenset(serials), count)

    def listen(client: DpmClient) -> None:
        client.add_heard_modules()
        if frames:
            client.watch_link(watcher.frame)

    async def job(client: DpmClient) -> None:
        found = sorted(set(serials))
        if options.may_use_extension and not found:
            found = await find_modules(client)
        for serial in found:
            client.add_module(serial)
            if options.may_use_extension:
                # What is known before watching begins is not told as if it had just happened.
                try:
                    await client.refresh(serial)
                except NoReply as error:
                    output.remark(str(error))
        client.subscribe(watcher.event)
        whom = ", ".join(str(serial) for serial in found) or "whoever is heard"
        output.remark(f"watching {whom} on {shown_link(options)}; Ctrl-C ends it")
        await watcher.ended(watch_s)

    return run_on_link(job, options, output, command="dpm watch", is_limited=False, prepare=listen)


class Watcher:
    """Says one line for each thing that happens.

    Args:
        output: Where to say it.
        serials: Whose events to tell; everybody's when empty.
        count: After how many lines it is done; never if None.
    """

    def __init__(self, output: Output, serials: frozenset[SerialNumber], count: int | None) -> None:
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

        serial = getattr(event, "serial", None)
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
