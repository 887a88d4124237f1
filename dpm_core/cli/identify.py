"""`dpm identify`: let a module flash its LEDs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.options import given_options, link_options
from dpm_core.cli.output import Output

if TYPE_CHECKING:
    from dpm_core.client import DpmClient
    from dpm_core.model import SerialNumber


@click.command("identify")
@click.argument("serial", metavar="SERIAL", type=read_serial)
@click.option("--off", is_flag=True, help="Stop flashing.")
@link_options
def command(serial: SerialNumber, off: bool) -> None:
    """Let the module SERIAL flash its LEDs for ten seconds, so that it can be found in a panel.

    A simulated link of dpm's own ends with the command, and the flashing with it.
    """
    from dpm_core.cli.link import must_send, run_on_link

    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, "dpm identify", extension=True)

    async def job(client: DpmClient) -> None:
        client.add_module(serial)
        await client.identify(serial, is_on=not off)
        if output.is_json:
            output.answer({"serial": str(serial), "identifying": not off})
        else:
            what = "stopped flashing" if off else "flashes its LEDs for ten seconds"
            output.plain(f"Module {serial} {what}.")

    run_on_link(job, options, output, command="dpm identify", address=str(serial))
