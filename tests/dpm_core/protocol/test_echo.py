"""Our own voice: taken out when it is complete, given back when it was somebody else's."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol.echo import EchoFilter

OURS = bytes.fromhex("555555fffade0b05002355f0")
THEIRS = bytes.fromhex("555555fffade0b06002dcef0")


def heard(echo: EchoFilter, *pieces: bytes) -> bytes:
    return b"".join(echo.heard(piece) for piece in pieces)


def test_what_nobody_sent_is_heard() -> None:
    assert EchoFilter().heard(THEIRS) == THEIRS


def test_an_echo_is_taken_out_and_what_follows_it_is_heard() -> None:
    echo = EchoFilter()
    echo.sent(OURS)
    assert echo.heard(OURS + THEIRS) == THEIRS
    assert echo.mismatches == 0


@given(st.lists(st.integers(0, len(OURS + THEIRS)), max_size=6))
def test_an_echo_is_taken_out_however_it_is_cut(cuts: list[int]) -> None:
    echo = EchoFilter()
    echo.sent(OURS)
    ends = [0, *sorted(cuts), len(OURS + THEIRS)]
    pieces = [(OURS + THEIRS)[a:b] for a, b in pairwise(ends)]
    assert heard(echo, *pieces) == THEIRS


@pytest.mark.parametrize("cut", range(len(THEIRS) + 1))
def test_an_answer_without_echo_is_whole_although_it_begins_like_one(cut: int) -> None:
    echo = EchoFilter()
    echo.sent(OURS)
    assert heard(echo, THEIRS[:cut], THEIRS[cut:]) == THEIRS
    assert echo.mismatches == 1


def test_a_broken_echo_is_noise_and_counts() -> None:
    echo = EchoFilter()
    echo.sent(OURS)
    broken = OURS[:8] + b"\x10" + OURS[9:]
    assert echo.heard(broken) == broken
    assert echo.mismatches == 1


def test_an_echo_that_never_came_is_not_awaited_beyond_the_next_sending() -> None:
    echo = EchoFilter()
    echo.sent(OURS)
    assert echo.heard(OURS[:4]) == b""
    echo.sent(THEIRS)
    assert echo.heard(THEIRS) == b""
