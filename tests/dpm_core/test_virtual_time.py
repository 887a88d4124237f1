"""The virtual clock itself: it jumps, it waits for what is real, and it never hangs."""

import asyncio
import os
import threading
import time
from contextlib import suppress

import pytest

from tests.dpm_core.virtual_time import NothingLeft, VirtualTimeLoop, run_virtual

HOUR_S = 3600.0


@pytest.mark.virtual_time
async def test_an_hour_passes_at_once() -> None:
    loop = asyncio.get_running_loop()
    began = time.monotonic()
    assert loop.time() == 0
    await asyncio.sleep(HOUR_S)
    assert loop.time() == HOUR_S
    assert time.monotonic() - began < HOUR_S / 10


async def test_the_fixture_is_the_running_loop(virtual_loop: VirtualTimeLoop) -> None:
    await asyncio.sleep(10)
    assert asyncio.get_running_loop() is virtual_loop
    assert virtual_loop.time() == 10


async def test_without_being_asked_for_the_clock_is_real() -> None:
    loop = asyncio.get_running_loop()
    assert not isinstance(loop, VirtualTimeLoop)
    assert abs(loop.time() - time.monotonic()) < 60


@pytest.mark.virtual_time
async def test_timers_run_in_their_order_and_at_their_time() -> None:
    loop = asyncio.get_running_loop()
    seen: list[tuple[str, float]] = []

    async def wait(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append((name, loop.time()))

    await asyncio.gather(wait("late", 2.5), wait("early", 0.25), wait("middle", 1))
    assert seen == [("early", 0.25), ("middle", 1), ("late", 2.5)]


@pytest.mark.virtual_time
async def test_a_timeout_comes_when_it_should() -> None:
    loop = asyncio.get_running_loop()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2):
            await asyncio.sleep(HOUR_S)
    assert loop.time() == 2


@pytest.mark.virtual_time
async def test_the_clock_stands_still_while_a_thread_works() -> None:
    loop = asyncio.get_running_loop()
    go, ticks = threading.Event(), []
    job = loop.run_in_executor(None, go.wait, 30)
    loop.call_later(5, ticks.append, "too early")
    loop.call_soon(go.set)
    assert await job
    assert (loop.time(), ticks) == (0, [])


def test_a_finished_job_lets_the_clock_go_on() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(os.getpid)
        await asyncio.sleep(7)
        return loop.time()

    assert run_virtual(main()) == 7


@pytest.mark.virtual_time
async def test_octets_in_a_pipe_are_read_before_the_clock_jumps() -> None:
    loop = asyncio.get_running_loop()
    receive, send = os.pipe()
    heard: asyncio.Future[tuple[bytes, float]] = loop.create_future()
    loop.add_reader(receive, lambda: heard.set_result((os.read(receive, 9), loop.time())))
    loop.call_later(3, os.write, send, b"octets")
    late = loop.call_later(4, heard.cancel)
    try:
        assert await heard == (b"octets", 3)
    finally:
        late.cancel()
        loop.remove_reader(receive)
        os.close(receive)
        os.close(send)


def test_waiting_for_what_can_never_happen_fails_at_once() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(NothingLeft, match="no timer"):
        run_virtual(main())


def test_a_task_left_behind_fails_the_run() -> None:
    async def main() -> None:
        asyncio.get_running_loop().create_task(asyncio.sleep(HOUR_S), name="forgotten")

    with pytest.raises(AssertionError, match="forgotten"):
        run_virtual(main())


def test_run_virtual_hands_on_result_and_error() -> None:
    async def answer() -> int:
        await asyncio.sleep(HOUR_S)
        return 42

    async def fail() -> None:
        await asyncio.sleep(HOUR_S)
        raise LookupError("as expected")

    assert run_virtual(answer()) == 42
    with pytest.raises(LookupError, match="as expected"):
        run_virtual(fail())


@pytest.mark.virtual_time
async def test_cancelling_is_passed_through() -> None:
    task = asyncio.get_running_loop().create_task(asyncio.sleep(HOUR_S))
    await asyncio.sleep(1)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert asyncio.get_running_loop().time() == 1
