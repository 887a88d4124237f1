"""The words of --listen."""

from pathlib import Path

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.simulator.listen import ListenAddress, PtyAddress, TcpAddress, parse_listen


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("pty:/tmp/link", PtyAddress(Path("/tmp/link"))),
        ("pty:relative/link", PtyAddress(Path("relative/link"))),
        ("pty:C:odd:name", PtyAddress(Path("C:odd:name"))),
        ("tcp:127.0.0.1:4001", TcpAddress("127.0.0.1", 4001, is_rfc2217=False)),
        ("tcp:localhost:0", TcpAddress("localhost", 0, is_rfc2217=False)),
        ("tcp:[::1]:4001", TcpAddress("::1", 4001, is_rfc2217=False)),
        ("rfc2217:127.0.0.1:65535", TcpAddress("127.0.0.1", 65535, is_rfc2217=True)),
    ],
)
def test_each_kind_is_understood(text: str, address: ListenAddress) -> None:
    assert parse_listen(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "pty", "pty:", "pty:a\0b", "tcp", "tcp:", "tcp:4001", "tcp::4001", "tcp:host", "tcp:host:",
     "tcp:host:x", "tcp:host:-1", "tcp:host:65536", "tcp:host:²", "tcp:::1:4001", "udp:host:1",
     "/dev/ttyUSB0", "rfc2217://host:1"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedSetting) as refused:
        parse_listen(text)
    assert "pty:PATH" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("tcp:127.0.0.1:0", "socket://127.0.0.1:4711"),
        ("tcp:[::1]:0", "socket://[::1]:4711"),
        ("rfc2217:localhost:0", "rfc2217://localhost:4711"),
    ],
)
def test_the_url_is_what_a_program_opens(text: str, url: str) -> None:
    address = parse_listen(text)
    assert isinstance(address, TcpAddress)
    assert address.url(4711) == url
