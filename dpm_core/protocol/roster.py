"""Which modules are on the link, which of them is asked next, and which has fallen silent.

Polls are the safety net behind event reports: one every 100 ms, round robin. A module that
misses three answers, and from which nothing at all was heard for 2 s, is offline; then it is
asked after 1, 2, 4 and from then on 5 s, so that it costs the link next to nothing. Any frame
from it ends that.

House rule: who is there and whose turn it is, nothing about what they say.

Source: qs-link.md 5 "Timeouts", 6.1 (ours).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dpm_core.model import SerialNumber

    from .session_settings import SessionSettings

__all__ = ["Presence", "Roster"]


class Presence(Enum):
    """Whether a module is there, as far as can be told."""

    WAITING = "waiting"
    """Nothing was heard from it since the link was opened, and it may still answer."""

    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(slots=True)
class _Member:
    serial: SerialNumber
    heard_at: float
    presence: Presence = Presence.WAITING
    misses: int = 0
    ask_at: float | None = None
    """When it is asked next, while it is out of the round; None while it is in it."""
    asked: int = 0
    """How often it was asked since it went offline."""


class Roster:
    """The modules that a master cares for."""

    __slots__ = ("_asks", "_members", "_round", "_round_at", "_settings", "_was_ask")

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings
        self._members: dict[SerialNumber, _Member] = {}
        self._round: dict[SerialNumber, None] = {}
        self._round_at = 0.0
        # Times at which one out of the round is asked; an entry that its member does not
        # confirm is stale.
        self._asks: list[tuple[float, SerialNumber]] = []
        self._was_ask = False

    def __contains__(self, serial: object) -> bool:
        return serial in self._members

    def __len__(self) -> int:
        return len(self._members)

    @property
    def serials(self) -> Iterable[SerialNumber]:
        """The modules, in the order in which they were added."""
        return self._members.keys()

    def presence(self, serial: SerialNumber) -> Presence:
        """Return whether a module of the roster is there."""
        return self._members[serial].presence

    def add(self, serial: SerialNumber, now: float) -> None:
        """Care for one more module; one that is known already stays as it is."""
        if serial not in self._members:
            self._members[serial] = _Member(serial, now)
            self._round[serial] = None

    def remove(self, serial: SerialNumber) -> None:
        """Forget a module; one that is not known stays unknown."""
        self._members.pop(serial, None)
        self._round.pop(serial, None)

    def restart(self, now: float) -> None:
        """Begin anew on a link that was opened: nobody was heard yet, nobody is offline."""
        self._asks.clear()
        self._round_at = now
        for serial in self._members:
            self._members[serial] = _Member(serial, now)
            self._round[serial] = None

    def heard(self, serial: SerialNumber, now: float) -> bool:
        """Note any frame from a module; return whether it is online only since now."""
        member = self._members.get(serial)
        if member is None:
            return False
        member.heard_at = now
        member.misses = 0
        if member.ask_at is not None:
            member.ask_at = None
            self._round[serial] = None
        if member.presence is Presence.ONLINE:
            return False
        member.presence = Presence.ONLINE
        return True

    def missed(self, serial: SerialNumber, now: float) -> bool:
        """Note a sending to a module that went unanswered; return whether that made it offline."""
        member = self._members.get(serial)
        if member is None or member.presence is Presence.OFFLINE:
            return False
        member.misses += 1
        if member.misses < self._settings.offline_misses:
            return False
        silent_until = member.heard_at + self._settings.offline_silence_s
        if now < silent_until:
            # Not waiting for its turn: in a long round that would be many seconds later.
            self._ask_later(member, silent_until)
            return False
        member.presence = Presence.OFFLINE
        member.asked = 0
        self._ask_later(member, now + self._settings.offline_ask_s[0])
        return True

    def polls_left(self, serial: SerialNumber) -> int:
        """Return how often a poll may be sent: once only to one that owes us an answer."""
        member = self._members.get(serial)
        return self._settings.sendings if member is not None and not member.misses else 1

    def next_poll(self, now: float) -> SerialNumber | None:
        """Take the module whose turn it is; None while nobody is due."""
        is_round_due = bool(self._round) and now >= self._round_at
        ask_at = self._first_ask()
        is_ask_due = ask_at is not None and now >= ask_at
        if is_ask_due and not (is_round_due and self._was_ask):
            self._was_ask = True
            return self._take_ask(now)
        self._was_ask = False
        return self._take_round(now) if is_round_due else None

    @property
    def next_due(self) -> float | None:
        """When somebody's turn comes next."""
        ask_at = self._first_ask()
        if not self._round:
            return ask_at
        return self._round_at if ask_at is None else min(ask_at, self._round_at)

    def _take_round(self, now: float) -> SerialNumber:
        serial = next(iter(self._round))
        del self._round[serial]
        self._round[serial] = None
        # A round that was held up is not caught up with: one poll at once, then the old pace.
        self._round_at = max(self._round_at + self._settings.poll_interval_s, now)
        return serial

    def _take_ask(self, now: float) -> SerialNumber:
        _, serial = heappop(self._asks)
        member = self._members[serial]
        member.asked += 1
        distances_s = self._settings.offline_ask_s
        self._ask_later(member, now + distances_s[min(member.asked, len(distances_s) - 1)])
        return serial

    def _ask_later(self, member: _Member, at: float) -> None:
        self._round.pop(member.serial, None)
        member.ask_at = at
        heappush(self._asks, (at, member.serial))

    def _first_ask(self) -> float | None:
        asks = self._asks
        while asks:
            at, serial = asks[0]
            member = self._members.get(serial)
            if member is not None and member.ask_at == at:
                return at
            heappop(asks)
        return None
