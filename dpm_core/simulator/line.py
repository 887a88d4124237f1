"""The RS-485 line that every module and every adapter hangs on: who talks when, and who hears it.

All hear the same line, so one decoder serves all modules. The rules of arbitration (qs-link.md 5
"Arbitration", ours):

- An answer goes at the instant it is due; a line that is busy then is waited for.
- A DISCOVER answer goes in its slot, whatever else happens.
- A report that nobody asked for waits for idle line, then for its module's own share; a line that
  gets busy meanwhile starts the wait again. Whose report broke waits a random time instead.
- While DISCOVER's slots run, reports wait (decided here: modules hear the command, too).

An adapter (`LinePort`) does not know any rule: what it puts on the line goes on the line.

House rule: frames are only found here, never understood; faults of the line belong here, too.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

from dpm_core.protocol.decoder import Decoder, FrameHeard
from dpm_core.protocol.frames import Frame
from dpm_core.protocol.timing import SILENCE_S, octet_time_s

from .faults import Direction
from .faults_set import Faults
from .faults_wire import Interference
from .line_port import LinePort
from .settings import SimulatorSettings
from .wire import SAME_INSTANT_S, Heard, InstantWire, PacedWire, Transmission, Wire

BACKLOG_LOST_FACTOR: Final = 16
"""An adapter that cannot be paused loses what is more than this many times `backlog_max`.

Decided here: a memory end has no operating system to push back on."""


@dataclass(slots=True, order=True)
class _Planned:
    """Octets that go on the line at a set instant."""

    at: float
    number: int
    sender: Hashable = field(compare=False)
    octets: bytes = field(compare=False)
    waits_while_busy: bool = field(compare=False)
    ended: Callable[[bool], None] | None = field(compare=False)


@dataclass(slots=True, eq=False)
class _Contender:
    """A report that waits for idle line."""

    octets: bytes
    wait_s: float
    since: float
    ended: Callable[[bool], None]


class Line:
    """The line: it carries what is said, collides it, and finds the frames in it.

    Args:
        settings: Baud rate, pacing, echo and waits.
        hear: Takes every good frame with the instant its octets were over.
        rng: Random waits and broken octets.
        faults: What is wrong with the line and its adapters; nothing if None.
    """

    def __init__(
        self,
        settings: SimulatorSettings,
        hear: Callable[[Frame, float], None],
        rng: random.Random,
        faults: Faults | None = None,
    ) -> None:
        self.settings = settings
        self.faults: Final = faults if faults is not None else Faults()
        self.loop = asyncio.get_running_loop()
        self.octet_s = octet_time_s(settings.baud, settings.bits_per_octet)
        # An octet is heard when it is over: its own time on the wire is no silence.
        self.decoder: Final = Decoder(SILENCE_S + (self.octet_s if settings.is_paced else 0.0))
        self._hear = hear
        self._rng = rng
        self._wire: Wire = PacedWire(self.octet_s, rng) if settings.is_paced else InstantWire(rng)
        # Who begins this much after another cannot have heard it yet: a character must be over.
        self._deaf_s = self.octet_s if settings.is_paced else SAME_INSTANT_S
        self._ports: list[LinePort] = []
        self._planned: list[_Planned] = []
        self._plan_number = 0
        self._contenders: dict[Hashable, _Contender] = {}
        # When what a module is saying, or said last, is over.
        self._talks_until: dict[Hashable, float] = {}
        self._quiet_until = float("-inf")
        self._heard_at = float("-inf")
        # Who said the last good frame, and when somebody else said one.
        self._last_said: tuple[object, float] = (None, float("-inf"))
        self._other_said_at = float("-inf")
        self._is_running = False
        self._timer: asyncio.TimerHandle | None = None
        self._interference = Interference(self.faults, self._interfere, self.octet_s, self.loop)

    # --- what has happened -----------------------------------------------------------------

    @property
    def collisions(self) -> int:
        """How often somebody's octets were broken by another's."""
        return self._wire.collisions

    def last_frame_not_from(self, sender: object) -> float:
        """Return when somebody else's last good frame was over."""
        last_sender, at = self._last_said
        return self._other_said_at if last_sender is sender else at

    # --- adapters --------------------------------------------------------------------------

    def add_port(
        self,
        deliver: Callable[[bytes], None],
        *,
        pause: Callable[[], None] | None = None,
        resume: Callable[[], None] | None = None,
    ) -> LinePort:
        """Hang an adapter on the line."""
        port = LinePort(self, deliver, pause=pause, resume=resume)
        self._ports.append(port)
        return port

    def remove_port(self, port: LinePort) -> None:
        """Take an adapter off the line in the middle of whatever it says."""
        if port in self._ports:
            self._ports.remove(port)
            self.silence(port)

    def put(self, port: LinePort, octets: bytes) -> float:
        """Put an adapter's octets on the line now; return how many of its octets wait."""
        now = self._catch_up()
        start = max(now, port.free_at) if self.settings.is_paced else now
        backlog = (start - now) / self.octet_s
        if not port.can_be_paused:
            room = BACKLOG_LOST_FACTOR * self.settings.backlog_max - int(backlog)
            octets = octets[: max(0, room)]
            if not octets:
                return backlog
        transmission = Transmission(port, octets, start)
        self._say(transmission, Direction.TO_MODULES)
        port.free_at = transmission.end
        self._run(now)
        return backlog + len(octets) if self.settings.is_paced else 0

    # --- modules ---------------------------------------------------------------------------

    def send(
        self,
        sender: Hashable,
        octets: bytes,
        at: float,
        *,
        waits_while_busy: bool = True,
        ended: Callable[[bool], None] | None = None,
    ) -> None:
        """Put a module's octets on the line at an instant.

        Args:
            sender: The module.
            octets: One or more frames, back to back.
            at: When, in seconds of the loop's clock.
            waits_while_busy: Whether to wait if the line is busy then.
            ended: Told when the last octet is over, and whether it was broken.
        """
        self._plan_number += 1
        planned = _Planned(at, self._plan_number, sender, octets, waits_while_busy, ended)
        heapq.heappush(self._planned, planned)
        self._arm()

    def contend(
        self,
        sender: Hashable,
        octets: bytes,
        wait_s: float,
        ended: Callable[[bool], None],
    ) -> None:
        """Put a module's report on the line when it has been idle; one at a time for each module.

        Args:
            sender: The module.
            octets: One frame.
            wait_s: The module's own share of the wait, after the idle time that all wait.
            ended: Told when the last octet is over, and whether it was broken.
        """
        self._contenders[sender] = _Contender(octets, wait_s, self.loop.time(), ended)
        self._arm()

    def collision_wait_s(self) -> float:
        """Return a random wait for a module whose report was broken."""
        return self._rng.uniform(
            self.settings.collision_wait_min_s, self.settings.collision_wait_max_s
        )

    def hold_reports(self, until: float) -> None:
        """Let no report begin before an instant: the slots of a DISCOVER are running."""
        self._quiet_until = max(self._quiet_until, until)

    def silence(self, sender: Hashable) -> None:
        """Drop all that a sender has planned, and cut what it says: its power is gone."""
        now = self._catch_up()
        self._planned = [each for each in self._planned if each.sender is not sender]
        heapq.heapify(self._planned)
        self._contenders.pop(sender, None)
        self._talks_until.pop(sender, None)
        self._wire.cut(sender, now)
        self._arm()

    def close(self) -> None:
        """Take everything off the line."""
        self._planned.clear()
        self._contenders.clear()
        for port in tuple(self._ports):
            port.close()
        self._interference.close()
        self._disarm()

    # --- how it goes on --------------------------------------------------------------------

    def _catch_up(self) -> float:
        now = self.loop.time()
        self._run(now)
        return now

    def _run(self, now: float) -> None:
        """Let happen what is due, one instant after the other."""
        if self._is_running:
            return
        self._is_running = True
        try:
            # The loop may call a little before the instant, and sums of floats may fall short of it.
            while (due := self._next_due()) is not None and due <= now + SAME_INSTANT_S:
                self._begin(due)
                for heard in self._wire.advance(due):
                    self._carry(heard)
                self.decoder.tick(due + SAME_INSTANT_S)
                self._take_frames(None)
        finally:
            self._is_running = False
            self._arm()

    def _next_due(self) -> float | None:
        due = [] if not self._planned else [self._planned[0].at]
        if self._contenders:
            idle_from = self._idle_from()
            due.append(min(self._begins(each, idle_from) for each in self._contenders.values()))
        if (heard := self._wire.next_due) is not None:
            due.append(heard)
        if (silent := self.decoder.next_due) is not None:
            due.append(silent)
        return min(due, default=None)

    def _arm(self) -> None:
        if self._is_running:
            return
        due = self._next_due()
        if self._timer is not None and self._timer.when() == due:
            return
        self._disarm()
        if due is not None:
            self._timer = self.loop.call_at(due, self._timer_fired)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timer_fired(self) -> None:
        self._timer = None
        self._run(self.loop.time())

    def _idle_from(self) -> float:
        idle_s = self.settings.report_idle_s
        return max(self._wire.busy_until + idle_s, self._quiet_until)

    @staticmethod
    def _begins(contender: _Contender, idle_from: float) -> float:
        return max(contender.since, idle_from) + contender.wait_s

    def _begin(self, at: float) -> None:
        """Let everybody begin to talk whose instant has come."""
        busy_until = self._wire.busy_until
        idle_from = self._idle_from()
        beginning = {
            sender: begins
            for sender, each in self._contenders.items()
            if (begins := self._begins(each, idle_from)) <= at + SAME_INSTANT_S
        }
        if beginning:
            # Those just behind have not heard the first of them yet.
            for sender, each in self._contenders.items():
                begins = self._begins(each, idle_from)
                if begins <= at + self._deaf_s:
                    beginning[sender] = begins
        while self._planned and self._planned[0].at <= at + SAME_INSTANT_S:
            planned = heapq.heappop(self._planned)
            if planned.waits_while_busy and busy_until > planned.at + SAME_INSTANT_S:
                planned.at = busy_until + self.settings.turnaround_s
                heapq.heappush(self._planned, planned)
                continue
            own_until = self._talks_until.get(planned.sender, float("-inf"))
            if own_until > planned.at + SAME_INSTANT_S:
                # A module has one transmitter: its next octets follow those that it is saying.
                planned.at = own_until
                heapq.heappush(self._planned, planned)
                continue
            transmission = Transmission(planned.sender, planned.octets, planned.at, planned.ended)
            self._say(transmission, Direction.FROM_MODULES)
            self._talks_until[planned.sender] = transmission.end
        for sender, begins in beginning.items():
            if self._talks_until.get(sender, float("-inf")) > begins + SAME_INSTANT_S:
                continue  # it answers; its report waits for the idle line after that
            contender = self._contenders.pop(sender)
            transmission = Transmission(sender, contender.octets, begins, contender.ended)
            self._say(transmission, Direction.FROM_MODULES)
            self._talks_until[sender] = transmission.end

    def _say(self, transmission: Transmission, direction: Direction) -> None:
        self._wire.put(transmission)
        if (rival := self._interference.rival(transmission, direction)) is not None:
            self._wire.put(rival)

    def _interfere(self, sender: object, octets: bytes, at: float) -> None:
        """Put on the line what no module and no adapter says."""
        self._catch_up()
        self._wire.put(Transmission(sender, octets, at))
        self._run(at)

    def _carry(self, heard: Heard) -> None:
        self.decoder.feed(heard.octets, heard.at)
        for port in tuple(self._ports):
            if port is not heard.sender or self.settings.echo:
                port.hear(heard.octets)
        self._take_frames(heard.sender)

    def _take_frames(self, sender: object) -> None:
        for event in self.decoder.events():
            if isinstance(event, FrameHeard):
                # Frames of one piece were over one after the other, so their answers are too.
                self._heard_at = max(event.at, self._heard_at + 2 * SAME_INSTANT_S)
                if self._last_said[0] is not sender:
                    self._other_said_at = self._last_said[1]
                self._last_said = (sender, self._heard_at)
                self._hear(event.frame, self._heard_at)
