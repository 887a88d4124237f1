"""A module whose memory is written before anything of a change shows.

One cause at a time. What it makes of the module is kept back until its memory is durable; then the
caller is told, which is where an answer goes out, and only then do the relays get their orders. A
power cut at any moment drops what is kept back, as if it had never been asked for; its write may
still come through, and is then what the module finds when its power returns.

House rule: nothing here knows of the link.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from dpm_core.model import (
    Event,
    Memory,
    ModuleState,
    SerialNumber,
    Transition,
    advance,
    encode_memory,
    next_due,
    power_off,
    power_on,
    with_memory,
)

from .store import MemoryStore

_LOGGER = logging.getLogger(__name__)

Change = Callable[[ModuleState, float], Transition]
"""What a cause makes of a module, given the time."""

Shown = Callable[[Transition | None, float], None]
"""Told when a change shows, and when that is; None if its memory could not be written, so that
nothing has changed."""


@dataclass(slots=True, eq=False)
class _Kept:
    """A change that waits for its memory to be written."""

    transition: Transition
    shown: Shown | None
    is_dropped: bool = False


class DurableModule:
    """One module with its power-failure memory.

    Args:
        state: The module, without power.
        written: The memory that the store holds for it.
        store: Where its memory is kept.
        observe: Told of what happened, each time something did.
    """

    def __init__(
        self,
        state: ModuleState,
        written: Memory,
        store: MemoryStore,
        observe: Callable[[tuple[Event, ...], float], None],
    ) -> None:
        self._state = state
        self._written = written
        self._store = store
        self._observe = observe
        self._loop = asyncio.get_running_loop()
        self._causes: deque[tuple[Change, Shown | None]] = deque()
        self._kept: _Kept | None = None
        self._has_mains = False
        self._is_failing = False
        self._is_running = False
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._watchers: list[Callable[[], None]] = []

    @property
    def serial(self) -> SerialNumber:
        """Its serial number."""
        return self._state.serial

    @property
    def state(self) -> ModuleState:
        """The module as it is: all of it is in its memory already."""
        return self._state

    @property
    def waiting(self) -> int:
        """How many causes wait behind the one whose memory is being written."""
        return len(self._causes)

    @property
    def is_settled(self) -> bool:
        """Whether no cause, write or relay is under way."""
        # Causes wait only behind what is being written.
        return self._kept is None and self._state.is_settled

    def watch(self, shown: Callable[[], None]) -> Callable[[], None]:
        """Be told whenever a change shows, with events or without; return what ends that."""
        self._watchers.append(shown)
        return lambda: self._watchers.remove(shown)

    def submit(self, change: Change, shown: Shown | None = None) -> None:
        """Let a cause act on the module, after those that came before it.

        Args:
            change: What it makes of the module.
            shown: Told when the change shows.
        """
        self._causes.append((change, shown))
        self._run()

    def switch_mains(self, is_on: bool) -> None:
        """Give the module its mains, or cut them this very moment."""
        self._has_mains = is_on
        if is_on:
            self.submit(self._power_on)
            return
        now = self._loop.time()
        if self._kept is not None:
            self._kept.is_dropped = True
        transition = power_off(self._state, now)
        if self._state.is_powered:
            # What was not written is gone with the power.
            self._state = with_memory(transition.state, self._written)
            self._observe(transition.events, now)
            self._tell_watchers()
        self._run()

    async def settled(self) -> None:
        """Wait until no cause, write or relay is under way."""
        while not self.is_settled:
            waiter = self._loop.create_future()
            self._waiting.add(waiter)
            try:
                await waiter
            finally:
                self._waiting.discard(waiter)

    def stop(self) -> None:
        """Cut the mains for good; what waits for the module waits no longer."""
        self.switch_mains(is_on=False)
        self._causes.clear()
        self._kept = None
        self._disarm()
        self._tell_waiting()

    # --- one cause after the other ---------------------------------------------------------

    def _power_on(self, state: ModuleState, now: float) -> Transition:
        # Cut again while it waited for a write, it never came.
        return power_on(state, now) if self._has_mains else Transition(state)

    def _run(self) -> None:
        if self._is_running:
            return
        self._is_running = True
        try:
            while self._kept is None and self._do_next():
                pass
        finally:
            self._is_running = False
            self._arm()
        if self.is_settled:
            self._tell_waiting()

    def _do_next(self) -> bool:
        """Do what is due, else the next cause; return whether there was anything."""
        now = self._loop.time()
        due = next_due(self._state)
        if due is not None and due <= now:
            self._keep(_Kept(advance(self._state, now), None))
        elif self._causes:
            change, shown = self._causes.popleft()
            self._keep(_Kept(change(self._state, now), shown))
        else:
            return False
        return True

    def _keep(self, kept: _Kept) -> None:
        """Keep a change back until its memory is written, if there is anything to write."""
        memory = kept.transition.state.memory
        if memory is self._written or memory == self._written:
            self._show(kept)
            return
        self._kept = kept
        octets = encode_memory(self.serial, memory)
        self._store.save(self.serial, octets, lambda error: self._saved(kept, error))

    def _saved(self, kept: _Kept, error: OSError | None) -> None:
        if self._kept is not kept:
            return
        self._kept = None
        self._note(error)
        if error is None:
            self._written = kept.transition.state.memory
        # A store may say so at once, from inside `_run`, or later.
        was_running, self._is_running = self._is_running, True
        try:
            if kept.is_dropped:
                self._state = with_memory(self._state, self._written)
            elif error is None or kept.shown is None:
                # A contact that has moved has moved, written or not; it is tried again next time.
                self._show(kept)
            else:
                kept.shown(None, self._loop.time())
        finally:
            self._is_running = was_running
        self._run()

    def _show(self, kept: _Kept) -> None:
        self._state = kept.transition.state
        now = self._loop.time()
        if kept.shown is not None:
            kept.shown(kept.transition, now)
        if kept.transition.events:
            self._observe(kept.transition.events, now)
        self._tell_watchers()

    def _tell_watchers(self) -> None:
        for shown in tuple(self._watchers):
            shown()

    def _note(self, error: OSError | None) -> None:
        if error is not None and not self._is_failing:
            _LOGGER.error("Module %s cannot write its memory: %s", self.serial, error)
        elif error is None and self._is_failing:
            _LOGGER.info("Module %s writes its memory again", self.serial)
        self._is_failing = error is not None

    def _arm(self) -> None:
        due = None if self._kept is not None else next_due(self._state)
        if self._timer is not None and self._timer.when() == due:
            return
        self._disarm()
        if due is not None:
            self._timer = self._loop.call_at(due, self._timer_fired)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timer_fired(self) -> None:
        self._timer = None
        self._run()

    def _tell_waiting(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
