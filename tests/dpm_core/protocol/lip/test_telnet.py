"""Telnet's own commands are taken out of what is heard, however it was cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol.lip.telnet import TelnetCommands

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize(
    ("octets", "left"),
    [
        (b"login: ", b"login: "),
        (b"a\xff\xf1b", b"ab"),
        (b"a\xff\xfb\x01b", b"ab"),
        (b"a\xff\xfc\x01b", b"ab"),
        (b"a\xff\xfd\xffb", b"ab"),
        (b"a\xff\xfe\x03b", b"ab"),
        (b"a\xff\xfa\x18\x00xterm\xff\xf0b", b"ab"),
        (b"a\xff\xfa\x18\xff\xff\xf0\xff\xf0b", b"ab"),
        (b"a\xff\xffb", b"a\xffb"),
        (b"\xff\xfd\x18\xff\xfd\x20login: ", b"login: "),
        (b"a\xff", b"a"),
        (b"a\xff\xfa never ended", b"a"),
    ],
)
def test_commands_are_taken_out(octets: bytes, left: bytes) -> None:
    assert TelnetCommands().strip(octets) == left
    one_by_one = TelnetCommands()
    assert b"".join(one_by_one.strip(bytes([octet])) for octet in octets) == left


def test_it_knows_whether_a_command_has_begun() -> None:
    telnet = TelnetCommands()
    assert telnet.is_between
    telnet.strip(b"a\xff")
    assert not telnet.is_between
    telnet.strip(b"\xf1")
    assert telnet.is_between


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_any_cutting_leaves_the_same(chunks: list[bytes]) -> None:
    cut, whole = TelnetCommands(), TelnetCommands()
    assert b"".join(cut.strip(chunk) for chunk in chunks) == whole.strip(b"".join(chunks))
    assert cut.is_between is whole.is_between


@given(st.binary(max_size=60))
def test_what_follows_the_end_of_a_command_is_found(octets: bytes) -> None:
    telnet = TelnetCommands()
    telnet.strip(octets)
    # However it was left: the end of a subnegotiation and a command end what was begun.
    telnet.strip(b"\xff\xf0\xff\xf0")
    assert telnet.strip(b"login: ") == b"login: "
