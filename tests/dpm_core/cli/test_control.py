"""`dpm control` is a hand at the front panel of a simulated module."""

import json
import socket
import threading
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import MODULES, Ended, Simulated, call, fails

pytestmark = pytest.mark.requirement("G4")


def control(link: Simulated, *arguments: str) -> Ended:
    return call("control", str(link.socket), MODULES[0], *arguments)


@pytest.mark.requirement("B1")
def test_a_button_press_is_answered_without_a_word(link: Simulated) -> None:
    assert control(link, "button", "3") == Ended(0, "", "")
    assert link.zones() == [False, False, True, False]


def test_the_state_is_shown_to_people_and_given_to_programs(link: Simulated) -> None:
    assert control(link, "cci", "open") == Ended(0, "", "")
    link.override()
    shown = control(link, "state")
    assert "ACTIVE" in shown.out
    state = control(link, "state", "--json").answer
    assert (state["ok"], state["override"], state["zones"]) == (True, True, [True] * 4)
    assert state["saved"] == [False] * 4


def test_the_mains_are_cut_and_come_back(link: Simulated) -> None:
    assert control(link, "power", "off") == Ended(0, "", "")
    assert "off" in control(link, "state").out
    assert control(link, "state", "--json").answer["powered"] is False
    control(link, "power", "on")
    assert control(link, "state", "--json").answer["powered"] is True


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("button", "5"), "1 or 2 or 3 or 4"),
        (("button",), "1 or 2 or 3 or 4"),
        (("cci", "ajar"), "open or closed"),
        (("power", "maybe"), "on or off"),
        (("state", "now"), "none"),
        (("kick",), "kick"),
    ],
)
def test_what_no_hand_can_do_is_one_line(
    link: Simulated, arguments: tuple[str, ...], named: str
) -> None:
    assert named in fails(control(link, *arguments), 2)


@pytest.mark.requirement("G3")
def test_faults_of_the_link_are_set_shown_and_mended(link: Simulated) -> None:
    def on_link(*arguments: str) -> Ended:
        return call("control", str(link.socket), "link", *arguments)

    try:
        assert on_link("fault") == Ended(0, "", "")
        assert on_link("fault", "lose:0.5") == Ended(0, "", "")
        assert on_link("fault", "noise:3") == Ended(0, "", "")
        assert on_link("fault").out == "lose:0.5\nnoise:3.0\n"
        assert on_link("mend", "lose", "--json").answer["faults"] == ["noise:3.0"]
        assert "melt" in fails(on_link("fault", "melt"), 5)
    finally:
        assert on_link("mend", "--json").answer["faults"] == []
    assert "serial number" in fails(on_link("state"), 2)
    assert "link" in fails(control(link, "fault"), 2)


def test_a_module_that_is_not_there_is_refused(link: Simulated) -> None:
    ended = call("control", str(link.socket), "00000009", "state", "--json")
    assert "00000009" in fails(ended, 5)
    assert (ended.answer["ok"], ended.answer["kind"]) == (False, "rejected")


def test_no_simulator_is_one_line(tmp_path: Path) -> None:
    fails(call("control", str(tmp_path / "nothing"), MODULES[0], "state"), 3)
    fails(call("control", str(tmp_path / ("x" * 200)), MODULES[0], "state"), 3)


@pytest.mark.parametrize("says", [b"", b"hello\n", b"[1, 2]\n", b"\xff\n"])
def test_what_answers_must_be_a_simulator(tmp_path: Path, says: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "control"))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(says)

        thread = threading.Thread(target=serve)
        thread.start()
        fails(call("control", str(tmp_path / "control"), MODULES[0], "state"), 3)
        thread.join()


def test_one_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "control"))
        server.listen()
        ended = call(
            *("control", str(tmp_path / "control"), MODULES[0], "state"),
            *("--timeout", "0.2", "--json"),
        )
    fails(ended, 4)
    assert json.loads(ended.out)["facts"]["waited_s"] == 0.2
