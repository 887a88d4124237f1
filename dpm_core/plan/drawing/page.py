"""One page with all pictures of a plan, for a browser and for a printer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from dpm_core.model import LED_TABLE
from dpm_core.plan.checks import REMINDERS
from dpm_core.plan.drawing.svg import Picture
from dpm_core.plan.drawing.theme import FONTS, style
from dpm_core.plan.findings import Finding, counted
from dpm_core.plan.site import Plan

_STYLE: Final = (
    f"*{{box-sizing:border-box}}body{{margin:0;background:var(--paper);color:var(--ink);"
    f"font:16px/1.5 {FONTS}}}"
    "main,header{max-width:1500px;margin:0 auto;padding:0 24px}"
    "header{padding-top:32px}h1{font-size:30px;margin:0 0 4px}h2{font-size:21px;margin:44px 0 12px}"
    "nav a{margin-right:18px}a{color:var(--class2)}p.soft{color:var(--soft);margin:0 0 8px}"
    "svg.dpm{display:block;max-width:100%;height:auto}"
    "section{margin-bottom:28px}figure{margin:0 0 24px}"
    "ul{padding-left:22px;margin:8px 0}li{margin:6px 0}"
    ".findings{list-style:none;padding:0}.findings li{padding:10px 14px;margin:10px 0;"
    "background:var(--card);border:1px solid var(--line);border-left:5px solid var(--warn);"
    "border-radius:6px}.findings li.error{border-left-color:var(--bad)}"
    ".findings small,td small{color:var(--soft)}.findings b.mark{margin-right:6px}"
    ".error b.mark{color:var(--bad)}.warning b.mark{color:var(--warn)}"
    ".good{color:var(--lit);font-weight:650}"
    "table{border-collapse:collapse;background:var(--card);border:1px solid var(--line)}"
    "td,th{padding:6px 14px;border-bottom:1px solid var(--line);text-align:left;"
    "vertical-align:top}th{color:var(--soft);font-weight:500}"
    ".labels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,680px),1fr));"
    "gap:20px}"
    "@media screen and (max-width:900px){#panels figure,#link figure{overflow-x:auto}"
    "#panels svg.dpm,#link svg.dpm{max-width:none;width:1000px}}"
    "@media print{nav,.legend,#labels h2{display:none}body{background:#fff}h2{break-after:avoid}"
    "figure{break-inside:avoid}.labels{display:block}.labels figure{break-before:page}"
    ".labels svg.dpm{max-width:none}main,header{max-width:none;padding:0}}"
)


def write_page(
    plan: Plan,
    findings: Sequence[Finding],
    link: Picture,
    panels: Mapping[str, Picture],
    labels: Mapping[str, Picture],
) -> str:
    """Return the page.

    Args:
        plan: The plan.
        findings: What the check found.
        link: The picture of the link.
        panels: The picture of each panel, by the panel's identifier.
        labels: The label sheet of each module, by the module's identifier.
    """
    name = escape(plan.name or plan.file)
    shown = "".join(
        f'<figure id="panel-{key}">{picture.render()}</figure>' for key, picture in panels.items()
    )
    sheets = "".join(
        f'<figure id="label-{key}">{picture.render()}</figure>' for key, picture in labels.items()
    )
    reminders = "".join(f"<li>{escape(words)}</li>" for words in REMINDERS)
    panels_section = f'<section id="panels"><h2>Panels</h2>{shown}</section>' if panels else ""
    modules = counted(len(plan.modules), "module")
    panels_anchor = '<a href="#panels">Panels</a>' if panels else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{name}</title><style>{style(':root')}{_STYLE}</style></head><body>\n"
        f'<header><h1>{name}</h1><p class="soft">{modules}, '
        f"{plan.device_count} devices and {plan.zone_count} zones on the link</p>"
        f'<nav><a href="#check">Check</a>{panels_anchor}'
        '<a href="#link">Link</a><a href="#labels">Labels</a></nav></header>\n<main>'
        f'<section id="check"><h2>Check against the specification</h2>{_findings(findings)}'
        f'<p class="soft">No check can see this, so keep it in mind:</p><ul>{reminders}</ul>'
        f"</section>\n{panels_section}\n"
        f'<section id="link"><h2>Link</h2><figure>{link.render()}</figure></section>\n'
        f'<section class="legend"><h2>What the LEDs show</h2>{_leds()}</section>\n'
        f'<section id="labels"><h2>Label sheets</h2><div class="labels">{sheets}</div></section>\n'
        "</main></body></html>\n"
    )


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return '<p class="good">✓ Nothing is against the specification.</p>'
    items = "".join(
        f'<li class="{finding.severity.value}"><b class="mark">'
        f"{'✗ error' if finding.is_error else '! warning'}</b>{escape(finding.sentence)} "
        f"<small>{escape(finding.source)}; line {finding.line}</small></li>"
        for finding in findings
    )
    return f'<ul class="findings">{items}</ul>'


def _leds() -> str:
    rows = "".join(
        f"<tr><td>{escape(row.led)}</td><td>{escape(row.when)}</td>"
        f"<td>{escape(row.pattern.value)}</td></tr>"
        for row in LED_TABLE
    )
    return (
        '<p class="soft">Decided in this project; for each LED the first line that holds '
        "counts.</p><table><thead><tr><th>LED</th><th>when</th><th>shows</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
