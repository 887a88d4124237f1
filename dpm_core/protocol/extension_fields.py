"""Class 7D: how the values in its messages lie in octets, and how people say them.

House rule: a conversion that more than one message needs belongs here, no message.

Source: qs-link.md 5 (ours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import NAME_MAX_OCTETS, CcoType, OverrideAction, zones_from_bits
from dpm_core.model.program import check_name, checked_debounce_s, checked_pulse_s

from .extension import GUARD

if TYPE_CHECKING:
    from enum import IntEnum, IntFlag

    from dpm_core.model import FourActions, FourZones

NAME_INDEX_MAX: Final = 4
"""Names: 0 is the module's, 1 to 4 the zones'. Source: qs-link.md 5, NAME_SET (ours)."""

_PULSE_STEPS_PER_S: Final = 100
_DEBOUNCE_STEPS_PER_S: Final = 1000


def pulse_octets(pulse_s: float) -> bytes:
    """Return a pulse length in seconds as two octets of 10 ms steps."""
    return round(pulse_s * _PULSE_STEPS_PER_S).to_bytes(2)


def pulse_from(octets: bytes) -> float:
    """Return the pulse length that two octets of 10 ms steps say.

    Raises:
        UnsupportedSetting: It is not 0.1 to 60 s.
    """
    return checked_pulse_s(int.from_bytes(octets) / _PULSE_STEPS_PER_S)


def debounce_octets(debounce_s: float) -> bytes:
    """Return a debounce time in seconds as two octets of 1 ms steps."""
    return round(debounce_s * _DEBOUNCE_STEPS_PER_S).to_bytes(2)


def debounce_from(octets: bytes) -> float:
    """Return the debounce time that two octets of 1 ms steps say.

    Raises:
        UnsupportedSetting: It is above 0.5 s.
    """
    return checked_debounce_s(int.from_bytes(octets) / _DEBOUNCE_STEPS_PER_S)


def cco_type_from(octet: int) -> CcoType:
    """Return the type of CCO that an octet stands for.

    Raises:
        UnsupportedSetting: It stands for none.
    """
    if octet not in (CcoType.MAINTAINED.value, CcoType.MOMENTARY.value):
        raise UnsupportedSetting("CCO type", octet, "0 maintained or 1 momentary")
    return CcoType(octet)


def check_name_index(index: int) -> None:
    """Refuse an index that names nothing.

    Raises:
        UnsupportedSetting: It is not 0 for the module or 1 to 4 for a zone.
    """
    if not 0 <= index <= NAME_INDEX_MAX:
        raise UnsupportedSetting("name index", index, "0 for the module, 1 to 4 for a zone")


def name_octets(name: str) -> bytes:
    """Return a name as the link carries it: UTF-8, zero-padded."""
    return name.encode().ljust(NAME_MAX_OCTETS, b"\x00")


def name_from(octets: bytes) -> str:
    """Return the name that the octets carry.

    Raises:
        UnsupportedSetting: They are no UTF-8, or hold a character that no name may have.
    """
    try:
        name = octets.rstrip(b"\x00").decode()
    except UnicodeDecodeError as error:
        raise UnsupportedSetting("name", octets.hex(" "), "UTF-8") from error
    check_name("name", name)
    return name


def name_words(index: int) -> str:
    """Return whose name an index means, as people say it."""
    return f"zone {index}" if index else "the module itself"


_EnumT = TypeVar("_EnumT", bound="IntEnum")


def enum_from(kind: type[_EnumT], name: str, octet: int) -> _EnumT:
    """Return the value that an octet stands for.

    Raises:
        UnsupportedSetting: It stands for none.
    """
    try:
        return kind(octet)
    except ValueError:
        raise UnsupportedSetting(name, octet, f"{min(kind):02X} to {max(kind):02X}") from None


def truth_from(name: str, octet: int) -> bool:
    """Return whether an octet says 1.

    Raises:
        UnsupportedSetting: It is neither 0 nor 1.
    """
    if octet not in (0, 1):
        raise UnsupportedSetting(name, octet, "0 or 1")
    return octet == 1


def check_guard(octet: int) -> None:
    """Refuse a command that writes something but does not end with the guard.

    Raises:
        UnsupportedSetting: It is not A5.
    """
    if octet != GUARD:
        raise UnsupportedSetting("guard", octet, "A5")


def check_mask(name: str, mask: int, most: int) -> None:
    """Refuse a mask with no bit, or with a bit that stands for nothing.

    Raises:
        UnsupportedSetting: It is 0, or has such a bit.
    """
    if not 0 < mask <= most:
        raise UnsupportedSetting(name, int(mask), f"at least one bit of {most:02X}")


def actions_to_octets(actions: FourActions) -> bytes:
    """Return override actions as on bits and unaffected bits."""
    return bytes(
        sum(1 << zone for zone, action in enumerate(actions) if action is wanted)
        for wanted in (OverrideAction.ON, OverrideAction.UNAFFECTED)
    )


def actions_from_octets(on_bits: int, unaffected_bits: int) -> FourActions:
    """Return override actions from on bits and unaffected bits; a zone in neither is off.

    Raises:
        UnsupportedSetting: A zone is in both, or a bit stands for no zone.
    """
    on, unaffected = zones_from_bits(on_bits), zones_from_bits(unaffected_bits)
    if on_bits & unaffected_bits:
        raise UnsupportedSetting(
            "emergency level", on_bits & unaffected_bits, "a zone on or unaffected, not both"
        )
    first, second, third, fourth = (
        OverrideAction.ON
        if is_on
        else OverrideAction.UNAFFECTED
        if is_unaffected
        else OverrideAction.OFF
        for is_on, is_unaffected in zip(on, unaffected, strict=True)
    )
    return (first, second, third, fourth)


def zones_words(zones: FourZones) -> str:
    """Return which of four zones are meant, as people say it."""
    numbers = [str(number) for number, is_meant in enumerate(zones, start=1) if is_meant]
    if not numbers:
        return "no zone"
    if len(numbers) == 4:
        return "all zones"
    if len(numbers) == 1:
        return f"zone {numbers[0]}"
    return f"zones {', '.join(numbers[:-1])} and {numbers[-1]}"


def actions_words(actions: FourActions) -> str:
    """Return what manual override does to four zones, as people say it."""
    return ", ".join(
        f"zone {number} {action.value}" for number, action in enumerate(actions, start=1)
    )


def mask_words(mask: IntFlag) -> str:
    """Return the bits of a mask as people say them."""
    return ", ".join(str(bit.name).lower().replace("_", " ") for bit in mask)
