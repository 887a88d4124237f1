"""Draw docs/images/zero-cross.svg: how the controller learns a relay, and keeps up as it ages.

    python docs/zero_cross_plot.py

The curves are those of the model itself: the hidden relay of `dpm_core.model.relay`, switched by
the controller of `dpm_core.model.zero_cross`, which is told only when the contact moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dpm_core.model import (
    CONVERGENCE_OPERATIONS,
    ERROR_BOUND_US,
    LearnedDelays,
    Mains,
    RelayMechanics,
    SerialNumber,
    ZoneNumber,
)
from dpm_core.model.zero_cross import plan_movement

PICTURE = Path(__file__).parent / "images" / "zero-cross.svg"
SERIAL = SerialNumber(0x00A1B2C3)
OPERATIONS = 100_000
FIRST = 40
BIN = 500


@dataclass(frozen=True)
class Run:
    """One relay at one mains, and how it is drawn."""

    frequency_hz: float
    zone: ZoneNumber
    colour: str

    @property
    def name(self) -> str:
        """What it is called in the picture."""
        return f"zone {self.zone} at {self.frequency_hz:g} Hz"


# The error does not depend on the mains, so that one relay at both would give one curve twice.
BOTH = (Run(50.0, ZoneNumber(1), "#0b6e99"), Run(60.0, ZoneNumber(2), "#c2571a"))
WIDTH, HEIGHT, LEFT, RIGHT = 860, 900, 80, 24
NAMES = [(run.colour, run.name) for run in BOTH]


@dataclass(frozen=True)
class Movement:
    """One movement of the contact: how far off it was, and what was believed before it."""

    number: int
    is_closing: bool
    error_us: float
    hidden_ms: float
    learned_ms: float


def movements(run: Run, operations: int) -> Iterator[Movement]:
    """Switch the relay on and off again and again, at instants that fit no mains."""
    mains = Mains(run.frequency_hz)
    relay = RelayMechanics.built(SERIAL, run.zone)
    learned = LearnedDelays()
    now = 0.0
    for number in range(operations):
        is_closing = number % 2 == 0
        plan = plan_movement(learned, mains, is_closing, now)
        moved_at = plan.coil_at + relay.delay_s(is_closing, number)
        yield Movement(
            number + 1,
            is_closing,
            (moved_at - plan.crossing_at) * 1e6,
            relay.mean_delay_s(is_closing, number) * 1e3,
            learned.delay_s(is_closing) * 1e3,
        )
        learned = learned.learn(is_closing, moved_at - plan.coil_at)
        now = moved_at + 0.0137


@dataclass(frozen=True)
class Panel:
    """One diagram: where it is, and what its axes span."""

    title: str
    top: int
    height: int
    x_span: tuple[float, float]
    y_span: tuple[float, float]

    def x(self, value: float) -> float:
        """Return the place of a value on the horizontal axis."""
        low, high = self.x_span
        return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Return the place of a value on the vertical axis."""
        low, high = self.y_span
        return self.top + self.height - (value - low) / (high - low) * self.height

    def frame(
        self,
        x_ticks: list[float],
        y_ticks: list[float],
        y_name: str,
        y_places: int = 0,
    ) -> Iterator[str]:
        """Draw title, axes, ticks and their names."""
        yield text(LEFT, self.top - 14, self.title, "title")
        right, bottom = WIDTH - RIGHT, self.top + self.height
        for tick in y_ticks:
            at = self.y(tick)
            yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>'
            yield text(LEFT - 8, at + 4, number(tick, y_places), "tick end")
        for tick in x_ticks:
            yield text(self.x(tick), bottom + 18, number(tick, 0), "tick middle")
        yield text((LEFT + right) / 2, bottom + 38, "operation", "name middle")
        middle = self.top + self.height / 2
        yield (
            f'<text class="name middle" transform="translate(22 {middle:.1f}) rotate(-90)">'
            f"{y_name}</text>"
        )
        yield f'<rect class="box" x="{LEFT}" y="{self.top}" '
        yield f'width="{right - LEFT}" height="{self.height}"/>'

    def line(
        self, points: list[tuple[float, float]], style: str, kind: str = "polyline"
    ) -> Iterator[str]:
        """Draw a line, or a filled shape, through points of the diagram."""
        places = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        yield f'<{kind} points="{places}" {style}/>'

    def bounds(self) -> Iterator[str]:
        """Draw the stated bound to both sides."""
        for sign in (-1, 1):
            at = sign * ERROR_BOUND_US
            yield from self.line([(self.x_span[0], at), (self.x_span[1], at)], 'class="bound"')


def number(value: float, places: int) -> str:
    """Write a number as it stands at an axis."""
    digits = f"{value:,.{places}f}"
    return digits.replace(",", " ").replace("-", "−")


def text(x: float, y: float, words: str, kinds: str) -> str:
    """Draw words at a place."""
    return f'<text class="{kinds}" x="{x:.1f}" y="{y:.1f}">{words}</text>'


def legend(y: float, entries: list[tuple[str, str]]) -> Iterator[str]:
    """Draw colours and what they mean, from right to left."""
    x = WIDTH - RIGHT - 10.0
    for colour, words in reversed(entries):
        yield text(x, y, words, "tick end")
        x -= 5.4 * len(words) + 14
        yield f'<circle cx="{x:.1f}" cy="{y - 4:.1f}" r="5" fill="{colour}"/>'
        x -= 18


def first_operations() -> Iterator[str]:
    """Draw the errors of the first operations, from a relay that nobody knows yet."""
    panel = Panel(
        "Two relays that were never seen before: each is known after one closing and one opening",
        top=50,
        height=200,
        x_span=(0, FIRST + 1),
        y_span=(-1500, 1000),
    )
    ticks = [-1500.0, -1000.0, -500.0, 0.0, 500.0, 1000.0]
    yield from panel.frame([1, *range(5, FIRST + 1, 5)], ticks, "switching error, µs")
    yield from panel.bounds()
    for run in BOTH:
        for movement in movements(run, FIRST):
            shape = "" if movement.is_closing else ' fill-opacity="0.35"'
            yield (
                f'<circle cx="{panel.x(movement.number):.1f}" '
                f'cy="{panel.y(movement.error_us):.1f}" r="3.5" fill="{run.colour}" '
                f'stroke="{run.colour}"{shape}/>'
            )
    yield from legend(
        panel.top + panel.height - 12,
        [*NAMES, ("#555555", "full: closing, pale: opening")],
    )


def batches(all_of_them: list[Movement]) -> Iterator[list[Movement]]:
    """Yield the movements a batch at a time."""
    for start in range(0, len(all_of_them), BIN):
        yield all_of_them[start : start + BIN]


def ageing_error(runs: dict[Run, list[Movement]]) -> Iterator[str]:
    """Draw the span of the errors over the relay's life."""
    panel = Panel(
        f"100 000 operations of the same relays: largest errors of each {BIN}",
        top=350,
        height=200,
        x_span=(0, OPERATIONS),
        y_span=(-150, 150),
    )
    yield from panel.frame(
        [float(x) for x in range(0, OPERATIONS + 1, 20_000)],
        [-150.0, -100.0, -50.0, 0.0, 50.0, 100.0, 150.0],
        "switching error, µs",
    )
    yield from panel.bounds()
    ends: tuple[Callable[[Iterator[float]], float], ...] = (max, min)
    for run in BOTH:
        learned = runs[run][CONVERGENCE_OPERATIONS:]
        for end in ends:
            points = [
                (float(batch[0].number), end(movement.error_us for movement in batch))
                for batch in batches(learned)
            ]
            yield from panel.line(
                points, f'fill="none" stroke="{run.colour}" stroke-width="1.2" stroke-opacity="0.8"'
            )
    yield text(panel.x(500), panel.y(ERROR_BOUND_US) - 5, "the stated bound, ±125 µs", "tick")
    yield from legend(panel.top - 14, NAMES)


def ageing_delay(runs: dict[Run, list[Movement]]) -> Iterator[str]:
    """Draw the hidden operate delay and what the controller makes of it."""
    panel = Panel(
        "The operate delays meanwhile: hidden, and what the controller has learned",
        top=650,
        height=180,
        x_span=(0, OPERATIONS),
        y_span=(6.4, 8.4),
    )
    yield from panel.frame(
        [float(x) for x in range(0, OPERATIONS + 1, 20_000)],
        [6.4, 6.8, 7.2, 7.6, 8.0, 8.4],
        "operate delay, ms",
        y_places=1,
    )
    for run in BOTH:
        closings = [movement for movement in runs[run] if movement.is_closing][1::100]
        yield from panel.line(
            [(movement.number, movement.learned_ms) for movement in closings],
            f'fill="none" stroke="{run.colour}" stroke-width="4" stroke-opacity="0.5"',
        )
        yield from panel.line(
            [(movement.number, movement.hidden_ms) for movement in closings],
            'fill="none" stroke="#222222" stroke-width="1"',
        )
    yield from legend(
        panel.top + 18, [("#222222", "hidden"), *((c, f"learned, {name}") for c, name in NAMES)]
    )


STYLE = """
text { font-family: Helvetica, Arial, sans-serif; fill: #222222; }
.title { font-size: 14px; font-weight: bold; } .name { font-size: 13px; } .tick { font-size: 12px; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.grid { stroke: #dddddd; } .box { fill: none; stroke: #888888; }
.bound { fill: none; stroke: #b00020; stroke-dasharray: 6 4; }
"""


def main() -> None:
    """Draw the picture."""
    runs = {run: list(movements(run, OPERATIONS)) for run in BOTH}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Adaptive zero-cross switching: errors and learned delays of one relay</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *first_operations(),
        *ageing_error(runs),
        *ageing_delay(runs),
        "</svg>",
    ]
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text("\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
