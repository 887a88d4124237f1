"""What is at the other end of a link under test: each real thing that a transport can open."""

import asyncio
import contextlib
import errno
import importlib.util
import os
import socket
import tty
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

from dpm_core.errors import LinkUnavailable
from dpm_core.transport import (
    MemoryTransport,
    SendGate,
    Transport,
    TransportSettings,
    memory_pair,
    transport_for_url,
)
from tests.dpm_core.transport.esphome_server import PORT_NAME, EsphomeSession
from tests.dpm_core.transport.raw_server import RawSession
from tests.dpm_core.transport.rfc2217_server import Rfc2217Session

PATIENCE_S: Final = 30.0
"""How long a test waits for something real before it fails."""


class Listener:
    """A handler that writes everything down."""

    def __init__(self) -> None:
        self.octets = bytearray()
        self.pieces: list[bytes] = []
        self.losses: list[LinkUnavailable | None] = []
        self._changed = asyncio.Event()

    def octets_received(self, octets: bytes) -> None:
        assert isinstance(octets, bytes)
        self.pieces.append(octets)
        self.octets += octets
        self._changed.set()
        assert not self.losses, "octets after the end"

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        self.losses.append(error)
        self._changed.set()

    async def until(self, is_true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not is_true():
                self._changed.clear()
                await self._changed.wait()

    async def heard(self, octets: bytes) -> None:
        await self.until(lambda: len(self.octets) >= len(octets))
        assert bytes(self.octets) == octets

    async def lost(self) -> LinkUnavailable | None:
        await self.until(lambda: bool(self.losses))
        assert len(self.losses) == 1
        return self.losses[0]


class FarEnd:
    """The other side of a link: hears what we write, says what we should hear, goes and returns."""

    loss_words = ""
    backend: Any = "serialx"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listener = Listener()

    @property
    def url(self) -> str:
        raise NotImplementedError

    def transport(
        self, settings: TransportSettings | None = None, gate: SendGate = SendGate.SEND
    ) -> Transport:
        return transport_for_url(self.url, settings, backend=self.backend, gate=gate)

    async def appear(self) -> None:
        raise NotImplementedError

    async def vanish(self) -> None:
        raise NotImplementedError

    async def send(self, octets: bytes) -> None:
        raise NotImplementedError

    def stop_reading(self) -> None:
        raise NotImplementedError

    async def ready(self) -> None:
        """Wait until this side has noticed that we opened."""


class MemoryFarEnd(FarEnd):
    loss_words = "broken on purpose"
    url = "memory://"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._near, self._far = memory_pair(gate=SendGate.SEND)
        self._near.break_link(until_mended=True)

    def transport(
        self, settings: TransportSettings | None = None, gate: SendGate = SendGate.SEND
    ) -> MemoryTransport:
        if gate is SendGate.LISTEN:
            near, _ = memory_pair()
            near.join(self._far)
            self._far.join(near)
            self._near = near
        return self._near

    async def appear(self) -> None:
        self._near.mend_link()
        if not self._far.is_open:
            await self._far.open(self.listener)

    async def vanish(self) -> None:
        self._near.break_link(until_mended=True)

    async def send(self, octets: bytes) -> None:
        self._far.write(octets)
        await self._far.drain()


class PtyFarEnd(FarEnd):
    """A pseudo-terminal behind a symbolic link, as an adapter is behind its by-id path."""

    loss_words = "the port is gone"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / "port"
        self._master: int | None = None
        self._outgoing = bytearray()
        self._sent = asyncio.Event()

    @property
    def url(self) -> str:
        return str(self._path)

    async def appear(self) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        self._path.symlink_to(os.ttyname(slave))
        # Ours goes, so that its end shows as it does on a machine whose adapter is unplugged.
        os.close(slave)
        os.set_blocking(master, False)
        self._master = master
        asyncio.get_running_loop().add_reader(master, self._read)

    async def vanish(self) -> None:
        if self._master is None:
            return
        self._path.unlink()
        self.stop_reading()
        asyncio.get_running_loop().remove_writer(self._master)
        os.close(self._master)
        self._master = None

    async def ready(self) -> None:
        # Between closing our slave and the transport's opening, the master reads an error.
        assert self._master is not None
        asyncio.get_running_loop().add_reader(self._master, self._read)

    async def send(self, octets: bytes) -> None:
        self._outgoing += octets
        self._write()
        async with asyncio.timeout(PATIENCE_S):
            while self._outgoing:
                self._sent.clear()
                await self._sent.wait()

    def stop_reading(self) -> None:
        assert self._master is not None
        asyncio.get_running_loop().remove_reader(self._master)

    def _read(self) -> None:
        assert self._master is not None
        try:
            octets = os.read(self._master, 65536)
        except BlockingIOError:
            return
        except OSError as error:
            assert error.errno == errno.EIO
            self.stop_reading()
            return
        self.listener.octets_received(octets)

    def _write(self) -> None:
        assert self._master is not None
        loop = asyncio.get_running_loop()
        with contextlib.suppress(BlockingIOError):
            del self._outgoing[: os.write(self._master, self._outgoing)]
        if self._outgoing:
            loop.add_writer(self._master, self._write)
        else:
            loop.remove_writer(self._master)
            self._sent.set()


class PtyFarEndPyserial(PtyFarEnd):
    backend = "pyserial-asyncio"


class TcpFarEnd(FarEnd):
    """A gateway that passes raw octets."""

    loss_words = "the other side closed the connection"
    scheme = "socket"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._session: RawSession | None = None
        self._arrived = asyncio.Event()

    @property
    def url(self) -> str:
        if not self._port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self._port = probe.getsockname()[1]
        return f"{self.scheme}://127.0.0.1:{self._port}"

    async def appear(self) -> None:
        assert self.url
        self._server = await asyncio.get_running_loop().create_server(
            self.make_session, "127.0.0.1", self._port, reuse_address=True
        )

    async def vanish(self) -> None:
        if self._server is None:
            return
        self._server.close()
        if self._session is not None and self._session.transport is not None:
            self._session.transport.close()
        await self._server.wait_closed()
        self._server = None
        self._session = None
        self._arrived.clear()

    async def ready(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._arrived.wait()

    async def send(self, octets: bytes) -> None:
        await self.ready()
        assert self._session is not None
        self._session.send(octets)

    def stop_reading(self) -> None:
        assert self._session is not None
        assert self._session.transport is not None
        self._session.transport.pause_reading()

    def notice(self, session: RawSession) -> None:
        # Clients that gave up while connecting may turn up too: the one that talks is it.
        self._session = session
        self._arrived.set()

    def make_session(self) -> RawSession:
        return RawSession(self.listener.octets_received, self.notice)


class TcpSchemeFarEnd(TcpFarEnd):
    scheme = "tcp"


class TcpFarEndPyserial(TcpFarEnd):
    backend = "pyserial-asyncio"


class Rfc2217FarEnd(TcpFarEnd):
    """A gateway that is told the serial format."""

    scheme = "rfc2217"
    # The server leaves settings unread when it goes, so its end may be an abrupt one.
    loss_words = "the other side"
    refuses = False
    is_mute = False

    def make_session(self) -> RawSession:
        return Rfc2217Session(
            self.listener.octets_received,
            self.notice,
            refuses=self.refuses,
            is_mute=self.is_mute,
        )

    @property
    def session(self) -> Rfc2217Session:
        assert isinstance(self._session, Rfc2217Session)
        return self._session


class EsphomeFarEnd(TcpFarEnd):
    """A serial proxy of an ESPHome device."""

    scheme = "esphome"
    loss_words = "ESPHome"

    @property
    def url(self) -> str:
        return f"{super().url}/?port_name={PORT_NAME}"

    def make_session(self) -> RawSession:
        return EsphomeSession(self.listener.octets_received, self.notice)


FAR_ENDS: Final[dict[str, type[FarEnd]]] = {
    "memory": MemoryFarEnd,
    "pty": PtyFarEnd,
    "pty-pyserial-asyncio": PtyFarEndPyserial,
    "socket": TcpFarEnd,
    "tcp": TcpSchemeFarEnd,
    "socket-pyserial-asyncio": TcpFarEndPyserial,
    "rfc2217": Rfc2217FarEnd,
    **({"esphome": EsphomeFarEnd} if importlib.util.find_spec("aioesphomeapi") else {}),
}


@contextlib.asynccontextmanager
async def present(far: FarEnd) -> AsyncIterator[FarEnd]:
    """Have the far end there, and gone afterwards."""
    await far.appear()
    try:
        yield far
    finally:
        await far.vanish()
        if isinstance(far, MemoryFarEnd):
            await far._far.close()


@contextlib.asynccontextmanager
async def opened(
    far: FarEnd,
    settings: TransportSettings | None = None,
    gate: SendGate = SendGate.SEND,
) -> AsyncIterator[tuple[Transport, Listener]]:
    """Open a transport to a far end that is there; close it afterwards."""
    transport, listener = far.transport(settings, gate), Listener()
    await transport.open(listener)
    await far.ready()
    try:
        yield transport, listener
    finally:
        await transport.close()
