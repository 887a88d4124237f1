"""Where everything on the link stands in its picture: the cable as a tree, in rows.

The longest way on from each place goes on to the right; what branches off begins a row of its
own below. A row that is full goes on in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from dpm_core.plan.site import PROCESSOR_ID, CableRun, Plan

COLUMNS: Final = 6
"""Places in one row. Decided here: what a page shows without turning."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place stands: its row and its column, from 0."""

    place: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Join:
    """A run of cable between two spots; `run` is None where the plan has no cable."""

    start: Spot
    end: Spot
    run: CableRun | None


@dataclass(slots=True)
class Layout:
    """The spots and joins of a link's picture, and the runs that would close a ring."""

    spots: list[Spot] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    rings: list[CableRun] = field(default_factory=list)
    rows: int = 0


def lay_out(plan: Plan) -> Layout:
    """Return where everything on a plan's link stands, the processor first."""
    devices = [device.id for device in (*plan.wallstations, *plan.others)]
    places = [PROCESSOR_ID, *(module.id for module in plan.modules), *devices, *plan.taps]
    layout = Layout()
    if not plan.cables:
        _Rows(layout, _chain(places)).begin(PROCESSOR_ID)
        return layout
    ways: dict[str, list[_Way]] = {place: [] for place in places}
    root_of = {place: place for place in places}
    for run in plan.cables:
        start, end = _root(root_of, run.start), _root(root_of, run.end)
        if start == end:
            layout.rings.append(run)
            continue
        root_of[start] = end
        ways[run.start].append((run.end, run))
        ways[run.end].append((run.start, run))
    rows = _Rows(layout, ways)
    for place in places:
        if place not in rows.placed:
            rows.begin(place)
    return layout


_Way = tuple[str, CableRun | None]


def _chain(places: list[str]) -> dict[str, list[_Way]]:
    following: Iterable[str | None] = (*places[1:], None)
    return {
        place: [] if next_place is None else [(next_place, None)]
        for place, next_place in zip(places, following, strict=True)
    }


def _root(root_of: dict[str, str], place: str) -> str:
    while root_of[place] != place:
        place = root_of[place]
    return place


class _Rows:
    """Fills rows with places, without calling itself: a chain may be a hundred long."""

    def __init__(self, layout: Layout, ways: dict[str, list[_Way]]) -> None:
        self._layout = layout
        self._ways = ways
        self.placed: set[str] = set()

    def begin(self, place: str) -> None:
        """Put a place at the beginning of a new row, and everything that hangs on it after it."""
        depth = self._depths(place)
        # What is still to be placed, the last one first: where from, how, and what.
        waiting: list[tuple[Spot | None, CableRun | None, str]] = [(None, None, place)]
        while waiting:
            before, run, here = waiting.pop()
            column = 0 if before is None else (before.column + 1) % COLUMNS
            row = self._layout.rows
            self._layout.rows += 1
            self._fill(before, run, here, row, column, depth, waiting)

    def _fill(
        self,
        before: Spot | None,
        run: CableRun | None,
        here: str,
        row: int,
        column: int,
        depth: dict[str, int],
        waiting: list[tuple[Spot | None, CableRun | None, str]],
    ) -> None:
        """Fill one row from a column on; what does not fit there is put among the waiting."""
        branches: list[tuple[Spot | None, CableRun | None, str]] = []
        while True:
            spot = Spot(here, row, column)
            self.placed.add(here)
            self._layout.spots.append(spot)
            if before is not None:
                self._layout.joins.append(Join(before, spot, run))
            ways = [way for way in self._ways[here] if way[0] not in self.placed]
            ways.sort(key=lambda way: -depth[way[0]])
            branches += [(spot, one_run, place) for place, one_run in ways[1:]]
            if not ways:
                waiting += branches
                return
            if column == COLUMNS - 1:
                # The way on comes after the branches of this row, so it waits below them.
                waiting.append((spot, ways[0][1], ways[0][0]))
                waiting += branches
                return
            before, (here, run), column = spot, ways[0], column + 1

    def _depths(self, place: str) -> dict[str, int]:
        """Return how long the longest way on is from each place, seen from the first one."""
        order, seen = [(place, "")], {place}
        for here, _before in order:
            for other, _run in self._ways[here]:
                if other not in seen:
                    seen.add(other)
                    order.append((other, here))
        depth = dict.fromkeys(seen, 0)
        for here, before in reversed(order):
            if before:
                depth[before] = max(depth[before], depth[here] + 1)
        return depth
