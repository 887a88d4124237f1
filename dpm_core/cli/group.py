"""`dpm group`: which zones one command switches together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dpm_core.cli.arguments import read_group, read_level, read_serial, read_zones
from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import given_options, link_options
from dpm_core.cli.output import Output
from dpm_core.model import ZONES

if TYPE_CHECKING:
    from rich.table import Table

    from dpm_core.client import DpmClient
    from dpm_core.model import FourZones, GroupNumber, SerialNumber


@click.group("group", no_args_is_help=False)
def command() -> None:
    """Show, form and switch groups of zones, on one module or on many."""


@command.command("show")
@click.argument("serials", metavar="[SERIAL]...", type=read_serial, nargs=-1)
@link_options
def show(serials: tuple[SerialNumber, ...]) -> None:
    """Show the groups that zones of the SERIALs, or of every module found, are in."""
    from dpm_core.cli.link import find_modules, must_send, run_on_link

    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, "dpm group show", extension=True)

    async def job(client: DpmClient) -> None:
        rows = []
        for serial in sorted(set(serials)) or await find_modules(client):
            client.add_module(serial)
            groups = await client.read_groups(serial)
            rows += [(group, serial, members) for group, members in groups.items()]
        rows.sort()
        if output.is_json:
            output.answer(
                {
                    "groups": [
                        {
                            "group": int(group),
                            "serial": str(serial),
                            "zones": zone_numbers(members),
                        }
                        for group, serial, members in rows
                    ]
                }
            )
        elif rows:
            output.print(_table(rows))
        else:
            output.plain("No zone is in a group.")

    run_on_link(job, options, output, command="dpm group show")


@command.command("set")
@click.argument("group", metavar="GROUP", type=read_group)
@click.argument("serial", metavar="SERIAL", type=read_serial)
@click.argument("zones", metavar="ZONES|none")
@link_options
def set_(group: GroupNumber, serial: SerialNumber, zones: str) -> None:
    """Make ZONES (as 1,3 or all) of SERIAL the members of GROUP; none takes the module out."""
    from dpm_core.cli.link import must_send, run_on_link

    options = given_options()
    output = Output(is_json=options.json)
    chosen = () if zones.strip().lower() == "none" else read_zones(zones)
    one, two, three, four = (zone in chosen for zone in ZONES)
    must_send(options, "dpm group set", extension=True)

    async def job(client: DpmClient) -> None:
        client.add_module(serial)
        await client.set_group(serial, group, (one, two, three, four))
        if output.is_json:
            output.answer(
                {
                    "group": int(group),
                    "serial": str(serial),
                    "zones": [int(zone) for zone in chosen],
                }
            )
        elif chosen:
            words = ", ".join(str(int(zone)) for zone in chosen)
            noun = "zone" if len(chosen) == 1 else "zones"
            output.plain(f"Group {int(group)}: module {serial}, {noun} {words}.")
        else:
            output.plain(f"Group {int(group)}: module {serial} has left it.")

    run_on_link(job, options, output, command="dpm group set", address=str(serial))


@command.command("level")
@click.argument("group", metavar="GROUP", type=read_group)
@click.argument("level", metavar="on|off|LEVEL")
@link_options
def level_(group: GroupNumber, level: str) -> ExitStatus | None:
    """Switch every zone in GROUP with one command, and say for each module what became of it."""
    from dpm_core.cli.link import must_send, read_modules, run_on_link
    from dpm_core.cli.outcomes import show_outcomes

    options = given_options()
    output = Output(is_json=options.json)
    percent = read_level(level)
    must_send(options, "dpm group level", extension=False)

    async def job(client: DpmClient) -> ExitStatus | None:
        if options.may_use_extension:
            await read_modules(client)
        return show_outcomes(output, await client.set_group_level(group, percent))

    return run_on_link(job, options, output, command="dpm group level")


def zone_numbers(members: FourZones) -> list[int]:
    """Return the numbers of the zones that are members."""
    return [int(zone) for zone, is_member in zip(ZONES, members, strict=True) if is_member]


def _table(rows: list[tuple[GroupNumber, SerialNumber, FourZones]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title="Groups", title_justify="left", box=box.ROUNDED)
    table.add_column("Group", justify="right")
    table.add_column("Module", no_wrap=True)
    table.add_column("Zones")
    for group, serial, members in rows:
        words = ", ".join(str(number) for number in zone_numbers(members))
        table.add_row(f"{int(group)} ({int(group):04X})", str(serial), words)
    return table
