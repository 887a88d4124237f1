"""What each line that a program types does, and what is answered.

A line that cannot be is answered with `~ERROR` and its number.

House rule: a new command is one more row of `_WORDS`; how a line is read is in `command_line.py`,
what it does to outputs in `outputs.py`.

Source: integration-protocol.md 3, 8. Where it leaves something open, decided here: nothing of the
processor itself can be set, its clock runs in UTC, and contacts take no orders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from .command_line import CommandLine, InputError, read_line
from .database import export_date, export_time
from .faults import ProcessorFaultKind as Kind
from .monitoring import KINDS
from .outputs import Outputs
from .project import AREA_ID, CONTACT_COMPONENT
from .session import Answered, Session

if TYPE_CHECKING:
    from .processor import SimulatedProcessor

_ON: Final = 1
_OFF: Final = 2
_CONTACT: Final = 35
_EXPORT: Final = 10
_BY_SERIAL: Final = 1
_BY_ID: Final = 3
_GROUP_STATE: Final = 3
_UNKNOWN_OCCUPANCY: Final = 255

_Lines = list[str]
_Done = _Lines | InputError | None


class Desk:
    """Takes the lines of every session.

    Args:
        processor: Whose.
    """

    def __init__(self, processor: SimulatedProcessor) -> None:
        self._processor = processor
        self.outputs: Final = Outputs(processor)

    def forget(self) -> None:
        """Let every delayed command be lost."""
        self.outputs.forget()

    def handle(self, session: Session, text: str | None, answered: Answered) -> None:
        """Do what a line says; `answered` is called with the answer's lines, now or later."""
        word = "" if text is None else text.strip().upper()
        if text is None:
            answered(InputError.UNSUPPORTED.lines)
        elif word == "LOGOUT":
            session.end()
        elif not word:
            answered([])
        else:
            line = read_line(text)
            done = line if isinstance(line, InputError) else self._do(session, line, answered)
            if done is not None:
                answered(done.lines if isinstance(done, InputError) else done)

    def _do(self, session: Session, line: CommandLine, answered: Answered) -> _Done:
        row = _WORDS.get(line.word)
        return InputError.UNSUPPORTED if row is None else row(self, session, line, answered)

    # --- objects of the project ----------------------------------------------------------------

    def output(self, session: Session, line: CommandLine, answered: Answered) -> _Done:
        """Take `#OUTPUT` and `?OUTPUT`."""
        return self.outputs.output(session, line, answered)

    def area(self, session: Session, line: CommandLine, answered: Answered) -> _Done:
        """Take `#AREA` and `?AREA`."""
        return self.outputs.area(session, line, answered)

    def device(self, _session: Session, line: CommandLine, answered: Answered) -> _Done:
        """Take `#DEVICE` and `?DEVICE`: wallstations, and the contacts that tell of overrides."""
        numbers = line.numbers(3)
        if isinstance(numbers, InputError):
            return numbers
        device, component, action = numbers
        processor = self._processor
        if wallstation := processor.project.wallstation(device):
            return processor.wallstations.command(wallstation, line)
        module = processor.project.contact(device)
        if module is None or component != CONTACT_COMPONENT:
            return InputError.NO_OBJECT
        if not line.is_query or action != _CONTACT:
            return InputError.NO_ACTION
        if len(line.fields) != 3:
            return InputError.COUNT
        if Kind.SILENT_BUS in processor.faults:
            return []

        def told() -> None:
            answered([processor.reports.contact_answer(module, processor.record[module.serial])])

        self.outputs.after([module.serial], told)
        return None

    def group(self, _session: Session, line: CommandLine, _answered: Answered) -> _Done:
        """Take `?GROUP`: nobody looks whether the area is occupied."""
        numbers = line.numbers(2)
        if isinstance(numbers, InputError):
            return numbers
        if numbers[0] != AREA_ID:
            return InputError.NO_OBJECT
        if not line.is_query or numbers[1] != _GROUP_STATE:
            return InputError.NO_ACTION
        return [f"~GROUP,{AREA_ID},{_GROUP_STATE},{_UNKNOWN_OCCUPANCY}"]

    def nothing(self, _session: Session, line: CommandLine, _answered: Answered) -> _Done:
        """Take a command for objects of which the project has none."""
        numbers = line.numbers(1)
        return numbers if isinstance(numbers, InputError) else InputError.NO_OBJECT

    # --- the session and the processor itself --------------------------------------------------

    def monitoring(self, session: Session, line: CommandLine, _answered: Answered) -> _Done:
        """Take `#MONITORING` and `?MONITORING`."""
        count = 1 if line.is_query else 2
        numbers = line.numbers(count)
        if isinstance(numbers, InputError):
            return numbers
        if len(line.fields) != count:
            return InputError.COUNT
        kind = numbers[0]
        if kind not in KINDS:
            return InputError.RANGE
        if line.is_query:
            return [f"~MONITORING,{kind},{_ON if session.monitoring.is_on(kind) else _OFF}"]
        if numbers[1] not in (_ON, _OFF):
            return InputError.RANGE
        session.monitoring.set(kind, is_on=numbers[1] == _ON)
        return [f"~MONITORING,{kind},{numbers[1]}"]

    def system(self, _session: Session, line: CommandLine, _answered: Answered) -> _Done:
        """Take `?SYSTEM`."""
        numbers = line.numbers(1)
        if isinstance(numbers, InputError):
            return numbers
        if not line.is_query:
            return InputError.NO_ACTION
        if len(line.fields) != 1:
            return InputError.COUNT
        project = self._processor.project
        if numbers[0] == _EXPORT:
            ten = f"{_EXPORT}," if Kind.SYSTEM_LONG in self._processor.faults else ""
            return [f"~SYSTEM,{ten}{export_date(project)},{export_time(project)}"]
        now = datetime.now(UTC)
        answers = {
            1: f"~SYSTEM,1,{now:%H:%M:%S}",
            2: f"~SYSTEM,2,{now:%m/%d/%Y}",
            4: "~SYSTEM,4,0.00,0.00",
            5: "~SYSTEM,5,0,0",
            6: "~SYSTEM,6,18:00:00",
            7: "~SYSTEM,7,06:00:00",
            8: f"OS Firmware Revision = {project.software} (simulated)",
        }
        answer = answers.get(numbers[0])
        return InputError.NO_ACTION if answer is None else [answer]

    def integration_id(self, _session: Session, line: CommandLine, _answered: Answered) -> _Done:
        """Take `?INTEGRATIONID`: what an id stands for. The project knows no serial numbers."""
        numbers = line.numbers(1)
        if isinstance(numbers, InputError):
            return numbers
        if not line.is_query or numbers[0] not in (_BY_SERIAL, _BY_ID):
            return InputError.NO_ACTION
        if len(line.fields) > 2:
            return InputError.COUNT
        if numbers[0] == _BY_SERIAL:
            return InputError.NO_OBJECT
        ids = self._ids()
        if len(line.fields) == 1:
            return list(ids.values())
        numbers = line.numbers(2)
        if isinstance(numbers, InputError):
            return numbers
        return [ids[numbers[1]]] if numbers[1] in ids else InputError.NO_OBJECT

    def _ids(self) -> Mapping[int, str]:
        project = self._processor.project
        lines = {AREA_ID: f"~INTEGRATIONID,3,{AREA_ID},AREA"}
        for module in project.modules:
            for output in module.outputs:
                lines[output] = f"~INTEGRATIONID,3,{output},OUTPUT"
            if project.has_contacts:
                lines[module.contact] = f"~INTEGRATIONID,3,{module.contact},DEVICE,00000000"
        for wallstation in project.wallstations:
            number = wallstation.device
            lines[number] = f"~INTEGRATIONID,3,{number},DEVICE,00000000"
        return lines

    def reset(self, _session: Session, line: CommandLine, _answered: Answered) -> _Done:
        """Take `#RESET,0`: the processor starts again, every session is closed."""
        numbers = line.numbers(1)
        if isinstance(numbers, InputError):
            return numbers
        if line.is_query or numbers != [0]:
            return InputError.NO_ACTION
        self._processor.restart()
        return []

    def help(self, _session: Session, _line: CommandLine, _answered: Answered) -> _Done:
        """Take `?HELP`: the words that there are; only the first line has its word in front."""
        first, *rest = sorted(_WORDS)
        return [f"~HELP,{first}", *rest]


_Row = Callable[[Desk, Session, CommandLine, Answered], _Done]

_WORDS: Final[dict[str, _Row]] = {
    "OUTPUT": Desk.output,
    "AREA": Desk.area,
    "DEVICE": Desk.device,
    "GROUP": Desk.group,
    "HVAC": Desk.nothing,
    "SHADEGRP": Desk.nothing,
    "SYSVAR": Desk.nothing,
    "TIMECLOCK": Desk.nothing,
    "MONITORING": Desk.monitoring,
    "SYSTEM": Desk.system,
    "INTEGRATIONID": Desk.integration_id,
    "RESET": Desk.reset,
    "HELP": Desk.help,
}
