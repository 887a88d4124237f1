"""The link's cable: how long, which one, what shape, what it is connected to.

Daisy chains and T-taps are both allowed, so a branch is nothing to speak of; a ring is neither.
A length planned in metres is held to the metres of the specification, any other to its feet.

Source: 3691060c, "Wiring: QS Link" and "Terminals".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dpm_core.model import (
    LINK_CONTROL_WIRE,
    LINK_DATA_WIRE,
    LINK_LENGTH_FT,
    LINK_LENGTH_M,
    LINK_WIRE,
    LONG_CABLE,
    SHORT_CABLE,
    SHORT_CABLE_FT,
    SHORT_CABLE_M,
    Figure,
)
from dpm_core.plan.findings import Finding, Severity, is_above, said
from dpm_core.plan.site import METRES_PER_FOOT, PROCESSOR_ID, CableRun, Plan

HEADING: Final = "Wiring: QS Link"


def cable_length(plan: Plan) -> Iterator[Finding]:
    """All the cable of a link together is no longer than it may be."""
    length, limit = _against(plan, LINK_LENGTH_M, LINK_LENGTH_FT)
    if is_above(length, limit):
        yield Finding(
            severity=Severity.ERROR,
            rule="cable-length",
            item="the link",
            line=plan.cables[0].line,
            words=f"its cable is {said(length, limit.unit)} long in all, more than "
            f"{LINK_LENGTH_FT} ({LINK_LENGTH_M})",
            figure=said(length, limit.unit),
            limit=str(limit),
            heading=limit.heading,
        )


def _against(plan: Plan, metres: Figure, feet: Figure) -> tuple[float, Figure]:
    if any(run.is_in_feet for run in plan.cables):
        return plan.link_m / METRES_PER_FOOT, feet
    return plan.link_m, metres


def cable_words(plan: Plan) -> str:
    """Return how much cable is planned, of how much, in the unit that the link is held to."""
    length, limit = _against(plan, LINK_LENGTH_M, LINK_LENGTH_FT)
    return f"{length:.4g} of {limit} of cable"


def cable_type(plan: Plan) -> Iterator[Finding]:
    """The short cable serves a short link only."""
    length, limit = _against(plan, SHORT_CABLE_M, SHORT_CABLE_FT)
    if not is_above(length, limit):
        return
    for run in plan.cables:
        if run.cable == SHORT_CABLE:
            yield Finding(
                severity=Severity.ERROR,
                rule="cable-type",
                item=_name(run),
                line=run.line,
                words=f"{SHORT_CABLE} serves a link of up to {SHORT_CABLE_FT} ({SHORT_CABLE_M}), "
                f"and this one has {said(length, limit.unit)} in all",
                figure=said(length, limit.unit),
                limit=str(limit),
                heading=limit.heading,
                advice=f"Use {LONG_CABLE}.",
            )


def cable_wires(plan: Plan) -> Iterator[Finding]:
    """A cable of another make has the wires that the link asks for."""
    for run in plan.cables:
        if run.cable:
            continue
        if run.control_awg is None or run.data_awg is None:
            yield Finding(
                severity=Severity.WARNING,
                rule="cable-wires",
                item=_name(run),
                line=run.line,
                words="neither one of Lutron's cables nor the wires of another one are planned",
                limit=f"control {LINK_CONTROL_WIRE}, data {LINK_DATA_WIRE}",
                heading=HEADING,
                advice=f"Name {SHORT_CABLE} or {LONG_CABLE}, or give control_awg, data_awg, "
                "twisted and shielded.",
            )
        if run.control_awg is not None:
            yield from _control(run, run.control_awg)
        if run.data_awg is not None and not LINK_DATA_WIRE.takes(run.data_awg):
            yield Finding(
                severity=Severity.ERROR,
                rule="cable-wires",
                item=_name(run),
                line=run.line,
                words=f"a data pair (terminals 3 and 4) of {run.data_awg} AWG is not "
                f"{LINK_DATA_WIRE}",
                figure=f"{run.data_awg} AWG",
                limit=str(LINK_DATA_WIRE),
                heading=LINK_DATA_WIRE.heading,
            )
        yield from _pair(run)


def _control(run: CableRun, gauge_awg: int) -> Iterator[Finding]:
    if LINK_CONTROL_WIRE.takes(gauge_awg):
        return
    # A thicker wire carries the control as well, as long as the terminal takes it.
    is_thicker = gauge_awg < LINK_CONTROL_WIRE.thickest_awg and LINK_WIRE.takes(gauge_awg)
    yield Finding(
        severity=Severity.WARNING if is_thicker else Severity.ERROR,
        rule="cable-wires",
        item=_name(run),
        line=run.line,
        words=f"a control wire (terminal 1) of {gauge_awg} AWG is not {LINK_CONTROL_WIRE}"
        + (", though thicker" if is_thicker else ""),
        figure=f"{gauge_awg} AWG",
        limit=str(LINK_CONTROL_WIRE),
        heading=LINK_CONTROL_WIRE.heading,
    )


def _pair(run: CableRun) -> Iterator[Finding]:
    for is_so, word in ((run.is_twisted, "twisted"), (run.is_shielded, "shielded")):
        is_asked_already = run.control_awg is None or run.data_awg is None
        if is_so is False or (is_so is None and not is_asked_already):
            yield Finding(
                severity=Severity.WARNING if is_so is None else Severity.ERROR,
                rule="cable-wires",
                item=_name(run),
                line=run.line,
                words=f"the data pair (terminals 3 and 4) is not "
                f"{'said to be ' if is_so is None else ''}{word}",
                heading=HEADING,
            )


def terminal_2(plan: Plan) -> Iterator[Finding]:
    """Terminal 2 of a module is not connected; terminals 1, 3 and 4 are."""
    modules = {module.id for module in plan.modules}
    for run in plan.cables:
        ends = [end for end in (run.start, run.end) if end in modules]
        if not ends:
            continue
        if 2 in run.terminals:
            yield Finding(
                severity=Severity.ERROR,
                rule="terminal-2",
                item=_name(run),
                line=run.line,
                words=f"terminal 2 of module {' and '.join(ends)} must not be connected",
                figure="terminal 2",
                limit="terminals 1, 3 and 4",
                heading=HEADING,
            )
        missing = [terminal for terminal in (1, 3, 4) if terminal not in run.terminals]
        if missing:
            yield Finding(
                severity=Severity.ERROR,
                rule="terminal-2",
                item=_name(run),
                line=run.line,
                words=f"terminal {' and '.join(str(one) for one in missing)} of module "
                f"{' and '.join(ends)} is not connected",
                figure=f"terminals {', '.join(str(one) for one in run.terminals) or 'none'}",
                limit="terminals 1, 3 and 4",
                heading=HEADING,
            )


def cable_shape(plan: Plan) -> Iterator[Finding]:
    """The cable reaches everything on the link and has no ring."""
    if not plan.cables:
        return
    joined: dict[str, str] = {}

    def root_of(place: str) -> str:
        while joined.setdefault(place, place) != place:
            place = joined[place]
        return place

    for run in plan.cables:
        start, end = root_of(run.start), root_of(run.end)
        if start == end:
            yield Finding(
                severity=Severity.ERROR,
                rule="cable-ring",
                item=_name(run),
                line=run.line,
                words="this run closes a ring; a link is daisy chained or T-tapped",
                heading=HEADING,
            )
        joined[start] = end
    places = [(f"module {module.id}", module.id, module.line) for module in plan.modules]
    places += [(one.name, one.id, one.line) for one in (*plan.wallstations, *plan.others)]
    for name, place, line in places:
        if root_of(place) != root_of(PROCESSOR_ID):
            yield Finding(
                severity=Severity.WARNING,
                rule="cable-reach",
                item=name,
                line=line,
                words="no cable of the plan joins it to the processor",
                heading=HEADING,
            )


def _name(run: CableRun) -> str:
    return f"cable {run.start} to {run.end}"
