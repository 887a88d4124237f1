"""What `dpm plan check` prints: the findings, and how full everything is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dpm_core.model import LINK_DEVICES, LINK_ZONES
from dpm_core.plan import REMINDERS, Finding, ModulePlan, Plan, cable_words, heat_btu_h, used_din

if TYPE_CHECKING:
    from rich.console import RenderableType

_BAR_CELLS: Final = 8
_STYLES: Final = {True: "bold red", False: "bold yellow"}


def check_fields(plan: Plan, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the answer for programs."""
    errors = sum(finding.is_error for finding in findings)
    return {
        "ok": errors == 0,
        "file": plan.file,
        "name": plan.name,
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [finding.as_fields() for finding in findings],
        "link": {
            "devices": plan.device_count,
            "zones": plan.zone_count,
            "length_m": round(plan.link_m, 3),
        },
        "modules": {
            module.id: {
                "model": module.ratings.model,
                "zones_a": [
                    None if load is None else round(load.current_a(plan.volts_of(module)), 3)
                    for load in module.loads
                ],
                "total_a": round(plan.current_a(module), 3),
                "limit_a": module.ratings.module_max.value,
            }
            for module in plan.modules
        },
        "panels": {
            panel.id: {
                "heat_btu_h": heat_btu_h(panel),
                "rails_din": [
                    {"used": used_din(rail), "width": rail.width_din} for rail in panel.rails
                ],
            }
            for panel in plan.panels
        },
        "reminders": list(REMINDERS),
    }


def check_report(plan: Plan, findings: Sequence[Finding]) -> Iterator[RenderableType]:
    """Yield what a person is shown, part by part."""
    yield Text(plan.name or plan.file, style="bold")
    yield _fullness(plan)
    yield _modules(plan)
    if plan.panels:
        yield _panels(plan)
    for finding in findings:
        yield from _finding(plan, finding)
    yield Text("\nNo check can see this, so keep it in mind:", style="bold")
    for reminder in REMINDERS:
        yield Padding(Text(f"· {reminder}", style="dim"), (0, 0, 0, 2))
    yield Text("")
    yield _verdict(findings)


def _fullness(plan: Plan) -> Text:
    parts = [
        f"{plan.device_count} of {LINK_DEVICES} (the processor among them)",
        f"{plan.zone_count} of {LINK_ZONES}",
    ]
    if plan.cables:
        parts.append(cable_words(plan))
    return Text(" · ".join(parts), style="dim")


def _modules(plan: Plan) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("module")
    table.add_column("model", style="dim")
    table.add_column("feed", style="dim")
    for zone in range(1, 5):
        table.add_column(f"zone {zone}", justify="right")
    table.add_column("together", justify="right")
    table.add_column("")
    for module in plan.modules:
        feed = plan.feed_of(module)
        total, limit = plan.current_a(module), module.ratings.module_max
        table.add_row(
            module.id,
            module.ratings.model,
            "-" if feed is None else feed.id,
            *_zones(plan, module),
            Text(f"{total:.4g} of {limit}", style=_style(total, limit.value)),
            _bar(total, limit.value),
        )
    return table


def _zones(plan: Plan, module: ModulePlan) -> Iterator[Text]:
    volts, most = plan.volts_of(module), module.ratings.zone_max.value
    for load in module.loads:
        if load is None:
            yield Text("-", style="dim")
        else:
            current = load.current_a(volts)
            yield Text(f"{current:.4g} A", style=_style(current, most))


def _style(value: float, most: float) -> str:
    if value > most + 1e-9:
        return "bold red"
    return "yellow" if value > 0.8 * most else ""


def _bar(value: float, most: float) -> Text:
    cells = min(round(value / most * _BAR_CELLS), _BAR_CELLS)
    bar = Text("█" * cells, style=_style(value, most) or "green")
    return bar.append("░" * (_BAR_CELLS - cells), style="dim")


def _panels(plan: Plan) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("panel")
    table.add_column("rails, in DIN modules")
    table.add_column("heat, at most", justify="right")
    for panel in plan.panels:
        rails = ", ".join(f"{used_din(rail):g} of {rail.width_din:g}" for rail in panel.rails)
        table.add_row(panel.name, rails, f"{heat_btu_h(panel):g} BTU/h")
    return table


def _finding(plan: Plan, finding: Finding) -> Iterator[RenderableType]:
    mark = "✗" if finding.is_error else "!"
    style = _STYLES[finding.is_error]
    head = Text(f"{mark} {finding.severity.value}  ", style=style)
    head.append(finding.item, style="bold")
    head.append(f"  {plan.file}:{finding.line}", style="dim")
    yield head
    yield Padding(Text(f"{finding.words}.".replace("..", ".")), (0, 0, 0, 4))
    if finding.advice:
        yield Padding(Text(finding.advice), (0, 0, 0, 4))
    facts = f"{finding.figure}, limit {finding.limit}; " if finding.figure else ""
    yield Padding(Text(f"{facts}{finding.source}", style="dim"), (0, 0, 0, 4))


def _verdict(findings: Sequence[Finding]) -> Text:
    errors = sum(finding.is_error for finding in findings)
    warnings = len(findings) - errors
    said = ", ".join(
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    )
    if not errors:
        rest = f"; {said} for you to judge" if said else ""
        return Text(f"✓ Nothing is against the specification{rest}.", style="bold green")
    return Text(f"✗ {said}.", style="bold red")
