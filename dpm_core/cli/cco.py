"""`dpm cco`: the contact closure output of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.options import given_options, link_options, read_seconds
from dpm_core.cli.output import Output

if TYPE_CHECKING:
    from dpm_core.client import DpmClient
    from dpm_core.model import SerialNumber

ACTIONS: Final = ("pulse", "open", "close", "end")


@click.command("cco")
@click.argument("serial", metavar="SERIAL", type=read_serial)
@click.argument("action", metavar="pulse|open|close|end", type=click.Choice(ACTIONS))
@click.option(
    "--seconds",
    "pulse_s",
    type=read_seconds,
    metavar="SECONDS",
    help="Length of the pulse, 0.1 to 60; without it as the module is programmed.",
)
@link_options
def command(serial: SerialNumber, action: str, pulse_s: float | None) -> None:
    """Pulse, open or close the N.O. contact of a module's CCO, or end a pulse.

    Each does what it says, whatever type the output is programmed for.
    """
    from dpm_core.cli.link import must_send, run_on_link

    if pulse_s is not None and action != "pulse":
        raise click.UsageError("--seconds goes with pulse only")
    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, "dpm cco", extension=True)

    async def job(client: DpmClient) -> None:
        client.add_module(serial)
        if action == "pulse":
            await client.pulse_cco(serial, pulse_s)
        elif action == "open":
            await client.open_cco(serial)
        elif action == "close":
            await client.close_cco(serial)
        else:
            await client.end_cco_pulse(serial)
        view = client.modules[serial]
        if output.is_json:
            output.answer(
                {"serial": str(serial), "action": action, "cco": {"closed": view.cco_closed}}
            )
        elif action == "pulse":
            length = "its programmed length" if pulse_s is None else f"{pulse_s:g} s"
            output.plain(f"Module {serial}: CCO pulse of {length} begun.")
        else:
            output.plain(f"Module {serial}: CCO is {'closed' if view.cco_closed else 'open'}.")

    run_on_link(job, options, output, command="dpm cco", address=str(serial))
