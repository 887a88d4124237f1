"""`dpm status` shows what is known, and no more than that."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.dpm_core.cli.processes import (
    CONSENTS,
    LIMIT_S,
    MODULES,
    Simulated,
    call,
    fails,
    started,
)

pytestmark = pytest.mark.requirement("G4")

ONE, TWO = MODULES
WIRE = bytes.fromhex("555555fffade")


@contextmanager
def saying(octets: bytes) -> Iterator[str]:
    """A gateway that says something to everybody who connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(LIMIT_S)
                connection.sendall(octets)
                while connection.recv(1024):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}"
        thread.join(LIMIT_S)


def test_every_module_that_is_found_is_shown(link: Simulated) -> None:
    link.control("button", zone=3)
    ended = link.dpm("status", "--json")
    assert (ended.status, ended.err) == (0, "")
    assert ended.answer["asked"] is True
    assert ended.answer["heard"] is None
    first, second = ended.answer["modules"]
    assert first == {
        "serial": ONE,
        "name": "",
        "online": True,
        "fresh": True,
        "zones": [False, False, True, False],
        "zone_names": ["", "", "", ""],
        "causes": first["causes"],
        "override": False,
        "saved": None,
        "cci": "closed",
        "cco": {"closed": False, "type": "momentary"},
        "restored": False,
        "firmware": "2.054",
    }
    assert (second["serial"], second["zones"]) == (TWO, [False] * 4)


def test_people_see_names_zones_and_what_returns_after_override(link: Simulated) -> None:
    named = ("--name", "Hall panel", "--zone-name", "2=Stairs [red]")
    assert link.dpm("program", "set", ONE, *named).status == 0
    try:
        link.control("button", zone=2)
        link.override()
        shown = link.dpm("status", ONE).out
    finally:
        assert link.dpm("program", "set", ONE, "--name", "", "--zone-name", "2=").status == 0
    assert "Hall panel" in shown
    assert "Stairs [red]" in shown, "a name is never read as markup"
    assert "ACTIVE" in shown
    assert "then on" in shown
    assert "then off" in shown
    assert shown.count("● on") == 4


def test_override_and_what_returns_are_told_to_programs(link: Simulated) -> None:
    link.control("button", zone=2)
    link.override()
    (module,) = link.dpm("status", ONE, "--json", "--no-names").answer["modules"]
    assert (module["override"], module["cci"]) == (True, "open")
    assert module["zones"] == [True] * 4
    assert module["saved"] == [False, True, False, False]


def test_one_that_does_not_answer_is_shown_beside_those_that_do(link: Simulated) -> None:
    ended = link.dpm("status", "00A1B2C9", ONE, "--json")
    assert (ended.status, ended.err) == (4, "")
    here, gone = ended.answer["modules"]
    assert (here["serial"], here["online"]) == (ONE, True)
    assert (gone["serial"], gone["online"], gone["zones"]) == ("00A1B2C9", False, [None] * 4)
    assert (gone["override"], gone["cci"], gone["name"]) == (None, None, None)
    shown = link.dpm("status", "00A1B2C9")
    assert shown.status == 4
    assert "no reply" in shown.out
    assert "unknown" in shown.out


def test_a_listen_only_link_is_listened_to(link: Simulated) -> None:
    with started("--link", link.link, "status", "--for", "3", "--json") as process:
        assert process.stderr is not None
        assert b"listens for 3 s" in process.stderr.readline()
        link.control("button", zone=4)
        out, _ = process.communicate(timeout=LIMIT_S)
    import json

    answer = json.loads(out)
    assert (process.returncode, answer["asked"]) == (0, False)
    (module,) = answer["modules"]
    assert (module["serial"], module["zones"]) == (ONE, [False, False, False, True])
    assert (module["fresh"], module["firmware"]) == (False, None)
    assert answer["heard"]["frames"] >= 1
    assert answer["heard"]["senders"][0]["sender"] == ONE


def test_what_others_say_is_listed_by_sender() -> None:
    reports = (
        "8b00012c0f7c0004001b01fecccccccccccccccccccc179f",
        "81012182d7190008001b0100001b9201ccccccccccccfc19",
        "0b05002355",
    )
    frames = b"".join(WIRE + bytes.fromhex(report) + b"\xf0" for report in reports)
    with saying(b"\x00\x01" + frames + WIRE + bytes.fromhex("0b05002356") + b"\xf0") as url:
        ended = call("--link", url, "status", "--for", "1", "--json")
    heard = ended.answer["heard"]
    assert (heard["frames"], heard["crc_errors"]) == (3, 1)
    assert heard["noise_octets"] >= 2
    assert [sender["sender"] for sender in heard["senders"]] == [
        "012C0F7C",
        "address 21, subnet 82D7, zone 19",
        "unnamed",
    ]
    assert ended.answer["modules"] == []
    with saying(frames) as url:
        shown = call("--link", url, "status", "--for", "1").out
    assert "012C0F7C" in shown
    assert "Heard 3 frames, 0 with a bad CRC" in shown


def test_a_silent_link_is_told_from_a_deaf_adapter() -> None:
    with saying(b"") as url:
        ended = call("--link", url, "status", ONE, "--for", "0.3")
    assert ended.status == 0
    assert "Nothing was heard" in ended.out
    assert "--baud" in ended.out
    assert ONE in ended.out


def test_a_link_without_modules_says_so() -> None:
    with saying(b"") as url:
        ended = call("--link", url, *CONSENTS, "status")
    assert (ended.status, ended.out) == (0, f"No module answered on {url}.\n")


def test_a_link_that_cannot_be_opened_is_one_line() -> None:
    for url in ("/nowhere/at/all", "socket://127.0.0.1:1", "rfc2217://127.0.0.1:1"):
        ended = call("--link", url, "status", "--json")
        assert url in fails(ended, 3)
        assert ended.answer["kind"] == "link_unavailable"
