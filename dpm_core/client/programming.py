"""Reading and writing what an installer programs into a module.

Each call works out what is different, writes only that, reads it back and compares.

House rule: one module at a time; which values there are is said by `dpm_core.model.Program`.

Source: qs-link.md 5, 07 to 17 (ours).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from dpm_core.errors import NoReply, NotConfirmed
from dpm_core.model import Program
from dpm_core.protocol import (
    EmergencyReport,
    EmergencySet,
    GroupQuery,
    GroupReport,
    GroupSet,
    IoProgramReport,
    IoProgramSet,
    NameQuery,
    NameReport,
    NameSet,
    Result,
    StatusMask,
    StatusQuery,
)
from dpm_core.protocol.requests import Priority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dpm_core.client.asking import Asker
    from dpm_core.client.events import ClientEvent
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.model import FourZones, GroupNumber, SerialNumber
    from dpm_core.protocol import ObjectMessage

_READ: Final = "the question for its program"
_WRITE: Final = "its new program"
_GROUPS: Final = "the question for its groups"

_NAMES: Final = 5
"""The module's own name and those of its four zones. Source: qs-link.md 5, NAME_SET."""

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

    Raises:
        LinkUnavailable, NoReply, Rejected: As for every call.
    """
    serial = record.serial
    names = []
    parts = await asker.ask(
        StatusQuery(serial, _PARTS), str(serial), _READ, give_up_at=give_up_at, priority=priority
    )
    for index in range(_NAMES):
        answer = await asker.ask(
            NameQuery(serial, index), str(serial), _READ, give_up_at=give_up_at, priority=priority
        )
        (report,) = answer.messages
        assert isinstance(report, NameReport)
        names.append(report.name)
    by_type = {type(message): message for message in parts.messages}
    emergency, io = by_type[EmergencyReport], by_type[IoProgramReport]
    assert isinstance(emergency, EmergencyReport)
    assert isinstance(io, IoProgramReport)
    name, one, two, three, four = names
    program = Program(
        name=name,
        zone_names=(one, two, three, four),
        override_actions=emergency.actions,
        cco_type=io.cco_type,
        cco_pulse_s=io.pulse_s,
        cci_debounce_s=io.debounce_s,
    )
    publish(record.set_program(program))
    return program


async def write_program(
    asker: Asker,
    record: ModuleRecord,
    publish: Callable[[Iterable[ClientEvent]], None],
    program: Program,
    give_up_at: float,
) -> Program:
    """Make a module's program this one; return what it reads back.

    Raises:
        NotConfirmed: What it reads back is another one.
        LinkUnavailable, NoReply, Rejected: As for every call; part of it may be written.
    """
    serial = record.serial
    present = await read_program(asker, record, publish, Priority.READ, give_up_at)
    commands = list(_differences(serial, present, program))
    for command in commands:
        await asker.ask(command, str(serial), _WRITE, give_up_at=give_up_at)
    if commands:
        present = await read_program(asker, record, publish, Priority.READ, give_up_at)
    if present != program:
        raise NotConfirmed(str(serial), _WRITE, f"{present}")
    return present


def _differences(
    serial: SerialNumber, present: Program, wanted: Program
) -> Iterator[ObjectMessage]:
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
