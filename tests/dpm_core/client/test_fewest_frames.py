"""The groups to name so that zones are switched with the fewest frames."""

from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.client.fewest_frames import TRIES_MAX, _Cover, fewest_frames

ZONES = st.frozensets(st.integers(0, 11), max_size=12)
GROUPS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=1), st.frozensets(st.integers(0, 11), max_size=7)
)


def frames(wanted: frozenset[int], groups: Mapping[str, frozenset[int]], chosen: list[str]) -> int:
    covered = frozenset[int]().union(*(groups[name] for name in chosen))
    assert covered <= wanted, "a zone is switched that nobody named"
    return len(chosen) + len(wanted - covered)


@given(ZONES, GROUPS)
def test_there_is_no_better_choice(
    wanted: frozenset[int], groups: dict[str, frozenset[int]]
) -> None:
    least = frames(wanted, groups, fewest_frames(wanted, groups))
    allowed = [name for name, members in groups.items() if members <= wanted]
    assert least == min(
        frames(wanted, groups, list(some))
        for count in range(len(allowed) + 1)
        for some in combinations(allowed, count)
    )
    assert least <= len(wanted)


@pytest.mark.parametrize(
    ("wanted", "groups", "chosen"),
    [
        ("", {}, []),
        ("ab", {}, []),
        ("ab", {1: "ab"}, [1]),
        ("a", {1: "a"}, []),
        ("ab", {1: "abc"}, []),
        ("ab", {1: ""}, []),
        ("abcd", {1: "ab", 2: "abcd", 3: "cd"}, [2]),
        ("abcd", {1: "ab", 2: "ab"}, [1]),
        # The largest first would need three frames; these two are enough.
        ("abcdef", {1: "bcde", 2: "abc", 3: "def"}, [2, 3]),
        ("abcde", {1: "abc", 2: "cde"}, [1, 2]),
        ("abc", {1: "ab"}, [1]),
    ],
)
def test_the_choice(wanted: str, groups: dict[int, str], chosen: list[int]) -> None:
    assert fewest_frames(wanted, groups) == chosen


def test_where_the_best_would_take_too_long_a_good_one_is_taken() -> None:
    """Every pair out of 40 zones, and no end of ways to choose among them."""
    wanted = range(40)
    groups = {pair: pair for pair in combinations(wanted, 2)}
    cover = _Cover([1 << one | 1 << other for one, other in groups])
    assert cover._tries <= TRIES_MAX
    assert len(fewest_frames(wanted, groups)) == 20


def test_a_full_link_takes_a_moment() -> None:
    zones = [(serial, zone) for serial in range(99) for zone in range(4)]
    groups = {
        (serial, number): [z for z in zones if (z[0] * 7 + z[1] + number) % 16 == serial % 16]
        for serial in range(99)
        for number in range(16)
    }
    assert len(fewest_frames(zones, groups)) == 16
