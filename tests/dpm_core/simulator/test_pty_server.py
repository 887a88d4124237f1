"""A serial port that is none, opened as real programs open one."""

import asyncio
import os
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dpm_core.errors import LinkUnavailable
from dpm_core.protocol.messages import StatusMask, StatusQuery, ZoneReport
from dpm_core.simulator import Simulator, SimulatorSettings
from dpm_core.simulator.pty_server import PtyServer
from tests.dpm_core.simulator.real import (
    ANSWER_OCTETS,
    ONE,
    QUERY,
    TWO,
    Port,
    RawPort,
    reports_are_over,
    until,
)

pytestmark = pytest.mark.requirement("G3")


@asynccontextmanager
async def served(
    path: Path, settings: SimulatorSettings | None = None
) -> AsyncIterator[tuple[Simulator, PtyServer]]:
    async with Simulator((ONE, TWO), settings=settings) as simulator:
        await reports_are_over(simulator)
        server = PtyServer(simulator.line, path)
        await server.open()
        try:
            server.publish()
            yield simulator, server
        finally:
            await server.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "link"


async def test_the_path_is_a_link_to_the_port_and_goes_with_the_server(path: Path) -> None:
    async with served(path) as (_, server):
        assert server.url == str(path)
        assert path.is_symlink()
        assert path.is_char_device()
    assert not path.is_symlink()


async def test_nothing_is_at_the_path_before_it_is_published(path: Path) -> None:
    async with Simulator((ONE,)) as simulator:
        server = PtyServer(simulator.line, path)
        await server.open()
        assert list(path.parent.iterdir()) == []
        await server.close()


async def test_a_query_through_the_port_is_answered(path: Path) -> None:
    async with served(path), Port(str(path)) as port:
        answer = await port.asked(StatusQuery(ONE, StatusMask.ZONES))
        assert isinstance(answer, ZoneReport)


def modes(port: RawPort) -> tuple[bool, bool, bool, bool]:
    """Echo, canonical input, output processing, signals."""
    _, output, _, local, *_ = termios.tcgetattr(port.fd)
    return (
        bool(local & termios.ECHO),
        bool(local & termios.ICANON),
        bool(output & termios.OPOST),
        bool(local & termios.ISIG),
    )


async def test_it_is_raw_and_without_echo_before_the_program_sets_anything(path: Path) -> None:
    async with served(path):
        with RawPort(path) as port:
            assert modes(port) == (False, False, False, False)
            # Octets that a terminal would act on: Ctrl-C, Ctrl-D, XON, XOFF, new lines, NUL, FF.
            port.write(b"\x03\x04\x11\x13\r\n\x00\xff" + QUERY)
            assert len(await port.exactly(ANSWER_OCTETS)) == ANSWER_OCTETS


async def test_every_octet_goes_through_unchanged_both_ways(path: Path) -> None:
    async with served(path) as (simulator, _):
        heard = bytearray()
        other = simulator.line.add_port(heard.extend)
        octets = bytes(range(256)) * 4
        with RawPort(path) as port:
            port.write(octets)
            await until(lambda: len(heard) >= len(octets))
            assert heard == octets
            other.put(octets)
            assert await port.exactly(len(octets)) == octets


async def test_programs_come_and_go(path: Path) -> None:
    async with served(path):
        for _ in range(5):
            async with Port(str(path)) as port:
                answer = await port.asked(StatusQuery(ONE, StatusMask.ZONES))
                assert isinstance(answer, ZoneReport)


async def test_what_is_said_while_nobody_has_it_open_is_thrown_away(path: Path) -> None:
    async with served(path) as (simulator, _):
        other = simulator.line.add_port(lambda octets: None)
        other.put(b"never opened before")
        with RawPort(path) as port:
            port.write(QUERY)
            assert len(await port.exactly(ANSWER_OCTETS)) == ANSWER_OCTETS
        await asyncio.sleep(0.05)
        other.put(b"closed again")
        with RawPort(path) as port:
            assert not port.has_octets
            port.write(QUERY)
            answer = await port.exactly(ANSWER_OCTETS)
            assert answer.startswith(b"\x55\x55\x55\xff\xfa\xde")
            assert len(answer) == ANSWER_OCTETS


async def test_the_next_program_finds_nothing_of_the_last_one(path: Path) -> None:
    async with served(path) as (simulator, server):
        other = simulator.line.add_port(lambda octets: None)
        with RawPort(path) as port:
            attributes = termios.tcgetattr(port.fd)
            attributes[1] |= termios.OPOST
            attributes[3] |= termios.ICANON | termios.ECHO | termios.ISIG
            termios.tcsetattr(port.fd, termios.TCSANOW, attributes)
            other.put(b"unread\n")  # in a terminal that is raw no more
            await until(lambda: port.has_octets)
        # The hang-up reaches the server through the event loop; until then it is as it was left.
        await until(lambda: not termios.tcgetattr(server._master)[3] & termios.ICANON)
        with RawPort(path) as port:
            assert modes(port) == (False, False, False, False)
            assert not port.has_octets


async def test_what_the_last_program_sent_before_it_left_is_heard(path: Path) -> None:
    async with served(path) as (simulator, _):
        heard = bytearray()
        simulator.line.add_port(heard.extend)
        with RawPort(path) as port:
            port.write(b"last words")
        await until(lambda: bytes(heard) == b"last words")


async def test_two_programs_may_have_it_open(path: Path) -> None:
    async with served(path):
        with RawPort(path):
            with RawPort(path):
                pass
            await asyncio.sleep(0.02)
            async with Port(str(path)) as port:
                await port.asked(StatusQuery(ONE, StatusMask.ZONES))


async def test_a_program_that_does_not_read_loses_octets_and_holds_up_nobody(path: Path) -> None:
    async with served(path) as (simulator, _):
        heard = bytearray()
        simulator.line.add_port(heard.extend)
        talker = simulator.line.add_port(lambda octets: None)
        with RawPort(path) as port:
            for _ in range(2000):
                talker.put(bytes(1000))
            assert len(heard) == 2_000_000
            kept = 0
            while octets := port.read():
                kept += len(octets)
                await asyncio.sleep(0)
            assert 0 < kept < 500_000
            # And it is heard again as soon as it reads.
            port.write(QUERY)
            assert (await port.exactly(ANSWER_OCTETS))[-1] == 0xF0


async def test_a_program_that_pumps_is_held_back_on_a_paced_line_and_loses_nothing(
    path: Path,
) -> None:
    settings = SimulatorSettings(is_paced=True, baud=1_000_000, backlog_max=512)
    async with served(path, settings) as (simulator, _):
        heard = bytearray()
        simulator.line.add_port(heard.extend)
        octets = os.urandom(30_000)
        sent = 0
        with RawPort(path) as port:
            while sent < len(octets):
                try:
                    sent += os.write(port.fd, octets[sent : sent + 4096])
                except BlockingIOError:
                    await asyncio.sleep(0.005)
            await until(lambda: len(heard) >= len(octets))
        assert bytes(heard) == octets


class TestPath:
    async def test_a_living_simulators_path_is_refused(self, path: Path) -> None:
        async with served(path) as (simulator, _):
            target = path.readlink()
            with pytest.raises(LinkUnavailable, match="another simulator has it"):
                await PtyServer(simulator.line, path.parent / "." / "link").open()
            assert path.readlink() == target

    async def test_a_dead_simulators_link_is_replaced(self, path: Path) -> None:
        path.symlink_to("/dev/pts/999999")
        async with served(path), Port(str(path)) as port:
            await port.asked(StatusQuery(ONE, StatusMask.ZONES))

    async def test_a_dead_simulators_link_is_replaced_even_if_its_number_lives_again(
        self, path: Path
    ) -> None:
        master, terminal = os.openpty()
        path.symlink_to(os.ttyname(terminal))
        async with served(path):
            assert str(path.readlink()) != os.ttyname(terminal)
        os.close(master)
        os.close(terminal)

    @pytest.mark.parametrize("what", ["file", "directory", "link"])
    async def test_what_is_no_simulators_is_left_alone(self, path: Path, what: str) -> None:
        if what == "file":
            path.write_text("precious")
        elif what == "directory":
            path.mkdir()
        else:
            path.symlink_to("/dev/null")
        async with Simulator((ONE,)) as simulator:
            with pytest.raises(LinkUnavailable, match="already"):
                await PtyServer(simulator.line, path).open()
        assert path.exists()

    async def test_a_path_that_cannot_be_is_refused(self, tmp_path: Path) -> None:
        async with Simulator((ONE,)) as simulator:
            server = PtyServer(simulator.line, tmp_path / "missing" / "link")
            await server.open()
            with pytest.raises(LinkUnavailable, match="No such file"):
                server.publish()
            await server.close()

    async def test_a_link_that_points_elsewhere_by_now_is_left_alone(self, path: Path) -> None:
        async with served(path):
            path.unlink()
            path.symlink_to("/dev/null")
        assert path.readlink() == Path("/dev/null")

    async def test_without_a_pseudo_terminal_it_says_so(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none_left() -> tuple[int, int]:
            raise OSError(28, "out of pty devices")

        async with Simulator((ONE,)) as simulator:
            monkeypatch.setattr(os, "openpty", none_left)
            with pytest.raises(LinkUnavailable, match="out of pty devices"):
                await PtyServer(simulator.line, path).open()
            monkeypatch.undo()
            server = PtyServer(simulator.line, path)
            await server.open()
            await server.close()
