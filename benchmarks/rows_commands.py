"""Rows 1 to 4: one command after the other, on a wire with its speed and on one without."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from itertools import pairwise
from statistics import median

from .contenders import (
    PEER_OCTETS,
    TRANSACTION_OCTETS,
    Transactions,
    floor,
    ours_back_to_back,
    ours_one_by_one,
    pymodbus,
    streams,
)
from .far_end import FarEnd
from .measuring import Effort, Figure, Sample, Stopwatch, in_turns, us

BAUD = 115200
WARM_UP = 32

Contender = Callable[[str], AbstractAsyncContextManager[Transactions]]


@asynccontextmanager
async def _ours_with_gaps(path: str) -> AsyncIterator[Transactions]:
    async with ours_back_to_back(path, with_gaps=True) as run:
        yield run


async def _paced(far: FarEnd, contender: Contender, octets: int, count: int) -> Sample:
    """Return what part of the time the link was used, and the rest of it for each command."""
    far.be(baud=BAUD, logs=True)
    async with contender(far.path) as run:
        await run(WARM_UP)
        far.log()
        await run(count)
        log = far.log()
    wire_s = octets * 10 / BAUD
    between = [later.arrived - one.answered for one, later in pairwise(log)]
    elapsed_s = log[-1].answered - log[0].arrived
    return {
        "used": len(log) * wire_s / elapsed_s,
        # The answer's lateness is the far end's own, and the same for everybody.
        "above": median(between) + median(one.answered - one.arrived for one in log) - wire_s,
    }


async def paced(far: FarEnd, effort: Effort) -> list[Figure]:
    """Rows 1 and 2."""
    count = effort.count(320)
    found = await in_turns(
        {
            "floor": partial(_paced, far, floor, TRANSACTION_OCTETS, count),
            "ours": partial(_paced, far, ours_back_to_back, TRANSACTION_OCTETS, count),
            "streams": partial(_paced, far, streams, TRANSACTION_OCTETS, count),
            "pymodbus": partial(_paced, far, pymodbus, PEER_OCTETS, count),
            "defaults": partial(_paced, far, _ours_with_gaps, TRANSACTION_OCTETS, count),
        },
        effort,
    )
    used = {name: sample["used"] for name, sample in found.items()}
    above = {name: sample["above"] for name, sample in found.items()}
    return [
        Figure(
            row=1,
            what="link used, commands back to back, paced at 115200",
            value=used["ours"] / used["floor"],
            must=0.98,
            aim=0.99,
            unit="x floor",
            more_is_better=True,
            beside={
                "floor": f"{used['floor']:.1%}",
                "ours": f"{used['ours']:.1%}",
                "raw asyncio streams": f"{used['streams']:.1%}",
                "pymodbus": f"{used['pymodbus']:.1%}",
                "ours, default turnaround and gaps": f"{used['defaults']:.1%}",
            },
        ),
        Figure(
            row=2,
            what="time above the wire per command, p50",
            value=above["ours"] / above["floor"],
            must=1.3,
            aim=1.15,
            unit="x floor",
            beside={
                "floor": us(above["floor"]),
                "ours": us(above["ours"]),
                "raw asyncio streams": us(above["streams"]),
                "pymodbus": us(above["pymodbus"]),
                "ours, default turnaround and gaps": us(above["defaults"]),
            },
        ),
    ]


async def _unpaced(far: FarEnd, contender: Contender, count: int) -> Sample:
    far.be()
    async with contender(far.path) as run:
        await run(WARM_UP)
        with Stopwatch() as watch:
            took = await run(count)
    return {"p50": median(took or [watch.took_s / count]), "cpu": watch.cpu_s / count}


async def unpaced(far: FarEnd, effort: Effort) -> list[Figure]:
    """Rows 3 and 4."""
    count = effort.count(800)
    found = await in_turns(
        {
            "floor": partial(_unpaced, far, floor, count),
            "ours": partial(_unpaced, far, ours_one_by_one, count),
            "pymodbus": partial(_unpaced, far, pymodbus, count),
            "streams": partial(_unpaced, far, streams, count),
            "many": partial(_unpaced, far, ours_back_to_back, count),
        },
        effort.often,
    )
    p50 = {name: sample["p50"] for name, sample in found.items()}
    cpu = {name: sample["cpu"] for name, sample in found.items()}
    return [
        Figure(
            row=3,
            what="round trip unpaced, p50",
            value=p50["ours"] / p50["pymodbus"],
            must=0.9,
            # The aim is stated to the floor; as a ratio to the peer it is what that makes.
            aim=1.35 * p50["floor"] / p50["pymodbus"],
            unit="x pymodbus",
            beside={
                "x floor (aim 1.35)": f"{p50['ours'] / p50['floor']:.2f}",
                "floor": us(p50["floor"]),
                "ours": us(p50["ours"]),
                "raw asyncio streams": us(p50["streams"]),
                "pymodbus": us(p50["pymodbus"]),
            },
        ),
        Figure(
            row=4,
            what="CPU per transaction",
            value=cpu["ours"] / cpu["pymodbus"],
            must=0.75,
            aim=0.6,
            unit="x pymodbus",
            beside={
                "floor": us(cpu["floor"]),
                "ours": us(cpu["ours"]),
                "ours, 16 callers at once": us(cpu["many"]),
                "raw asyncio streams": us(cpu["streams"]),
                "pymodbus": us(cpu["pymodbus"]),
            },
        ),
    ]
