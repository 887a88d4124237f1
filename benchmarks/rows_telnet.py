"""Rows 13 to 18: through a processor, by Telnet, beside pylutron."""

from __future__ import annotations

import asyncio
import logging
import time
from bisect import bisect
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count as numbers
from statistics import median
from typing import Final

from dpm_core.errors import DpmError

from .far_end import FarEnd
from .measuring import Effort, Figure, Sample, in_turns, us
from .telnet import Login, Processor, Telnet, heard, ours, processor, pylutron, raw

GAP_S: Final = 0.002
BACK_AFTER_S: Final = 3.0
LIMIT_S: Final = 45.0
"""Who has not begun another session by then is not waited for: it is what must be reached."""

CLIENTS_AT_ONCE: Final = 5

CLIENTS: Final = {"ours": ours, "pylutron": pylutron}
CONTENDERS: Final[dict[str, Login]] = {"floor": raw, **CLIENTS}

_logins: Final = numbers(1)


def _user(name: str) -> str:
    return f"{name}{next(_logins)}"


# --- rows 13 to 15 ---------------------------------------------------------------------------


async def _latencies(far: Processor, name: str, login: Login, count: int) -> Sample:
    """Return from a report to its callback, and from a call to its octets at the far end."""
    user = _user(name)
    async with login(far, user) as who:
        who.told.clear()
        # An even number, so that the output is off again, as it began.
        said = await far.ask("report", user=user, count=2 * (count // 2), gap_s=GAP_S)
        await heard(who, len(said))
        told = [at - begun for begun, at in zip(said, who.told, strict=False)]
        await far.ask("log")
        called = []
        for at in range(count):
            called.append(time.monotonic())
            await who.set_level(0.0 if at % 2 else 100.0)
            await asyncio.sleep(GAP_S)
        await asyncio.sleep(0.05)
        arrived = [at for whose, line, at in await far.ask("log") if _is_of(user, whose, line)]
    # pylutron says nothing where it believes the output to be so already, as a late echo makes it.
    assert 0.9 * count <= len(arrived) <= count, (name, len(arrived))
    return {
        "told": median(told),
        "bytes": median(at - called[bisect(called, at) - 1] for at in arrived),
    }


def _is_of(user: str, whose: str, line: str) -> bool:
    return whose == user and line.startswith("#OUTPUT")


async def _flood(far: Processor, name: str, login: Login, count: int) -> Sample:
    """Return how many reports a second somebody takes who gets them as fast as he can."""
    user = _user(name)
    async with login(far, user) as who:
        who.told.clear()
        begun = await far.ask("flood", user=user, count=count)
        await heard(who, count)
        return {"rate": count / (who.told[count - 1] - begun)}


async def latencies(_far: FarEnd, effort: Effort) -> list[Figure]:
    """Rows 13 and 14."""
    count = effort.count(200)
    with processor() as far:
        found = await in_turns(
            {
                name: partial(_latencies, far, name, login, count)
                for name, login in CONTENDERS.items()
            },
            effort.often,
        )
    figures = []
    for row, key, what, aim in (
        (13, "told", "from a processor's report to the callback, p50", 1.2),
        (14, "bytes", "from a call to its octets at the processor, spacing off, p50", 1.15),
    ):
        its, floor, our = (found[name][key] for name in ("pylutron", "floor", "ours"))
        figures.append(
            Figure(
                row=row,
                what=what,
                value=our / its,
                must=0.95,
                # The aim is stated to the floor; as a ratio to the peer it is what that makes.
                aim=aim * floor / its,
                unit="x pylutron",
                beside={
                    f"x floor (aim {aim})": f"{our / floor:.2f}",
                    "floor": us(floor),
                    "ours": us(our),
                    "pylutron": us(its),
                },
            )
        )
    return figures


async def flood(_far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 15."""
    count = 2 * effort.count(2000)
    with processor() as far:
        found = await in_turns(
            {name: partial(_flood, far, name, login, count) for name, login in CONTENDERS.items()},
            effort.often,
        )
    rate = {name: sample["rate"] for name, sample in found.items()}
    return [
        Figure(
            row=15,
            what="reports of a processor taken without end",
            value=rate["ours"] / rate["pylutron"],
            must=2,
            aim=5,
            unit="x pylutron",
            more_is_better=True,
            beside={name: f"{per_s:.0f} a second" for name, per_s in rate.items()},
        )
    ]


# --- rows 16 to 18 ---------------------------------------------------------------------------


@dataclass(slots=True)
class _Caller:
    """Somebody who is logged in while the processor goes away or falls silent.

    Attributes:
        name: Which client.
        user: Under what name.
        who: The same, logged in.
        called: Levels of calls to switch on that ended without an error.
        failed: How many calls ended in one.
        sent: Levels that came to the far end.
    """

    name: str
    user: str
    who: Telnet
    called: list[str] = field(default_factory=list)
    failed: int = 0
    sent: dict[str, float] = field(default_factory=dict)

    async def call(self, pause_s: float) -> None:
        """Switch on and off; each time on with another level, to know it again."""
        for at in numbers(1):
            level = 1 + at % 9900 / 100
            for wanted in (level, 0.0):
                try:
                    await self.who.set_level(wanted)
                except DpmError:
                    self.failed += 1
                else:
                    if wanted:
                        self.called.append(f"{wanted:.2f}")
                await asyncio.sleep(pause_s)

    @property
    def lost(self) -> int:
        """How many calls came nowhere, and said nothing of it."""
        return sum(level not in self.sent for level in self.called)


async def _log_in(
    far: Processor, stack: AsyncExitStack, name: str, login: Login, clients: int
) -> list[_Caller]:
    callers = []
    for _ in range(clients):
        user = _user(name)
        callers.append(_Caller(name, user, await stack.enter_async_context(login(far, user))))
    return callers


async def _note(far: Processor, callers: Sequence[_Caller]) -> None:
    """Take what came to the far end since the last time."""
    by_user = {caller.user: caller for caller in callers}
    for user, line, at in await far.ask("log"):
        if user in by_user and line.startswith("#OUTPUT"):
            by_user[user].sent.setdefault(line.split(",")[3], at)


async def _calling(
    far: Processor, callers: Sequence[_Caller], pause_s: float, outage: asyncio.Future[None]
) -> None:
    """Have everybody give commands until the outage is over."""
    tasks = [asyncio.ensure_future(caller.call(pause_s)) for caller in callers]
    try:
        await outage
        # A call that has begun may end.
        await asyncio.sleep(0.1)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _note(far, callers)


async def _fin(far: Processor, clients: int) -> tuple[dict[str, list[float]], list[_Caller]]:
    """Return how long each took to give commands again, counted from the listening."""
    async with AsyncExitStack() as stack:
        callers = [
            caller
            for name, login in CLIENTS.items()
            for caller in await _log_in(far, stack, name, login, clients)
        ]
        took: dict[str, list[float]] = {name: [] for name in CLIENTS}

        async def outage() -> None:
            await asyncio.sleep(0.3)
            await _note(far, callers)
            back_at = await far.ask("go away", back_after_s=BACK_AFTER_S)
            waiting = {caller.user: caller for caller in callers}
            until = time.monotonic() + LIMIT_S
            while waiting and time.monotonic() < until:
                await asyncio.sleep(0.02)
                await _note(far, callers)
                for user, caller in list(waiting.items()):
                    after = [at for at in caller.sent.values() if at > back_at]
                    if after:
                        took[caller.name].append(min(after) - back_at)
                        del waiting[user]

        await _calling(far, callers, 0.05, asyncio.ensure_future(outage()))
    return took, callers


@dataclass(slots=True)
class _Silence:
    """One kind of silence, and those who are met by it."""

    is_busy: bool
    loses_packets: bool
    callers: list[_Caller]
    began_at: float = 0.0

    @property
    def words(self) -> str:
        """What it is called."""
        how = "dropped packets" if self.loses_packets else "hang"
        return f"{how}, {'busy' if self.is_busy else 'idle'}"


async def _silent(
    far: Processor, clients: int, limit_s: float
) -> tuple[dict[tuple[str, str], list[float]], list[_Caller]]:
    """Return how long each took to have another session, counted from the silence, by its kind."""
    async with AsyncExitStack() as stack:
        silences = []
        for is_busy in (False, True):
            for loses_packets in (False, True):
                callers = [
                    caller
                    for name, login in CLIENTS.items()
                    for caller in await _log_in(far, stack, name, login, clients)
                ]
                silences.append(_Silence(is_busy, loses_packets, callers))
        everybody = [caller for silence in silences for caller in silence.callers]
        busy = [caller for silence in silences if silence.is_busy for caller in silence.callers]
        took: dict[tuple[str, str], list[float]] = {}

        async def outage() -> None:
            await asyncio.sleep(0.6)
            await _note(far, everybody)
            await far.ask("logins")
            waiting: dict[str, tuple[_Caller, _Silence]] = {}
            for silence in silences:
                users = [caller.user for caller in silence.callers]
                silence.began_at = await far.ask(
                    "fall silent", users=users, loses_packets=silence.loses_packets
                )
                waiting |= {caller.user: (caller, silence) for caller in silence.callers}
            until = time.monotonic() + limit_s
            while waiting and time.monotonic() < until:
                await asyncio.sleep(0.1)
                await _note(far, busy)
                # Somebody idle has a session when he is logged in; somebody busy when he uses it.
                back = {user: at for user, at in await far.ask("logins") if user in waiting}
                for caller, silence in waiting.values():
                    if silence.is_busy:
                        back.pop(caller.user, None)
                        after = [at for at in caller.sent.values() if at > silence.began_at + 0.5]
                        if after:
                            back[caller.user] = min(after)
                for user, at in back.items():
                    caller, silence = waiting.pop(user)
                    took.setdefault((caller.name, silence.words), []).append(at - silence.began_at)
            for caller, silence in waiting.values():
                took.setdefault((caller.name, silence.words), []).append(limit_s)

        await _calling(far, busy, 0.5, asyncio.ensure_future(outage()))
    return took, busy


async def outages(_far: FarEnd, effort: Effort) -> list[Figure]:
    """Rows 16 to 18: seconds, each the worst of several clients that are met at once."""
    clients, limit_s = (CLIENTS_AT_ONCE, LIMIT_S) if effort.share == 1 else (2, LIMIT_S / 2)
    # What the clients say of an outage is not ours to show.
    logging.disable(logging.CRITICAL)
    try:
        with processor() as far:
            back, called = await _fin(far, clients)
            silent, called_too = await _silent(far, clients, limit_s)
    finally:
        logging.disable(logging.NOTSET)
    lost = {
        name: sum(caller.lost for caller in (*called, *called_too) if caller.name == name)
        for name in CLIENTS
    }
    failed = sum(caller.failed for caller in (*called, *called_too) if caller.name == "ours")
    calls = sum(len(caller.called) for caller in (*called, *called_too) if caller.name == "ours")
    kinds = sorted({kind for _, kind in silent})
    return [
        Figure(
            row=16,
            what="commands again after a FIN, the processor back after 3 s, worst of a run",
            value=max(back["ours"]),
            must=2,
            aim=1,
            unit="s from its listening",
            beside={name: _spread(back[name], clients, LIMIT_S) for name in CLIENTS},
        ),
        Figure(
            row=17,
            what="usable after a hang or dropped packets, idle or busy, worst of a run",
            value=max(max(silent["ours", kind]) for kind in kinds),
            must=LIMIT_S,
            aim=20,
            unit="s from its silence",
            beside={
                f"{name}, {kind}": _spread(silent[name, kind], clients, limit_s)
                for name in CLIENTS
                for kind in kinds
            },
        ),
        Figure(
            row=18,
            what="commands of these outages lost without an error",
            value=lost["ours"],
            must=0,
            aim=0,
            unit="commands",
            beside={
                "ours, confirmed (only those to switch on are counted)": str(calls),
                "ours, ended in an error": str(failed),
                "pylutron, lost": str(lost["pylutron"]),
            },
        ),
    ]


def _spread(took: Sequence[float], clients: int, limit_s: float) -> str:
    there = [s for s in took if s < limit_s]
    if not there:
        return f"not within {limit_s:.0f} s"
    said = f"{min(there):.1f} to {max(there):.1f} s"
    return said if len(there) == clients else f"{said}; {clients - len(there)} not at all"
