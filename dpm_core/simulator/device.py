"""A module on the link: what its firmware does with frames, and when it speaks.

- A message to it is done, made durable, and answered `turnaround_s` after it was over, in that
  order; a power cut in between leaves it unanswered.
- A repeat (same sender, packet type and payload as that sender's last message to the same target,
  within 1 s) is not done again, but answered again, as the first time, with its own sequence.
  Queries are answered each time.
- Reports that nobody asked for go out in order, one at a time, when the line is idle; one that
  was broken goes again.

House rule: what is done and said is in `answers.py` and `reports.py`; this is only when.

Source: qs-link.md 2.2 and 5 (ours).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dpm_core.model import (
    Cause,
    CciChanged,
    Event,
    ModuleState,
    OverrideEntered,
    OverrideLeft,
    PowerDown,
    PowerUp,
    Transition,
    ZonesSettled,
)
from dpm_core.protocol.crc import crc16
from dpm_core.protocol.frames import Frame, ack_frame, encode_wire
from dpm_core.protocol.messages import (
    CounterMask,
    Discover,
    Message,
    Report,
    Target,
    encode_message,
    target_octets,
)
from dpm_core.protocol.timing import (
    REPEAT_RECOGNISED_S,
    REPORT_SPREAD_COUNT,
    REPORT_SPREAD_S,
    slot_time_s,
)

from .answers import deed_of
from .deeds import Acknowledged, Answer, Deed, Resulted
from .durable import DurableModule
from .line import Line
from .reports import (
    LinkCounts,
    cci_report,
    event_report,
    identity_report,
    override_report,
    zone_report,
)

REMEMBERED_MAX: Final = 64
"""Senders and targets whose last message a module remembers. Decided here."""


_AFTER_ZONES: Final = (CciChanged, OverrideEntered, OverrideLeft)
# ZONE_REPORT goes first, for its flags tell the rest; then these, in the order of the events.


@dataclass(slots=True, eq=False)
class _Remembered:
    """The last message of one sender to one target."""

    repeat_key: tuple[bytes, int, bytes]
    at: float
    is_query: bool
    answer: Answer | None = None


class LinkDevice:
    """The link side of one module.

    Args:
        line: The line that it hangs on.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._settings = line.settings
        self._module: DurableModule | None = None
        self._remembered: dict[tuple[bytes, bytes], _Remembered] = {}
        self._power_ups = 0
        # Reports that wait, and what must wait for the zones to settle.
        self._reports: deque[Report] = deque(maxlen=self._settings.reports_max)
        self._is_contending = False
        self._after_zones: list[Report] = []
        self._counter = 0
        self._zone_reports = 0
        self._own_frames = 0
        self._counted_from: dict[CounterMask, int] = {}

    def join(self, module: DurableModule) -> None:
        """Become the link side of this module."""
        self._module = module

    @property
    def module(self) -> DurableModule:
        """The module that this is the link side of."""
        assert self._module is not None
        return self._module

    @property
    def state(self) -> ModuleState:
        """The module as it is."""
        return self.module.state

    # --- what the module tells -------------------------------------------------------------

    def observe(self, events: tuple[Event, ...], now: float) -> None:
        """Report what happened in the module, as far as the link hears of it."""
        for event in events:
            if isinstance(event, PowerDown):
                self._power_down()
            elif isinstance(event, PowerUp):
                self._power_up()
            elif isinstance(event, ZonesSettled):
                self._zone_reports += 1
                self._report(zone_report(self.state, self._zone_reports, event))
                for waiting in self._after_zones:
                    self._report(waiting)
                self._after_zones.clear()
            elif isinstance(event, OverrideEntered) and event.cause is Cause.POWER_UP:
                pass  # the power-up tells of it
            elif (report := event_report(event, self.state, now)) is None:
                pass
            elif isinstance(event, _AFTER_ZONES):
                self._after_zones.append(report)
            else:
                self._report(report)

    def _power_up(self) -> None:
        self._power_ups += 1
        self._counted_from = self._line_counts()
        # The contact was read, it did not move: no edge.
        self._after_zones = [
            cci_report(self.state),
            override_report(self.state, Cause.POWER_UP),
        ]

    def _power_down(self) -> None:
        self._line.silence(self)
        self._power_ups += 1
        self._remembered.clear()
        self._reports.clear()
        self._is_contending = False
        self._counter = 0
        self._zone_reports = 0

    @property
    def is_reporting(self) -> bool:
        """Whether reports that nobody asked for are being said, or wait for the line."""
        return self._is_contending

    # --- what the module hears -------------------------------------------------------------

    def hear(self, frame: Frame, message: Message, target: Target, at: float) -> None:
        """Take a message to this module, to a group or to all.

        Args:
            frame: As it was heard.
            message: What it says.
            target: Whom it is for.
            at: When it was over.
        """
        if not self.state.is_started:
            return
        if isinstance(message, Discover):
            self._discovered(message, at)
            return
        is_busy = self.module.waiting >= self._settings.causes_max
        deed = deed_of(
            message,
            self._settings.component_base,
            knows_programs=self._settings.knows_programs,
        )
        key = (frame.source_octets, target_octets(target))
        last = self._remembered.get(key)
        is_query = deed is None or deed.reports is not None
        this = _Remembered(frame.repeat_key, at, is_query)
        is_repeat = (
            last is not None
            and not last.is_query
            and last.repeat_key == this.repeat_key
            and at - last.at < REPEAT_RECOGNISED_S
        )
        if is_repeat:
            assert last is not None
            last.at = at
            if not is_busy:
                self._answer_again(last, frame.sequence, at)
            return
        self._remember(key, this)
        if deed is not None and is_busy:
            this.answer = deed.answer_to(None)
            self._send(self._answer(this.answer, frame.sequence), at)
        elif deed is not None:
            self._do(deed, this, frame.sequence, at)

    def _remember(self, key: tuple[bytes, bytes], this: _Remembered) -> None:
        self._remembered.pop(key, None)
        while len(self._remembered) >= REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[key] = this

    def _do(self, deed: Deed, this: _Remembered, sequence: int, at: float) -> None:
        power_ups = self._power_ups

        def shown(transition: Transition | None, now: float) -> None:
            if power_ups != self._power_ups or not self.state.is_started:
                return
            this.answer = deed.answer_to(transition)
            frames = []
            if transition is not None and deed.reports is not None:
                reports = deed.reports(self.state, self._counts(), now)
                frames += [self._encoded(report) for report in reports]
            if deed.cleared and transition is not None:
                self._clear(CounterMask(deed.cleared))
            self._send(frames + self._answer(this.answer, sequence), at)

        self.module.submit(deed.change, shown)

    def _answer_again(self, last: _Remembered, sequence: int, at: float) -> None:
        power_ups = self._power_ups

        def shown(_transition: Transition | None, _now: float) -> None:
            if power_ups == self._power_ups:
                self._send(self._answer(last.answer, sequence), at)

        # Behind the first one, which may still wait for its memory to be written.
        self.module.submit(lambda state, _now: Transition(state), shown)

    def _discovered(self, discover: Discover, at: float) -> None:
        slot_s = slot_time_s(self._settings.baud, self._settings.bits_per_octet)
        self._line.hold_reports(at + discover.slots * slot_s)
        serial = self.state.serial
        if not discover.is_for(serial) or self.module.waiting >= self._settings.causes_max:
            return
        slot = crc16(int(serial).to_bytes(4)) % discover.slots
        power_ups = self._power_ups

        def shown(_transition: Transition | None, _now: float) -> None:
            if power_ups == self._power_ups:
                frame = self._encoded(identity_report(self.state))
                self._send([frame], at + slot * slot_s, waits_while_busy=False)

        self.module.submit(lambda state, _now: Transition(state), shown)

    # --- how the module speaks -------------------------------------------------------------

    def _answer(self, answer: Answer | None, sequence: int) -> list[bytes]:
        match answer:
            case Acknowledged():
                return [encode_wire(ack_frame(sequence))]
            case Resulted():
                return [self._encoded(answer.message(self.state.serial, sequence))]
            case None:
                return []

    def _encoded(self, report: Report) -> bytes:
        self._counter = self._counter % 3 + 1
        serial = self.state.serial
        return encode_wire(encode_message(report, counter=self._counter, sequence=0, source=serial))

    def _send(self, frames: list[bytes], at: float, *, waits_while_busy: bool = True) -> None:
        """Send an answer to what was over at an instant."""
        if not frames:
            return
        self._line.send(
            self,
            b"".join(frames),
            max(at + self._settings.turnaround_s, self._line.loop.time()),
            waits_while_busy=waits_while_busy,
            ended=self._said(len(frames)),
        )

    def _said(self, frames: int) -> Callable[[bool], None]:
        def ended(is_broken: bool) -> None:
            if not is_broken:
                self._own_frames += frames

        return ended

    def _report(self, report: Report) -> None:
        """Let a report wait for idle line, behind those that wait already."""
        self._reports.append(report)
        if not self._is_contending:
            self._contend()

    def _contend(self) -> None:
        self._is_contending = bool(self._reports)
        if self._reports:
            share = self.state.serial % REPORT_SPREAD_COUNT
            self._try(self._encoded(self._reports.popleft()), share * REPORT_SPREAD_S)

    def _try(self, octets: bytes, wait_s: float) -> None:
        def ended(is_broken: bool) -> None:
            if is_broken:
                self._try(octets, self._line.collision_wait_s())
            else:
                self._own_frames += 1
                self._contend()

        self._line.contend(self, octets, wait_s, ended)

    # --- what the module counts ------------------------------------------------------------

    def _line_counts(self) -> dict[CounterMask, int]:
        heard = self._line.decoder.statistics
        return {
            CounterMask.FRAMES_GOOD: heard.frames - self._own_frames,
            CounterMask.CRC_ERRORS: heard.crc_errors,
            CounterMask.FRAMING_ERRORS: self._line.collisions,
            CounterMask.OVERRUNS: 0,
        }

    def _counts(self) -> LinkCounts:
        counts = {
            counter: count - self._counted_from.get(counter, 0)
            for counter, count in self._line_counts().items()
        }
        return LinkCounts(
            frames_good=max(0, counts[CounterMask.FRAMES_GOOD]),
            crc_errors=counts[CounterMask.CRC_ERRORS],
            framing_errors=counts[CounterMask.FRAMING_ERRORS],
            overruns=counts[CounterMask.OVERRUNS],
            zone_reports=self._zone_reports,
        )

    def _clear(self, mask: CounterMask) -> None:
        for counter, count in self._line_counts().items():
            if counter in mask:
                self._counted_from[counter] = count
