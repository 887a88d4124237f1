"""`dpm plan apply`: the planned programs, written into the modules that are found on a link.

What differs is shown before anything is written, and the link is closed while somebody thinks.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import click

from dpm_core.cli.exits import ExitStatus, kind_of, status_of
from dpm_core.cli.link import must_send, run_on_link
from dpm_core.cli.output import Output
from dpm_core.cli.program_writing import (
    Target,
    Writing,
    must_be_unchanged,
    read_writing,
    say_differences,
    say_warnings,
    write,
)
from dpm_core.errors import DpmError, LinkError, LinkUnavailable
from dpm_core.plan import check_plan, whole_document

if TYPE_CHECKING:
    from dpm_core.cli.options import LinkOptions
    from dpm_core.client import DpmClient
    from dpm_core.model import SerialNumber
    from dpm_core.plan import ModulePlan, Plan

COMMAND: Final = "dpm plan apply"

VIOLATIONS: Final = 1
"""Exit status where the plan breaks the specification, and nothing was sent."""

DIFFERENT: Final = 1
"""Exit status where the difference was shown and not written."""


@dataclass(slots=True)
class Found:
    """What was found of a plan on a link, and what became of it.

    Attributes:
        missing: Planned modules that nobody found.
        unplanned: Modules that were found and are not in the plan.
        read: What is to be made of the modules that were found.
        failed: Why a module could not be read or written.
        written: The modules that were written.
    """

    missing: list[SerialNumber] = field(default_factory=list)
    unplanned: list[SerialNumber] = field(default_factory=list)
    read: dict[SerialNumber, Writing] = field(default_factory=dict)
    failed: dict[SerialNumber, DpmError] = field(default_factory=dict)
    written: set[SerialNumber] = field(default_factory=set)

    @property
    def to_write(self) -> list[Writing]:
        """The modules whose program differs."""
        return [writing for writing in self.read.values() if writing.changes]


def apply_plan(plan: Plan, options: LinkOptions, *, asks: bool, writes: bool) -> int | None:
    """Program the modules of a plan that are found on a link; return the exit status.

    Args:
        plan: The plan.
        options: Which link, and what may be sent on it.
        asks: Whether somebody is asked before anything is written.
        writes: Whether anything is written at all.

    Raises:
        DpmError: The link is not there, or must not be used so.
    """
    output = Output(is_json=options.json)
    if asks and (output.is_json or not sys.stdin.isatty()):
        raise click.UsageError(
            "nobody is there to ask: --yes writes without asking, --dry-run writes nothing"
        )
    errors = [finding for finding in check_plan(plan) if finding.is_error]
    if errors:
        what = f"{len(errors)} error{'' if len(errors) == 1 else 's'}"
        words = f"{plan.file} has {what} against the specification, so nothing was sent"
        output.remark(f"{words}: dpm plan check {plan.file} says what")
        if output.is_json:
            output.object({"ok": False, "errors": len(errors), "error": words})
        return VIOLATIONS
    must_send(options, COMMAND, extension=True)
    planned = {module.serial: module for module in plan.modules if module.serial is not None}
    targets = {serial: planned_target(plan, serial, module) for serial, module in planned.items()}
    found = Found()

    async def look(client: DpmClient) -> None:
        await look_for(client, targets, found)

    run_on_link(look, options, output, command=COMMAND)
    say_warnings(output, list(found.read.values()))
    if not output.is_json:
        _say_found(output, plan, planned, found)
    agreed = writes and bool(found.to_write)
    if agreed and asks:
        count = len(found.to_write)
        question = f"Write {'this program' if count == 1 else f'these {count} programs'}?"
        agreed = click.confirm(question, err=True)
    if agreed:

        async def put(client: DpmClient) -> None:
            await program_found(client, targets, found)

        run_on_link(put, options, output, command=COMMAND)
    if output.is_json:
        output.object(_fields(plan, planned, found))
    else:
        _say_outcome(output, planned, found, was_agreed=agreed)
    return _status(plan, found)


def planned_target(plan: Plan, serial: SerialNumber, module: ModulePlan) -> Target:
    """Return what a module is to be programmed with, and the ratings that hold for it."""
    document = whole_document(serial, module.program, dict(module.groups), plan.file)
    return Target(serial, document, module.ratings, plan.volts_of(module))


async def look_for(client: DpmClient, targets: Mapping[SerialNumber, Target], found: Found) -> None:
    """Find the planned modules, and say what each would be made of.

    Raises:
        LinkUnavailable: The link is gone.
    """
    serials = {module.serial for module in await client.discover()}
    found.missing.extend(serial for serial in targets if serial not in serials)
    found.unplanned.extend(sorted(serials - targets.keys()))
    for serial, target in targets.items():
        if serial in serials:
            try:
                found.read[serial] = await read_writing(client, target)
            except LinkUnavailable:
                raise
            except LinkError as error:
                found.failed[serial] = error


async def program_found(
    client: DpmClient, targets: Mapping[SerialNumber, Target], found: Found
) -> None:
    """Write what differs, module by module; one that fails does not keep the others waiting."""
    for shown in found.to_write:
        serial = shown.serial
        try:
            present = await read_writing(client, targets[serial])
            must_be_unchanged(shown, present)
            await write(client, present)
            found.written.add(serial)
        except LinkError as error:
            # Where the link is gone each that follows says so too, and none is left unsaid.
            found.failed[serial] = error


# --- what is said ------------------------------------------------------------------------------


def _say_found(
    output: Output, plan: Plan, planned: Mapping[SerialNumber, ModulePlan], found: Found
) -> None:
    for serial, module in planned.items():
        if serial in found.read:
            say_differences(output, found.read[serial], module.id)
        elif serial in found.failed:
            output.plain(f"Module {serial} ({module.id}): {found.failed[serial]}")
        else:
            output.plain(f"Module {serial} ({module.id}): not found on the link")
    for module in _without_serial(plan):
        output.plain(f"Module {module.id}: the plan has no serial number for it")
    for serial in found.unplanned:
        output.plain(f"Module {serial}: on the link, and not in the plan")


def _say_outcome(
    output: Output,
    planned: Mapping[SerialNumber, ModulePlan],
    found: Found,
    *,
    was_agreed: bool,
) -> None:
    if not was_agreed:
        output.plain("Nothing was written." if found.to_write else "Nothing is to be written.")
        return
    for writing in found.to_write:
        serial = writing.serial
        what = "written" if serial in found.written else str(found.failed[serial])
        output.plain(f"Module {serial} ({planned[serial].id}): {what}")


def _without_serial(plan: Plan) -> list[ModulePlan]:
    return [module for module in plan.modules if module.serial is None]


def _fields(plan: Plan, planned: Mapping[SerialNumber, ModulePlan], found: Found) -> dict[str, Any]:
    modules = []
    for serial, module in planned.items():
        writing, error = found.read.get(serial), found.failed.get(serial)
        changes = [] if writing is None else [change.as_fields() for change in writing.changes]
        modules.append(
            {
                "id": module.id,
                "serial": str(serial),
                "state": _state(serial, found),
                "changes": changes,
                "warnings": [] if writing is None else list(writing.warnings),
                "kind": None if error is None else kind_of(error),
                "error": None if error is None else str(error),
            }
        )
    modules += [
        {
            "id": module.id,
            "serial": None,
            "state": "no serial number",
            "changes": [],
            "warnings": [],
            "kind": None,
            "error": None,
        }
        for module in _without_serial(plan)
    ]
    status = _status(plan, found)
    return {
        "ok": status is None,
        "modules": modules,
        "unplanned": [str(serial) for serial in found.unplanned],
    }


def _state(serial: SerialNumber, found: Found) -> str:
    if serial in found.failed:
        return "failed"
    if serial in found.missing:
        return "missing"
    if serial in found.written:
        return "written"
    return "different" if found.read[serial].changes else "the same"


def _status(plan: Plan, found: Found) -> int | None:
    """Return the first failure's status; what is missing comes after it, then what differs."""
    if found.failed:
        return status_of(next(iter(found.failed.values())))
    if found.missing or _without_serial(plan):
        return ExitStatus.NO_REPLY
    is_written = all(writing.serial in found.written for writing in found.to_write)
    return None if is_written else DIFFERENT
