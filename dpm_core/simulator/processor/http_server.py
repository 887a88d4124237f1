"""The processor's web server: the database at `/DbXmlInfo.xml`, and nothing else.

    GET /DbXmlInfo.xml   200 with the XML; no login is asked for
    another path         404
    another method       405

By default an answer has its length and the connection is closed behind it.

House rule: octets of HTTP are written here and nowhere else.

Source: integration-protocol.md 1.1, 5 "HTTP quirks".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

from .database import PATH
from .faults import ProcessorFaultKind as Kind
from .faults import ProcessorFaults

REQUEST_MAX: Final = 8192
"""Octets of the longest request. Decided here: a browser's is about 1000."""

_END: Final = b"\r\n\r\n"


class HttpPrograms:
    """Every program that asks for the database.

    Args:
        database: Returns the database as it is now.
        faults: How the processor misbehaves.
    """

    def __init__(self, database: Callable[[], bytes], faults: ProcessorFaults) -> None:
        self._database = database
        self._faults = faults
        self.programs: Final[set[_Program]] = set()

    def serve(self) -> asyncio.Protocol:
        """Return what speaks with one more program."""
        return _Program(self)

    def answer(self, request: bytes) -> tuple[bytes, bool]:
        """Return the answer to a request, and whether the connection is closed behind it."""
        method, path, is_close_asked = _parsed(request)
        if method != "GET":
            return self._answer("405 Method Not Allowed", b"", has_length=True), True
        if path.partition("?")[0] != PATH:
            return self._answer("404 Not Found", b"", has_length=True), True
        body = self._database()
        has_length = Kind.HTTP_NO_LENGTH not in self._faults
        if Kind.HTTP_TRUNCATED in self._faults:
            return self._answer("200 OK", body[: len(body) // 2], has_length=False), True
        return (
            self._answer("200 OK", body, has_length=has_length),
            has_length or is_close_asked,
        )

    def _answer(self, status: str, body: bytes, *, has_length: bool) -> bytes:
        lines = [f"HTTP/1.1 {status}", "Content-Type: text/xml"]
        if has_length:
            lines += [f"Content-Length: {len(body)}", "Connection: close"]
        end = "\n\r" if Kind.HTTP_LF_CR in self._faults else "\r\n"
        return (end.join(lines) + end + end).encode("ascii") + body

    async def close(self) -> None:
        """End every connection at once, and wait for it."""
        gone = [program.gone for program in self.programs]
        self.end()
        if gone:
            await asyncio.wait(gone)

    def end(self) -> None:
        """End every connection."""
        for program in tuple(self.programs):
            program.abort()


def _parsed(request: bytes) -> tuple[str, str, bool]:
    """Return method, path, and whether the program asks for the connection to be closed."""
    first, *headers = request.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    named = {name.strip().lower(): value for name, _, value in (h.partition(":") for h in headers)}
    return method, rest.partition(" ")[0], named.get("connection", "").strip().lower() == "close"


class _Program(asyncio.Protocol):
    """One program at the other end of a TCP connection."""

    def __init__(self, server: HttpPrograms) -> None:
        self.gone: Final = asyncio.get_running_loop().create_future()
        self._server = server
        self._held = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        self._transport = cast(asyncio.Transport, transport)
        self._server.programs.add(self)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._held += data
        while _END in self._held and not self._transport.is_closing():
            request, _, self._held = self._held.partition(_END)
            octets, is_over = self._server.answer(request)
            self._transport.write(octets)
            if is_over:
                self._transport.close()
        if len(self._held) > REQUEST_MAX:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the program."""
        self._server.programs.discard(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()
