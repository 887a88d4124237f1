"""The wallstations of the project: buttons that are pressed, by a hand or by a program, and LEDs.

Buttons 1 to 4 toggle the zones of a module, and their LEDs show them; button 5 is not programmed, so
its LED is a program's to set. A press is told before what it brings.

House rule: what a button does to a module is the module's business.

Source: integration-protocol.md 3.2, 4. Decided here: an LED of a programmed button that a program
sets stays as it is, without an error; actions other than press, release and LED state are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import ZONES, Cause

from .command_line import CommandLine, InputError
from .faults import ProcessorFaultKind as Kind
from .monitoring import BUTTONS, LEDS
from .project import LED_OFFSET, WALLSTATION_BUTTONS, ProjectWallstation

if TYPE_CHECKING:
    from .processor import SimulatedProcessor

_PRESS: Final = 3
_RELEASE: Final = 4
_LED_STATE: Final = 9
_LED_STATES: Final = 4


class Wallstations:
    """Every wallstation of one processor.

    Args:
        processor: Whose.
    """

    def __init__(self, processor: SimulatedProcessor) -> None:
        self._processor = processor
        self._set_leds: dict[tuple[int, int], int] = {}

    def push_button(self, device: int, button: int) -> None:
        """Press a button and let it go, as a hand does.

        Raises:
            UnsupportedSetting: There is no such wallstation, or it has no such button.
        """
        wallstation = self._processor.project.wallstation(device)
        if wallstation is None or button not in WALLSTATION_BUTTONS:
            there = ", ".join(str(one.device) for one in self._processor.project.wallstations)
            raise UnsupportedSetting(
                "wallstation and button",
                f"{device}, {button}",
                f"wallstation {there or '(there is none)'}, button 1 to {WALLSTATION_BUTTONS[-1]}",
            )
        self._press(wallstation, button)
        self._release(wallstation, button)

    def command(self, wallstation: ProjectWallstation, line: CommandLine) -> list[str] | InputError:
        """Do what a line says of a wallstation; return the answer."""
        numbers = line.numbers(3)
        if isinstance(numbers, InputError):
            return numbers
        _, component, action = numbers
        button = component if component in WALLSTATION_BUTTONS else component - LED_OFFSET
        if button not in WALLSTATION_BUTTONS:
            return InputError.NO_OBJECT
        is_led = component != button
        if is_led and action == _LED_STATE:
            return self._led(wallstation, button, line)
        if is_led or line.is_query or action not in (_PRESS, _RELEASE):
            return InputError.NO_ACTION
        if len(line.fields) != 3:
            return InputError.COUNT
        if Kind.SILENT_BUS not in self._processor.faults:
            (self._press if action == _PRESS else self._release)(wallstation, button)
        return []

    def show(self, wallstation: ProjectWallstation, zones: Iterable[int | None]) -> None:
        """Tell what the LEDs of these zones show now."""
        for zone in zones:
            if zone is not None:
                self._push(LEDS, self._led_line(wallstation, zone))

    def _press(self, wallstation: ProjectWallstation, button: int) -> None:
        self._push(BUTTONS, f"~DEVICE,{wallstation.device},{button},{_PRESS}")
        if button in ZONES:
            processor = self._processor
            is_on = processor.record[wallstation.module].is_on(button)
            processor.module(wallstation.module).switch_zones(
                {button: not is_on}, Cause.WALLSTATION
            )

    def _release(self, wallstation: ProjectWallstation, button: int) -> None:
        self._push(BUTTONS, f"~DEVICE,{wallstation.device},{button},{_RELEASE}")

    def _led(
        self, wallstation: ProjectWallstation, button: int, line: CommandLine
    ) -> list[str] | InputError:
        if line.is_query:
            return (
                InputError.COUNT if len(line.fields) != 3 else self._led_answer(wallstation, button)
            )
        numbers = line.numbers(4)
        if isinstance(numbers, InputError):
            return numbers
        if len(line.fields) != 4:
            return InputError.COUNT
        if numbers[3] not in range(_LED_STATES):
            return InputError.RANGE
        if button not in ZONES:
            self._set_leds[wallstation.device, button] = numbers[3]
            self._push(LEDS, self._led_line(wallstation, button))
        return []

    def _led_answer(self, wallstation: ProjectWallstation, button: int) -> list[str]:
        is_silent = Kind.SILENT_BUS in self._processor.faults
        return [] if is_silent else [self._led_line(wallstation, button)]

    def _led_line(self, wallstation: ProjectWallstation, button: int) -> str:
        if button in ZONES:
            state = int(self._processor.record[wallstation.module].is_on(button))
        else:
            state = self._set_leds.get((wallstation.device, button), 0)
        return f"~DEVICE,{wallstation.device},{LED_OFFSET + button},{_LED_STATE},{state}"

    def _push(self, kind: int, line: str) -> None:
        if Kind.SILENT_BUS not in self._processor.faults:
            for session in self._processor.sessions:
                session.report(kind, [line])
