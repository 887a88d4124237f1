"""An asyncio event loop whose clock jumps instead of waiting.

When nothing is ready to run, `loop.time()` goes straight to the next timer: an hour of resends
takes a millisecond, and a test's times are exact on any machine. Three ways to use it:

    pytestmark = pytest.mark.virtual_time        # a module's, a class's or one test's loop


    async def test_the_poll_comes_back_after_five_seconds(virtual_loop):
        await asyncio.sleep(5)                   # the fixture does the same, and is the loop


    @given(...)
    def test_any_garbage_is_survived(octets):
        run_virtual(listen_to(octets))           # one fresh loop for each example

What time is it good for: `asyncio.sleep`, `call_later`, `asyncio.timeout`, `loop.time()`, memory
pairs, and code that is given `now`. `time.monotonic()` stays real. A job in an executor is waited
for in real time and the clock stands still meanwhile. Descriptors are looked at before each jump,
but another process's answer has no virtual time: real ports belong on a real loop.
"""

import asyncio
import concurrent.futures
import selectors
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, TypeVar

_T = TypeVar("_T")

REAL_WAIT_LIMIT_S: Final = 30.0
"""Longest real wait for an executor's job or a descriptor, before the test fails for it."""

SETTLE_S: Final = 0.002
"""Real time that a descriptor of the test's own gets before the clock jumps: what was written to a
pseudo-terminal reaches its other end a little later."""


class NothingLeft(RuntimeError):
    """The loop waits for something that can never happen: no timer, no job, no descriptor."""


class _JumpingSelector(selectors.BaseSelector):
    """Look at descriptors without waiting, then let the loop's clock jump by the time-out."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0
        self.jobs = 0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or timeout == 0:
            return ready
        # The loop itself registers one descriptor, the one that other threads wake it by.
        has_descriptors = len(self.get_map()) > 1
        if self.jobs or timeout is None:
            if not (self.jobs or has_descriptors):
                raise NothingLeft("every task waits for another and no timer is set")
            ready = self._real.select(REAL_WAIT_LIMIT_S)
            if not ready:
                what = "a job in an executor" if self.jobs else "a descriptor"
                raise NothingLeft(f"waited {REAL_WAIT_LIMIT_S:g} real seconds for {what}")
            return ready
        if has_descriptors and (ready := self._real.select(SETTLE_S)):
            return ready
        self.now += timeout
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that starts at 0 s and never waits for its own timers."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._jumping.now

    def run_in_executor(  # type: ignore[override]  # typeshed spells the arguments with TypeVarTuple
        self,
        executor: concurrent.futures.Executor | None,
        func: Callable[..., _T],
        *args: Any,
    ) -> asyncio.Future[_T]:
        """Run a job in a thread; the clock stands still until it has ended."""
        future = super().run_in_executor(executor, func, *args)
        self._jumping.jobs += 1
        future.add_done_callback(self._job_ended)
        return future

    def _job_ended(self, _: asyncio.Future[Any]) -> None:
        self._jumping.jobs -= 1

    async def shutdown_default_executor(self, *args: Any, **kwargs: Any) -> None:
        """Join the threads in real time: their limit is not ours to jump to."""
        self._jumping.jobs += 1
        try:
            await super().shutdown_default_executor(*args, **kwargs)
        finally:
            self._jumping.jobs -= 1


def run_virtual(main: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end on a fresh virtual loop; a task that it leaves behind fails it."""

    async def alone() -> _T:
        result = await main
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"left running: {left}"
        return result

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(alone())
