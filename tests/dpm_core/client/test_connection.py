"""A link that is lost comes back by itself, is read again, and says so once."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from dpm_core.client import (
    ClientSettings,
    ConnectionLost,
    ConnectionRestored,
    ConnectionState,
    DpmClient,
    ModuleChanged,
    ZoneSwitched,
)
from dpm_core.client.connection import Connection
from dpm_core.client.wire import Wire
from dpm_core.errors import LinkUnavailable, NoReply
from dpm_core.protocol import GoToLevel, MasterSession
from dpm_core.transport import ReconnectPolicy, SendGate, TransportProtocol, memory_pair
from tests.dpm_core.client.links import (
    ONE,
    TWO,
    Diary,
    MemoryLink,
    SimulatedLink,
    eventually,
    now,
)

REOPEN_S = 1.0
"""Attempts are at most this far apart. Source: issue "A link that never goes silent"."""

HUNG_S = 20.0
"""A hung link is noticed and replaced within this time. Source: the same."""


def fresh(client: DpmClient) -> bool:
    return all(view.is_fresh for view in client.modules.values())


def is_lost(client: DpmClient) -> Callable[[], bool]:
    return lambda: client.connection is ConnectionState.LOST


def is_connecting(client: DpmClient) -> bool:
    return client.connection is ConnectionState.CONNECTING


def is_connected(client: DpmClient) -> Callable[[], bool]:
    return lambda: client.connection is ConnectionState.CONNECTED


@pytest.mark.requirement("G2", "H6")
async def test_a_lost_link_comes_back_and_is_read_before_anything_is_fresh(
    link: SimulatedLink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dpm_core.client")
    async with link.client(ONE, TWO) as client:
        await eventually(lambda: fresh(client))
        await client.turn_zone_on(ONE, 1)
        diary = Diary(client)
        await link.vanish()
        await eventually(is_lost(client))
        for serial in (ONE, TWO):
            view = client.modules[serial]
            assert not view.is_online
            assert not view.is_fresh
        assert client.modules[ONE].zones == (True, False, False, False), "the last known stays"
        with pytest.raises(LinkUnavailable):
            await client.turn_zone_on(ONE, 2)
        link[ONE].press_button(3)
        await link[ONE].settled()
        await asyncio.sleep(0.5)
        await link.appear()
        await eventually(is_connected(client))
        await eventually(lambda: fresh(client))
        assert client.modules[ONE].zones == (True, False, True, False)
        assert [(e.zone, e.is_on) for e in diary.of(ZoneSwitched)] == [(3, True)]
        kinds = [type(event) for event in diary.of(ConnectionLost, ConnectionRestored)]
        assert kinds == [ConnectionLost, ConnectionRestored]
        for event in diary.of(ModuleChanged):
            assert not event.view.is_fresh or event.view.zones[2] or event.serial == TWO
        await client.turn_zone_on(ONE, 2)
    told = [r for r in caplog.records if r.name == "dpm_core.client.connection" and r.levelno > 10]
    assert [record.levelname for record in told] == ["WARNING", "INFO"]


@pytest.mark.requirement("G2")
async def test_a_command_in_flight_ends_with_the_link_and_is_not_applied_later(
    link: SimulatedLink,
) -> None:
    async with link.client(ONE, TWO) as client:
        await eventually(lambda: fresh(client))
        link.line.from_us = lambda frame, message: (
            () if isinstance(message, GoToLevel) else (frame,)
        )
        calls = [
            asyncio.ensure_future(call)
            for call in (
                client.turn_zone_on(ONE, 1),
                client.turn_zone_on(ONE, 1),
                client.set_zones(TWO, {1: True, 2: True}),
                client.broadcast_level(100),
                client.write_program(
                    ONE, client.modules[ONE].program or (await client.read_program(ONE))
                ),
            )
        ]
        await eventually(lambda: bool(link.line.messages(GoToLevel)))
        await link.vanish()
        for result in await asyncio.gather(*calls, return_exceptions=True):
            assert result is None or isinstance(result, LinkUnavailable)
        assert sum(isinstance(call.exception(), LinkUnavailable) for call in calls) >= 4
        link.line.mend()
        link.line.sent.clear()
        await link.appear()
        await eventually(lambda: fresh(client))
        await asyncio.sleep(0.5)
        assert not link.line.messages(GoToLevel)
        assert link[ONE].state.zones == link[TWO].state.zones == (False,) * 4


@pytest.mark.virtual_time
async def test_while_a_report_is_awaited_the_loss_of_the_link_ends_the_call_at_once(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: fresh(client))

        def unplug(frame: Any, message: Any) -> Any:
            if not frame.has_header:  # the acknowledgement
                asyncio.get_running_loop().call_later(0.01, memory_link.line.inner.break_link)
            return (frame,) if not frame.has_header else ()

        memory_link.line.to_us = unplug
        begun_at = now()
        with pytest.raises(LinkUnavailable) as lost:
            await client.turn_zone_on(ONE, 1)
        assert now() - begun_at < 0.02
        assert lost.value.detail == "the link was broken on purpose"


@pytest.mark.requirement("G2", "H6")
@pytest.mark.virtual_time
@pytest.mark.parametrize("away_s", [0.05, 3.0, 3600.0])
async def test_commands_are_taken_within_a_second_of_the_links_return_however_long_it_was_gone(
    memory_link: MemoryLink, away_s: float
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: fresh(client))
        await memory_link.vanish()
        await asyncio.sleep(away_s)
        attempts = memory_link.line.opened
        await memory_link.appear()
        back_at = now()
        while True:
            try:
                await client.turn_zone_on(ONE, 1)
                break
            except LinkUnavailable:
                await asyncio.sleep(0.01)
        assert now() - back_at < REOPEN_S
        assert memory_link.line.opened == attempts + 1
        assert attempts >= away_s / REOPEN_S


@pytest.mark.requirement("G2", "H6")
@pytest.mark.virtual_time
@pytest.mark.parametrize("is_busy", [False, True], ids=["idle", "busy"])
async def test_a_hung_link_is_noticed_and_replaced_idle_or_busy(
    memory_link: MemoryLink, is_busy: bool
) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await eventually(lambda: fresh(client))
        diary = Diary(client)
        line = memory_link.line
        line.hang()
        hung_at = now()
        opened = line.opened
        while line.opened == opened:
            if is_busy:
                with pytest.raises((NoReply, LinkUnavailable)):
                    await client.turn_zone_on(ONE, 1)
            await asyncio.sleep(0.01)
            assert now() - hung_at < HUNG_S
        assert client.connection is ConnectionState.LOST
        line.mend()
        await client.turn_zone_on(ONE, 2)
        await eventually(is_connected(client))
        await eventually(lambda: fresh(client))
        assert memory_link[ONE].state.zones == (False, True, False, False)
        kinds = [type(event) for event in diary.of(ConnectionLost, ConnectionRestored)]
        assert kinds == [ConnectionLost, ConnectionRestored]
        assert "nobody has answered" in diary.of(ConnectionLost)[0].error.detail


@pytest.mark.virtual_time
async def test_a_link_that_stays_hung_is_replaced_again_and_again_and_told_once(
    memory_link: MemoryLink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dpm_core.client")
    async with memory_link.client(ONE) as client:
        await eventually(lambda: fresh(client))
        diary = Diary(client)
        memory_link.line.hang()
        await asyncio.sleep(120.0)
        assert memory_link.line.opened >= 120.0 / HUNG_S
        assert len(diary.of(ConnectionLost)) == 1
        assert diary.of(ConnectionRestored) == []
        memory_link.line.mend()
        await eventually(is_connected(client))
        assert len(diary.of(ConnectionRestored)) == 1
    told = [r for r in caplog.records if r.name == "dpm_core.client.connection" and r.levelno > 10]
    assert len(told) == 2


@pytest.mark.virtual_time
async def test_a_replaced_link_that_is_then_unplugged_is_regained_when_somebody_is_heard(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: fresh(client))
        diary = Diary(client)
        memory_link.line.hang()
        await eventually(lambda: memory_link.line.opened == 2, 60.0)
        await memory_link.vanish()
        await asyncio.sleep(5.0)
        memory_link.line.mend()
        await memory_link.appear()
        await eventually(is_connected(client))
        kinds = [type(event) for event in diary.of(ConnectionLost, ConnectionRestored)]
        assert kinds == [ConnectionLost, ConnectionRestored]


@pytest.mark.requirement("G2", "H6")
@pytest.mark.virtual_time
async def test_a_gateway_that_accepts_and_closes_at_once_is_lost_and_that_is_told_once(
    memory_link: MemoryLink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dpm_core.client")
    async with memory_link.client(ONE) as client:
        await eventually(lambda: fresh(client))
        diary = Diary(client)
        line = memory_link.line
        opened_at: list[float] = []
        opens = line.open

        async def open_and_close(handler: TransportProtocol) -> None:
            opened_at.append(now())
            await opens(handler)
            asyncio.get_running_loop().call_later(0.01, memory_link._near.break_link)

        line.open = open_and_close  # type: ignore[method-assign]
        line.hang()
        memory_link._near.break_link()
        await asyncio.sleep(60.0)
        assert client.connection is ConnectionState.LOST
        assert diary.of(ConnectionRestored) == []
        assert len(diary.of(ConnectionLost)) == 1
        steps = [later - at for at, later in itertools.pairwise(opened_at)]
        assert max(steps) <= 1.0
        assert sum(steps[5:]) / len(steps[5:]) >= 0.5
        line.open = opens  # type: ignore[method-assign]
        line.mend()
        mended_at = now()
        await eventually(lambda: fresh(client))
        assert now() - mended_at < 1.0
        await client.turn_zone_on(ONE, 1)
        assert len(diary.of(ConnectionRestored)) == 1
    told = [r for r in caplog.records if r.name == "dpm_core.client.connection" and r.levelno > 10]
    assert [record.levelname for record in told] == ["WARNING", "INFO"]


@pytest.mark.requirement("G2")
@pytest.mark.virtual_time
async def test_a_silent_link_that_stays_open_is_back_after_a_moment(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(gate=SendGate.LISTEN, settings=ClientSettings()) as client:
        diary = Diary(client)
        memory_link.line.inner.break_link()
        await eventually(is_lost(client))
        lost_at = now()
        await eventually(is_connected(client))
        assert now() - lost_at < 1.0
        await asyncio.sleep(0)
        assert [type(event) for event in diary.events] == [ConnectionLost, ConnectionRestored]


async def test_a_link_that_cannot_be_opened_is_an_error_at_once(link: SimulatedLink) -> None:
    await link.vanish()
    client = link.client(ONE)
    with pytest.raises(LinkUnavailable):
        await client.connect()
    assert client.connection is ConnectionState.CLOSED
    with pytest.raises(LinkUnavailable):
        await client.turn_zone_on(ONE, 1)
    await link.appear()
    async with client:
        await client.turn_zone_on(ONE, 1)


async def test_a_closed_client_may_be_opened_again_and_open_calls_end(link: SimulatedLink) -> None:
    client = link.client(ONE)
    async with client:
        await eventually(lambda: fresh(client))
        with pytest.raises(LinkUnavailable):
            await client.connect()
        link.line.hang()
        call = asyncio.ensure_future(client.turn_zone_on(ONE, 1))
        await asyncio.sleep(0)
    with pytest.raises(LinkUnavailable) as closed:
        await call
    assert closed.value.detail == "it was closed"
    assert client.connection is ConnectionState.CLOSED
    assert not client.modules[ONE].is_online
    await client.close()
    link.line.mend()
    async with client:
        await client.turn_zone_on(ONE, 1)
        assert client.statistics.connections == 2
        assert client.statistics.losses == 0


@pytest.mark.virtual_time
async def test_closing_while_the_link_is_lost_ends_the_attempts(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await memory_link.vanish()
        await eventually(is_lost(client))
        await asyncio.sleep(2.0)
    opened = memory_link.line.opened
    await asyncio.sleep(10.0)
    assert memory_link.line.opened == opened


@pytest.mark.virtual_time
async def test_a_transport_that_fails_in_a_way_nobody_foresaw_is_tried_again(
    memory_link: MemoryLink, caplog: pytest.LogCaptureFixture
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: fresh(client))
        opened: Callable[[Any], Awaitable[None]] = memory_link.line.inner.open
        failures = 2

        async def fail(handler: Any) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                raise RuntimeError("a bug in a backend")
            await opened(handler)

        memory_link.line.inner.open = fail
        memory_link.line.inner.break_link()
        await eventually(is_lost(client))
        await eventually(is_connected(client))
        await client.turn_zone_on(ONE, 1)
    assert sum("it goes on" in record.getMessage() for record in caplog.records) == 2


@pytest.mark.virtual_time
async def test_a_connection_that_we_did_not_ask_to_close_is_opened_again(tmp_path: Path) -> None:
    lost: list[LinkUnavailable] = []
    near, _ = memory_pair()
    wire = Wire(near, MasterSession(), lambda _: None, lambda: None, lambda _: None)
    connection = Connection(wire, near.url, ReconnectPolicy(), lost.append, lambda: None)
    await connection.open()
    await near.close()
    await eventually(lambda: near.is_open)
    assert [error.detail for error in lost] == ["it was closed"]
    await connection.close()


@pytest.mark.virtual_time
async def test_an_opening_that_is_cancelled_leaves_nothing_open(memory_link: MemoryLink) -> None:
    client = memory_link.client(ONE)
    waiting = asyncio.Event()

    async def hesitate(handler: Any) -> None:
        waiting.set()
        await asyncio.sleep(60.0)

    memory_link.line.inner.open = hesitate
    opening = asyncio.ensure_future(client.connect())
    await waiting.wait()
    assert is_connecting(client)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert client.connection is ConnectionState.CLOSED


@pytest.mark.virtual_time
async def test_every_limit_holds_however_the_module_hesitates(memory_link: MemoryLink) -> None:
    settings = ClientSettings(allow_extension=True, command_limit_s=0.1)
    async with memory_link.client(ONE, settings=settings) as client:
        await eventually(lambda: fresh(client))
        memory_link[ONE].set_power(False)
        begun_at = now()
        results = await asyncio.gather(
            *(client.turn_zone_on(ONE, zone) for zone in (1, 1, 2, 3, 4)), return_exceptions=True
        )
        assert all(isinstance(result, Exception) for result in results)
        assert now() - begun_at < 0.1 + settings.session.answer_wait_s(24, 24)
