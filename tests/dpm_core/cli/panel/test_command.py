"""`dpm panel` in a real terminal, and what it says where there is none."""

import importlib
import importlib.util
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from types import SimpleNamespace

import pytest

from dpm_core.cli.panel.app import PanelApp
from dpm_core.cli.panel.faceplate import Faceplate
from dpm_core.errors import UnsupportedSetting
from tests.dpm_core.cli.processes import (
    CONSENTS,
    DPM,
    LIMIT_S,
    MODULES,
    call,
    environment,
    fails,
    simulated,
)

pytestmark = pytest.mark.requirement("G4")


class Terminal:
    """A terminal with `dpm panel` in it."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process = process
        self._screen = screen
        self.seen = ""

    def read(self) -> None:
        if select.select([self._screen], [], [], 0.05)[0]:
            try:
                self.seen += os.read(self._screen, 65536).decode(errors="replace")
            except OSError:  # the other side has closed it
                time.sleep(0.01)

    def until(self, what: str) -> None:
        give_up_at = time.monotonic() + LIMIT_S
        while what not in self.seen:
            assert time.monotonic() < give_up_at, f"{what!r} is not on the screen: {self.seen}"
            self.read()

    def press(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def ended(self) -> int:
        give_up_at = time.monotonic() + LIMIT_S
        while self.process.poll() is None:
            assert time.monotonic() < give_up_at, "it does not end"
            self.read()
        return self.process.returncode


@contextmanager
def terminal(*arguments: str, env: dict[str, str] | None = None) -> Iterator[Terminal]:
    screen, inside = pty.openpty()
    ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [*DPM, "panel", *arguments],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=environment(TERM="xterm-256color", **(env or {})),
        start_new_session=True,
    )
    os.close(inside)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def test_without_hardware_there_is_a_panel_with_hands(tmp_path: Path) -> None:
    with terminal("--still", env={"XDG_STATE_HOME": str(tmp_path)}) as shown:
        shown.until("00A10002")
        shown.until("Mains on")
        shown.press("2")
        # How it was found out depends on who was first, the module's report or our question.
        shown.until("zone 2 is on (")
        shown.press("q")
        assert shown.ended() == 0


def test_on_a_real_port_it_switches_and_the_control_socket_adds_the_hands(tmp_path: Path) -> None:
    with simulated(tmp_path) as link:
        arguments = ("--link", link.link, *CONSENTS, "--control", str(link.socket), MODULES[1])
        with terminal(*arguments) as shown:
            shown.until("Mains on")
            assert MODULES[0] not in shown.seen, "only the module that was asked for"
            shown.press("3")
            shown.until("zone 3 is on")
            assert link.zones(MODULES[1]) == [False, False, True, False]
            shown.press("o")
            shown.until("CCI is open")
            shown.press("q")
            assert shown.ended() == 0


def test_a_pipe_is_no_terminal() -> None:
    assert "a terminal" in fails(call("panel"), 2)


def test_there_is_no_json_of_a_panel() -> None:
    ended = call("panel", "--json")
    assert ended.status == 2
    assert "dpm status" in ended.err


def test_without_its_library_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(sys, stream, SimpleNamespace(isatty=lambda: True))
    command = importlib.import_module("dpm_core.cli.panel.command")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnsupportedSetting, match=r"lutron-dpm\[cli,panel\]"):
        command._must_be_a_terminal(is_json=False)


@pytest.mark.parametrize("is_there", [True, False])
def test_it_shows_whom_it_was_asked_for_even_if_it_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    faces: list[str] = []

    async def without_a_screen(app: PanelApp) -> None:
        async with app.run_test() as pilot:
            await pilot.pause()
            faces.extend(face.key for face in app.query(Faceplate))
            await pilot.press("q")

    monkeypatch.setattr(PanelApp, "run_async", without_a_screen)
    command = importlib.import_module("dpm_core.cli.panel.command")
    monkeypatch.setattr(command, "_must_be_a_terminal", lambda **_: None)
    module = "00A10002" if is_there else "00C0FFEE"
    control = ("--control", str(tmp_path / "front")) if is_there else ()
    ended = call(
        *("panel", "--simulated-state", str(tmp_path / "state"), *control, module),
        env={"XDG_STATE_HOME": str(tmp_path)},
    )
    assert ended.status == 0, ended
    assert faces == [module]
    assert ("did not answer" in ended.err) is not is_there
