"""Class 7D: the LEDs of wallstations. All of it is ours.

A master tells a wallstation which of its LEDs are lit; it answers with how they are, which the
whole link hears. What its buttons do goes by the public button frames, in `device_messages.py`.

House rule: one class a message, laid out as in the table of docs/protocol.md.

Source: qs-link.md 5 "Wallstations" says that there are LED messages; their layout is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import WALLSTATION_BUTTONS_MAX

from .extension import ExtensionType, command_row, report_row
from .message import Direction, MessageRow, ModuleCommand, ModuleReport, ObjectStart, one_module

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["LedsReport", "LedsSet"]

_LAYOUT = "LEDs that are lit (4): bit 0 = LED 1 to bit 31 = LED 32"


@dataclass(frozen=True, slots=True)
class LedsSet(ModuleCommand):
    """Light LEDs of a wallstation, and put out all others. Answered by LEDS_REPORT.

    Attributes:
        serial: The wallstation.
        leds: The numbers of those that are lit, 1 to 32, in order.

    Raises:
        UnsupportedSetting: An LED has another number, or is there twice.
    """

    ROW: ClassVar[MessageRow] = replace(
        command_row(ExtensionType.LEDS_SET, 0x0C, f"{_LAYOUT}; answered by LEDS_REPORT"),
        direction=Direction.TO_DEVICE,
    )

    leds: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "leds", _checked(self.leds))

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return _octets(self.leds)

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start), _leds(start.data))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Light LEDs of wallstation {self.serial}: {_words(self.leds)}."


@dataclass(frozen=True, slots=True)
class LedsReport(ModuleReport):
    """Which LEDs of a wallstation are lit.

    Attributes:
        serial: The wallstation.
        leds: The numbers of those that are lit, 1 to 32, in order.

    Raises:
        UnsupportedSetting: An LED has another number, or is there twice.
    """

    ROW: ClassVar[MessageRow] = replace(
        report_row(ExtensionType.LEDS_REPORT, 0x0C, _LAYOUT), direction=Direction.FROM_DEVICE
    )

    leds: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "leds", _checked(self.leds))

    def data(self) -> bytes:
        """Return the octets behind class and type."""
        return _octets(self.leds)

    @classmethod
    def from_start(cls, start: ObjectStart) -> Self:
        """Return the message that a frame carries."""
        return cls(one_module(start), _leds(start.data))

    def words(self) -> str:
        """Say it in one line of plain words."""
        return f"Wallstation {self.serial}: LEDs lit {_words(self.leds)}."


def _checked(leds: Collection[int]) -> tuple[int, ...]:
    for led in leds:
        if not 1 <= led <= WALLSTATION_BUTTONS_MAX:
            raise UnsupportedSetting("LED", led, f"1 to {WALLSTATION_BUTTONS_MAX}")
    if len(set(leds)) < len(leds):
        raise UnsupportedSetting("LEDs", tuple(leds), "each number once")
    return tuple(sorted(leds))


def _octets(leds: tuple[int, ...]) -> bytes:
    return sum(1 << led - 1 for led in leds).to_bytes(4)


def _leds(octets: bytes) -> tuple[int, ...]:
    bits = int.from_bytes(octets[:4])
    return tuple(led for led in range(1, WALLSTATION_BUTTONS_MAX + 1) if bits & 1 << led - 1)


def _words(leds: tuple[int, ...]) -> str:
    return ", ".join(map(str, leds)) or "none"
