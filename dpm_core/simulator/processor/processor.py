"""A simulated HomeWorks QS processor in front of a simulated link: a second way to its modules.

It acts on the modules as a control on the link does, and hears every change of them; a program on
the link hears the modules' own reports all the same. As in::

    async with Simulator(parse_modules("1")) as simulator:
        async with SimulatedProcessor(simulator) as processor:
            ...  # Telnet at processor.url, the database at processor.http_url

House rule: here it comes and goes; what it says is in `reports.py`, what it does in `commands.py`.

Source: integration-protocol.md, whole document. No real processor has been compared with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Final, Self

from dpm_core.errors import LinkUnavailable
from dpm_core.model import ContactState, Program, SerialNumber
from dpm_core.simulator.listen import TcpAddress
from dpm_core.simulator.module import SimulatedModule
from dpm_core.simulator.simulator import Simulator

from .accounts import Accounts
from .commands import Desk
from .database import PATH, export_date, export_time, write_database
from .faults import MOMENT_FAULTS, ProcessorFault, ProcessorFaultKind, ProcessorFaults
from .faults import ProcessorFaultKind as Kind
from .http_server import HttpPrograms
from .listening import Listener
from .project import OLD_SOFTWARE, SOFTWARE, Project, ProjectModule, module_ids
from .record import Record
from .reports import Reports
from .session import Answered, Session
from .settings import SimulatedProcessorSettings
from .telnet_server import TelnetPrograms
from .wallstations import Wallstations

_LOGGER = logging.getLogger(__name__)

LOOPBACK: Final = TcpAddress("127.0.0.1", 0, is_rfc2217=False)
"""Where it listens unless told otherwise: any free port, for this machine only."""

RETURN_AGAIN_S: Final = 1.0
"""How long it waits for a port that somebody took while it was away. Decided here."""


class SimulatedProcessor:
    """The processor of a simulated link.

    Args:
        simulator: The link, running.
        telnet: Where sessions are taken.
        http: Where the database is served; nowhere if None.
        settings: How it is set up.

    Attributes:
        settings: How it is set up.
        faults: What is wrong with it; `set_fault` and `clear_fault` change it.
        accounts: Who may log in.
        record: What it knows of the modules.
        reports: What it says of them.
        wallstations: The wallstations of its project.
    """

    def __init__(
        self,
        simulator: Simulator,
        *,
        telnet: TcpAddress = LOOPBACK,
        http: TcpAddress | None = LOOPBACK,
        settings: SimulatedProcessorSettings | None = None,
    ) -> None:
        self.settings = settings or SimulatedProcessorSettings()
        self.faults = ProcessorFaults()
        self.accounts = Accounts(self.settings, self.faults)
        self.reports: Final = Reports(self.faults)
        self._simulator = simulator
        self._programs = TelnetPrograms(self)
        self._http = HttpPrograms(lambda: write_database(self.project), self.faults)
        self._listeners = [Listener("lip", telnet, self._programs.serve)]
        if http is not None:
            self._listeners.append(Listener("http", http, self._http.serve))
        self.wallstations: Final = Wallstations(self)
        self._desk = Desk(self)
        self._transferred: Project
        self.record: Record
        self._watches: list[Callable[[], None]] = []
        self._absence: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """Where sessions are taken, as `lip://HOST:PORT`."""
        return self._listeners[0].url

    @property
    def http_url(self) -> str | None:
        """Where the database is."""
        return f"{self._listeners[1].url}{PATH}" if len(self._listeners) > 1 else None

    @property
    def project(self) -> Project:
        """The project that it runs."""
        project = self._transferred
        if Kind.OLD_SOFTWARE in self.faults or Kind.NO_CONTACTS in self.faults:
            is_old = Kind.OLD_SOFTWARE in self.faults
            return replace(
                project,
                software=OLD_SOFTWARE if is_old else SOFTWARE,
                has_contacts=Kind.NO_CONTACTS not in self.faults,
            )
        return project

    @property
    def sessions(self) -> Sequence[Session]:
        """Every session that there is, logged in or not."""
        return tuple(self._programs)

    async def open(self) -> None:
        """Start with a project made for the modules that are on the link, and listen.

        Raises:
            LinkUnavailable: A port is taken, or a host is none of ours.
        """
        self._transferred = Project.made_for(
            self._programs_of_modules(), wallstations=self.settings.wallstations
        )
        self.record = Record(self._simulator.modules)
        for module in self._simulator.modules.values():
            self.record[module.serial].learn(module.state)
            self._watches.append(module.watch(partial(self.learn, module.serial)))
        try:
            for listener in self._listeners:
                await listener.open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Be gone, with every session."""
        if self._absence is not None:
            self._absence.cancel()
            await asyncio.wait([self._absence])
            self._absence = None
        for listener in self._listeners:
            listener.close()
        self._desk.forget()
        await self._programs.close()
        await self._http.close()
        for end in self._watches:
            end()
        self._watches.clear()

    # --- what it hears of the modules ----------------------------------------------------------

    def module(self, serial: SerialNumber) -> SimulatedModule:
        """Return a module of the link."""
        return self._simulator.modules[serial]

    def learn(
        self,
        serial: SerialNumber,
        commanded: Iterable[int | None] = (),
        commander: Session | None = None,
    ) -> None:
        """Take what a module is now, and tell the sessions what has changed.

        Args:
            serial: The module.
            commanded: Outputs whose level is told in any case, for a command set it; None is the
                CCO. A module without power has nothing to tell.
            commander: The session that commanded them.
        """
        project_module = self._project_module(serial)
        state = self.module(serial).state
        known = self.record[serial]
        changed, has_moved = known.learn(state)
        told = set(changed) | (set(commanded) if state.is_started else set())
        for zone in (1, 2, 3, 4, None):
            if zone in told:
                self.reports.push_level(self.sessions, project_module, zone, known, commander)
        for wallstation in self.project.wallstations:
            if wallstation.module == serial:
                self.wallstations.show(wallstation, changed)
        if has_moved and self.project.has_contacts:
            self.reports.push_contact(self.sessions, project_module, known)

    def _project_module(self, serial: SerialNumber) -> ProjectModule:
        return next(module for module in self._transferred.modules if module.serial == serial)

    def _programs_of_modules(self) -> dict[SerialNumber, Program]:
        modules = self._simulator.modules
        return {serial: module.state.memory.program for serial, module in modules.items()}

    # --- what its sessions need ----------------------------------------------------------------

    def admitted(self, session: Session) -> None:
        """Know that a session has logged in; with `take-over` it ends the user's others."""
        if Kind.TAKE_OVER in self.faults:
            for other in self.sessions:
                if other is not session and other.is_logged_in and other.user == session.user:
                    other.end()

    def handle(self, session: Session, line: str | None, answered: Answered) -> None:
        """Do what a line says."""
        self._desk.handle(session, line, answered)

    def restart(self) -> None:
        """Go, with every session, and be back at once: `#RESET,0`."""
        self._leave(0.0)

    def change_password(self, password: str) -> None:
        """Take another password from now on; sessions that are there stay.

        Raises:
            UnsupportedSetting: It cannot be typed in one line.
        """
        self.accounts.change_password(password)

    # --- what goes wrong -----------------------------------------------------------------------

    async def set_fault(self, fault: ProcessorFault) -> None:
        """Let something be wrong from now on, or this once."""
        if fault.kind in MOMENT_FAULTS:
            self._happen(fault)
            return
        self.faults.set(fault)
        if fault.kind is Kind.HANG:
            self._programs.hang()
        elif fault.kind is Kind.OVERRIDE:
            self._move_contacts(ContactState.OPEN)
        elif fault.kind is Kind.AWAY:
            self._leave(fault.seconds)

    async def clear_fault(self, kind: ProcessorFaultKind | None = None) -> None:
        """Let all be well again, or all that is of one kind.

        Raises:
            LinkUnavailable: A port was taken while it was away.
        """
        gone = [fault.kind for fault in self.faults if kind in (None, fault.kind)]
        self.faults.clear(kind)
        if Kind.HANG in gone or Kind.HALF_OPEN in gone:
            self._programs.revive()
        if Kind.OVERRIDE in gone:
            self._move_contacts(ContactState.CLOSED)
        if Kind.AWAY in gone:
            await self._return()

    def transfer(self, seconds: float, *, changes_ids: bool = False) -> None:
        """Transfer a project made for the modules as they are programmed then.

        Every session is closed and nobody listens for so long; then there is a new export date.
        """
        self._leave(seconds)
        self._transferred = self._transferred.transferred(
            self._programs_of_modules(), changes_ids=changes_ids
        )

    def _happen(self, fault: ProcessorFault) -> None:
        if fault.kind is Kind.TRANSFER:
            assert fault.seconds is not None
            self.transfer(fault.seconds, changes_ids=fault.changes_ids)
        else:
            self._programs.end(is_reset=fault.kind is Kind.RESET)

    def _move_contacts(self, contact: ContactState) -> None:
        for module in self._simulator.modules.values():
            module.move_cci(contact)

    def _leave(self, seconds: float | None) -> None:
        """Close every session and listen no more; come back after so long, or not at all if None."""
        if self._absence is not None:
            self._absence.cancel()
            self._absence = None
        for listener in self._listeners:
            listener.close()
        self._desk.forget()
        self._programs.end()
        self._http.end()
        if seconds is not None:
            self._absence = asyncio.get_running_loop().create_task(self._be_away(seconds))

    async def _be_away(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        while True:
            try:
                for listener in self._listeners:
                    await listener.open()
                break
            except LinkUnavailable as error:
                _LOGGER.warning("The simulated processor cannot return yet: %s", error)
                await asyncio.sleep(RETURN_AGAIN_S)
        self.faults.clear(Kind.AWAY)
        self._absence = None

    async def _return(self) -> None:
        if self._absence is not None:
            self._absence.cancel()
            self._absence = None
        for listener in self._listeners:
            await listener.open()

    def snapshot(self) -> dict[str, Any]:
        """Return how it is now, in words and numbers that JSON can carry. No password is in it."""
        project = self.project
        return {
            "sessions": sum(session.is_logged_in for session in self.sessions),
            "exported": f"{export_date(project)} {export_time(project)}",
            "modules": module_ids(project.modules),
            "wallstations": [wallstation.device for wallstation in project.wallstations],
            "faults": [str(fault) for fault in self.faults],
        }
