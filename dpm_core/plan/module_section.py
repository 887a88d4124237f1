"""One module of a plan's document: its program, its loads, its wires."""

from __future__ import annotations

from typing import Final

from dpm_core.model import (
    CCO_LOAD_VOLTS_MAX,
    FAMILY,
    GROUPS_MAX,
    LOAD_AMPS_MAX,
    LOAD_WATTS_MAX,
    LQSE_4S8_120_D,
    ZONES,
    CcoCurrent,
    CcoLoadKind,
    CcoType,
    FourZones,
    GroupNumber,
    LoadType,
    ModuleRatings,
    OverrideAction,
    Program,
)
from dpm_core.plan.fields import Section, Value, one_of
from dpm_core.plan.planned_module import (
    FourLoads,
    Load,
    ModulePlan,
    Neutrals,
    PlannedCcoLoad,
    UnratedLoad,
    Wires,
    kept_loads,
)
from dpm_core.plan.program_values import (
    read_cco_type,
    read_debounce_s,
    read_group_name,
    read_name,
    read_pulse_s,
    read_serial,
    read_zones,
)

HORSEPOWER_MAX: Final = 100.0
GAUGE_MAX_AWG: Final = 40
TEMPERATURE_C: Final = (-50.0, 200.0)
"""What a document may say at all, far beyond any rating: past it somebody mistyped.

Decided here.
"""


def read_module(key: str, section: Section) -> ModulePlan:
    """Return the module that a section describes.

    Raises:
        InvalidDocument: A field is missing, unknown, or not what it may be.
    """
    name = _name(section)
    model = section.take("model")
    serial = section.take("serial")
    neutrals = section.take("neutrals")
    calibration_point = section.take("calibration_point_c")
    is_separated = section.take("class_2_separated")
    zone_names, actions, loads, zone_lines = _zones(section.part("zones"))
    cco = section.part("cco")
    cco_type, pulse = cco.take("type"), cco.take("pulse_s")
    cco_load_value = cco.take("load")
    cco_load = None if cco_load_value is None else _cco_load(cco_load_value.section())
    cco.done()
    cci = section.part("cci")
    debounce = cci.take("debounce_s")
    cci.done()
    program = Program(
        name=name,
        zone_names=zone_names,
        override_actions=actions,
        cco_type=CcoType.MOMENTARY if cco_type is None else read_cco_type(cco_type),
        cco_pulse_s=Program().cco_pulse_s if pulse is None else read_pulse_s(pulse),
        cci_debounce_s=Program().cci_debounce_s if debounce is None else read_debounce_s(debounce),
        zone_loads=kept_loads(loads),
        cco_load=None if cco_load is None else cco_load.kept,
    )
    planned = ModulePlan(
        id=key,
        ratings=LQSE_4S8_120_D if model is None else _model(model),
        serial=None if serial is None else read_serial(serial),
        program=program,
        zone_lines=zone_lines,
        loads=loads,
        cco_load=cco_load,
        groups=_groups(section.part("groups")),
        neutrals=Neutrals.SEPARATE if neutrals is None else neutrals.choice(Neutrals),
        wires=_wires(section.part("wires")),
        calibration_point_c=None
        if calibration_point is None
        else calibration_point.number(*TEMPERATURE_C, "degrees Celsius"),
        is_class_2_separated=None if is_separated is None else is_separated.flag(),
        line=section.line,
    )
    section.done()
    return planned


def _zones(
    section: Section,
) -> tuple[
    tuple[str, str, str, str],
    tuple[OverrideAction, OverrideAction, OverrideAction, OverrideAction],
    FourLoads,
    tuple[int, int, int, int],
]:
    names, actions, loads, lines = [], [], [], []
    for zone in ZONES:
        one = section.part(str(int(zone)))
        names.append(_name(one))
        action = one.take("override")
        actions.append(OverrideAction.ON if action is None else action.choice(OverrideAction))
        load = one.take("load")
        loads.append(None if load is None else _load(load.section()))
        lines.append(one.line)
        one.done()
    section.done()
    name_1, name_2, name_3, name_4 = names
    action_1, action_2, action_3, action_4 = actions
    load_1, load_2, load_3, load_4 = loads
    line_1, line_2, line_3, line_4 = lines
    return (
        (name_1, name_2, name_3, name_4),
        (action_1, action_2, action_3, action_4),
        (load_1, load_2, load_3, load_4),
        (line_1, line_2, line_3, line_4),
    )


def _load(section: Section) -> Load:
    words = (*(kind.value for kind in LoadType), UnratedLoad.RECEPTACLE.value)
    kind = section.need("type", one_of(words)).choice((*LoadType, *UnratedLoad))
    amps, watts = section.take("amps"), section.take("watts")
    if amps is not None and watts is not None:
        watts.refuse("amps or watts, not both")
    if amps is None and watts is None and kind is not UnratedLoad.RECEPTACLE:
        section.need("amps", "what it draws: amps or watts")
    horsepower = section.take("horsepower")
    locked_rotor = section.take("locked_rotor_amps")
    for value in (horsepower, locked_rotor):
        if value is not None and kind is not LoadType.MOTOR:
            value.refuse("nothing: only a motor has it")
    kept_out_by = section.take("kept_out_by")
    is_plug_in = section.take("plug_in")
    is_visible = section.take("visible_from_every_control")
    load = Load(
        type=kind,
        amps=None if amps is None else amps.number(0, LOAD_AMPS_MAX, "A"),
        watts=None if watts is None else watts.number(0, LOAD_WATTS_MAX, "W"),
        horsepower=None if horsepower is None else _horsepower(horsepower),
        locked_rotor_amps=None
        if locked_rotor is None
        else locked_rotor.number(0, LOAD_AMPS_MAX, "A"),
        is_plug_in=is_plug_in is not None and is_plug_in.flag(),
        kept_out_by="" if kept_out_by is None else kept_out_by.text(),
        is_visible=None if is_visible is None else is_visible.flag(),
        line=section.line,
    )
    section.done()
    return load


def _horsepower(value: Value) -> float:
    # Motors are sold in fractions, and 0.33 is not what 1/3 means.
    allowed = f"a number or a fraction of horsepower up to {HORSEPOWER_MAX:g}, such as 1/4"
    above, slash, below = value.text(allowed).partition("/")
    try:
        horsepower = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        value.refuse(allowed)
    if not 0 <= horsepower <= HORSEPOWER_MAX:
        value.refuse(allowed)
    return horsepower


def _cco_load(section: Section) -> PlannedCcoLoad:
    name = _name(section)
    diode = section.take("flyback_diode")
    load = PlannedCcoLoad(
        name=name,
        volts=section.need("volts", "its voltage, in volts").number(0, CCO_LOAD_VOLTS_MAX, "V"),
        current=section.need("current", "dc or ac").choice(CcoCurrent),
        amps=section.need("amps", "what it draws, in amperes").number(0, LOAD_AMPS_MAX, "A"),
        kind=section.need("kind", "resistive or inductive").choice(CcoLoadKind),
        has_flyback_diode=diode is not None and diode.flag(),
        line=section.line,
    )
    section.done()
    return load


def _groups(section: Section) -> tuple[tuple[GroupNumber, FourZones], ...]:
    groups: dict[GroupNumber, FourZones] = {}
    for key, value in section.items():
        group = read_group_name(key, value)
        if group in groups:
            value.refuse_name(key, "each group once")
        zones = read_zones(value)
        first, second, third, fourth = (zone in zones for zone in ZONES)
        groups[group] = (first, second, third, fourth)
    if len(groups) > GROUPS_MAX:
        section.refuse(f"at most {GROUPS_MAX} groups")
    return tuple(sorted(groups.items()))


def _wires(section: Section) -> Wires:
    gauges = {name: section.take(name) for name in ("mains_awg", "zones_awg", "contacts_awg")}
    together = section.take("contacts_together")
    mains, zones, contacts = (
        None if value is None else read_gauge(value) for value in gauges.values()
    )
    wires = Wires(
        mains_awg=mains,
        zones_awg=zones,
        contacts_awg=contacts,
        contacts_together=1 if together is None else together.whole(1, 2, "wires in a terminal"),
        line=section.line,
    )
    section.done()
    return wires


def read_gauge(value: Value) -> int:
    """Return the gauge of a wire, in AWG."""
    return value.whole(0, GAUGE_MAX_AWG, "AWG")


def _model(value: Value) -> ModuleRatings:
    ratings = FAMILY.get(value.text(one_of(FAMILY)))
    if ratings is None:
        value.refuse(one_of(FAMILY))
    return ratings


def _name(section: Section) -> str:
    value = section.take("name")
    return "" if value is None else read_name(value)
