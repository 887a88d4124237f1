"""What a master keeps of wallstations: which button frames are news, and which LEDs to tell.

No input or output and no clock. Both masters there are use it: the client, and the simulated
link's processor.

House rule: bookkeeping only; what a button does, and what an LED should show, the model knows.

Source: qs-link.md 2.2 and 3.4 (buttons), 5 "Wallstations" (LEDs; ours).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .extension_wallstations import LedsSet
from .timing import REPEAT_RECOGNISED_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from dpm_core.model import SerialNumber

    from .frames import Frame

__all__ = ["ButtonFrames", "LedKeeper"]

SENDERS_MAX: Final = 128
"""Wallstations whose last frame is remembered. Decided here: a link holds fewer."""

LED_AGAIN_S: Final = (1.0, 2.0, 4.0, 5.0)
"""Distances at which a wallstation that does not answer is told its LEDs again, in seconds; the
last one repeats. Decided here, as for modules."""


class ButtonFrames:
    """Tells a button frame from its repeats, so that no press counts twice.

    A copy may come behind the release that follows it, so the last two frames of each wallstation
    are remembered; the counter of three comes round no sooner than with the fourth.
    """

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[SerialNumber, deque[tuple[tuple[bytes, int, bytes], float]]] = {}

    def is_news(self, frame: Frame, at: float) -> bool:
        """Return whether a button frame is no repeat of the last two of its wallstation.

        One that does not name its wallstation is never news.

        Source: qs-link.md 2.2 (source, packet type and payload, within 1 s); the last two, because
        what a gateway delays may be overtaken, are decided here.
        """
        serial = frame.source_serial
        if serial is None:
            return False
        key = frame.repeat_key
        last = self._last.pop(serial, None) or deque(maxlen=2)
        while len(self._last) >= SENDERS_MAX:
            del self._last[next(iter(self._last))]
        is_news = all(key != other or at - then >= REPEAT_RECOGNISED_S for other, then in last)
        for place, (other, _) in enumerate(last):
            if other == key:
                del last[place]
                break
        last.append((key, at))
        self._last[serial] = last
        return is_news


@dataclass(slots=True)
class _Leds:
    wanted: tuple[int, ...] | None = None
    heard: tuple[int, ...] = ()
    is_sure: bool = False
    is_asked: bool = False
    misses: int = 0
    again_at: float = float("-inf")

    @property
    def shown(self) -> tuple[int, ...] | None:
        """What it shows; None where that was not heard since it could have changed."""
        return self.heard if self.is_sure else None

    @property
    def is_wrong(self) -> bool:
        """Whether it has to be told, and is not being told already."""
        return self.wanted is not None and self.wanted != self.shown and not self.is_asked


class LedKeeper:
    """Which LEDs of each wallstation should be lit, which are, and whom to tell next."""

    __slots__ = ("_wallstations",)

    def __init__(self) -> None:
        self._wallstations: dict[SerialNumber, _Leds] = {}

    def want(self, wallstation: SerialNumber, leds: Collection[int]) -> None:
        """Say which LEDs of a wallstation should be lit from now on."""
        self._of(wallstation).wanted = tuple(sorted(leds))

    def remove(self, wallstation: SerialNumber) -> None:
        """Leave a wallstation's LEDs alone; one that is not known stays unknown."""
        self._wallstations.pop(wallstation, None)

    def shown(self, wallstation: SerialNumber) -> tuple[int, ...] | None:
        """Return which LEDs a wallstation said are lit; None where it did not say."""
        leds = self._wallstations.get(wallstation)
        return None if leds is None else leds.shown

    def heard(self, wallstation: SerialNumber, leds: tuple[int, ...]) -> dict[int, bool]:
        """Note what a wallstation said of its LEDs; return each that changed, and to what.

        Of a wallstation that was not heard before, those that are lit count as changed.
        """
        known = self._of(wallstation)
        before, known.heard, known.is_sure = known.heard, leds, True
        return {led: led in leds for led in sorted(set(before) ^ set(leds))}

    def due(self, now: float) -> Iterator[LedsSet]:
        """Yield what to tell whom now; each must be followed by `ended()`."""
        for wallstation, leds in self._wallstations.items():
            if leds.is_wrong and now >= leds.again_at:
                assert leds.wanted is not None
                leds.is_asked = True
                yield LedsSet(wallstation, leds.wanted)

    def ended(self, wallstation: SerialNumber, now: float, *, is_answered: bool) -> None:
        """Note that telling a wallstation has ended; without an answer it is tried again later."""
        leds = self._wallstations.get(wallstation)
        if leds is not None:
            leds.is_asked = False
            if is_answered:
                leds.misses, leds.again_at = 0, float("-inf")
            else:
                leds.again_at = now + LED_AGAIN_S[min(leds.misses, len(LED_AGAIN_S) - 1)]
                leds.misses += 1

    @property
    def next_due(self) -> float | None:
        """When `due()` has something again, as far as is known; None if never."""
        wrong = (leds.again_at for leds in self._wallstations.values() if leds.is_wrong)
        return min(wrong, default=None)

    def forget(self) -> None:
        """Be sure of nothing that is lit or was asked: the link was lost, or another master's."""
        for leds in self._wallstations.values():
            leds.is_sure = leds.is_asked = False
            leds.misses, leds.again_at = 0, float("-inf")

    def _of(self, wallstation: SerialNumber) -> _Leds:
        known = self._wallstations.get(wallstation)
        if known is None:
            if len(self._wallstations) >= SENDERS_MAX:
                self._forget_a_stranger()
            known = self._wallstations[wallstation] = _Leds()
        return known

    def _forget_a_stranger(self) -> None:
        """Forget who was heard first of those that nobody cares for."""
        strangers = (one for one, leds in self._wallstations.items() if leds.wanted is None)
        self._wallstations.pop(next(strangers, None), None)  # type: ignore[arg-type]  # None is nobody
