"""What can be wrong with a link, in words: the words of `--fault` and of the control socket.

    lose:0.01                      each frame is lost with a probability of 0.01
    corrupt:3x:from-modules        the next three frames that a program should hear are broken
    lose:0.001:octets:to-modules   one octet in a thousand never reaches the line
    delay:0.1:0.05s                one frame in ten comes up to 50 ms late
    noise:5                        five bursts of noise a second
    unplug                         every adapter is pulled out, until it is cleared

The first word says what happens, the others in any order how often, to what and which way.

House rule: values only; what they do is in `faults_path.py` (octets on their way through an
adapter), `faults_wire.py` (the line itself) and `faults_servers.py` (ports and gateways).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from dpm_core.errors import UnsupportedSetting

DELAY_S: Final = 0.02
"""Longest delay where a fault names none. Decided here: shorter than any wait for an answer."""

DELAY_MAX_S: Final = 60.0
"""Longest delay that can be asked for. Decided here."""

NOISE_MAX_HZ: Final = 1000.0
"""Most bursts of noise a second. Decided here: at 31250 baud the line is full of them."""


class FaultKind(Enum):
    """What happens."""

    LOSE = "lose"
    """A frame never arrives."""
    CORRUPT = "corrupt"
    """Up to 16 bits in a row of a frame arrive wrong: its CRC always tells."""
    DOUBLE = "double"
    """A frame arrives twice."""
    DELAY = "delay"
    """A frame arrives late, perhaps after those behind it."""
    TRUNCATE = "truncate"
    """A frame breaks off somewhere."""
    MERGE = "merge"
    """A frame is held back and arrives in one piece with the next."""
    COLLIDE = "collide"
    """Somebody else talks at the same instant."""
    NOISE = "noise"
    """Bursts of octets that nobody sent, so many a second."""
    BABBLE = "babble"
    """A device talks without being asked, for so much of the time."""
    UNPLUG = "unplug"
    """Every adapter is pulled out: no port, no gateway."""
    CLOSE = "close"
    """Every connection is closed once."""
    RESET = "reset"
    """Every connection is reset once: RST where it is TCP."""
    HANG = "hang"
    """Every connection that is there now goes dead without being closed; new ones work."""
    MUTE = "mute"
    """Every connection is accepted, and nothing is heard or said."""

    def __str__(self) -> str:
        return self.value


FRAME_FAULTS: Final = frozenset(
    {
        FaultKind.LOSE,
        FaultKind.CORRUPT,
        FaultKind.DOUBLE,
        FaultKind.DELAY,
        FaultKind.TRUNCATE,
        FaultKind.MERGE,
    }
)
"""What happens to frames on their way between a program and the line."""

OCTET_FAULTS: Final = frozenset(
    {FaultKind.LOSE, FaultKind.CORRUPT, FaultKind.DOUBLE, FaultKind.DELAY}
)
"""What can happen to single octets, too. A delay of octets is a pause in the middle of a frame."""

STATE_FAULTS: Final = frozenset({FaultKind.UNPLUG, FaultKind.HANG, FaultKind.MUTE})
"""What lasts until it is cleared, and has no probability."""

MOMENT_FAULTS: Final = frozenset({FaultKind.CLOSE, FaultKind.RESET})
"""What happens once, at once, to the connections that are there."""

_WITH_DIRECTION: Final = FRAME_FAULTS | {FaultKind.COLLIDE}


class Direction(Enum):
    """Which way the octets go that a fault is about."""

    TO_MODULES = "to-modules"
    FROM_MODULES = "from-modules"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a link.

    Attributes:
        kind: What happens.
        rate: Of `noise` bursts a second, of everything else a probability from 0 to 1.
        count: Only the next so many; for good if None.
        direction: Only octets that go this way; both ways if None.
        of_octets: Whether single octets are meant, not frames.
        delay_s: Longest delay, in seconds.
        is_elsewhere: After `unplug` the path points to another terminal.

    Raises:
        UnsupportedSetting: A value cannot be, or says nothing about this kind.
    """

    kind: FaultKind
    rate: float = 1.0
    count: int | None = None
    direction: Direction | None = None
    of_octets: bool = False
    delay_s: float = DELAY_S
    is_elsewhere: bool = False

    def __post_init__(self) -> None:
        kind = self.kind
        rate_max = NOISE_MAX_HZ if kind is FaultKind.NOISE else 1.0
        is_steady = kind in STATE_FAULTS | MOMENT_FAULTS
        if not 0 < self.rate <= rate_max or (is_steady and self.rate != 1.0):
            allowed = "nothing" if is_steady else f"above 0, at most {rate_max:g}"
            raise UnsupportedSetting(f"the rate of {kind}", self.rate, allowed)
        if self.count is not None and (self.count < 1 or kind not in _WITH_DIRECTION):
            raise UnsupportedSetting(f"the count of {kind}", self.count, "1x or more, of frames")
        if self.direction is not None and kind not in _WITH_DIRECTION:
            raise UnsupportedSetting(f"the direction of {kind}", self.direction, "none")
        if self.of_octets and kind not in OCTET_FAULTS:
            raise UnsupportedSetting(f"{kind} of", "octets", "frames")
        if not 0 < self.delay_s <= DELAY_MAX_S or (
            self.delay_s != DELAY_S and kind is not FaultKind.DELAY
        ):
            raise UnsupportedSetting(
                f"the delay of {kind}", self.delay_s, f"of delay: above 0, at most {DELAY_MAX_S:g}s"
            )
        if self.is_elsewhere and kind is not FaultKind.UNPLUG:
            raise UnsupportedSetting(f"the place of {kind}", "elsewhere", "of unplug")

    def __str__(self) -> str:
        words = [str(self.kind)]
        if self.rate != 1.0:
            words.append(f"{self.rate!r}")
        if self.count is not None:
            words.append(f"{self.count}x")
        if self.of_octets:
            words.append("octets")
        if self.direction is not None:
            words.append(str(self.direction))
        if self.kind is FaultKind.DELAY:
            words.append(f"{self.delay_s!r}s")
        if self.is_elsewhere:
            words.append("elsewhere")
        return ":".join(words)

    def concerns(self, direction: Direction) -> bool:
        """Return whether it is about octets that go this way."""
        return self.direction is None or self.direction is direction


_NUMBER: Final = re.compile(r"\d+(\.\d+)?(e-?\d+)?", re.ASCII)
_COUNT: Final = re.compile(r"(\d{1,6})x", re.ASCII)
_ALLOWED: Final = (
    "one of " + ", ".join(map(str, FaultKind)) + "; then, with colons between, a rate (0.01), a "
    "count (3x), a delay (0.05s), octets, to-modules or from-modules, elsewhere"
)


def parse_kind(text: str) -> FaultKind:
    """Return the kind of fault that a word names.

    Raises:
        UnsupportedSetting: It names none.
    """
    try:
        return FaultKind(text)
    except ValueError as error:
        raise UnsupportedSetting("fault", text, ", ".join(map(str, FaultKind))) from error


def parse_fault(text: str) -> Fault:
    """Return the fault that a line of words with colons between them describes.

    Raises:
        UnsupportedSetting: It describes none, or one that cannot be.
    """
    name, *words = text.split(":")
    kind = parse_kind(name)
    given: dict[str, object] = {}
    for word in words:
        field, value = _parse_word(word, text)
        if field in given:
            raise UnsupportedSetting("fault", text, "each word once")
        given[field] = value
    return Fault(kind, **given)  # type: ignore[arg-type]  # _parse_word pairs names and types


def _parse_word(word: str, text: str) -> tuple[str, object]:
    for direction in Direction:
        if word == direction.value:
            return "direction", direction
    if word == "octets":
        return "of_octets", True
    if word == "elsewhere":
        return "is_elsewhere", True
    if found := _COUNT.fullmatch(word):
        return "count", int(found[1])
    if _NUMBER.fullmatch(word):
        return "rate", float(word)
    if word.endswith("s") and _NUMBER.fullmatch(word[:-1]):
        return "delay_s", float(word[:-1])
    raise UnsupportedSetting("fault", text, _ALLOWED)
