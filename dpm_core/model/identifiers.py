"""Numbers that name things: a module, a zone, a group. Each is checked once, on creation.

House rule: only what addresses something belongs here, and nothing that has a state.
"""

from __future__ import annotations

import re
from typing import Final, Self

from dpm_core.errors import InvalidAddress, InvalidZone

SERIAL_MIN: Final = 0x00000001
SERIAL_MAX: Final = 0xFFFFFFFE
"""Serial numbers of modules; all zeros and all ones address nobody and everybody.

Source: qs-link.md 5 (broadcast is FFFFFFFF); 00000000 is decided here.
"""

GROUP_MIN: Final = 0x0001
GROUP_MAX: Final = 0xFFFE
"""Group numbers. Source: qs-link.md 5, GROUP_SET."""

ZONE_COUNT: Final = 4
"""Zones of one module. Source: 3691060c, "Features"."""

_SERIAL_TEXT: Final = re.compile(r"[0-9A-Fa-f]{8}")


def _is_whole(value: object) -> bool:
    """Return whether a value is a whole number, and neither a truth value nor 2.0."""
    return isinstance(value, int) and not isinstance(value, bool)


class SerialNumber(int):
    """The number that a module is known by on the link: 00000001 to FFFFFFFE.

    Reads and prints as eight hexadecimal digits, as on the module's label.

    Raises:
        InvalidAddress: It is no whole number, or out of range.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        """Check the number; see the class."""
        # A plain int is the usual case, and everything heard on the link comes by here.
        if (type(value) is not int and not _is_whole(value)) or not (
            SERIAL_MIN <= value <= SERIAL_MAX
        ):
            raise InvalidAddress(value, "a serial number is 00000001 to FFFFFFFE")
        return super().__new__(cls, value)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the serial number that eight hexadecimal digits name.

        Upper and lower case are the same, and spaces around it do not count.

        Raises:
            InvalidAddress: The text is anything else.
        """
        digits = text.strip()
        if _SERIAL_TEXT.fullmatch(digits) is None:
            raise InvalidAddress(text, "a serial number is eight hexadecimal digits")
        return cls(int(digits, 16))

    def __str__(self) -> str:
        return f"{int(self):08X}"

    def __repr__(self) -> str:
        return f"SerialNumber.parse('{self}')"

    def __format__(self, spec: str) -> str:
        return format(int(self), spec) if spec else str(self)


class ZoneNumber(int):
    """One of the four zones of a module, 1 to 4 as printed on it.

    Source: 3691060c, "Features" and "Wiring: Mains and Output Zones".

    Raises:
        InvalidZone: It is not one of the whole numbers 1 to 4.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        """Check the number; see the class."""
        if not _is_whole(value) or not 1 <= value <= ZONE_COUNT:
            raise InvalidZone(value)
        return super().__new__(cls, value)


class GroupNumber(int):
    """A group of zones on the link that one command switches together: 0001 to FFFE.

    Source: qs-link.md 5, "Groups by the public GoToLevel".

    Raises:
        InvalidAddress: It is no whole number, or out of range.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        """Check the number; see the class."""
        if not _is_whole(value) or not GROUP_MIN <= value <= GROUP_MAX:
            raise InvalidAddress(value, "a group number is 0001 to FFFE")
        return super().__new__(cls, value)


ZONES: Final[tuple[ZoneNumber, ZoneNumber, ZoneNumber, ZoneNumber]] = (
    ZoneNumber(1),
    ZoneNumber(2),
    ZoneNumber(3),
    ZoneNumber(4),
)
"""The four zones of a module, in order."""
