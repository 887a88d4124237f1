"""A simulated module as its surroundings see it: buttons, contacts, mains, LEDs.

What it does on the link is in `device.py`; that nothing of it shows before it is written, in
`durable.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dpm_core.model import (
    Cause,
    CcoAction,
    ContactState,
    Memory,
    ModuleState,
    SerialNumber,
    Transition,
    ZoneNumber,
    leds,
    move_cci,
    press_prog_button,
    press_zone_button,
    set_cco,
    set_zones,
)

from .device import LinkDevice
from .durable import DurableModule, Shown
from .line import Line
from .store import MemoryStore


class SimulatedModule:
    """One LQSE-4S8-120-D on a simulated link.

    Args:
        state: The module, without power.
        written: The memory that the store holds for it.
        store: Where its memory is kept.
        line: The line that it hangs on.
    """

    def __init__(self, state: ModuleState, written: Memory, store: MemoryStore, line: Line) -> None:
        self._line = line
        self.device = LinkDevice(line)
        self._module = DurableModule(state, written, store, self.device.observe)
        self.device.join(self._module)

    def __repr__(self) -> str:
        return f"<SimulatedModule {self.serial}>"

    @property
    def serial(self) -> SerialNumber:
        """Its serial number."""
        return self._module.serial

    @property
    def state(self) -> ModuleState:
        """The module as it is: all of it is in its memory already."""
        return self._module.state

    def press_button(self, zone: int) -> None:
        """Press a zone's button; in manual override, or without power, it does nothing.

        Raises:
            InvalidZone: There is no such zone.
        """
        number = ZoneNumber(zone)
        self._module.submit(lambda state, now: press_zone_button(state, number, now))

    def press_prog(self) -> None:
        """Press the Prog. button: the module announces itself on the link."""
        self._module.submit(press_prog_button)

    def move_cci(self, contact: ContactState) -> None:
        """Open or close the contact at its manual override input; the debounce follows."""
        self._module.submit(lambda state, now: move_cci(state, contact, now))

    def switch_zones(
        self, zones: Mapping[int, bool], cause: Cause, shown: Shown | None = None
    ) -> None:
        """Switch zones as a control on the link does; in manual override it changes nothing.

        Args:
            zones: The zones to switch, True for on.
            cause: LINK_COMMAND, GROUP or WALLSTATION.
            shown: Told when the change shows, or that it was refused.

        Raises:
            InvalidZone: There is no such zone.
        """
        checked = {ZoneNumber(zone): is_on for zone, is_on in zones.items()}
        self._module.submit(lambda state, now: set_zones(state, checked, cause, now), shown)

    def command_cco(
        self, action: CcoAction, pulse_s: float | None = None, shown: Shown | None = None
    ) -> None:
        """Open, close or pulse the CCO as a control on the link does; not in manual override.

        Args:
            action: What to do.
            pulse_s: Length of a pulse, 0.1 to 60 s; None for the programmed one.
            shown: Told when the change shows, or that it was refused.
        """
        self._module.submit(lambda state, now: set_cco(state, action, pulse_s, now), shown)

    def after_all(self, then: Callable[[], None]) -> None:
        """Call back once everything that it was told before shows, or was lost with its power."""
        self._module.submit(lambda state, _now: Transition(state), lambda *_: then())

    def watch(self, shown: Callable[[], None]) -> Callable[[], None]:
        """Be told whenever something of the module may have changed; return what ends that."""
        return self._module.watch(shown)

    def set_power(self, is_on: bool) -> None:
        """Give it its mains, or cut them: whatever was not written or said by now is lost."""
        self._module.switch_mains(is_on)

    async def settled(self) -> None:
        """Wait until no relay is in motion, and all that has happened is written."""
        await self._module.settled()

    def stop(self) -> None:
        """Cut its mains for good."""
        self._module.stop()

    def snapshot(self) -> dict[str, Any]:
        """Return how it is now, in words and numbers that JSON can carry.

        Without power manual override reads false, zones and CCO open, and every LED off;
        settings and counts are those of its memory.
        """
        state = self.state
        now = self._line.loop.time()
        patterns = leds(state, now, self._line_is_alive(now))
        return {
            "powered": state.is_powered,
            "override": state.in_override,
            "cci": state.cci.contact.value,
            "zones": list(state.zones),
            "saved": list(state.saved),
            "cco": {"closed": state.cco.is_closed},
            "cycles": list(state.cycles),
            "leds": {name: pattern.value for name, pattern in patterns.items()},
        }

    def _line_is_alive(self, now: float) -> bool:
        heard_at = self._line.last_frame_not_from(self.device)
        powered_at = self.state.powered_at
        return (
            powered_at is not None
            and heard_at >= powered_at
            and now - heard_at < self._line.settings.link_alive_s
        )
