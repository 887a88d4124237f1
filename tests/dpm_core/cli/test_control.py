"""`dpm control` is a hand at the front panel of a simulated module."""

import json
import socket
import threading
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import (
    MODULES,
    Ended,
    Simulated,
    call,
    fails,
    simulated,
    wait_for,
)

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


@pytest.mark.requirement("C8", "G3")
def test_an_emergency_contact_is_opened_shown_and_closed(tmp_path: Path) -> None:
    with simulated(tmp_path, "--emergency", f"fire={','.join(MODULES)}") as running:

        def on_fire(*arguments: str) -> Ended:
            return call("control", str(running.socket), "fire", "contact", *arguments)

        def are_in_override() -> list[bool]:
            return [running.control("state", module)["override"] for module in MODULES]

        assert on_fire("open") == Ended(0, "", "")
        wait_for("all are in manual override", lambda: are_in_override() == [True, True])
        assert on_fire().out == f"fire open: {', '.join(MODULES)}\n"
        assert on_fire("closed", "--json").answer["contact"] == "closed"
        wait_for("none is in manual override", lambda: are_in_override() == [False, False])
        assert "open or closed" in fails(on_fire("ajar"), 2)
        assert "fire" in fails(call("control", str(running.socket), "smoke", "contact", "open"), 5)


@pytest.mark.requirement("E5", "G3")
def test_a_wallstations_buttons_are_pressed_and_its_leds_shown(tmp_path: Path) -> None:
    words = f"02A24C77=1:toggle:{MODULES[0]}.1+{MODULES[1]}.2,2:off:{MODULES[0]}.1"
    with simulated(tmp_path, "--wallstation", words) as running:

        def at(*arguments: str) -> Ended:
            return call("control", str(running.socket), "02A24C77", *arguments)

        def lit() -> list[int]:
            leds: list[int] = at("leds", "--json").answer["leds"]
            return leds

        wait_for("everything is off", lambda: lit() == [2])
        assert at("tap", "1") == Ended(0, "", "")
        wait_for("the first LED", lambda: lit() == [1])
        assert running.zones()[0]
        assert running.zones(MODULES[1])[1]
        shown = at("leds").out
        assert "toggle" in shown
        assert at("press", "2", "--json").answer["held"] == [2]
        assert "2, held" in at("leds").out
        assert at("release", "2", "--json").answer["held"] == []
        wait_for("one of two is on", lambda: not running.zones()[0])
        on_link = call("control", str(running.socket), "link", "wallstations")
        assert on_link.out.startswith("02A24C77: LEDs ")
        assert "the number of a button" in fails(at("tap"), 2)
        assert "the number of a button" in fails(at("press", "one"), 2)
        assert "none" in fails(at("leds", "1"), 2)
        assert "link" in fails(at("wallstations"), 2)
        assert "1 to 32" in fails(at("tap", "33"), 5)
        assert "02A24C77" in fails(control(running, "tap", "1"), 5), "a module is no wallstation"


@pytest.mark.requirement("G3")
def test_the_processor_is_shown_made_to_misbehave_and_mended(tmp_path: Path) -> None:
    with simulated(tmp_path, "--processor", "tcp:127.0.0.1:0") as running:

        def on_processor(*arguments: str) -> Ended:
            return call("control", str(running.socket), "processor", *arguments)

        shown = on_processor("state").out
        assert "01/31/2026 12:00:00" in shown
        assert "101  102  103  104" in shown
        assert on_processor("fault", "no-push") == Ended(0, "", "")
        assert on_processor("fault").out == "no-push\n"
        assert "no-push" in on_processor("state").out
        assert "melt" in fails(on_processor("fault", "melt"), 5)
        assert (
            on_processor("fault", "transfer=0.01s", "--json").answer["exported"].startswith("02/")
        )
        assert on_processor("mend", "--json").answer["faults"] == []
        assert "serial number" in fails(on_processor("button", "1"), 2)
        assert "none" in fails(on_processor("state", "now"), 2)


def test_where_there_is_no_processor_it_is_said(link: Simulated) -> None:
    assert "do cannot be 'processor'" in fails(
        call("control", str(link.socket), "processor", "state"), 5
    )


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
