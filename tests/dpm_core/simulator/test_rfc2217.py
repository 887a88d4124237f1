"""Telnet with the serial port options of RFC 2217, octet by octet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.simulator.rfc2217 import SUBNEGOTIATION_MAX, Rfc2217Session, escape

IAC, DONT, DO, WONT, WILL, SB, SE = 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF0


def sub(*octets: int) -> bytes:
    return bytes((IAC, SB, 44, *octets, IAC, SE))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (bytes((IAC, DO, 44)), bytes((IAC, WILL, 44))),
        (bytes((IAC, WILL, 44)), bytes((IAC, DO, 44))),
        (bytes((IAC, DO, 0, IAC, WILL, 0)), bytes((IAC, WILL, 0, IAC, DO, 0))),
        (bytes((IAC, DO, 3)), bytes((IAC, WILL, 3))),
        # What is not supported is declined; the echo of a terminal is none of a serial port's.
        (bytes((IAC, DO, 1)), bytes((IAC, WONT, 1))),
        (bytes((IAC, WILL, 24)), bytes((IAC, DONT, 24))),
        # A refusal of what was never agreed needs no answer.
        (bytes((IAC, DONT, 44)), b""),
        (bytes((IAC, WONT, 0)), b""),
        # Commands without an option: NOP, AYT.
        (bytes((IAC, 241, IAC, 246)), b""),
    ],
)
def test_options_are_agreed_or_declined(asked: bytes, answered: bytes) -> None:
    assert Rfc2217Session(31250).receive(asked) == (b"", answered)


def test_what_is_agreed_is_not_agreed_again_or_it_would_never_end() -> None:
    session = Rfc2217Session(31250)
    assert session.receive(bytes((IAC, DO, 44)))[1]
    assert not session.receive(bytes((IAC, DO, 44)))[1]
    assert session.receive(bytes((IAC, DONT, 44)))[1] == bytes((IAC, WONT, 44))
    assert session.receive(bytes((IAC, DO, 44)))[1] == bytes((IAC, WILL, 44))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (sub(1, 0x00, 0x01, 0xC2, 0x00), sub(101, 0x00, 0x01, 0xC2, 0x00)),
        (sub(1, 0, 0, 0, 0), sub(101, 0, 0, 0x7A, 0x12)),
        (sub(2, 7), sub(102, 7)),
        (sub(2, 0), sub(102, 8)),
        (sub(3, 0), sub(103, 1)),
        (sub(4, 0), sub(104, 1)),
        (sub(5, 0), sub(105, 1)),
        (sub(5, 1), sub(105, 1)),
        (sub(5, 7), sub(105, 8)),
        (sub(5, 9), sub(105, 9)),
        (sub(5, 10), sub(105, 11)),
        (sub(10, 0xFF, 0xFF), sub(110, 0xFF, 0xFF)),
        (sub(11, 0), sub(111, 0)),
        (sub(12, 1), sub(112, 1)),
        (sub(0), sub(100, *b"lutron-dpm simulated link")),
        # Its own signature, flow control, answers, other options and nothing: no answer.
        (sub(0, *b"client"), b""),
        (sub(8), b""),
        (sub(9), b""),
        (sub(107, 0), b""),
        (bytes((IAC, SB, 24, 1, IAC, SE)), b""),
        (bytes((IAC, SB, IAC, SE)), b""),
        (bytes((IAC, SB, 44, IAC, SE)), b""),
    ],
)
def test_settings_are_acknowledged_and_questions_answered(asked: bytes, answered: bytes) -> None:
    assert Rfc2217Session(31250).receive(asked) == (b"", answered)


def test_a_baud_rate_with_ff_in_it_survives_the_escaping() -> None:
    asked = bytes((IAC, SB, 44, 1, 0x00, 0x00, IAC, IAC, 0x00, IAC, SE))
    assert Rfc2217Session(31250).receive(asked)[1] == asked.replace(b"\x2c\x01", b"\x2c\x65")


def test_octets_between_are_for_the_line_and_ff_is_doubled() -> None:
    octets = bytes(range(256)) * 2
    assert Rfc2217Session(31250).receive(escape(octets)) == (octets, b"")
    assert escape(b"\xff\xfa") == b"\xff\xff\xfa"


def test_a_subnegotiation_that_never_ends_takes_no_more_memory() -> None:
    session = Rfc2217Session(31250)
    session.receive(bytes((IAC, SB, 44)) + b"\x01" * 10_000 + b"\xff\xff" * 1000)
    assert len(session._sub) == SUBNEGOTIATION_MAX
    assert session.receive(bytes((IAC, SE)) + b"on") == (b"on", sub(101, 1, 1, 1, 1))


def test_a_broken_subnegotiation_goes_on() -> None:
    session = Rfc2217Session(31250)
    assert session.receive(bytes((IAC, SB, 44, 2, IAC, 0x07, 8, IAC, SE)) + b"x") == (
        b"x",
        sub(102, 8),
    )


@given(st.binary(max_size=200), st.lists(st.integers(1, 20)))
def test_any_octets_cut_anywhere_give_the_same_and_never_raise(
    octets: bytes, cuts: list[int]
) -> None:
    whole = Rfc2217Session(31250).receive(octets)
    session = Rfc2217Session(31250)
    data, answers, start = b"", b"", 0
    for cut in [*cuts, len(octets)]:
        more, answer = session.receive(octets[start : start + cut])
        data, answers, start = data + more, answers + answer, start + cut
    assert (data, answers) == whole
