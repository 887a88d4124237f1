"""A panel to test against: the simulator, behind a pseudo-terminal in the same event loop."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dpm_core.model import ContactState, Program, SerialNumber
from dpm_core.simulator import Simulator, SimulatorSettings
from dpm_core.simulator.pty_server import PtyServer

HALL = SerialNumber.parse("00A1B2C3")
STAIRS = SerialNumber.parse("00A1B2C4")


class Panel:
    """Modules on a link that a program reaches by a serial port."""

    def __init__(
        self,
        port: Path,
        modules: tuple[SerialNumber, ...],
        settings: SimulatorSettings | None = None,
    ) -> None:
        self.port = port
        self.serials = modules
        # The simulator keeps its memories in itself, over power failures of all modules.
        self.simulator = Simulator(modules, settings=settings or SimulatorSettings())
        self._server: PtyServer | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Mains on, and the port appears."""
        await self.simulator.start()
        self._server = PtyServer(self.simulator.line, self.port)
        await self._server.open()
        self._server.publish()

    async def stop(self) -> None:
        """The port goes, and the mains with it."""
        if self._server:
            await self._server.close()
            self._server = None
            await self.simulator.stop()

    async def press(self, serial: SerialNumber, zone: int) -> None:
        """Press a zone button."""
        self.simulator.modules[serial].press_button(zone)
        await self.simulator.modules[serial].settled()

    def move_cci(self, serial: SerialNumber, contact: ContactState) -> None:
        """Open or close the manual override contact; the debounce follows."""
        self.simulator.modules[serial].move_cci(contact)

    async def power(self, serial: SerialNumber, *, is_on: bool) -> None:
        """Cut the mains of one module, or give it back."""
        self.simulator.modules[serial].set_power(is_on)
        await self.simulator.modules[serial].settled()

    def zones(self, serial: SerialNumber) -> list[bool]:
        """Return where the relays are."""
        zones: list[bool] = self.snapshot(serial)["zones"]
        return zones

    def is_cco_closed(self, serial: SerialNumber) -> bool:
        """Return where the N.O. contact of the CCO is."""
        return self.snapshot(serial)["cco"]["closed"] is True

    def snapshot(self, serial: SerialNumber) -> dict[str, Any]:
        """Return how a module is."""
        return self.simulator.modules[serial].snapshot()

    def program(self, serial: SerialNumber) -> Program:
        """Return what a module is programmed with."""
        return self.simulator.modules[serial].state.memory.program
