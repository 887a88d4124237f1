"""`dpm plan`: a site on paper, checked against the specification."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from dpm_core.cli.options import given_options, only_options
from dpm_core.cli.output import Output

VIOLATIONS: Final = 1
"""Exit status of a check that found errors, whether or not it found warnings too."""

_FILE: Final = click.argument(
    "file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True)
)


@click.group("plan")
def command() -> None:
    """Check a planned site: loads, feeds, link, panels.

    A plan is a YAML document; docs/plan.md explains every field of it. FILE may be -, which is
    standard input. Nothing is sent to any link.
    """


@command.command(
    "check",
    epilog="Exit status: 0 nothing is against the specification (there may be warnings), 1 "
    "something is, 2 FILE is no plan.",
)
@_FILE
@only_options("json")
@click.pass_context
def check(ctx: click.Context, file: Path) -> None:
    """Say everything that the specification has against the plan in FILE.

    An error breaks the specification; a warning is for the installer to judge. Each names the
    item, the figure, the limit and the heading of the specification that it comes from.
    """
    from dpm_core.cli.plan_file import read_plan_file
    from dpm_core.cli.plan_report import check_fields, check_report
    from dpm_core.plan import check_plan

    output = Output(is_json=given_options().json)
    plan = read_plan_file(file)
    findings = check_plan(plan)
    if output.is_json:
        output.object(check_fields(plan, findings))
    else:
        output.print(*check_report(plan, findings))
    if any(finding.is_error for finding in findings):
        ctx.exit(VIOLATIONS)
