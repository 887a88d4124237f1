"""Writing a module's program: all of it or nothing, and read back.

A module that knows stages gets the whole program at one commit. One that does not gets what is
different part by part, as the first modules did; loads it cannot keep.

House rule: one module at a time; which values there are is said by `dpm_core.model.Program`.

Source: qs-link.md 5, 07 to 12; docs/protocol.md, "A program, all or nothing" (ours).
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from dpm_core.client.asking import limit_at
from dpm_core.client.programming import read_program, read_program_and_version
from dpm_core.errors import LinkError, LinkUnavailable, LoadsNotKept, NotConfirmed, Rejected
from dpm_core.protocol import EmergencySet, IoProgramSet, NameSet, ResultCode
from dpm_core.protocol.extension_program_write import (
    PROGRAM_FORMAT,
    STAGE_MAX,
    Staged,
    program_checksum,
)
from dpm_core.protocol.messages import (
    LoadsSet,
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    ProgramVersionReport,
)
from dpm_core.protocol.requests import Answered, Priority, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dpm_core.client.asking import Asker
    from dpm_core.client.events import ClientEvent
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import Program, SerialNumber

_WRITE: Final = "its new program"

_ABORT_LIMIT_S: Final = 1.0
"""How long a writer that has failed waits for its stage to be dropped; without it the module drops
it by itself. Decided here."""


async def write_program(
    asker: Asker,
    record: ModuleRecord,
    publish: Callable[[Iterable[ClientEvent]], None],
    program: Program,
    give_up_at: float,
) -> Program:
    """Make a module's program this one, all of it or nothing; return what it reads back.

    Only a module that does not know stages may be left with a part of it by an error.

    Raises:
        LoadsNotKept: The module does not know loads, and the program has some; nothing was written.
        NotConfirmed: What it reads back is another one.
        LinkUnavailable, NoReply, Rejected: As for every call.
    """
    serial = record.serial
    present, version = await read_program_and_version(
        asker, record, publish, Priority.READ, give_up_at
    )
    if version is None and program.has_loads:
        raise LoadsNotKept(str(serial), _WRITE)
    commands = list(_differences(serial, present, program))
    if not commands:
        return present
    if version is None:
        for command in commands:
            await asker.ask(command, str(serial), _WRITE, give_up_at=give_up_at)
    else:
        await _write_all(asker, version, commands, program, give_up_at)
    present = await read_program(asker, record, publish, Priority.READ, give_up_at)
    if present != program:
        raise NotConfirmed(str(serial), _WRITE, f"{present}")
    return present


async def _write_all(
    asker: Asker,
    version: ProgramVersionReport,
    commands: list[Staged],
    program: Program,
    give_up_at: float,
) -> None:
    serial = version.serial
    address = str(serial)
    if version.format != PROGRAM_FORMAT:
        raise Rejected(
            address,
            _WRITE,
            f"its program is of format {version.format} and this library knows format "
            f"{PROGRAM_FORMAT}; update the library",
        )
    # Any number will do: the checksum tells another writer's stage from ours.
    stage = secrets.randbelow(STAGE_MAX) + 1
    try:
        await asker.ask(ProgramBegin(serial, stage), address, _WRITE, give_up_at=give_up_at)
        for command in commands:
            staged = ProgramStage(serial, stage, command)
            await asker.ask(staged, address, _WRITE, give_up_at=give_up_at)
        await _commit(
            asker,
            ProgramCommit(serial, stage, version.revision, program_checksum(program)),
            give_up_at,
        )
    except LinkUnavailable:
        raise
    except LinkError:
        with suppress(LinkError):
            abort = ProgramAbort(serial, stage)
            await asker.ask(abort, address, _WRITE, give_up_at=limit_at(_ABORT_LIMIT_S))
        raise


async def _commit(asker: Asker, commit: ProgramCommit, give_up_at: float) -> None:
    outcome = await asker.wire.ask(commit, give_up_at=give_up_at)
    if isinstance(outcome, Answered):
        return
    if isinstance(outcome, Refused) and outcome.code == ResultCode.BAD_VALUE:
        raise Rejected(
            str(commit.serial),
            _WRITE,
            "somebody else programmed it in the meantime, or it was left alone for too long; "
            "nothing was changed, so read its program and try again",
        )
    raise asker.error_of(outcome, str(commit.serial), _WRITE)


def _differences(serial: SerialNumber, present: Program, wanted: Program) -> Iterator[Staged]:
    """Yield what makes one program of the other."""
    pairs = zip((present.name, *present.zone_names), (wanted.name, *wanted.zone_names), strict=True)
    for index, (is_now, shall_be) in enumerate(pairs):
        if is_now != shall_be:
            yield NameSet(serial, index, shall_be)
    if present.override_actions != wanted.override_actions:
        yield EmergencySet(serial, wanted.override_actions)
    is_now_io = (present.cco_type, present.cco_pulse_s, present.cci_debounce_s)
    shall_be_io = (wanted.cco_type, wanted.cco_pulse_s, wanted.cci_debounce_s)
    if is_now_io != shall_be_io:
        yield IoProgramSet(serial, *shall_be_io)
    is_now_wired = (present.zone_loads, present.cco_load)
    shall_be_wired = (wanted.zone_loads, wanted.cco_load)
    if is_now_wired != shall_be_wired:
        yield LoadsSet(serial, *shall_be_wired)
