"""`dpm plan`: a site on paper, checked against the specification, drawn and simulated."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from dpm_core.cli.options import given_options, link_options, only_options
from dpm_core.cli.output import Output
from dpm_core.cli.simulate import LISTEN_HELP

VIOLATIONS: Final = 1
"""Exit status of a check that found errors, whether or not it found warnings too."""

_FILE: Final = click.argument(
    "file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True)
)


@click.group("plan")
def command() -> None:
    """Check, draw, simulate and apply a planned site: loads, feeds, link, panels.

    A plan is a YAML document; docs/plan.md explains every field of it. FILE may be -, which is
    standard input. Only apply sends anything to a real link.
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
    from dpm_core.cli.documents import read_plan_file
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


@command.command("draw")
@_FILE
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the pictures go; made if it is not there. Files of the same name are replaced.",
)
@only_options("json")
def draw(file: Path, out: Path) -> None:
    """Draw the panels and the link of the plan in FILE, and a label sheet for each module.

    Open index.html of the directory in a browser; print it to get the label sheets. What the
    check finds is on the page, and a module with an error is framed.
    """
    from dpm_core.cli.documents import read_plan_file, write_files
    from dpm_core.plan import PAGE, check_plan, draw_plan

    output = Output(is_json=given_options().json)
    plan = read_plan_file(file)
    findings = check_plan(plan)
    pictures = draw_plan(plan, findings)
    write_files(out, pictures)
    errors = sum(finding.is_error for finding in findings)
    if output.is_json:
        output.answer({"directory": str(out), "files": sorted(pictures), "errors": errors})
        return
    output.plain(f"{len(pictures)} files in {out}; open {out / PAGE} in a browser")
    if errors:
        output.remark(f"{errors} against the specification: dpm plan check {file} says what")


@command.command("simulate")
@_FILE
@click.option("--listen", multiple=True, metavar="WHERE", help=LISTEN_HELP)
@click.option(
    "--control",
    metavar="SOCKET",
    type=click.Path(path_type=Path),
    help="Unix socket on which the modules' fronts and mains are at hand (see: dpm control).",
)
@click.option(
    "--state",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the modules' memory, which is programmed as planned; without it they "
    "forget when the simulator ends.",
)
@click.option(
    "--pace",
    is_flag=True,
    help="Let octets take their time on the wire, as the baud rate says.",
)
@only_options("json", "baud", "verbose")
def simulate(
    file: Path, listen: tuple[str, ...], control: Path | None, state: Path | None, pace: bool
) -> None:
    """Simulate the link of the plan in FILE, programmed as planned.

    Names, loads, override actions, CCO, debounce and groups are in the modules when they start.
    Wallstations are on the link with their buttons and LEDs, and emergency contacts are wired to
    the CCIs: dpm control presses and opens them. A module or a wallstation without a serial number
    gets one, which is printed. It runs until Ctrl-C.
    """
    from dpm_core.cli.documents import read_plan_file
    from dpm_core.cli.plan_simulate import simulate_plan

    simulate_plan(read_plan_file(file), given_options(), listen, control, state, is_paced=pace)


@command.command(
    "apply",
    epilog="Exit status: 0 every planned module is programmed as planned, 1 the plan breaks the "
    "specification or the difference was not written, 2 FILE is no plan, 4 a planned module was "
    "not found or has no serial number, else that of the first module that failed.",
)
@_FILE
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show the difference, and write nothing.")
@link_options
@click.pass_context
def apply(ctx: click.Context, file: Path, yes: bool, dry_run: bool) -> None:
    """Program the modules of the plan in FILE that are found on the link, as planned.

    The difference is shown first, field by field, with what the plan has and the link has not,
    and the reverse; then you are asked. Each module is written all or nothing, and one that
    refuses or is gone does not keep the others waiting. Modules go by their serial numbers; a
    plan that breaks the specification is not applied.
    """
    from dpm_core.cli.documents import read_plan_file
    from dpm_core.cli.plan_apply import apply_plan

    if yes and dry_run:
        raise click.UsageError("--yes or --dry-run, not both")
    plan = read_plan_file(file)
    status = apply_plan(plan, given_options(), asks=not (yes or dry_run), writes=not dry_run)
    if status is not None:
        ctx.exit(status)
