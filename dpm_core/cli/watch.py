"""`dpm watch`: what happens on the link, as it happens."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output

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

    async def job(client: DpmClient) -> None:
        watcher = Watcher(output, frozenset(serials), count)
        client.add_heard_modules()
        if frames:
            client.watch_link(watcher.frame)
        found = sorted(set(serials))
        if options.may_use_extension and not found:
            found = await find_modules(client)
        for serial in found:
            client.add_module(serial)
            if options.may_use_extension:
                # What is known from now on is not told again as if it had just happened.
                await client.refresh(serial)
        client.subscribe(watcher.event)
        known = f"{len(found)} modules" if found else "whoever is heard"
        output.remark(f"watching {known} on {shown_link(options)}; Ctrl-C ends it")
        await watcher.ended(watch_s)

    return run_on_link(job, options, output, command="dpm watch", is_limited=False)


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
        self._done = asyncio.get_running_loop().create_future()

    async def ended(self, watch_s: float | None) -> None:
        """Wait until the lines or the time are over.

        Raises:
            BrokenPipeError: Nobody reads the lines any more.
        """
        done, _ = await asyncio.wait((self._done,), timeout=watch_s)
        for future in done:
            future.result()

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
        if self._done.done():
            return
        now = datetime.now().astimezone()
        try:
            if self._output.is_json:
                self._output.object({"at": now.isoformat(timespec="milliseconds"), **fields})
            else:
                self._output.plain(f"{now:%H:%M:%S}.{now.microsecond // 1000:03}  {words}")
        except BrokenPipeError as error:
            self._done.set_exception(error)
            return
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._done.set_result(None)
