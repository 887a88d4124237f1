"""`dpm status`: what each module is doing, asked where asking is allowed and heard where not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dpm_core.client import DpmClient, ModuleView
    from dpm_core.model import SerialNumber

LISTEN_S: Final = 10.0
"""How long a listen-only link is listened to. Decided here: a processor that asks each module
once in this time is heard; nothing public says how often it does."""


@click.command("status")
@click.argument("modules", metavar="[MODULE]...", nargs=-1)
@click.option(
    "--names/--no-names",
    default=True,
    help="Read the names of modules and zones, too (five questions a module).",
)
@click.option(
    "--for",
    "listen_s",
    type=read_seconds,
    metavar="SECONDS",
    default=LISTEN_S,
    show_default=True,
    help="Where nothing may be asked: listen for this many seconds.",
)
@link_options
def command(modules: tuple[str, ...], names: bool, listen_s: float) -> ExitStatus | None:
    """Show zones, manual override, CCI and CCO of the MODULEs, or of every module found.

    MODULE is a serial number; at a processor the integration id of the module's first zone. Where
    dpm may not ask (a real link without --allow-sending and --allow-extension), it
    listens for a while and shows what it heard.
    """
    from dpm_core.cli.heard import Heard
    from dpm_core.cli.link import run_on_link, shown_link
    from dpm_core.cli.module_views import module_fields, modules_table

    options = given_options()
    output = Output(is_json=options.json)
    if options.is_processor:
        from dpm_core.cli.processor_status import show_status

        return show_status(modules, options, output)
    serials = tuple(map(read_serial, modules))
    may_ask = options.may_use_extension

    async def asking(client: DpmClient) -> ExitStatus | None:
        views = await _ask(client, serials, names=names)
        if output.is_json:
            output.answer(
                {
                    "link": shown_link(options),
                    "asked": True,
                    "modules": [module_fields(view) for view in views],
                    "heard": None,
                }
            )
        elif views:
            output.print(modules_table(views, shown_link(options)))
        else:
            output.plain(f"No module answered on {shown_link(options)}.")
        return None if all(view.is_online for view in views) else ExitStatus.NO_REPLY

    heard = Heard()

    def listen(client: DpmClient) -> None:
        client.watch_link(heard)
        client.add_heard_modules()
        for serial in serials:
            client.add_module(serial)

    async def listening(client: DpmClient) -> None:
        output.remark(
            f"{shown_link(options)} may not be asked, so dpm listens for {listen_s:g} s; "
            "--allow-sending and --allow-extension let it ask"
        )
        await asyncio.sleep(listen_s)
        views = [view for _, view in sorted(client.modules.items())]
        if output.is_json:
            output.answer(
                {
                    "link": shown_link(options),
                    "asked": False,
                    "modules": [module_fields(view) for view in views],
                    "heard": heard.fields(client.statistics),
                }
            )
            return
        if views:
            output.print(modules_table(views, shown_link(options)))
        senders = heard.table()
        if senders is not None:
            output.print(senders)
        output.plain(heard.words(client.statistics))

    if not may_ask:
        return run_on_link(
            listening, options, output, command="dpm status", is_limited=False, prepare=listen
        )
    return run_on_link(asking, options, output, command="dpm status")


async def _ask(
    client: DpmClient, serials: Sequence[SerialNumber], *, names: bool
) -> list[ModuleView]:
    from dpm_core.errors import NoReply

    if not serials:
        serials = [found.serial for found in await client.discover()]
    for serial in serials:
        client.add_module(serial)
    for serial in serials:
        try:
            await client.refresh(serial)
            if names:
                await client.read_program(serial)
        except NoReply:
            # Shown as such in its row; the others are shown all the same.
            continue
    return [client.modules[serial] for serial in sorted(set(serials))]
