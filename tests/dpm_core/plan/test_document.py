"""A plan is read whole or refused with the place of what is wrong."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import InvalidDocument
from dpm_core.model import (
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    CcoType,
    GroupNumber,
    LoadType,
    OverrideAction,
    Program,
    SerialNumber,
    WallstationAction,
    ZoneLoad,
    ZoneNumber,
)
from dpm_core.plan import (
    PAGE,
    Filler,
    Mounting,
    Neutrals,
    Protection,
    Supply,
    UnratedLoad,
    check_plan,
    document,
    draw_plan,
    read_plan,
)
from tests.dpm_core.plan.drawing.pictures import SVG, tree
from tests.dpm_core.plan.planning import HEAD, plan, refused, with_module

WHOLE = """\
lutron_dpm_plan: 1
name: A house
modules:
  hall:
    model: LQSE-4S8-120-D
    serial: 00a1b2c3
    name: Hall panel
    zones:
      1: {name: Hall, override: off, load: {type: tungsten, watts: 300}}
      2: {load: {type: motor, amps: 5, horsepower: 1/4, visible_from_every_control: yes}}
      3: {override: unaffected, load: {type: inc, amps: 1, plug_in: yes, kept_out_by: CAR-15-DDTR}}
    cco:
      type: maintained
      pulse_s: 2
      load: {name: Pilot, volts: 24, current: dc, amps: 0.2, kind: inductive, flyback_diode: yes}
    cci: {debounce_s: 0.1}
    groups: {7: [2, 1], 5: [4]}
    neutrals: common
    wires: {mains_awg: 12, zones_awg: 14, contacts_awg: 18, contacts_together: 2}
    calibration_point_c: 50
    class_2_separated: yes
  attic: {model: LQSE-4S1-D}
link:
  processor: {name: Processor, model: HQP6-2, software: 12.3.1}
  wallstations:
    entry:
      name: Entry
      buttons:
        1: {name: Evening, does: scene, zones: {hall: [2, 1], attic: [4]}, off_zones: {hall: [3]}}
        2: {group: 5}
  others:
    sensor: {devices: 2, zones: 1}
  taps: [tap]
  cables:
    - {from: processor, to: tap, metres: 12, cable: GRX-CBL-346S-500}
    - {from: tap, to: hall, feet: 10, cable: other, control_awg: 18, data_awg: 22,
       twisted: yes, shielded: no, terminals: [4, 1, 3]}
feeds:
  lighting: {volts: 120, hertz: 60, protection: gfi, supply: ungrounded-delta,
             modules: [hall, attic]}
panels:
  cupboard:
    name: Cupboard
    mounting: nema-1
    indoor: yes
    accessible: yes
    clicking_accepted: no
    room_c: [10, 30]
    inside_c: [10, 40]
    humidity_percent: 60
    condensing: no
    heat_max_btu_h: 100
    rails:
      - {width_din: 24, holds: [hall, {name: Supply, din: 4.5}, attic]}
emergency_contacts:
  fire: {name: Fire alarm, modules: [hall]}
"""


@pytest.mark.requirement("F1")
def test_a_modules_program_and_loads_are_read() -> None:
    hall = read_plan(WHOLE).modules[0]
    assert hall.serial == SerialNumber(0x00A1B2C3)
    assert hall.program == Program(
        name="Hall panel",
        zone_names=("Hall", "", "", ""),
        override_actions=(
            OverrideAction.OFF,
            OverrideAction.ON,
            OverrideAction.UNAFFECTED,
            OverrideAction.ON,
        ),
        cco_type=CcoType.MAINTAINED,
        cco_pulse_s=2,
        cci_debounce_s=0.1,
        zone_loads=(
            ZoneLoad(LoadType.TUNGSTEN, watts=300),
            ZoneLoad(LoadType.MOTOR, amps=5),
            ZoneLoad(LoadType.INC, amps=1),
            None,
        ),
        cco_load=CcoLoad(24, CcoCurrent.DC, 0.2, CcoLoadKind.INDUCTIVE, has_flyback_diode=True),
    )
    first, second, third, fourth = hall.loads
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.type, first.watts, first.amps) == (LoadType.TUNGSTEN, 300, None)
    assert first.current_a(120) == 2.5
    assert (second.horsepower, second.is_visible, second.is_plug_in) == (0.25, True, False)
    assert (third.is_plug_in, third.kept_out_by) == (True, "CAR-15-DDTR")
    assert fourth is None
    assert hall.groups == (
        (GroupNumber(5), (False, False, False, True)),
        (GroupNumber(7), (True, True, False, False)),
    )
    assert (hall.neutrals, hall.calibration_point_c) == (Neutrals.COMMON, 50)
    assert hall.is_class_2_separated
    assert (hall.wires.mains_awg, hall.wires.contacts_together) == (12, 2)
    assert hall.cco_load is not None
    assert (hall.cco_load.name, hall.cco_load.has_flyback_diode) == ("Pilot", True)
    assert (hall.line, first.line) == (4, 9)


@pytest.mark.requirement("F1")
@pytest.mark.parametrize(
    ("load", "kept"),
    [
        ("type: inc, watts: 333.33", ZoneLoad(LoadType.INC, watts=333.3)),
        ("type: inc, amps: 2.7777", ZoneLoad(LoadType.INC, amps=2.778)),
        ("type: inc, amps: 0", None),
        ("type: inc, watts: 0.04", None),
        ("type: receptacle, amps: 1", None),
    ],
)
def test_a_module_keeps_a_planned_load_on_its_own_steps(load: str, kept: ZoneLoad | None) -> None:
    (hall,) = with_module(f"zones: {{1: {{load: {{{load}}}}}}}").modules
    assert hall.program.zone_loads[0] == kept


def test_a_cco_load_that_draws_nothing_is_not_kept() -> None:
    load = "volts: 24, current: dc, amps: 0, kind: resistive"
    (hall,) = with_module(f"cco: {{load: {{{load}}}}}").modules
    assert hall.cco_load is not None
    assert hall.program.cco_load is None


def test_what_a_module_leaves_out_is_what_the_factory_ships() -> None:
    (hall,) = plan("").modules
    assert (hall.program, hall.name, hall.serial) == (Program(), "hall", None)
    assert (hall.ratings.model, hall.neutrals) == ("LQSE-4S8-120-D", Neutrals.SEPARATE)
    assert (hall.loads, hall.groups, hall.cco_load) == ((None,) * 4, (), None)


def test_the_link_is_read() -> None:
    planned = read_plan(WHOLE)
    assert planned.processor is not None
    assert planned.processor.software == (12, 3)
    (entry,) = planned.wallstations
    assert (entry.devices, entry.zones) == (1, 0)
    assert entry.serial is None
    evening, group = entry.buttons
    assert (evening.name, evening.action) == ("Evening", WallstationAction.SCENE)
    assert [(module.id, zones) for module, zones in evening.off_zones] == [
        ("hall", (ZoneNumber(3),))
    ]
    assert [(module.id, zones) for module, zones in evening.zones] == [
        ("hall", (ZoneNumber(1), ZoneNumber(2))),
        ("attic", (ZoneNumber(4),)),
    ]
    assert (group.number, group.action, group.group) == (2, WallstationAction.TOGGLE, 5)
    # Of a group, the zones that modules have in it.
    assert [(module.id, zones) for module, zones in group.zones] == [("hall", (ZoneNumber(4),))]
    first, second = planned.cables
    assert (first.length_m, first.is_in_feet, first.cable) == (12, False, "GRX-CBL-346S-500")
    assert second.length_m == pytest.approx(3.048)
    assert (second.is_in_feet, second.cable, second.terminals) == (True, "", (1, 3, 4))
    assert (second.is_twisted, second.is_shielded) == (True, False)


@pytest.mark.requirement("E1")
def test_devices_and_zones_are_counted_the_processor_too() -> None:
    planned = read_plan(WHOLE)
    assert planned.device_count == 1 + 2 + 1 + 2
    assert planned.zone_count == 2 * 4 + 1
    assert plan("").device_count == 2


def test_feeds_panels_and_contacts_are_read() -> None:
    planned = read_plan(WHOLE)
    (feed,) = planned.feeds
    assert (feed.protection, feed.supply) == (Protection.GFI, Supply.UNGROUNDED_DELTA)
    assert [module.id for module in feed.modules] == ["hall", "attic"]
    (panel,) = planned.panels
    assert (panel.mounting, panel.room_c) == (Mounting.NEMA_1, (10, 30))
    assert (panel.is_clicking_accepted, panel.heat_max_btu_h) == (False, 100)
    assert panel.rails[0].holds[1] == Filler(name="Supply", din_modules=4.5)
    assert [module.id for module in panel.modules] == ["hall", "attic"]
    (group,) = planned.emergency_groups
    assert (group.name, [module.id for module in group.modules]) == ("Fire alarm", ["hall"])


@pytest.mark.requirement("A6")
def test_watts_are_reckoned_at_the_feeds_voltage_and_at_120_v_without_one() -> None:
    modules = "modules: {hall: {model: LQSE-4S1-D, zones: {1: {load: {type: inc, watts: 240}}}}}\n"
    alone = plan("", modules)
    fed = plan("feeds: {a: {volts: 240, modules: [hall]}}\n", modules)
    assert alone.current_a(alone.modules[0]) == 2.0
    assert fed.current_a(fed.modules[0]) == 1.0


def test_a_receptacle_is_read_so_that_the_check_can_say_why_not() -> None:
    load = with_module("zones: {1: {load: {type: receptacle}}}").modules[0].loads[0]
    assert load is not None
    assert load.type is UnratedLoad.RECEPTACLE
    assert load.current_a(120) == 0


# --- versions ------------------------------------------------------------------------------


@pytest.mark.requirement("F1")
def test_a_newer_version_is_refused_in_clear_words() -> None:
    error = refused("lutron_dpm_plan: 2\nsomething: new\n")
    assert (error.field, error.found) == ("lutron_dpm_plan", "2")
    assert "newer version of lutron-dpm" in error.allowed


@pytest.mark.parametrize("head", ["", "lutron_dpm_plan: 0\n", "lutron_dpm_plan: one\n"])
def test_a_document_without_its_version_is_no_plan(head: str) -> None:
    assert refused(f"{head}modules: {{hall: {{}}}}\n").field == "lutron_dpm_plan"


@pytest.mark.requirement("F1")
def test_an_older_version_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(node: yaml.Node) -> None:
        assert isinstance(node, yaml.MappingNode)
        for key, _value in node.value:
            if key.value == "units":
                key.value = "modules"

    monkeypatch.setattr(document, "UPGRADES", (rename,))
    assert read_plan("lutron_dpm_plan: 1\nunits: {hall: {}}\n").modules[0].id == "hall"
    assert read_plan("lutron_dpm_plan: 2\nmodules: {hall: {}}\n").modules[0].id == "hall"


def test_a_document_has_a_length_that_somebody_could_have_written() -> None:
    assert "characters" in refused("#" * 1024 * 1024 + "\n").allowed


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.requirement("F1")
@pytest.mark.parametrize(
    ("module", "field", "allowed"),
    [
        ("colour: red", "modules.hall.colour", "name"),
        ("name: 123456789012345678901234567890123", "modules.hall.name", "32 octets"),
        ("model: LQSE-4M-D", "modules.hall.model", "LQSE-4S8-120-D or LQSE-4S1-D"),
        ("serial: 00A1", "modules.hall.serial", "hexadecimal"),
        ("zones: {5: {name: Five}}", "modules.hall.zones.5", "1, 2, 3 or 4"),
        ("zones: {1: {override: maybe}}", "modules.hall.zones.1.override", "on, off"),
        ("zones: {1: {load: {amps: 1}}}", "modules.hall.zones.1.load.type", "tungsten"),
        ("zones: {1: {load: {type: led, amps: 1}}}", "modules.hall.zones.1.load.type", "elv"),
        ("zones: {1: {load: {type: inc}}}", "modules.hall.zones.1.load.amps", "amps or watts"),
        (
            "zones: {1: {load: {type: inc, amps: 1, watts: 120}}}",
            "modules.hall.zones.1.load.watts",
            "not both",
        ),
        (
            "zones: {1: {load: {type: inc, amps: 1, horsepower: 1/4}}}",
            "modules.hall.zones.1.load.horsepower",
            "only a motor",
        ),
        (
            "zones: {1: {load: {type: inc, amps: 1, locked_rotor_amps: 3}}}",
            "modules.hall.zones.1.load.locked_rotor_amps",
            "only a motor",
        ),
        (
            "zones: {1: {load: {type: motor, amps: 1, horsepower: 1/0}}}",
            "modules.hall.zones.1.load.horsepower",
            "fraction",
        ),
        (
            "zones: {1: {load: {type: motor, amps: 1, horsepower: 101}}}",
            "modules.hall.zones.1.load.horsepower",
            "fraction",
        ),
        ("zones: {1: {load: {type: inc, amps: -1}}}", "modules.hall.zones.1.load.amps", "0 to"),
        ("cco: {type: latching}", "modules.hall.cco.type", "maintained or momentary"),
        ("cco: {pulse_s: 61}", "modules.hall.cco.pulse_s", "0.1 to 60"),
        ("cco: {pulse_s: 0.105}", "modules.hall.cco.pulse_s", "steps of 10 ms"),
        ("cco: {load: {volts: 24}}", "modules.hall.cco.load.current", "dc or ac"),
        ("cci: {debounce_s: 0.6}", "modules.hall.cci.debounce_s", "0 to 0.5"),
        ("cci: {debounce_s: 0.0505}", "modules.hall.cci.debounce_s", "steps of 1 ms"),
        ("groups: {0: [1]}", "modules.hall.groups.0", "1 to 65534"),
        ("groups: {5: [5]}", "modules.hall.groups.5.1", "1 to 4"),
        ("groups: {5: [1, 1]}", "modules.hall.groups.5", "such as [1, 3]"),
        ("groups: {5: []}", "modules.hall.groups.5", "such as [1, 3]"),
        (
            f"groups: {{{', '.join(f'{number}: [1]' for number in range(1, 18))}}}",
            "modules.hall.groups",
            "at most 16",
        ),
        ("wires: {contacts_together: 3}", "modules.hall.wires.contacts_together", "1 to 2"),
        ("calibration_point_c: 201", "modules.hall.calibration_point_c", "Celsius"),
    ],
)
def test_a_module_that_cannot_be_is_refused(module: str, field: str, allowed: str) -> None:
    error = refused(f"{HEAD}modules:\n  hall:\n    {{{module}}}\n")
    assert (error.field, error.line) == (field, 4)
    assert allowed in error.allowed


def test_horsepower_is_a_number_too() -> None:
    load = with_module("zones: {1: {load: {type: motor, amps: 1, horsepower: 0.25}}}")
    assert load.modules[0].loads[0] is not None
    assert load.modules[0].loads[0].horsepower == 0.25


@pytest.mark.parametrize(
    ("rest", "field", "allowed"),
    [
        ("colour: red", "colour", "modules"),
        ("link: {colour: red}", "link.colour", "processor"),
        ("link: {processor: {software: new}}", "link.processor.software", "such as 12.0"),
        ("link: {others: {a: {devices: 1001}}}", "link.others.a.devices", "0 to 1000"),
        ("link: {others: {hall: {}}}", "link", "each name once"),
        ("link: {taps: [processor]}", "link", "each name once"),
        (
            "link: {wallstations: {a: {buttons: {1: {group: 5}}}}}",
            "link.wallstations.a.buttons.1.group",
            "has zones in",
        ),
        (
            "link: {wallstations: {a: {buttons: {1: {led: odd}}}}}",
            "link.wallstations.a.buttons.1.led",
            "any, all or scene",
        ),
        ("link: {wallstations: {a: {serial: x}}}", "link.wallstations.a.serial", "hexadecimal"),
        (
            "link: {wallstations: {a: {buttons: {1: {does: on, off_zones: {hall: [1]}}}}}}",
            "link.wallstations.a.buttons.1",
            "a scene",
        ),
        (
            "link: {wallstations: {a: {buttons: {1: {led: scene}}}}}",
            "link.wallstations.a.buttons.1",
            "any or all",
        ),
        ("link: {wallstations: {a: {buttons: {x: {}}}}}", "link.wallstations.a.buttons.x", "32"),
        ("link: {wallstations: {a: {buttons: {33: {}}}}}", "link.wallstations.a.buttons.33", "32"),
        (
            "link: {wallstations: {a: {buttons: {1: {zones: {attic: [1]}}}}}}",
            "link.wallstations.a.buttons.1.zones.attic",
            "a module of the plan, which attic is not",
        ),
        (
            "link: {cables: [{from: hall, to: attic, metres: 1}]}",
            "link.cables.1.to",
            "one of its taps",
        ),
        (
            "link: {cables: [{from: hall, to: hall, metres: 1}]}",
            "link.cables.1",
            "between two places",
        ),
        (
            "link: {cables: [{from: hall, to: processor}]}",
            "link.cables.1.metres",
            "metres or feet",
        ),
        (
            "link: {cables: [{from: hall, to: processor, metres: 1, feet: 3}]}",
            "link.cables.1.feet",
            "not both",
        ),
        (
            "link: {cables: [{from: hall, to: processor, metres: 1, cable: CAT5}]}",
            "link.cables.1.cable",
            "GRX-CBL-346S-500, GRX-CBL-46L or other",
        ),
        (
            "link: {cables: [{from: hall, to: processor, metres: 1, terminals: [1, 1]}]}",
            "link.cables.1.terminals",
            "such as [1, 3, 4]",
        ),
        (
            "link: {cables: [{from: hall, to: processor, metres: 1, terminals: [5]}]}",
            "link.cables.1.terminals.1",
            "1 to 4",
        ),
        ("feeds: {a: {volts: 120}}", "feeds.a.modules", "a list of modules"),
        ("feeds: {a: {modules: []}}", "feeds.a.modules", "a list of modules"),
        ("feeds: {a: {modules: [hall, hall]}}", "feeds.a.modules", "each once"),
        ("feeds: {a: {modules: [attic]}}", "feeds.a.modules.1", "a module of the plan"),
        ("panels: {a: {rails: [{holds: []}]}}", "panels.a.rails.1.width_din", "width"),
        (
            "panels: {a: {rails: [{width_din: 9, holds: [attic]}]}}",
            "panels.a.rails.1.holds.1",
            "a module of the plan",
        ),
        (
            "panels: {a: {rails: [{width_din: 9, holds: [{name: x}]}]}}",
            "panels.a.rails.1.holds.1.din",
            "width",
        ),
        ("panels: {a: {room_c: [30, 10], rails: []}}", "panels.a.room_c", "the lowest"),
        ("panels: {a: {room_c: [30], rails: []}}", "panels.a.room_c", "the lowest"),
        (
            "panels: {a: {rails: [{width_din: 18, holds: [hall, hall]}]}}",
            "panels.a",
            "each module once, and a has it",
        ),
        (
            "emergency_contacts: {a: {modules: [hall]}, b: {modules: [hall]}}",
            "emergency_contacts.b",
            "each module once, and a has it",
        ),
    ],
)
def test_a_site_that_cannot_be_is_refused(rest: str, field: str, allowed: str) -> None:
    error = refused(f"{HEAD}modules: {{hall: {{}}}}\n{rest}\n")
    assert error.field == field
    assert error.line == 3
    assert allowed in error.allowed


def test_a_plan_has_a_module() -> None:
    assert refused(HEAD).field == "modules"


def test_no_module_is_called_as_the_processor() -> None:
    assert refused(f"{HEAD}modules: {{processor: {{}}}}\n").field == "modules.processor"


def test_a_button_with_a_group_switches_just_the_zones_that_the_group_has() -> None:
    button = "{{wallstations: {{a: {{buttons: {{1: {{group: 5, zones: {}}}}}}}}}}}"
    modules = "modules: {hall: {groups: {5: [1, 2]}}, attic: {groups: {5: [1]}}}\n"
    (wallstation,) = plan(
        f"link: {button.format('{hall: [2, 1], attic: [1]}')}\n", modules
    ).wallstations
    assert wallstation.buttons[0].group == 5
    error = refused(f"{HEAD}{modules}link: {button.format('{hall: [1, 2]}')}\n")
    assert error.field == "link.wallstations.a.buttons.1.group"
    assert "(hall: 1, 2; attic: 1)" in error.allowed


def test_a_group_is_there_once_however_it_is_written() -> None:
    error = refused(f"{HEAD}modules: {{a: {{groups: {{5: [1], 0x5: [2]}}}}}}\n")
    assert (error.field, error.found, error.allowed) == (
        "modules.a.groups.0x5",
        "0x5",
        "each group once",
    )


def test_a_wallstation_has_a_serial_number_of_its_own() -> None:
    error = refused(
        f"{HEAD}modules: {{a: {{serial: 00A1B2C3}}}}\n"
        "link: {wallstations: {a2: {serial: 00A1B2C3}}}\n"
    )
    assert (error.field, error.line) == ("link.a2.serial", 3)
    assert "module a has it" in error.allowed


def test_no_two_modules_have_one_serial_number() -> None:
    error = refused(f"{HEAD}modules:\n  a: {{serial: 00A1B2C3}}\n  b:\n    serial: 00a1b2c3\n")
    assert (error.field, error.line, error.found) == ("modules.b.serial", 4, "00A1B2C3")
    assert "module a has it" in error.allowed


def test_every_value_is_text_until_it_is_asked_for() -> None:
    (hall,) = with_module("serial: 00000012, name: no").modules
    assert (hall.serial, hall.program.name) == (SerialNumber(0x12), "no")


# --- whatever is in the file ---------------------------------------------------------------


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidDocument):
        read_plan(text)


@given(st.integers(0, len(WHOLE)), st.integers(0, 30), st.text(max_size=12))
def test_any_damage_gives_a_plan_or_words(at: int, gone: int, put: str) -> None:
    try:
        plan = read_plan(WHOLE[:at] + put + WHOLE[at + gone :])
    except InvalidDocument as error:
        assert error.line >= 1
    else:
        for name, text in draw_plan(plan, check_plan(plan)).items():
            assert name == PAGE or tree(text).tag == f"{SVG}svg"
