"""How a figure is made: interleaved repetitions, medians, and a ratio to a floor of the same run."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any, Final, Self

REPETITIONS: Final = 5
QUICK_REPETITIONS: Final = 2
OFTEN: Final = 3
"""How many times as often what takes seconds is repeated."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done for each figure.

    Attributes:
        repetitions: How often each contender is measured, in turns.
        share: Part of the usual number of transactions in each.
    """

    repetitions: int = REPETITIONS
    share: float = 1.0

    @classmethod
    def quick(cls) -> Self:
        """Return an effort that shows whether everything works, and no figure to quote."""
        return cls(QUICK_REPETITIONS, 0.2)

    @property
    def often(self) -> Self:
        """The same for what takes seconds only: more turns, so that a noisy one weighs less."""
        return self if self.share < 1 else replace(self, repetitions=OFTEN * self.repetitions)

    def count(self, usual: int) -> int:
        """Return how many transactions to do where `usual` are done with full effort."""
        return max(4, round(usual * self.share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of the table.

    Attributes:
        row: Its number in the table; 0 for one beside it.
        what: What was measured.
        value: The ratio.
        must: What it must reach.
        aim: What it should reach.
        more_is_better: Whether it must be at least, or at most, that.
        unit: What the ratio is to.
        beside: What else was measured in the same run.
    """

    row: int
    what: str
    value: float
    must: float
    aim: float
    unit: str
    more_is_better: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def reached(self) -> str:
        """Say whether it is as it should be."""
        if self._is_as_good_as(self.aim):
            return "aim"
        return "must" if self._is_as_good_as(self.must) else "missed"

    def _is_as_good_as(self, limit: float) -> bool:
        return self.value >= limit if self.more_is_better else self.value <= limit

    def as_data(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "reached": self.reached}


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How something grows with the number of modules.

    Attributes:
        what: What is measured.
        unit: In what.
        points: For each number of modules.
    """

    what: str
    unit: str
    points: Mapping[int, float]

    def as_data(self) -> dict[str, Any]:
        """Return plain values."""
        return {"what": self.what, "unit": self.unit, "points": dict(self.points)}


Sample = Mapping[str, float]


async def in_turns(
    contenders: Mapping[str, Callable[[], Awaitable[Sample]]], effort: Effort
) -> dict[str, dict[str, float]]:
    """Measure each contender once, then each again, and so on; return the medians.

    Each turn begins one place further on, so that nobody is always first.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(effort.repetitions):
        at = turn % len(names)
        for name in names[at:] + names[:at]:
            gc.collect()
            samples[name].append(await contenders[name]())
    return {
        name: {key: median(sample[key] for sample in taken) for key in taken[0]}
        for name, taken in samples.items()
    }


class Stopwatch:
    """Time and processor time of a block, in seconds."""

    def __enter__(self) -> Self:
        """Begin."""
        self._cpu, self._begun = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self.took_s = time.perf_counter() - self._begun
        self.cpu_s = time.process_time() - self._cpu


def ns(seconds: float) -> str:
    """Say a very short time in nanoseconds."""
    return f"{seconds * 1e9:.0f} ns"


def us(seconds: float) -> str:
    """Say a short time in microseconds."""
    return f"{seconds * 1e6:.0f} µs"


def ms(seconds: float) -> str:
    """Say a time in milliseconds."""
    return f"{seconds * 1e3:.2f} ms"


def as_json(figures: Sequence[Figure], growth: Sequence[Growth]) -> str:
    """Return what one process measured, for the process that started it."""
    return json.dumps(
        {"figures": [f.as_data() for f in figures], "growth": [g.as_data() for g in growth]}
    )
