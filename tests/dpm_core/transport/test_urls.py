"""Which URL means which link, and what of it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.transport.urls import checked_url, normalise_url, redacted_url, scheme_of

pytestmark = pytest.mark.requirement("E3")


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("/dev/serial/by-id/usb-FTDI_USB-RS485_Cable-if00-port0", ""),
        ("COM3", ""),
        ("socket://gateway:5000", "socket"),
        ("  RFC2217://gateway:5000", "rfc2217"),
        ("esphome-hass://esphome/01JABC?port_name=qs", "esphome-hass"),
    ],
)
def test_the_scheme_says_who_opens_it(url: str, scheme: str) -> None:
    assert scheme_of(url) == scheme


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
        ("/dev/odd@name", "/dev/odd@name"),
        ("socket://gateway:5000", "socket://gateway:5000"),
        ("socket://user:secret@gateway:5000", "socket://gateway:5000"),
        ("rfc2217://secret@[::1]:5000", "rfc2217://[::1]:5000"),
        (
            "esphome://proxy:6053/?port_name=qs&key=c2VjcmV0",
            "esphome://proxy:6053/?port_name=qs&key=REDACTED",
        ),
        ("esphome://proxy/?noise_psk=secret", "esphome://proxy/?noise_psk=REDACTED"),
        ("esphome://proxy/?PassWord=secret", "esphome://proxy/?PassWord=REDACTED"),
        ("esphome://proxy/?%6bey=secret", "esphome://proxy/?%6bey=REDACTED"),
        ("esphome://proxy/?key", "esphome://proxy/?key"),
        ("socket://us/er:secret@[gateway", "socket://[gateway"),
        ("linux:///dev/odd@name", "linux:///dev/odd@name"),
    ],
)
def test_credentials_are_never_shown(url: str, shown: str) -> None:
    assert redacted_url(url) == shown
    assert "secret" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "/dev/ttyUSB0",
        "relative/port",
        "COM3",
        "socket://gateway:5000",
        "tcp://192.0.2.1:5000",
        "rfc2217://[2001:db8::1]:2217",
        "esphome://proxy/?port_name=qs",
        "esphome-hass://esphome/01JABC?port_name=qs",
        "linux:///dev/ttyUSB0",
        "whatever://comes/next",
    ],
)
def test_a_url_is_kept_as_given(url: str) -> None:
    assert checked_url(url) == url
    assert checked_url(f"  {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "/dev/tty\0USB0",
        "socket://gateway\n:5000",
        "socket://gateway",
        "socket://:5000",
        "socket://gateway:port",
        "socket://gateway:70000",
        "socket://gateway:0",
        "tcp://gateway",
        "rfc2217://gateway",
        "socket://[::1",
        "esphome://",
        "esphome:///?port_name=qs",
    ],
)
def test_what_cannot_be_a_link_is_refused_by_name(url: str) -> None:
    with pytest.raises(UnsupportedSetting) as error:
        checked_url(url)
    assert error.value.name == "url"
    with pytest.raises(UnsupportedSetting):
        normalise_url(url)


def test_a_refusal_does_not_tell_the_password() -> None:
    with pytest.raises(UnsupportedSetting) as error:
        checked_url("socket://user:secret@gateway")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "normalised"),
    [
        (" /dev/serial/by-id/A ", "/dev/serial/by-id/A"),
        ("tcp://Gateway.LAN:5000", "socket://gateway.lan:5000"),
        ("SOCKET://gateway.lan:5000/", "socket://gateway.lan:5000"),
        ("socket://me:secret@gateway.lan:5000", "socket://gateway.lan:5000"),
        ("rfc2217://GATEWAY:2217", "rfc2217://gateway:2217"),
        ("esphome://Proxy/?port_name=QS", "esphome://proxy?port_name=QS"),
        (
            "esphome-hass://esphome/01JABC?port_name=QS",
            "esphome-hass://esphome/01JABC?port_name=QS",
        ),
        ("linux:///dev/ttyUSB0", "linux:///dev/ttyUSB0"),
    ],
)
def test_two_spellings_of_one_link_compare_equal(url: str, normalised: str) -> None:
    assert normalise_url(url) == normalised
    assert normalise_url(normalised) == normalised


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_is_refused(text: str) -> None:
    redacted_url(text)
    try:
        normalised = normalise_url(text)
    except UnsupportedSetting:
        return
    assert normalise_url(normalised) == normalised
