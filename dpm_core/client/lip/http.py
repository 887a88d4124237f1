"""Fetching a file from a processor by HTTP, as odd as its answers are.

Some processors leave the length out and keep the connection open, some end header lines with
LF CR; a strict client refuses both. Here the end of the file itself is good enough.

House rule: octets only; what is in the file is read elsewhere.

Source: integration-protocol.md 5, "HTTP quirks".
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dpm_core.errors import DatabaseUnavailable, NoRoute

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADERS_MAX: Final = 65536
"""Most octets of status line and headers. Decided here."""

_CHUNK: Final = 65536
_HEADERS_END: Final = re.compile(rb"\r\n\r\n|\n\r\n\r|\n\n")
_LINE_END: Final = re.compile(rb"\r\n|\n\r|\n")
_STATUS: Final = re.compile(rb"HTTP/\d\.\d (\d{3})\b")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is.

    Attributes:
        host: Name or address.
        port: TCP port.
        path: From the first slash.
    """

    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The same for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.path}"


async def fetch(place: Place, *, end: bytes, octets_max: int, limit_s: float) -> bytes:
    """Return a file.

    Args:
        place: Where it is.
        end: How the file ends, for an answer that does not say how long it is.
        octets_max: Most octets of the file.
        limit_s: Longest time for all of it, in seconds.

    Raises:
        NoRoute: Nobody answers there.
        DatabaseUnavailable: What answers has no such file, it is too long, or took too long.
    """
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(limit_s):
            reader, writer = await asyncio.open_connection(place.host, place.port)
            writer.write(_request(place))
            return await _Answer(reader, place, octets_max).body(end)
    except TimeoutError as error:
        raise DatabaseUnavailable(place.url, f"it was not there within {limit_s:g} s") from error
    except OSError as error:
        if writer is None:
            raise NoRoute(place.url, error.strerror or "its host name is not known") from error
        raise DatabaseUnavailable(place.url, "the connection broke off") from error
    finally:
        if writer is not None:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()


def _request(place: Place) -> bytes:
    host = f"[{place.host}]" if ":" in place.host else place.host
    lines = (
        f"GET {place.path} HTTP/1.1",
        f"Host: {host}:{place.port}",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


class _Answer:
    """What comes back."""

    def __init__(self, reader: asyncio.StreamReader, place: Place, octets_max: int) -> None:
        self._reader = reader
        self._place = place
        self._octets_max = octets_max
        self._octets = bytearray()

    async def body(self, end: bytes) -> bytes:
        headers = await self._headers()
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            return await self._chunks()
        length = headers.get(b"content-length", b"")
        if length.isdigit():
            return await self._exactly(int(length))
        while not self._ends_with(end) and await self._more():
            pass
        return bytes(self._octets)

    def _ends_with(self, end: bytes) -> bool:
        # White space may follow, and no more of it than fits here.
        return bytes(self._octets[-len(end) - 16 :]).rstrip().endswith(end)

    async def _headers(self) -> Mapping[bytes, bytes]:
        while (found := _HEADERS_END.search(self._octets)) is None:
            if len(self._octets) > HEADERS_MAX or not await self._more():
                raise self._failed("what answers is no web server")
        head = bytes(self._octets[: found.start()])
        del self._octets[: found.end()]
        first, *lines = _LINE_END.split(head)
        status = _STATUS.match(first)
        if status is None:
            raise self._failed("what answers is no web server")
        if status[1] != b"200":
            raise self._failed(f"it answers with status {status[1].decode()}")
        fields = (line.partition(b":") for line in lines)
        return {name.strip().lower(): value.strip() for name, _, value in fields}

    async def _exactly(self, count: int) -> bytes:
        """Return so many octets; fewer when the connection ends before."""
        if count > self._octets_max:
            raise self._too_long()
        while len(self._octets) < count and await self._more():
            pass
        octets = bytes(self._octets[:count])
        del self._octets[:count]
        return octets

    async def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            while (found := _LINE_END.search(self._octets)) is None:
                if len(self._octets) > HEADERS_MAX or not await self._more():
                    return bytes(body)
            size = bytes(self._octets[: found.start()]).partition(b";")[0].strip()
            del self._octets[: found.end()]
            if not size:
                continue
            try:
                count = int(size, 16)
            except ValueError as error:
                raise self._failed("its answer cannot be read") from error
            if not count:
                return bytes(body)
            body += await self._exactly(count)
            if len(body) > self._octets_max:
                raise self._too_long()

    async def _more(self) -> bool:
        """Take what comes next; False when nothing does."""
        octets = await self._reader.read(_CHUNK)
        self._octets += octets
        if len(self._octets) > self._octets_max + HEADERS_MAX:
            raise self._too_long()
        return bool(octets)

    def _too_long(self) -> DatabaseUnavailable:
        return self._failed(f"it is longer than {self._octets_max} octets")

    def _failed(self, detail: str) -> DatabaseUnavailable:
        return DatabaseUnavailable(self._place.url, detail)
