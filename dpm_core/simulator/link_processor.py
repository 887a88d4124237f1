"""The simulated link's processor: it holds what wallstations are programmed for, and is the master.

It polls the modules that its wallstations are for, turns presses into GoToLevel, to groups where
the buttons have one, and tells the wallstations their LEDs. It is the same session on the same
line as a client's, so it is heard, answered, and disturbed like one.

**Never two masters.** The link's processor is silent as long as somebody else commands: from the
first frame that names its sender by a place on the link (as only masters do) until `YIELD_S`
after the last. What it was doing ends there, and none of it is done later. Meanwhile it only
listens; presses are the other master's business. After that it reads its modules anew, tells the
LEDs, and is the master again. (Decided here; qs-link.md 5 says only that both are never one.)

Where it hears noise it holds back for a moment, so that a client that begins to speak into its
polls is heard when it says it again.

House rule: when and to whom; what a press asks for and an LED shows is the model's.

Source: qs-link.md 5 "Arbitration", "Wallstations" (ours).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from dpm_core.model import (
    ZONES,
    GroupNumber,
    ModuleAddress,
    PlacedZone,
    SerialNumber,
    Wallstation,
    ZoneNumber,
)
from dpm_core.protocol import (
    Answered,
    ButtonAction,
    ButtonEvent,
    Echo,
    GoToLevel,
    LedsReport,
    LedsSet,
    MasterSession,
    Outcome,
    SessionSettings,
    StatusMask,
    StatusQuery,
    ZoneReport,
    component_of,
    level_to_raw,
)
from dpm_core.protocol.message import ObjectMessage
from dpm_core.protocol.messages import ReportFlag
from dpm_core.protocol.requests import Priority, Request
from dpm_core.protocol.session_events import (
    MessageHeard,
    ModuleOffline,
    NoiseHeard,
    RequestSettled,
    SessionEvent,
)
from dpm_core.protocol.wallstations import ButtonFrames, LedKeeper

from .line import Line
from .line_port import LinePort

_LOGGER = logging.getLogger(__name__)

YIELD_S: Final = 10.0
"""The link's processor is silent until nobody else has commanded for this long, in seconds.

Decided here: twice the longest distance at which a client asks modules that are all offline."""

NOISE_HOLD_S: Final = 0.15
"""After noise it says nothing for this long, in seconds. Decided here: three sendings of a client
at 31250, each with its wait for an answer."""

PRESS_FRESH_S: Final = 2.0
"""A press that waited longer for those before it is dropped, in seconds. Decided here."""

SETTLE_S: Final = 0.06
"""After a command is accepted, a module's relays and its report need this long, in seconds.
Decided here, as in `ClientSettings.report_wait_s`."""


class LinkProcessor:
    """The processor on a simulated link.

    Args:
        line: The line that it hangs on.
        wallstations: What they are programmed for.
    """

    def __init__(self, line: Line, wallstations: Iterable[Wallstation]) -> None:
        settings = line.settings
        self._line = line
        self._component_base = settings.component_base
        self._wallstations = {each.address: each for each in wallstations}
        self._session = MasterSession(
            SessionSettings(
                baud=settings.baud,
                bits_per_octet=settings.bits_per_octet,
                echo=Echo.LOCAL if settings.echo else Echo.NONE,
            )
        )
        self._zones: dict[PlacedZone, bool | None] = {}
        self._in_override: set[ModuleAddress] = set()
        self._frames = ButtonFrames()
        self._leds = LedKeeper()
        self._presses: deque[tuple[float, SerialNumber, int]] = deque()
        self._has_presses = asyncio.Event()
        self._presser: asyncio.Task[None] | None = None
        self._yields_until = float("-inf")
        self._holds_until = float("-inf")
        self._is_master = False
        self._timer: asyncio.TimerHandle | None = None
        self._is_pump_due = False
        self._is_closed = False
        for serial in sorted({one for each in wallstations for one in each.modules}):
            assert isinstance(serial, SerialNumber)
            self._session.roster.add(serial, line.loop.time())
        self._port: LinePort = line.add_port(self._deliver)
        self._take_over()

    @property
    def is_master(self) -> bool:
        """Whether it commands; not while somebody else does."""
        return self._is_master

    def close(self) -> None:
        """Take it off the line."""
        self._is_closed = True
        self._stop_pressing()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._port.close()

    # --- who is the master -----------------------------------------------------------------

    def _take_over(self) -> None:
        now = self._line.loop.time()
        self._leds.forget()
        self._is_master = self._session.is_polling = True
        self._session.link_opened(now)
        for serial in self._session.roster.serials:
            query = StatusQuery(serial, StatusMask.ZONES)
            self._session.submit(Request(query, Priority.READ), now)
        self._presser = self._line.loop.create_task(self._press_all(), name="wallstations")
        self._look()
        self._pump_soon()

    def _yield(self, now: float) -> None:
        self._yields_until = now + YIELD_S
        if not self._is_master:
            return
        _LOGGER.info("Another master commands the simulated link: its processor is silent.")
        self._is_master = self._session.is_polling = False
        self._stop_pressing()
        self._session.link_lost(now)

    def _stop_pressing(self) -> None:
        self._presses.clear()
        self._has_presses.clear()
        if self._presser is not None:
            self._presser.cancel()
            self._presser = None

    # --- the line --------------------------------------------------------------------------

    def _deliver(self, octets: bytes) -> None:
        self._session.hear(octets, self._line.loop.time())
        self._pump_soon()

    def _pump_soon(self) -> None:
        # Not at once: the line is in the middle of telling everybody what it carries.
        if not self._is_pump_due and not self._is_closed:
            self._is_pump_due = True
            self._line.loop.call_soon(self._pump)

    def _pump(self) -> None:
        self._is_pump_due = False
        if self._is_closed:
            return
        self._tell()
        now = self._line.loop.time()
        if not self._is_master and now >= self._yields_until:
            self._take_over()
        self._session.may_send = self._is_master and now >= self._holds_until
        while (octets := self._session.due(now)) is not None:
            self._port.put(octets)
        self._tell()
        self._arm(now)

    def _arm(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = [] if self._session.next_due is None else [self._session.next_due]
        if not self._is_master:
            due.append(self._yields_until)
        else:
            if not self._session.may_send:
                due.append(self._holds_until)
            if (leds_due := self._leds.next_due) is not None and leds_due > now:
                due.append(leds_due)
        if due:
            self._timer = self._line.loop.call_at(max(now, min(due)), self._timer_fired)

    def _timer_fired(self) -> None:
        self._timer = None
        self._tell_leds()
        self._pump()

    def _tell(self) -> None:
        for event in self._session.events():
            if isinstance(event, RequestSettled):
                if event.request.on_settled is not None:
                    event.request.on_settled(event.outcome)
            else:
                self._happened(event)

    def _happened(self, event: SessionEvent) -> None:
        if isinstance(event, NoiseHeard):
            self._holds_until = event.at + NOISE_HOLD_S
        elif isinstance(event, ModuleOffline):
            self._forget(event.serial)
        elif isinstance(event, MessageHeard):
            self._heard(event)

    def _heard(self, event: MessageHeard) -> None:
        message = event.message
        if event.frame.source_link is not None:
            self._yield(event.at)
        elif isinstance(message, ZoneReport):
            self._zones_heard(message)
        elif isinstance(message, LedsReport):
            self._leds.heard(message.serial, message.leds)
            self._tell_leds()
        elif isinstance(message, ButtonEvent) and self._frames.is_news(event.frame, event.at):
            serial = event.frame.source_serial
            assert serial is not None
            if self._is_master and message.action is ButtonAction.PRESS:
                self._presses.append((event.at, serial, message.button))
                self._has_presses.set()

    # --- zones and LEDs --------------------------------------------------------------------

    def _zones_heard(self, report: ZoneReport) -> None:
        for zone, is_on in zip(ZONES, report.zones, strict=True):
            self._zones[report.serial, zone] = is_on
        if report.flags & ReportFlag.OVERRIDE_ACTIVE:
            self._in_override.add(report.serial)
        else:
            self._in_override.discard(report.serial)
        self._look()

    def _forget(self, serial: SerialNumber) -> None:
        for zone in ZONES:
            self._zones[serial, zone] = None
        self._look()

    def _look(self) -> None:
        """Look at what the LEDs should show by now."""
        for address, wallstation in self._wallstations.items():
            assert isinstance(address, SerialNumber)
            self._leds.want(address, wallstation.leds(self._zones))
        self._tell_leds()

    def _tell_leds(self) -> None:
        if not self._is_master:
            return
        now = self._line.loop.time()
        for message in tuple(self._leds.due(now)):
            self._submit_leds(message, now)

    def _submit_leds(self, message: LedsSet, now: float) -> None:
        def settled(outcome: Outcome) -> None:
            is_answered = isinstance(outcome, Answered)
            self._leds.ended(message.serial, self._line.loop.time(), is_answered=is_answered)
            self._tell_leds()

        self._session.submit(Request(message, Priority.READ, on_settled=settled), now)
        self._pump_soon()

    # --- presses ---------------------------------------------------------------------------

    async def _press_all(self) -> None:
        """Do one press after the other, so that a toggle sees what the one before it did."""
        while True:
            await self._has_presses.wait()
            while self._presses:
                at, serial, number = self._presses.popleft()
                wallstation = self._wallstations.get(serial)
                if wallstation is not None and self._line.loop.time() - at < PRESS_FRESH_S:
                    await self._press(wallstation, number)
            self._has_presses.clear()

    async def _press(self, wallstation: Wallstation, number: int) -> None:
        wanted = wallstation.press(number, self._zones, self._in_override)
        button = wallstation.button(number)
        if button is None or not wanted:
            return
        if button.group is not None:
            await self._ask(self._go_to_group(button.group, next(iter(wanted.values()))))
            await asyncio.sleep(SETTLE_S)
            await self._read(wanted)
            wanted = self._not_yet(wanted)
        await asyncio.gather(*(self._ask(self._go_to(zone, wanted[zone])) for zone in wanted))
        await asyncio.sleep(SETTLE_S)
        await self._read(self._not_yet(wanted))

    def _not_yet(self, wanted: Mapping[PlacedZone, bool]) -> dict[PlacedZone, bool]:
        """Return those of the zones that are not what they should be, but could."""
        return {
            zone: is_on
            for zone, is_on in wanted.items()
            if self._zones.get(zone) is not is_on and zone[0] not in self._in_override
        }

    async def _read(self, zones: Iterable[PlacedZone]) -> None:
        """Read the modules that have these zones."""
        serials = sorted({serial for serial, _ in zones})
        await asyncio.gather(
            *(
                self._ask(StatusQuery(serial, StatusMask.ZONES))
                for serial in serials
                if isinstance(serial, SerialNumber)
            )
        )

    def _go_to(self, zone: PlacedZone, is_on: bool) -> GoToLevel:
        serial, number = zone
        assert isinstance(serial, SerialNumber)
        return GoToLevel(
            serial, component_of(ZoneNumber(number), self._component_base), _raw(is_on)
        )

    def _go_to_group(self, group: GroupNumber, is_on: bool) -> GoToLevel:
        return GoToLevel(group, 0, _raw(is_on))

    async def _ask(self, message: ObjectMessage) -> Outcome:
        future: asyncio.Future[Outcome] = self._line.loop.create_future()

        def settled(outcome: Outcome) -> None:
            if not future.done():
                future.set_result(outcome)

        self._session.submit(Request(message, on_settled=settled), self._line.loop.time())
        self._pump_soon()
        return await future


def _raw(is_on: bool) -> int:
    return level_to_raw(100 if is_on else 0)
