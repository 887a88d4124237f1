"""`dpm set`: switch zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from dpm_core.cli.arguments import is_all, read_level, read_serial, read_zones
from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import given_options, link_options
from dpm_core.cli.output import Output
from dpm_core.model import ZONES, level_is_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dpm_core.client import DpmClient, ModuleClient, ModuleView, ProcessorClient
    from dpm_core.model import ModuleAddress, ZoneNumber

TOGGLE: Final = "toggle"


@click.command("set")
@click.argument("module", metavar="MODULE|all")
@click.argument("zone", metavar="ZONE|all")
@click.argument("level", metavar="on|off|toggle|LEVEL")
@link_options
def command(module: str, zone: str, level: str) -> ExitStatus | None:
    """Switch a ZONE (1 to 4, several as 1,3, or all) of a MODULE.

    MODULE is a serial number; at a processor the integration id of the module's first zone. LEVEL
    is a percentage: the module does not dim, so anything above 0 is on. `dpm set all all off` is
    one broadcast to every module.
    """
    from dpm_core.cli.link import must_send, read_modules, run_on_link
    from dpm_core.cli.outcomes import show_outcomes

    options = given_options()
    output = Output(is_json=options.json)
    zones = read_zones(zone)
    percent = None if level.strip().lower() == TOGGLE else read_level(level)
    must_send(options, "dpm set", extension=is_all(module) or percent is None)

    if is_all(module) and (percent is None or len(zones) < len(ZONES)):
        raise click.UsageError("all modules at once take all zones at once, and no toggle")

    async def switch(client: ModuleClient, address: ModuleAddress) -> None:
        if percent is None:
            for one in zones:
                await client.toggle_zone(address, one)
        elif len(zones) == 1:
            await client.set_zone_level(address, zones[0], percent)
        else:
            await client.set_zones(address, {one: level_is_on(percent) for one in zones})
        _show(output, client.modules[address], zones, is_confirmed=options.may_use_extension)

    async def at_processor(client: ProcessorClient) -> ExitStatus | None:
        if is_all(module):
            assert percent is not None
            await read_at_processor(client)
            return show_outcomes(output, await client.broadcast_level(percent))
        await switch(client, next(iter(client.modules)))
        return None

    if options.is_processor:
        from dpm_core.cli.processor_link import read_at_processor, run_at_processor

        wanted = () if is_all(module) else (module,)
        return run_at_processor(at_processor, options, output, command="dpm set", wanted=wanted)

    serial = None if is_all(module) else read_serial(module)

    async def job(client: DpmClient) -> ExitStatus | None:
        if serial is None:
            assert percent is not None
            await read_modules(client)
            return show_outcomes(output, await client.broadcast_level(percent))
        client.add_module(serial)
        await switch(client, serial)
        return None

    return run_on_link(job, options, output, command="dpm set", address=module)


def _show(
    output: Output, view: ModuleView, zones: Sequence[ZoneNumber], *, is_confirmed: bool
) -> None:
    from dpm_core.cli.module_views import words_of_zone

    if output.is_json:
        output.answer(
            {"serial": str(view.serial), "confirmed": is_confirmed, "zones": list(view.zones)}
        )
        return
    for zone in zones:
        what = (
            f"is {words_of_zone(view.zones[zone - 1])}"
            if is_confirmed
            else "accepted; whether its relay moved cannot be asked on this link"
        )
        output.plain(f"Module {view.serial}: zone {int(zone)} {what}.")
