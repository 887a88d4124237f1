"""A panel on a simulated link with three modules, and somebody before it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from textual.pilot import Pilot
from textual.widgets import RichLog

from dpm_core.cli.panel.app import PanelApp
from dpm_core.cli.panel.faceplate import Faceplate
from dpm_core.cli.panel.hands import OwnHands
from dpm_core.client import ClientSettings, DpmClient
from dpm_core.model import CcoType, Program, SerialNumber
from dpm_core.protocol import SessionSettings
from dpm_core.simulator import SimulatedModule, Simulator
from dpm_core.transport import SendGate, memory_pair

SERIALS: Final = (SerialNumber(0xA10001), SerialNumber(0xA10002), SerialNumber(0xA10003))
PROGRAMS: Final = (
    Program(name="Ground floor", zone_names=("Hall", "Stairs", "Kitchen island", "Terrace")),
    Program(
        name="First floor", zone_names=("Study", "", "", "Landing"), cco_type=CcoType.MAINTAINED
    ),
    Program(),
)
SIZE: Final = (110, 40)
LIMIT_S: Final = 30.0
PATIENT: Final = ClientSettings(
    session=SessionSettings(poll_interval_s=5.0, host_slack_s=1.0),
    report_wait_s=5.0,
    confirm_limit_s=10.0,
)
"""Modules have their say before they are asked, however slowly the screen is drawn in between."""


@dataclass
class Panel:
    """A running panel and what is behind it."""

    simulator: Simulator
    client: DpmClient
    app: PanelApp
    pilot: Pilot[None]

    def module(self, number: int) -> SimulatedModule:
        """The simulated module of that number, from 1."""
        return self.simulator.modules[SERIALS[number - 1]]

    def face(self, number: int) -> Faceplate:
        """The face of that number, from 1."""
        return list(self.app.query(Faceplate))[number - 1]

    def said(self) -> str:
        """All that the panel has told so far."""
        return "\n".join(line.text for line in self.app.query_one(RichLog).lines)

    def words(self, number: int, part: str) -> str:
        """What a part of a face says."""
        return str(self.face(number).part(part).render())

    async def until(self, is_so: Callable[[], Any]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(LIMIT_S):
            while not is_so():
                await self.pilot.pause(0.01)


@asynccontextmanager
async def panel(
    *, gate: SendGate = SendGate.SEND, has_hands: bool = True, is_still: bool = True
) -> AsyncIterator[Panel]:
    """Run a panel, with programmed modules that were all read."""
    async with Simulator(SERIALS) as simulator:
        near, far = memory_pair("simulated:3", gate=gate)
        await simulator.attach(far)
        may_extend = gate is SendGate.SEND
        async with DpmClient(near, replace(PATIENT, allow_extension=may_extend)) as client:
            for serial, program in zip(SERIALS, PROGRAMS, strict=True):
                client.add_module(serial)
                if may_extend:
                    await client.write_program(serial, program)
                    await client.refresh(serial)
            hands = OwnHands(simulator) if has_hands else None
            app = PanelApp(client, "simulated:3", hands, is_still=is_still)
            async with app.run_test(size=SIZE) as pilot:
                await pilot.pause()
                yield Panel(simulator, client, app, pilot)
