"""Finding every module on a link without knowing one: ask all, and split where answers collide.

A DISCOVER is answered by each module whose serial number begins with its prefix, in one of up
to 16 slots that the module's serial number chooses. Two in one slot break each other's answer,
so a broken slot means that there are more than were heard: the same is asked again with the
prefix one bit longer, both ways, down to where nothing breaks. What was not broken is
complete; a slot in which nothing was heard is silence.

The first question is asked twice when nothing breaks, the second time with one slot less: that
spreads the modules in another way, so an answer that was lost, or that drowned another one
without a trace, is found. A silent half is asked twice too.

House rule: which question comes next, and who was found; when to ask is the session's.

Source: qs-link.md 5, 0E and "What a module answers"; requirement E6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .messages import Discover, IdentityReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dpm_core.model import SerialNumber

    from .messages import Message
    from .session_settings import SessionSettings

__all__ = ["Discovery"]

SERIAL_BITS: Final = 32
"""Bits of a serial number. Source: qs-link.md 3.7."""

_QUIET_ASKS: Final = 2
"""How often a question is asked that brought nobody new and broke nothing. Decided here."""

_BROKEN_ASKS: Final = 3
"""How often one serial number is asked for whose answer is always broken. Decided here."""


@dataclass(slots=True)
class _Branch:
    prefix: int
    bits: int
    asks_left: int


class Discovery:
    """One search of a link. Ask `query()`, tell what was heard, until there is no query left.

    Args:
        settings: How many slots to offer.
    """

    __slots__ = ("_branches", "_found", "_settings", "asked")

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings
        self._branches = [_Branch(0, 0, _QUIET_ASKS)]
        self._found: dict[SerialNumber, IdentityReport] = {}
        self.asked = 0
        """How many questions were answered so far."""

    @property
    def found(self) -> Mapping[SerialNumber, IdentityReport]:
        """Who was found so far, in the order of their answers."""
        return self._found

    def query(self) -> Discover | None:
        """Return what to ask now; None when everybody was found."""
        if not self._branches:
            return None
        branch = self._branches[-1]
        if branch.bits:
            slots = self._settings.discover_split_slots
        else:
            slots = self._settings.discover_slots
            if branch.asks_left < _QUIET_ASKS:
                slots = max(1, slots - 1)
        return Discover(branch.prefix, branch.bits, slots)

    def heard(self, messages: Iterable[Message], *, was_noisy: bool) -> None:
        """Take what answered the last query.

        Args:
            messages: The identities that were heard.
            was_noisy: Whether anything unreadable was heard.
        """
        branch = self._branches[-1]
        self.asked += 1
        known = len(self._found)
        identities = [message for message in messages if isinstance(message, IdentityReport)]
        self._found.update((identity.serial, identity) for identity in identities)
        if was_noisy:
            self._split(branch)
            return
        branch.asks_left -= 1
        if branch.bits and identities:
            # A longer prefix that brought somebody and broke nothing is complete.
            branch.asks_left = 0
        elif len(self._found) > known:
            branch.asks_left = _QUIET_ASKS - 1
        if not branch.asks_left:
            self._branches.pop()

    def _split(self, branch: _Branch) -> None:
        if branch.bits == SERIAL_BITS:
            branch.asks_left -= 1
            if not branch.asks_left:
                self._branches.pop()
            return
        self._branches.pop()
        bits = branch.bits + 1
        asks = _BROKEN_ASKS if bits == SERIAL_BITS else _QUIET_ASKS
        upper = branch.prefix | 1 << SERIAL_BITS - bits
        self._branches.append(_Branch(upper, bits, asks))
        self._branches.append(_Branch(branch.prefix, bits, asks))
