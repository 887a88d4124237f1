"""The programs that are connected by Telnet: one TCP connection is one session.

House rule: it carries octets and ends connections; the dialogue is in `session.py`.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Iterator
from typing import Final, cast

from .faults import ProcessorFaultKind as Kind
from .session import Office, Session

_LOGGER = logging.getLogger(__name__)


class TelnetPrograms:
    """Every program that is connected.

    Args:
        office: What their sessions need.
    """

    def __init__(self, office: Office) -> None:
        self.office: Final = office
        self._programs: set[_Program] = set()

    def __iter__(self) -> Iterator[Session]:
        return iter([program.session for program in self._programs])

    def __len__(self) -> int:
        return len(self._programs)

    def serve(self) -> asyncio.Protocol:
        """Return what speaks with one more program."""
        return _Program(self)

    def join(self, program: _Program) -> bool:
        """Take a program in; False when there is no room for it."""
        limit = self.office.faults.get(Kind.SESSIONS)
        if limit is not None and limit.count is not None and len(self) >= limit.count:
            return False
        self._programs.add(program)
        return True

    def leave(self, program: _Program) -> None:
        """Forget a program that is gone."""
        self._programs.discard(program)

    def end(self, *, is_reset: bool = False) -> None:
        """End every session, with a FIN or with a RST."""
        for program in tuple(self._programs):
            program.end(is_reset=is_reset)

    def hang(self) -> None:
        """Let every session go dead without a word."""
        for program in self._programs:
            program.hang()

    def revive(self) -> None:
        """End the sessions that nobody answers: nothing that they said may come late."""
        for program in tuple(self._programs):
            if program.session.is_dead:
                program.end(is_reset=False)

    async def close(self) -> None:
        """End every session at once, and wait for it."""
        gone = [program.gone for program in self._programs]
        for program in tuple(self._programs):
            program.abort()
        if gone:
            await asyncio.wait(gone)


class _Program(asyncio.Protocol):
    """One program at the other end of a TCP connection."""

    def __init__(self, programs: TelnetPrograms) -> None:
        self.gone: Final = asyncio.get_running_loop().create_future()
        self._programs = programs
        self._transport: asyncio.Transport
        self.session: Session

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session, if there is room for one."""
        self._transport = cast(asyncio.Transport, transport)
        _LOGGER.debug("connected to the processor: %s", transport.get_extra_info("peername"))
        self.session = Session(self._programs.office, self._write, self._transport.close)
        if self._programs.join(self):
            self.session.opened()
        else:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Hand on what the program sends."""
        self.session.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the session."""
        _LOGGER.debug("disconnected from the processor: %s", exc or "it closed")
        self.session.closed()
        self._programs.leave(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def _write(self, octets: bytes) -> None:
        if self._transport.is_closing():
            return
        waiting = self._transport.get_write_buffer_size()
        if waiting + len(octets) > self._programs.office.settings.backlog_max:
            _LOGGER.debug("A session is ended: its program does not read")
            self._transport.abort()
            return
        self._transport.write(octets)

    def end(self, *, is_reset: bool) -> None:
        """End the connection, with a FIN or with a RST; what still comes is not done."""
        self.session.hang()
        if is_reset:
            linger = self._transport.get_extra_info("socket")
            linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        else:
            self._transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def hang(self) -> None:
        """Read nothing more, not even that the program has gone, and write nothing more."""
        self.session.hang()
        self._transport.pause_reading()
