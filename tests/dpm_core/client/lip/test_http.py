"""A file is fetched from a processor however oddly it answers; real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dpm_core.client.lip.http import HEADERS_MAX, Place, fetch
from dpm_core.errors import DatabaseUnavailable, NoRoute

pytestmark = pytest.mark.requirement("E8")

BODY = b"<?xml version='1.0'?>\n<Project>" + b"x" * 5000 + b"</Project>\r\n"
END = b"</Project>"
LIMIT_S = 20.0


@asynccontextmanager
async def serving(*parts: bytes, closes: bool = True) -> AsyncIterator[tuple[Place, list[bytes]]]:
    """A server that answers with these octets, part by part, and then closes or does not."""
    requests: list[bytes] = []
    is_over = asyncio.Event()
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.001)  # the next part comes in another segment
            if not closes:
                await is_over.wait()
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Place("127.0.0.1", port, "/DbXmlInfo.xml"), requests
    finally:
        is_over.set()
        server.close()
        await asyncio.gather(*filter(None, serving))
        await server.wait_closed()


async def fetched(place: Place, octets_max: int = 100_000, limit_s: float = LIMIT_S) -> bytes:
    return await fetch(place, end=END, octets_max=octets_max, limit_s=limit_s)


def head(*lines: str, end: str = "\r\n") -> bytes:
    return end.join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


CHUNKED = b"10;name=value\r\n" + BODY[:16] + b"\r\n" + b"%x\r\n" % len(BODY[16:]) + BODY[16:]


@pytest.mark.parametrize(
    ("parts", "closes"),
    [
        pytest.param([head(f"Content-Length: {len(BODY)}"), BODY], True, id="length"),
        pytest.param([head(f"Content-Length: {len(BODY)}") + BODY], False, id="length, stays open"),
        pytest.param([head(), BODY], True, id="no length"),
        pytest.param([head(), BODY[:3000], BODY[3000:]], False, id="no length, stays open"),
        pytest.param([head("Server: x", end="\n\r") + BODY], True, id="header lines with LF CR"),
        pytest.param([head("Server: x", end="\n") + BODY], True, id="header lines with LF"),
        pytest.param(
            [head("Transfer-Encoding: chunked") + CHUNKED + b"\r\n0\r\n\r\n"], False, id="chunked"
        ),
        pytest.param([head("Transfer-Encoding: chunked"), CHUNKED], True, id="chunked, cut short"),
        pytest.param([bytes([octet]) for octet in head()] + [BODY], True, id="octet by octet"),
    ],
)
async def test_the_file_arrives_whole(parts: list[bytes], closes: bool) -> None:
    async with serving(*parts, closes=closes) as (place, requests):
        assert (await fetched(place)).rstrip() == BODY.rstrip()
    assert requests[0].startswith(b"GET /DbXmlInfo.xml HTTP/1.1\r\n")
    assert b"\r\nConnection: close\r\n" in requests[0]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(head() + BODY[:2000], id="no length"),
        pytest.param(head(f"Content-Length: {len(BODY)}") + BODY[:2000], id="length"),
    ],
)
async def test_an_answer_that_breaks_off_is_returned_as_far_as_it_came(answer: bytes) -> None:
    async with serving(answer) as (place, _):
        assert await fetched(place) == BODY[:2000]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "status 404"),
        (b"SSH-2.0-nonsense\r\n\r\n", "no web server"),
        (b"nothing that ends", "no web server"),
        (b"x" * (HEADERS_MAX + 10), "no web server"),
        (head("Transfer-Encoding: chunked") + b"zz\r\n", "cannot be read"),
        (head("Content-Length: 200000"), "longer than 100000 octets"),
        (head() + b"x" * 200_000, "longer than 100000 octets"),
        (
            head("Transfer-Encoding: chunked") + b"ea60\r\n" + b"x" * 60000 + b"\r\n"
            b"ea60\r\n" + b"x" * 60000 + b"\r\n0\r\n\r\n",
            "longer than 100000 octets",
        ),
    ],
)
async def test_what_is_no_such_file_is_refused_by_name(answer: bytes, words: str) -> None:
    async with serving(answer) as (place, _):
        with pytest.raises(DatabaseUnavailable, match=words) as caught:
            await fetched(place)
    assert caught.value.url == place.url == f"http://127.0.0.1:{place.port}/DbXmlInfo.xml"


async def test_an_answer_that_never_comes_ends_in_the_stated_time() -> None:
    async with serving(closes=False) as (place, _):
        with pytest.raises(DatabaseUnavailable, match=r"not there within 0\.05 s"):
            await fetched(place, limit_s=0.05)


async def test_nobody_there_is_another_error_than_a_broken_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NoRoute):
        await fetched(Place("127.0.0.1", port, "/"))


async def test_a_reset_in_the_middle_says_so() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head() + BODY[:100])
        await writer.drain()
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DatabaseUnavailable, match="broke off"):
            await fetched(Place("127.0.0.1", port, "/"))


def test_a_place_is_shown_as_a_url() -> None:
    assert Place("::1", 80, "/x").url == "http://[::1]:80/x"
