"""What `dpm simulate` is asked for, checked before anything is opened.

House rule: values only; what they do is in `run.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import EmergencyContact, SerialNumber, Wallstation, check_link_limits

from .emergency import check_contacts
from .faults import MOMENT_FAULTS, Fault
from .listen import parse_listen
from .processor.faults import MOMENT_FAULTS as PROCESSOR_MOMENT_FAULTS
from .processor.faults import ProcessorFault
from .processor.listening import parse_processor_listen
from .processor.settings import SimulatedProcessorSettings
from .settings import SimulatorSettings
from .wallstation import check_wallstations

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
    check_link_limits(len(modules))
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
class ProcessorOptions:
    """The processor in front of a simulated link.

    Attributes:
        telnet: Where its sessions are taken: `tcp:HOST:PORT`, port 0 for any free one.
        http: Where its database is served, likewise; nowhere if None.
        settings: How it is set up, the login among it.
        faults: How it misbehaves from its start.

    Raises:
        UnsupportedSetting: An address is none, or a fault is over at once.
    """

    telnet: str
    http: str | None = None
    settings: SimulatedProcessorSettings = field(default_factory=SimulatedProcessorSettings)
    faults: tuple[ProcessorFault, ...] = ()

    def __post_init__(self) -> None:
        parse_processor_listen("processor", self.telnet)
        if self.http is not None:
            parse_processor_listen("processor-http", self.http)
        for fault in self.faults:
            if fault.kind in PROCESSOR_MOMENT_FAULTS:
                raise UnsupportedSetting(
                    "processor fault",
                    str(fault),
                    "one that lasts; this one is for the control socket",
                )


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
        processor: The processor in front of the link; none without it.
        contacts: Emergency contacts that are wired to the modules' CCIs.
        wallstations: Wallstations on the link, and what they are programmed for.
        other_devices: Devices on the link that are not simulated and count towards its 100.
        other_zones: The zones that those have together, which count towards its 512.

    Raises:
        UnsupportedSetting: No module, or one twice; or a `listen` option is none; or a fault is
            over at once; or a contact or a wallstation does not go with the modules.
        LinkFull: More devices or zones than a QS link holds.
    """

    modules: tuple[SerialNumber, ...]
    listen: tuple[str, ...] = ()
    control: Path | None = None
    state: Path | None = None
    settings: SimulatorSettings = field(default_factory=SimulatorSettings)
    faults: tuple[Fault, ...] = ()
    seed: int = 0
    processor: ProcessorOptions | None = None
    contacts: tuple[EmergencyContact, ...] = ()
    wallstations: tuple[Wallstation, ...] = ()
    other_devices: int = 0
    other_zones: int = 0

    def __post_init__(self) -> None:
        check_modules(self.modules)
        check_contacts(self.contacts, self.modules)
        check_wallstations(
            self.wallstations,
            self.modules,
            other_devices=self.other_devices,
            other_zones=self.other_zones,
        )
        for listen in self.listen:
            parse_listen(listen)
        for fault in self.faults:
            if fault.kind in MOMENT_FAULTS:
                raise UnsupportedSetting(
                    "fault", str(fault), "one that lasts; this one is for the control socket"
                )
