"""What a module says of itself on the link: a module at one instant, put into messages.

House rule: pure; when a report goes out is decided in `device.py`.

Source: qs-link.md 5 (ours).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from dpm_core.model import (
    COMPONENT_TYPE_RELAY,
    DEVICE_CLASS_WORD,
    ZONE_COUNT,
    Announced,
    Cause,
    CciChanged,
    CcoChanged,
    ContactState,
    Event,
    FourActions,
    FourZones,
    ModuleState,
    OverrideAction,
    OverrideEntered,
    OverrideLeft,
    ZonesSettled,
)
from dpm_core.model.programming import open_stage
from dpm_core.protocol.extension_program_write import PROGRAM_FORMAT, program_checksum
from dpm_core.protocol.messages import (
    CciReport,
    CcoReport,
    CountersReport,
    EmergencyReport,
    GroupReport,
    IdentityReport,
    IoProgramReport,
    LoadsReport,
    NameReport,
    OverrideReport,
    ProgramVersionReport,
    Report,
    ReportFlag,
    StatusMask,
    ZoneReport,
)

FIRMWARE: Final = (2, 54)
"""Firmware version that the module says it has, 2.054. Source: qs-link.md 3.7."""

NO_ZONES: Final[FourZones] = (False, False, False, False)


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """What a module has counted on the link since it powered up, or since it was told to clear.

    Attributes:
        frames_good: Frames with the right CRC, others' only.
        crc_errors: Packets with a wrong one.
        framing_errors: How often others talked into each other.
        overruns: Octets that came too fast; never, in a simulated UART.
        zone_reports: ZONE_REPORTs that nobody asked for, sent since power-up.
    """

    frames_good: int = 0
    crc_errors: int = 0
    framing_errors: int = 0
    overruns: int = 0
    zone_reports: int = 0


def report_flags(state: ModuleState) -> ReportFlag:
    """Return the flags of a ZONE_REPORT."""
    flags = ReportFlag(0)
    if state.in_override:
        flags |= ReportFlag.OVERRIDE_ACTIVE
    if state.cci.accepted is ContactState.OPEN:
        flags |= ReportFlag.CCI_OPEN
    if state.cco.is_closed:
        flags |= ReportFlag.CCO_CLOSED
    if state.was_restored:
        flags |= ReportFlag.RESTORED
    return flags


def zone_report(state: ModuleState, count: int, settled: ZonesSettled | None = None) -> ZoneReport:
    """Return the relays as they are now, or as they were when they settled."""
    flags = report_flags(state)
    if settled is None:
        return ZoneReport(state.serial, state.zones, NO_ZONES, flags, Cause.QUERY, count)
    return ZoneReport(state.serial, settled.zones, settled.changed, flags, settled.cause, count)


def override_report(state: ModuleState, cause: Cause = Cause.QUERY) -> OverrideReport:
    """Return manual override as it is now; outside it no zone is forced on."""
    return OverrideReport(
        state.serial, state.in_override, _forced_on(state.override.forced), state.saved, cause
    )


def cci_report(state: ModuleState) -> CciReport:
    """Return the CCI as the module takes it, after its debounce."""
    return CciReport(state.serial, state.cci.accepted, is_edge=False)


def cco_report(state: ModuleState, now: float) -> CcoReport:
    """Return the CCO as it is now, and how much of a pulse is left."""
    return CcoReport(
        state.serial,
        state.cco.is_closed,
        state.memory.program.cco_type,
        state.cco.remaining_s(now),
    )


def event_report(event: Event, state: ModuleState, now: float) -> Report | None:
    """Return what the link hears of an event besides ZONE_REPORT; None when it hears nothing.

    It says what was so when it happened, though more may have happened since.
    """
    serial, program = state.serial, state.memory.program
    match event:
        case CciChanged(contact=contact):
            return CciReport(serial, contact, is_edge=True)
        case OverrideEntered(forced=forced, cause=cause):
            return OverrideReport(serial, True, _forced_on(forced), state.saved, cause)
        case OverrideLeft(cause=cause):
            return OverrideReport(serial, False, NO_ZONES, state.saved, cause)
        case CcoChanged(is_closed=is_closed):
            remaining_s = state.cco.remaining_s(now) if is_closed else 0.0
            return CcoReport(serial, is_closed, program.cco_type, remaining_s)
        case Announced():
            return identity_report(state)
        case _:
            return None


def _forced_on(forced: FourActions) -> FourZones:
    first, second, third, fourth = (action is OverrideAction.ON for action in forced)
    return (first, second, third, fourth)


def emergency_report(state: ModuleState) -> EmergencyReport:
    """Return what manual override is programmed to do; it holds from the next entry."""
    return EmergencyReport(state.serial, state.memory.program.override_actions)


def counters_report(state: ModuleState, counts: LinkCounts, now: float) -> CountersReport:
    """Return everything that the module counts."""
    return CountersReport(
        state.serial,
        state.cycles,
        cco_operations=state.memory.cco_operations,
        uptime_s=int(state.uptime_s(now)),
        cci_openings=state.memory.cci_openings,
        frames_good=counts.frames_good,
        crc_errors=counts.crc_errors,
        framing_errors=counts.framing_errors,
        overruns=counts.overruns,
    )


def identity_report(state: ModuleState) -> IdentityReport:
    """Return what the module is."""
    return IdentityReport(
        state.serial, DEVICE_CLASS_WORD, FIRMWARE, ZONE_COUNT, COMPONENT_TYPE_RELAY
    )


def io_program_report(state: ModuleState) -> IoProgramReport:
    """Return what the CCO and CCI are programmed for."""
    program = state.memory.program
    return IoProgramReport(
        state.serial, program.cco_type, program.cco_pulse_s, program.cci_debounce_s
    )


def name_report(state: ModuleState, index: int) -> NameReport:
    """Return the name of the module (0) or of a zone (1 to 4)."""
    program = state.memory.program
    return NameReport(state.serial, index, (program.name, *program.zone_names)[index])


def group_reports(state: ModuleState) -> Iterator[GroupReport]:
    """Return one report for each group that the module belongs to."""
    for group, members in state.memory.groups:
        yield GroupReport(state.serial, group, members)


def loads_report(state: ModuleState) -> LoadsReport:
    """Return what the zones and the CCO are wired to, as it is programmed."""
    program = state.memory.program
    return LoadsReport(state.serial, program.zone_loads, program.cco_load)


def program_version_report(state: ModuleState, now: float) -> ProgramVersionReport:
    """Return which revision of its program the module has, and which stage is open."""
    stage = open_stage(state, now)
    return ProgramVersionReport(
        state.serial,
        PROGRAM_FORMAT,
        state.memory.program_revision,
        program_checksum(state.memory.program),
        0 if stage is None else stage.number,
    )


_Asked = Callable[[ModuleState, LinkCounts, float], Report]

_STATUS: Final[tuple[tuple[StatusMask, _Asked], ...]] = (
    (StatusMask.ZONES, lambda state, counts, _: zone_report(state, counts.zone_reports)),
    (StatusMask.OVERRIDE, lambda state, _counts, _: override_report(state)),
    (StatusMask.CCI, lambda state, _counts, _: cci_report(state)),
    (StatusMask.CCO, lambda state, _counts, now: cco_report(state, now)),
    (StatusMask.EMERGENCY, lambda state, _counts, _: emergency_report(state)),
    (StatusMask.COUNTERS, counters_report),
    (StatusMask.IDENTITY, lambda state, _counts, _: identity_report(state)),
    (StatusMask.IO_PROGRAM, lambda state, _counts, _: io_program_report(state)),
)
# In the order of the bits, which is the order of the answers.


def status_reports(
    state: ModuleState, mask: StatusMask, counts: LinkCounts, now: float
) -> Iterator[Report]:
    """Return one report for each bit of a STATUS_QUERY, lowest bit first."""
    for bit, asked in _STATUS:
        if bit in mask:
            yield asked(state, counts, now)
