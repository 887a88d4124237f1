"""A processor's URL says where it is and who logs in, and never with which password."""

import pytest

from dpm_core.client.lip.urls import (
    ProcessorUrl,
    is_processor_url,
    parse_processor_url,
    transport_for_processor,
)
from dpm_core.errors import UnsupportedSetting
from dpm_core.transport import SendGate

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize(
    ("url", "user", "shown", "opened"),
    [
        ("lip://lutron@192.168.1.10", "lutron", "lip://192.168.1.10", "socket://192.168.1.10:23"),
        ("LIP://panel.example:8023", "", "lip://panel.example:8023", "socket://panel.example:8023"),
        ("lip://a%40b@[::1]:23/", "a@b", "lip://[::1]", "socket://[::1]:23"),
        ("lip+serial:///dev/ttyUSB0", "", "lip+serial:///dev/ttyUSB0", "/dev/ttyUSB0"),
        ("lip+serial://me@/dev/ttyS0", "me", "lip+serial:///dev/ttyS0", "/dev/ttyS0"),
    ],
)
def test_a_url_says_where_and_who(url: str, user: str, shown: str, opened: str) -> None:
    place = parse_processor_url(url)
    assert is_processor_url(url)
    assert place.user == user
    assert str(place) == shown
    assert place.link_url == opened
    assert parse_processor_url(shown) == ProcessorUrl("", place.host, place.port, place.device)


@pytest.mark.parametrize(
    "url",
    [
        "lip://",
        "lip://host:0x",
        "lip://host/path",
        "lip://me@/",
        "lip+serial://",
        "lip+serial://me@",
        "socket://host:23",
        "lip://ho\x07st",
    ],
)
def test_what_leads_to_no_processor_is_refused(url: str) -> None:
    with pytest.raises(UnsupportedSetting, match="lip://USER@HOST"):
        parse_processor_url(url)


@pytest.mark.parametrize("url", ["lip://me:hidden@host", "lip+serial://me:hidden@/dev/x"])
def test_a_password_in_a_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(UnsupportedSetting, match="it would be seen") as caught:
        parse_processor_url(url)
    assert "hidden" not in f"{caught.value} {vars(caught.value)}"


def test_a_link_is_no_processor() -> None:
    assert not is_processor_url("socket://host:23")
    assert not is_processor_url("/dev/lip")


def test_its_transport_may_send_from_the_start() -> None:
    transport = transport_for_processor(parse_processor_url("lip://lutron@localhost"))
    assert transport.gate is SendGate.SEND
    assert "lutron" not in transport.url
