"""Messages to frames.

House rule: only what every message has in common; its payload is made where it is defined.

Source: qs-link.md 2.2, 2.3 and 5, rules 4 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dpm_core.errors import ProtocolViolation

from .frames import (
    TYPE_LONG,
    TYPE_SERIAL,
    Frame,
    LinkSource,
    ack_frame,
    build_frame,
    payload_room,
)
from .message import Encodable, Message, ModuleReport
from .packet_messages import Acknowledge

if TYPE_CHECKING:
    from dpm_core.model import SerialNumber

__all__ = ["encode_message"]


def encode_message(
    message: Message, *, counter: int, sequence: int, source: LinkSource | SerialNumber
) -> Frame:
    """Return the frame that says a message.

    Args:
        message: Anything that this library makes: see `is_encoded` in `MESSAGES`.
        counter: The message counter, 0 to 3: 1, 2, 3, 1, ... for each target.
        sequence: 0 to 0xFF. An acknowledgement has its own, and takes no counter and source.
        source: Who sends. A report of class 7D comes from the module that it names.

    Raises:
        ProtocolViolation: The message is none that we make, or the parts do not fit.
    """
    if not isinstance(message, Encodable):
        if isinstance(message, Acknowledge):
            return ack_frame(message.sequence, message.response)
        raise ProtocolViolation(b"", f"{message.kind} is read, but never sent")
    if isinstance(message, ModuleReport) and source != message.serial:
        raise ProtocolViolation(
            b"", f"{message.kind} of {message.serial} cannot come from {source}"
        )
    if not 0 <= counter <= 3:
        raise ProtocolViolation(b"", f"a message counter is 0 to 3, not {counter}")
    payload = message.payload()
    packet_type = 0x80 | message.type_bits(source) | counter
    if isinstance(source, LinkSource):
        octets = source.to_octets()
    else:
        octets = source.to_bytes(4)
        packet_type |= TYPE_SERIAL
    if len(payload) > payload_room(packet_type):
        packet_type |= TYPE_LONG
    return build_frame(packet_type, sequence, octets, message.PROTOCOL, payload)
