"""`dpm scan`: every module on the link, with no serial number known before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dpm_core.cli.options import given_options, link_options
from dpm_core.cli.output import Output

if TYPE_CHECKING:
    from rich.table import Table

    from dpm_core.client import DiscoveredModule, DpmClient


@click.command("scan")
@link_options
def command() -> None:
    """Find every module on the link, and say what each is.

    A processor knows no modules: there it lists those that --modules-file names, or that the
    project suggests, and whether the processor tells of them.
    """
    from dpm_core.cli.link import must_send, run_on_link, shown_link

    options = given_options()
    output = Output(is_json=options.json)
    if options.is_processor:
        from dpm_core.cli.processor_status import show_scan

        show_scan(options, output)
        return
    must_send(options, "dpm scan", extension=True)

    async def job(client: DpmClient) -> None:
        found = sorted(await client.discover(), key=lambda module: module.serial)
        if output.is_json:
            output.answer(
                {"link": shown_link(options), "modules": [_fields(module) for module in found]}
            )
        elif found:
            output.print(_table(found, shown_link(options)))
        else:
            output.plain(f"No module answered on {shown_link(options)}.")

    run_on_link(job, options, output, command="dpm scan")


def _fields(module: DiscoveredModule) -> dict[str, Any]:
    from dpm_core.cli.module_views import firmware_words

    identity = module.identity
    return {
        "serial": str(module.serial),
        "class_word": f"{identity.class_word:08X}",
        "model": _model_of(identity.class_word),
        "firmware": firmware_words(identity.firmware),
        "zone_count": identity.zone_count,
        "component_type": f"{identity.component_type:02X}",
    }


def _model_of(class_word: int) -> str | None:
    from dpm_core.model import DEVICE_CLASS_WORD, MODEL_NAME

    return MODEL_NAME if class_word == DEVICE_CLASS_WORD else None


def _table(found: list[DiscoveredModule], link: str) -> Table:
    from rich import box
    from rich.table import Table

    count = "1 module" if len(found) == 1 else f"{len(found)} modules"
    table = Table(title=f"{count} on {link}", title_justify="left", box=box.ROUNDED)
    for heading in ("Module", "Model", "Zones", "Firmware", "Device class"):
        table.add_column(heading, no_wrap=True)
    for module in found:
        fields = _fields(module)
        table.add_row(
            fields["serial"],
            fields["model"] or "another model",
            str(fields["zone_count"]),
            fields["firmware"],
            fields["class_word"],
        )
    return table
