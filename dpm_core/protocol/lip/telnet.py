"""Octets of a Telnet connection without its commands.

    FF F1..FA      a command of two octets, such as "nothing"
    FF FB..FE xx   a wish about an option
    FF FA .. FF F0 a subnegotiation, of any length
    FF FF          the octet FF itself

Other programs answer none of it, and the processor takes their sessions all the same; so nothing
is answered here. Over a serial line none of it comes.

House rule: octets only, and nothing kept but where in a command we are.

Source: integration-protocol.md 1.1 (inferred: nobody has published what a processor negotiates);
the codes are RFC 854's.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

__all__ = ["TelnetCommands"]

_IAC: Final = 0xFF
_SE: Final = 0xF0
_SB: Final = 0xFA
_WITH_OPTION: Final = frozenset({0xFB, 0xFC, 0xFD, 0xFE})
_IAC_OCTET: Final = b"\xff"


class _Place(Enum):
    DATA = auto()
    COMMAND = auto()
    OPTION = auto()
    SUB = auto()
    SUB_COMMAND = auto()


class TelnetCommands:
    """Takes the commands out of what comes over one connection."""

    __slots__ = ("_place",)

    def __init__(self) -> None:
        self._place = _Place.DATA

    @property
    def is_between(self) -> bool:
        """Whether no command has begun."""
        return self._place is _Place.DATA

    def strip(self, octets: bytes) -> bytes:
        """Return what is left of these octets."""
        if self._place is _Place.DATA and _IAC_OCTET not in octets:
            return octets
        kept = bytearray()
        for octet in octets:
            if self._place is _Place.DATA and octet != _IAC:
                kept.append(octet)
            elif self._place is _Place.COMMAND and octet == _IAC:
                kept.append(octet)
                self._place = _Place.DATA
            else:
                self._place = _next_place(self._place, octet)
        return bytes(kept)


def _next_place(place: _Place, octet: int) -> _Place:
    match place:
        case _Place.DATA:
            return _Place.COMMAND
        case _Place.COMMAND if octet == _SB:
            return _Place.SUB
        case _Place.COMMAND if octet in _WITH_OPTION:
            return _Place.OPTION
        case _Place.SUB:
            return _Place.SUB_COMMAND if octet == _IAC else _Place.SUB
        case _Place.SUB_COMMAND if octet != _SE:
            return _Place.SUB
        case _:
            return _Place.DATA
