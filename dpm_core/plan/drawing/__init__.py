"""Pictures of a plan: its panels, its link, a label sheet for each module, and a page of all.

Pure: pictures are texts; whoever asks for them writes them to files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dpm_core.plan.drawing.label import draw_label
from dpm_core.plan.drawing.link import draw_link
from dpm_core.plan.drawing.page import write_page
from dpm_core.plan.drawing.panel import draw_panel
from dpm_core.plan.drawing.theme import style
from dpm_core.plan.findings import Finding
from dpm_core.plan.site import Plan

__all__ = ["PAGE", "draw_plan"]

PAGE: Final = "index.html"
"""The name of the page with all pictures."""

_MODULE: Final = re.compile(r"module ([A-Za-z0-9_-]+)")


def draw_plan(plan: Plan, findings: Sequence[Finding]) -> Mapping[str, str]:
    """Return every picture of a plan, by the name of its file.

    Args:
        plan: The plan.
        findings: What the check found; modules with an error are framed.
    """
    bad = {
        match[1]
        for finding in findings
        if finding.is_error and (match := _MODULE.match(finding.item))
    }
    link = draw_link(plan)
    panels = {panel.id: draw_panel(plan, panel, bad) for panel in plan.panels}
    labels = {module.id: draw_label(plan, module) for module in plan.modules}
    sheet = style()
    return {
        PAGE: write_page(plan, findings, link, panels, labels),
        "link.svg": link.render(sheet),
        **{f"panel-{key}.svg": picture.render(sheet) for key, picture in panels.items()},
        **{f"label-{key}.svg": picture.render(sheet) for key, picture in labels.items()},
    }
