"""Rounds of use under faults, each followed by quiet in which everything must be shown as it is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from dpm_core.client import ClientSettings, DpmClient
from dpm_core.simulator import Simulator, SimulatorSettings, parse_fault, parse_modules

from .house import House
from .report import Report
from .ways import Way

LINE_FAULTS: Final = (
    "lose:0.05",
    "lose:0.3:from-modules",
    "lose:0.3:to-modules",
    "lose:0.002:octets",
    "corrupt:0.1",
    "corrupt:0.002:octets",
    "double:0.2",
    "double:0.002:octets",
    "delay:0.2",
    "delay:0.2:octets",
    "truncate:0.1",
    "merge:0.1",
    "collide:0.1",
    "noise:20",
    "babble:0.3",
)
"""What may be wrong with octets and line, at rates at which some calls succeed."""

PORT_FAULTS: Final = ("close", "reset", "unplug", "unplug:elsewhere", "hang", "mute")
"""What may be wrong with the port or gateway."""

QUIET_LIMIT_S: Final = 60.0
"""Within this time after the last fault everything must be shown as it is: a hung link is noticed
after 14 s, 99 modules are read in 5 s, a lost one is asked every 5 s, and polled after 10."""

WORKERS: Final = 12


async def soak(
    *,
    duration_s: float,
    seed: int = 0,
    modules: str = "99",
    way: str = "memory",
    folder: Path | None = None,
    faults: Sequence[str] | None = None,
    round_s: float = 10.0,
    settings: SimulatorSettings | None = None,
    enough: asyncio.Event | None = None,
) -> Report:
    """Use a link under faults for a time, and return what was seen.

    Args:
        duration_s: How long, by the loop's clock; the round that is running is finished.
        seed: What is left to chance follows from it.
        modules: Which, or how many.
        way: How the client reaches them: memory, pty or tcp.
        folder: Where a pseudo-terminal appears.
        faults: All of them in every round; a random few in each if None.
        round_s: How long faults last.
        settings: Of the simulated link.
        enough: Ends it, once it is set, with the round that is running.
    """
    loop = asyncio.get_running_loop()
    rng = random.Random(f"soak {seed}")  # noqa: S311  # nothing is secret here
    report = Report(seed, way, len(parse_modules(modules)))
    begun_at = loop.time()
    async with AsyncExitStack() as stack:
        simulator = Simulator(parse_modules(modules), settings=settings, seed=seed)
        await stack.enter_async_context(simulator)
        link = Way(way, simulator, folder)
        transport = await link.open(stack)
        client = DpmClient(transport, ClientSettings(allow_extension=True))
        for serial in simulator.modules:
            client.add_module(serial)
        await stack.enter_async_context(client)
        house = House(simulator, client, rng, report)
        await _quiet(house, report)
        report.quiet_s_max = 0.0  # that was the first reading, after no fault
        ends_at = begun_at + duration_s
        while not report.rounds or (loop.time() < ends_at and not (enough and enough.is_set())):
            port_fault = ""
            for words in faults if faults is not None else _some(rng):
                report.faults[words] += 1
                if words in PORT_FAULTS:
                    port_fault = words
                else:
                    await link.set(parse_fault(words))
            using = asyncio.ensure_future(house.use(loop.time() + round_s, WORKERS))
            if port_fault:
                # In the middle of everything, and for a while.
                await asyncio.sleep(rng.uniform(0, round_s / 2))
                await link.set(parse_fault(port_fault))
                if rng.random() < 0.5:
                    await asyncio.sleep(rng.uniform(0, round_s / 4))
                    await link.mend()
            await using
            await house.all_at_once()
            await link.mend()
            await _quiet(house, report)
            report.rounds += 1
    report.took_s = loop.time() - begun_at
    return report


def _some(rng: random.Random) -> list[str]:
    some = rng.sample(LINE_FAULTS, rng.randint(0, 2))
    if not some or rng.random() < 0.5:
        some.append(rng.choice(PORT_FAULTS))
    return some


async def _quiet(house: House, report: Report) -> None:
    """Wait until everything that is shown is so, and see that it stays so."""
    loop = asyncio.get_running_loop()
    begun_at = loop.time()
    while loop.time() < begun_at + QUIET_LIMIT_S:
        if house.is_quiet and not house.differences():
            break
        await asyncio.sleep(0.1)
    report.quiet_s_max = max(report.quiet_s_max, loop.time() - begun_at)
    await asyncio.sleep(1.0)
    report.broken += [f"after quiet: {words}" for words in house.differences()]
