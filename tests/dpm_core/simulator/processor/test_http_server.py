"""The database over HTTP, well served and badly."""

import asyncio
import urllib.request

import pytest

from dpm_core.simulator.processor.database import write_database
from tests.dpm_core.simulator.processor.house import Program, house, until

pytestmark = pytest.mark.requirement("G3")

GET = b"GET /DbXmlInfo.xml HTTP/1.1\r\nHost: house\r\nConnection: close\r\n\r\n"


def parts(answer: bytes, end: bytes = b"\r\n") -> tuple[bytes, list[bytes], bytes]:
    """Status line, headers and body."""
    head, _, body = answer.partition(2 * end)
    status, *headers = head.split(end)
    return status, headers, body


async def test_the_database_comes_whole_with_its_length() -> None:
    async with house() as ours:
        status, headers, body = parts(await ours.http(GET))
        assert status == b"HTTP/1.1 200 OK"
        assert f"Content-Length: {len(body)}".encode() in headers
        assert body == write_database(ours.processor.project)


async def test_an_ordinary_program_can_read_it() -> None:
    async with house() as ours:
        url = ours.processor.http_url
        assert url is not None

        def read() -> bytes:
            with urllib.request.urlopen(url, timeout=60) as answer:
                octets: bytes = answer.read()
                return octets

        body = await asyncio.to_thread(read)
        assert body == write_database(ours.processor.project)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"GET /DbXmlInfo.xml?now HTTP/1.1\r\n\r\n", b"200 OK"),
        (b"POST /DbXmlInfo.xml HTTP/1.1\r\n\r\n", b"405 Method Not Allowed"),
        (b"\x00\xff\r\n\r\n", b"405 Method Not Allowed"),
    ],
)
async def test_nothing_else_is_served(request_: bytes, status: bytes) -> None:
    async with house() as ours:
        assert parts(await ours.http(request_))[0] == b"HTTP/1.1 " + status


async def test_a_request_without_end_is_dropped() -> None:
    async with house() as ours:
        assert await ours.http(b"GET /" + 9000 * b"x") == b""


async def test_a_request_may_come_in_pieces() -> None:
    async with house() as ours:
        assert ours.processor.http_url is not None
        port = int(ours.processor.http_url.split(":")[2].partition("/")[0])
        async with Program(*await asyncio.open_connection("127.0.0.1", port)) as program:
            program.say(GET[:20])
            await program.writer.drain()
            await asyncio.sleep(0.01)
            program.say(GET[20:])
            assert (await program.is_over()).endswith(b"</Project>")


async def test_without_a_length_the_connection_stays_open_unless_asked() -> None:
    async with house("http-no-length") as ours:
        _, headers, body = parts(await ours.http(GET))
        assert not any(line.lower().startswith(b"content-length") for line in headers)
        assert body.endswith(b"</Project>")
        assert ours.processor.http_url is not None
        port = int(ours.processor.http_url.split(":")[2].partition("/")[0])
        async with Program(*await asyncio.open_connection("127.0.0.1", port)) as program:
            for _ in range(2):
                program.say(b"GET /DbXmlInfo.xml HTTP/1.1\r\n\r\n")
                assert (await program.until(b"</Project>")).startswith(b"HTTP/1.1 200 OK")
            assert len(ours.processor._http.programs) == 1
        await until(lambda: not ours.processor._http.programs)


async def test_it_may_break_off_in_its_middle() -> None:
    async with house("http-truncated") as ours:
        _, _, body = parts(await ours.http(GET))
        whole = write_database(ours.processor.project)
        assert body == whole[: len(whole) // 2]


async def test_header_lines_may_end_the_wrong_way_round() -> None:
    async with house("http-lf-cr") as ours:
        answer = await ours.http(GET)
        assert b"\r\n" not in answer.partition(b"<?xml")[0].replace(b"\n\r", b"")
        assert parts(answer, b"\n\r")[2] == write_database(ours.processor.project)


async def test_the_faults_of_a_project_show_in_its_database() -> None:
    async with house("old-software", "no-contacts") as ours:
        body = parts(await ours.http(GET))[2]
        assert b"<AppVer>9.4.0</AppVer>" in body
        assert b"UUID" not in body
        assert b"<Device " not in body


async def test_whoever_has_it_open_is_dropped_when_the_processor_goes() -> None:
    async with house("http-no-length") as ours:
        assert ours.processor.http_url is not None
        port = int(ours.processor.http_url.split(":")[2].partition("/")[0])
        async with Program(*await asyncio.open_connection("127.0.0.1", port)) as program:
            program.say(b"GET /DbXmlInfo.xml HTTP/1.1\r\n\r\n")
            await program.until(b"</Project>")
            await ours.fault("away")
            assert await program.is_over() == b""


async def test_it_is_gone_while_the_processor_is_away() -> None:
    async with house("away") as ours:
        with pytest.raises(ConnectionRefusedError):
            await ours.http(GET)
        await ours.processor.clear_fault()
        assert (await ours.http(GET)).endswith(b"</Project>")
