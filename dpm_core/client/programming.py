"""Reading what an installer programs into a module, and its groups.

House rule: one module at a time; which values there are is said by `dpm_core.model.Program`.
Writing a program is in `program_writing.py`.

Source: qs-link.md 5, 07 to 17; docs/protocol.md, "A program, all or nothing" (ours).
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from dpm_core.errors import NoReply, NotConfirmed
from dpm_core.model import Program
from dpm_core.protocol import (
    EmergencyReport,
    GroupQuery,
    GroupReport,
    GroupSet,
    IoProgramReport,
    NameQuery,
    NameReport,
    Result,
    ResultCode,
    StatusMask,
    StatusQuery,
)
from dpm_core.protocol.extension_program_write import PROGRAM_FORMAT, program_checksum
from dpm_core.protocol.messages import (
    LoadsQuery,
    LoadsReport,
    ProgramVersionQuery,
    ProgramVersionReport,
)
from dpm_core.protocol.requests import Answered, Priority, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from dpm_core.client.asking import Asker
    from dpm_core.client.events import ClientEvent
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import FourZones, GroupNumber, SerialNumber

_READ: Final = "the question for its program"
_GROUPS: Final = "the question for its groups"

_NAMES: Final = 5
"""The module's own name and those of its four zones. Source: qs-link.md 5, NAME_SET."""

_PROGRAM_READS: Final = 3
"""How often a program is read until its parts fit together. Decided here."""

_GROUP_READS: Final = 5
"""How often the groups are read until two in a row are alike. Decided here."""

_PARTS: Final = StatusMask.EMERGENCY | StatusMask.IDENTITY | StatusMask.IO_PROGRAM


async def read_program(
    asker: Asker,
    record: ModuleRecord,
    publish: Callable[[Iterable[ClientEvent]], None],
    priority: Priority,
    give_up_at: float,
) -> Program:
    """Read what a module is programmed with, all of it.

    Its parts come one by one, so their checksum is compared with the one that the module gives
    after the last of them: what was changed in between is read again. A module that does not know
    loads has none.

    Raises:
        NotConfirmed: It was changed each time while it was read.
        LinkUnavailable, NoReply, Rejected: As for every call.
    """
    program, _version = await read_program_and_version(asker, record, publish, priority, give_up_at)
    return program


async def read_program_and_version(
    asker: Asker,
    record: ModuleRecord,
    publish: Callable[[Iterable[ClientEvent]], None],
    priority: Priority,
    give_up_at: float,
) -> tuple[Program, ProgramVersionReport | None]:
    """Read a program with its version, which is None of a module that does not know versions.

    Raises:
        NotConfirmed: It was changed each time while it was read.
        LinkUnavailable, NoReply, Rejected: As for every call.
    """
    serial = record.serial
    ask = partial(asker.ask, address=str(serial), command=_READ, give_up_at=give_up_at)
    for _ in range(_PROGRAM_READS):
        loads = await _loads(asker, serial, priority, give_up_at)
        program = await _read_once(ask, serial, loads or LoadsReport(serial), priority)
        version = None
        if loads is not None:
            (last,) = (await ask(ProgramVersionQuery(serial), priority=priority)).messages
            assert isinstance(last, ProgramVersionReport)
            version = last
        # What a newer module keeps besides is in its checksum too, and unknown here.
        if (
            version is None
            or version.format != PROGRAM_FORMAT
            or version.checksum == program_checksum(program)
        ):
            publish(record.set_program(program))
            return program, version
    raise NotConfirmed(str(serial), _READ, "parts of different programs")


async def _loads(
    asker: Asker, serial: SerialNumber, priority: Priority, give_up_at: float
) -> LoadsReport | None:
    """Return what a module keeps of its loads; None where it does not know what that is."""
    outcome = await asker.wire.ask(LoadsQuery(serial), priority, give_up_at=give_up_at)
    if isinstance(outcome, Refused) and outcome.code == ResultCode.UNKNOWN_TYPE:
        return None
    if not isinstance(outcome, Answered):
        raise asker.error_of(outcome, str(serial), _READ)
    (loads,) = outcome.messages
    assert isinstance(loads, LoadsReport)
    return loads


async def _read_once(
    ask: Callable[..., Awaitable[Answered]],
    serial: SerialNumber,
    loads: LoadsReport,
    priority: Priority,
) -> Program:
    names = []
    parts = await ask(StatusQuery(serial, _PARTS), priority=priority)
    for index in range(_NAMES):
        answer = await ask(NameQuery(serial, index), priority=priority)
        (report,) = answer.messages
        assert isinstance(report, NameReport)
        names.append(report.name)
    by_type = {type(message): message for message in parts.messages}
    emergency, io = by_type[EmergencyReport], by_type[IoProgramReport]
    assert isinstance(emergency, EmergencyReport)
    assert isinstance(io, IoProgramReport)
    name, one, two, three, four = names
    return Program(
        name=name,
        zone_names=(one, two, three, four),
        override_actions=emergency.actions,
        cco_type=io.cco_type,
        cco_pulse_s=io.pulse_s,
        cci_debounce_s=io.debounce_s,
        zone_loads=loads.zone_loads,
        cco_load=loads.cco_load,
    )


async def read_groups(
    asker: Asker, record: ModuleRecord, give_up_at: float
) -> Mapping[GroupNumber, FourZones]:
    """Read which groups a module's zones belong to.

    There is one report for each group, and a RESULT behind them where the module sends one. A
    report that is lost leaves no trace, so it is asked until two answers in a row are alike.

    Raises:
        LinkUnavailable, NoReply, Rejected: As for every call.
    """
    previous = None
    begun_at = asyncio.get_running_loop().time()
    for _ in range(_GROUP_READS):
        groups = await _read_groups_once(asker, record.serial, give_up_at)
        if groups is not None and groups == previous:
            record.groups = groups
            return groups
        previous = groups
    raise NoReply(str(record.serial), _GROUPS, asyncio.get_running_loop().time() - begun_at)


async def _read_groups_once(
    asker: Asker, serial: SerialNumber, give_up_at: float
) -> dict[GroupNumber, FourZones] | None:
    """Return the groups of one reading; None if something unreadable was among them."""
    answer = await asker.ask(
        GroupQuery(serial), str(serial), _GROUPS, give_up_at=give_up_at, priority=Priority.READ
    )
    if not any(isinstance(message, Result) for message in answer.messages):
        # Silence has ended the answer, or nobody is there: queries are answered in order, so
        # one that is answered now proves that the module has said it all.
        await asker.ask(
            StatusQuery(serial, StatusMask.ZONES),
            str(serial),
            _GROUPS,
            give_up_at=give_up_at,
            priority=Priority.READ,
        )
    if answer.was_noisy:
        return None
    return {
        message.group: message.members
        for message in answer.messages
        if isinstance(message, GroupReport)
    }


async def set_group(
    asker: Asker, record: ModuleRecord, group: GroupNumber, members: FourZones, give_up_at: float
) -> None:
    """Put zones of a module into a group, in place of those that were in it.

    Raises:
        NotConfirmed: What it reads back is another one.
        LinkUnavailable, NoReply, Rejected: As for every call.
    """
    serial = record.serial
    command = f"the program of group {int(group)}"
    record.groups = None
    await asker.ask(GroupSet(serial, group, members), str(serial), command, give_up_at=give_up_at)
    groups = await read_groups(asker, record, give_up_at)
    if groups.get(group, (False,) * 4) != members:
        raise NotConfirmed(str(serial), command, f"{groups.get(group)}")
