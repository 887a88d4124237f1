"""What a program sends over Telnet: lines, whatever dress they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.simulator.processor.telnet_input import TelnetInput

pytestmark = pytest.mark.requirement("G3")


def lines(octets: bytes, line_max: int = 40) -> list[str | None]:
    return list(TelnetInput(line_max).lines(octets))


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"?OUTPUT,101\r\n", ["?OUTPUT,101"]),
        (b"one\ntwo\rthree\r\0four\r\n", ["one", "two", "three", "four"]),
        (b"\r\n\r\n", ["", ""]),
        (b"half", []),
        (b"\xff\xfd\x03one\r\n", ["one"]),
        (b"o\xff\xfa\x18\x00xterm\xff\xf0ne\r\n", ["one"]),
        (b"o\xff\xfa\x18\xff\xffx\xff\xf0ne\r\n", ["one"]),
        (b"\xff\xf1one\r\n", ["one"]),
        (b"a\xff\xffb\r\n", ["a\ufffdb"]),
        (b"o\0ne\r\n", ["one"]),
        (41 * b"x" + b"\r\nshort\r\n", [None, "short"]),
        (40 * b"x" + b"\r\n", [40 * "x"]),
    ],
)
def test_lines(octets: bytes, expected: list[str | None]) -> None:
    assert lines(octets) == expected


@given(
    octets=st.lists(
        st.sampled_from([b"ab", b"\r\n", b"\n", b"\r", b"\0", b"\xff\xfb\x01", b"\xff\xff"])
        | st.binary(max_size=4)
    ).map(b"".join),
    cut=st.integers(0, 60),
)
def test_the_same_lines_however_the_octets_are_cut(octets: bytes, cut: int) -> None:
    cutting = TelnetInput(40)
    assert [*cutting.lines(octets[:cut]), *cutting.lines(octets[cut:])] == lines(octets)
