"""What a client keeps of one module, and what follows from each thing heard.

House rule: no waiting and no sending here; a value comes from a report, never from a command.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dpm_core.client.events import (
    CciChanged,
    CcoChanged,
    ClientEvent,
    ModuleChanged,
    OverrideEntered,
    OverrideLeft,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.client.views import ModuleView
from dpm_core.model import ZONES, Cause, ContactState
from dpm_core.protocol import (
    CciReport,
    CcoReport,
    CountersReport,
    EmergencyReport,
    IdentityReport,
    IoProgramReport,
    OverrideReport,
    ReportFlag,
    ZoneReport,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dpm_core.client.locks import Key
    from dpm_core.client.views import FourCauses
    from dpm_core.client.zone_commands import ZoneCommand
    from dpm_core.model import FourZones, GroupNumber, Program, SerialNumber, ZoneNumber
    from dpm_core.protocol import Message

_COUNTS: Final = 0x10000
"""Zone reports are counted modulo this. Source: qs-link.md 5, 02 (ours)."""


class ModuleRecord:
    """One module on the link, as heard.

    A module numbers its zone reports, and says in the answer to a question how many there were.
    So a report that had to wait for the line, and comes after an answer that is newer, is known
    to be old: it tells what happened, but not what is so now.

    Its other reports have no number. One of the CCO that an answer has shown already is known by
    what it says; the rest go with a zone report, and are as old as that.

    Args:
        serial: Which module.
        late_report_s: How long a report of the CCO may come behind an answer, in seconds.
    """

    __slots__ = (
        "_early",
        "_is_behind",
        "_known",
        "_late_report_s",
        "_told",
        "address",
        "groups",
        "is_lost",
        "is_unsure",
        "serial",
        "view",
        "zone_commands",
        "zone_keys",
    )

    def __init__(self, serial: SerialNumber, late_report_s: float) -> None:
        self.serial: Final = serial
        self.address: Final = str(serial)
        """Its serial number, for people."""
        self.zone_keys: Final[tuple[Key, ...]] = tuple((serial, int(zone)) for zone in ZONES)
        """What must be held while all its zones are told something."""
        self.zone_commands: Final[dict[tuple[ZoneNumber, float], ZoneCommand]] = {}
        """What its zones were told before, ready to be told again."""
        self.view = ModuleView(serial=serial)
        self.groups: dict[GroupNumber, FourZones] | None = None
        """The groups that its zones belong to; None while they are not known."""
        self.is_lost = False
        """Whether it did not answer any more and has not been read since."""
        self.is_unsure = False
        """Whether it must be asked, because what it reported fits nothing."""
        self._late_report_s = late_report_s
        self._early: deque[tuple[bool, float]] = deque()
        """Changes of the CCO that were shown before the module's own report of them, and when."""
        self._known: int | None = None
        self._told: int | None = None
        self._is_behind = False

    @property
    def needs_override_report(self) -> bool:
        """Whether it is in manual override, and what returns afterwards is not known."""
        return bool(self.view.override) and self.view.saved is None

    def forget_numbers(self) -> None:
        """Expect any number in the next report: the module may have begun anew."""
        self._known = self._told = None
        self._is_behind = False
        self._early.clear()

    def is_news(self, message: Message, *, is_answer: bool) -> bool:
        """Return whether a message tells what is so now; asked before `hear()`."""
        if is_answer:
            return True
        if isinstance(message, ZoneReport) and message.cause is not Cause.QUERY:
            return _is_newer(message.count, self._told) and _is_newer(message.count, self._known)
        return not self._is_behind

    def hear(self, message: Message, at: float, *, is_answer: bool) -> list[ClientEvent]:
        """Take what the module said, and return what follows from it.

        Args:
            message: From this module.
            at: When it was heard.
            is_answer: Whether it answers a question of ours.
        """
        if isinstance(message, ZoneReport):
            if message.cause is Cause.QUERY:
                return self._hear_answer(message, at)
            return self._hear_change(message, at)
        if self._is_behind and not is_answer:
            # It went with a zone report that is old.
            return []
        if isinstance(message, OverrideReport):
            saved = message.saved if message.is_active else None
            return self._become(replace(self.view, override=message.is_active, saved=saved))
        if isinstance(message, CciReport):
            return self._become(replace(self.view, cci=message.contact))
        if isinstance(message, CcoReport):
            return self._hear_cco(message, at, is_answer=is_answer)
        if isinstance(message, IdentityReport):
            return self._become(replace(self.view, identity=message))
        if isinstance(message, CountersReport):
            return self._become(replace(self.view, counters=message))
        if isinstance(message, EmergencyReport):
            return self._become(replace(self.view, override_actions=message.actions))
        if isinstance(message, IoProgramReport):
            return self._become(replace(self.view, cco_type=message.cco_type))
        return []

    def set_program(self, program: Program) -> list[ClientEvent]:
        """Note what the module is programmed with, after all of it was read."""
        return self._become(replace(self.view, program=program))

    def set_presence(
        self, *, is_online: bool | None = None, is_fresh: bool | None = None
    ) -> list[ClientEvent]:
        """Note whether the module is there and its state was read; return what follows."""
        view = self.view
        return self._become(
            replace(
                view,
                is_online=view.is_online if is_online is None else is_online,
                is_fresh=view.is_fresh if is_fresh is None else is_fresh,
            )
        )

    def _hear_answer(self, report: ZoneReport, at: float) -> list[ClientEvent]:
        if self._told is not None and _is_newer(self._told, report.count):
            # It counts from the start again: it has lost power in between.
            self._told = report.count
        self._known = report.count
        self._is_behind = self.is_unsure = False
        return self._become_like(report, at)

    def _hear_change(self, report: ZoneReport, at: float) -> list[ClientEvent]:
        if not _is_newer(report.count, self._told):
            if report.cause is Cause.POWER_UP and report.count != self._told:
                self._told = report.count
            # A duplicate, or a module that has begun anew: only an answer can tell.
            if report.cause is Cause.POWER_UP or report.zones != self.view.zones:
                self.is_unsure = self._is_behind = True
            return []
        self._told = report.count
        pressed: list[ClientEvent] = []
        if report.cause is Cause.ZONE_BUTTON:
            pressed += (
                ZoneButtonPressed(self.serial, zone) for zone in ZONES if report.changed[zone - 1]
            )
        self._is_behind = not _is_newer(report.count, self._known)
        if self._is_behind:
            return self._take_causes(report) + pressed
        self._known = report.count
        return self._become_like(report, at) + pressed

    def _take_causes(self, report: ZoneReport) -> list[ClientEvent]:
        """Take from a report why the zones are as an answer that overtook it has shown them."""
        if report.count != self._known or report.zones != self.view.zones:
            return []
        return self._become(replace(self.view, zone_causes=self._causes(report)))

    def _hear_cco(self, report: CcoReport, at: float, *, is_answer: bool) -> list[ClientEvent]:
        view = replace(self.view, cco_type=report.cco_type)
        if is_answer:
            self._note_early(report.is_closed, at)
        elif self._was_early(report.is_closed, at):
            return self._become(view)
        return self._become(replace(view, cco_closed=report.is_closed))

    def _note_early(self, is_closed: bool, at: float) -> None:
        if self.view.cco_closed is not None and is_closed != self.view.cco_closed:
            self._early.append((is_closed, at))

    def _was_early(self, is_closed: bool, at: float) -> bool:
        """Return whether a report only repeats what was shown before it."""
        early = self._early
        while early and at - early[0][1] > self._late_report_s:
            early.popleft()
        if not any(shown is is_closed for shown, _ in early):
            early.clear()
            return False
        while early.popleft()[0] != is_closed:
            # The report of this one was lost.
            pass
        return True

    def _become_like(self, report: ZoneReport, at: float) -> list[ClientEvent]:
        self._note_early(ReportFlag.CCO_CLOSED in report.flags, at)
        view = self.view
        is_override = ReportFlag.OVERRIDE_ACTIVE in report.flags
        is_open = ReportFlag.CCI_OPEN in report.flags
        return self._become(
            replace(
                view,
                zones=report.zones,
                zone_causes=self._causes(report),
                override=is_override,
                saved=view.saved if is_override else None,
                cci=ContactState.OPEN if is_open else ContactState.CLOSED,
                cco_closed=ReportFlag.CCO_CLOSED in report.flags,
                was_restored=ReportFlag.RESTORED in report.flags,
            ),
            report.cause,
        )

    def _causes(self, report: ZoneReport) -> FourCauses:
        """Return why each zone is as it is, now that this was reported."""
        first, second, third, fourth = (
            report.cause
            if changed and report.cause is not Cause.QUERY
            else (known if was_on is None or is_on == was_on else Cause.QUERY)
            for is_on, was_on, changed, known in zip(
                report.zones, self.view.zones, report.changed, self.view.zone_causes, strict=True
            )
        )
        return (first, second, third, fourth)

    def _become(self, view: ModuleView, cause: Cause = Cause.QUERY) -> list[ClientEvent]:
        previous = self.view
        if view == previous:
            return []
        self.view = view
        return [ModuleChanged(self.serial, view, previous), *self._differences(previous, cause)]

    def _differences(self, previous: ModuleView, cause: Cause) -> Iterator[ClientEvent]:
        """Yield what has happened; from unknown to known nothing has."""
        serial, view = self.serial, self.view
        for zone, was_on, is_on in zip(ZONES, previous.zones, view.zones, strict=True):
            if was_on is not None and is_on is not None and was_on != is_on:
                yield ZoneSwitched(serial, zone, is_on, cause)
        if previous.override is not None and view.override != previous.override:
            yield OverrideEntered(serial) if view.override else OverrideLeft(serial)
        if previous.cci is not None and view.cci is not None and view.cci is not previous.cci:
            yield CciChanged(serial, view.cci)
        was_closed, is_closed = previous.cco_closed, view.cco_closed
        if was_closed is not None and is_closed is not None and is_closed != was_closed:
            yield CcoChanged(serial, is_closed)


def _is_newer(count: int, than: int | None) -> bool:
    """Return whether a report's number comes after another one; they wrap."""
    return than is None or 0 < (count - than) % _COUNTS < _COUNTS // 2
