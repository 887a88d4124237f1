"""Which reports one session hears without asking.

House rule: values only.

Source: integration-protocol.md 3.5 ([doc G18 p.12]): on at a login of user level 3, 4, 5, 6, 8,
11, 12, 17, 18 and 23, at administrator level 11 and 12; 255 is all but 11 and 12.
"""

from __future__ import annotations

from typing import Final

EVENTS: Final = 2
BUTTONS: Final = 3
LEDS: Final = 4
LEVELS: Final = 5
REPLIES: Final = 11
PROMPTS: Final = 12
ALL: Final = 255

KINDS: Final = frozenset({*range(1, 15), 16, 17, 18, 23, 24, 27, ALL})
"""Every kind that the guide names."""

_USER: Final = frozenset({3, 4, 5, 6, 8, REPLIES, PROMPTS, 17, 18, 23})
_ADMINISTRATOR: Final = frozenset({REPLIES, PROMPTS})
_NOT_ALL: Final = frozenset({REPLIES, PROMPTS, ALL})


class Monitoring:
    """What one session hears; it starts with what its login gives it.

    Args:
        is_administrator: Whether the login is one of administrator level.
    """

    def __init__(self, *, is_administrator: bool = False) -> None:
        self._on = set(_ADMINISTRATOR if is_administrator else _USER)

    def __contains__(self, kind: int) -> bool:
        return kind in self._on

    def set(self, kind: int, *, is_on: bool) -> None:
        """Let the session hear a kind of report, or no more."""
        kinds = KINDS - _NOT_ALL if kind == ALL else {kind}
        if is_on:
            self._on |= kinds
        else:
            self._on -= kinds

    def is_on(self, kind: int) -> bool:
        """Return whether a kind is heard; of ALL, whether every one of them is."""
        return self._on >= KINDS - _NOT_ALL if kind == ALL else kind in self._on
