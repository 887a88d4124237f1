"""Numbers that name things: a module, a zone, a group. Each is checked once, on creation.

House rule: only what addresses something belongs here, and nothing that has a state.
"""

from __future__ import annotations

import re
from typing import Final, Self, TypeAlias

from dpm_core.errors import InvalidAddress, InvalidZone

SERIAL_MIN: Final = 0x00000001
SERIAL_MAX: Final = 0xFFFFFFFE
"""Serial numbers of modules; all zeros and all ones address nobody and everybody.

Source: qs-link.md 5 (broadcast is FFFFFFFF); 00000000 is decided here.
"""

GROUP_MIN: Final = 0x0001
GROUP_MAX: Final = 0xFFFE
"""Group numbers. Source: qs-link.md 5, GROUP_SET."""

INTEGRATION_ID_MIN: Final = 1
INTEGRATION_ID_MAX: Final = 0x7FFFFFFF
"""Integration ids of a processor's project; 0 marks what cannot be addressed.

Source: integration-protocol.md 2. The largest is not known: 32 bits with a sign are assumed.
"""

ZONE_COUNT: Final = 4
"""Zones of one module. Source: 3691060c, "Features"."""

_SERIAL_TEXT: Final = re.compile(r"[0-9A-Fa-f]{8}")
_DECIMAL_TEXT: Final = re.compile(r"[0-9]{1,10}")


def _is_whole(value: object) -> bool:
    """Return whether a value is a whole number, and neither a truth value nor 2.0.

    Nor the name of something else: an integration id is no serial number, whatever its digits.
    """
    return isinstance(value, int) and not isinstance(value, (bool, IntegrationId))


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


class IntegrationId(int):
    """The number that a processor's project gives an output, a wallstation or an area.

    Reads and prints in decimal digits, as in the project's integration report.

    Source: integration-protocol.md 2.

    Raises:
        InvalidAddress: It is no whole number, or out of range.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        """Check the number; see the class."""
        is_whole = isinstance(value, IntegrationId) or (
            _is_whole(value) and not isinstance(value, SerialNumber)
        )
        if not is_whole or not INTEGRATION_ID_MIN <= value <= INTEGRATION_ID_MAX:
            raise InvalidAddress(value, f"an integration id is 1 to {INTEGRATION_ID_MAX}")
        return super().__new__(cls, value)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the integration id that decimal digits name; spaces around do not count.

        Raises:
            InvalidAddress: The text is anything else.
        """
        digits = text.strip()
        if _DECIMAL_TEXT.fullmatch(digits) is None:
            raise InvalidAddress(text, "an integration id is one to ten decimal digits")
        return cls(int(digits))

    def __str__(self) -> str:
        return int.__repr__(self)

    def __repr__(self) -> str:
        return f"IntegrationId({int(self)})"


ModuleAddress: TypeAlias = SerialNumber | IntegrationId
"""What a module is known by: its serial number on a link; through a processor the integration id
of its first zone. The two never mean the same module, whatever their numbers."""


class ZoneNumber(int):
    """One of the four zones of a module, 1 to 4 as printed on it.

    Source: 3691060c, "Features" and "Wiring: Mains and Output Zones".

    Raises:
        InvalidZone: It is not one of the whole numbers 1 to 4.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        """Check the number; see the class."""
        # Every call for a zone comes by here, and nearly all with one of the four.
        known = _ZONE_NUMBERS.get(value) if type(value) is int else None
        if known is not None:
            return known  # type: ignore[return-value]  # nobody makes another kind of zone number
        if not _is_whole(value) or not 1 <= value <= ZONE_COUNT:
            raise InvalidZone(value)
        return super().__new__(cls, value)


_ZONE_NUMBERS: Final[dict[int, ZoneNumber]] = {}


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

_ZONE_NUMBERS.update((int(zone), zone) for zone in ZONES)
