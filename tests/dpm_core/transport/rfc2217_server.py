"""The least of an RFC 2217 server: it agrees to everything, answers every setting, and writes it down.

Source: RFC 2217 (commands and their answers, 100 higher) and RFC 855 (doubled IAC).
"""

import struct
from collections.abc import Callable

from tests.dpm_core.transport.raw_server import RawSession

IAC, DONT, DO, WONT, WILL, SB, SE = 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF0
BINARY, COM_PORT = 0, 44
SET_BAUDRATE, SET_DATASIZE, SET_PARITY, SET_STOPSIZE, SET_CONTROL = 1, 2, 3, 4, 5


class Rfc2217Session(RawSession):
    """One client: telnet on the outside, plain octets on the inside."""

    def __init__(
        self,
        received: Callable[[bytes], None],
        noticed: Callable[[RawSession], None],
        *,
        refuses: bool,
        is_mute: bool,
    ) -> None:
        super().__init__(received, noticed)
        self.settings: dict[int, int] = {}
        self.is_mute = is_mute
        self._refuses = refuses
        self._waiting = bytearray()

    def data_received(self, data: bytes) -> None:
        self._noticed(self)
        if self.is_mute:
            return
        self._waiting += data
        octets = bytearray()
        while self._waiting:
            length = self._take(octets)
            if length == 0:
                break
            del self._waiting[:length]
        if octets:
            self._received(bytes(octets))

    def send(self, octets: bytes) -> None:
        super().send(octets.replace(b"\xff", b"\xff\xff"))

    def _take(self, octets: bytearray) -> int:
        """Take one item from the front; return its length, or 0 if it is not complete."""
        waiting = self._waiting
        if waiting[0] != IAC:
            octets.append(waiting[0])
            return 1
        if len(waiting) < 2:
            return 0
        if waiting[1] == IAC:
            octets.append(IAC)
            return 2
        if waiting[1] != SB:
            if len(waiting) < 3:
                return 0
            self._negotiate(waiting[1], waiting[2])
            return 3
        end = waiting.find(bytes((IAC, SE)))
        if end < 0:
            return 0
        self._set(bytes(waiting[2:end]).replace(b"\xff\xff", b"\xff"))
        return end + 2

    def _negotiate(self, verb: int, option: int) -> None:
        yes, no = {WILL: (DO, DONT), DO: (WILL, WONT)}.get(verb, (0, 0))
        if yes and self.transport is not None:
            self.transport.write(bytes((IAC, no if self._refuses else yes, option)))

    def _set(self, command: bytes) -> None:
        option, number, value = command[0], command[1], command[2:]
        if option != COM_PORT:
            return
        if number == SET_BAUDRATE:
            self.settings[number] = struct.unpack(">I", value)[0]
        elif value and not (number == SET_CONTROL and number in self.settings):
            self.settings[number] = value[0]
        answer = value.replace(b"\xff", b"\xff\xff")
        assert self.transport is not None
        self.transport.write(bytes((IAC, SB, COM_PORT, number + 100)) + answer + bytes((IAC, SE)))
