"""Telnet with the serial port options of RFC 2217: the octets between them, and what to answer.

The simulated line has one speed, set when it is made. A program that asks for another gets it
acknowledged, as a pseudo-terminal takes any speed, and nothing changes.

House rule: no input or output here; octets in, octets and answers out.

Source: RFC 854 (Telnet), RFC 856 (binary), RFC 858 (suppress go-ahead), RFC 2217.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

IAC: Final = 0xFF
_SE: Final = 0xF0
_SB: Final = 0xFA
_WILL: Final = 0xFB
_WONT: Final = 0xFC
_DO: Final = 0xFD
_DONT: Final = 0xFE

BINARY: Final = 0
SUPPRESS_GO_AHEAD: Final = 3
COM_PORT_OPTION: Final = 44
_SUPPORTED: Final = frozenset({BINARY, SUPPRESS_GO_AHEAD, COM_PORT_OPTION})

_ANSWER: Final = 100
"""An answer's code is this much above the question's. Source: RFC 2217."""

_SIGNATURE: Final = 0
_SET_BAUDRATE: Final = 1
_SET_CONTROL: Final = 5
_FLOWCONTROL_SUSPEND: Final = 8
_FLOWCONTROL_RESUME: Final = 9
_SIGNATURE_TEXT: Final = b"lutron-dpm simulated link"

# Asked with value 0, a setting is answered with what it is: 8 data bits, no parity, 1 stop bit,
# no flow control. Source: RFC 2217; the values are this link's (qs-link.md 1).
_PRESENT: Final = {2: 8, 3: 1, 4: 1, _SET_CONTROL: 1}
# Control values that ask instead of setting: outbound flow, break, DTR, RTS, inbound flow.
_CONTROL_QUESTIONS: Final = {0: 1, 4: 6, 7: 8, 10: 11, 13: 14}

SUBNEGOTIATION_MAX: Final = 256
"""Octets kept of one subnegotiation; more are dropped. Decided here: the longest has five."""


def escape(octets: bytes) -> bytes:
    """Return octets in Telnet's dress: FF is sent twice."""
    return octets.replace(b"\xff", b"\xff\xff")


class _Place(Enum):
    DATA = auto()
    COMMAND = auto()
    OPTION = auto()
    SUB = auto()
    SUB_COMMAND = auto()


class Rfc2217Session:
    """One program's Telnet connection, seen from the serial port's side.

    Args:
        baud: The line's speed, told to who asks.
    """

    def __init__(self, baud: int) -> None:
        self._baud = baud
        self._place = _Place.DATA
        self._verb = 0
        self._sub = bytearray()
        # What both sides have agreed on: options of ours, and of the other side.
        self._ours: set[int] = set()
        self._theirs: set[int] = set()

    def receive(self, octets: bytes) -> tuple[bytes, bytes]:
        """Take octets from the connection, cut anywhere; return those for the line, and answers."""
        data = bytearray()
        answers = bytearray()
        start = 0
        while start < len(octets):
            if self._place is _Place.DATA:
                command = octets.find(IAC, start)
                end = len(octets) if command < 0 else command
                data += octets[start:end]
                start = end + 1
                if command >= 0:
                    self._place = _Place.COMMAND
            else:
                answers += self._take(octets[start], data)
                start += 1
        return bytes(data), bytes(answers)

    def _take(self, octet: int, data: bytearray) -> bytes:
        match self._place:
            case _Place.COMMAND:
                self._begin(octet, data)
            case _Place.OPTION:
                self._place = _Place.DATA
                return self._negotiate(self._verb, octet)
            case _Place.SUB:
                if octet == IAC:
                    self._place = _Place.SUB_COMMAND
                else:
                    self._keep(octet)
            case _:
                return self._within_sub(octet)
        return b""

    def _begin(self, octet: int, data: bytearray) -> None:
        self._place = _Place.DATA
        if octet == IAC:
            data.append(IAC)
        elif octet in (_WILL, _WONT, _DO, _DONT):
            self._verb = octet
            self._place = _Place.OPTION
        elif octet == _SB:
            self._sub.clear()
            self._place = _Place.SUB

    def _within_sub(self, octet: int) -> bytes:
        if octet == _SE:
            self._place = _Place.DATA
            return self._answer(bytes(self._sub))
        self._place = _Place.SUB
        if octet == IAC:
            self._keep(IAC)
        return b""

    def _keep(self, octet: int) -> None:
        if len(self._sub) < SUBNEGOTIATION_MAX:
            self._sub.append(octet)

    def _negotiate(self, verb: int, option: int) -> bytes:
        """Agree to what is supported; say nothing to what is agreed already, or it never ends."""
        is_about_us = verb in (_DO, _DONT)
        agreed = self._ours if is_about_us else self._theirs
        yes, no = (_WILL, _WONT) if is_about_us else (_DO, _DONT)
        if verb in (_DO, _WILL):
            if option not in _SUPPORTED:
                return bytes((IAC, no, option))
            if option in agreed:
                return b""
            agreed.add(option)
            return bytes((IAC, yes, option))
        if option in agreed:
            agreed.discard(option)
            return bytes((IAC, no, option))
        return b""

    def _answer(self, sub: bytes) -> bytes:
        if len(sub) < 2 or sub[0] != COM_PORT_OPTION:
            return b""
        code, value = sub[1], sub[2:]
        if code == _SIGNATURE:
            return _subnegotiation(code, _SIGNATURE_TEXT) if not value else b""
        if code == _SET_BAUDRATE:
            asked = int.from_bytes(value[:4])
            return _subnegotiation(code, (asked or self._baud).to_bytes(4))
        if code in (_FLOWCONTROL_SUSPEND, _FLOWCONTROL_RESUME) or code >= _ANSWER:
            return b""
        asked = value[0] if value else 0
        if code == _SET_CONTROL:
            asked = _CONTROL_QUESTIONS.get(asked, asked)
        return _subnegotiation(code, bytes((asked or _PRESENT.get(code, 0),)))


def _subnegotiation(code: int, value: bytes) -> bytes:
    return bytes((IAC, _SB, COM_PORT_OPTION, _ANSWER + code)) + escape(value) + bytes((IAC, _SE))
