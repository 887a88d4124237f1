"""`dpm plan simulate` runs the planned modules, programmed as planned, for other programs to open."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.dpm_core.cli.processes import call, dpm, fails, started, wait_for
from tests.dpm_core.cli.test_plan_check import GOOD, written

pytestmark = pytest.mark.requirement("G3", "G4")

PLAN = """\
lutron_dpm_plan: 1
modules:
  hall:
    serial: 00A1B2C3
    name: Hall panel
    zones:
      1: {name: Hall, override: off, load: {type: inc, watts: 300}}
      3: {name: Stairs}
    cco: {type: maintained, pulse_s: 2}
    cci: {debounce_s: 0.1}
    groups: {5: [1, 3]}
  attic: {}
feeds:
  lighting: {hertz: 50, modules: [hall, attic]}
"""


@contextmanager
def simulated_plan(folder: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    control = folder / "control"
    with started(
        "plan",
        "simulate",
        written(folder, PLAN),
        *("--listen", f"pty:{folder / 'link'}", "--control", str(control), "--json", *arguments),
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()
        yield json.loads(line)


def on(folder: Path, *arguments: str) -> Any:
    options = ("--link", str(folder / "link"), "--allow-sending", "--allow-extension", "--json")
    return dpm(*options, *arguments).answer


@pytest.mark.requirement("F1")
def test_the_modules_have_the_planned_programs(tmp_path: Path) -> None:
    with simulated_plan(tmp_path) as said:
        assert said["modules"] == {"00A1B2C3": "hall", "00A10001": "attic"}
        assert said["listening"] == [str(tmp_path / "link")]
        (program,) = on(tmp_path, "program", "show", "00A1B2C3")["programs"]
    assert program["name"] == "Hall panel"
    load = {"type": "inc", "watts": 300}
    assert program["zones"]["1"] == {"name": "Hall", "override": "off", "load": load}
    assert program["zones"]["3"] == {"name": "Stairs", "override": "on", "load": "none"}
    assert program["cco"] == {"type": "maintained", "pulse_s": 2.0, "load": "none"}
    assert program["cci"] == {"debounce_s": 0.1}
    assert program["groups"] == {"5": [1, 3]}


@pytest.mark.requirement("C3")
def test_an_override_can_be_rehearsed(tmp_path: Path) -> None:
    with simulated_plan(tmp_path):
        control = str(tmp_path / "control")
        assert dpm("control", control, "00A1B2C3", "cci", "open").status == 0

        def zones() -> Any:
            state = dpm("control", control, "00A1B2C3", "state", "--json").answer
            return state["zones"] if state["override"] else None

        # After the planned debounce time, and when the relays have moved.
        wait_for("override as planned", lambda: zones() == [False, True, True, True])


@pytest.mark.requirement("C8")
def test_a_planned_emergency_contact_opens_all_its_ccis(tmp_path: Path) -> None:
    control = tmp_path / "control"
    plan = f"{PLAN}emergency_contacts:\n  alarm: {{name: Fire alarm, modules: [hall, attic]}}\n"
    with started(
        *("plan", "simulate", written(tmp_path, plan), "--control", str(control), "--json")
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert call("control", str(control), "alarm", "contact", "open").status == 0

        def zones(serial: str) -> Any:
            state = call("control", str(control), serial, "state", "--json").answer
            return state["zones"] if state["override"] else None

        wait_for("override of both", lambda: zones("00A1B2C3") == [False, True, True, True])
        wait_for("override of both", lambda: zones("00A10001") == [True] * 4)


@pytest.mark.requirement("E1")
def test_other_devices_of_the_plan_count_towards_what_a_link_holds(tmp_path: Path) -> None:
    plan = "lutron_dpm_plan: 1\nmodules: {a: {}}\nlink: {others: {dimmers: {zones: 509}}}\n"
    assert "513 zones" in fails(dpm("plan", "simulate", written(tmp_path, plan)), 2)


WALLSTATIONS = """\
link:
  wallstations:
    door:
      name: Front door
      serial: 02A24C77
      buttons:
        1: {name: Welcome, does: on, zones: {hall: [2], attic: [1]}}
        2: {name: Away, does: off, zones: {hall: [1, 2, 3, 4], attic: [1]}}
        3: {name: Evening, does: scene, zones: {attic: [2]}, off_zones: {attic: [1]}}
        4: {name: Stairs, group: 5}
    desk: {}
"""


@pytest.mark.requirement("E5", "C9")
def test_planned_buttons_and_leds_can_be_rehearsed(tmp_path: Path) -> None:
    control = str(tmp_path / "control")
    file = written(tmp_path, PLAN + WALLSTATIONS)
    with started("plan", "simulate", file, "--control", control, "--json") as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert said["wallstations"] == {"02A24C77": "door", "00A20001": "desk"}

        def state(address: str) -> Any:
            return call("control", control, address, "state", "--json").answer

        def zones(serial: str) -> Any:
            return state(serial)["zones"]

        def press(button: str) -> None:
            assert call("control", control, "02A24C77", "tap", button).status == 0

        def leds() -> Any:
            return call("control", control, "02A24C77", "leds", "--json").answer["leds"]

        door = call("control", control, "02A24C77", "leds", "--json").answer
        assert door["name"] == "Front door"
        assert [button["does"] for button in door["buttons"]] == ["on", "off", "scene", "toggle"]
        press("1")
        wait_for("welcome", lambda: (zones("00A1B2C3")[1], zones("00A10001")[0]) == (True, True))
        wait_for("its LED", lambda: leds() == [1])
        press("3")
        wait_for("evening", lambda: zones("00A10001") == [False, True, False, False])
        wait_for("its LED instead", lambda: leds() == [3])
        press("4")
        wait_for("its group", lambda: zones("00A1B2C3") == [True, True, True, False])

        # While one module is in manual override, the others follow.
        assert call("control", control, "00A1B2C3", "cci", "open").status == 0
        wait_for("override", lambda: state("00A1B2C3")["override"])
        held = zones("00A1B2C3")
        press("1")
        wait_for("the other", lambda: zones("00A10001") == [True, True, False, False])
        press("2")
        wait_for("the other", lambda: zones("00A10001") == [False, True, False, False])
        assert zones("00A1B2C3") == held


def test_a_wallstation_that_the_plan_has_no_serial_number_for_gets_one(tmp_path: Path) -> None:
    taken = WALLSTATIONS.replace("02A24C77", "00A20001")
    with started("plan", "simulate", written(tmp_path, PLAN + taken)) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode() for _ in range(2)]
    assert lines == [
        "module 00A10001 stands for attic\n",
        "wallstation 00A20002 stands for desk\n",
    ]


def test_with_a_state_directory_the_settings_stay_and_the_program_is_the_plans(
    tmp_path: Path,
) -> None:
    state, control = tmp_path / "state", str(tmp_path / "control")
    with simulated_plan(tmp_path, "--state", str(state)):
        assert dpm("control", control, "00A1B2C3", "button", "2").status == 0
        on(tmp_path, "program", "set", "00A1B2C3", "--name", "Renamed")
    with simulated_plan(tmp_path, "--state", str(state)):
        zones = dpm("control", control, "00A1B2C3", "state", "--json").answer["zones"]
        (program,) = on(tmp_path, "program", "show", "00A1B2C3")["programs"]
    assert zones == [False, True, False, False]
    assert program["name"] == "Hall panel"


def test_people_are_told_where_and_which(tmp_path: Path) -> None:
    link, control = tmp_path / "link", tmp_path / "control"
    with started(
        *("plan", "simulate", written(tmp_path, PLAN)),
        *("--listen", f"pty:{link}", "--control", str(control)),
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode() for _ in range(3)]
    assert lines == [
        f"listening at {link}\n",
        f"control socket {control}\n",
        "module 00A10001 stands for attic\n",
    ]


def test_a_counted_serial_that_the_plan_has_already_is_left_out(tmp_path: Path) -> None:
    plan = "lutron_dpm_plan: 1\nmodules: {a: {}, b: {serial: 00A10001}, c: {}}\n"
    with started("plan", "simulate", written(tmp_path, plan), "--json") as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
    assert said["modules"] == {"00A10002": "a", "00A10001": "b", "00A10003": "c"}
    assert said["control"] is None


def test_more_modules_than_a_link_holds_are_not_simulated(tmp_path: Path) -> None:
    modules = ", ".join(f"m{number}: {{}}" for number in range(100))
    plan = f"lutron_dpm_plan: 1\nmodules: {{{modules}}}\n"
    line = fails(dpm("plan", "simulate", written(tmp_path, plan)), 2)
    assert "101 devices" in line


def test_a_frequency_that_no_mains_has_is_refused(tmp_path: Path) -> None:
    plan = GOOD.replace("modules: [hall]", "modules: [hall], hertz: 55", 1)
    assert "mains_hz" in fails(dpm("plan", "simulate", written(tmp_path, plan)), 2)


def test_a_state_directory_that_cannot_be_used_ends_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = ("--state", str(tmp_path / "file" / "state"))
    fails(dpm("plan", "simulate", written(tmp_path, GOOD), *state), 3)
