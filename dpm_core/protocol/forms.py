"""Packets of what is said again and again, made once.

Two sayings of one message differ in the message counter and the sequence, and so in the CRC.
The CRC is linear: an octet that changes by some bits changes it by the share of those bits,
whatever the other octets are. So a packet that was made once needs no other CRC worked out.

House rule: nothing is made here that `encode_message()` would not make to the octet.

Source: qs-link.md 2.2, 2.4, 2.8.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from .crc import CRC_OCTETS, shares_of_octet
from .encoding import encode_message
from .frames import PREAMBLE, SYNC, TRAILER, Frame, encode_wire
from .messages import GoToLevel, StatusQuery

if TYPE_CHECKING:
    from .frames import LinkSource
    from .messages import ObjectMessage

__all__ = ["FORMS_MAX", "Forms"]

FORMS_MAX: Final = 2048
"""Messages that are kept: four zones of 99 modules, on and off, and their polls. Decided here."""

_SAID_OFTEN: Final = (GoToLevel, StatusQuery)
"""Both have packets of 24 octets."""

_PACKET_OCTETS: Final = 24
_START: Final = PREAMBLE + SYNC
_WIRE: Final = Struct(f">{len(_START)}sBB{_PACKET_OCTETS - 4}sHc").pack
_PACKET: Final = slice(len(_START), len(_START) + _PACKET_OCTETS)

_SHARES_OF_TYPE: Final = shares_of_octet(0, _PACKET_OCTETS)
_SHARES_OF_SEQUENCE: Final = shares_of_octet(1, _PACKET_OCTETS)

# Past the freezing of a frame, which costs more than making it.
_new: Final = object.__new__
_set_packet: Final = vars(Frame)["packet"].__set__


class Forms:
    """Makes the frames of one master.

    Args:
        source: Where on the link it is.
    """

    __slots__ = ("_kept", "_source")

    def __init__(self, source: LinkSource) -> None:
        self._source = source
        # By identity, because to compare messages costs as much as to make one. What is kept is
        # held here, so nothing else can have its identity meanwhile.
        self._kept: dict[int, tuple[ObjectMessage, int, bytes, int]] = {}

    @property
    def kept(self) -> int:
        """How many messages are kept."""
        return len(self._kept)

    def make(self, message: ObjectMessage, counter: int, sequence: int) -> tuple[Frame, bytes]:
        """Return the frame that says a message, and the same on the wire, from preamble to F0.

        Args:
            message: What to say.
            counter: The message counter, 0 to 3.
            sequence: 0 to 0xFF.
        """
        form = self._kept.get(id(message))
        if form is None:
            frame = encode_message(message, counter=counter, sequence=sequence, source=self._source)
            if type(message) in _SAID_OFTEN:
                self._keep(message, frame.packet, counter, sequence)
            return frame, encode_wire(frame)
        _, packet_type, middle, crc = form
        octets = _WIRE(
            _START,
            packet_type | counter,
            sequence,
            middle,
            crc ^ _SHARES_OF_TYPE[counter] ^ _SHARES_OF_SEQUENCE[sequence],
            TRAILER,
        )
        frame = _new(Frame)
        _set_packet(frame, octets[_PACKET])
        return frame, octets

    def _keep(self, message: ObjectMessage, packet: bytes, counter: int, sequence: int) -> None:
        if len(self._kept) >= FORMS_MAX:
            self._kept.clear()
        crc = int.from_bytes(packet[-CRC_OCTETS:])
        crc ^= _SHARES_OF_TYPE[counter] ^ _SHARES_OF_SEQUENCE[sequence]
        self._kept[id(message)] = (message, packet[0] ^ counter, packet[2:-CRC_OCTETS], crc)
