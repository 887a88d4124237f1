"""`dpm counters`: what a module has counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.options import given_options, link_options
from dpm_core.cli.output import Output

if TYPE_CHECKING:
    from rich.table import Table

    from dpm_core.client import DpmClient
    from dpm_core.model import SerialNumber
    from dpm_core.protocol import CounterMask, CountersReport

CLEARABLE: Final = ("frames_good", "crc_errors", "framing_errors", "overruns")
"""The counters that can be cleared, by the keys under which `--json` shows them."""


@click.command("counters")
@click.argument("serials", metavar="[SERIAL]...", type=read_serial, nargs=-1)
@click.option(
    "--clear",
    type=click.Choice([*CLEARABLE, "all"]),
    multiple=True,
    help="Set link counters to zero first; what the relays, CCO and CCI counted always stays.",
)
@link_options
def command(serials: tuple[SerialNumber, ...], clear: tuple[str, ...]) -> None:
    """Show the counters of the SERIALs, or of every module found: relay operations and the link's.

    One operation is one movement of a relay's contact. No specification says how many it lasts.
    """
    from dpm_core.cli.link import find_modules, must_send, run_on_link

    options = given_options()
    output = Output(is_json=options.json)
    must_send(options, "dpm counters", extension=True)

    async def job(client: DpmClient) -> None:
        reports = []
        for serial in sorted(set(serials)) or await find_modules(client):
            client.add_module(serial)
            if clear:
                await client.clear_counters(serial, mask_of(clear))
            reports.append(await client.read_counters(serial))
        if output.is_json:
            output.answer({"modules": [_fields(report) for report in reports]})
        else:
            output.print(_table(reports))

    address = " ".join(str(serial) for serial in serials) or "(any)"
    run_on_link(job, options, output, command="dpm counters", address=address)


def mask_of(names: tuple[str, ...]) -> CounterMask:
    """Return what COUNTERS_CLEAR calls these counters."""
    from dpm_core.protocol import CounterMask

    mask = CounterMask(0)
    for name in CLEARABLE if "all" in names else names:
        mask |= CounterMask[name.upper()]
    return mask


def _fields(report: CountersReport) -> dict[str, Any]:
    return {
        "serial": str(report.serial),
        "relay_operations": list(report.relay_operations),
        "cco_operations": report.cco_operations,
        "cci_openings": report.cci_openings,
        "uptime_s": report.uptime_s,
        **{name: getattr(report, name) for name in CLEARABLE},
    }


def _table(reports: list[CountersReport]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(
        title="Operations of zones and CCO, openings of the CCI, frames heard",
        title_justify="left",
        box=box.ROUNDED,
    )
    table.add_column("Module", no_wrap=True)
    for heading in (*(f"Zone {number}" for number in range(1, 5)), "CCO", "CCI", "Uptime"):
        table.add_column(heading, justify="right")
    table.add_column("Frames heard")
    for report in reports:
        counts = (*report.relay_operations, report.cco_operations, report.cci_openings)
        table.add_row(
            str(report.serial),
            *(str(count) for count in counts),
            str(timedelta(seconds=report.uptime_s)),
            f"{report.frames_good} good, {report.crc_errors} bad CRC\n"
            f"{report.framing_errors} framing, {report.overruns} overrun",
        )
    return table
