"""How a module is shown: one table for people, one set of keys for programs.

What is not known is `unknown` for people and null for programs, never a guess. A colour never
says anything that the words beside it do not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dpm_core.cli.output import UNKNOWN
from dpm_core.model import ZONES, ContactState

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from dpm_core.client import ModuleView


def module_fields(view: ModuleView, name: str | None = None) -> dict[str, Any]:
    """Return what is known of a module for programs; its keys are a promise (docs/cli.md).

    Args:
        view: The module.
        name: What a processor's project calls it, where its program cannot be read.
    """
    program = view.program
    return {
        "serial": str(view.serial),
        "name": name if program is None else program.name,
        "online": view.is_online,
        "fresh": view.is_fresh,
        "zones": list(view.zones),
        "zone_names": None if program is None else list(program.zone_names),
        "causes": [None if cause is None else cause.name.lower() for cause in view.zone_causes],
        "override": view.override,
        "saved": None if view.saved is None else list(view.saved),
        "cci": None if view.cci is None else view.cci.value,
        "cco": {
            "closed": view.cco_closed,
            "type": None if view.cco_type is None else view.cco_type.name.lower(),
        },
        "restored": view.was_restored,
        "firmware": firmware_of(view),
    }


def firmware_of(view: ModuleView) -> str | None:
    """Return the firmware's version as Lutron writes it, such as 2.054."""
    if view.identity is None:
        return None
    return firmware_words(view.identity.firmware)


def firmware_words(firmware: tuple[int, int]) -> str:
    """Return a firmware version as Lutron writes it, such as 2.054."""
    major, minor = firmware
    return f"{major}.{minor:03}"


def modules_table(
    views: Iterable[ModuleView], title: str, names: Mapping[Any, str] | None = None
) -> Table:
    """Return one row for each module, with manual override where nobody can miss it.

    Args:
        views: The modules.
        title: What stands above.
        names: What a processor's project calls them, where their programs cannot be read.
    """
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.ROUNDED, show_lines=True)
    table.add_column("Module", no_wrap=True)
    for zone in ZONES:
        table.add_column(f"Zone {int(zone)}")
    table.add_column("Manual override")
    table.add_column("CCI", no_wrap=True)
    table.add_column("CCO (N.O.)")
    for view in views:
        table.add_row(
            _module_cell(view, (names or {}).get(view.serial, "")),
            *(_zone_cell(view, position) for position in range(len(ZONES))),
            _override_cell(view),
            words_of_contact(view.cci),
            _cco_cell(view),
            style=None if view.is_online else "dim",
        )
    return table


def words_of_contact(contact: ContactState | None) -> str:
    """Return where the override input is, in words."""
    return UNKNOWN if contact is None else contact.value


def words_of_zone(is_on: bool | None) -> str:
    """Return what a zone is, in words."""
    return UNKNOWN if is_on is None else "on" if is_on else "off"


def _module_cell(view: ModuleView, name: str) -> Text:
    from rich.text import Text

    cell = Text(str(view.serial), style="bold")
    name = view.program.name if view.program is not None else name
    if name:
        cell.append(f"\n{name}", style="not bold")
    if not view.is_online:
        cell.append("\nno reply", style="bold red")
    elif not view.is_fresh:
        cell.append("\nas heard", style="not bold dim")
    return cell


def _zone_cell(view: ModuleView, position: int) -> Text:
    from rich.text import Text

    is_on = view.zones[position]
    mark, style = {True: ("●", "bold green"), False: ("○", ""), None: ("?", "dim")}[is_on]
    cell = Text(f"{mark} {words_of_zone(is_on)}", style=style)
    if view.program is not None and view.program.zone_names[position]:
        cell.append(f"\n{view.program.zone_names[position]}", style="not bold default")
    if view.saved is not None:
        cell.append(f"\nthen {words_of_zone(view.saved[position])}", style="not bold dim default")
    return cell


def _override_cell(view: ModuleView) -> Text:
    from rich.text import Text

    if view.override is None:
        return Text(UNKNOWN, style="dim")
    if not view.override:
        return Text("no")
    # Appended, for the style of the text itself would fill the cell.
    return Text().append(" ACTIVE ", "bold white on red").append("\nlocked out", "red")


def _cco_cell(view: ModuleView) -> Text:
    from rich.text import Text

    if view.cco_closed is None:
        cell = Text(UNKNOWN, style="dim")
    else:
        cell = Text("closed" if view.cco_closed else "open")
    if view.cco_type is not None:
        cell.append(f"\n{view.cco_type.name.lower()}", style="dim")
    return cell
