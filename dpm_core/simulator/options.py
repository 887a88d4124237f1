"""What `dpm simulate` is asked for, checked before anything is opened.

House rule: values only; what they do is in `run.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dpm_core.errors import InvalidAddress, LinkFull, UnsupportedSetting
from dpm_core.model import ZONES, SerialNumber

from .faults import MOMENT_FAULTS, Fault
from .listen import parse_listen
from .settings import SimulatorSettings

LINK_DEVICES_MAX: Final = 100
"""Devices on a QS link, the processor among them. Source: 3691060c, "QS Link Limits"."""

LINK_ZONES_MAX: Final = 512
"""Zones on a QS link. Source: 3691060c, "QS Link Limits"."""

COUNTED_SERIAL_FIRST: Final = SerialNumber(0x00A10001)
"""Serial number of the first module where only a count was given. Decided here."""

_SERIAL_DIGITS: Final = 8
_COUNT_DIGITS_MAX: Final = 3
_MODULES_ALLOWED: Final = (
    "serial numbers of eight hexadecimal digits with commas between, or a count of one to three "
    "digits"
)


def parse_modules(text: str) -> tuple[SerialNumber, ...]:
    """Return the serial numbers that a list or a count stands for.

    `00A1B2C3,00A1B2C4` is a list; `3` is three modules from 00A10001 up, the same each time.

    Raises:
        UnsupportedSetting: It is neither, or it names a module twice.
        LinkFull: More modules than a QS link holds beside its processor.
    """
    words = [word.strip() for word in text.split(",")]
    if len(words) == 1 and 1 <= len(words[0]) <= _COUNT_DIGITS_MAX:
        count = _parse_count(words[0], text)
        return check_modules(
            tuple(SerialNumber(COUNTED_SERIAL_FIRST + number) for number in range(count))
        )
    return check_modules(tuple(_parse_serial(word, text) for word in words))


def check_modules(modules: tuple[SerialNumber, ...]) -> tuple[SerialNumber, ...]:
    """Return the modules if one link can hold them.

    Raises:
        UnsupportedSetting: There is none, or one is named twice.
        LinkFull: More modules than a QS link holds beside its processor.
    """
    if not modules:
        raise UnsupportedSetting("modules", "", "one module or more")
    for place, serial in enumerate(modules):
        if serial in modules[:place]:
            raise UnsupportedSetting("modules", str(serial), "each serial number once")
    devices, zones = 1 + len(modules), len(ZONES) * len(modules)
    if devices > LINK_DEVICES_MAX or zones > LINK_ZONES_MAX:
        raise LinkFull(devices, LINK_DEVICES_MAX, zones, LINK_ZONES_MAX)
    return modules


def _parse_count(word: str, text: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise UnsupportedSetting("modules", text, _MODULES_ALLOWED)
    return int(word)


def _parse_serial(word: str, text: str) -> SerialNumber:
    if len(word) != _SERIAL_DIGITS:
        raise UnsupportedSetting("modules", text, _MODULES_ALLOWED)
    try:
        return SerialNumber.parse(word)
    except InvalidAddress as error:
        raise UnsupportedSetting("modules", text, _MODULES_ALLOWED) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulateOptions:
    """One simulated link for other programs to use.

    Attributes:
        modules: Which modules are on the link.
        listen: Where programs reach it: `pty:PATH`, `tcp:HOST:PORT` or `rfc2217:HOST:PORT`,
            port 0 for any free one; any number of each, or none at all.
        control: Path of the control socket; none without it.
        state: Directory that holds what the modules' memories hold; without it they forget.
        settings: How the link behaves, the baud rate among it.
        faults: What is wrong with the link from its start.
        seed: What else is left to chance follows from it: relays, waits after collisions.

    Raises:
        UnsupportedSetting: No module, or one twice; or a `listen` option is none; or a fault is
            over at once.
        LinkFull: More modules than a QS link holds.
    """

    modules: tuple[SerialNumber, ...]
    listen: tuple[str, ...] = ()
    control: Path | None = None
    state: Path | None = None
    settings: SimulatorSettings = field(default_factory=SimulatorSettings)
    faults: tuple[Fault, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        check_modules(self.modules)
        for listen in self.listen:
            parse_listen(listen)
        for fault in self.faults:
            if fault.kind in MOMENT_FAULTS:
                raise UnsupportedSetting(
                    "fault", str(fault), "one that lasts; this one is for the control socket"
                )
