"""The optional second backend: what it refuses, and how it says so."""

import asyncio
import importlib
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from dpm_core.errors import LinkUnavailable, UnsupportedSetting
from dpm_core.transport import TransportSettings, transport_for_url
from dpm_core.transport.pyserial_asyncio import PyserialAsyncioTransport
from tests.dpm_core.transport.far_ends import (
    Listener,
    PtyFarEndPyserial,
    TcpFarEndPyserial,
    opened,
    present,
)

pytestmark = pytest.mark.requirement("E3")


@pytest.mark.parametrize(
    "url",
    [
        "tcp://gateway:5000",
        "rfc2217://gateway:2217",
        "esphome://proxy/?port_name=qs",
        "esphome-hass://esphome/01JABC",
        "loop://",
        "linux:///dev/ttyUSB0",
    ],
)
def test_other_schemes_are_refused_by_name(url: str) -> None:
    with pytest.raises(UnsupportedSetting) as error:
        transport_for_url(url, backend="pyserial-asyncio")
    assert error.value.name == "url"
    assert error.value.value == url
    assert "serialx opens the others" in error.value.allowed


@pytest.mark.parametrize("name", ["dtr_on_open", "rts_on_open"])
def test_a_modem_line_cannot_be_left_alone(name: str) -> None:
    values: dict[str, Any] = {name: "leave"}
    with pytest.raises(UnsupportedSetting) as error:
        PyserialAsyncioTransport("/dev/ttyUSB0", TransportSettings(**values))
    assert error.value.name == name


async def test_a_modem_line_can_be_low(tmp_path: Path) -> None:
    far = PtyFarEndPyserial(tmp_path)
    low = TransportSettings(dtr_on_open="low", rts_on_open="low")
    async with present(far), opened(far, low) as (_, listener):
        await far.send(b"x")
        await listener.heard(b"x")


@pytest.mark.parametrize("missing", ["serial", "serial_asyncio"])
def test_a_missing_package_names_its_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    really = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name == missing:
            raise ImportError(name)
        return really(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(UnsupportedSetting, match=r"lutron-dpm\[pyserial-asyncio\]") as error:
        transport_for_url("/dev/ttyUSB0", backend="pyserial-asyncio")
    assert error.value.name == "backend"


def test_the_package_is_imported_only_when_it_is_chosen() -> None:
    """Home Assistant warns of whoever imports it."""
    import subprocess
    import sys

    program = (
        "import sys; from dpm_core.transport import transport_for_url; "
        "transport_for_url('/dev/ttyUSB0'); print('serial_asyncio' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"


async def test_short_frames_are_sent_at_once(tmp_path: Path) -> None:
    far = TcpFarEndPyserial(tmp_path)
    async with present(far), opened(far) as (transport, _):
        assert isinstance(transport, PyserialAsyncioTransport)
        assert transport._connection is not None
        backend: Any = transport._connection._backend
        with socket.socket(fileno=backend.serial.fileno()) as same:
            assert same.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            same.detach()


async def test_closing_a_socket_does_not_sleep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: float) -> None:
        raise AssertionError("the event loop was put to sleep")

    far = TcpFarEndPyserial(tmp_path)
    async with present(far), opened(far) as (transport, listener):
        monkeypatch.setattr("time.sleep", never)
        await transport.close()
        assert listener.losses == [None]


async def test_a_port_that_opens_after_it_was_cancelled_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = PtyFarEndPyserial(tmp_path)
    may_open, closed = threading.Event(), threading.Event()
    really = PyserialAsyncioTransport._open_port

    def slowly(self: PyserialAsyncioTransport) -> Any:
        may_open.wait()
        port = really(self)
        close = port.close

        def noticed() -> None:
            close()
            closed.set()

        port.close = noticed
        return port

    async with present(far):
        monkeypatch.setattr(PyserialAsyncioTransport, "_open_port", slowly)
        opening = asyncio.create_task(far.transport().open(Listener()))
        await asyncio.sleep(0.05)
        opening.cancel()
        await asyncio.sleep(0.05)
        may_open.set()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert closed.is_set()
        monkeypatch.undo()
        async with opened(far):
            pass


async def test_a_port_that_vanishes_while_it_is_set_up_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import termios

    far = PtyFarEndPyserial(tmp_path)
    transport = far.transport()
    assert isinstance(transport, PyserialAsyncioTransport)

    ports: list[Any] = []

    async def vanished(_loop: object, _factory: object, port: Any) -> None:
        ports.append(port)
        raise termios.error(5, "Input/output error")

    async with present(far):
        monkeypatch.setattr(transport._serial_asyncio, "connection_for_serial", vanished)
        with pytest.raises(LinkUnavailable, match="the port does not answer"):
            await transport.open(Listener())
        assert [port.is_open for port in ports] == [False]
        monkeypatch.undo()
        async with opened(far):
            pass


def test_a_system_without_termios_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    really = importlib.import_module

    def as_on_windows(name: str, package: str | None = None) -> Any:
        if name == "termios":
            raise ImportError(name)
        return really(name, package)

    monkeypatch.setattr(importlib, "import_module", as_on_windows)
    transport = PyserialAsyncioTransport("/dev/ttyUSB0")
    assert transport._failures == (OSError, TimeoutError, ValueError)
