"""What `dpm status` and `dpm scan` show of modules behind a processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.link import shown_link
from dpm_core.cli.module_views import module_fields, modules_table
from dpm_core.cli.processor_link import read_at_processor, run_at_processor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from dpm_core.cli.options import LinkOptions
    from dpm_core.cli.output import Output
    from dpm_core.client import ProcessorClient, ProcessorModule


def show_status(wanted: Sequence[str], options: LinkOptions, output: Output) -> ExitStatus | None:
    """Show what each module is doing, as the processor tells it."""

    async def job(client: ProcessorClient) -> ExitStatus | None:
        await read_at_processor(client)
        views = [view for _, view in sorted(client.modules.items())]
        names: dict[Any, str] = {one.address: one.name for one in client.added_modules}
        if output.is_json:
            modules = [module_fields(view, names[view.serial] or None) for view in views]
            output.answer(
                {"link": shown_link(options), "asked": True, "modules": modules, "heard": None}
            )
        elif views:
            output.print(modules_table(views, shown_link(options), names))
        else:
            output.plain(f"No module is known at {shown_link(options)}.")
        return None if all(view.is_fresh for view in views) else ExitStatus.NO_REPLY

    return run_at_processor(job, options, output, command="dpm status", wanted=wanted)


def show_scan(options: LinkOptions, output: Output) -> ExitStatus | None:
    """List the modules, and whether the processor tells of them."""

    async def job(client: ProcessorClient) -> None:
        await read_at_processor(client)
        modules = client.added_modules
        is_told = {address: view.is_fresh for address, view in client.modules.items()}
        if output.is_json:
            fields = [{**ids_of(one), "told": is_told[one.address]} for one in modules]
            output.answer({"link": shown_link(options), "modules": fields})
        elif modules:
            words = {one.address: "yes" if is_told[one.address] else "no" for one in modules}
            count = "1 module" if len(modules) == 1 else f"{len(modules)} modules"
            output.print(ids_table(modules, f"{count} at {shown_link(options)}", "Told of", words))
        else:
            output.plain(f"No module is known at {shown_link(options)}.")

    return run_at_processor(job, options, output, command="dpm scan")


def ids_of(module: ProcessorModule) -> dict[str, Any]:
    """Return which integration ids a module is, for programs."""
    contact = module.override
    return {
        "serial": str(module.address),
        "name": module.name or None,
        "zones": [None if zone is None else int(zone) for zone in module.zones],
        "cco": None if module.cco is None else int(module.cco),
        "cco_type": None if module.cco_type is None else module.cco_type.name.lower(),
        "override": None
        if contact is None
        else {
            "device": int(contact.device),
            "component": contact.component,
            "inverted": contact.is_inverted,
        },
    }


def ids_table(
    modules: Sequence[ProcessorModule], title: str, heading: str, last: dict[Any, str]
) -> Table:
    """Return one row for each module, with its ids.

    Args:
        modules: Which.
        title: What stands above.
        heading: Of the last column.
        last: What stands in it, by address.
    """
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.ROUNDED)
    for name in ("Module", "Name", "Zones", "CCO", "Override contact", heading):
        table.add_column(name)
    for module in modules:
        zones = ", ".join("-" if zone is None else str(zone) for zone in module.zones)
        cco = "-" if module.cco is None else str(module.cco)
        if module.cco is not None and module.cco_type is not None:
            cco += f" {module.cco_type.name.lower()}"
        contact = module.override
        contact_words = "-" if contact is None else f"{contact.device}, CCI {contact.component}"
        table.add_row(
            str(module.address), module.name, zones, cco, contact_words, last[module.address]
        )
    return table
