"""How a command gets at its link, and how long it waits for it."""

import os
import socket
import termios
from pathlib import Path

import pytest

from dpm_core.cli.link import default_state_directory
from tests.dpm_core.cli.processes import CONSENTS, Simulated, call, dpm, fails, started

pytestmark = pytest.mark.requirement("G4")

ONE = "00A1B2C3"


def test_the_memory_is_where_the_desktop_keeps_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_state_directory() == tmp_path / "lutron-dpm" / "simulated-link"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_state_directory() == (
        tmp_path / ".local" / "state" / "lutron-dpm" / "simulated-link"
    )


def test_a_simulated_link_says_that_it_is_one(state_home: Path) -> None:
    assert "no --link given" in call("status", "00A10001").err
    ended = call("--link", f"simulated:{ONE}", "status", "--json")
    assert ended.err == "dpm: simulated link with one module, no hardware\n"
    assert [module["serial"] for module in ended.answer["modules"]] == [ONE]


def test_a_memory_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    fails(call("--simulated-state", str(tmp_path / "file" / "state"), "scan"), 3)
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "00A10001.memory").write_bytes(b"torn")
    assert "00A10001" in fails(call("--simulated-state", str(damaged), "scan"), 3)


def test_a_link_that_does_not_open_in_time_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"rfc2217://127.0.0.1:{mute.getsockname()[1]}"
        ended = call("--link", url, *CONSENTS, "--timeout", "0.3", "scan", "--json")
    assert "0.3 s" in fails(ended, 3)
    assert ended.answer["facts"]["url"] == url


def test_a_command_that_takes_too_long_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"socket://127.0.0.1:{mute.getsockname()[1]}"
        slow = ("--slack", "30", "--timeout", "1")
        ended = call("--link", url, *CONSENTS, *slow, "counters", ONE, "--json")
    assert ONE in fails(ended, 4)
    assert ended.answer["facts"]["waited_s"] == 1


def test_credentials_are_not_shown() -> None:
    ended = call("--link", "socket://me:secret@127.0.0.1:1", "status", "--json")
    assert "secret" not in ended.out + ended.err


@pytest.mark.requirement("E3")
def test_speed_and_stop_bits_reach_the_port(link: Simulated) -> None:
    # The port of a pseudo-terminal shows what its other openers asked for, but for parity.
    asked = ("--baud", "9600", "--stop-bits", "2")
    with started("--link", link.link, *asked, "watch") as process:
        assert process.stderr is not None
        assert b"watching" in process.stderr.readline()
        port = os.open(link.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            _, _, control_flags, _, speed_in, speed_out, _ = termios.tcgetattr(port)
        finally:
            os.close(port)
    assert (speed_in, speed_out) == (termios.B9600, termios.B9600)
    assert control_flags & termios.CSTOPB


@pytest.mark.parametrize(
    ("option", "value"),
    [("--parity", "even"), ("--data-bits", "7"), ("--rts", "low"), ("--dtr", "leave")],
)
def test_every_serial_setting_is_accepted(link: Simulated, option: str, value: str) -> None:
    ended = call("--link", link.link, option, value, "status", "--for", "0.1")
    assert ended.status == 0


def test_verbose_shows_what_passes(link: Simulated) -> None:
    ended = dpm("--link", link.link, *CONSENTS, "-vv", "set", ONE, "1", "on")
    assert ended.status == 0
    assert "55 55 55 ff fa de" in ended.err
