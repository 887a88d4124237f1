"""What a program can do to outputs: set, pulse and ask for their levels, one by one or by area.

A command is answered by the report of what it brought, when the module shows it, to every session
that hears levels; a query by a line to its session alone, after everything that came before it
has shown.

House rule: what a module does is the module's business; here an id becomes a zone or a CCO.

Source: integration-protocol.md 3.1, 3.4. Where it leaves something open, decided here:

* a level above 0 turns a relay zone on and reads 100; raise turns it on, lower off, stop and flash
  do nothing; a fade only holds the place before a delay; a newer command to an output ends the
  delay of an older one;
* a level above 0 to a pulsed CCO pulses it for 1 s, 0 ends a pulse; a pulse works on either kind;
* a command to a module in manual override, or without power, is taken and changes nothing;
* AREA commands reach the zones of the area, not the CCOs; a query tells both; no area is occupied.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from dpm_core.model import (
    CCO_PULSE_MAX_S,
    CCO_PULSE_MIN_S,
    ZONES,
    Cause,
    CcoAction,
    SerialNumber,
    Transition,
)

from .command_line import CommandLine, InputError, read_level, read_seconds
from .faults import ProcessorFaultKind as Kind
from .project import AREA_ID, ProjectModule
from .record import CCO
from .session import Answered, Session

if TYPE_CHECKING:
    from .processor import SimulatedProcessor

PULSE_S: Final = 1.0
"""Length of a pulse where a command names none. Source: integration-protocol.md 3.1, action 6."""

_LEVEL: Final = 1
_RAISE: Final = 2
_LOWER: Final = 3
_STOP: Final = 4
_FLASH: Final = 5
_PULSE: Final = 6
_SCENE: Final = 6
_OCCUPANCY: Final = 8
_UNOCCUPIED: Final = 4

_ARGUMENTS: Final = {
    # Per action on an output: the fewest and the most arguments behind it.
    _LEVEL: (1, 3),
    _RAISE: (0, 0),
    _LOWER: (0, 0),
    _STOP: (0, 0),
    _FLASH: (0, 2),
    _PULSE: (0, 2),
}

_Lines = list[str]
_Target = tuple[ProjectModule, int | None]


class Outputs:
    """Takes the lines that are about outputs.

    Args:
        processor: Whose.
    """

    def __init__(self, processor: SimulatedProcessor) -> None:
        self._processor = processor
        self._delayed: dict[tuple[SerialNumber, int | None], asyncio.TimerHandle] = {}

    def forget(self) -> None:
        """Let every delayed command be lost."""
        for timer in self._delayed.values():
            timer.cancel()
        self._delayed.clear()

    def output(
        self, session: Session, line: CommandLine, answered: Answered
    ) -> _Lines | InputError | None:
        """Take `#OUTPUT` and `?OUTPUT`."""
        numbers = line.numbers(1)
        if isinstance(numbers, InputError):
            return numbers
        target = self._processor.project.output(numbers[0])
        if target is None:
            return InputError.NO_OBJECT
        if not line.is_query:
            return self._command(session, line, [target])
        # A query may leave the action out. Source: integration-protocol.md 3.1.
        numbers = line.numbers(min(2, len(line.fields)))
        if isinstance(numbers, InputError):
            return numbers
        if numbers[1:] not in ([], [_LEVEL]):
            return InputError.NO_ACTION
        return self._query(line, [target], answered)

    def area(
        self, session: Session, line: CommandLine, answered: Answered
    ) -> _Lines | InputError | None:
        """Take `#AREA` and `?AREA`."""
        numbers = line.numbers(2)
        if isinstance(numbers, InputError):
            return numbers
        area, action = numbers
        if area != AREA_ID:
            return InputError.NO_OBJECT
        modules = self._processor.project.modules
        if line.is_query and action == _LEVEL:
            outputs = [(module, zone) for module in modules for zone in (*ZONES, CCO)]
            return self._query(line, outputs, answered)
        if line.is_query and action == _OCCUPANCY:
            return [f"~AREA,{AREA_ID},{_OCCUPANCY},{_UNOCCUPIED}"]
        if action == _SCENE:
            return []
        if line.is_query:
            return InputError.NO_ACTION
        zones: list[_Target] = [(module, zone) for module in modules for zone in ZONES]
        return self._command(session, line, zones)

    # --- asking --------------------------------------------------------------------------------

    def _query(
        self, line: CommandLine, targets: Sequence[_Target], answered: Answered
    ) -> InputError | None:
        if len(line.fields) > 2:
            return InputError.COUNT
        serials = dict.fromkeys(module.serial for module, _ in targets)
        self.after(list(serials), lambda: answered(self._levels(targets)))
        return None

    def _levels(self, targets: Sequence[_Target]) -> _Lines:
        processor = self._processor
        lines: _Lines = []
        if Kind.SILENT_BUS not in processor.faults:
            for module, zone in targets:
                lines += processor.reports.level(module, zone, processor.record[module.serial])
        return lines

    def after(self, serials: list[SerialNumber], then: Callable[[], None]) -> None:
        """Call back when everything that these modules were told has shown."""
        if not serials:
            then()
            return
        first, *rest = serials
        self._processor.module(first).after_all(lambda: self.after(rest, then))

    # --- commanding ----------------------------------------------------------------------------

    def _command(
        self, session: Session, line: CommandLine, targets: Sequence[_Target]
    ) -> _Lines | InputError:
        numbers = line.numbers(2)
        if isinstance(numbers, InputError):
            return numbers
        action, arguments = numbers[1], list(line.fields[2:])
        if action not in _ARGUMENTS:
            return InputError.NO_ACTION
        fewest, most = _ARGUMENTS[action]
        if not fewest <= len(arguments) <= most:
            return InputError.COUNT
        level = _implied_level(action)
        if action == _LEVEL:
            given = read_level(arguments.pop(0))
            if isinstance(given, InputError):
                return given
            level = given
        times = _read_times(arguments)
        if isinstance(times, InputError):
            return times
        # A pulse's length stands where a level's fade does; the delay is behind either.
        first_s, delay_s = times
        if action == _PULSE:
            return self._pulse(session, targets, PULSE_S if first_s is None else first_s, delay_s)
        if level is not None:
            for module, zone in targets:
                self._set(session, module, zone, is_on=level > 0, delay_s=delay_s)
        return []

    def _pulse(
        self, session: Session, targets: Sequence[_Target], pulse_s: float, delay_s: float
    ) -> _Lines | InputError:
        if any(zone is not CCO for _, zone in targets):
            return InputError.NO_ACTION
        if not CCO_PULSE_MIN_S <= pulse_s <= CCO_PULSE_MAX_S:
            return InputError.RANGE
        for module, _ in targets:
            self._cco(session, module, CcoAction.PULSE, pulse_s, delay_s)
        return []

    def _set(
        self,
        session: Session,
        module: ProjectModule,
        zone: int | None,
        *,
        is_on: bool,
        delay_s: float,
    ) -> None:
        if zone is CCO:
            kinds = (
                (CcoAction.PULSE, CcoAction.END_PULSE)
                if module.is_cco_pulsed
                else (CcoAction.CLOSE, CcoAction.OPEN)
            )
            self._cco(session, module, kinds[0] if is_on else kinds[1], PULSE_S, delay_s)
            return
        processor = self._processor

        def shown(_transition: Transition | None, _now: float) -> None:
            processor.learn(module.serial, [zone], session)

        def switch() -> None:
            simulated = processor.module(module.serial)
            simulated.switch_zones({zone: is_on}, Cause.LINK_COMMAND, shown)

        self._later(module.serial, zone, delay_s, switch)

    def _cco(
        self,
        session: Session,
        module: ProjectModule,
        action: CcoAction,
        pulse_s: float,
        delay_s: float,
    ) -> None:
        processor = self._processor

        def shown(_transition: Transition | None, _now: float) -> None:
            processor.learn(module.serial, [CCO], session)

        def command() -> None:
            processor.module(module.serial).command_cco(action, pulse_s, shown)

        self._later(module.serial, CCO, delay_s, command)

    def _later(
        self, serial: SerialNumber, zone: int | None, delay_s: float, then: Callable[[], None]
    ) -> None:
        """Do something to an output after a delay, in place of what else was to come."""
        if timer := self._delayed.pop((serial, zone), None):
            timer.cancel()
        if Kind.SILENT_BUS in self._processor.faults:
            return
        if not delay_s:
            then()
            return

        def fire() -> None:
            del self._delayed[serial, zone]
            then()

        self._delayed[serial, zone] = asyncio.get_running_loop().call_later(delay_s, fire)


def _implied_level(action: int) -> float | None:
    """Return the level that an action without one stands for."""
    return {_RAISE: 100.0, _LOWER: 0.0}.get(action)


def _read_times(texts: Sequence[str]) -> tuple[float | None, float] | InputError:
    """Return fade or pulse time, None if left out, and delay."""
    times: list[float | None] = [None, None]
    for place, text in enumerate(texts):
        if text:
            read = read_seconds(text)
            if isinstance(read, InputError):
                return read
            times[place] = read
    return times[0], times[1] or 0.0
