"""The link: everything on it, the cable between with its lengths, and the terminals."""

from __future__ import annotations

from typing import Final

from dpm_core.model import LINK_DEVICES, LINK_TERMINALS, LINK_ZONES
from dpm_core.plan.checks import cable_words
from dpm_core.plan.drawing.routes import COLUMNS, Join, Layout, Spot, lay_out
from dpm_core.plan.drawing.svg import Picture
from dpm_core.plan.findings import counted
from dpm_core.plan.site import METRES_PER_FOOT, PROCESSOR_ID, CableRun, Plan

_LEFT: Final = 26.0
_TOP: Final = 62.0
_STEP_X: Final = 62.0
_STEP_Y: Final = 44.0
_NODE_WIDTH: Final = 40.0
_NODE_HEIGHT: Final = 26.0
_WIRE_AT: Final = 13.0
"""Where the cable meets a node, below its upper edge."""

_TURNS: Final = 5
"""Joins that are told apart where they run side by side; more than these share their ways."""


def draw_link(plan: Plan) -> Picture:
    """Return the picture of a plan's link."""
    layout = lay_out(plan)
    columns = max(spot.column for spot in layout.spots) + 1
    width = max(_LEFT * 2 + _STEP_X * (columns - 1) + _NODE_WIDTH, _LEFT * 2 + 4 * _STEP_X)
    height = _TOP + _STEP_Y * layout.rows + 14 + 5 * len(layout.rings)
    picture = Picture(width, height, f"QS link of {plan.name or plan.file}")
    picture.rect(0, 0, width, height, "paper")
    picture.rect(5, 5, width - 10, height - 10, "card", 4)
    _head(picture, plan)
    turns = _turns(layout)
    for join in layout.joins:
        _wire(picture, plan, join, turns.get(join, 0) % _TURNS)
    joined = {join.end for join in layout.joins}
    for spot in layout.spots:
        _node(picture, plan, spot)
        if spot not in joined and spot.place != PROCESSOR_ID:
            left, top = _corner(spot)
            picture.text(left, top - 2, "no cable planned", 3, "warn", "start")
    for number, run in enumerate(layout.rings):
        words = f"Not drawn, for it closes a ring: {run.start} to {run.end}"
        picture.text(_LEFT, height - 12 - 5 * number, words, 3.4, "bad", "start")
    return picture


def _head(picture: Picture, plan: Plan) -> None:
    room = picture.width_mm - 2 * _LEFT
    picture.fitted(_LEFT, 19, f"QS link of {plan.name or 'the plan'}", 7, "strong", room, "start")
    length = cable_words(plan) if plan.cables else "cable open"
    words = f"{plan.device_count} of {LINK_DEVICES}, {plan.zone_count} of {LINK_ZONES}, {length}"
    picture.fitted(_LEFT, 26.5, words, 3.8, "soft", room, "start")
    x = _LEFT
    for number, name in LINK_TERMINALS.items():
        picture.circle(x + 2, 35.2, 2.1, "screw")
        if number == 2:
            picture.cross(x + 2, 35.2, 2.4, "no")
        text = f"{number} {name if number != 2 else 'do not connect'}"
        picture.text(x + 5.6, 36.4, text, 3.4, "t-class2 strong", "start")
        x += 40 if number == 2 else 22
    picture.fitted(
        _LEFT,
        44,
        "NEC Class 2: keep the link apart from mains. Terminal 1: 18 AWG. Terminals 3 and 4: one "
        "twisted, shielded pair, 22 AWG to 18 AWG. Daisy chain or T-tap.",
        3.4,
        "t-class2",
        room,
        "start",
    )


def _corner(spot: Spot) -> tuple[float, float]:
    return _LEFT + _STEP_X * spot.column, _TOP + _STEP_Y * spot.row


def _goes_on(join: Join) -> bool:
    return join.start.row == join.end.row


def _turns(layout: Layout) -> dict[Join, int]:
    """Number the joins that change rows, so that no two of them run on top of each other."""
    turns: dict[Join, int] = {}
    for join in layout.joins:
        if not _goes_on(join):
            beside = [
                turn
                for other, turn in turns.items()
                if other.start.row < join.end.row and join.start.row < other.end.row
            ]
            turns[join] = next(turn for turn in range(len(beside) + 1) if turn not in beside)
    return turns


def _wire(picture: Picture, plan: Plan, join: Join, turn: int) -> None:
    looks = "unplanned" if join.run is None else "wire"
    left, top = _corner(join.start)
    to_left, to_top = _corner(join.end)
    end = (to_left, to_top + _WIRE_AT)
    is_tap = join.start.place in plan.taps
    if _goes_on(join):
        begin = left + (_NODE_WIDTH / 2 if is_tap else _NODE_WIDTH)
        picture.path([(begin, top + _WIRE_AT), end], looks)
        _length(picture, join, left, top)
    elif (join.end.row, join.end.column) == (join.start.row + 1, join.start.column + 1):
        # Beneath its own beginning nothing else is in the row, so it goes straight down.
        down = left + _NODE_WIDTH / 2
        picture.path([(down, top + _WIRE_AT), (down, end[1]), end], looks)
        picture.text(to_left - 2, end[1] - 2, _length_of(join), 3.2, "strong", "end")
    else:
        along = to_top - 5 - 1.2 * turn
        before = to_left - 8 - 1.6 * turn
        points = _way_out(join, left, top, turn, is_tap=is_tap)
        points += [(points[-1][0], along), (before, along), (before, end[1]), end]
        # Where wires cross without being joined, the one below is interrupted.
        picture.path(points[1:], "halo")
        picture.path(points, looks)
        picture.text(to_left, to_top - 1.4, _length_of(join), 3.2, "strong", "start")
    if join.end.place in plan.taps:
        picture.path([end, (to_left + _NODE_WIDTH / 2, end[1])], looks)


def _way_out(
    join: Join, left: float, top: float, turn: int, *, is_tap: bool
) -> list[tuple[float, float]]:
    """Return the way from a node to the gap beside its column."""
    side = left + _NODE_WIDTH + 4 + 2 * turn
    if join.start.column == COLUMNS - 1:
        begin = left + (_NODE_WIDTH / 2 if is_tap else _NODE_WIDTH)
        return [(begin, top + _WIRE_AT), (side, top + _WIRE_AT)]
    # To the right the cable goes on, so what branches off leaves downwards.
    down = left + _NODE_WIDTH / 2 + (0 if is_tap else 2 * turn - 4)
    gap = top + _NODE_HEIGHT + 4 + 1.6 * turn
    side = left - 4 - 2 * turn if join.end.column == join.start.column else side
    return [(down, top + _WIRE_AT), (down, gap), (side, gap)]


def _length(picture: Picture, join: Join, left: float, top: float) -> None:
    middle = left + _NODE_WIDTH + (_STEP_X - _NODE_WIDTH) / 2
    if join.run is None:
        picture.text(middle, top + _WIRE_AT - 2, "length open", 2.8, "soft")
        return
    picture.text(middle, top + _WIRE_AT - 2, length_words(join.run), 3.2, "strong")
    if join.run.cable:
        name = join.run.cable.removeprefix("GRX-CBL-")
        picture.text(middle, top + _WIRE_AT + 4.4, name, 2.6, "soft")


def _length_of(join: Join) -> str:
    return "length open" if join.run is None else length_words(join.run)


def length_words(run: CableRun) -> str:
    """Return how long a run is, in the unit in which it was planned."""
    if run.is_in_feet:
        return f"{run.length_m / METRES_PER_FOOT:.4g} ft"
    return f"{run.length_m:.4g} m"


def _node(picture: Picture, plan: Plan, spot: Spot) -> None:
    left, top = _corner(spot)
    if spot.place in plan.taps:
        picture.circle(left + _NODE_WIDTH / 2, top + _WIRE_AT, 2.6, "tap")
        words = f"T-tap {spot.place}"
        picture.fitted(left + _NODE_WIDTH / 2, top + 7, words, 3, "soft", _NODE_WIDTH)
        return
    is_processor = spot.place == PROCESSOR_ID
    looks = "node-processor" if is_processor else "node"
    picture.rect(left, top, _NODE_WIDTH, _NODE_HEIGHT, looks, 2)
    name, kind = _words(plan, spot.place)
    middle, room = left + _NODE_WIDTH / 2, _NODE_WIDTH - 4
    picture.fitted(middle, top + 6.2, name, 3.6, "strong", room)
    picture.fitted(middle, top + 10.8, kind, 2.8, "soft", room)
    is_module = any(module.id == spot.place for module in plan.modules)
    for number in LINK_TERMINALS:
        x = middle + 8 * (number - 2.5)
        if number == 2 and not is_module:
            continue
        picture.circle(x, top + 17, 1.9, "screw")
        if number == 2:
            picture.cross(x, top + 17, 2.1, "no")
        picture.text(x, top + 23, str(number), 2.8, "t-class2")


def _words(plan: Plan, place: str) -> tuple[str, str]:
    """Return what something on the link is called, and what it is."""
    if place == PROCESSOR_ID:
        if plan.processor is None:
            return "Processor", "HomeWorks QS"
        return plan.processor.name, plan.processor.model or "HomeWorks QS"
    for module in plan.modules:
        if module.id == place:
            return module.name, module.ratings.model
    for device in plan.wallstations:
        if device.id == place:
            return device.name, f"wallstation, {counted(len(device.buttons), 'button')}"
    device = next(device for device in plan.others if device.id == place)
    return device.name, f"{counted(device.devices, 'device')}, {counted(device.zones, 'zone')}"
