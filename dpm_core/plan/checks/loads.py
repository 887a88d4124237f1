"""What the zones are wired to: currents, motors, plug-in lamps, receptacles.

Source: 3691060c, "Output Zone Ratings"; of the LQSE-4S1-D, the labels in "Wiring: Mains and
Output Zones".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dpm_core.model import (
    ABOVE_RATINGS,
    ADVICE_PLUG_IN,
    ADVICE_RECEPTACLE,
    LOAD_WORDS,
    NAMEPLATE,
    WATTS_MISLEAD,
    ZONES,
    LoadType,
    ZoneNumber,
)
from dpm_core.plan.findings import Finding, Severity, is_above, said
from dpm_core.plan.planned_module import Load, ModulePlan, UnratedLoad
from dpm_core.plan.site import Plan

OUTPUTS: Final = "Output Zone Ratings"


def loads_of(plan: Plan) -> Iterator[tuple[ModulePlan, ZoneNumber, Load]]:
    """Yield every load of a plan with its module and zone."""
    for module in plan.modules:
        for zone in ZONES:
            load = module.loads[zone - 1]
            if load is not None:
                yield module, zone, load


def zone_current(plan: Plan) -> Iterator[Finding]:
    """No zone switches more than its rating."""
    for module, zone, load in loads_of(plan):
        ratings = module.ratings
        is_motor = load.type is LoadType.MOTOR
        limit = ratings.motor_full_load if is_motor else ratings.zone_max
        current_a = load.current_a(plan.volts_of(module))
        if is_above(current_a, limit):
            what = LOAD_WORDS[load.type] if isinstance(load.type, LoadType) else "receptacle"
            yield Finding(
                severity=Severity.ERROR,
                rule="zone-current",
                item=module.zone_name(zone),
                line=load.line,
                words=f"{said(current_a, 'A')} of {what} load is more than the {limit} that one "
                f"zone of the {ratings.model} may switch",
                figure=said(current_a, "A"),
                limit=str(limit),
                heading=limit.heading,
                advice=ABOVE_RATINGS,
            )


def module_current(plan: Plan) -> Iterator[Finding]:
    """No module switches more than its rating, all zones together."""
    for module in plan.modules:
        current_a, limit = plan.current_a(module), module.ratings.module_max
        if is_above(current_a, limit):
            yield Finding(
                severity=Severity.ERROR,
                rule="module-current",
                item=f"module {module.id}",
                line=module.line,
                words=f"its zones draw {said(current_a, 'A')} together, more than the {limit} "
                f"that one {module.ratings.model} may switch",
                figure=said(current_a, "A"),
                limit=str(limit),
                heading=limit.heading,
                advice=ABOVE_RATINGS,
            )


def receptacles(plan: Plan) -> Iterator[Finding]:
    """No zone controls a general purpose receptacle."""
    for module, zone, load in loads_of(plan):
        if load.type is UnratedLoad.RECEPTACLE:
            yield Finding(
                severity=Severity.ERROR,
                rule="receptacle",
                item=module.zone_name(zone),
                line=load.line,
                words="outputs cannot be used to control general purpose receptacles",
                heading=OUTPUTS,
                advice=f"Use {ADVICE_RECEPTACLE}.",
            )


def plug_in_lamps(plan: Plan) -> Iterator[Finding]:
    """A plug-in lamp has something that keeps unrated loads out."""
    for module, zone, load in loads_of(plan):
        if load.is_plug_in and not load.kept_out_by:
            yield Finding(
                severity=Severity.ERROR,
                rule="plug-in",
                item=module.zone_name(zone),
                line=load.line,
                words="nothing keeps unrated loads from being plugged in where this lamp is",
                heading=OUTPUTS,
                advice=f"Use a dedicated receptacle with an alternate plug, such as "
                f"{ADVICE_PLUG_IN}, and name it as kept_out_by; a permanently installed fixture "
                "is recommended.",
            )
        elif load.is_plug_in:
            yield Finding(
                severity=Severity.WARNING,
                rule="plug-in",
                item=module.zone_name(zone),
                line=load.line,
                words=f"a plug-in lamp, with {load.kept_out_by} to keep unrated loads out",
                heading=OUTPUTS,
                advice="A permanently installed fixture is recommended.",
            )


def watts(plan: Plan) -> Iterator[Finding]:
    """Watts of inductive and motor loads promise too few amperes."""
    for module, zone, load in loads_of(plan):
        if load.watts is not None and load.type in WATTS_MISLEAD:
            assert isinstance(load.type, LoadType)
            volts = plan.volts_of(module)
            current_a = said(load.current_a(volts), "A")
            yield Finding(
                severity=Severity.WARNING,
                rule="watts",
                item=module.zone_name(zone),
                line=load.line,
                words=f"{said(load.watts, 'W')} are taken for {current_a} at {volts:g} V and "
                f"unity power factor, but a load of the type {LOAD_WORDS[load.type]} may draw "
                "more",
                figure=said(load.watts, "W"),
                limit=str(module.ratings.zone_max),
                heading=OUTPUTS,
                advice=NAMEPLATE,
            )


def motors(plan: Plan) -> Iterator[Finding]:
    """No motor is larger than the rating, by the figure that its module is rated in."""
    for module, zone, load in loads_of(plan):
        if load.type is LoadType.MOTOR:
            yield from _horsepower(module, zone, load)
            yield from _locked_rotor(module, zone, load)


def _horsepower(module: ModulePlan, zone: ZoneNumber, load: Load) -> Iterator[Finding]:
    limit = module.ratings.motor_max_hp
    if limit is None:
        return
    if load.horsepower is None:
        yield Finding(
            severity=Severity.WARNING,
            rule="motor-power",
            item=module.zone_name(zone),
            line=load.line,
            words="the power of this motor is not planned; it may have up to 1/3 HP",
            limit="1/3 HP",
            heading=limit.heading,
            advice="Give its horsepower.",
        )
    elif is_above(load.horsepower, limit):
        yield Finding(
            severity=Severity.ERROR,
            rule="motor-power",
            item=module.zone_name(zone),
            line=load.line,
            words=f"a motor of {said(load.horsepower, 'HP')} is larger than the 1/3 HP that one "
            f"zone of the {module.ratings.model} may switch",
            figure=said(load.horsepower, "HP"),
            limit="1/3 HP",
            heading=limit.heading,
        )


def _locked_rotor(module: ModulePlan, zone: ZoneNumber, load: Load) -> Iterator[Finding]:
    limit = module.ratings.motor_locked_rotor
    if limit is None:
        return
    if load.locked_rotor_amps is None:
        yield Finding(
            severity=Severity.WARNING,
            rule="locked-rotor",
            item=module.zone_name(zone),
            line=load.line,
            words=f"the locked-rotor current of this motor is not planned; it may be up to {limit}",
            limit=str(limit),
            heading=limit.heading,
            advice="Give its locked_rotor_amps.",
        )
    elif is_above(load.locked_rotor_amps, limit):
        yield Finding(
            severity=Severity.ERROR,
            rule="locked-rotor",
            item=module.zone_name(zone),
            line=load.line,
            words=f"its locked-rotor current of {said(load.locked_rotor_amps, 'A')} is more than "
            f"the {limit} that one zone of the {module.ratings.model} may switch",
            figure=said(load.locked_rotor_amps, "A"),
            limit=str(limit),
            heading=limit.heading,
        )
