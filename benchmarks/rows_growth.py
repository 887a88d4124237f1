"""How cost grows with the number of modules on a link: 1, 10, 33 and 99."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from functools import partial
from statistics import median
from typing import Final

from .contenders import all_read, client_on
from .far_end import FarEnd
from .measuring import Effort, Growth, Sample, Stopwatch, in_turns
from .responder import serials

MODULES: Final = (1, 10, 33, 99)
POLLED_S: Final = 0.5


async def _polled(far: FarEnd, modules: int, effort: Effort) -> Sample:
    """Return what a poll costs the processor, and how long a command takes beside slow polls."""
    far.be(reports=True)
    async with client_on(far.path, modules=modules, extension=True, poll_interval_s=0.0) as client:
        await all_read(client)
        polls = client.statistics.polls
        with Stopwatch() as watch:
            await asyncio.sleep(POLLED_S * effort.share)
        polls = client.statistics.polls - polls
    async with client_on(far.path, modules=modules, extension=True) as client:
        await all_read(client)
        took = []
        for number in range(effort.count(100)):
            serial, zone = serials(modules)[number % modules], 1 + number // modules % 4
            is_on = number // modules // 4 % 2 == 0
            begun = time.perf_counter()
            await client.set_zones(serial, {zone: is_on})
            took.append(time.perf_counter() - begun)
    return {"poll": watch.cpu_s / polls * 1e6, "command": median(took) * 1e6}


async def _memory(far: FarEnd, modules: int) -> float:
    """Return how many octets Python holds for a client and its modules, all of them read."""
    far.be()
    gc.collect()
    tracemalloc.start()
    try:
        async with client_on(far.path, modules=modules, extension=True) as client:
            await all_read(client)
            gc.collect()
            return float(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()


async def growth(far: FarEnd, effort: Effort) -> list[Growth]:
    """Measure every size in turns."""
    found = await in_turns(
        {str(modules): partial(_polled, far, modules, effort) for modules in MODULES}, effort
    )
    await _memory(far, 1)
    memory = {modules: await _memory(far, modules) for modules in MODULES}
    return [
        Growth(
            what="CPU of a poll and its report",
            unit="µs",
            points={modules: found[str(modules)]["poll"] for modules in MODULES},
        ),
        Growth(
            what="a command until it is confirmed, unpaced, p50",
            unit="µs",
            points={modules: found[str(modules)]["command"] for modules in MODULES},
        ),
        Growth(
            what="memory of the client",
            unit="KiB a module",
            points={modules: memory[modules] / modules / 1024 for modules in MODULES},
        ),
    ]
