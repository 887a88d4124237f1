"""What serialx makes of real ports and gateways, and what we make of serialx."""

import asyncio
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import serialx

from dpm_core.errors import LinkUnavailable
from dpm_core.transport import BAUD_CANDIDATES, SendGate, TransportSettings, transport_for_url
from tests.dpm_core.transport.esphome_server import EsphomeSession
from tests.dpm_core.transport.far_ends import (
    FAR_ENDS,
    PATIENCE_S,
    EsphomeFarEnd,
    Listener,
    PtyFarEnd,
    PtyFarEndPyserial,
    Rfc2217FarEnd,
    TcpFarEnd,
    TcpFarEndPyserial,
    opened,
    present,
)
from tests.dpm_core.transport.rfc2217_server import (
    SET_BAUDRATE,
    SET_DATASIZE,
    SET_PARITY,
    SET_STOPSIZE,
)

pytestmark = pytest.mark.requirement("E3")

TCGETS2 = 0x802C542A
"""Source: Linux asm-generic/ioctls.h; a speed without a name is read by it alone."""

OTHERS_MAX = 50
"""So many numbers of pseudo-terminals may come free below the one that is to be taken."""

BOTH = pytest.mark.parametrize("kind", [PtyFarEnd, PtyFarEndPyserial])


@contextmanager
def _looked_at(path: str) -> Iterator[int]:
    # Without O_NOCTTY it would become the terminal of a test run that leads its session, and closing
    # its other end would hang that run up.
    port = os.open(path, os.O_RDONLY | os.O_NOCTTY)
    try:
        yield port
    finally:
        os.close(port)


def _speeds(path: str) -> tuple[int, int]:
    with _looked_at(path) as port:
        answer = fcntl.ioctl(port, TCGETS2, bytes(44))
    received, sent = struct.unpack_from("II", answer, 36)
    return received, sent


@BOTH
@pytest.mark.parametrize("baud", [*BAUD_CANDIDATES, 9600])
async def test_the_port_runs_at_the_speed_that_was_chosen(
    kind: type[PtyFarEnd], baud: int, tmp_path: Path
) -> None:
    far = kind(tmp_path)
    async with present(far), opened(far, TransportSettings(baud=baud)):
        assert _speeds(far.url) == (baud, baud)


@BOTH
async def test_the_port_passes_octets_raw(kind: type[PtyFarEnd], tmp_path: Path) -> None:
    far = kind(tmp_path)
    async with present(far), opened(far):
        with _looked_at(far.url) as port:
            iflag, oflag, _, lflag, *_ = termios.tcgetattr(port)
        assert not lflag & (termios.ECHO | termios.ICANON | termios.ISIG)
        assert not iflag & (termios.ICRNL | termios.IXON | termios.ISTRIP)
        assert not oflag & termios.OPOST


@BOTH
async def test_a_port_in_use_is_refused_in_words(kind: type[PtyFarEnd], tmp_path: Path) -> None:
    far = kind(tmp_path)
    async with present(far), opened(far):
        with pytest.raises(LinkUnavailable, match="another program has the port open"):
            await far.transport().open(Listener())
        sharing = far.transport(TransportSettings(exclusive=False))
        await sharing.open(Listener())
        await sharing.close()


@BOTH
async def test_a_port_found_again_elsewhere_is_opened_there(
    kind: type[PtyFarEnd], tmp_path: Path
) -> None:
    """An adapter that was replugged has another number behind the same by-id path."""
    far = kind(tmp_path)
    await far.appear()
    transport, first, second = far.transport(), Listener(), Listener()
    await transport.open(first)
    old_number = Path(far.url).readlink()
    await far.vanish()
    await first.lost()
    async with AsyncExitStack() as others:
        # Others take the lowest numbers that are free, until one has the old one.
        await far.appear()
        for number in range(OTHERS_MAX):
            if Path(far.url).readlink() != old_number:
                break
            await far.vanish()
            other = PtyFarEnd(tmp_path / f"other{number}")
            other.folder.mkdir()
            await others.enter_async_context(present(other))
            await far.appear()
        others.push_async_callback(far.vanish)
        assert Path(far.url).readlink() != old_number
        await transport.open(second)
        await far.ready()
        await far.send(b"here")
        await second.heard(b"here")
        await transport.close()


@BOTH
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("missing", "there is no such port"),
        (".", "folder"),
        ("/dev/null", "not a serial port"),
    ],
)
async def test_what_is_no_port_is_refused_in_words(
    kind: type[PtyFarEnd], path: str, words: str, tmp_path: Path
) -> None:
    transport = transport_for_url(str(tmp_path / path), backend=kind.backend)
    with pytest.raises(LinkUnavailable, match=words) as error:
        await transport.open(Listener())
    assert error.value.__cause__ is not None


@pytest.mark.parametrize("level", ["low", "leave"])
async def test_the_modem_lines_of_a_port_can_be_low_or_left_alone(
    level: Any, tmp_path: Path
) -> None:
    far = PtyFarEnd(tmp_path)
    settings = TransportSettings(rts_on_open=level, dtr_on_open=level)
    async with present(far), opened(far, settings) as (_, listener):
        await far.send(b"x")
        await listener.heard(b"x")


async def test_an_rfc2217_server_is_told_the_serial_format(tmp_path: Path) -> None:
    far = Rfc2217FarEnd(tmp_path)
    async with present(far), opened(far):
        settings = far.session.settings
        assert settings[SET_BAUDRATE] == 31250
        # RFC 2217: 8 data bits, no parity is 1, one stop bit is 1
        assert (settings[SET_DATASIZE], settings[SET_PARITY], settings[SET_STOPSIZE]) == (8, 1, 1)


async def test_an_rfc2217_server_is_told_an_odd_serial_format(tmp_path: Path) -> None:
    far = Rfc2217FarEnd(tmp_path)
    odd = TransportSettings(baud=62500, parity="mark", stop_bits=2, byte_size=7)
    async with present(far), opened(far, odd):
        settings = far.session.settings
        assert settings[SET_BAUDRATE] == 62500
        assert (settings[SET_DATASIZE], settings[SET_PARITY], settings[SET_STOPSIZE]) == (7, 4, 2)


async def test_an_rfc2217_server_that_refuses_is_explained(tmp_path: Path) -> None:
    far = Rfc2217FarEnd(tmp_path)
    far.refuses = True
    async with present(far):
        with pytest.raises(LinkUnavailable, match="refused"):
            await far.transport().open(Listener())


async def test_an_rfc2217_server_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    far = Rfc2217FarEnd(tmp_path)
    far.is_mute = True
    async with present(far):
        with pytest.raises(LinkUnavailable):
            await far.transport(TransportSettings(connect_timeout_s=0.3)).open(Listener())


async def test_an_rfc2217_server_that_falls_silent_does_not_hold_the_closing(
    tmp_path: Path,
) -> None:
    far = Rfc2217FarEnd(tmp_path)
    async with (
        present(far),
        opened(far, TransportSettings(close_timeout_s=0.4)) as (transport, listener),
    ):
        transport.write(b"anything")  # serialx then asks the server to confirm before it closes
        await transport.drain()
        far.session.is_mute = True
        async with asyncio.timeout(PATIENCE_S):
            await transport.close()
        assert listener.losses == [None]


@pytest.fixture
def silent_host() -> Iterator[int]:
    """A port that takes no connection: its queue is full, so nobody is answered."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(server.getsockname())
            waiting.append(client)
        yield server.getsockname()[1]
        for client in waiting:
            client.close()


@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
async def test_a_host_that_does_not_answer_is_given_up(scheme: str, silent_host: int) -> None:
    transport = transport_for_url(
        f"{scheme}://127.0.0.1:{silent_host}", TransportSettings(connect_timeout_s=0.3)
    )
    with pytest.raises(LinkUnavailable) as error:
        await transport.open(Listener())
    assert error.value.detail in {
        "it could not be opened within 0.3 s",
        "no answer in time",
    }


@pytest.mark.parametrize("kind", [TcpFarEnd, TcpFarEndPyserial])
async def test_a_gateway_that_breaks_off_is_explained(
    kind: type[TcpFarEnd], tmp_path: Path
) -> None:
    far = kind(tmp_path)
    async with present(far), opened(far) as (_, listener):
        assert far._session is not None
        assert far._session.transport is not None
        sock = far._session.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        far._session.transport.abort()
        error = await listener.lost()
        assert error is not None
        assert error.detail == "the other side broke off the connection"


@pytest.mark.parametrize("kind", [TcpFarEnd, TcpFarEndPyserial])
async def test_a_refused_connection_is_explained(kind: type[TcpFarEnd], tmp_path: Path) -> None:
    with pytest.raises(LinkUnavailable, match="the other side refused the connection"):
        await kind(tmp_path).transport().open(Listener())


async def test_a_scheme_that_nobody_knows_is_explained() -> None:
    with pytest.raises(LinkUnavailable, match="nothing installed here can open tpc:// links"):
        await transport_for_url("tpc://gateway:5000").open(Listener())


async def test_a_proxy_without_its_package_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(serialx.common._REGISTERED_URI_HANDLERS, "esphome://", [])
    with pytest.raises(LinkUnavailable, match=r"install lutron-dpm\[esphome\]"):
        await transport_for_url("esphome://proxy/?port_name=qs").open(Listener())


@pytest.mark.skipif("esphome" not in FAR_ENDS, reason="needs the extra lutron-dpm[esphome]")
async def test_an_esphome_proxy_is_told_the_speed(tmp_path: Path) -> None:
    far = EsphomeFarEnd(tmp_path)
    async with present(far), opened(far):
        assert isinstance(far._session, EsphomeSession)
        assert far._session.baud == 31250


@pytest.mark.skipif("esphome" not in FAR_ENDS, reason="needs the extra lutron-dpm[esphome]")
async def test_an_esphome_proxy_without_that_port_is_explained(tmp_path: Path) -> None:
    far = EsphomeFarEnd(tmp_path)
    async with present(far):
        other = transport_for_url(far.url.replace("qs_link", "attic"))
        with pytest.raises(LinkUnavailable, match="attic"):
            await other.open(Listener())


class NotReadyYet(Exception):
    """As Home Assistant's ConfigEntryNotReady, while its ESPHome is not up."""


class HassLikeTransport(serialx.BaseSerialTransport):
    """As Home Assistant's own ``esphome-hass://``: registered by somebody else, with its errors."""

    paths: list[str | None] = []  # noqa: RUF012  # one test, one list
    limits: list[float] = []  # noqa: RUF012
    is_ready = False
    written: list[bytes] = []  # noqa: RUF012

    async def _connect(
        self, *, path: str | None, connect_timeout: float = 0.0, **kwargs: Any
    ) -> None:
        self.paths.append(path)
        self.limits.append(connect_timeout)
        if not self.is_ready:
            raise NotReadyYet
        self._call_protocol_connection_made()

    def write(self, data: Any) -> None:
        self.written.append(data)

    def close(self) -> None:
        self._closing = True
        self._call_protocol_connection_lost(None)

    def get_write_buffer_size(self) -> int:
        return 0

    async def _flush(self) -> None: ...

    async def _get_modem_pins(self) -> serialx.ModemPins:
        return serialx.ModemPins()

    async def _set_modem_pins(self, modem_pins: serialx.ModemPins) -> None: ...

    async def _reconfigure_port(self, update: Any) -> None: ...


async def test_a_scheme_of_home_assistants_passes_untouched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "esphome-hass://esphome/01JABC?port_name=QS%20link"
    monkeypatch.setattr(HassLikeTransport, "is_ready", False)
    forget = serialx.register_uri_handler(
        scheme="esphome-hass://",
        unique_scheme="esphome-hass://",
        sync_cls=serialx.get_serial_classes("socket://gateway:5000")[0],
        async_transport_cls=HassLikeTransport,
        connect_kwargs=frozenset({"connect_timeout"}),
    )
    try:
        patient = TransportSettings(connect_timeout_s=60.0)
        transport, listener = transport_for_url(url, patient, gate=SendGate.SEND), Listener()
        with pytest.raises(NotReadyYet):
            await transport.open(listener)
        monkeypatch.setattr(HassLikeTransport, "is_ready", True)
        await transport.open(listener)
        transport.write(b"a frame")
        await transport.drain()
        await transport.close()
    finally:
        forget()
    assert HassLikeTransport.paths == [url, url]
    # Without it a backend keeps to its own limit, however long ours is.
    assert HassLikeTransport.limits == [60.0, 60.0]
    assert HassLikeTransport.written == [b"a frame"]
    assert listener.losses == [None]


async def test_closing_while_a_port_that_is_not_there_is_opened_reports_nothing(
    tmp_path: Path,
) -> None:
    """Python 3.14 tells the application of a shielded failure whose waiter was cancelled."""
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    for rounds in range(60):
        transport = transport_for_url(str(tmp_path / "missing"))
        opening = asyncio.create_task(transport.open(Listener()))
        for _ in range(rounds % 12):
            await asyncio.sleep(0)
        await transport.close()
        with pytest.raises(LinkUnavailable):
            await opening
    assert not reported
