"""Whether a module may switch what its program says that it is wired to.

A finding names one zone, the CCO or the module as a whole, with the figure, the limit and the
heading of the specification. An error breaks the specification; a warning is for the installer to
judge.

House rule: what can be said of one module's program; what needs a whole site (feeds, neutrals,
plug-in lamps) is checked in `dpm_core.plan`.

Source: 3691060c, "Output Zone Ratings" and "Contact Closure Output (CCO)".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dpm_core.model.identifiers import ZONES, ZoneNumber
from dpm_core.model.loads import CcoCurrent, CcoLoad, CcoLoadKind, ZoneLoad
from dpm_core.model.program import Program
from dpm_core.model.ratings import (
    ADVICE_ABOVE_RATINGS,
    CCO_AC_MAX_A,
    CCO_DC_MAX_A,
    CCO_MAX_V,
    LOAD_WORDS,
    LQSE_4S8_120_D,
    MAINS_VOLTAGE_V,
    Figure,
    LoadType,
    ModuleRatings,
)

LOAD_TOLERANCE: Final = 1e-9
"""By how much a sum may miss its limit for no other reason than how computers add."""

WATTS_MISLEAD: Final = frozenset(
    {LoadType.INDUCTIVE, LoadType.MLV, LoadType.DISCHARGE_LAMP, LoadType.MOTOR}
)
"""Loads whose power factor may be far from one, so that watts promise too few amperes.

Decided here, after requirement F1: what has a winding, or a lamp behind one.
"""

ABOVE_RATINGS: Final = f"For higher wattage at 120 V, use {ADVICE_ABOVE_RATINGS}."
NAMEPLATE: Final = "Give the amperes of its nameplate instead."
FLYBACK_DIODE: Final = (
    "Relays, solenoids and motors are inductive loads. Use DC and a flyback diode, which is not "
    "included."
)
"""What to do instead. Source: 3691060c, "Output Zone Ratings" and "Contact Closure Output (CCO)"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFinding:
    """One thing about a module's loads that is wrong, or asks for a second look.

    Attributes:
        is_error: Whether it breaks the specification; else it is for the installer to judge.
        rule: Which rule found it, such as `zone-current`.
        zone: The zone; None for the CCO or the module as a whole.
        item: What it is about, such as `zone 2`, `the CCO` or `the module`.
        words: What is wrong, in words.
        heading: The heading of the specification that says so.
        figure: What is programmed; empty where it is no number.
        limit: What is allowed; empty where it is no number.
        advice: What to do instead; empty where the words say it already.
    """

    is_error: bool
    rule: str
    zone: ZoneNumber | None
    item: str
    words: str
    heading: str
    figure: str = ""
    limit: str = ""
    advice: str = ""

    @property
    def sentence(self) -> str:
        """What was found, in one sentence or two."""
        advice = f" {self.advice}" if self.advice else ""
        return f"{self.item}: {self.words}.{advice}"


def check_loads(
    program: Program,
    ratings: ModuleRatings = LQSE_4S8_120_D,
    voltage_v: float = MAINS_VOLTAGE_V,
) -> tuple[LoadFinding, ...]:
    """Return everything that the specification has against a program's loads, errors first.

    Args:
        program: What the module is, or would be, programmed with.
        ratings: The model.
        voltage_v: The mains, in volts, at which watts become amperes with unity power factor.
    """
    findings = (
        *_zones(program, ratings, voltage_v),
        *_module(program, ratings, voltage_v),
        *_cco(program.cco_load),
    )
    return tuple(sorted(findings, key=lambda finding: not finding.is_error))


def total_current_a(program: Program, voltage_v: float = MAINS_VOLTAGE_V) -> float:
    """Return what all four zones draw together, in amperes."""
    return sum(load.current_a(voltage_v) for load in program.zone_loads if load is not None)


def is_above(value: float, figure: Figure) -> bool:
    """Return whether a value is more than a figure allows; the figure itself is allowed."""
    return value > figure.value + LOAD_TOLERANCE


def said(value: float, unit: str) -> str:
    """Return a number with its unit, precise enough to tell it from its limit."""
    return f"{round(value, 6):.10g} {unit}".strip()


def _zones(program: Program, ratings: ModuleRatings, voltage_v: float) -> Iterator[LoadFinding]:
    for zone in ZONES:
        load = program.zone_loads[zone - 1]
        if load is not None:
            yield from _zone(zone, load, ratings, voltage_v)


def _zone(
    zone: ZoneNumber, load: ZoneLoad, ratings: ModuleRatings, voltage_v: float
) -> Iterator[LoadFinding]:
    limit = ratings.motor_full_load if load.type is LoadType.MOTOR else ratings.zone_max
    current_a = load.current_a(voltage_v)
    item = f"zone {int(zone)}"
    if is_above(current_a, limit):
        yield LoadFinding(
            is_error=True,
            rule="zone-current",
            zone=zone,
            item=item,
            words=f"{said(current_a, 'A')} of {LOAD_WORDS[load.type]} load is more than the "
            f"{limit} that one zone of the {ratings.model} may switch",
            heading=limit.heading,
            figure=said(current_a, "A"),
            limit=str(limit),
            advice=ABOVE_RATINGS,
        )
    if load.watts is not None and load.type in WATTS_MISLEAD:
        yield LoadFinding(
            is_error=False,
            rule="watts",
            zone=zone,
            item=item,
            words=f"{said(load.watts, 'W')} are taken for {said(current_a, 'A')} at "
            f"{voltage_v:g} V and unity power factor, but a load of the type "
            f"{LOAD_WORDS[load.type]} may draw more",
            heading=limit.heading,
            figure=said(load.watts, "W"),
            limit=str(limit),
            advice=NAMEPLATE,
        )


def _module(program: Program, ratings: ModuleRatings, voltage_v: float) -> Iterator[LoadFinding]:
    current_a, limit = total_current_a(program, voltage_v), ratings.module_max
    if is_above(current_a, limit):
        yield LoadFinding(
            is_error=True,
            rule="module-current",
            zone=None,
            item="the module",
            words=f"its zones draw {said(current_a, 'A')} together, more than the {limit} that "
            f"one {ratings.model} may switch",
            heading=limit.heading,
            figure=said(current_a, "A"),
            limit=str(limit),
            advice=ABOVE_RATINGS,
        )


def _cco(load: CcoLoad | None) -> Iterator[LoadFinding]:
    if load is None:
        return
    most = CCO_DC_MAX_A if load.current is CcoCurrent.DC else CCO_AC_MAX_A
    for value, limit, rule in (
        (load.volts, CCO_MAX_V, "cco-voltage"),
        (load.amps, most, "cco-current"),
    ):
        if is_above(value, limit):
            figure = said(value, limit.unit)
            yield LoadFinding(
                is_error=True,
                rule=rule,
                zone=None,
                item="the CCO",
                words=f"{figure} {load.current.value.upper()} is more than the {limit} that it "
                "may switch",
                heading=limit.heading,
                figure=figure,
                limit=str(limit),
            )
    words = _inductive_words(load)
    if words:
        yield LoadFinding(
            is_error=True,
            rule="cco-inductive",
            zone=None,
            item="the CCO",
            words=words,
            heading=CCO_MAX_V.heading,
            advice=FLYBACK_DIODE,
        )


def _inductive_words(load: CcoLoad) -> str:
    """Return what is wrong with an inductive load of the CCO; empty when nothing is."""
    if load.kind is not CcoLoadKind.INDUCTIVE:
        return ""
    if load.current is CcoCurrent.AC:
        return "the CCO may switch an inductive load on DC only, and this one is on AC"
    if not load.has_flyback_diode:
        return "the CCO may switch an inductive load only with a flyback diode across it"
    return ""
