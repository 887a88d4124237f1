"""A URL picks the transport."""

import pytest

import dpm_core.transport
from dpm_core.errors import UnsupportedSetting
from dpm_core.transport import SendGate, TransportSettings, transport_for_url
from dpm_core.transport.pyserial_asyncio import PyserialAsyncioTransport
from dpm_core.transport.serial import SerialxTransport

pytestmark = pytest.mark.requirement("E3")


@pytest.mark.parametrize(
    "url",
    [
        "/dev/serial/by-id/usb-FTDI_USB-RS485_Cable-if00-port0",
        "socket://gateway:5000",
        "tcp://gateway:5000",
        "rfc2217://gateway:2217",
        "esphome://proxy/?port_name=qs",
        "esphome-hass://esphome/01JABC?port_name=qs",
    ],
)
def test_serialx_is_there_for_every_url(url: str) -> None:
    transport = transport_for_url(url)
    assert isinstance(transport, SerialxTransport)
    assert transport.url == url
    assert transport.settings == TransportSettings()
    assert transport.gate is SendGate.LISTEN
    assert not transport.is_open


@pytest.mark.parametrize("url", ["/dev/ttyUSB0", "socket://gateway:5000"])
def test_the_other_backend_is_chosen_by_name(url: str) -> None:
    settings = TransportSettings(baud=62500)
    transport = transport_for_url(url, settings, backend="pyserial-asyncio", gate=SendGate.SEND)
    assert isinstance(transport, PyserialAsyncioTransport)
    assert transport.settings == settings
    assert transport.gate is SendGate.SEND


def test_an_unknown_backend_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedSetting) as error:
        transport_for_url("/dev/ttyUSB0", backend="pyserial")  # type: ignore[arg-type]  # the point
    assert error.value.name == "backend"


def test_a_memory_link_has_no_url_to_open() -> None:
    with pytest.raises(UnsupportedSetting, match="memory_pair"):
        transport_for_url("memory://")


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(UnsupportedSetting):
        transport_for_url("socket://nowhere")


def test_the_public_list_is_true() -> None:
    for name in dpm_core.transport.__all__:
        assert hasattr(dpm_core.transport, name)
    assert sorted(dpm_core.transport.__all__) == list(dpm_core.transport.__all__)
