"""Class 7D: what a master asks of modules and tells them. All of it is ours.

House rule: one class a message, laid out as in the table of docs/protocol.md.

Source: qs-link.md 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoAction, SerialNumber
from dpm_core.model.program import checked_pulse_s

from .extension import GUARD, CounterMask, ExtensionType, StatusMask, command_row
from .extension_fields import check_guard, check_mask, mask_words, pulse_from, pulse_octets
from .frames import LinkSource
from .message import (
    BROADCAST,
    MessageRow,
    ModuleCommand,
    ObjectMessage,
    ObjectStart,
    Target,
    bridge_bit,
    check_field,
    everybody,
    one_module,
)

__all__ = ["CcoSet", "CountersClear", "Discover", "StatusQuery"]


@dataclass(frozen=True, slots=True)
class StatusQuery(ModuleCommand):
    """Ask a module how it is: one report for each mask bit, lowest bit first, and no RESULT.

    Attributes:
        serial: The module.
        mask: What to report; at least one bit.

    Raises:
        UnsupportedSetting: The mask asks for nothing.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.STATUS_QUERY,
        0x09,
        "mask: 01 zones -> 02, 02 override -> 03, 04 CCI -> 04, 08 CCO -> 06, "
        "10 emergency -> 08, 20 counters -> 09, 40 identity -> 0B, 80 I/O program -> 11",
    )

    mask: StatusMask

    def __post_init__(self) -> None:
        check_mask("status mask", self.mask, 0xFF)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.mask,))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start), StatusMask(start.data[0]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Ask module {self.serial} for its {mask_words(self.mask)}."


@dataclass(frozen=True, slots=True)
class CcoSet(ModuleCommand):
    """Open, close or pulse the contact closure output. Answered by RESULT.

    Attributes:
        serial: The module.
        action: What to do, whatever type the output is programmed for.
        pulse_s: Length of a pulse in seconds, 0.1 to 60 in steps of 10 ms; None as programmed.

    Raises:
        UnsupportedSetting: The pulse length is none of those.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.CCO_SET,
        0x0C,
        "0 open, 1 close, 2 pulse, 3 end the pulse; 00; "
        "pulse length in 10 ms (2; 10-6000), 0000 as programmed",
    )

    action: CcoAction
    pulse_s: float | None = None

    def __post_init__(self) -> None:
        if self.pulse_s is not None:
            object.__setattr__(self, "pulse_s", checked_pulse_s(self.pulse_s))

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        pulse = b"\x00\x00" if self.pulse_s is None else pulse_octets(self.pulse_s)
        return bytes((self.action.value, 0x00)) + pulse

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        octet = start.data[0]
        if octet > CcoAction.END_PULSE.value:
            raise UnsupportedSetting("CCO action", octet, "0 open, 1 close, 2 pulse, 3 end pulse")
        pulse = start.data[2:4]
        return cls(one_module(start), CcoAction(octet), pulse_from(pulse) if any(pulse) else None)

    def words(self) -> str:
        """Say it in one line of plain words."""
        if self.action is CcoAction.PULSE:
            length = "as programmed" if self.pulse_s is None else f"for {self.pulse_s:g} s"
            return f"Pulse the CCO of module {self.serial} {length}."
        if self.action is CcoAction.END_PULSE:
            return f"End the pulse of the CCO of module {self.serial}."
        return f"{self.action.name.capitalize()} the CCO of module {self.serial}."


@dataclass(frozen=True, slots=True)
class CountersClear(ModuleCommand):
    """Clear counters of the link. Relay, CCO and CCI counts and uptime never are. RESULT.

    Attributes:
        serial: The module.
        mask: Which counters; at least one bit.

    Raises:
        UnsupportedSetting: The mask has no bit, or one that stands for no such counter.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.COUNTERS_CLEAR,
        0x0A,
        "mask: 01 frames good, 02 CRC, 04 framing, 08 overrun; A5 guard. "
        "Relay, CCO and CCI counts and uptime are never cleared",
    )

    mask: CounterMask

    def __post_init__(self) -> None:
        check_mask("counter mask", self.mask, 0x0F)

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return bytes((self.mask, GUARD))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        check_guard(start.data[1])
        return cls(one_module(start), CounterMask(start.data[0]))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Clear counters of module {self.serial}: {mask_words(self.mask)}."


@dataclass(frozen=True, slots=True)
class Discover(ObjectMessage):
    """Ask who is there: modules whose serial begins with a prefix answer, each in its slot.

    The answer is IDENTITY_REPORT, in slot `crc16(serial) mod slots`; a slot is the time of a
    53-octet frame and 3 ms, counted from the end of this command.

    Attributes:
        prefix: The serial that is looked for, 0 to 0xFFFFFFFF; only the first bits count.
        prefix_bits: How many of its bits count, 0 to 32; 0 asks everybody.
        slots: How many slots there are, 1 to 16.

    Raises:
        UnsupportedSetting: A value is out of range.
    """

    ROW: ClassVar[MessageRow] = command_row(
        ExtensionType.DISCOVER,
        0x0E,
        "to all: serial prefix (4), prefix length in bits 0-32, slots 1-16",
    )

    prefix: int = 0
    prefix_bits: int = 0
    slots: int = 16

    def __post_init__(self) -> None:
        check_field("serial prefix", self.prefix, 4)
        if not 0 <= self.prefix_bits <= 32:
            raise UnsupportedSetting("prefix length", self.prefix_bits, "0 to 32 bits")
        if not 1 <= self.slots <= 16:
            raise UnsupportedSetting("slots", self.slots, "1 to 16")

    def address(self) -> Target:
        """Return whom it is for: everybody."""
        return BROADCAST

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return self.prefix.to_bytes(4) + bytes((self.prefix_bits, self.slots))

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        everybody(start)
        return cls(int.from_bytes(start.data[0:4]), start.data[4], start.data[5])

    def type_bits(self, source: SerialNumber | LinkSource) -> int:
        """A command of section 5 (rule 4)."""
        return bridge_bit(source)

    def is_for(self, serial: SerialNumber) -> bool:
        """Return whether a module with this serial number answers."""
        ignored = 32 - self.prefix_bits
        return serial >> ignored == self.prefix >> ignored

    def words(self) -> str:
        """Say it in one line of plain words."""
        if self.prefix_bits == 0:
            who = "every module"
        else:
            who = (
                f"modules whose serial begins with the first {self.prefix_bits} bits of "
                f"{self.prefix:08X}"
            )
        return f"Ask {who} to answer in {self.slots} slots."
