"""Somebody who uses a whole link in every way, and remembers what he was promised.

Each worker has modules of its own and does one thing after the other, so that after every call it
knows what they must be: what was confirmed, or, after an error, what was or what was asked for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from dpm_core.client import (
    ClientEvent,
    ConnectionLost,
    ConnectionRestored,
    DpmClient,
    ModuleLost,
    ModuleReturned,
)
from dpm_core.errors import DpmError, OverrideActive
from dpm_core.model import ContactState, SerialNumber
from dpm_core.simulator import SimulatedModule, Simulator

from .report import Report

IN_FLIGHT_S: Final = 0.3
"""After a call has failed its frames may still be on their way for so long; no longer."""

ALL_ZONES: Final = (1, 2, 3, 4)

Zones = tuple[bool, ...]


class House:
    """The use of one link.

    Args:
        simulator: The link as it is.
        client: The link as it is shown.
        rng: What is done follows from it.
        report: Takes what became of it.
    """

    def __init__(
        self, simulator: Simulator, client: DpmClient, rng: random.Random, report: Report
    ) -> None:
        self._simulator = simulator
        self._client = client
        self._rng = rng
        self._report = report
        self._connected = True
        self._lost: set[SerialNumber] = set()
        # What each module's settings were when somebody last knew them.
        self._known: dict[SerialNumber, Zones] = {}
        client.subscribe(self._told)

    # --- what the client tells ---------------------------------------------------------------

    def _told(self, event: ClientEvent) -> None:
        if isinstance(event, ConnectionLost):
            self._report.connection_losses += 1
            self._check(self._connected, "a loss of the link was told twice")
            self._connected = False
            stale = not any(view.is_fresh for view in self._client.modules.values())
            self._check(stale, "a module was fresh although the link was lost")
        elif isinstance(event, ConnectionRestored):
            self._check(not self._connected, "the return of the link was told twice")
            self._connected = True
        elif isinstance(event, ModuleLost):
            self._check(event.serial not in self._lost, f"{event.serial} was lost twice")
            self._lost.add(event.serial)
        elif isinstance(event, ModuleReturned):
            self._check(event.serial in self._lost, f"{event.serial} returned twice")
            self._lost.discard(event.serial)

    def _check(self, is_so: bool, words: str) -> None:
        if not is_so:
            now = asyncio.get_running_loop().time()
            self._report.broken.append(f"at {now:.3f} s: {words}")

    def differences(self) -> list[str]:
        """Return where what is shown is not what is so."""
        found = []
        for serial, module in self._simulator.modules.items():
            view, state = self._client.modules[serial], module.state
            shown = (view.is_fresh, view.zones, view.override, view.cco_closed, view.cci)
            is_so = (True, state.zones, state.in_override, state.cco.is_closed, state.cci.accepted)
            if shown != is_so:
                found.append(f"{serial} is shown as {shown} and is {is_so}")
        return found

    @property
    def is_quiet(self) -> bool:
        """Whether no module has anything left to say of what happened before."""
        return not any(each.device.is_reporting for each in self._simulator.modules.values())

    # --- what is done ------------------------------------------------------------------------

    async def use(self, until: float, workers: int) -> None:
        """Use all modules until an instant of the loop's clock."""
        serials = list(self._simulator.modules)
        loop = asyncio.get_running_loop()

        async def work(mine: Sequence[SerialNumber]) -> None:
            while loop.time() < until:
                module = self._simulator.modules[self._rng.choice(mine)]
                await self._deed()(module)
                await asyncio.sleep(self._rng.expovariate(20.0))

        async with asyncio.TaskGroup() as tasks:
            for number in range(min(workers, len(serials))):
                tasks.create_task(work(serials[number::workers]))
        for serial in serials:
            self._nothing_came_late(self._simulator.modules[serial])

    async def all_at_once(self) -> None:
        """Switch every zone of the link with one frame; nobody else may use it meanwhile."""
        is_on = self._rng.random() < 0.5
        before = {serial: module.state.saved for serial, module in self._modules()}
        try:
            outcomes = await self._client.broadcast_level(100.0 if is_on else 0.0)
        except DpmError as error:
            self._count("broadcast", error)
            outcomes = {}
        await asyncio.sleep(IN_FLIGHT_S)
        for serial, module in self._modules():
            outcome, saved = outcomes.get(serial), module.state.saved
            if isinstance(outcome, DpmError) or outcome is None:
                each = zip(saved, before[serial], strict=True)
                is_between = all(zone in (old, is_on) for zone, old in each)
                self._check(is_between, f"{serial} is {saved} after a broadcast that failed")
            else:
                self._check(
                    saved == (is_on,) * 4, f"{serial} is {saved} after a broadcast: {is_on}"
                )
                self._report.outcomes["broadcast done"] += 1
            self._known[serial] = saved

    def _modules(self) -> list[tuple[SerialNumber, SimulatedModule]]:
        return list(self._simulator.modules.items())

    def _deed(self) -> Callable[[SimulatedModule], Awaitable[None]]:
        deeds = (self._switch, self._toggle, self._switch_some, self._cco)
        others = (self._button, self._override, self._power)
        (deed,) = self._rng.choices((*deeds, *others), (40, 20, 10, 10, 10, 5, 5))
        return deed

    async def _switch(self, module: SimulatedModule) -> None:
        await self._set(module, {self._rng.choice(ALL_ZONES): self._rng.random() < 0.5})

    async def _switch_some(self, module: SimulatedModule) -> None:
        zones = self._rng.sample(ALL_ZONES, self._rng.randint(2, 4))
        await self._set(module, {zone: self._rng.random() < 0.5 for zone in zones})

    async def _set(self, module: SimulatedModule, zones: dict[int, bool]) -> None:
        before = self._nothing_came_late(module)
        wanted = tuple(zones.get(zone, before[zone - 1]) for zone in ALL_ZONES)
        is_done = await self._call("set", self._client.set_zones(module.serial, zones))
        now = await self._known_now(module, is_done)
        if is_done:
            self._check(
                now == wanted, f"{module.serial} was told {zones} with success and is {now}"
            )
        else:
            each = zip(now, before, wanted, strict=True)
            is_between = all(zone in (old, new) for zone, old, new in each)
            self._check(is_between, f"{module.serial} was {before}, was told {zones}, is {now}")

    async def _toggle(self, module: SimulatedModule) -> None:
        before = self._nothing_came_late(module)
        zone = self._rng.choice(ALL_ZONES)
        wanted = tuple(is_on != (zone == each) for each, is_on in enumerate(before, 1))
        is_done = await self._call("toggle", self._client.toggle_zone(module.serial, zone))
        now = await self._known_now(module, is_done)
        allowed = (wanted,) if is_done else (before, wanted)
        self._check(now in allowed, f"{module.serial} was {before}, {zone} was toggled, is {now}")

    async def _cco(self, module: SimulatedModule) -> None:
        is_closed = self._rng.random() < 0.5
        call = self._client.close_cco if is_closed else self._client.open_cco
        if await self._call("cco", call(module.serial)):
            is_so = module.state.cco.is_closed is is_closed
            self._check(is_so, f"the CCO of {module.serial} is not what it was told with success")

    # --- what somebody does at the panel -------------------------------------------------------

    async def _button(self, module: SimulatedModule) -> None:
        before = self._nothing_came_late(module)
        zone = self._rng.choice(ALL_ZONES)
        module.press_button(zone)
        await module.settled()
        wanted = tuple(is_on != (zone == each) for each, is_on in enumerate(before, 1))
        self._check(module.state.saved == wanted, f"{module.serial}: a button did something else")
        self._known[module.serial] = module.state.saved
        self._report.outcomes["button pressed"] += 1

    async def _override(self, module: SimulatedModule) -> None:
        """Open the CCI, try to control the module, and close it again."""
        before = self._nothing_came_late(module)
        module.move_cci(ContactState.OPEN)
        await asyncio.sleep(0.2)
        await module.settled()
        self._check(module.state.zones == (True,) * 4, f"{module.serial} is not all on")
        zone = self._rng.choice(ALL_ZONES)
        call = self._client.set_zones(module.serial, {zone: not before[zone - 1]})
        is_done = await self._call("set in override", call)
        self._check(not is_done, f"{module.serial} took a command in manual override")
        await asyncio.sleep(IN_FLIGHT_S)
        module.move_cci(ContactState.CLOSED)
        await asyncio.sleep(0.2)
        await module.settled()
        self._nothing_came_late(module)
        self._check(module.state.zones == before, f"{module.serial} did not return to {before}")

    async def _power(self, module: SimulatedModule) -> None:
        """Cut the mains in the middle of a command, and give them back."""
        before = self._nothing_came_late(module)
        zone = self._rng.choice(ALL_ZONES)
        wanted = tuple(is_on != (zone == each) for each, is_on in enumerate(before, 1))
        call = self._client.set_zones(module.serial, {zone: wanted[zone - 1]})
        task = asyncio.ensure_future(self._call("set at a power cut", call))
        await asyncio.sleep(self._rng.uniform(0.0, 0.05))
        module.set_power(False)
        is_done = await task
        now = await self._known_now(module, is_done)
        allowed = (wanted,) if is_done else (before, wanted)
        self._check(now in allowed, f"{module.serial} was {before}, should be {wanted}, is {now}")
        await asyncio.sleep(self._rng.uniform(0.0, 3.0))
        module.set_power(True)
        await module.settled()
        self._nothing_came_late(module)
        self._check(module.state.zones == now, f"{module.serial} came back other than it was")

    # --- what becomes of it ------------------------------------------------------------------

    async def _call(self, kind: str, call: Awaitable[object]) -> bool:
        try:
            await call
        except DpmError as error:
            self._count(kind, error)
            return False
        self._report.outcomes[f"{kind} done"] += 1
        return True

    def _count(self, kind: str, error: DpmError) -> None:
        self._report.outcomes[f"{kind} {type(error).__name__}"] += 1
        if isinstance(error, OverrideActive):
            module = self._simulator.modules[SerialNumber.parse(error.address)]
            is_so = module.state.in_override
            self._check(is_so, f"{error.address} was said to be in manual override")

    async def _known_now(self, module: SimulatedModule, is_done: bool) -> Zones:
        if not is_done:
            await asyncio.sleep(IN_FLIGHT_S)
        self._known[module.serial] = module.state.saved
        return module.state.saved

    def _nothing_came_late(self, module: SimulatedModule) -> Zones:
        """Check that nothing has changed since somebody last knew; return what it is."""
        saved = module.state.saved
        known = self._known.setdefault(module.serial, saved)
        self._check(saved == known, f"{module.serial} was {known} and became {saved} by itself")
        self._known[module.serial] = saved
        return saved
