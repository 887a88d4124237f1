"""A wallstation on the simulated link: buttons that people press, and LEDs that it is told.

It knows nothing of what its buttons are for. A press and a release go out as the public button
frames, in their turn when the line is idle; LEDS_SET lights its LEDs, and LEDS_REPORT answers.

House rule: what people see and touch, and its own frames; what a press brings is the master's
business (`link_processor.py`, or a client in its place).

Source: qs-link.md 3.4 (buttons), 5 "Arbitration" and "Wallstations" (ours).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import (
    WALLSTATION_BUTTONS_MAX,
    SerialNumber,
    Wallstation,
    check_link_limits,
)
from dpm_core.protocol import (
    ButtonAction,
    ButtonEvent,
    Encodable,
    LedsReport,
    LedsSet,
    Message,
    encode_message,
    encode_wire,
)
from dpm_core.protocol.timing import REPORT_SPREAD_COUNT, REPORT_SPREAD_S

from .line import Line

_COUNTERS: Final = 3


@dataclass(frozen=True, slots=True)
class ButtonMoved:
    """A button of a wallstation was pressed, or released."""

    wallstation: SerialNumber
    button: int
    is_pressed: bool


@dataclass(frozen=True, slots=True)
class LedSwitched:
    """An LED of a wallstation went on or off."""

    wallstation: SerialNumber
    led: int
    is_on: bool


WallstationEvent: TypeAlias = ButtonMoved | LedSwitched
"""What a wallstation's subscribers are told."""


class SimulatedWallstation:
    """One wallstation on a simulated link.

    Args:
        programmed: Its serial number, its name and what its buttons are for, as the link's
            processor has it.
        line: The line that it hangs on.
    """

    def __init__(self, programmed: Wallstation, line: Line) -> None:
        assert isinstance(programmed.address, SerialNumber)
        self.programmed: Final = programmed
        self.address: Final = programmed.address
        self._line = line
        self._leds: frozenset[int] = frozenset()
        self._held: set[int] = set()
        self._frames: deque[bytes] = deque(maxlen=line.settings.reports_max)
        self._is_contending = False
        # What it answers has a counter of its own: between a press and its copy there would else be
        # fewer than three, and a press that follows soon would be taken for the copy.
        self._moves = self._answers = 0
        self._subscribers: dict[object, Callable[[WallstationEvent], None]] = {}

    def __repr__(self) -> str:
        return f"<SimulatedWallstation {self.address}>"

    @property
    def name(self) -> str:
        """What it is called; empty if nobody said."""
        return self.programmed.name

    @property
    def leds(self) -> frozenset[int]:
        """The numbers of the LEDs that are lit; each belongs to the button of the same number."""
        return self._leds

    @property
    def held(self) -> frozenset[int]:
        """The buttons that are held down."""
        return frozenset(self._held)

    def press(self, button: int) -> None:
        """Press a button and hold it: the link hears of it, each time.

        Raises:
            UnsupportedSetting: There is no such button.
        """
        self._move(button, is_pressed=True)

    def release(self, button: int) -> None:
        """Release a button: the link hears of it. One that is not held cannot be released.

        Raises:
            UnsupportedSetting: There is no such button.
        """
        self._move(button, is_pressed=False)

    def tap(self, button: int) -> None:
        """Press a button and release it.

        Raises:
            UnsupportedSetting: There is no such button.
        """
        self.press(button)
        self.release(button)

    def subscribe(self, callback: Callable[[WallstationEvent], None]) -> Callable[[], None]:
        """Be told when a button moves and when an LED switches; return the function that ends it."""
        key = object()
        self._subscribers[key] = callback

        def unsubscribe() -> None:
            self._subscribers.pop(key, None)

        return unsubscribe

    def hear(self, message: Message, at: float) -> None:
        """Take a message to this wallstation."""
        if not isinstance(message, LedsSet):
            return
        lit = frozenset(message.leds)
        changed, self._leds = sorted(lit ^ self._leds), lit
        for led in changed:
            self._tell(LedSwitched(self.address, led, led in lit))
        self._answers = self._answers % _COUNTERS + 1
        self._line.send(
            self,
            self._encoded(LedsReport(self.address, message.leds), self._answers),
            max(at + self._line.settings.turnaround_s, self._line.loop.time()),
        )

    def stop(self) -> None:
        """Take it off the line in the middle of whatever it says."""
        self._frames.clear()
        self._line.silence(self)

    def snapshot(self) -> dict[str, Any]:
        """Return how it is, in words and numbers that JSON can carry."""
        return {
            "wallstation": str(self.address),
            "name": self.name,
            "buttons": [
                {"number": button.number, "name": button.name, "does": button.action.value}
                for button in self.programmed.buttons
            ],
            "leds": sorted(self._leds),
            "held": sorted(self._held),
        }

    # --- how it speaks ---------------------------------------------------------------------

    def _move(self, button: int, *, is_pressed: bool) -> None:
        if type(button) is not int or not 1 <= button <= WALLSTATION_BUTTONS_MAX:
            raise UnsupportedSetting(
                "wallstation button", button, f"1 to {WALLSTATION_BUTTONS_MAX}"
            )
        if not is_pressed and button not in self._held:
            return
        (self._held.add if is_pressed else self._held.remove)(button)
        action = ButtonAction.PRESS if is_pressed else ButtonAction.RELEASE
        self._moves = self._moves % _COUNTERS + 1
        self._frames.append(self._encoded(ButtonEvent(button, action), self._moves))
        self._tell(ButtonMoved(self.address, button, is_pressed))
        if not self._is_contending:
            self._contend()

    def _encoded(self, message: Encodable, counter: int) -> bytes:
        return encode_wire(
            encode_message(message, counter=counter, sequence=0, source=self.address)
        )

    def _contend(self) -> None:
        self._is_contending = bool(self._frames)
        if self._frames:
            self._try(self._frames.popleft(), self.address % REPORT_SPREAD_COUNT * REPORT_SPREAD_S)

    def _try(self, octets: bytes, wait_s: float) -> None:
        def ended(is_broken: bool) -> None:
            if is_broken:
                self._try(octets, self._line.collision_wait_s())
            else:
                self._contend()

        self._line.contend(self, octets, wait_s, ended)

    def _tell(self, event: WallstationEvent) -> None:
        for callback in tuple(self._subscribers.values()):
            callback(event)


def check_wallstations(
    wallstations: Iterable[Wallstation],
    modules: Iterable[SerialNumber],
    *,
    other_devices: int = 0,
    other_zones: int = 0,
) -> tuple[Wallstation, ...]:
    """Return the wallstations if one link can hold them beside its modules and what else is on it.

    Args:
        wallstations: Each is one device and no zone.
        modules: Each is one device and four zones.
        other_devices: Devices beside them and the processor, which are not simulated.
        other_zones: The zones that those have together.

    Raises:
        UnsupportedSetting: One has a serial number that something else on the link has, or none;
            or a button is for a module that is not on the link; or there are fewer than no others.
        LinkFull: The link would have more than 100 devices, its processor among them, or more than
            512 zones.
    """
    for what, count in (("other devices", other_devices), ("other zones", other_zones)):
        if count < 0:
            raise UnsupportedSetting(what, count, "0 or more")
    wallstations, modules = tuple(wallstations), frozenset(modules)
    taken = set(modules)
    for wallstation in wallstations:
        address = wallstation.address
        if not isinstance(address, SerialNumber) or address in taken:
            raise UnsupportedSetting(
                "wallstation", str(address), "a serial number that nothing else on the link has"
            )
        taken.add(address)
        for module in sorted(wallstation.modules - modules):
            raise UnsupportedSetting(
                f"buttons of wallstation {address}", str(module), "zones of modules of this link"
            )
    check_link_limits(
        len(modules), other_devices=len(wallstations) + other_devices, other_zones=other_zones
    )
    return wallstations
