"""Class 7D: writing a module's program all or nothing. All of it is ours.

The writer begins a stage, puts commands into it, and commits it::

    PROGRAM_BEGIN   stage 07                       RESULT
    PROGRAM_STAGE   stage 07, NAME_SET ...         RESULT   nothing has changed yet
    PROGRAM_STAGE   stage 07, LOADS_SET ...        RESULT
    PROGRAM_COMMIT  stage 07, revision, checksum   RESULT   all of it is written, or nothing

A stage is kept in the module's working memory. It is gone with the power, when another begins,
when it is aborted, and when nothing was said of it for 10 s; what then still comes for it is
refused. The commit names the revision of the program that the writer read, and the checksum of
the one that it wants: another writer in between, or a lost part, is refused as well.

House rule: one class a message, laid out as in the table of docs/protocol.md.

Source: decided here (requirement F1): qs-link.md 5 asks for "a version and a commit".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self, TypeAlias

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import Program
from dpm_core.model.power import PROGRAM_REVISION_MAX

from .crc import crc16
from .extension import (
    CLASS_EXTENSION,
    GUARD,
    ExtensionType,
    command_row,
    report_row,
)
from .extension_fields import (
    actions_to_octets,
    check_guard,
    debounce_octets,
    name_octets,
    pulse_octets,
)
from .extension_loads import LoadsSet, loads_octets
from .extension_programming import EmergencySet, IoProgramSet, NameSet
from .message import (
    MessageRow,
    ModuleCommand,
    ModuleReport,
    ObjectStart,
    check_field,
    one_module,
)

__all__ = [
    "PROGRAM_FORMAT",
    "STAGE_MAX",
    "ProgramAbort",
    "ProgramBegin",
    "ProgramCommit",
    "ProgramStage",
    "ProgramVersionQuery",
    "ProgramVersionReport",
    "Staged",
    "program_checksum",
]

PROGRAM_FORMAT: Final = 2
"""Version of what a program holds: 2 has loads. A module that does not know these messages has
version 1. Decided here."""

STAGE_MAX: Final = 0xFF
"""Highest number of a stage; 0 is none. Decided here: one octet."""

Staged: TypeAlias = NameSet | EmergencySet | IoProgramSet | LoadsSet
"""What may be put into a stage."""

_START_OCTETS: Final = 8
_STAGED: Final[dict[int, type[Staged]]] = {
    kind.ROW.message_types[0]: kind for kind in (EmergencySet, IoProgramSet, NameSet, LoadsSet)
}


def program_checksum(program: Program) -> int:
    """Return the CRC of a whole program: 0 to 0xFFFF.

    Over the five names, the override actions, what CCO and CCI are programmed for, and the
    loads, each as its own message carries it and in this order.

    Source: decided here; the CRC is that of qs-link.md 2.8.
    """
    names = (program.name, *program.zone_names)
    return crc16(
        b"".join(name_octets(name) for name in names)
        + actions_to_octets(program.override_actions)
        + bytes((program.cco_type.value,))
        + pulse_octets(program.cco_pulse_s)
        + debounce_octets(program.cci_debounce_s)
        + loads_octets(program.zone_loads, program.cco_load)
    )


def _check_stage(stage: int) -> None:
    if not 1 <= stage <= STAGE_MAX:
        raise UnsupportedSetting("stage", stage, f"1 to {STAGE_MAX}")


@dataclass(frozen=True, slots=True)
class ProgramVersionQuery(ModuleCommand):
    """Ask which revision of its program a module has. Answered by PROGRAM_VERSION_REPORT.

    Attributes:
        serial: The module.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.PROGRAM_VERSION_QUERY, 0x08, "none; answered by PROGRAM_VERSION_REPORT"
    )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Ask module {self.serial} for the version of its program."


@dataclass(frozen=True, slots=True)
class ProgramVersionReport(ModuleReport):
    """Which revision of its program a module has. The answer to PROGRAM_VERSION_QUERY.

    Attributes:
        serial: The module.
        format: Version of what its program holds: 2 has loads.
        revision: How often its program was changed, up to 65535 and then from 1 again.
        checksum: CRC of its program, `program_checksum`.
        stage: The stage that is open; 0 for none.

    Raises:
        UnsupportedSetting: A value does not fit its field.
    """

    ROW: ClassVar[MessageRow] = report_row(
        ExtensionType.PROGRAM_VERSION_REPORT,
        0x0E,
        "format 02, revision of the program (2), its checksum (2), open stage (00 none)",
    )

    format: int
    revision: int
    checksum: int
    stage: int = 0

    def __post_init__(self) -> None:
        check_field("format", self.format, 1)
        check_field("revision", self.revision, 2)
        check_field("checksum", self.checksum, 2)
        check_field("stage", self.stage, 1)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return (
            bytes((self.format,))
            + self.revision.to_bytes(2)
            + self.checksum.to_bytes(2)
            + bytes((self.stage,))
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        return cls(
            one_module(start),
            data[0],
            int.from_bytes(data[1:3]),
            int.from_bytes(data[3:5]),
            data[5],
        )

    def words(self) -> str:
        """Say it in one line of plain words."""
        stage = f", stage {self.stage} is open" if self.stage else ""
        return (
            f"Module {self.serial}: program of format {self.format}, revision {self.revision}, "
            f"checksum {self.checksum:04X}{stage}."
        )


@dataclass(frozen=True, slots=True)
class ProgramBegin(ModuleCommand):
    """Begin to write a program: a stage that holds the present one. Answered by RESULT.

    A stage that was open is dropped, whoever began it.

    Attributes:
        serial: The module.
        stage: Its number, 1 to 255, which the writer chooses.

    Raises:
        UnsupportedSetting: The number is none of those.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.PROGRAM_BEGIN, 0x0A, "stage 01-FF, A5 guard"
    )

    stage: int

    def __post_init__(self) -> None:
        _check_stage(self.stage)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.stage, GUARD))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        check_guard(start.data[1])
        return cls(one_module(start), start.data[0])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Begin stage {self.stage} of a new program in module {self.serial}."


@dataclass(frozen=True, slots=True)
class ProgramStage(ModuleCommand):
    """Put one command into a stage; nothing changes before the commit. Answered by RESULT.

    Attributes:
        serial: The module.
        stage: The stage's number, 1 to 255.
        command: NAME_SET, EMERGENCY_SET, IO_PROGRAM_SET or LOADS_SET to the same module.

    Raises:
        UnsupportedSetting: The number is none of those, or the command is for another module.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.PROGRAM_STAGE,
        tuple(kind.ROW.formats[0] + 2 for kind in _STAGED.values()),
        "53 octets: stage 01-FF; type and data of an EMERGENCY_SET, IO_PROGRAM_SET, NAME_SET or "
        "LOADS_SET, with its guard",
    )

    stage: int
    command: Staged

    def __post_init__(self) -> None:
        _check_stage(self.stage)
        if self.command.serial != self.serial:
            raise UnsupportedSetting("staged command", self.command.serial, "for the same module")

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.stage, self.command.ROW.message_types[0])) + self.command.data()

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        serial, data = one_module(start), start.data
        kind = _STAGED.get(data[1])
        if kind is None or _START_OCTETS + len(data) - 2 != kind.ROW.formats[0]:
            allowed = ", ".join(f"{number:02X}" for number in _STAGED)
            raise UnsupportedSetting("staged type", data[1], f"{allowed}, whole")
        staged = ObjectStart(serial, CLASS_EXTENSION, data[1], data[2:])
        return cls(serial, data[0], kind.from_start(staged))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Put into stage {self.stage}: {self.command.words()}"


@dataclass(frozen=True, slots=True)
class ProgramCommit(ModuleCommand):
    """Write what is staged, all of it or nothing. Answered by RESULT, when it is durable.

    Attributes:
        serial: The module.
        stage: The stage's number, 1 to 255.
        revision: Of the program that the writer read.
        checksum: Of the program that it wants, `program_checksum`.

    Raises:
        UnsupportedSetting: A value does not fit its field.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.PROGRAM_COMMIT,
        0x0E,
        "stage 01-FF, revision that is replaced (2), checksum of the new program (2), A5 guard. "
        "Another revision or checksum, or a stage that is gone, gets RESULT 02",
    )

    stage: int
    revision: int
    checksum: int

    def __post_init__(self) -> None:
        _check_stage(self.stage)
        if not 0 <= self.revision <= PROGRAM_REVISION_MAX:
            raise UnsupportedSetting("revision", self.revision, f"0 to {PROGRAM_REVISION_MAX}")
        check_field("checksum", self.checksum, 2)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return (
            bytes((self.stage,))
            + self.revision.to_bytes(2)
            + self.checksum.to_bytes(2)
            + bytes((GUARD,))
        )

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        data = start.data
        check_guard(data[5])
        return cls(one_module(start), data[0], int.from_bytes(data[1:3]), int.from_bytes(data[3:5]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return (
            f"Write stage {self.stage} as the program of module {self.serial}: in place of "
            f"revision {self.revision}, checksum {self.checksum:04X}."
        )


@dataclass(frozen=True, slots=True)
class ProgramAbort(ModuleCommand):
    """Drop what is staged; the program stays what it is. Answered by RESULT 00, even if gone.

    Attributes:
        serial: The module.
        stage: The stage's number, 1 to 255.

    Raises:
        UnsupportedSetting: The number is none of those.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.PROGRAM_ABORT, 0x0A, "stage 01-FF, A5 guard"
    )

    stage: int

    def __post_init__(self) -> None:
        _check_stage(self.stage)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.stage, GUARD))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        check_guard(start.data[1])
        return cls(one_module(start), start.data[0])

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Drop stage {self.stage} in module {self.serial}."
