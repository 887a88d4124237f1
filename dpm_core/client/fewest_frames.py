"""Which groups to name so that zones are switched with the fewest frames.

A frame names one zone, or one group with all its members. So a group may be named only if every
member is meant, and the question is which groups cover most with least: a set cover. It is solved
exactly for what installers program; where that would take too long the best found so far counts,
which is never more frames than one for each zone.

House rule: sets and numbers only; what they stand for is the caller's business.

Source: requirement of the link at its full size; decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Final, TypeVar

GroupName = TypeVar("GroupName")
ZoneName = TypeVar("ZoneName", bound=Hashable)

TRIES_MAX: Final = 2000
"""How many choices are looked at before the best so far is taken. Decided here: some milliseconds,
less than one frame on the wire; groups that an installer would program need fewer than a hundred."""


def fewest_frames(
    wanted: Collection[ZoneName], groups: Mapping[GroupName, Collection[ZoneName]]
) -> list[GroupName]:
    """Return the groups to name, the largest first; every other zone gets a frame of its own.

    Args:
        wanted: Every zone that is meant.
        groups: Members of each group; one with a member that is not meant is never named.
    """
    places = {zone: 1 << place for place, zone in enumerate(wanted)}
    masks: dict[int, GroupName] = {}
    for group, members in groups.items():
        if len(members) > 1 and all(zone in places for zone in members):
            masks.setdefault(_union(places[zone] for zone in members), group)
    chosen = _Cover(_largest(masks)).best
    return [masks[mask] for mask in sorted(chosen, key=int.bit_count, reverse=True)]


def _union(bits: Iterable[int]) -> int:
    union = 0
    for bit in bits:
        union |= bit
    return union


def _largest(masks: Iterable[int]) -> list[int]:
    """Return the sets that are part of no other, the largest first."""
    kept: list[int] = []
    for mask in sorted(masks, key=int.bit_count, reverse=True):
        if all(mask & ~other for other in kept):
            kept.append(mask)
    return kept


class _Cover:
    """The best choice of sets, where what is in none of them costs one frame each.

    Args:
        sets: None part of another, the largest first.
    """

    def __init__(self, sets: list[int]) -> None:
        self._sets = sets
        self._tries = 0
        everything = _union(sets)
        self.best: tuple[int, ...] = self._greedy(everything)
        self._least = len(self.best) + _count(everything & ~_union(self.best))
        self._look(everything, (), 0)

    def _greedy(self, left: int) -> tuple[int, ...]:
        """Take the set that covers most of what is left, until none saves a frame."""
        chosen: list[int] = []
        while self._sets:
            most = max(self._sets, key=lambda each: _count(each & left))
            if _count(most & left) < 2:
                break
            chosen.append(most)
            left &= ~most
        return tuple(chosen)

    def _look(self, left: int, chosen: tuple[int, ...], singles: int) -> None:
        """Try each way to cover what is left, unless none can be better than the best."""
        self._tries += 1
        useful = [each for each in self._sets if _count(each & left) > 1]
        in_none = left & ~_union(useful)
        singles += _count(in_none)
        left &= ~in_none
        frames = len(chosen) + singles
        if not left:
            if frames < self._least:
                self.best, self._least = chosen, frames
            return
        at_least = -(-_count(left) // max(_count(each & left) for each in useful))
        if frames + at_least >= self._least:
            return
        # The zone that fewest sets have leaves the fewest ways.
        zone, ways = self._hardest(left, useful)
        for way in sorted(ways, key=lambda each: _count(each & left), reverse=True):
            if self._tries < TRIES_MAX:
                self._look(left & ~way, (*chosen, way), singles)
        if self._tries < TRIES_MAX:
            self._look(left & ~zone, chosen, singles + 1)

    @staticmethod
    def _hardest(left: int, useful: list[int]) -> tuple[int, list[int]]:
        once, twice = 0, 0
        for each in useful:
            twice |= once & each
            once |= each
        candidates = (left & once & ~twice) or left
        zone = candidates & -candidates
        return zone, [each for each in useful if each & zone]


def _count(mask: int) -> int:
    return mask.bit_count()
