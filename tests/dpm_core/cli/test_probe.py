"""`dpm probe` finds the speed of a link that nobody knows, and says what is there."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from dpm_core.cli.options import LinkOptions
from dpm_core.cli.probe import SETTLE_S, listen_at
from dpm_core.protocol import CharacterFormat
from tests.dpm_core.cli.processes import (
    DPM,
    LIMIT_S,
    MODULES,
    Ended,
    Simulated,
    call,
    environment,
    fails,
    started,
)
from tests.dpm_core.cli.uart import far_end, gateway
from tests.dpm_core.protocol.test_probe import ONE, QUERY, identity

pytestmark = pytest.mark.requirement("G4")

SAID = QUERY + identity(ONE)
EVERY_BAUD = [31250, 41667, 62500, 100000, 115200]


def probe(link: str, *arguments: str) -> Ended:
    """Enough is heard long before the time is over, where anything is."""
    return call("--link", link, "probe", "--seconds", "30", *arguments)


@pytest.mark.requirement("E3")
@pytest.mark.parametrize("baud", [31250, 62500, 115200])
def test_the_speed_of_a_link_is_found(baud: int) -> None:
    with far_end(SAID, baud=baud) as port:
        ended = probe(port, "--json")
    assert ended.status == 0
    answer = ended.answer
    assert (answer["ok"], answer["finding"]) == (True, "frames")
    assert answer["best"] == {"baud": baud, "character": "8N1"}
    assert [each["baud"] for each in answer["heard"]] == EVERY_BAUD
    for each in answer["heard"]:
        assert (each["frames"] > 0) is (each["baud"] == baud), each
        assert each["octets"] > 0
    best = next(each for each in answer["heard"] if each["baud"] == baud)
    assert {(one["sender"], one["is_module"]) for one in best["senders"]} == {
        ("00A1B2C3", True),
        ("address 21, subnet 0001, zone 00", False),
    }
    assert set(best["kinds"]) == {"STATUS_QUERY", "IDENTITY_REPORT"}
    assert f"--baud {baud}" in answer["next"][0]


def test_people_are_told_in_words_and_what_to_do_next() -> None:
    with far_end(SAID, baud=62500, stop_bits=2) as port:
        ended = probe(port)
    assert ended.status == 0
    assert "Frames with a good CRC at 62500 8N1" in " ".join(ended.out.split())
    assert "this one" in ended.out
    assert "LQSE-4S8-120-D" in ended.out
    assert "- Use --baud 62500 from now on." in ended.out
    assert "pseudo-terminal" in ended.err


@pytest.mark.parametrize("parity", ["even", "odd"])
def test_a_parity_bit_is_found_in_a_second_round(parity: str) -> None:
    with gateway(SAID, baud=41667, parity=parity) as url:
        ended = probe(url, "--baud", "31250", "--baud", "41667", "--json")
    answer = ended.answer
    assert answer["finding"] == "frames"
    assert answer["best"]["baud"] == 41667
    assert answer["best"]["character"] in ("8E1", "8O1")
    assert "ninth bit" in answer["meaning"]
    heard = [(each["baud"], each["character"]) for each in answer["heard"]]
    assert heard[:2] == [(31250, "8N1"), (41667, "8N1")]
    assert set(heard[2:]) == {(b, c) for b in (31250, 41667) for c in ("8E1", "8O1")}
    assert "once more, with a parity bit" in ended.err


def test_octets_without_frames_say_what_may_be_wrong() -> None:
    with far_end(b"\x12\x9c\x33\x0f" * 40, baud=31250) as port:
        ended = probe(port, "--baud", "31250", "--json")
    answer = ended.answer
    assert (ended.status, answer["finding"], answer["best"]) == (0, "octets", None)
    assert any("terminals 3 and 4" in step for step in answer["next"])
    # A pseudo-terminal may refuse a parity: then that is told, and is no end of it.
    assert [each["character"] for each in answer["heard"]] == ["8N1", "8E1", "8O1"]


def test_a_silent_link_says_so_and_is_not_listened_to_twice() -> None:
    with far_end(b"") as port:
        ended = call("--link", port, "probe", "--baud", "31250", "--seconds", "0.1")
    assert ended.status == 0
    assert "Nothing was heard" in ended.out
    assert "8E1" not in ended.out


def test_a_speed_said_before_the_command_is_meant_for_it_too() -> None:
    with far_end(SAID, baud=62500) as port:
        ended = call("--link", port, "--baud", "62500", "probe", "--seconds", "30", "--json")
    assert [each["baud"] for each in ended.answer["heard"]] == [62500]


def test_a_raw_gateway_is_listened_to_as_it_is_set(link: Simulated) -> None:
    with subprocess.Popen(
        [*DPM, "--link", link.tcp, "probe", "--seconds", "60", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        out = press_until_ended(link, process)
    answer = Ended(process.returncode, out, "").answer
    assert answer["finding"] == "any_speed"
    assert answer["best"] is None
    assert len(answer["heard"]) == 1
    assert "set in the gateway" in answer["meaning"]


def test_a_simulated_link_on_a_terminal_is_heard_at_any_speed(link: Simulated) -> None:
    arguments = ("probe", "--baud", "31250", "--baud", "62500", "--seconds", "60", "--json")
    with started("--link", link.link, *arguments) as process:
        answer = Ended(0, press_until_ended(link, process), "").answer
    assert answer["finding"] == "any_speed"
    assert answer["is_pseudo_terminal"] is True
    assert "does not mind the speed" in answer["meaning"]
    assert MODULES[0] in [sender["sender"] for sender in answer["heard"][0]["senders"]]


def press_until_ended(link: Simulated, process: "subprocess.Popen[bytes]") -> str:
    """Let the modules talk until the probe has heard enough; return what it printed."""
    for _ in range(2000):
        if process.poll() is not None:
            break
        link.control("button", zone=1)
    out, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    return out.decode()


def test_nothing_is_ever_sent(link: Simulated, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    with started("--link", link.tcp, "capture", str(heard), "--seconds", "60") as process:
        assert process.stderr is not None
        assert b"recording" in process.stderr.readline()
        ended = link.dpm("probe", "--baud", "31250", "--seconds", "0.3")
        assert ended.status == 0
        process.terminate()
        out, _ = process.communicate(timeout=LIMIT_S)
    assert b" 0 octets in" in out


def test_a_port_that_is_not_there_ends_it() -> None:
    ended = call("--link", "/nowhere/at/all", "probe", "--baud", "31250")
    assert ended.status == 3
    assert "dpm: The link at /nowhere/at/all is not available" in ended.err.splitlines()[-1]


async def test_a_gateway_that_goes_away_ends_the_listening_and_says_why() -> None:
    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * SETTLE_S)
        writer.write(QUERY)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(leave, "127.0.0.1", 0) as server:
        url = f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        tally = await listen_at(LinkOptions(link=url), CharacterFormat(31250), LIMIT_S)
    assert tally.problem
    assert tally.statistics.frames == 1


def test_the_link_inside_dpm_has_nobody_to_listen_to() -> None:
    assert "nobody talks" in fails(call("probe"), 2)


def test_a_link_that_can_be_no_path_is_refused_as_such() -> None:
    ended = call("--link", "a\x00b", "probe", "--baud", "31250")
    assert ended.status == 2
