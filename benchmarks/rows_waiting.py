"""Rows 5 to 7 and 9: what a command waits for, rounds of polls, and one call for all zones."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Final

from dpm_core.client import DpmClient
from dpm_core.protocol import frame_time_s

from .contenders import (
    COMMAND_OCTETS,
    POLL_OCTETS,
    TRANSACTION_OCTETS,
    all_read,
    client_on,
    floor,
    session_settings,
)
from .far_end import Answered, FarEnd
from .measuring import Effort, Figure, Sample, in_turns, ms, us
from .responder import serials

BAUD: Final = 115200
MODULES: Final = 99


async def _answered(far: FarEnd, is_it: Callable[[Answered], bool]) -> Answered:
    """Return the first noted request of a kind; wait for it, but not for ever."""
    async with asyncio.timeout(10):
        while True:
            for entry in far.log():
                if is_it(entry):
                    return entry
            await asyncio.sleep(0.005)


# --- row 5 -----------------------------------------------------------------------------------


async def _among_polls(far: FarEnd, count: int, *, with_gaps: bool) -> Sample:
    """Issue commands at any moment while every module is due to be polled."""
    wire_s = TRANSACTION_OCTETS * 10 / BAUD
    chance = random.Random(5)
    answers, calls = [], []
    far.be(reports=True, logs=True)
    async with client_on(
        far.path, modules=MODULES, extension=True, with_gaps=with_gaps, poll_interval_s=0.0
    ) as client:
        await all_read(client)
        far.be(baud=BAUD, reports=True, logs=True)
        for number in range(count):
            far.log()
            # Not right after the far end was asked something, which it answers between two polls.
            await asyncio.sleep(chance.uniform(0.02, 0.05))
            serial, zone = serials(MODULES)[number % MODULES], 1 + number // MODULES % 4
            begun = time.monotonic()
            await client.turn_zone_on(serial, zone)
            calls.append(time.monotonic() - begun)
            # The last one, should it have been sent again.
            entries = [one for one in far.log() if one.octets == TRANSACTION_OCTETS]
            answers.append(entries[-1].answered - begun)
    return {
        "answer": median(answers) / wire_s,
        "worst": max(answers) / wire_s,
        "call": median(calls) / wire_s,
    }


async def among_polls(far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 5."""
    count = effort.count(40)

    async def raw() -> Sample:
        far.be(baud=BAUD)
        async with floor(far.path) as run:
            return {"s": median(await run(count))}

    found = await in_turns(
        {
            "ours": partial(_among_polls, far, count, with_gaps=False),
            "defaults": partial(_among_polls, far, count, with_gaps=True),
            "floor": raw,
        },
        effort,
    )
    wire_s = TRANSACTION_OCTETS * 10 / BAUD
    return [
        Figure(
            row=5,
            what="a command issued while 99 polls are due, until it is answered, p50",
            value=found["ours"]["answer"],
            must=10,
            aim=2.2,
            unit="transactions' wire time",
            beside={
                "worst of a run": f"{found['ours']['worst']:.2f}",
                "until the call returns, confirmed": f"{found['ours']['call']:.2f}",
                "a transaction on the wire": ms(wire_s),
                "the floor's transaction, nothing else due": f"{found['floor']['s'] / wire_s:.2f}",
                "default turnaround and gaps": f"{found['defaults']['answer']:.2f}",
            },
        )
    ]


# --- row 6 -----------------------------------------------------------------------------------


async def _beside_a_dead_module(far: FarEnd, count: int, *, with_gaps: bool) -> Sample:
    """Issue a command at any moment while a dead module's query waits for its answer."""
    dead, alive = serials(2)
    settings = session_settings(BAUD, with_gaps=with_gaps)
    timeout_s = settings.answer_wait_s(24, 24)
    chance = random.Random(6)
    took = []
    far.be(baud=BAUD, dead=[dead])
    async with client_on(far.path, modules=2, with_gaps=with_gaps, extension=False) as client:
        for _ in range(count):
            query = asyncio.ensure_future(client.turn_zone_on(dead, 1))
            await asyncio.sleep(chance.uniform(0.0, 0.9 * timeout_s))
            begun = time.perf_counter()
            await client.turn_zone_on(alive, 1)
            took.append((time.perf_counter() - begun) / timeout_s)
            await asyncio.gather(query, return_exceptions=True)
    return {"p50": median(took), "worst": max(took), "timeout": timeout_s}


async def beside_a_dead_module(far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 6."""
    count = effort.count(20)
    found = await in_turns(
        {
            "ours": partial(_beside_a_dead_module, far, count, with_gaps=False),
            "defaults": partial(_beside_a_dead_module, far, count, with_gaps=True),
        },
        effort,
    )
    timeout_s = found["ours"]["timeout"]
    wire_s = TRANSACTION_OCTETS * 10 / BAUD
    return [
        Figure(
            row=6,
            what="a command issued while a dead module's query is unanswered, worst of a run",
            value=found["ours"]["worst"],
            must=2,
            # "1, plus 2 transactions"
            aim=1 + 2 * wire_s / timeout_s,
            unit="configured timeouts",
            beside={
                "p50": f"{found['ours']['p50']:.2f}",
                "a timeout": ms(timeout_s),
                "default turnaround and gaps, worst of a run": f"{found['defaults']['worst']:.2f}",
            },
        )
    ]


# --- row 7 -----------------------------------------------------------------------------------


async def _round(far: FarEnd, baud: int, rounds: int, *, with_gaps: bool) -> Sample:
    far.be()
    async with client_on(
        far.path,
        modules=MODULES,
        extension=True,
        baud=baud,
        with_gaps=with_gaps,
        poll_interval_s=0.0,
    ) as client:
        await all_read(client)
        far.be(baud=baud, logs=True)
        # Whoever asks the far end for its log keeps it from answering.
        await asyncio.sleep(MODULES * rounds * POLL_OCTETS * 10 / baud)
        log: list[Answered] = []
        while len(log) < MODULES * rounds + 2:
            await asyncio.sleep(0.05)
            log += far.log()
    first, last = log[1], log[MODULES * rounds + 1]
    wire_s = MODULES * rounds * POLL_OCTETS * 10 / baud
    late = [one.answered - one.arrived - POLL_OCTETS * 10 / baud for one in log]
    return {"round": (last.arrived - first.arrived) / wire_s, "late": median(late)}


async def rounds_of_polls(far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 7, at both speeds."""
    figures = []
    for baud, must, aim, rounds in ((115200, 1.10, 1.07, 2), (31250, 1.03, 1.02, 1)):
        found = await in_turns(
            {
                "ours": partial(_round, far, baud, rounds, with_gaps=False),
                "defaults": partial(_round, far, baud, rounds, with_gaps=True),
            },
            effort,
        )
        wire_s = MODULES * POLL_OCTETS * 10 / baud
        figures.append(
            Figure(
                row=7,
                what=f"a round of 99 polls at {baud}",
                value=found["ours"]["round"],
                must=must,
                aim=aim,
                unit="x wire",
                beside={
                    "wire": f"{wire_s:.3f} s",
                    "the far end's own lateness, a poll": us(found["ours"]["late"]),
                    "default turnaround and gaps": f"{found['defaults']['round']:.2f}",
                },
            )
        )
    return figures


# --- row 9 -----------------------------------------------------------------------------------


async def _switch_all(far: FarEnd, baud: int, count: int) -> Sample:
    """Switch all zones of 99 modules by one call, on and off."""
    frame_s = frame_time_s(24, baud)
    sent, confirmed = [], []
    far.be(reports=True)
    async with client_on(far.path, modules=MODULES, extension=True, baud=baud) as client:
        await all_read(client)
        far.be(baud=baud, reports=True, logs=True)
        for number in range(count):
            await _idle(client, far)
            begun = time.monotonic()
            outcomes = await client.broadcast_level(0 if number % 2 else 100)
            confirmed.append(time.monotonic() - begun)
            assert len(outcomes) == MODULES
            entry = await _answered(far, lambda one: one.octets == COMMAND_OCTETS)
            # What the responder has read is written; on the wire its last octet is a frame later.
            sent.append(entry.arrived + frame_s - begun)
    return {"sent": median(sent) / frame_s, "confirmed": median(confirmed)}


async def _idle(client: DpmClient, far: FarEnd) -> None:
    """Wait until nothing is on the wire, and forget what was."""
    heard = -1
    while heard != client.statistics.heard.octets:
        heard = client.statistics.heard.octets
        await asyncio.sleep(0.05)
    far.log()


async def all_zones(far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 9; one broadcast is the fewest frames there can be."""
    count = effort.count(8)
    found = await in_turns(
        {
            "115200": partial(_switch_all, far, 115200, count),
            "31250": partial(_switch_all, far, 31250, count),
        },
        effort,
    )
    return [
        Figure(
            row=9,
            what="396 zones off by one call, to the last command octet, at 115200",
            value=found["115200"]["sent"],
            must=1.3,
            aim=1.1,
            unit="x wire time of one frame",
            beside={
                "at 31250": f"{found['31250']['sent']:.2f}",
                "confirmed by all 99, at 115200": f"{found['115200']['confirmed']:.2f} s",
                "confirmed by all 99, at 31250": f"{found['31250']['confirmed']:.2f} s",
                "99 reports on the wire, at 31250": f"{99 * frame_time_s(24, 31250):.2f} s",
            },
        )
    ]
