"""What the commands share that write programs: read what is there, say what differs, write it.

Every module is read, and every document held to the ratings, before the first module is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dpm_core.errors import Rejected
from dpm_core.model import (
    LQSE_4S8_120_D,
    MAINS_VOLTAGE_V,
    FourZones,
    GroupNumber,
    ModuleRatings,
    Program,
    SerialNumber,
)
from dpm_core.plan import REMINDERS, Change, ProgramDocument, program_changes, program_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dpm_core.cli.output import Output
    from dpm_core.client import DpmClient

_NOBODY: Final = (False, False, False, False)

LOAD_WARNINGS: Final = REMINDERS[:2]
"""What is said wherever a load is configured. Source: 3691060c, "Output Zone Ratings"."""


@dataclass(frozen=True, slots=True)
class Target:
    """A module, what its document says, and the ratings that its loads are held to."""

    serial: SerialNumber
    document: ProgramDocument
    ratings: ModuleRatings = LQSE_4S8_120_D
    voltage_v: float = MAINS_VOLTAGE_V


@dataclass(frozen=True, slots=True)
class Writing:
    """What is to be made of one module's program.

    Attributes:
        serial: The module.
        before: Its program as it is.
        groups_before: Its groups as they are.
        after: Its program as it is to be.
        groups_after: Its groups as they are to be.
        warnings: What is for the installer to judge, one sentence each.
    """

    serial: SerialNumber
    before: Program
    groups_before: Mapping[GroupNumber, FourZones]
    after: Program
    groups_after: Mapping[GroupNumber, FourZones]
    warnings: tuple[str, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs."""
        return program_changes(self.before, self.groups_before, self.after, self.groups_after)

    @property
    def configures_loads(self) -> bool:
        """Whether it says anew what the module is wired to."""
        loads = (self.after.zone_loads, self.after.cco_load)
        return self.after.has_loads and loads != (self.before.zone_loads, self.before.cco_load)

    def as_fields(self) -> dict[str, Any]:
        """Return what differs as plain values."""
        return {
            "module": str(self.serial),
            "changes": [change.as_fields() for change in self.changes],
            "warnings": list(self.warnings),
        }


async def read_writings(client: DpmClient, targets: Iterable[Target]) -> list[Writing]:
    """Read the modules' programs and say what the documents would make of them.

    Raises:
        InvalidDocument: A module's loads would be more than the specification allows.
        LinkError: A module cannot be read.
    """
    return [await read_writing(client, target) for target in targets]


async def read_writing(client: DpmClient, target: Target) -> Writing:
    """Read a module's program and say what its document would make of it.

    Raises:
        InvalidDocument: Its loads would be more than the specification allows.
        LinkError: It cannot be read.
    """
    serial, document = target.serial, target.document
    client.add_module(serial)
    program = await client.read_program(serial)
    groups = await client.read_groups(serial)
    wanted = document.applied_to(program)
    findings = document.refuse_unrated(wanted, target.ratings, target.voltage_v)
    return Writing(
        serial=serial,
        before=program,
        groups_before=groups,
        after=wanted,
        groups_after=groups if document.groups is None else document.groups,
        warnings=tuple(finding.sentence for finding in findings),
    )


def must_be_unchanged(shown: Writing, present: Writing) -> None:
    """Refuse to write what somebody else changed since it was shown.

    Raises:
        Rejected: Somebody did.
    """
    meanwhile = program_changes(
        shown.before, shown.groups_before, present.before, present.groups_before
    )
    if meanwhile:
        words = ", ".join(change.words for change in meanwhile)
        reason = f"somebody else changed {words} in the meantime; nothing was written"
        raise Rejected(str(shown.serial), "its new program", reason)


async def write(client: DpmClient, writing: Writing) -> None:
    """Write what differs; the program is written all or nothing, and then group by group.

    Raises:
        LinkError: The module could not be written, or does not read back as it was written.
    """
    if writing.after != writing.before:
        await client.write_program(writing.serial, writing.after)
    before, after = writing.groups_before, writing.groups_after
    # Groups are left before others are joined: there is room for sixteen.
    changed = dict.fromkeys(sorted(before.keys() - after.keys()), _NOBODY)
    changed |= {
        group: members
        for group, members in sorted(after.items())
        if before.get(group, _NOBODY) != members
    }
    for group, members in changed.items():
        await client.set_group(writing.serial, group, members)


def written_fields(writing: Writing) -> dict[str, Any]:
    """Return what was written, as plain values."""
    return {
        "changed": [change.words for change in writing.changes],
        **writing.as_fields(),
        "program": program_fields(writing.serial, writing.after, writing.groups_after),
    }


def say_differences(output: Output, writing: Writing, name: str = "") -> None:
    """Print what differs, one line for each field."""
    changes = writing.changes
    count = (
        f"{len(changes)} difference{'' if len(changes) == 1 else 's'}" if changes else "the same"
    )
    output.plain(f"Module {writing.serial}{f' ({name})' if name else ''}: {count}")
    for change in changes:
        output.plain(f"  {change}")


def say_warnings(output: Output, writings: Sequence[Writing]) -> None:
    """Say what is for the installer to judge, and the warnings wherever a load is configured."""
    for writing in writings:
        for sentence in writing.warnings:
            output.remark(f"warning: module {writing.serial}, {sentence}")
    if any(writing.configures_loads for writing in writings):
        for reminder in LOAD_WARNINGS:
            output.remark(reminder)
