"""`dpm` as a whole: help, one line for each error, and quiet ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from dpm_core import __version__
from dpm_core.cli import app
from dpm_core.cli.app import COMMANDS
from tests.dpm_core.cli.processes import (
    DPM,
    LIMIT_S,
    call,
    dpm,
    environment,
    fails,
    started,
    wait_for,
)

pytestmark = pytest.mark.requirement("G4")

AGAIN_S = 5
"""After so long somebody presses Ctrl-C again, in seconds."""


def test_every_command_has_help() -> None:
    overview = call("--help")
    assert overview.status == 0
    for name in COMMANDS:
        assert f"\n  {name} " in overview.out
        ended = call(name, "--help")
        assert (ended.status, ended.err) == (0, "")
        assert ended.out.startswith(f"Usage: dpm {name} ")


def test_no_command_is_help_and_no_success() -> None:
    ended = call()
    assert (ended.status, ended.err) == (2, "")
    assert ended.out.startswith("Usage: dpm ")


def test_the_version_is_the_librarys() -> None:
    assert call("--version").out == f"dpm {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("no-such-command",), "no-such-command"),
        (("--no-such-option",), "--no-such-option"),
        (("set",), "set --help"),
        (("status", "--parity", "odder"), "odder"),
        (("group",), "group --help"),
        (("--baud", "5", "--link", "/nowhere", "status"), "baud"),
        (("--link", "tcp://", "status"), "host:port"),
        (("--link", "simulated:many", "status"), "many"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: tuple[str, ...], named: str) -> None:
    assert named in fails(call(*arguments), 2)


def test_errors_are_objects_for_programs() -> None:
    ended = call("set", "00A1B2C3", "7", "on", "--json")
    line = fails(ended, 2)
    assert ended.answer == {
        "ok": False,
        "error": line.removeprefix("dpm: "),
        "kind": "invalid_zone",
        "status": 2,
        "facts": {"zone": 7},
    }
    usage = call("--json", "set")
    assert (usage.answer["kind"], usage.answer["facts"]) == ("usage", {})
    assert call("set", env={"DPM_JSON": "1"}).answer["kind"] == "usage"
    assert call("set", "--no-json", env={"DPM_JSON": "1"}).out == ""


def test_a_wrong_environment_is_named() -> None:
    assert "DPM_BAUD" in fails(call("status", env={"DPM_BAUD": "fast"}), 2)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give `dpm` a command that has a fault."""

    @click.command("faulty")
    def command() -> None:
        raise ZeroDivisionError("one by\nnothing")

    module = ModuleType("faulty")
    module.command = command  # type: ignore[attr-defined]  # what a command's module has
    monkeypatch.setitem(sys.modules, "faulty", module)
    monkeypatch.setattr(app, "COMMANDS", {**COMMANDS, "faulty": "faulty"})


@pytest.mark.usefixtures("faulty")
def test_a_fault_of_ours_is_one_line_too() -> None:
    words = fails(call("faulty"), 1)
    assert "ZeroDivisionError: one by nothing" in words
    assert "DPM_TRACEBACK=1" in words


@pytest.mark.usefixtures("faulty")
def test_a_fault_shows_where_it_is_on_request() -> None:
    with pytest.raises(ZeroDivisionError):
        call("faulty", env={"DPM_TRACEBACK": "1"})


def _interrupted(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Press Ctrl-C, and return what was printed.

    A signal that comes just before Python begins to wait for its input is noticed when that comes:
    who presses again ends it, as a person would.
    """
    for _ in range(int(LIMIT_S / AGAIN_S)):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=AGAIN_S)
    raise AssertionError("Ctrl-C did not end it")


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl-C reach what a test starts: a shell has what it runs in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_it_quietly() -> None:
    reader, writer = os.pipe()
    with subprocess.Popen(
        [*DPM, "frames"],
        stdin=reader,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as waiting:
        os.close(reader)
        os.write(writer, b"0b05002355\n")
        assert waiting.stdout is not None
        waiting.stdout.readline()
        out, err = _interrupted(waiting)
        os.close(writer)
    assert (waiting.returncode, err) == (130, b"")
    assert b"Traceback" not in out


def test_a_help_that_nobody_reads_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*DPM, "set"],
        stdout=writer,
        stderr=writer,
        stdin=subprocess.DEVNULL,
        timeout=LIMIT_S,
        check=False,
        env=environment(DPM_JSON="1"),
    )
    os.close(writer)
    assert done.returncode in (120, 141)


def test_a_locale_without_drawing_characters_does_no_harm(state_home: Path) -> None:
    ended = dpm("status", "00A10001", env={"PYTHONIOENCODING": "ascii"})
    assert ended.status == 0
    assert "00A10001" in ended.out


def test_colours_are_for_terminals_only(state_home: Path) -> None:
    assert "\x1b" not in dpm("status", "00A10001", env={"NO_COLOR": ""}).out


def test_completion_is_at_hand() -> None:
    ended = dpm(env={"_DPM_COMPLETE": "bash_source"})
    assert (ended.status, "complete" in ended.out) == (0, True)


def test_json_of_a_failure_is_one_line_even_for_odd_words() -> None:
    ended = call("status", "--link", "socket://\nx", "--json")
    assert ended.status == 2
    assert json.loads(ended.out)["ok"] is False
    fails(ended, 2)


def test_the_embedded_link_is_used_by_one_at_a_time(state_home: Path) -> None:
    with started("watch") as process:
        memory = state_home / "lutron-dpm" / "simulated-link"
        wait_for("the simulated link", lambda: (memory / "00A10002.memory").exists(), process)
        ended = dpm("status", "--json")
        assert "--simulated-state" in fails(ended, 3)
        assert ended.answer["kind"] == "memory_in_use"
        apart = dpm("--simulated-state", str(state_home / "apart"), "status", "00A10001")
        assert apart.status == 0
