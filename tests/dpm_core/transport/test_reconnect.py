"""Coming back after a loss."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import LinkUnavailable, UnsupportedSetting
from dpm_core.transport import (
    MemoryTransport,
    ReconnectPolicy,
    SendGate,
    TransportProtocol,
    keep_open,
    memory_pair,
)
from tests.dpm_core.transport.far_ends import Listener
from tests.dpm_core.virtual_time import VirtualTimeLoop

pytestmark = [pytest.mark.requirement("E3"), pytest.mark.virtual_time]


def test_a_link_is_tried_often_and_for_ever() -> None:
    delays = list(itertools.islice(ReconnectPolicy().delays(), 10_000))
    assert delays[:4] == [0.1, 0.2, 0.4, 0.5]
    assert set(delays[4:]) == {0.5}
    assert max(delays) <= 1.0


def test_chance_is_not_asked_without_jitter() -> None:
    def never() -> float:
        raise AssertionError

    assert list(itertools.islice(ReconnectPolicy().delays(never), 3)) == [0.1, 0.2, 0.4]


def test_jitter_takes_off_its_part() -> None:
    policy = ReconnectPolicy(first_delay_s=1.0, max_delay_s=60.0, jitter=0.5)
    chances = iter([0.0, 1.0, 0.5])
    assert list(itertools.islice(policy.delays(lambda: next(chances)), 3)) == [1.0, 1.0, 3.0]


@given(
    first=st.floats(0.001, 10),
    longest=st.floats(10, 3600),
    factor=st.floats(1, 100),
    jitter=st.floats(0, 1),
    chance=st.floats(0, 1),
)
def test_no_delay_leaves_its_range(
    first: float, longest: float, factor: float, jitter: float, chance: float
) -> None:
    policy = ReconnectPolicy(first_delay_s=first, max_delay_s=longest, factor=factor, jitter=jitter)
    for delay in itertools.islice(policy.delays(lambda: chance), 50):
        assert first * (1 - jitter) * 0.999 <= delay <= longest


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_delay_s", 0.0),
        ("first_delay_s", float("nan")),
        ("max_delay_s", 0.05),
        ("max_delay_s", float("inf")),
        ("factor", 0.5),
        ("jitter", 1.1),
        ("jitter", -0.1),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: float) -> None:
    values: dict[str, Any] = {name: value}
    with pytest.raises(UnsupportedSetting) as error:
        ReconnectPolicy(**values)
    assert error.value.name == name


class Log:
    """A handler for many openings, one after the other."""

    def __init__(self) -> None:
        self.heard: list[bytes | str] = []

    def octets_received(self, octets: bytes) -> None:
        self.heard.append(octets)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        self.heard.append(f"lost: {error.detail}" if error else "closed")


@contextlib.asynccontextmanager
async def _kept(
    transport: MemoryTransport, listener: TransportProtocol, opened: list[float]
) -> AsyncIterator[asyncio.Task[None]]:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(
        keep_open(transport, listener, opened=lambda: opened.append(loop.time()))
    )
    await asyncio.sleep(0.01)
    yield task
    task.cancel()
    await asyncio.wait({task})


async def test_a_lost_link_is_opened_again() -> None:
    one, other = memory_pair(gate=SendGate.SEND)
    await other.open(Listener())
    log, opened = Log(), list[float]()
    async with _kept(one, log, opened):
        assert len(opened) == 1
        one.break_link("unplugged")
        await asyncio.sleep(1)
        assert len(opened) == 2
        other.write(b"back")
        await asyncio.sleep(0.1)
    assert log.heard == ["lost: unplugged", b"back", "closed"]
    assert not one.is_open


async def test_the_first_attempt_leaves_an_adapter_a_moment(virtual_loop: VirtualTimeLoop) -> None:
    one, _ = memory_pair()
    opened = list[float]()
    async with _kept(one, Log(), opened):
        lost_at = virtual_loop.time()
        one.break_link()
        await asyncio.sleep(1)
    assert [at - lost_at for at in opened[1:]] == pytest.approx([0.1])


async def test_a_link_takes_commands_again_within_a_second_of_its_return(
    virtual_loop: VirtualTimeLoop,
) -> None:
    one, _ = memory_pair()
    opened = list[float]()
    async with _kept(one, Listener(), opened):
        for gone_s in (0.05, 0.33, 2.0, 7200.0):
            one.break_link(until_mended=True)
            await asyncio.sleep(gone_s)
            one.mend_link()
            back_at = virtual_loop.time()
            await asyncio.sleep(1.0)
            assert one.is_open
            assert opened[-1] - back_at <= 1.0


async def test_a_loss_and_its_return_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    one, _ = memory_pair()
    with caplog.at_level(logging.INFO, "dpm_core.transport"):
        async with _kept(one, Listener(), []):
            assert not caplog.records
            one.break_link("unplugged", until_mended=True)
            await asyncio.sleep(60)
            one.mend_link()
            await asyncio.sleep(1)
    assert [(record.levelname, record.name) for record in caplog.records] == [
        ("WARNING", "dpm_core.transport.reconnect"),
        ("INFO", "dpm_core.transport.reconnect"),
    ]
    assert "unplugged" in caplog.messages[0]
    assert "is back" in caplog.messages[1]


async def test_a_link_that_was_never_there_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, _ = memory_pair()
    one.break_link("no such port", until_mended=True)
    with caplog.at_level(logging.INFO, "dpm_core.transport"):
        async with _kept(one, Listener(), []):
            await asyncio.sleep(60)
            one.mend_link()
            await asyncio.sleep(1)
            assert one.is_open
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "no such port" in caplog.messages[0]


class SlowToFail(MemoryTransport):
    """Takes its time to say no, and notices when it is asked twice at once."""

    def __init__(self, takes_s: float) -> None:
        super().__init__("memory://slow", SendGate.LISTEN)
        self.started: list[float] = []
        self._takes_s = takes_s
        self._is_busy = False

    async def open(self, handler: Any) -> None:
        assert not self._is_busy, "attempts overlap"
        self._is_busy = True
        self.started.append(asyncio.get_running_loop().time())
        try:
            await asyncio.sleep(self._takes_s)
            await super().open(handler)
        finally:
            self._is_busy = False


@pytest.mark.parametrize("takes_s", [0.0, 0.3, 0.7, 10.0])
async def test_attempts_start_a_second_apart_at_most_and_never_overlap(takes_s: float) -> None:
    slow = SlowToFail(takes_s)
    slow.break_link(until_mended=True)
    async with _kept(slow, Listener(), []):
        await asyncio.sleep(60)
    gaps = [later - sooner for sooner, later in itertools.pairwise(slow.started)]
    assert gaps
    assert max(gaps) == pytest.approx(max(0.5, takes_s))


async def test_closing_the_open_transport_ends_it() -> None:
    one, _ = memory_pair()
    listener = Listener()
    async with _kept(one, listener, []) as task:
        await one.close()
        await task
    assert listener.losses == [None]


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.5, 5.0])
async def test_cancelling_closes_the_transport_at_any_time(after_s: float) -> None:
    one, _ = memory_pair()
    log = Log()
    async with _kept(one, log, []) as task:
        one.break_link("cut")
        await asyncio.sleep(after_s)
        was_open = one.is_open
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not one.is_open
    assert log.heard == ["lost: cut", *(["closed"] if was_open else [])]


async def test_its_clock_and_its_waits_can_be_put_in() -> None:
    one, _ = memory_pair()
    one.break_link(until_mended=True)
    waits: list[float] = []
    enough = asyncio.Event()

    async def sleep(delay_s: float) -> None:
        waits.append(delay_s)
        if len(waits) == 5:
            enough.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(
        keep_open(
            one,
            Listener(),
            ReconnectPolicy(first_delay_s=1.0, max_delay_s=4.0, jitter=1.0),
            sleep=sleep,
            random=lambda: 0.25,
            now=lambda: 0.0,
        )
    )
    await enough.wait()
    task.cancel()
    await asyncio.wait({task})
    assert waits == [0.75, 1.5, 3.0, 3.0, 3.0]
