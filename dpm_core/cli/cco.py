"""`dpm cco`: the contact closure output of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output

if TYPE_CHECKING:
    from dpm_core.client import DpmClient, ModuleClient, ProcessorClient
    from dpm_core.model import ModuleAddress

ACTIONS: Final = ("pulse", "open", "close", "end")


@click.command("cco")
@click.argument("module", metavar="MODULE")
@click.argument("action", metavar="pulse|open|close|end", type=click.Choice(ACTIONS))
@click.option(
    "--seconds",
    "pulse_s",
    type=read_seconds,
    metavar="SECONDS",
    help="Length of the pulse, 0.1 to 60; without it as the module is programmed.",
)
@link_options
def command(module: str, action: str, pulse_s: float | None) -> None:
    """Pulse, open or close the N.O. contact of a module's CCO, or end a pulse.

    On a link each does what it says, whatever type the output is programmed for. At a processor
    MODULE is the integration id of the module's first zone; there a momentary output is pulsed, a
    maintained one is opened and closed, and a pulse ends by itself.
    """
    from dpm_core.cli.link import must_send, run_on_link

    if pulse_s is not None and action != "pulse":
        raise click.UsageError("--seconds goes with pulse only")
    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, "dpm cco", extension=True)

    async def move(client: ModuleClient, address: ModuleAddress) -> None:
        if action == "pulse":
            await client.pulse_cco(address, pulse_s)
        elif action == "open":
            await client.open_cco(address)
        elif action == "close":
            await client.close_cco(address)
        else:
            await client.end_cco_pulse(address)
        view = client.modules[address]
        if output.is_json:
            output.answer(
                {"serial": str(address), "action": action, "cco": {"closed": view.cco_closed}}
            )
        elif action == "pulse":
            length = "its programmed length" if pulse_s is None else f"{pulse_s:g} s"
            output.plain(f"Module {address}: CCO pulse of {length} begun.")
        else:
            output.plain(f"Module {address}: CCO is {'closed' if view.cco_closed else 'open'}.")

    if options.is_processor:
        from dpm_core.cli.processor_link import run_at_processor

        async def at_processor(client: ProcessorClient) -> None:
            await move(client, next(iter(client.modules)))

        run_at_processor(at_processor, options, output, command="dpm cco", wanted=(module,))
        return

    serial = read_serial(module)

    async def job(client: DpmClient) -> None:
        client.add_module(serial)
        await move(client, serial)

    run_on_link(job, options, output, command="dpm cco", address=str(serial))
