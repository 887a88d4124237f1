"""How a link is opened: the serial format and every time limit of a transport.

House rule: every time limit of the transport is a field here, in seconds, and nowhere else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

from dpm_core.errors import UnsupportedSetting

Parity = Literal["none", "even", "odd", "mark", "space"]
"""The parity bit. MARK and SPACE also let a ninth bit be tried."""

PinLevel = Literal["high", "low", "leave"]
"""What to do with a modem control line when a local port is opened."""

BAUD_MIN: Final = 300
"""Slowest speed that can be chosen, in bits per second. Decided here: no claim is slower."""

BAUD_MAX: Final = 4_000_000
"""Fastest speed that can be chosen, in bits per second. Decided here: the fastest that Linux
has a name for; no claim about the link is above 115200."""

BAUD_CANDIDATES: Final = (31250, 41667, 62500, 100000, 115200)
"""Speeds somebody has claimed for the link, likeliest first, in bits per second.

Source: qs-link.md section 1, "Baud rate evidence", and the rows of section 6.
"""

_TIMEOUT_MAX_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """The serial format and the time limits of a transport.

    `socket://` has no way to tell the far end the serial format: set the gateway itself.

    Raises:
        UnsupportedSetting: A value out of its range; the error names the setting.
    """

    baud: int = 31250
    """Bits per second. Source: qs-link.md section 1, "Baud rate evidence": low certainty."""

    byte_size: int = 8
    """Data bits of one octet on the wire. Source: qs-link.md section 1, "Frame format": assumed."""

    parity: Parity = "none"
    """Parity bit. Source: qs-link.md section 1, "Frame format": unknown, none assumed."""

    stop_bits: int = 1
    """Stop bits, 1 or 2. Source: qs-link.md section 1, "Frame format": assumed."""

    exclusive: bool = True
    """Refuse a local port that another program holds. Decided here: two masters would collide."""

    dtr_on_open: PinLevel = "high"
    """DTR of a local port or RFC 2217 server. Decided here: as serialx; powers some adapters."""

    rts_on_open: PinLevel = "high"
    """RTS of the same. Decided here: as serialx. LOW for an adapter whose driver RTS switches
    on, which can only listen then: nothing here moves RTS for each frame."""

    connect_timeout_s: float = 10.0
    """Longest `open()`, in seconds. Decided here: as serialx for its sockets."""

    write_timeout_s: float = 5.0
    """Longest the link may take no octet while some wait, in seconds. Decided here: far above
    the 21 ms of the longest frame (qs-link.md section 6), and above a gateway's hiccup."""

    close_timeout_s: float = 2.0
    """Longest `close()`, in seconds; what is unsent by then is thrown away. Decided here."""

    def __post_init__(self) -> None:
        """Check every value once, on creation."""
        _check_whole("baud", self.baud, BAUD_MIN, BAUD_MAX)
        _check_whole("byte_size", self.byte_size, 5, 8)
        _check_whole("stop_bits", self.stop_bits, 1, 2)
        _check_choice("parity", self.parity, get_args(Parity))
        _check_choice("dtr_on_open", self.dtr_on_open, get_args(PinLevel))
        _check_choice("rts_on_open", self.rts_on_open, get_args(PinLevel))
        _check_choice("exclusive", self.exclusive, (True, False))
        _check_timeout("connect_timeout_s", self.connect_timeout_s)
        _check_timeout("write_timeout_s", self.write_timeout_s)
        _check_timeout("close_timeout_s", self.close_timeout_s)

    @property
    def bits_per_octet(self) -> int:
        """Bits on the wire for one octet: start, data, parity and stop bits."""
        return 1 + self.byte_size + (self.parity != "none") + self.stop_bits

    @property
    def octet_time_s(self) -> float:
        """How long one octet takes on the wire, in seconds: 320 microseconds by default."""
        return self.bits_per_octet / self.baud


def _check_whole(name: str, value: object, lowest: int, highest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise UnsupportedSetting(name, value, f"a whole number from {lowest} to {highest}")


def _check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    # By type too: 1 is not True here, and "none" is not None.
    if not any(value == choice and type(value) is type(choice) for choice in choices):
        raise UnsupportedSetting(name, value, " or ".join(str(choice) for choice in choices))


def _check_timeout(name: str, value: object) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (is_number and math.isfinite(value) and 0 < value <= _TIMEOUT_MAX_S):  # type: ignore[arg-type, operator]  # is_number says so, mypy cannot see it
        raise UnsupportedSetting(name, value, f"more than 0 to {_TIMEOUT_MAX_S:g} seconds")
