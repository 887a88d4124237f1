"""A serial port whose far end talks at one speed, and garbles what a wrong speed would.

A pseudo-terminal carries octets, not levels, so its other end does what a UART does: it puts octets
on a line as levels in time, and samples them as the port is set at this moment (`termios`).
"""

import asyncio
import fcntl
import os
import select
import struct
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.dpm_core.transport.raw_server import RawSession
from tests.dpm_core.transport.rfc2217_server import SET_BAUDRATE, SET_PARITY, Rfc2217Session

_TCGETS2: Final = 0x802C542A
_TERMIOS2: Final = struct.Struct("4I B 19B 2I")


def _parity_bit(octet: int, parity: str) -> int:
    return (octet.bit_count() & 1) ^ (parity == "odd")


def levels(octets: bytes, *, parity: str = "none", stop_bits: int = 1) -> list[int]:
    """The line's level in each bit time: idle, then every character, then idle again."""
    line = [1] * 12
    for octet in octets:
        line += [0, *(octet >> bit & 1 for bit in range(8))]
        if parity != "none":
            line.append(_parity_bit(octet, parity))
        line += [1] * stop_bits
    return line + [1] * 12


def received(
    line: list[int], rate: float, *, has_parity: bool = False, waits_for_edge: bool = False
) -> bytes:
    """What a UART makes of it that counts `rate` bit times of the sender as one of its own.

    As in Linux with INPCK off, a wrong parity or a missing stop bit does not matter. What follows a
    missing stop bit differs: a 16550 takes it for the next start bit, others wait for an edge.
    """
    heard = bytearray()
    at = 0.0
    bits = 9 if has_parity else 8
    while True:
        while at < len(line) and line[int(at)]:
            at = int(at) + 1.0
        # From the falling edge, each bit is sampled in its middle.
        samples = [at + (bit + 0.5) * rate for bit in range(bits + 2)]
        if samples[-1] >= len(line):
            return bytes(heard)
        values = [line[int(sample)] for sample in samples]
        if values[0]:
            at += 1.0  # no start bit after all
            continue
        heard.append(sum(value << bit for bit, value in enumerate(values[1:9])))
        edge = 0.5 * rate if waits_for_edge else -0.5 * rate
        at = samples[-1] if values[-1] else samples[-1] + edge


def _port_settings(terminal: int) -> tuple[int, bool]:
    buffer = bytearray(_TERMIOS2.size)
    fcntl.ioctl(terminal, _TCGETS2, buffer)
    values = _TERMIOS2.unpack(buffer)
    return values[-1], bool(values[2] & termios.PARENB)


class FarEnd:
    """What hangs on the line, and says the same again and again to whoever has the port open."""

    def __init__(self, octets: bytes, baud: int, parity: str, stop_bits: int) -> None:
        self._line = levels(octets, parity=parity, stop_bits=stop_bits)
        self._baud = baud
        self._heard: dict[tuple[int, bool], bytes] = {}
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._talk)

    def _talk(self) -> None:
        has_room = select.poll()
        has_room.register(self._master, select.POLLOUT)
        while not self._over.wait(0.002):
            settings = _port_settings(self._slave)
            if settings not in self._heard:
                baud, has_parity = settings
                self._heard[settings] = received(
                    self._line, self._baud / baud, has_parity=has_parity
                )
            # Nobody reads while the port is closed: what waits there is thrown away at opening.
            (waiting,) = struct.unpack("i", fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)))
            if waiting == 0 and has_room.poll(0):
                os.write(self._master, self._heard[settings])

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)


@contextmanager
def far_end(
    octets: bytes, *, baud: int = 31250, parity: str = "none", stop_bits: int = 1
) -> Iterator[str]:
    """A port at whose other end these octets are said over and over; yields its path."""
    end = FarEnd(octets, baud, parity, stop_bits)
    end.start()
    try:
        yield end.path
    finally:
        end.close()


class Gateway:
    """The same behind an RFC 2217 gateway, which can be told a parity: a pseudo-terminal cannot."""

    def __init__(self, octets: bytes, baud: int, parity: str) -> None:
        self._line = levels(octets, parity=parity)
        self._baud = baud
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.url = ""

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        talking: dict[RawSession, asyncio.Task[None]] = {}

        def noticed(session: RawSession) -> None:
            if session not in talking:
                assert isinstance(session, Rfc2217Session)
                talking[session] = self._loop.create_task(self._talk(session))

        def session() -> Rfc2217Session:
            return Rfc2217Session(lambda _: None, noticed, refuses=False, is_mute=False)

        server = await self._loop.create_server(session, "127.0.0.1", 0)
        self.url = f"rfc2217://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        await self._over.wait()
        server.close()
        for task in talking.values():
            task.cancel()
        await asyncio.gather(*talking.values(), return_exceptions=True)

    async def _talk(self, session: Rfc2217Session) -> None:
        assert session.transport is not None
        while not session.transport.is_closing():
            await asyncio.sleep(0.002)
            if {SET_BAUDRATE, SET_PARITY} <= set(session.settings):
                rate = self._baud / session.settings[SET_BAUDRATE]
                has_parity = session.settings[SET_PARITY] != 1
                session.send(received(self._line, rate, has_parity=has_parity))

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()


@contextmanager
def gateway(octets: bytes, *, baud: int = 31250, parity: str = "none") -> Iterator[str]:
    """A gateway at whose far end these octets are said over and over; yields its URL."""
    end = Gateway(octets, baud, parity)
    end.start()
    try:
        yield end.url
    finally:
        end.close()
