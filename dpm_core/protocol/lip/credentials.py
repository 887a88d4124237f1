"""Who logs in to a processor.

House rule: the password is shown nowhere, in no message and no `repr`.

Source: integration-protocol.md 1.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from dpm_core.errors import UnsupportedSetting

__all__ = ["Credentials"]

_SENDABLE: Final = re.compile(r"[\x20-\x7e]{0,256}")
"""What a line of a login can carry. Source: integration-protocol.md 2 (ASCII); the length is
decided here."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login of the processor's project.

    Attributes:
        user: Its name.
        password: Its password; never shown.

    Raises:
        UnsupportedSetting: One of them cannot be typed at a processor; the password is not told.
    """

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        """Check both once, on creation."""
        allowed = "at most 256 printable ASCII characters"
        if not self.user or _SENDABLE.fullmatch(self.user) is None:
            raise UnsupportedSetting("user", self.user, f"{allowed}, and at least one")
        if _SENDABLE.fullmatch(self.password) is None:
            raise UnsupportedSetting("password", "(not shown)", allowed)

    def are_in(self, text: str) -> bool:
        """Return whether a text tells one of them."""
        return any(word and word.lower() in text.lower() for word in (self.user, self.password))

    def have(self, text: str) -> bool:
        """Return whether a text is a piece of one of them."""
        return any(text.lower() in word.lower() for word in (self.user, self.password))
