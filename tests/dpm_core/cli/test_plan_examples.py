"""The examples run: what the documentation says of them happens at simulated modules."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.dpm_core.cli.processes import CONSENTS, ROOT, call, started, wait_for

pytestmark = pytest.mark.requirement("G3", "G4")


@contextmanager
def example(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Run an example in the simulator."""
    file = str(ROOT / "examples" / f"{name}.yaml")
    where = ("--listen", f"pty:{folder / 'link'}", "--control", str(folder / "front"))
    with started("plan", "simulate", file, *where, "--json") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()
        yield json.loads(line)


def at(folder: Path, *arguments: str) -> Any:
    """Act at the front of what is simulated."""
    return call("control", str(folder / "front"), *arguments, "--json").answer


@pytest.mark.requirement("C8")
def test_the_schools_fire_alarm_holds_32_modules(tmp_path: Path) -> None:
    with example(tmp_path, "emergency") as said:
        assert (len(said["modules"]), said["contacts"]) == (32, ["fire-alarm"])
        at(tmp_path, "fire-alarm", "contact", "open")
        for serial in said["modules"]:
            wait_for(serial, lambda serial=serial: at(tmp_path, serial, "state")["override"])
        # Corridor and stairs go on, classroom and board light stay as they were.
        assert at(tmp_path, "00A1C001", "state")["zones"] == [True, True, False, False]
        at(tmp_path, "fire-alarm", "contact", "closed")
        for serial in said["modules"]:
            wait_for(serial, lambda serial=serial: not at(tmp_path, serial, "state")["override"])
        assert at(tmp_path, "00A1C001", "state")["zones"] == [False] * 4


@pytest.mark.requirement("E5")
def test_the_houses_wallstations_switch_its_zones(tmp_path: Path) -> None:
    with example(tmp_path, "house") as said:
        (hall,) = [serial for serial, name in said["wallstations"].items() if name == "hall"]
        at(tmp_path, hall, "tap", "1")
        wait_for("welcome", lambda: at(tmp_path, "00A1B2C3", "state")["zones"][:2] == [True, True])
        wait_for("its LED", lambda: at(tmp_path, hall, "leds")["leds"] == [1])
        at(tmp_path, hall, "tap", "3")
        wait_for("all off", lambda: at(tmp_path, "00A1B2C3", "state")["zones"] == [False] * 4)


@pytest.mark.requirement("E1", "F1")
def test_the_floor_is_a_full_link_and_programmed_as_planned(tmp_path: Path) -> None:
    with example(tmp_path, "floor") as said:
        assert len(said["modules"]) == 99
        link = ("--link", str(tmp_path / "link"), *CONSENTS)
        (program,) = call(*link, "program", "show", "00A1D063", "--json").answer["programs"]
        assert program["name"] == "Panel 11 module 9"
        assert program["zones"]["1"]["load"] != "none"
