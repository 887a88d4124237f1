"""What a program sends over Telnet, as lines: negotiation is dropped, any line end is one.

House rule: no input or output here; octets in, lines out, however they were cut.

Source: RFC 854; integration-protocol.md 1.1 (negotiation is stripped, for none was ever seen).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

_IAC: Final = 0xFF
_SE: Final = 0xF0
_SB: Final = 0xFA
_WITH_OPTION: Final = frozenset({0xFB, 0xFC, 0xFD, 0xFE})
_NUL, _LF, _CR = 0x00, 0x0A, 0x0D


class _Place(Enum):
    DATA = auto()
    COMMAND = auto()
    OPTION = auto()
    SUB = auto()
    SUB_COMMAND = auto()


class TelnetInput:
    """The lines of one program.

    Args:
        line_max: Octets kept of one line.
    """

    def __init__(self, line_max: int) -> None:
        self._line_max = line_max
        self._place = _Place.DATA
        self._line = bytearray()
        self._is_too_long = False
        self._after_cr = False

    def lines(self, octets: bytes) -> Iterator[str | None]:
        """Take octets; return the lines that they end, None for one that was too long."""
        for octet in octets:
            if self._place is not _Place.DATA:
                self._negotiate(octet)
            elif octet == _IAC:
                self._place = _Place.COMMAND
            elif octet == _LF and self._after_cr:
                self._after_cr = False
            elif octet in (_CR, _LF):
                self._after_cr = octet == _CR
                yield self._ended()
            elif octet != _NUL:
                self._after_cr = False
                self._keep(octet)

    def _keep(self, octet: int) -> None:
        if len(self._line) < self._line_max:
            self._line.append(octet)
        else:
            self._is_too_long = True

    def _ended(self) -> str | None:
        line = None if self._is_too_long else self._line.decode("ascii", "replace")
        self._line.clear()
        self._is_too_long = False
        return line

    def _negotiate(self, octet: int) -> None:
        match self._place:
            case _Place.COMMAND if octet == _IAC:
                self._place = _Place.DATA
                self._keep(octet)
            case _Place.COMMAND if octet == _SB:
                self._place = _Place.SUB
            case _Place.COMMAND if octet in _WITH_OPTION:
                self._place = _Place.OPTION
            case _Place.SUB if octet != _IAC:
                pass
            case _Place.SUB:
                self._place = _Place.SUB_COMMAND
            case _Place.SUB_COMMAND if octet != _SE:
                self._place = _Place.SUB
            case _:
                self._place = _Place.DATA
