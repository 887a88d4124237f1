"""Everything on the link has a spot of its own, and every run of cable joins two of them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from dpm_core.plan import Plan
from dpm_core.plan.drawing.routes import COLUMNS, Layout, lay_out
from tests.dpm_core.plan.planning import plan


def wired(count: int, runs: list[tuple[str, str]]) -> Plan:
    modules = ", ".join(f"m{number}: {{}}" for number in range(count))
    cables = ", ".join(f"{{from: {start}, to: {end}, metres: 1}}" for start, end in runs)
    return plan(f"link: {{cables: [{cables}]}}\n", f"modules: {{{modules}}}\n")


def places(layout: Layout) -> dict[str, tuple[int, int]]:
    return {spot.place: (spot.row, spot.column) for spot in layout.spots}


def chain(count: int) -> list[tuple[str, str]]:
    names = ["processor", *(f"m{number}" for number in range(count))]
    return list(itertools.pairwise(names))


def test_a_chain_goes_on_in_the_next_row() -> None:
    found = places(lay_out(wired(8, chain(8))))
    assert found["processor"] == (0, 0)
    assert found["m4"] == (0, COLUMNS - 1)
    assert found["m5"] == (1, 0)
    assert found["m7"] == (1, 2)


def test_the_longest_way_goes_on_to_the_right_and_the_other_below() -> None:
    runs = [("processor", "m0"), ("m0", "m1"), ("m0", "m2"), ("m2", "m3")]
    found = places(lay_out(wired(4, runs)))
    assert (found["m2"], found["m3"]) == ((0, 2), (0, 3))
    assert found["m1"] == (1, 2)


def test_what_branches_off_a_full_row_comes_before_its_next_row() -> None:
    runs = [*chain(7), ("m1", "m7")]
    found = places(lay_out(wired(8, runs)))
    assert found["m7"][0] == 1
    assert found["m5"] == (2, 0)


def test_the_direction_in_which_a_run_was_written_does_not_matter() -> None:
    forward = places(lay_out(wired(3, chain(3))))
    backward = places(lay_out(wired(3, [(end, start) for start, end in chain(3)])))
    assert forward == backward


def test_without_any_cable_everything_stands_in_a_chain_of_no_length() -> None:
    layout = lay_out(wired(3, []))
    assert [join.run for join in layout.joins] == [None] * 3
    assert places(layout)["m2"] == (0, 3)


def test_a_run_that_closes_a_ring_is_kept_apart() -> None:
    layout = lay_out(wired(2, [*chain(2), ("m1", "processor")]))
    assert [(run.start, run.end) for run in layout.rings] == [("m1", "processor")]
    assert len(layout.joins) == 2


def test_what_no_cable_reaches_has_a_row_of_its_own() -> None:
    layout = lay_out(wired(3, [("processor", "m0"), ("m1", "m2")]))
    assert places(layout)["m1"] == (1, 0)
    assert layout.rows == 2


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_any_tree_is_laid_out_whole(choices: list[int]) -> None:
    names = ["processor", *(f"m{number}" for number in range(len(choices)))]
    runs = [
        (names[choice % (number + 1)], names[number + 1]) for number, choice in enumerate(choices)
    ]
    layout = lay_out(wired(len(choices), runs))
    assert sorted(spot.place for spot in layout.spots) == sorted(names)
    assert len({(spot.row, spot.column) for spot in layout.spots}) == len(names)
    assert {frozenset((join.start.place, join.end.place)) for join in layout.joins} == {
        frozenset(run) for run in runs
    }
    for join in layout.joins:
        if join.start.row == join.end.row:
            assert join.end.column == join.start.column + 1
        else:
            assert join.end.row > join.start.row
    assert all(0 <= spot.column < COLUMNS and spot.row < layout.rows for spot in layout.spots)
