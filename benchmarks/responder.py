"""The far end of every measurement: one raw process behind a pseudo-terminal.

It answers the floor, the peer and us in the same way: it reads until a request is whole, waits
as long as request and answer take on the wire (not at all when unpaced), and writes the answer in
one piece. No event loop, no library of ours on the way of an answer: acknowledgements stand in a
table, and all else is made once and kept.

It is told what to be by lines of JSON on its standard input, and answers each with one line.

House rule: nothing here may depend on who asks.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
import tty
from typing import Any, Final

from dpm_core.model import (
    Cause,
    CcoType,
    ContactState,
    OverrideAction,
    SerialNumber,
    zones_from_bits,
)
from dpm_core.protocol import (
    CciReport,
    CcoReport,
    EmergencyReport,
    IdentityReport,
    IoProgramReport,
    NameReport,
    OverrideReport,
    ReportFlag,
    Result,
    ResultCode,
    StatusMask,
    ZoneReport,
    ack_frame,
    encode_message,
    encode_wire,
)
from dpm_core.protocol.crc import shares_of_octet
from dpm_core.protocol.frames import Frame

SPIN_S: Final = 0.0003
"""The last part of a wait is not slept, because a sleep ends late."""

SERIAL_FIRST: Final = 0x00A10000

_ACKS: Final = tuple(encode_wire(ack_frame(sequence, 0)) for sequence in range(256))

_PACKET_AT: Final = 6
_COUNT: Final = slice(_PACKET_AT + 20, _PACKET_AT + 22)
_CRC: Final = slice(_PACKET_AT + 22, _PACKET_AT + 24)
_SHARES: Final = shares_of_octet(20, 24), shares_of_octet(21, 24)

_GO_TO_LEVEL: Final = b"\x40\x02"
_IDENTIFY: Final = b"\x01\x22"
_STATUS_QUERY: Final = b"\x7d\x01"
_NAME_QUERY: Final = b"\x7d\x16"


def serials(count: int) -> list[SerialNumber]:
    """Return the serial numbers of the modules that the responder speaks for."""
    return [SerialNumber(SERIAL_FIRST + number) for number in range(1, count + 1)]


def _wait_until(at: float) -> None:
    left = at - time.monotonic()
    if left > SPIN_S:
        time.sleep(left - SPIN_S)
    while time.monotonic() < at:
        pass


class Modules:
    """What the answering modules say."""

    def __init__(self) -> None:
        """Begin with all zones off, and nobody dead."""
        self.is_reporting = False
        self.dead: set[int] = set()
        self.bits: dict[int, int] = {int(serial): 0 for serial in serials(99)}
        self.counts: dict[int, int] = dict.fromkeys(self.bits, 0)
        self._made: dict[object, bytes] = {}
        self._forms: dict[object, bytes] = {}

    def zone_report(self, serial: int, changed: int, cause: Cause) -> bytes:
        """Return the wire form of what a module's zones are."""
        key = (serial, self.bits[serial], changed, cause)
        if key not in self._forms:
            self._forms[key] = self._wire(
                ZoneReport(
                    SerialNumber(serial),
                    zones_from_bits(self.bits[serial]),
                    zones_from_bits(changed),
                    ReportFlag(0),
                    cause,
                    0,
                )
            )
        # Only its number is another one each time, and so is the CRC.
        made, count = self._forms[key], self.counts[serial]
        crc = int.from_bytes(made[_CRC]) ^ _SHARES[0][count >> 8] ^ _SHARES[1][count & 0xFF]
        return made[: _COUNT.start] + count.to_bytes(2) + crc.to_bytes(2) + made[_CRC.stop :]

    def switch(self, serial: int, component: int, level: int) -> bytes:
        """Switch one zone (component 0: all), and return what the module reports by itself."""
        mask = 0x0F if component == 0 else 1 << (component - 1)
        old = self.bits[serial]
        new = old | mask if level else old & ~mask
        if new == old:
            return b""
        self.bits[serial] = new
        self.counts[serial] = (self.counts[serial] + 1) & 0xFFFF
        return self.zone_report(serial, new ^ old, Cause.LINK_COMMAND)

    def answer(self, packet: bytes) -> tuple[bytes, bytes]:
        """Return the answer to a packet, and what is reported by itself after it."""
        target = packet[9:13]
        codes = packet[14:16]
        if packet[13] != 0xFE:
            return b"", self._shared(packet) if codes == _GO_TO_LEVEL else b""
        serial = int.from_bytes(target)
        if serial in self.dead:
            return b"", b""
        if codes == _GO_TO_LEVEL:
            if not self.is_reporting:
                return _ACKS[packet[1]], b""
            component, level = packet[17], packet[18] << 8 | packet[19]
            return _ACKS[packet[1]], self.switch(serial, component, level)
        if codes == _IDENTIFY:
            return _ACKS[packet[1]], b""
        if codes == _STATUS_QUERY:
            key = (serial, packet[16], self.bits[serial], self.counts[serial])
            if key not in self._made:
                self._made[key] = self._reports(serial, StatusMask(packet[16]))
            return self._made[key], b""
        if codes == _NAME_QUERY:
            return self._wire(NameReport(SerialNumber(serial), packet[16], "")), b""
        result = Result(SerialNumber(serial), packet[15], ResultCode.UNKNOWN_TYPE, packet[1])
        return self._wire(result), b""

    def _shared(self, packet: bytes) -> bytes:
        level = packet[18] << 8 | packet[19]
        reports = [self.switch(serial, 0, level) for serial in self.bits]
        return b"".join(reports) if self.is_reporting else b""

    def _reports(self, serial: int, mask: StatusMask) -> bytes:
        of, off = SerialNumber(serial), zones_from_bits(0)
        said = b""
        if StatusMask.ZONES in mask:
            said += self.zone_report(serial, 0, Cause.QUERY)
        if StatusMask.OVERRIDE in mask:
            said += self._wire(OverrideReport(of, False, off, off, Cause.QUERY))
        if StatusMask.CCI in mask:
            said += self._wire(CciReport(of, ContactState.CLOSED, False))
        if StatusMask.CCO in mask:
            said += self._wire(CcoReport(of, False, CcoType.MOMENTARY, 0.0))
        if StatusMask.EMERGENCY in mask:
            on = OverrideAction.ON
            said += self._wire(EmergencyReport(of, (on, on, on, on)))
        if StatusMask.IDENTITY in mask:
            said += self._wire(IdentityReport(of, 0x09110104, (2, 54), 4, 0x38))
        if StatusMask.IO_PROGRAM in mask:
            said += self._wire(IoProgramReport(of, CcoType.MOMENTARY, 0.5, 0.05))
        return said

    @staticmethod
    def _wire(message: Any) -> bytes:
        frame: Frame = encode_message(message, counter=1, sequence=0, source=message.serial)
        return encode_wire(frame)


class Responder:
    """The loop: a request, its time on the wire, its answer."""

    def __init__(self) -> None:
        """Open the pseudo-terminal."""
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        # Kept open, so that the line stays there between two contenders.
        self._slave = slave
        self._modules = Modules()
        self._octet_s = 0.0
        self._free_at = 0.0
        self._log: list[tuple[float, float, int]] | None = None
        self._modbus: dict[bytes, bytes] = {}

    def run(self) -> None:
        """Answer until the standard input ends."""
        poll = select.poll()
        poll.register(self.master, select.POLLIN)
        poll.register(0, select.POLLIN)
        waiting = b""
        while True:
            for fd, _ in poll.poll():
                if fd == 0:
                    line = sys.stdin.readline()
                    if not line:
                        return
                    sys.stdout.write(json.dumps(self._told(json.loads(line))) + "\n")
                    sys.stdout.flush()
                    continue
                waiting += os.read(self.master, 4096)
                while waiting and (size := _request_size(waiting)) <= len(waiting):
                    self._request(waiting[:size])
                    waiting = waiting[size:]

    def _request(self, request: bytes) -> None:
        arrived = time.monotonic()
        if request[0] == 0x55:
            answer, reports = self._modules.answer(request[6:-1])
        else:
            answer, reports = self._modbus_answer(request), b""
        begun = max(arrived, self._free_at)
        end = begun + (len(request) + len(answer)) * self._octet_s
        if self._octet_s:
            _wait_until(end)
        if answer:
            os.write(self.master, answer)
        if self._log is not None:
            answered = time.monotonic()
            self._log.append((arrived, answered, len(request) + len(answer)))
        # One frame is already on the line when the next command comes, never half of it.
        for at in range(0, len(reports), 31):
            end += 31 * self._octet_s
            if self._octet_s:
                _wait_until(end)
            os.write(self.master, reports[at : at + 31])
        self._free_at = end

    def _modbus_answer(self, request: bytes) -> bytes:
        """Return the answer to "write multiple registers"."""
        answer = self._modbus.get(request[:6])
        if answer is None:
            from pymodbus.framer.rtu import FramerRTU

            answer = request[:6] + FramerRTU.compute_CRC(request[:6]).to_bytes(2)
            self._modbus[request[:6]] = answer
        return answer

    def _told(self, line: dict[str, Any]) -> object:
        match line["do"]:
            case "be":
                self._octet_s = line["octet_s"]
                self._free_at = 0.0
                self._modules = Modules()
                self._modules.is_reporting = line["reports"]
                self._modules.dead = set(line["dead"])
                self._log = [] if line["logs"] else None
                return True
            case "log":
                log, self._log = self._log or [], []
                return log
            case "report":
                said = b"".join(
                    self._modules.zone_report(serial, 0, Cause.QUERY)
                    for serial in list(self._modules.bits)[: line["modules"]]
                )
                # In pieces that a terminal's buffer of 4095 octets holds.
                for at in range(0, len(said), 2048):
                    os.write(self.master, said[at : at + 2048])
                return len(said)
        return False


def _request_size(octets: bytes) -> int:
    """Return how long the request is that these octets begin with; too many while unknown."""
    if len(octets) < 7:
        return 7
    if octets[0] == 0x55:
        return 60 if octets[6] & 0xE0 == 0xA0 else 31
    return 9 + octets[6]


def main() -> None:
    """Say where the port is, and answer."""
    responder = Responder()
    print(responder.path, flush=True)
    responder.run()


if __name__ == "__main__":
    main()
