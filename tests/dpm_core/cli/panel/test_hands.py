"""Hands at a simulator that runs elsewhere: they do what they say, or say why not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dpm_core.cli.panel import hands as hands_module
from dpm_core.cli.panel.hands import OwnHands, SocketHands
from dpm_core.errors import DpmError, LinkUnavailable, NoReply, Rejected
from dpm_core.model import ContactState, SerialNumber
from dpm_core.simulator import SimulateOptions, Simulator, run_simulator

pytestmark = pytest.mark.requirement("G4")

ONE = SerialNumber(0xA10001)


@asynccontextmanager
async def simulated(folder: Path) -> AsyncIterator[SocketHands]:
    path = folder / "front"
    is_there = asyncio.Event()
    running = asyncio.create_task(
        run_simulator(
            SimulateOptions(modules=(ONE,), control=path), on_listening=lambda _: is_there.set()
        )
    )
    try:
        await is_there.wait()
        yield SocketHands(path)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def answering(path: Path, answer: bytes | None) -> AsyncIterator[SocketHands]:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()
        ended.set()

    server = await asyncio.start_unix_server(serve, str(path))
    try:
        yield SocketHands(path)
        await ended.wait()
    finally:
        server.close()


async def test_a_zone_button_a_contact_and_the_mains_move(tmp_path: Path) -> None:
    async with simulated(tmp_path) as hands:
        await hands.press_button(ONE, 2)
        assert (await hands.look(ONE))["zones"] == [False, True, False, False]
        await hands.move_cci(ONE, ContactState.OPEN)
        assert (await hands.look(ONE))["cci"] == "open"
        await hands.move_cci(ONE, ContactState.CLOSED)
        await hands.set_power(ONE, is_on=False)
        assert (await hands.look(ONE))["powered"] is False
        await hands.set_power(ONE, is_on=True)
        assert (await hands.look(ONE))["powered"] is True


async def test_faults_come_and_go(tmp_path: Path) -> None:
    async with simulated(tmp_path) as hands:
        await hands.set_fault("lose:0.5")
        assert await hands.faults() == ("lose:0.5",)
        await hands.set_fault("")
        assert await hands.faults() == ()
        with pytest.raises(Rejected, match="nonsense"):
            await hands.set_fault("nonsense")


async def test_own_hands_do_the_same() -> None:
    async with Simulator((ONE,)) as simulator:
        hands = OwnHands(simulator)
        await hands.press_button(ONE, 2)
        await simulator.modules[ONE].settled()
        assert (await hands.look(ONE))["zones"] == [False, True, False, False]
        await hands.set_fault("lose:0.5")
        assert await hands.faults() == ("lose:0.5",)
        with pytest.raises(DpmError):
            await hands.set_fault("nonsense")


async def test_a_socket_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LinkUnavailable, match="nowhere"):
        await SocketHands(tmp_path / "nowhere").look(ONE)


@pytest.mark.parametrize("answer", [b"", b"hello\n", b"\xff\xfe\n"])
async def test_what_answers_no_json_is_no_simulator(tmp_path: Path, answer: bytes) -> None:
    async with answering(tmp_path / "s", answer) as hands:
        with pytest.raises(LinkUnavailable, match="no simulator"):
            await hands.look(ONE)


async def test_json_of_something_else_is_refused(tmp_path: Path) -> None:
    async with answering(tmp_path / "s", b"[1]\n") as hands:
        with pytest.raises(Rejected, match="no simulator"):
            await hands.look(ONE)


async def test_silence_ends_within_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands_module, "ANSWER_LIMIT_S", 0.05)
    async with answering(tmp_path / "s", None) as hands:
        with pytest.raises(NoReply):
            await hands.look(ONE)
