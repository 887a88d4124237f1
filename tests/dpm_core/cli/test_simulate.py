"""`dpm simulate` is fixed interface 1: other tools rely on every rule here."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import DPM, LIMIT_S, call, environment, fails, simulated, started

pytestmark = pytest.mark.requirement("G3", "G4")


def test_path_and_socket_appear_and_go_again(tmp_path: Path) -> None:
    with simulated(tmp_path) as running:
        assert Path(running.link).is_symlink()
        assert running.socket.is_socket()
        state = running.control("state")
        assert (state["powered"], state["override"], state["cci"]) == (True, False, "closed")
    assert not Path(running.link).is_symlink()
    assert not running.socket.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_peace(tmp_path: Path, number: signal.Signals) -> None:
    with simulated(tmp_path) as running:
        running.process.send_signal(number)
        out, err = running.process.communicate(timeout=LIMIT_S)
        assert (running.process.returncode, out, err) == (0, b"", b"")


def test_what_the_memory_holds_survives_any_end(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with simulated(tmp_path, "--state", str(state)) as running:
        running.control("button", zone=2)
        running.kill()
    with simulated(tmp_path, "--state", str(state)) as running:
        assert running.zones() == [False, True, False, False]


@pytest.mark.requirement("C8")
def test_a_33rd_module_on_one_emergency_contact_is_refused() -> None:
    serials = [f"00A1{number:04X}" for number in range(1, 34)]
    ended = call("simulate", "--modules", "33", "--emergency", f"fire={','.join(serials)}")
    line = fails(ended, 2)
    assert "33 CCIs" in line
    assert "32 modules" in line
    ended = call("simulate", "--modules", "2", "--emergency", "fire=00A10003")
    assert "00A10003" in fails(ended, 2)


@pytest.mark.requirement("E5")
def test_wallstations_come_from_words_and_from_a_document(tmp_path: Path) -> None:
    document = tmp_path / "wallstations.yaml"
    document.write_text(
        "lutron_dpm_wallstations: 1\n"
        "wallstations:\n"
        "  02A24C78:\n"
        "    name: Hall\n"
        "    buttons:\n"
        "      1: {name: Film, does: scene, zones: {00A10001: [1, 2]}, off_zones: {00A10002: [4]}}\n"
    )
    words = "02A24C77=1:on:00A10001.1"
    arguments = ("simulate", "--wallstation", words, "--wallstations", str(document), "--json")
    with started(*arguments) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
    assert said["wallstations"] == ["02A24C77", "02A24C78"]


@pytest.mark.requirement("E5")
def test_a_wallstation_for_a_module_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "00A10009" in fails(call("simulate", "--wallstation", "02A24C77=1:on:00A10009.1"), 2)
    assert "02A24C77" in fails(call("simulate", "--wallstation", "02A24C77"), 2)
    document = tmp_path / "wallstations.yaml"
    document.write_text("lutron_dpm_wallstations: 1\nwallstations:\n  hall: {}\n")
    line = fails(call("simulate", "--wallstations", str(document)), 2)
    assert "line 3" in line
    assert "eight hexadecimal digits" in line


@pytest.mark.requirement("E1")
@pytest.mark.parametrize(
    ("arguments", "figures"),
    [
        (["--modules", "99", "--wallstation", "02A24C77=1:on:00A10001.1"], ("101", "100")),
        (["--modules", "97", "--other-devices", "3"], ("101", "100")),
        (["--modules", "90", "--other-devices", "9", "--other-zones", "153"], ("513", "512")),
    ],
)
def test_one_more_device_or_zone_than_a_link_holds_is_refused(
    arguments: list[str], figures: tuple[str, str]
) -> None:
    line = fails(call("simulate", *arguments), 2)
    assert all(figure in line for figure in figures)


@pytest.mark.requirement("E1")
def test_as_many_as_a_link_holds_are_simulated() -> None:
    words = "02A24C77=1:on:00A10001.1"
    with started(
        *("simulate", "--modules", "90", "--wallstation", words, "--json"),
        *("--other-devices", "8", "--other-zones", "152"),
    ) as process:
        assert process.stdout is not None
        assert len(json.loads(process.stdout.readline())["modules"]) == 90


def test_what_is_wrong_with_the_link_from_its_start(tmp_path: Path) -> None:
    with simulated(tmp_path, "--fault", "mute", "--fault", "noise:5") as running:
        assert running.control("fault")["faults"] == ["mute", "noise:5.0"]
        assert running.dpm("status", "--timeout", "0.5").status == 4
        assert running.control("fault", clear="all")["faults"] == []
        assert running.dpm("status").status == 0


@pytest.mark.parametrize(
    ("words", "named"), [("melt", "melt"), ("lose:2", "rate of lose"), ("reset", "reset")]
)
def test_what_is_no_lasting_fault_is_refused(words: str, named: str) -> None:
    assert named in fails(call("simulate", "--fault", words), 2)


def test_one_line_a_listener_for_people(tmp_path: Path) -> None:
    link, control = tmp_path / "link", tmp_path / "control"
    with started("simulate", "--listen", f"pty:{link}", "--control", str(control)) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        assert lines == [f"listening at {link}\n".encode(), f"control socket {control}\n".encode()]


def test_counted_serials_are_fixed(tmp_path: Path) -> None:
    with started("simulate", "--modules", "3", "--json") as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
    assert said == {
        "ok": True,
        "listening": [],
        "control": None,
        "modules": ["00A10001", "00A10002", "00A10003"],
    }


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--modules", "1234"], "1234"),
        (["--modules", "0"], "modules"),
        (["--modules", "00A1B2C3,00A1B2C3"], "00A1B2C3"),
        (["--modules", "100"], "100"),
        (["--listen", "carrier-pigeon:1"], "carrier-pigeon"),
        (["--listen", "tcp:127.0.0.1:99999"], "99999"),
        (["--baud", "0"], "baud"),
        (["--baud", "fast"], "fast"),
        (["--mains", "16"], "16"),
        (["--no-such-option"], "--no-such-option"),
        (["and-an-argument"], "and-an-argument"),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], named: str) -> None:
    assert named in fails(call("simulate", *arguments), 2)


def test_places_that_are_taken_are_one_line_each(tmp_path: Path) -> None:
    with simulated(tmp_path, "--state", str(tmp_path / "state")) as running:
        port = running.tcp.rpartition(":")[2]
        taken = [
            ["--listen", f"tcp:127.0.0.1:{port}"],
            ["--listen", f"pty:{running.link}"],
            ["--control", str(running.socket)],
            ["--state", str(tmp_path / "state")],
        ]
        for arguments in taken:
            fails(call("simulate", *arguments), 3)
        assert running.control("state")["powered"] is True, "the first one has not noticed"


def test_a_place_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for arguments in (
        ["--listen", f"pty:{tmp_path}/no/such/folder/link"],
        ["--control", f"{tmp_path}/no/such/folder/control"],
        ["--state", f"{tmp_path}/file/state"],
    ):
        fails(call("simulate", *arguments), 3)


def test_verbose_says_more_on_standard_error(tmp_path: Path) -> None:
    with simulated(tmp_path, "-v") as running:
        running.control("cci", contact="open")
        running.process.send_signal(signal.SIGINT)
        _, err = running.process.communicate(timeout=LIMIT_S)
    assert b"2 modules" in err
    assert b"Traceback" not in err


ON_TERMINAL = """
import os, sys
os.setsid()
os.close(os.open(sys.argv[1], os.O_RDWR))  # the first terminal that a new session opens is its own
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_ctrl_c_on_a_terminal_ends_it(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [
                *(sys.executable, "-c", ON_TERMINAL, os.ttyname(theirs)),
                *(*DPM, "simulate", "--listen", f"pty:{tmp_path}/link"),
            ],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(),
        ) as process:
            said = b""
            while b"listening" not in said:
                said += os.read(ours, 1024)
            os.write(ours, b"\x03")
            assert process.wait(LIMIT_S) == 0
    finally:
        os.close(ours)
        os.close(theirs)
