"""`dpm simulate --processor`: a second way in, and whose login it asks for."""

import json
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.dpm_core.cli.processes import LIMIT_S, call, fails, started

pytestmark = pytest.mark.requirement("G3", "G4")

SECRET = "open-sesame"


@contextmanager
def running(*arguments: str, **env: str) -> Iterator[dict[str, Any]]:
    """Run `dpm simulate` with a processor; what it says when it listens."""
    with started(
        "simulate", "--processor", "tcp:127.0.0.1:0", "--json", *arguments, **env
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()
        yield json.loads(line)


def login(said: dict[str, Any], user: str, password: str) -> bytes:
    """What is answered to a login."""
    host, _, port = said["processor"].removeprefix("lip://").rpartition(":")
    with socket.create_connection((host, int(port)), LIMIT_S) as program:
        heard = program.recv(100)
        for line in (user, password):
            assert heard in (b"login: ", b"password: ")
            program.sendall(f"{line}\r\n".encode())
            heard = program.recv(100)
        return heard


def test_the_ready_line_tells_where_the_processor_and_its_database_are() -> None:
    with running("--processor-http", "tcp:127.0.0.1:0", "--modules", "00A1B2C3") as said:
        assert said["listening"] == []
        assert login(said, "lutron", "integration") == b"\r\nQNET> \0"
        with urllib.request.urlopen(said["processor_http"], timeout=LIMIT_S) as answer:
            assert answer.read().endswith(b"</Project>")


def test_one_line_each_for_people(tmp_path: Path) -> None:
    control = tmp_path / "control"
    with started(
        *("simulate", "--processor", "tcp:127.0.0.1:0", "--processor-http", "tcp:127.0.0.1:0"),
        *("--control", str(control)),
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode() for _ in range(3)]
    assert lines[0].startswith("processor at lip://127.0.0.1:")
    assert lines[1].startswith("processor http at http://127.0.0.1:")
    assert lines[1].endswith("/DbXmlInfo.xml\n")
    assert lines[2] == f"control socket {control}\n"


def test_the_login_comes_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\r\nnot this line\n")
    with running(
        "--processor-user", "house", "--processor-password-file", str(file), "-vv"
    ) as said:
        assert SECRET not in json.dumps(said)
        assert b"bad login" in login(said, "lutron", "integration")
        assert login(said, "house", SECRET) == b"\r\nQNET> \0"


def test_the_password_comes_from_the_environment_without_a_file() -> None:
    with running(DPM_PROCESSOR_PASSWORD=SECRET) as said:
        assert login(said, "lutron", SECRET) == b"\r\nQNET> \0"


def test_its_project_can_have_wallstations(tmp_path: Path) -> None:
    control = tmp_path / "control"
    with running("--processor-wallstations", "1", "--control", str(control)):
        request = b'{"do": "processor", "press": [115, 3]}\n'
        with socket.socket(socket.AF_UNIX) as hand:
            hand.settimeout(LIMIT_S)
            hand.connect(str(control))
            hand.sendall(request)
            answer = json.loads(hand.makefile("rb").readline())
            assert answer["wallstations"] == [115]
            hand.sendall(b'{"module": "00A10001", "do": "state"}\n')
            state = json.loads(hand.makefile("rb").readline())
            assert state["zones"] == [False, False, True, False]


def test_it_can_misbehave_from_its_start() -> None:
    with running("--processor-fault", "prompt=SAFE", "--processor-fault", "no-push") as said:
        assert login(said, "lutron", "integration") == b"\r\nSAFE> "


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--processor", "pty:/tmp/link"], "processor"),
        (["--processor", "tcp:127.0.0.1:0", "--processor-http", "80"], "processor-http"),
        (["--processor", "tcp:127.0.0.1:0", "--processor-fault", "melt"], "melt"),
        (["--processor", "tcp:127.0.0.1:0", "--processor-fault", "transfer"], "one that lasts"),
        (["--processor", "tcp:127.0.0.1:0", "--processor-user", ""], "processor user"),
        (["--processor-http", "tcp:127.0.0.1:0"], "--processor"),
        (["--processor-user", "house"], "--processor"),
        (["--processor-fault", "no-push"], "--processor"),
        (["--processor-wallstations", "1"], "--processor"),
        (["--processor", "tcp:127.0.0.1:0", "--processor-wallstations", "100"], "wallstations"),
        (["--processor-password", SECRET], "--processor-password"),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], named: str) -> None:
    said = fails(call("simulate", *arguments), 2)
    assert named in said


def test_a_password_file_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").write_text("")
    for name in ("missing", "binary", "empty"):
        options = ("--processor", "tcp:127.0.0.1:0", "--processor-password-file")
        fails(call("simulate", *options, str(tmp_path / name)), 2)


def test_a_port_that_is_taken_is_one_line_and_leaves_no_socket(tmp_path: Path) -> None:
    control = tmp_path / "control"
    with running() as said:
        taken = said["processor"].rpartition(":")[2]
        options = ("--processor", f"tcp:127.0.0.1:{taken}", "--control", str(control))
        assert taken in fails(call("simulate", *options), 3)
    assert not control.exists()
