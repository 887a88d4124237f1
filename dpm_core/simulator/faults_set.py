"""Which faults a link has at the moment, and the dice that say when one strikes.

What strikes follows from the seed and from what goes over the line, so a run can be repeated.

House rule: nothing here touches an octet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from dpm_core.errors import UnsupportedSetting

from .faults import MOMENT_FAULTS, Direction, Fault, FaultKind

_Key = tuple[FaultKind, Direction | None, bool]


class Faults:
    """The faults of one link.

    Args:
        seed: When one strikes follows from it.

    Attributes:
        rng: The dice.
        is_any: Whether there is any fault at all.
    """

    def __init__(self, seed: int = 0) -> None:
        self.rng: Final = random.Random(f"faults {seed}")  # noqa: S311  # nothing is secret here
        self.is_any = False
        self._faults: dict[_Key, Fault] = {}
        self._watchers: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults.values()))

    def set(self, fault: Fault) -> None:
        """Let something be wrong from now on; it takes the place of the same kind of fault.

        Raises:
            UnsupportedSetting: It is over at once, so that it cannot last: it is done to the
                connections of a server.
        """
        if fault.kind in MOMENT_FAULTS:
            raise UnsupportedSetting(
                "fault", str(fault), "one that lasts; this one is for the control socket"
            )
        self._faults[fault.kind, fault.direction, fault.of_octets] = fault
        self._changed()

    def clear(self, kind: FaultKind | None = None) -> None:
        """Let all be well again, or all that is of one kind."""
        self._faults = {
            key: fault
            for key, fault in self._faults.items()
            if kind is not None and fault.kind is not kind
        }
        self._changed()

    def has(self, kind: FaultKind) -> Fault | None:
        """Return the fault of a kind that is there for both ways."""
        return self._faults.get((kind, None, False))

    def concern(self, direction: Direction) -> bool:
        """Return whether any of them may strike what goes this way."""
        return self.is_any and any(fault.concerns(direction) for fault in self._faults.values())

    def strikes(
        self, kind: FaultKind, direction: Direction, *, of_octets: bool = False
    ) -> Fault | None:
        """Throw the dice for a frame or an octet that goes one way; return what strikes it."""
        if not self.is_any:
            return None
        for way in (direction, None):
            fault = self._faults.get((kind, way, of_octets))
            if fault is not None and (fault.rate == 1.0 or self.rng.random() < fault.rate):
                self._count(fault)
                return fault
        return None

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Be told when faults come or go; return what ends that."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def _count(self, fault: Fault) -> None:
        if fault.count is None:
            return
        key = (fault.kind, fault.direction, fault.of_octets)
        if fault.count > 1:
            self._faults[key] = replace(fault, count=fault.count - 1)
        else:
            del self._faults[key]
            self._changed()

    def _changed(self) -> None:
        self.is_any = bool(self._faults)
        for changed in tuple(self._watchers):
            changed()
