"""`dpm watch` says what happens on the link, as it happens."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.dpm_core.cli.processes import (
    CONSENTS,
    LIMIT_S,
    MODULES,
    Simulated,
    call,
    fails,
    simulated,
    started,
)

pytestmark = pytest.mark.requirement("G4")

ONE, TWO = MODULES


@contextmanager
def watching(
    link: Simulated, *arguments: str, over: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """`dpm watch`, once it says that it watches."""
    with started("--link", over or link.link, "watch", *arguments) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert b"watching" in said, (said, process.communicate())
        yield process


def lines(process: subprocess.Popen[bytes], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().decode() for _ in range(count)]


@pytest.mark.requirement("B1", "G2")
def test_a_button_press_and_override_are_told_in_words(link: Simulated) -> None:
    with watching(link, *CONSENTS) as process:
        link.control("button", zone=2)
        pressed = "".join(lines(process, 2))
        assert f"Module {ONE}: zone 2 is on (by its zone button)." in pressed
        assert f"Module {ONE}: zone button 2 was pressed." in pressed
        link.override()
        forced = "".join(lines(process, 5))
        assert "MANUAL OVERRIDE" in forced
        assert "CCI is open" in forced
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT_S)
        assert (process.returncode, out, err) == (130, b"", b"")


def test_programs_get_one_object_a_line(link: Simulated) -> None:
    with watching(link, *CONSENTS, "--json", "--count", "2", ONE) as process:
        link.control("button", TWO, zone=1)
        link.control("button", zone=3)
        out, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    events = [json.loads(line) for line in out.splitlines()]
    assert all(event.pop("at") for event in events)
    assert sorted(events, key=lambda event: str(event["event"])) == [
        {"event": "zone_button_pressed", "serial": ONE, "zone": 3},
        {
            "event": "zone_switched",
            "serial": ONE,
            "zone": 3,
            "is_on": True,
            "cause": "zone_button",
        },
    ]


def test_a_listen_only_link_tells_what_it_hears(link: Simulated) -> None:
    with watching(link, "--count", "1") as process:
        link.control("button", zone=1)
        out, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    assert f"Module {ONE}: zone" in out.decode()


def test_frames_are_shown_both_ways(link: Simulated) -> None:
    ended = link.dpm("watch", ONE, "--frames", "--json", "--for", "1")
    kinds = {(line["event"], line.get("kind")) for line in ended.lines}
    assert {("frame_sent", "STATUS_QUERY"), ("frame_heard", "ZONE_REPORT")} <= kinds
    sent = next(line for line in ended.lines if line["event"] == "frame_sent")
    assert set(sent) == {"at", "event", "packet", "kind", "meaning", "fields"}
    # On a loaded machine a question may be repeated before its answer is read.
    shown = link.dpm("watch", ONE, "--frames", "--for", "1")
    assert shown.status == 0
    arrows = [line.split()[1] for line in shown.out.splitlines()]
    assert arrows[0] == "->"
    assert set(arrows) == {"->", "<-"}


def test_a_module_that_does_not_answer_is_watched_all_the_same(link: Simulated) -> None:
    ended = link.dpm("watch", "00A1B2C9", "--for", "0.2")
    assert ended.status == 0
    assert "00A1B2C9 did not answer" in ended.err
    assert "watching 00A1B2C9" in ended.err


@pytest.mark.requirement("G2")
def test_a_lost_link_is_told_and_its_return_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("lost")
    state = ("--state", str(folder / "state"))
    with simulated(folder, *state) as link, watching(link, *CONSENTS, ONE) as process:
        link.kill()
        assert "Connection lost" in lines(process, 1)[0]
        with simulated(folder, *state):
            assert "Connection restored" in lines(process, 1)[0]


def test_a_link_that_is_not_there_ends_it(link: Simulated) -> None:
    fails(link.dpm("watch", "--for", "1", over="/nowhere/at/all"), 3)


def test_a_reader_that_goes_away_ends_it(link: Simulated) -> None:
    with watching(link, *CONSENTS) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        for zone in (1, 2, 3):
            link.control("button", zone=zone)
        process.wait(LIMIT_S)
        assert process.returncode == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""


KEYPAD = "02A24C77"


def tap(link: Simulated, button: int) -> None:
    assert call("control", str(link.socket), KEYPAD, "tap", str(button)).status == 0


@pytest.mark.requirement("E5")
def test_a_wallstations_presses_and_leds_are_told(tmp_path: Path) -> None:
    # A terminal may be noticed as open only after what was said at once.
    with (
        simulated(tmp_path, "--wallstation", f"{KEYPAD}=1:on:{ONE}.1") as link,
        watching(link, "--listen-only", "--json", over=link.tcp) as process,
    ):
        tap(link, 1)
        told: list[dict[str, Any]] = []
        while len(told) < 3:
            (line,) = lines(process, 1)
            # A zone is told as switched only if it was heard before.
            if "wallstation" in (one := json.loads(line)):
                told.append(one)
        assert [one["event"] for one in told[:2]] == [
            "wallstation_button_pressed",
            "wallstation_button_released",
        ]
        assert {one["wallstation"] for one in told} == {KEYPAD}
        assert (told[2]["event"], told[2]["led"], told[2]["is_on"]) == (
            "wallstation_led_changed",
            1,
            True,
        )


@pytest.mark.requirement("E5")
def test_it_takes_the_processors_place_for_wallstations_of_a_document(tmp_path: Path) -> None:
    document = tmp_path / "wallstations.yaml"
    document.write_text(
        "lutron_dpm_wallstations: 1\n"
        f"wallstations: {{{KEYPAD}: {{buttons: {{1: {{zones: {{{ONE}: [1], {TWO}: [2]}}}}}}}}}}\n"
    )
    with (
        simulated(tmp_path, "--wallstation", f"{KEYPAD}=1:on:{ONE}.4") as link,
        watching(link, *CONSENTS, "--wallstations", str(document)) as process,
    ):
        tap(link, 1)
        said = "".join(lines(process, 5))
        assert f"Wallstation {KEYPAD}: button 1 was pressed." in said
        assert f"Wallstation {KEYPAD}: LED 1 is on." in said
        assert link.zones(ONE) == [True, False, False, False], "as the document says"
        assert link.zones(TWO) == [False, True, False, False]


def test_a_listen_only_link_has_no_place_to_take(link: Simulated, tmp_path: Path) -> None:
    document = tmp_path / "wallstations.yaml"
    document.write_text(f"lutron_dpm_wallstations: 1\nwallstations: {{{KEYPAD}: }}\n")
    ended = link.listen_only("watch", "--listen-only", "--wallstations", str(document))
    assert "listen-only" in fails(ended, 2)
