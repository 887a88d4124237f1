"""`dpm processor`: what a HomeWorks QS processor's project has, and its wallstations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dpm_core.cli.options import given_options, link_options
from dpm_core.cli.output import Output
from dpm_core.model import IntegrationId

if TYPE_CHECKING:
    from rich.table import Table

    from dpm_core.cli.exits import ExitStatus
    from dpm_core.cli.options import LinkOptions
    from dpm_core.client import ProcessorClient, ProcessorModule
    from dpm_core.protocol.lip import ProcessorProject, SuggestedModule

_BETWEEN = " / "


@click.group("processor", no_args_is_help=False)
def command() -> None:
    """Show a HomeWorks QS processor's project, and press its wallstations' buttons.

    HomeWorks QS software 12.0 or later is required with these modules. Nothing here has met a real
    processor.
    """


@command.command("show")
@click.option(
    "--write",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the suggested modules as a document for --modules-file; a file that is there stays.",
)
@link_options
def show(path: Path | None) -> None:
    """List the areas, outputs and wallstations of a project, and the modules that it suggests.

    The project is the processor's own, or that of --modules-file (a file, or http://HOST:PORT). No
    login is needed. A project does not say which outputs are one module: compare the suggestions
    with the panel before you use them.
    """
    import asyncio

    from dpm_core.cli.logs import start_logging
    from dpm_core.cli.modules_document import modules_of
    from dpm_core.cli.processor_link import read_project, warn_of_old_software
    from dpm_core.protocol.lip import suggest_modules

    options = given_options()
    output = Output(is_json=options.json)
    start_logging(options.verbose)
    project = asyncio.run(read_project(options))
    warn_of_old_software(project, output)
    suggested, modules = suggest_modules(project), modules_of(project)
    if path is not None:
        _write(path, modules)
    if output.is_json:
        output.answer(_fields(project, suggested, modules))
        return
    output.print(*_tables(project, suggested, modules))
    for skipped in project.left_out:
        output.remark(f"left out: {skipped}")
    if path is not None:
        output.remark(f"written to {path}: look at it, then give it as --modules-file")


def _write(path: Path, modules: tuple[ProcessorModule, ...]) -> None:
    from dpm_core.cli.modules_document import write_modules

    if not modules:
        raise click.UsageError("the project suggests no module, so there is nothing to write")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(write_modules(modules))
    except OSError as error:
        raise click.BadParameter(
            f"{str(path)!r}: {error.strerror}", param_hint="--write"
        ) from error


@command.command("press")
@click.argument("wallstation", metavar="WALLSTATION")
@click.argument("button", metavar="BUTTON", type=click.IntRange(1, 65535))
@link_options
def press(wallstation: str, button: int) -> ExitStatus | None:
    """Press and release a BUTTON (its component number) of a WALLSTATION (its integration id)."""
    options, output, device = _given("dpm processor press", wallstation)

    async def job(client: ProcessorClient) -> None:
        await client.press_button(device, button)
        if output.is_json:
            output.answer({"wallstation": str(device), "button": button})
        else:
            output.plain(f"Wallstation {device}: button {button} was pressed and released.")

    return _run(job, options, output, "dpm processor press")


@command.command("led")
@click.argument("wallstation", metavar="WALLSTATION")
@click.argument("led", metavar="LED", type=click.IntRange(1, 65535))
@click.argument("state", metavar="on|off", type=click.Choice(["on", "off"]))
@link_options
def led_(wallstation: str, led: int, state: str) -> ExitStatus | None:
    """Light an LED (its component number) of a WALLSTATION, or put it out.

    Only an LED of a button without a program, or one that is left to integration, obeys.
    """
    options, output, device = _given("dpm processor led", wallstation)

    async def job(client: ProcessorClient) -> None:
        await client.set_led(device, led, state == "on")
        if output.is_json:
            output.answer({"wallstation": str(device), "led": led, "is_on": state == "on"})
        else:
            output.plain(f"Wallstation {device}: LED {led} is {state}.")

    return _run(job, options, output, "dpm processor led")


def _given(command: str, wallstation: str) -> tuple[LinkOptions, Output, IntegrationId]:
    from dpm_core.cli.link import shown_link

    options = given_options()
    if not options.is_processor:
        raise click.UsageError(
            f"{command} needs --link lip://USER@HOST, and not {shown_link(options)}"
        )
    return options, Output(is_json=options.json), IntegrationId.parse(wallstation)


def _run(job: Any, options: LinkOptions, output: Output, command: str) -> ExitStatus | None:
    from dpm_core.cli.processor_link import run_at_processor

    return run_at_processor(job, options, output, command=command, has_modules=False)


# --- What a project is shown as --------------------------------------------------------------


def _fields(
    project: ProcessorProject,
    suggested: tuple[SuggestedModule, ...],
    modules: tuple[ProcessorModule, ...],
) -> dict[str, Any]:
    from dpm_core.cli.processor_status import ids_of

    return {
        "project": {
            "name": project.name,
            "software": project.software_version or None,
            "software_too_old": project.is_software_too_old,
            "exported": project.exported or None,
        },
        "areas": [
            {"id": None if area.id is None else int(area.id), "path": list(area.path)}
            for area in project.areas
        ],
        "outputs": [
            {
                "id": int(output.id),
                "name": output.name,
                "area": list(output.area),
                "type": output.type,
                "switched": output.is_switched,
                "watts": output.watts,
            }
            for output in project.outputs
        ],
        "wallstations": [
            {
                "id": int(one.id),
                "name": one.name,
                "area": list(one.area),
                "type": one.type or None,
                "buttons": {str(button.component): button.name for button in one.buttons},
                "leds": list(one.leds),
                "ccis": {str(contact.component): contact.name for contact in one.contacts},
            }
            for one in project.wallstations
        ],
        "suggested": [
            {**ids_of(module), "reason": why.reason}
            for module, why in zip(modules, suggested, strict=True)
        ],
        "left_out": [str(skipped) for skipped in project.left_out],
    }


def _tables(
    project: ProcessorProject,
    suggested: tuple[SuggestedModule, ...],
    modules: tuple[ProcessorModule, ...],
) -> list[Any]:
    from dpm_core.cli.processor_status import ids_table

    software = project.software_version or "unknown"
    title = f"{project.name or 'A project'}, software {software}"
    if project.exported:
        title += f", exported {project.exported}"
    outputs = _table(title, "Output", "Name", "Area", "Type", "Watts")
    for output in project.outputs:
        watts = "" if output.watts is None else f"{output.watts:g}"
        kind = output.type if output.is_switched else f"{output.type} (not switched)"
        outputs.add_row(str(output.id), output.name, _BETWEEN.join(output.area), kind, watts)
    areas = _table("Areas", "Area", "Name")
    for area in project.areas:
        areas.add_row("-" if area.id is None else str(area.id), _BETWEEN.join(area.path))
    shown: list[Any] = [outputs, areas]
    if project.wallstations:
        walls = _table(
            "Wallstations and interfaces", "Id", "Name", "Area", "Buttons", "LEDs", "CCIs"
        )
        for one in project.wallstations:
            buttons = ", ".join(f"{button.component} {button.name}" for button in one.buttons)
            leds, ccis = (", ".join(map(str, numbers)) for numbers in (one.leds, one.ccis))
            walls.add_row(str(one.id), one.name, _BETWEEN.join(one.area), buttons, leds, ccis)
        shown.append(walls)
    if modules:
        why = {one.address: each.reason for one, each in zip(modules, suggested, strict=True)}
        shown.append(ids_table(modules, "Could be modules: compare with the panel", "Why", why))
    else:
        shown.append("No outputs look like one module.")
    return shown


def _table(title: str, *headings: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.ROUNDED)
    for heading in headings:
        table.add_column(heading)
    return table
