"""Gateways on the simulated line, opened as real programs open them."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dpm_core.errors import LinkUnavailable
from dpm_core.protocol.messages import StatusMask, StatusQuery, ZoneReport
from dpm_core.simulator import Simulator, SimulatorSettings
from dpm_core.simulator.listen import TcpAddress
from dpm_core.simulator.tcp_server import CLIENT_BUFFER_MAX, TcpServer
from tests.dpm_core.simulator.real import (
    ANSWER_OCTETS,
    ONE,
    QUERY,
    TWO,
    Port,
    reports_are_over,
    until,
)

pytestmark = pytest.mark.requirement("G3")


@asynccontextmanager
async def served(
    *, is_rfc2217: bool = False, settings: SimulatorSettings | None = None
) -> AsyncIterator[tuple[Simulator, TcpServer]]:
    async with Simulator((ONE, TWO), settings=settings) as simulator:
        await reports_are_over(simulator)
        server = TcpServer(simulator.line, TcpAddress("127.0.0.1", 0, is_rfc2217))
        await server.open()
        server.publish()
        try:
            yield simulator, server
        finally:
            await server.close()


def port_of(server: TcpServer) -> int:
    return int(server.url.rpartition(":")[2])


@pytest.mark.parametrize("is_rfc2217", [False, True], ids=["tcp", "rfc2217"])
class TestBoth:
    async def test_the_url_opens_it_and_a_query_is_answered(self, is_rfc2217: bool) -> None:
        async with served(is_rfc2217=is_rfc2217) as (_, server), Port(server.url) as port:
            answer = await port.asked(StatusQuery(ONE, StatusMask.ZONES))
            assert isinstance(answer, ZoneReport)

    async def test_any_number_of_programs_hear_the_modules_and_each_other(
        self, is_rfc2217: bool
    ) -> None:
        async with (
            served(is_rfc2217=is_rfc2217) as (_, server),
            Port(server.url) as first,
            Port(server.url) as second,
            Port(server.url) as third,
        ):
            await first.asked(StatusQuery(ONE, StatusMask.ZONES))
            await until(lambda: len(second.frames) >= 2 and len(third.frames) >= 2)
            assert second.frames == third.frames
            assert second.frames[0].protocol_byte == 0x21
            assert len(first.frames) == 1

    async def test_every_octet_goes_through_unchanged_both_ways(self, is_rfc2217: bool) -> None:
        octets = bytes(range(256)) * 4
        async with (
            served(is_rfc2217=is_rfc2217) as (_, server),
            Port(server.url) as first,
            Port(server.url) as second,
        ):
            await first.asked(StatusQuery(ONE, StatusMask.ZONES))
            await second.asked(StatusQuery(ONE, StatusMask.ZONES))
            await until(lambda: len(first.frames) == 3)
            second.octets.clear()
            first.transport.write(octets)
            await until(lambda: len(second.octets) >= len(octets))
            assert second.octets == octets

    async def test_programs_come_and_go(self, is_rfc2217: bool) -> None:
        async with served(is_rfc2217=is_rfc2217) as (simulator, server):
            for _ in range(3):
                async with Port(server.url) as port:
                    await port.asked(StatusQuery(ONE, StatusMask.ZONES))
            await until(lambda: not server._clients)
            assert simulator.line._ports == []

    async def test_closing_drops_every_program(self, is_rfc2217: bool) -> None:
        async with served(is_rfc2217=is_rfc2217) as (_, server), Port(server.url) as port:
            await port.asked(StatusQuery(ONE, StatusMask.ZONES))
            await server.close()
            await until(lambda: bool(port.losses))

    async def test_a_port_that_is_taken_is_said_so(self, is_rfc2217: bool) -> None:
        async with served() as (simulator, server):
            taken = TcpAddress("127.0.0.1", port_of(server), is_rfc2217)
            with pytest.raises(LinkUnavailable, match="in use"):
                await TcpServer(simulator.line, taken).open()


async def test_a_host_that_is_not_ours_is_said_so() -> None:
    async with Simulator((ONE,)) as simulator:
        elsewhere = TcpServer(simulator.line, TcpAddress("192.0.2.1", 0, is_rfc2217=False))
        with pytest.raises(LinkUnavailable):
            await elsewhere.open()
        await elsewhere.close()


async def test_a_program_that_does_not_read_takes_no_more_memory_and_holds_up_nobody() -> None:
    async with served() as (simulator, server):
        mute = socket.socket()
        mute.connect(("127.0.0.1", port_of(server)))
        await until(lambda: len(server._clients) == 1)
        (client,) = server._clients
        heard = bytearray()
        simulator.line.add_port(heard.extend)
        talker = simulator.line.add_port(lambda octets: None)
        # More than any socket buffer takes.
        for _ in range(20_000):
            talker.put(bytes(1000))
            assert client._transport.get_write_buffer_size() <= CLIENT_BUFFER_MAX
        assert len(heard) == 20_000_000
        async with Port(server.url) as port:
            await port.asked(StatusQuery(ONE, StatusMask.ZONES))
        mute.close()


async def test_a_program_that_pumps_is_held_back_on_a_paced_line_and_loses_nothing() -> None:
    settings = SimulatorSettings(is_paced=True, baud=2_000_000, backlog_max=1024)
    async with served(settings=settings) as (simulator, server):
        heard = bytearray()
        simulator.line.add_port(heard.extend)
        octets = os.urandom(100_000)  # more than is held back, less than is read at once
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        writer.write(octets)
        await until(lambda: len(heard) >= len(octets))
        assert bytes(heard) == octets
        writer.close()


async def test_a_program_that_says_it_sends_no_more_is_let_go() -> None:
    async with served() as (_, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await until(lambda: not server._clients)


@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")
@pytest.mark.parametrize("is_rfc2217", [False, True], ids=["tcp", "rfc2217"])
async def test_pyserial_opens_it_too(is_rfc2217: bool) -> None:
    serial = pytest.importorskip("serial")

    def ask(url: str) -> bytes:
        with serial.serial_for_url(url, baudrate=115200, timeout=30) as port:
            port.write(QUERY)
            octets = port.read(ANSWER_OCTETS)
            assert isinstance(octets, bytes)
            return octets

    async with served(is_rfc2217=is_rfc2217) as (_, server):
        answer = await asyncio.to_thread(ask, server.url)
        assert answer.startswith(b"\x55\x55\x55\xff\xfa\xde")
        assert len(answer) == ANSWER_OCTETS
