"""The command line speaks to a processor as to a link, and shows what its project has."""

import contextlib
import json
import os
import pty
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dpm_core.cli.modules_document import read_modules_document
from tests.dpm_core.cli.processes import (
    DPM,
    LIMIT_S,
    Ended,
    call,
    environment,
    fails,
    started,
    wait_for,
)

pytestmark = pytest.mark.requirement("E8", "G4")

PASSWORD = "integration"


@dataclass(frozen=True)
class Panel:
    """A running `dpm simulate --processor`, with a wallstation."""

    link: str
    http: str
    socket: Path

    def control(self, **fields: Any) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(LIMIT_S)
            connection.connect(str(self.socket))
            connection.sendall(json.dumps(fields).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
        assert answer["ok"] is True, answer
        return answer

    def state(self) -> dict[str, Any]:
        return self.control(module="00A1B2C3", do="state")

    def dpm(self, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        """Run `dpm` at this processor, with the password in the environment."""
        secret = {"DPM_PROCESSOR_PASSWORD": PASSWORD} if env is None else env
        options = ("--link", self.link, "--modules-file", self.http)
        return call(*options, *arguments, env=secret)


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    control = tmp_path_factory.mktemp("panel") / "control"
    with started(
        *("simulate", "--processor", "tcp:127.0.0.1:0", "--processor-http", "tcp:127.0.0.1:0"),
        *("--modules", "00A1B2C3,00A1B2C4", "--processor-wallstations", "1"),
        *("--control", str(control), "--json"),
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()
        said = json.loads(line)
        link = said["processor"].replace("lip://", "lip://lutron@")
        yield Panel(link, said["processor_http"].removesuffix("/DbXmlInfo.xml"), control)


@pytest.fixture
def at_rest(panel: Panel) -> Panel:
    """The panel without override, and with every zone off."""
    panel.control(module="00A1B2C3", do="cci", contact="closed")
    wait_for("the end of the override", lambda: not panel.state()["override"])
    for zone, is_on in enumerate(panel.state()["zones"], 1):
        if is_on:
            panel.control(module="00A1B2C3", do="button", zone=zone)
    wait_for("all zones off", lambda: not any(panel.state()["zones"]))
    return panel


# --- As on a link ----------------------------------------------------------------------------


def test_status_shows_what_is_told_and_leaves_the_rest_unknown(at_rest: Panel) -> None:
    ended = at_rest.dpm("status", "--json")
    assert (ended.status, ended.err) == (0, "")
    first, second = ended.answer["modules"]
    assert first == {
        "serial": "101",
        "name": "Module 00A1B2C3",
        "online": True,
        "fresh": True,
        "zones": [False] * 4,
        "zone_names": None,
        "causes": ["query"] * 4,
        "override": False,
        "saved": None,
        "cci": None,
        "cco": {"closed": None, "type": "momentary"},
        "restored": None,
        "firmware": None,
    }
    assert second["serial"] == "201"
    shown = at_rest.dpm("status", "201").out
    assert "Module 00A1B2C4" in shown
    assert "unknown" in shown
    assert "101" not in shown
    assert at_rest.link.replace("lutron@", "") in shown


def test_zones_are_switched_toggled_and_all_put_out(at_rest: Panel) -> None:
    assert at_rest.dpm("set", "101", "2", "on").out == "Module 101: zone 2 is on.\n"
    assert at_rest.dpm("set", "101", "1,3", "50%", "--json").answer["zones"] == [
        # The others were not asked for.
        *(True, None, True, None)
    ]
    assert at_rest.dpm("set", "101", "2", "toggle").status == 0
    wait_for("zones 1 and 3", lambda: at_rest.state()["zones"] == [True, False, True, False])
    ended = at_rest.dpm("set", "all", "all", "off", "--json")
    assert [one["serial"] for one in ended.answer["modules"]] == ["101", "201"]
    wait_for("no zone", lambda: at_rest.state()["zones"] == [False] * 4)


def test_override_is_an_exit_status(at_rest: Panel) -> None:
    at_rest.control(module="00A1B2C3", do="cci", contact="open")
    wait_for("manual override", lambda: at_rest.state()["override"])
    ended = at_rest.dpm("set", "101", "1", "off", "--json")
    assert "manual override" in fails(ended, 6)
    assert ended.answer["kind"] == "override_active"
    assert "ACTIVE" in at_rest.dpm("status", "101").out


def test_a_cco_is_pulsed(at_rest: Panel) -> None:
    ended = at_rest.dpm("cco", "101", "pulse", "--seconds", "0.75")
    assert ended.out == "Module 101: CCO pulse of 0.75 s begun.\n"
    assert "momentary" in fails(at_rest.dpm("cco", "101", "close"), 2)
    assert "Use the QS link" in fails(at_rest.dpm("cco", "101", "end"), 2)


def test_scan_lists_the_modules_and_whether_they_are_told_of(at_rest: Panel) -> None:
    ended = at_rest.dpm("scan", "--json")
    first = ended.answer["modules"][0]
    assert first == {
        "serial": "101",
        "name": "Module 00A1B2C3",
        "zones": [101, 102, 103, 104],
        "cco": 105,
        "cco_type": "momentary",
        "override": {"device": 110, "component": 1, "inverted": False},
        "told": True,
    }
    shown = at_rest.dpm("scan").out
    assert "2 modules at lip://127.0.0.1" in shown
    assert "101, 102, 103, 104" in shown


def test_watch_tells_zones_and_wallstations(at_rest: Panel) -> None:
    options = ("--link", at_rest.link, "--modules-file", at_rest.http)
    with started(*options, "watch", "--json", "--count", "3", DPM_PROCESSOR_PASSWORD=PASSWORD) as (
        process
    ):
        assert process.stderr is not None
        assert b"watching 101, 201" in process.stderr.readline()
        assert at_rest.dpm("processor", "press", "115", "1").status == 0
        out, _ = process.communicate(timeout=LIMIT_S)
    lines = [json.loads(line) for line in out.splitlines()]
    told = {line["event"] for line in lines}
    assert "wallstation_button_pressed" in told
    assert all(line["wallstation"] == "115" for line in lines if "wallstation" in line)
    assert at_rest.dpm("watch", "101", "--for", "0.2").status == 0
    assert "--frames" in fails(at_rest.dpm("watch", "--frames"), 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("program", "show", "00A1B2C3"),
        ("identify", "00A1B2C3"),
        ("counters", "00A1B2C3"),
        ("group", "show", "00A1B2C3"),
    ],
)
def test_what_only_the_link_can_do_is_refused(at_rest: Panel, arguments: tuple[str, ...]) -> None:
    ended = at_rest.dpm(*arguments, "--json")
    fails(ended, 2)
    assert ended.answer["kind"] == "not_through_processor"


def test_a_module_that_nobody_named_is_refused(at_rest: Panel) -> None:
    assert "999" in fails(at_rest.dpm("set", "999", "1", "on"), 2)
    assert "integration id" in fails(at_rest.dpm("set", "hall", "1", "on"), 2)


# --- Wallstations ----------------------------------------------------------------------------


def test_a_wallstations_button_is_pressed(at_rest: Panel) -> None:
    ended = at_rest.dpm("processor", "press", "115", "2")
    assert ended.out == "Wallstation 115: button 2 was pressed and released.\n"
    wait_for("zone 2", lambda: at_rest.state()["zones"] == [False, True, False, False])
    assert at_rest.dpm("processor", "press", "115", "2", "--json").answer["button"] == 2
    assert "wallstation 999" in fails(at_rest.dpm("processor", "press", "999", "1"), 5)


def test_an_led_obeys_only_without_a_program(at_rest: Panel) -> None:
    assert at_rest.dpm("processor", "led", "115", "85", "on").out == (
        "Wallstation 115: LED 85 is on.\n"
    )
    assert at_rest.dpm("processor", "led", "115", "85", "off", "--json").answer["is_on"] is False
    fails(at_rest.dpm("processor", "led", "115", "81", "on"), 7)


def test_wallstations_need_a_processor() -> None:
    assert "lip://USER@HOST" in fails(call("processor", "press", "115", "1"), 2)


# --- The project -----------------------------------------------------------------------------


def test_a_project_is_listed_without_a_login(at_rest: Panel) -> None:
    shown = call("--modules-file", at_rest.http, "processor", "show").out
    for words in ("Simulated Project, software 15.9.0", "NON_DIM", "CCO_PULSED", "Switching Panel"):
        assert words in shown
    assert "compare with the panel" in shown
    assert "Wallstation 1" in shown
    answer = call("--modules-file", at_rest.http, "processor", "show", "--json").answer
    assert answer["project"]["software_too_old"] is False
    assert answer["areas"] == [
        {"id": None, "path": ["Simulated Project"]},
        {"id": 2, "path": ["Simulated Project", "Switching Panel"]},
    ]
    assert len(answer["outputs"]) == 10
    assert [one["serial"] for one in answer["suggested"]] == ["101", "201"]
    assert answer["suggested"][0]["reason"]
    (_, _, wall) = answer["wallstations"]
    assert wall["leds"] == [81, 82, 83, 84, 85]
    assert answer["left_out"] == []


def test_suggestions_are_written_looked_at_and_used(at_rest: Panel, tmp_path: Path) -> None:
    file = tmp_path / "modules.yaml"
    show = ("--modules-file", at_rest.http, "processor", "show", "--write", str(file))
    assert "look at it" in call(*show).err
    first, second = read_modules_document(file.read_text())
    assert (first.name, second.address) == ("Module 00A1B2C3", 201)
    file.write_text(file.read_text().replace("Module 00A1B2C3", "Hall panel"))
    options = ("--link", at_rest.link, "--modules-file", str(file))
    ended = call(*options, "status", env={"DPM_PROCESSOR_PASSWORD": PASSWORD})
    assert "Hall panel" in ended.out
    assert "File exists" in fails(call(*show), 2), "what somebody has looked at is not overwritten"


@pytest.mark.requirement("E9")
def test_a_project_of_old_software_is_warned_of(at_rest: Panel, tmp_path: Path) -> None:
    file = tmp_path / "DbXmlInfo.xml"
    file.write_text(
        "<Project><AppVer>9.4.0</AppVer><Areas><Area Name='House'><Outputs>"
        "<Output Name='A' IntegrationID='x' OutputType='NON_DIM'/></Outputs></Area></Areas></Project>"
    )
    ended = call("--modules-file", str(file), "processor", "show")
    assert ended.status == 0
    assert "9.4.0; this module needs 12 or later" in ended.err
    assert "left out: output 'A' (line 1): 'x' is no integration id" in ended.err
    assert "No outputs look like one module" in ended.out
    options = ("--link", at_rest.link, "--modules-file", str(file))
    ended = call(*options, "status", env={"DPM_PROCESSOR_PASSWORD": PASSWORD})
    assert "needs 12 or later" in ended.err
    assert "suggests no module" in ended.err
    assert ended.out.startswith("No module is known at lip://")
    write = ("--modules-file", str(file), "processor", "show", "--write", str(tmp_path / "x"))
    assert "nothing to write" in call(*write).err


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/nowhere/at/all.xml", "cannot be read"),
        ("http://", "http://HOST:PORT"),
        ("http://[", "http://HOST:PORT"),
        ("http://user:secret@host", "http://HOST:PORT"),
    ],
)
def test_a_source_that_is_none_is_said(source: str, words: str) -> None:
    line = fails(call("--modules-file", source, "processor", "show"), 2)
    assert words in line
    assert "secret" not in line


def test_a_damaged_project_is_said(tmp_path: Path) -> None:
    file = tmp_path / "project.xml"
    file.write_text("<Project><Areas>")
    ended = call("--modules-file", str(file), "processor", "show", "--json")
    assert "cut off" in fails(ended, 2)
    assert ended.answer["kind"] == "database_damaged"


def test_no_project_at_all_is_said() -> None:
    assert "which project?" in fails(call("processor", "show"), 2)
    line = fails(call("--link", "lip+serial://u@/dev/x", "processor", "show"), 2)
    assert "serial line" in line
    line = fails(call("--link", "lip://u@127.0.0.1", "--timeout", "5", "processor", "show"), 3)
    assert "127.0.0.1" in line


# --- The password ----------------------------------------------------------------------------


def test_the_password_comes_from_a_file_whose_first_line_it_is(
    at_rest: Panel, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\r\nnot this\n")
    wrong = {"DPM_PROCESSOR_PASSWORD": "wrong"}
    assert at_rest.dpm("--password-file", str(file), "status", env=wrong).status == 0
    assert at_rest.dpm("status", env={"DPM_PASSWORD_FILE": str(file)}).status == 0
    nowhere = ("--password-file", str(tmp_path / "none"), "status")
    assert "--password-file" in fails(at_rest.dpm(*nowhere, env={}), 2)


def test_a_wrong_password_is_said_and_shown_nowhere(at_rest: Panel) -> None:
    env = {"DPM_PROCESSOR_PASSWORD": "hunter2"}
    ended = at_rest.dpm("-vv", "status", "--json", env=env)
    assert ended.status == 3
    assert ended.answer["kind"] == "login_refused"
    assert "hunter2" not in ended.err + ended.out
    assert b"hunter2".hex(" ") not in ended.err


def test_a_password_in_the_url_is_refused_and_not_repeated(at_rest: Panel) -> None:
    link = at_rest.link.replace("lutron@", "lutron:hunter2@")
    line = fails(call("--link", link, "status"), 2)
    assert "without a password" in line
    assert "hunter2" not in line


def test_without_a_password_and_a_terminal_it_says_where_to_give_it(at_rest: Panel) -> None:
    line = fails(at_rest.dpm("status", env={}), 2)
    assert "DPM_PROCESSOR_PASSWORD" in line
    assert "--password-file" in line


def test_without_a_user_it_says_so(at_rest: Panel) -> None:
    link = at_rest.link.replace("lutron@", "")
    env = {"DPM_PROCESSOR_PASSWORD": PASSWORD}
    assert "lip://USER@HOST" in fails(call("--link", link, "status", env=env), 2)


def test_a_person_at_a_terminal_is_asked_and_nothing_is_echoed(at_rest: Panel) -> None:
    arguments = ("--link", at_rest.link, "--modules-file", at_rest.http, "status", "101")
    pid, terminal = pty.fork()
    if pid == 0:  # the child, which becomes dpm
        os.execve(sys.executable, [*DPM, *arguments], environment())
    heard, was_typed, end = b"", False, time.monotonic() + LIMIT_S
    try:
        while time.monotonic() < end:
            if select.select([terminal], [], [], 1.0)[0]:
                try:
                    octets = os.read(terminal, 4096)
                except OSError:  # it has ended
                    break
                if not octets:
                    break
                heard += octets
            if b"Password for lip://" in heard and not was_typed:
                was_typed = True
                os.write(terminal, PASSWORD.encode() + b"\n")
    finally:
        os.close(terminal)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGTERM)
    assert b"Module 00A1B2C3" in heard
    assert PASSWORD.encode() not in heard
